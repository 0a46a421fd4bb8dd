import secrets

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tools import SQL

from ...kernel.voucher_codes import draw_code
from ...kernel.written import get_written
from ..record.hold import hold
from ..record.navigate import open_list
from ..record.number import number
from ..record.rpc import for_one, for_records

DRAFT, ISSUED, CANCELLED = "draft", "issued", "cancelled"
STATES = [(DRAFT, "Draft"), (ISSUED, "Issued"), (CANCELLED, "Cancelled")]
LARGEST = 20_000  # vouchers; as many as a sheet for the printer has


class ClubVoucherBatch(models.Model):
    """Trial vouchers for a channel partner to give away. Rule D19.

    Issuing makes them all in one statement, each with a number that tells which one it
    is and a code that only its paper has. From then on the batch stays as it is; what
    of it isn't redeemed can be cancelled.
    """

    _name = "club.voucher.batch"
    _description = "Batch of Vouchers"
    _inherit = ["club.record.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "subject", "partner_id"]
    _club_sequence = "VOB"
    _club_keeps = "partner_id"
    _club_about = "partner_id"
    _club_accounts = ("partner_id",)
    _club_fixes_currency = True
    _club_fixed = (
        *("company_id", "partner_id", "subject", "terms", "quantity", "value"),
        *("date_from", "date_to"),
    )
    _club_closed = (CANCELLED,)

    name = number()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Channel Partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
        help="Who gives the vouchers away.",
    )
    subject = fields.Char(
        "Good For", required=True, help="What the voucher is good for; it is printed."
    )
    terms = fields.Char("Where and How", help="Printed below what it is good for.")
    quantity = fields.Integer("Number of Vouchers", required=True, default=100)
    value = fields.Monetary(
        "Value of a Voucher",
        aggregator=None,
        help="What it costs the club when an account of the club redeems it.",
    )
    date_from = fields.Date(
        "Valid From",
        required=True,
        default=lambda self: self.env.company._club_today(),
    )
    date_to = fields.Date(
        "Valid To", required=True, help="The last day on which it is redeemed."
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    issued_on = fields.Date(readonly=True, copy=False)
    issued_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    cancel_reason = fields.Char("Reason to Cancel", copy=False)
    cancelled_on = fields.Date(readonly=True, copy=False)
    cancelled_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    voucher_ids = fields.One2many("club.voucher", "batch_id", "Vouchers")
    # Figures are no secret, whoever may read which of the vouchers.
    issued_count = fields.Integer(
        "Vouchers Out",
        compute="_compute_counts",
        compute_sudo=True,
        help="Vouchers that were issued, without those that were cancelled.",
    )
    redeemed_count = fields.Integer(
        "Redeemed", compute="_compute_counts", compute_sudo=True
    )
    lead_count = fields.Integer(
        "Became Leads", compute="_compute_counts", compute_sudo=True
    )
    member_count = fields.Integer(
        "Became Members", compute="_compute_counts", compute_sudo=True
    )

    # The upper bound of the value also refuses NaN, which is above all numbers.
    _quantity = models.Constraint(
        f"CHECK(quantity BETWEEN 1 AND {LARGEST})",
        "A batch has at least one voucher and twenty thousand at most.",
    )
    _value = models.Constraint(
        "CHECK(coalesce(value, 0) >= 0 AND coalesce(value, 0) < 1e9)",
        "A voucher's value can't be negative.",
    )
    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A voucher's last day can't be before its first."
    )

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for batch in self:
            batch.display_name = " · ".join(filter(None, (batch.name, batch.subject)))

    @api.depends("voucher_ids.state", "voucher_ids.lead_id")
    def _compute_counts(self):
        vouchers = self.env["club.voucher"]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT batch_id, count(*), sum(redeemed), sum(leads), sum(members)
                  FROM (%s) p WHERE batch_id = ANY(%s) GROUP BY batch_id
                """,
                vouchers._get_progress_sql(),
                self._origin.ids,
            )
        )
        found = {batch_id: counts for batch_id, *counts in rows}
        for batch in self:
            (
                batch.issued_count,
                batch.redeemed_count,
                batch.lead_count,
                batch.member_count,
            ) = found.get(batch._origin.id, (0, 0, 0, 0))

    @api.constrains("subject")
    def _check_subject(self):
        for batch in self:
            if not get_written(batch.subject):
                raise ValidationError(
                    self.env._("Say what the vouchers of %s are good for.", batch.name)
                )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for batch in self:
            if batch.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s was issued and stays: cancel what isn't redeemed.",
                        batch.name,
                    )
                )

    # === Actions === #

    @for_records
    def action_issue(self):
        """Make the vouchers of these batches, all in one statement. Rule D19.

        :raises UserError: when one was issued already, or would be over by today
        """
        self.check_access("write")
        hold(self)
        self._check_state(DRAFT)
        for batch in self:
            if batch.date_to < batch.company_id._club_today():
                raise UserError(
                    self.env._(
                        "The vouchers of %(batch)s would be valid until %(day)s, which "
                        "is over: enter a later day.",
                        batch=batch.name,
                        day=fields.Date.to_string(batch.date_to),
                    )
                )
        for company, batches in self.grouped("company_id").items():
            batches._set_state(
                (DRAFT,),
                ISSUED,
                issued_on=company._club_today(),
                issued_by_id=self.env.uid,
            )
        self._insert_vouchers()
        return True

    @for_records
    def action_cancel(self):
        """Cancel what of these batches isn't redeemed; their papers are void then.

        :raises UserError: without a reason
        """
        self.check_access("write")
        hold(self)
        self._check_state(DRAFT, ISSUED)
        for batch in self:
            if batch.state == ISSUED and not get_written(batch.cancel_reason):
                raise UserError(
                    self.env._(
                        "Enter why the vouchers of %s are cancelled.", batch.name
                    )
                )
        # sudo: the batch is his to cancel, so its vouchers are
        vouchers_sudo = self.env["club.voucher"].sudo()
        open_sudo = vouchers_sudo.search(
            [("batch_id", "in", self.ids), ("state", "=", ISSUED)]
        )
        hold(open_sudo)
        for batch, found_sudo in open_sudo.grouped("batch_id").items():
            found_sudo._do_cancel(batch.cancel_reason)
        for company, batches in self.grouped("company_id").items():
            batches._set_state(
                (DRAFT, ISSUED),
                CANCELLED,
                cancelled_on=company._club_today(),
                cancelled_by_id=self.env.uid,
            )
        return True

    @for_one
    def action_open_vouchers(self):
        return open_list(self, "club_voucher_action", "batch_id")

    @for_one
    def action_open_conversion(self):
        return open_list(self, "club_voucher_conversion_action", "batch_id")

    @for_one
    def action_print(self):
        """Print the vouchers that are still out, several a page."""
        return self._get_open_vouchers()._print()

    @for_one
    def action_export(self):
        """Download numbers and codes of what is still out, for the printer."""
        return self.env["club.xlsx.voucher"]._get_download_action(
            self._get_open_vouchers()
        )

    def _get_open_vouchers(self):
        """Return the vouchers of the batch that can be redeemed.

        :raises AccessError: for who doesn't hand them to the printer
        :raises UserError: when there is none
        """
        self.ensure_one()
        vouchers = self.env["club.voucher"]
        vouchers._check_reads_codes()
        found = vouchers.search(
            [("batch_id", "=", self.id), ("state", "=", ISSUED)], order="id"
        )
        if not found:
            raise UserError(
                self.env._("%s has no vouchers that are still out.", self.name)
            )
        return found

    def _insert_vouchers(self):
        """Make as many vouchers as each of these batches says, in one statement.

        :raise ConcurrencyError: when a code is there already: Odoo starts anew
        """
        chance = secrets.SystemRandom()
        ids = [batch.id for batch in self for _number in range(batch.quantity)]
        codes = [draw_code(chance) for _number in ids]
        self.env.flush_all()
        try:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO club_voucher
                           (batch_id, company_id, partner_id, name, code, state, value,
                            date_from, date_to, issued_on, create_uid, write_uid,
                            create_date, write_date)
                    SELECT b.id, b.company_id, b.partner_id,
                           b.name || '-' || lpad(n.number::text, 5, '0'), n.code,
                           'issued', b.value, b.date_from, b.date_to, b.issued_on,
                           %(user)s, %(user)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM (SELECT batch_id, code, row_number() OVER (
                                       PARTITION BY batch_id ORDER BY place) AS number
                              FROM unnest(%(ids)s::int[], %(codes)s::varchar[])
                                   WITH ORDINALITY AS u(batch_id, code, place)) n
                      JOIN club_voucher_batch b ON b.id = n.batch_id
                     ORDER BY b.id, n.number
                    """,
                    user=self.env.uid,
                    ids=ids,
                    codes=codes,
                )
            )
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("a voucher's code is there already") from error
        self.env["club.voucher"].invalidate_model()
        self.invalidate_recordset()
