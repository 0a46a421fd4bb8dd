from datetime import date

from odoo import api, fields, models

from ...kernel import duties
from .club_duty_rule import CADENCE

# By the tier's code: answer hours, working days for complaints, priority (assumed).
SERVICE = {
    "diamond": (1, 1, "first"),
    "platinum": (2, 2, "high"),
    "gold": (4, 3, "normal"),
    "vip": (8, 5, "normal"),
}
DEFAULT = (8, 5, "normal")
PRIORITIES = [("normal", "Normal"), ("high", "High"), ("first", "First of All")]

# Rules D2 and D14, by the codes that the club's own tiers have.
NAMED = ("gold", "platinum", "diamond")
WITH_TEAM = ("diamond",)


class ClubTier(models.Model):
    _inherit = "club.tier"

    # === Service level. Rules D8, D16 === #
    hotline = fields.Char(help="The number that members of this tier are given.")
    answer_hours = fields.Integer(
        "Answer Within (Working Hours)",
        compute="_compute_service",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="Within so many working hours whoever calls or writes is answered "
        "(assumed).",
    )
    complaint_days = fields.Integer(
        "Complaints Within (Working Days)",
        compute="_compute_service",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="Within so many working days a complaint is settled (assumed).",
    )
    service_priority = fields.Selection(
        PRIORITIES,
        compute="_compute_service",
        store=True,
        readonly=False,
        precompute=True,
        help="Whose complaints and calls come first (assumed).",
    )

    _service = models.Constraint(
        "CHECK(answer_hours > 0 AND complaint_days > 0)",
        "Who calls or complains is answered within an hour or a working day at the "
        "earliest.",
    )

    @api.depends("code")
    def _compute_service(self):
        for tier in self:
            hours, days, priority = SERVICE.get(tier.code, DEFAULT)
            tier.answer_hours = tier.answer_hours or hours
            tier.complaint_days = tier.complaint_days or days
            tier.service_priority = tier.service_priority or priority

    # === Who looks after its accounts. Rules D2, D14 === #
    is_named = fields.Boolean(
        "Needs a Named Manager",
        compute="_compute_is_named",
        store=True,
        readonly=False,
        help="Each account of this tier has a named account manager: from Gold up.",
    )
    has_team = fields.Boolean(
        "Needs a Team",
        compute="_compute_is_named",
        store=True,
        readonly=False,
        help="Each account of this tier has a team: beside its manager a deputy or a "
        "specialist. Diamond must have one.",
    )

    @api.depends("code")
    def _compute_is_named(self):
        """Propose it by the code; what the customer says stays, since codes do."""
        for tier in self:
            tier.is_named = tier.code in NAMED
            tier.has_team = tier.code in WITH_TEAM

    # === What its accounts are owed. Rules D2, D4 === #
    contact_months = fields.Integer(
        "A Contact Every (Months)",
        compute="_compute_contacts",
        help="By the most frequent rule of duties for it.",
    )
    contacts_a_day = fields.Float(
        "Contacts a Working Day",
        digits=(6, 1),
        compute="_compute_contacts",
        help="Personal contacts that an account manager with all the accounts that he "
        "may have owes on each working day of this year.",
    )

    @api.depends("accounts_per_manager")
    def _compute_contacts(self):
        """Check whether one person can do it: D2's ratio times D4's cadence."""
        year = self.env.company._club_today().year
        # sudo: the calendar and the rules are the same for whoever reads the tier
        working_days = (
            self.env["club.day"]
            .sudo()
            ._count_working(date(year - 1, 12, 31), date(year, 12, 31))
        )
        rules_sudo = self.env["club.duty.rule"].sudo()
        found = rules_sudo.search(
            [
                *(("kind", "=", "contact"), ("trigger", "=", CADENCE)),
                ("tier_ids", "in", self.ids),
            ]
        )
        for tier in self:
            own = found.filtered(lambda rule, tier=tier: tier._origin in rule.tier_ids)
            tier.contact_months = min(own.mapped("count"), default=0)
            tier.contacts_a_day = duties.contacts_a_day(
                tier.accounts_per_manager, tier.contact_months, working_days
            )

    def _is_lowest(self):
        """Tell whether no tier of its group is below it."""
        self.ensure_one()
        return self == self.group_id.tier_ids.sorted("sequence")[:1]
