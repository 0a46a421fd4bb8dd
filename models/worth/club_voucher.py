from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.voucher_codes import read_code, show_code
from ...kernel.written import get_written
from ..record.by_company import ByCompany
from ..record.figure_source import FigureSource
from ..record.groups import OFFICER, USER
from ..record.hold import hold
from ..record.rpc import for_one, for_records
from .club_voucher_batch import CANCELLED, ISSUED
from .crm_lead import CHANNEL

REDEEMED, LEAD, MEMBER, EXPIRED = "redeemed", "lead", "member", "expired"
STATES = [(ISSUED, "Issued"), (REDEEMED, "Redeemed"), (CANCELLED, "Cancelled")]
PROGRESS = [
    (ISSUED, "Issued"),
    (REDEEMED, "Redeemed"),
    (LEAD, "Became a Lead"),
    (MEMBER, "Became a Member"),
    (EXPIRED, "Expired"),
    (CANCELLED, "Cancelled"),
]
PRINT_LIMIT = 1_000  # vouchers in one PDF


class ClubVoucher(models.Model):
    """One voucher: out, redeemed once, and what came of it. Rule D19.

    Its number says which one it is, and everybody may know it. Who redeems it has its
    code, which stands on the paper: in the system only those read codes who hand them
    to the printer, so nobody redeems what he sees in a list.
    """

    _name = "club.voucher"
    _description = "Voucher"
    _inherit = ["club.record.mixin"]
    _order = "id desc"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _club_closed = (REDEEMED, CANCELLED)
    _club_fixes_currency = True

    name = fields.Char("Number", required=True, readonly=True, index="trigram")
    code = fields.Char(
        "Voucher Code",
        required=True,
        readonly=True,
        copy=False,
        groups=OFFICER,
        help="What is typed or scanned to redeem it; it stands on the paper.",
    )
    batch_id = fields.Many2one(
        "club.voucher.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="batch_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="batch_id.partner_id", store=True, index=True)
    subject = fields.Char(related="batch_id.subject")
    value = fields.Monetary(related="batch_id.value", store=True)
    date_from = fields.Date(related="batch_id.date_from", store=True)
    date_to = fields.Date(related="batch_id.date_to", store=True)
    issued_on = fields.Date(related="batch_id.issued_on", store=True)
    state = fields.Selection(STATES, required=True, readonly=True, default=ISSUED)
    progress = fields.Selection(
        PROGRESS,
        compute="_compute_progress",
        compute_sudo=True,
        search="_search_progress",
        help="What has become of it by today.",
    )
    redeemed_on = fields.Date(readonly=True)
    redeemed_by_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    account_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who redeemed it, where that is an account that the club knows: its value "
        "counts as spent on it.",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What came of it. Once its customer is a member, so is the voucher's.",
    )
    cancel_reason = fields.Char("Reason to Cancel")
    cancelled_on = fields.Date(readonly=True)
    cancelled_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    _code_uniq = models.UniqueIndex("(code)", "A voucher's code is there already.")
    _name_uniq = models.UniqueIndex(
        "(batch_id, name)", "A voucher has its number once."
    )
    _open_idx = models.Index("(batch_id) WHERE state = 'issued'")

    def _club_check_unlink(self):
        super()._club_check_unlink()
        raise self._refusal()

    # === What has become of it === #

    @api.model
    def _get_progress_sql(self):
        """Return the SELECT of each voucher that isn't cancelled, with 1 or 0 for what
        has become of it: issued, redeemed, leads, members. Rule D19.

        Whoever was a member on the day of redeeming didn't become one by it.
        """
        return SQL(
            """
            SELECT v.id, v.batch_id, v.partner_id, v.company_id, v.issued_on,
                   v.redeemed_on, v.redeemed_by_id, v.account_id, v.value,
                   v.state = 'issued' AND v.date_to < %(today)s AS is_expired,
                   1 AS issued, (v.state = 'redeemed')::int AS redeemed,
                   (v.lead_id IS NOT NULL)::int AS leads,
                   (v.lead_id IS NOT NULL AND EXISTS (
                       SELECT FROM crm_lead l
                         JOIN res_partner c ON c.id = l.partner_id
                         JOIN club_membership m
                              ON m.account_id = c.commercial_partner_id
                             AND m.company_id = v.company_id AND m.state = 'valid'
                             AND m.date_from BETWEEN v.redeemed_on AND %(today)s
                         JOIN club_tier_group g
                              ON g.id = m.group_id AND g.purpose <> 'grade'
                        WHERE l.id = v.lead_id AND NOT EXISTS (
                              SELECT FROM club_membership b
                                JOIN club_tier_group o
                                     ON o.id = b.group_id AND o.purpose <> 'grade'
                               WHERE b.account_id = m.account_id
                                 AND b.company_id = m.company_id AND b.state = 'valid'
                                 AND b.date_from < v.redeemed_on
                                 AND b.date_grace >= v.redeemed_on)))::int AS members
              FROM club_voucher v
             WHERE v.state <> 'cancelled'
            """,
            today=self.env["res.company"]._club_today_sql(SQL("v.company_id")),
        )

    @api.model
    def _get_progress_case(self):
        """Return the SQL that names the progress of a row of `_get_progress_sql`."""
        return SQL(
            "CASE WHEN p.members = 1 THEN 'member' WHEN p.leads = 1 THEN 'lead'"
            " WHEN p.redeemed = 1 THEN 'redeemed' WHEN p.is_expired THEN 'expired'"
            " ELSE 'issued' END"
        )

    @api.depends("state", "lead_id.partner_id", "date_to")
    @api.depends_context("company")
    def _compute_progress(self):
        self.env.flush_all()
        found = dict(
            self.env.execute_query(
                SQL(
                    "SELECT p.id, %s FROM (%s) p WHERE p.id = ANY(%s)",
                    self._get_progress_case(),
                    self._get_progress_sql(),
                    self._origin.ids,
                )
            )
        )
        for voucher in self:
            voucher.progress = found.get(voucher._origin.id, voucher.state)

    def _search_progress(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        query = SQL(
            "(SELECT p.id FROM (%s) p WHERE %s = ANY(%s::text[]))",
            self._get_progress_sql(),
            self._get_progress_case(),
            [str(each) for each in value],
        )
        domain = Domain("id", "in", query)
        if CANCELLED in value:
            domain |= Domain("state", "=", CANCELLED)
        return domain

    # === What it costs. Rule B8 === #

    @api.model
    def _get_cost_sql(self):
        """What accounts of the club redeemed; what others did is marketing's."""
        return SQL(
            """
            SELECT id AS res_id, 'voucher'::varchar AS kind, account_id, company_id,
                   redeemed_on AS date, value AS amount
              FROM club_voucher
             WHERE state = 'redeemed' AND account_id IS NOT NULL AND value <> 0
            """
        )

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        return [FigureSource("vouchers", rows=self._select_counted)]

    @api.model
    def _select_counted(self, span):
        """Return what was issued, in its month, and what was redeemed, in its own and
        of the account's unit.
        """
        return SQL(
            """
            SELECT v.id, v.company_id, e.account_id, NULL::int AS unit_id,
                   date_trunc('month', e.day::timestamp)::date AS month,
                   NULL::int AS tier_id, e.value, e.base
              FROM club_voucher v
             CROSS JOIN LATERAL (
                   VALUES (NULL::int, v.issued_on, 0, 1),
                          (v.account_id, v.redeemed_on, 1, 0)
                   ) e (account_id, day, value, base)
             WHERE v.company_id = ANY(%(companies)s) AND v.state <> %(cancelled)s
               AND e.day BETWEEN %(start)s AND %(end)s
            """,
            companies=list(span.company_ids),
            cancelled=CANCELLED,
            start=span.start,
            end=span.end,
        )

    # === Redeeming === #

    @api.model
    def _redeem(self, text, account):
        """Redeem the voucher whose code somebody typed or scanned. Rule D19.

        :param account: who came with it, where the club knows that account
        :return: the voucher
        :raises UserError: when there is none, or it can't be redeemed today
        :raises AccessError: for who redeems none, or not for this account
        """
        code = read_code(text or "")
        if not code:
            raise UserError(
                self.env._(
                    "“%s” isn't the code of a voucher: scan it again, or type the ten "
                    "signs below the picture.",
                    text,
                )
            )
        if not (self.env.su or self.env.user.has_group(USER)):
            raise AccessError(
                self.env._("Vouchers are redeemed by account managers and officers.")
            )
        # sudo: nobody but officers reads codes; who has the paper redeems it
        voucher_sudo = self.sudo().search([("code", "=", code)], limit=1)
        if not voucher_sudo or voucher_sudo.company_id != self.env.company:
            raise UserError(
                self.env._(
                    "%(company)s has issued no voucher with the code %(code)s.",
                    company=self.env.company.name,
                    code=show_code(code),
                )
            )
        account = account.commercial_partner_id
        if account and not account._get_my_scope(OFFICER).holds(account):
            raise AccessError(
                self.env._(
                    "You don't look after %s: redeem the voucher without an account, "
                    "or let its account manager do it.",
                    account.display_name,
                )
            )
        # Two who redeem one voucher meet here; the second one starts anew.
        hold(voucher_sudo)
        voucher_sudo._check_can_redeem()
        voucher_sudo._set_state(
            (ISSUED,),
            REDEEMED,
            redeemed_on=voucher_sudo.company_id._club_today(),
            redeemed_by_id=self.env.uid,
            account_id=account.id,
        )
        return voucher_sudo.with_env(self.env)

    def _check_can_redeem(self):
        """Refuse what was redeemed or cancelled, and any day but those it is valid on.

        The caller holds it.
        """
        self.ensure_one()
        values = {"voucher": self.name}
        if self.state == REDEEMED:
            raise UserError(
                self.env._(
                    "%(voucher)s was redeemed on %(day)s by %(user)s.",
                    day=format_date(self.env, self.redeemed_on),
                    user=self.redeemed_by_id.name,
                    **values,
                )
            )
        if self.state == CANCELLED:
            raise UserError(
                self.env._(
                    "%(voucher)s was cancelled on %(day)s: %(reason)s",
                    day=format_date(self.env, self.cancelled_on),
                    reason=self.cancel_reason,
                    **values,
                )
            )
        today = self.company_id._club_today()
        if today < self.date_from:
            raise UserError(
                self.env._(
                    "%(voucher)s is valid from %(day)s on.",
                    day=format_date(self.env, self.date_from),
                    **values,
                )
            )
        if today > self.date_to:
            raise UserError(
                self.env._(
                    "%(voucher)s was valid until %(day)s.",
                    day=format_date(self.env, self.date_to),
                    **values,
                )
            )

    # === Becoming a lead === #

    @for_one
    def action_make_lead(self):
        """Make a lead of who redeemed it, once, and open it. Rules D13, D19."""
        self.check_access("read")
        return self._make_lead().get_formview_action()

    def _make_lead(self, **values):
        """Return the lead of the voucher, made now if there is none yet.

        :param values: what else is known of who came with it
        :raises UserError: before it was redeemed
        """
        self.ensure_one()
        # sudo: nobody may write vouchers; who may read this one makes its lead
        voucher_sudo = self.sudo()
        hold(voucher_sudo)  # two clicks make one lead
        if voucher_sudo.lead_id:
            return voucher_sudo.lead_id.with_env(self.env)
        voucher_sudo._check_state(REDEEMED)
        leads = self.env["crm.lead"].with_company(voucher_sudo.company_id)
        lead = leads.create(
            {
                "name": f"{voucher_sudo.name}: {voucher_sudo.subject}",
                "partner_id": voucher_sudo.account_id.id,
                "company_id": voucher_sudo.company_id.id,
                **self._prepare_lead_source(),
                **values,
            }
        )
        voucher_sudo._write_guarded({"lead_id": lead.id})
        return lead

    def _prepare_lead_source(self):
        """Return what a lead says of where it came from. Rule D13.

        A channel partner who redeems a voucher himself has brought nobody.
        """
        if self.partner_id.commercial_partner_id == self.account_id:
            return {}
        return {"club_source": CHANNEL, "club_referrer_partner_id": self.partner_id.id}

    # === Cancelling === #

    @for_records
    def action_cancel(self):
        """Cancel vouchers that are out, a lost one for instance.

        :raises UserError: without a reason
        """
        self.check_access("write")
        hold(self)
        self._check_state(ISSUED)
        for voucher in self:
            if not get_written(voucher.cancel_reason):
                raise UserError(self.env._("Enter why %s is cancelled.", voucher.name))
        for reason, vouchers in self.grouped("cancel_reason").items():
            vouchers._do_cancel(reason)
        return True

    def _do_cancel(self, reason):
        for company, vouchers in self.grouped("company_id").items():
            vouchers._set_state(
                (ISSUED,),
                CANCELLED,
                cancel_reason=reason,
                cancelled_on=company._club_today(),
                cancelled_by_id=self.env.uid,
            )

    # === For the printer === #

    @api.model
    def _check_reads_codes(self):
        """
        :raises AccessError: for who doesn't hand codes to the printer
        """
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._(
                    "Whoever has a voucher's code can redeem it: only club officers "
                    "print vouchers and hand their codes to the printer."
                )
            )

    @for_records
    def action_print(self):
        """Print these vouchers, several a page."""
        self.check_access("read")
        return self._print()

    def _print(self):
        self._check_reads_codes()
        if len(self) > PRINT_LIMIT:
            raise UserError(
                self.env._(
                    "These are %(count)s vouchers, and a print has %(limit)s at most: "
                    "select fewer in the list, or download the sheet for the printer.",
                    count=len(self),
                    limit=PRINT_LIMIT,
                )
            )
        report = self.env.ref("crm_club.club_voucher_report")
        return report.report_action(self.ids, config=False)
