from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ...kernel.share_rest import get_rest
from ..approval.states import DONE, EDITABLE, OMITTED
from ..record.hold import hold
from ..record.names import join
from .club_revenue_share_line import HOLDER

SHARE, END = "share", "end"
KINDS = [(SHARE, "Share"), (END, "End of a Share")]
ONE_DAY = timedelta(days=1)


class ClubRevenueShare(models.Model):
    """To whose targets an account's revenue counts, by percentages. Rule B11.

    The leads of all units that it concerns sign it, nobody for two of them. It holds
    until its last day, or until another signed one ends it or follows it, and stays as
    history. Points don't ask it.
    """

    _name = "club.revenue.share"
    _description = "Revenue Share"
    _inherit = ["club.document.mixin"]
    _order = "date_from desc, id desc"
    _club_sequence = "RSH"
    _club_title = "title"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _club_texts = ("reason",)
    _club_accounts = ("account_id",)
    _approval_measure = None
    _approval_countersigned = True
    _approval_type = "revenue_share"
    _approval_guarded = (
        *("company_id", "unit_id", "kind", "account_id", "category_id"),
        *("date_from", "date_to", "replaces_id", "reason"),
    )
    _approval_lines = {"line_ids": ("unit_id", "user_id", "role", "percent")}

    title = fields.Char("About", compute="_compute_title", compute_sudo=True)
    kind = fields.Selection(KINDS, required=True, default=SHARE)
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        index=True,
        ondelete="restrict",
        help="With the categories below it. Empty: all revenue of the account.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env.company._club_today().replace(day=1),
        help="The first day on which it counts; of an end, the first on which nothing "
        "is shared any more.",
    )
    date_to = fields.Date("To", help="The last day. Empty: until it is ended.")
    replaces_id = fields.Many2one(
        "club.revenue.share",
        "Share It Ends",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('account_id', '=', account_id), ('kind', '=', 'share'),"
        " ('approval_state', '=', 'done')]",
        help="The share that this one ends on the day before it begins.",
    )
    reason = fields.Char(required=True)
    line_ids = fields.One2many(
        "club.revenue.share.line", "share_id", "Sharers", copy=True
    )
    holder_unit_id = fields.Many2one(
        "crm.team",
        "Account's Unit",
        compute="_compute_holder_unit_id",
        compute_sudo=True,
        help="It signs, too: revenue that is shared isn't its own alone any more.",
    )
    last_day = fields.Date(
        "Shared Until",
        readonly=True,
        copy=False,
        help="The last day on which it counts, as signed or as another one ended it.",
    )
    ended_by_id = fields.Many2one(
        "club.revenue.share",
        "Ended by Document",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)",
        "A share's last day can't be before its first.",
    )
    _end = models.Constraint(
        "CHECK(kind = 'share' OR date_to IS NULL)",
        "An end has a first day only: nothing is shared from then on.",
    )
    # A range without bounds overlaps each category.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(company_id, company_id, '[]') WITH =,"
        " int4range(account_id, account_id, '[]') WITH =,"
        " int4range(category_id, category_id, '[]') WITH &&,"
        " daterange(date_from, last_day, '[]') WITH &&)"
        " WHERE (approval_state = 'done' AND kind = 'share')",
        "Another share of this account's revenue took effect at the same moment: "
        "reload the page.",
    )

    @api.depends("account_id.name", "category_id.name")
    @api.depends_context("lang")
    def _compute_title(self):
        for share in self:
            names = share.account_id.name, share.category_id.name
            share.title = join(self.env, filter(None, names))

    @api.depends("account_id", "company_id")
    def _compute_holder_unit_id(self):
        for share in self:
            account = share.account_id.with_company(share.company_id)
            share.holder_unit_id = account.club_unit_id

    @api.onchange("replaces_id")
    def _onchange_replaces_id(self):
        if self.replaces_id:
            self.account_id = self.replaces_id.account_id
            self.category_id = self.replaces_id.category_id

    @api.constrains("replaces_id", "account_id", "category_id", "kind")
    def _check_replaces_id(self):
        for share_sudo in self.sudo():  # whoever reads the one before
            before = share_sudo.replaces_id
            if share_sudo.kind == END and not before:
                raise ValidationError(
                    self.env._(
                        "%s ends nothing: name the share that it ends.",
                        share_sudo.name,
                    )
                )
            if before and (
                before.account_id != share_sudo.account_id
                or before.category_id != share_sudo.category_id
                or before.kind != SHARE
            ):
                raise ValidationError(
                    self.env._(
                        "%(share)s can't end %(before)s: that one is about another "
                        "account or category.",
                        share=share_sudo.name,
                        before=before.display_name,
                    )
                )

    # === Approval === #

    def _get_sides(self):
        """Return the units whose revenue it gives or takes: each signs. Rule B11.

        Those of the share that it ends are among them.
        """
        self.ensure_one()
        share_sudo = self.sudo()  # who signs doesn't depend on who asks
        lines_sudo = share_sudo.line_ids | share_sudo.replaces_id.line_ids
        return share_sudo.holder_unit_id | lines_sudo.unit_id

    def _get_approval_units(self):
        return self._get_sides()

    def _check_can_submit(self):
        """Judge it as if it took effect today; on that day it is judged again.

        :raises UserError: when percentages don't sum to 100, or another share holds
        """
        super()._check_can_submit()
        share_sudo = self.sudo()  # the check is of what is there, whoever asks
        if share_sudo.unit_id not in self._get_sides():
            raise UserError(
                self.env._(
                    "%(share)s is applied for by a unit that it concerns: that of the "
                    "account, or one that shares; %(unit)s is neither.",
                    share=share_sudo.name,
                    unit=share_sudo.unit_id.name,
                )
            )
        share_sudo._check_lines()
        share_sudo._check_ending()
        share_sudo._check_free()

    def _check_lines(self):
        lines = self.line_ids
        if self.kind == END:
            if lines:
                raise UserError(
                    self.env._(
                        "%s ends a share and so shares nothing: remove its lines.",
                        self.name,
                    )
                )
            return
        rest = get_rest(lines.mapped("percent"))
        if rest:
            raise UserError(
                self.env._(
                    "%(share)s shares %(percent)s per cent: its lines must sum to "
                    "exactly 100.",
                    share=self.name,
                    percent=formatLang(self.env, float(100 - rest), digits=2),
                )
            )
        if len(lines.filtered(lambda line: line.role == HOLDER)) != 1:
            raise UserError(
                self.env._(
                    "%s needs exactly one holder; all others serve the account.",
                    self.name,
                )
            )
        if self.approval_state in EDITABLE:
            lines._check_people()

    def _check_ending(self):
        """Refuse to end what doesn't hold any more on the day before."""
        before = self.replaces_id
        if not before:
            return
        last_day = before.last_day
        ends_nothing = last_day and (
            self.date_from > last_day + ONE_DAY
            or self.kind == END
            and self.date_from > last_day
        )
        if before.approval_state != DONE or self.date_from <= before.date_from:
            raise UserError(
                self.env._(
                    "%(share)s can't end %(before)s, which isn't in effect before "
                    "%(day)s.",
                    share=self.name,
                    before=before.display_name,
                    day=format_date(self.env, self.date_from),
                )
            )
        if ends_nothing:
            raise UserError(
                self.env._(
                    "%(share)s can't end %(before)s: that one counts until %(day)s "
                    "anyway.",
                    share=self.name,
                    before=before.display_name,
                    day=format_date(self.env, last_day),
                )
            )

    def _check_free(self):
        """Refuse what another share in effect stands against, naming it."""
        if self.kind == END:
            return
        for other in self._find_standing():
            raise UserError(
                self.env._(
                    "%(other)s shares the revenue of %(account)s in %(category)s from "
                    "%(start)s to %(end)s already: name it as the share that "
                    "%(share)s ends, or choose other days.",
                    other=other.name,
                    account=other.account_id.name,
                    category=other.category_id.display_name
                    or self.env._("all categories"),
                    start=format_date(self.env, other.date_from),
                    end=format_date(self.env, other.last_day)
                    if other.last_day
                    else self.env._("an open end"),
                    share=self.name,
                )
            )

    def _find_standing(self):
        """Return the shares in effect that overlap this one, the first of them first.

        A category overlaps those above and below it, all revenue overlaps each one.
        The share that it ends counts until the day before.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id
                  FROM club_revenue_share s
                  JOIN club_revenue_share o
                    ON o.account_id = s.account_id AND o.company_id = s.company_id
                   AND o.id <> s.id AND o.approval_state = 'done' AND o.kind = 'share'
             LEFT JOIN product_category mine ON mine.id = s.category_id
             LEFT JOIN product_category its ON its.id = o.category_id
                 WHERE s.id = %s
                   AND (mine.id IS NULL OR its.id IS NULL
                        OR mine.parent_path LIKE its.parent_path || '%%'
                        OR its.parent_path LIKE mine.parent_path || '%%')
                   AND daterange(s.date_from, s.date_to, '[]') && daterange(
                       o.date_from, CASE WHEN o.id = s.replaces_id
                           THEN least(o.last_day, s.date_from - 1)
                           ELSE o.last_day END, '[]')
                 ORDER BY o.date_from, o.id
                """,
                self.id,
            )
        )
        return self.browse([number for (number,) in rows])

    def _create_approval_requests(self):
        """Refuse what would not be signed by both sides. Rule B11.

        :raises UserError: when the policy asks no units, or when one person alone could
            sign for two of them
        """
        requests = super()._create_approval_requests()
        for share, request in zip(self, requests, strict=True):
            share._check_sides_asked(request)
        return requests

    def _check_sides_asked(self, request):
        """Refuse a round in which a side has no say: the applicant's may be silent."""
        of_units = request.signature_ids.filtered("unit_id")
        asked = of_units.filtered(lambda signature: signature.state != OMITTED)
        sides = self._get_sides()
        if sides - of_units.unit_id or len(sides - asked.unit_id) > 1:
            raise UserError(
                self.env._(
                    "%(share)s is signed by the lead of each unit that it concerns "
                    "(%(units)s), and whoever applies stands for one of them at most: "
                    "let somebody else apply, name other leads or deputies, or mend "
                    "the policy “%(policy)s”.",
                    share=self.name,
                    units=join(self.env, sides.mapped("name")),
                    policy=request.policy_id.name,
                )
            )

    def _approval_execute(self, request):
        """Take effect; end what it ends the day before. Rule B11."""
        hold(self.account_id)
        self._check_ending()
        self._check_free()
        if self._get_sides() - request.signature_ids.unit_id and request.policy_id:
            raise UserError(
                self.env._(
                    "%s concerns a unit by now that wasn't asked to sign: withdraw it "
                    "and submit it again.",
                    self.name,
                )
            )
        before = self.replaces_id
        if before:
            end = self.date_from - ONE_DAY
            last_day = min(before.last_day or end, end)
            before._write_guarded({"last_day": last_day, "ended_by_id": self.id})
            before._message_log(
                body=self.env._(
                    "It counts until %(day)s: %(share)s ended it.",
                    day=format_date(self.env, last_day),
                    share=self.name,
                )
            )
            before.flush_recordset()
        self._write_guarded({"last_day": self.date_to})

    # === Merging partners === #

    @api.model
    def _settle_merge(self, sources, target):
        """Refuse to merge accounts whose shares would overlap: Odoo would delete one.

        :raises UserError:
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, o.id
                  FROM club_revenue_share s
                  JOIN club_revenue_share o
                    ON o.company_id = s.company_id AND o.id > s.id
                   AND o.account_id = ANY(%(accounts)s)
                   AND o.approval_state = 'done' AND o.kind = 'share'
                   AND int4range(o.category_id, o.category_id, '[]')
                       && int4range(s.category_id, s.category_id, '[]')
                   AND daterange(o.date_from, o.last_day, '[]')
                       && daterange(s.date_from, s.last_day, '[]')
                 WHERE s.account_id = ANY(%(accounts)s)
                   AND s.approval_state = 'done' AND s.kind = 'share'
                 LIMIT 1
                """,
                accounts=(sources | target).ids,
            )
        )
        for pair in rows:
            one, other = self.browse(pair)
            raise UserError(
                self.env._(
                    "%(one)s and %(other)s both share revenue of the accounts that are "
                    "merged: end one of them first.",
                    one=one.display_name,
                    other=other.display_name,
                )
            )
