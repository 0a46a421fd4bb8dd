from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_compare
from odoo.tools.misc import formatLang

from ...kernel import points_lots, windows
from ..approval.crm_team import UNITS_TO_APPLY_FOR
from ..approval.measures import POINTS
from ..approval.states import EDITABLE
from ..program.club_points_kind import ADJUSTMENT as ENTRY_KIND
from ..program.club_points_kind import ANNIVERSARY, BONUS, REFERRAL
from ..record.accounts import check_points_account
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import get_labels
from ..record.number import number
from ..record.rpc import for_one, for_records


class ClubPointsAdjustment(models.Model):
    """Points given or taken by hand, once it is signed. Rules B6, B10.

    What the band goes by is the sum of the points moved, whatever their sign. With the
    last signature one points run posts the lines; it is sealed like any other.
    """

    _name = "club.points.adjustment"
    _description = "Points Adjustment"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "date desc, id desc"

    _approval_measure = POINTS
    _approval_type = "adjustment"
    _approval_guarded = ("program_id", "unit_id", "date", "reason", "kind")
    _approval_lines = {"line_ids": ("account_id", "points", "note")}
    _club_sequence = "ADJ"

    name = number()
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    unit_id = fields.Many2one(
        "crm.team",
        "Applying Unit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=UNITS_TO_APPLY_FOR,
        default=lambda self: self.env["crm.team"]._get_default_club_unit(),
        help="The unit that applies; its head signs first.",
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["club.program"]._today()
    )
    kind = fields.Selection(
        [
            (ENTRY_KIND, "Adjustment"),
            (BONUS, "Bonus"),
            (REFERRAL, "Referral"),
            (ANNIVERSARY, "Anniversary"),
        ],
        "Kind of Points",
        required=True,
        default=ENTRY_KIND,
        help="The kind that the points are posted under: the program says which kinds "
        "count for the tier.",
    )
    reason = fields.Text(required=True, help="It stands on the points statement.")
    line_ids = fields.One2many(
        "club.points.adjustment.line", "adjustment_id", "Accounts", copy=True
    )
    account_count = fields.Integer(
        "Number of Accounts", compute="_compute_points", store=True
    )
    points_total = fields.Float(
        "Points", digits=(16, 2), compute="_compute_points", store=True
    )
    points_moved = fields.Float(
        digits=(16, 2),
        compute="_compute_points",
        store=True,
        help="Points given and taken together: who signs goes by them.",
    )
    run_id = fields.Many2one(
        "club.points.run",
        "Posted by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The points run that posted it.",
    )

    _run_uniq = models.UniqueIndex("(run_id)", "A points run posts one adjustment.")

    @api.depends("line_ids.points")
    def _compute_points(self):
        for adjustment in self:
            points = adjustment.line_ids.mapped("points")
            adjustment.account_count = len(points)
            adjustment.points_total = sum(points)
            adjustment.points_moved = sum(map(abs, points))

    # === Actions === #

    @for_one
    def action_open_run(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self.run_id._name,
            "res_id": self.run_id.id,
            "views": [(False, "form")],
        }

    @for_records
    def action_open_entries(self):
        """Show what it posted, to whoever may read it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_entry_action"
        )
        domain = [("run_id", "in", self.run_id.ids)]
        return {**action, "domain": domain, "context": {}}

    # === Approval === #

    def _get_approval_amount(self):
        """Return the points moved, counted anew: a stored sum might be doctored."""
        return sum(abs(line.points) for line in self.line_ids), None

    def _get_approval_contents(self):
        """What is signed is also which revenue the points are for, and their kind.
        Rules B9, B10.

        Only where a line names some, or it is another kind than most: else what was
        signed before would be no more.
        """
        contents = super()._get_approval_contents()
        for content in contents.values():
            if content["kind"] == ENTRY_KIND:
                del content["kind"]
        # sudo: what is signed is the same, whoever asks
        named_sudo = self.sudo().filtered("line_ids.revenue_month")
        columns = ("id", "revenue_month", "revenue", "revenue_points")
        for key, digest in named_sudo._get_line_digests("line_ids", columns).items():
            contents[key]["revenue_months"] = digest
        return contents

    def _get_approval_subject(self):
        return " ".join(self.reason.split())

    def _get_approval_unit(self):
        return self.unit_id

    def _get_approval_key(self):
        return f"{self._approval_type}:{self.unit_id.id}"

    def _approval_execute(self, request):
        """Post the lines, once. Rules B6, B10."""
        self.ensure_one()
        adjustment = self.with_company(self.company_id)
        adjustment._lock_ledger()
        if adjustment.run_id:
            return
        adjustment._check_deductions()
        adjustment._check_revenue_months()
        runs = self.env["club.points.run"].with_company(self.company_id)
        run = runs._post_document(
            ENTRY_KIND,
            adjustment.program_id,
            adjustment._get_entry_rows(),
            entry_kind=adjustment.kind,
            note=adjustment.reason,
        )
        adjustment._write_guarded({"run_id": run.id})

    def _get_entry_rows(self):
        """Return the SELECT of an entry for each line: what is given lives, what is
        taken spends.
        """
        month = windows.month_start(self.program_id._today())
        return SQL(
            """
            SELECT account_id, points,
                   CASE WHEN points > 0 THEN %(valid_until)s::date END,
                   %(reason)s || coalesce(to_char(revenue_month, ' (YYYY-MM)'), ''),
                   revenue_month
              FROM club_points_adjustment_line
             WHERE adjustment_id = %(adjustment)s
            """,
            valid_until=self.program_id._valid_until(month),
            reason=self._get_entry_reason(),
            adjustment=self.id,
        )

    def _get_entry_reason(self):
        """Return what the ledger and the statement say: number and reason."""
        return f"{self.name}: {' '.join(self.reason.split())}"

    def _lock_ledger(self):
        """Hold the program and the accounts until the transaction ends."""
        hold(self.program_id)
        hold(self.line_ids.account_id)
        self.invalidate_recordset()

    # What an adjustment must be to be submitted, and to be posted. Rules B6, E2.

    def _check_can_submit(self):
        self.ensure_one()
        # Units of accounts are the company's own; judged whatever the user may read.
        adjustment_sudo = self.sudo().with_company(self.company_id)
        applicant = self._get_approval_applicant()
        if self.approval_state in EDITABLE:
            adjustment_sudo.unit_id._check_can_apply(self.name, applicant)
        adjustment_sudo._check_lines()
        if not applicant.has_group(OFFICER):
            adjustment_sudo._check_inside_unit()
        adjustment_sudo._check_deductions()
        adjustment_sudo._check_revenue_months()

    def _check_lines(self):
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%s lists no account: add a line for each one that gets or loses "
                    "points.",
                    self.name,
                )
            )
        if self.kind != ENTRY_KIND and self.line_ids.filtered("revenue_month"):
            raise UserError(
                self.env._(
                    "%(adjustment)s is for revenue of a month, and so no %(kind)s: "
                    "draw up an adjustment of its own for it.",
                    adjustment=self.name,
                    kind=get_labels(self, "kind")[self.kind],
                )
            )
        seen = set()
        for line in self.line_ids:
            account = line.account_id
            if (account, line.revenue_month) in seen:
                raise ValidationError(
                    self.env._(
                        "%(account)s is listed twice in %(adjustment)s: put its points "
                        "into one line.",
                        account=account.display_name,
                        adjustment=self.name,
                    )
                )
            seen.add((account, line.revenue_month))
            check_points_account(account, self.program_id)

    def _check_revenue_months(self):
        """Refuse points for revenue that a run posts, or that isn't open as signed."""
        lines = self.line_ids.filtered("revenue_month")
        if not lines:
            return
        start = self.program_id._get_correction_window().start
        found = lines._get_open_revenue(self.program_id)
        for line in lines:
            values = {
                "account": line.account_id.display_name,
                "month": f"{line.revenue_month:%Y-%m}",
                "adjustment": self.name,
            }
            if line.revenue_month >= start:
                raise ValidationError(
                    self.env._(
                        "%(month)s lies in the correction window: the next points run "
                        "posts what %(account)s lacks, so take the month out of "
                        "%(adjustment)s.",
                        **values,
                    )
                )
            is_open = found.get((line.account_id.id, line.revenue_month), (0, 0))
            if not any(is_open) or any(
                float_compare(now, signed, precision_digits=2)
                for now, signed in zip(
                    is_open, (line.revenue, line.revenue_points), strict=True
                )
            ):
                raise UserError(
                    self.env._(
                        "%(open)s of %(account)s's revenue of %(month)s is open, and "
                        "%(adjustment)s is for %(revenue)s: enter the month anew in a "
                        "draft, or leave it out.",
                        open=formatLang(self.env, is_open[0], digits=2),
                        revenue=formatLang(self.env, line.revenue, digits=2),
                        **values,
                    )
                )

    def _check_inside_unit(self):
        """Refuse accounts that the applying unit doesn't look after."""
        units = self.env["crm.team"].search([("id", "child_of", self.unit_id.id)])
        for account in self.line_ids.account_id:
            if account.club_unit_id not in units:
                raise UserError(
                    self.env._(
                        "%(account)s isn't looked after by %(unit)s or a unit below "
                        "it: its own unit applies, or a club officer.",
                        account=account.display_name,
                        unit=self.unit_id.name,
                    )
                )

    def _check_deductions(self):
        """Refuse to take more than an account has."""
        taken = self.line_ids.filtered(lambda line: line.points < 0)
        balances = self.env["club.points.entry"]._get_balances(
            self.program_id, taken.account_id
        )
        for line in taken:
            found = balances.get(line.account_id.id, points_lots.Balance())
            balance = float(found.available)
            if float_compare(balance + line.points, 0, precision_digits=2) < 0:
                raise UserError(
                    self.env._(
                        "%(account)s has %(balance)s points to spend: %(points)s can't "
                        "be taken from it.",
                        account=line.account_id.display_name,
                        balance=formatLang(self.env, balance, digits=2),
                        points=formatLang(self.env, -line.points, digits=2),
                    )
                )
