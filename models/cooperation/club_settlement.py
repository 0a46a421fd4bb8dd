from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...kernel.amount_in_words import LIMIT, amount_in_words
from ...kernel.shares import is_whole, split_amount
from ..record.hold import hold
from ..record.rpc import for_records
from .club_cooperation_calloff import CLOSED, CONFIRMED

CAPITALS = "CNY"  # the currency that Chinese financial capitals are for


class ClubSettlement(models.Model):
    """A settlement sheet: what bills and call-offs came to, signed. Rules C6, E3.

    Who draws it up never signs; Finance checks it, the key-account department approves.
    """

    _name = "club.settlement"
    _description = "Settlement"
    _inherit = ["club.document.mixin"]
    _order = "date desc, id desc"
    _club_sequence = "SET"
    _rec_names_search = ["name", "subject"]

    _approval_type = "settlement"
    _approval_guarded = (
        *("company_id", "unit_id", "cooperation_id", "activity_id"),
        *("date", "subject", "note"),
    )
    _approval_lines = {
        "line_ids": ("partner_id", "bill_name", "bill_date", "name", "amount"),
        "share_ids": ("unit_id", "percent"),
    }

    unit_id = fields.Many2one(string="Settling Unit", help="")
    cooperation_id = fields.Many2one(
        "club.cooperation",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("approval_state", "=", "done")],
    )
    activity_id = fields.Many2one(
        "club.activity",
        "Club Activity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The activity whose call-offs are settled.",
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["club.program"]._today()
    )
    subject = fields.Char(required=True)
    note = fields.Text("Remarks")
    line_ids = fields.One2many(
        "club.settlement.line", "settlement_id", "Bills and Call-Offs"
    )
    share_ids = fields.One2many(
        "club.settlement.share", "settlement_id", "Split over Units", copy=True
    )
    total = fields.Monetary(
        compute="_compute_total", store=True, help="With tax, as the bills have it."
    )
    total_in_words = fields.Char("In Words", compute="_compute_total_in_words")
    preparer_id = fields.Many2one(
        "res.users", "Prepared by", compute="_compute_people", compute_sudo=True
    )
    checker_id = fields.Many2one(
        "res.users", "Checked by", compute="_compute_people", compute_sudo=True
    )
    approver_id = fields.Many2one(
        "res.users", "Approved by", compute="_compute_people", compute_sudo=True
    )

    _subject = models.Constraint(
        "CHECK(cooperation_id IS NOT NULL OR activity_id IS NOT NULL)",
        "A settlement is of a cooperation or of an activity: choose one.",
    )

    # === Computes === #

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for settlement in self:
            settlement.total = sum(settlement.line_ids.mapped("amount"))

    @api.depends("total", "currency_id")
    @api.depends_context("lang")
    def _compute_total_in_words(self):
        for settlement in self:
            currency = settlement.currency_id
            settlement.total_in_words = (
                self._get_words_of(currency, settlement.total) if currency else ""
            )

    @api.model
    def _get_words_of(self, currency, amount):
        """Return an amount in words: in Chinese, of yuan, in financial capitals."""
        exact = Decimal(str(currency.round(amount)))
        chinese = (self.env.lang or "").startswith("zh")
        if currency.name == CAPITALS and chinese and abs(exact) < LIMIT:
            return amount_in_words(exact)
        return currency.with_env(self.env).amount_to_text(float(exact))

    @api.depends("approval_state", "approval_request_id.signature_ids.state")
    def _compute_people(self):
        for settlement in self:
            request = settlement.approval_request_id
            signed = request._get_signed().sorted("stage")
            settlement.preparer_id = request.applicant_id or settlement.create_uid
            settlement.checker_id = signed[:1].signer_id
            settlement.approver_id = signed[1:][-1:].signer_id

    # === Collecting === #

    @for_records
    def action_collect(self):
        """List what isn't settled yet: posted bills, and call-offs without a bill."""
        self = self._without_client_context()
        self.check_access("write")
        hold(self)  # nobody submits it meanwhile
        for settlement in self:
            settlement._check_approval_editable()
            settlement.cooperation_id.check_access("read")
            settlement.activity_id.check_access("read")
            # sudo: bills aren't read by who settles them
            settlement.sudo()._do_collect()
        return True

    def _do_collect(self):
        self.ensure_one()
        lines = self.env["club.settlement.line"]
        self.line_ids._find_outdated().unlink()
        there = self.line_ids
        bills = self._find_bill_lines() - there.move_line_id
        calloffs = self._find_calloffs() - there.calloff_id
        lines._create_guarded(
            [{"settlement_id": self.id, "move_line_id": bill.id} for bill in bills]
            + [{"settlement_id": self.id, "calloff_id": c.id} for c in calloffs]
        )

    def _find_bill_lines(self):
        """Return posted lines of the contract or the activity, unsettled elsewhere."""
        domain = Domain("parent_state", "=", "posted")
        domain &= Domain("company_id", "=", self.company_id.id)
        if self.cooperation_id:
            domain &= Domain("club_cooperation_id", "=", self.cooperation_id.id)
        if self.activity_id:
            domain &= Domain("club_calloff_id.activity_id", "=", self.activity_id.id)
        found = self.env["account.move.line"].search(domain, order="date, id")
        taken = self._find_taken("move_line_id", found)
        # The bill of a call-off that was settled itself came late.
        ordered = self._find_taken("calloff_id", found.club_calloff_id)
        return (found - taken).filtered(
            lambda line: line.club_calloff_id not in ordered
        )

    def _find_calloffs(self):
        """Return call-offs that no bill names, unsettled elsewhere."""
        domain = Domain("state", "in", (CONFIRMED, CLOSED))
        domain &= Domain("company_id", "=", self.company_id.id)
        if self.cooperation_id:
            domain &= Domain("cooperation_id", "=", self.cooperation_id.id)
        if self.activity_id:
            domain &= Domain("activity_id", "=", self.activity_id.id)
        found = self.env["club.cooperation.calloff"].search(domain, order="date, id")
        return found - found._get_billed() - self._find_taken("calloff_id", found)

    def _find_taken(self, name, records):
        """Return which of the records other settlements that were submitted have."""
        lines_sudo = self.env["club.settlement.line"].sudo()
        taken = lines_sudo.search(
            [
                (name, "in", records.ids),
                ("settlement_id", "not in", self.ids),
                ("is_settled", "=", True),
            ]
        )
        return taken[name].with_env(records.env)

    @for_records
    def action_print(self):
        """Print the settlement sheet. Rule E3."""
        self.check_access("read")
        return self.env.ref("crm_club.club_settlement_report").report_action(
            self.ids, config=False
        )

    # === Three people for a settlement, and what it must say. Rules C6, E2 === #

    def _get_approval_amount(self):
        return sum(line.amount for line in self.line_ids), self.currency_id

    def _approval_is_ready(self):
        return bool(self.line_ids)

    def _check_can_submit(self):
        super()._check_can_submit()
        settlement_sudo = self.sudo()
        settlement_sudo._check_lines()
        settlement_sudo._check_shares()

    def _check_lines(self):
        """Refuse sheets without lines, and lines that don't hold any more.

        Who takes back a call-off or a bill holds its contract, too.
        """
        calloffs, bills = self.line_ids.calloff_id, self.line_ids.move_line_id
        hold(calloffs.cooperation_id | bills.club_cooperation_id)
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%s lists nothing to settle: collect its bills first.", self.name
                )
            )
        outdated = self.line_ids._find_outdated()
        if outdated:
            raise UserError(
                self.env._(
                    "%(settlement)s: %(line)s isn't any more what was listed: collect "
                    "anew.",
                    settlement=self.name,
                    line=outdated[0].display_name,
                )
            )
        lines = self.line_ids
        for name, sources in (
            ("move_line_id", lines.move_line_id),
            ("calloff_id", lines.calloff_id | lines.move_line_id.club_calloff_id),
        ):
            taken = self._find_taken(name, sources)
            if taken:
                raise UserError(
                    self.env._(
                        "%(settlement)s: %(line)s is settled by another sheet already.",
                        settlement=self.name,
                        line=taken[0].display_name,
                    )
                )

    def _check_shares(self):
        percents = [Decimal(str(share.percent)) for share in self.share_ids]
        if percents and not is_whole(percents):
            raise UserError(
                self.env._(
                    "The split of %(settlement)s comes to %(sum)s %%: it must be 100 "
                    "%%.",
                    settlement=self.name,
                    sum=sum(percents),
                )
            )
        units = self.share_ids.unit_id
        if len(units) < len(self.share_ids):
            raise UserError(
                self.env._(
                    "%s names a unit twice: put its percent into one line.", self.name
                )
            )

    def _get_split(self):
        """Return what each share comes to; together they are the total."""
        self.ensure_one()
        percents = [Decimal(str(share.percent)) for share in self.share_ids]
        if not is_whole(percents):
            return {}
        parts = split_amount(Decimal(str(self.total)), percents)
        return dict(zip(self.share_ids, map(float, parts), strict=True))

    def _approval_execute(self, request):
        """Let it stand, signed by as many people as it has signatures. Rule C6.

        :raises UserError: for who has signed it already
        """
        # sudo: signatures of all bodies count
        self.ensure_one()
        signed = request.sudo()._get_signed()
        if len(signed.signer_id) < len(signed):
            twice = signed[-1:].signer_id
            raise UserError(
                self.env._(
                    "%(user)s has signed %(settlement)s already: who checks it and who "
                    "approves it are two people.",
                    user=twice.name,
                    settlement=self.name,
                )
            )
