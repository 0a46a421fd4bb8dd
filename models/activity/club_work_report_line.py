from odoo import api, fields, models

from ..record.lock import opened

# Facts of a year that a line keeps, as `YearFacts` names them.
KEPT = (
    *("planned", "held", "cancelled", "unplanned", "unplanned_names"),
    *("invited", "attended", "answers", "satisfaction", "budget", "cost"),
)


class ClubWorkReportLine(models.Model):
    """What became of an activity type in the year reported, as it was submitted.

    Counted from the facts, never typed in. Rule C2.
    """

    _name = "club.work.report.line"
    _description = "Line of a Work Report"
    _inherit = ["club.record.mixin"]
    _order = "plan_id desc, id"
    _rec_name = "type_id"
    _club_zeros = {"satisfaction": ""}
    _club_parent = "plan_id"

    plan_id = fields.Many2one(
        "club.plan",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        "Year Reported",
        compute="_compute_year",
        store=True,
        aggregator=None,
    )
    type_id = fields.Many2one(
        "club.activity.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        readonly=True,
    )
    owed = fields.Integer(
        help="By the catalogue, when the report was filled.", readonly=True
    )
    planned = fields.Integer(help="Lines of signed plans.", readonly=True)
    held = fields.Integer(readonly=True)
    cancelled = fields.Integer(readonly=True)
    unplanned = fields.Integer(
        help="Held outside the plan; counted under Held, too.", readonly=True
    )
    unplanned_names = fields.Text("Held Outside the Plan", readonly=True)
    invited = fields.Integer(help="Guests who were asked.", readonly=True)
    attended = fields.Integer("Came", readonly=True)
    attendance_rate = fields.Float(
        "Came of Those Invited", compute="_compute_rates", aggregator=None
    )
    answers = fields.Integer(
        help="Guests who answered the satisfaction survey.", readonly=True
    )
    response_rate = fields.Float(
        "Answered of Those Who Came", compute="_compute_rates", aggregator=None
    )
    satisfaction = fields.Float(
        digits=(3, 2),
        aggregator="avg",
        help="Mean mark from 1 to 5. 0: nobody answered.",
        readonly=True,
    )
    budget = fields.Monetary(help="Of the lines of signed plans.", readonly=True)
    cost = fields.Monetary("Actual Cost", readonly=True)
    difference = fields.Monetary(
        "Budget Left", compute="_compute_rates", help="Budget less actual cost."
    )

    _type_uniq = models.UniqueIndex(
        "(plan_id, type_id)", "A work report has one line for each activity type."
    )

    @api.depends("plan_id.year")
    def _compute_year(self):
        for line in self:
            line.year = line.plan_id.year - 1

    @api.depends("invited", "attended", "answers", "budget", "cost")
    def _compute_rates(self):
        for line in self:
            line.attendance_rate = rate(line.attended, line.invited)
            line.response_rate = rate(line.answers, line.attended)
            line.difference = line.budget - line.cost

    def _fill(self, plan, figures):
        """Put the figures of a year in the place of the plan's lines."""
        # sudo: nobody has rights to write them; the caller checked the plan
        lines_sudo = self.sudo()
        opened(lines_sudo.search([("plan_id", "=", plan.id)])).unlink()
        lines_sudo._create_guarded(
            [
                {
                    "plan_id": plan.id,
                    "type_id": figure.kind.id,
                    "owed": figure.owed,
                    **{name: getattr(figure.facts, name) for name in KEPT},
                }
                for figure in figures
            ]
        )


def rate(part, whole):
    """Return a part of a whole, 0 of nothing."""
    return part / whole if whole else 0.0
