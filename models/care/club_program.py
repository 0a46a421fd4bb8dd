from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .pulse_sql import Bounds

BOTH = "both"


class ClubProgram(models.Model):
    _inherit = "club.program"
    _club_months = ("retention_month",)

    # === Greetings. Rule D5 === #
    sms_by_odoo = fields.Boolean(
        "Text Messages by Odoo's Paid Service",
        tracking=True,
        help="Off: no text message of the club is ever given to Odoo's paid service, "
        "which lies abroad; greetings are exported for the bureau's own gateway. The "
        "main program of a company decides.",
    )

    # === Contact log. Rule D4 === #
    contact_log_days = fields.Integer(
        "Days to Record a Contact",
        default=3,
        tracking=True,
        help="Working days; what is recorded later is marked as back-dated (assumed).",
    )

    # === Pulse. Rules D5, D6 === #
    pulse_active_months = fields.Integer(
        "Active from (Months)",
        default=3,
        required=True,
        help="Of the last 3 months, as many with revenue make an account active "
        "(assumed).",
    )
    pulse_occasional_months = fields.Integer(
        "Occasional from (Months)",
        default=1,
        required=True,
        help="Of the last 3 months, as many with revenue make an account occasional; "
        "with fewer it is dormant (assumed).",
    )
    rhythm_purchases = fields.Integer(
        "Purchases That Make a Rhythm",
        default=5,
        required=True,
        help="So many days with a purchase in 12 months let an account count as a "
        "regular buyer (assumed).",
    )
    rhythm_tolerance = fields.Integer(
        "Tolerance of the Rhythm (%)",
        default=50,
        required=True,
        help="How far gaps may lie from the usual one, and how much later than usual a "
        "purchase is overdue (assumed).",
    )
    rhythm_gap_from = fields.Integer(
        "Shortest Rhythm (Days)",
        default=7,
        required=True,
        help="Who buys more often has no rhythm that one would remind of (assumed).",
    )

    # === Retention. Rule D7 === #
    retention_drop = fields.Float(
        "At Risk from Below (%)",
        default=30,
        required=True,
        help="An account is at risk when its revenue of 3 months is so much below the "
        "same months of last year, bound included (assumed).",
    )
    retention_by_month = fields.Boolean(
        "Watch Single Months",
        help="Open a case for a single month below last year's, too: a provincial "
        "office's rule of 2023.",
    )
    retention_month_drop = fields.Float(
        "Month at Risk from Below (%)",
        default=10,
        required=True,
        help="The same for a single month, where single months are watched.",
    )
    retention_satisfaction = fields.Integer(
        "Dissatisfied up to",
        default=2,
        required=True,
        help="An account is at risk when somebody of it marks an activity with so much "
        "or less, of 5.",
    )
    retention_days = fields.Integer(
        "Case Due after (Working Days)",
        default=10,
        required=True,
        help="Working days after a case is opened until which it is to be seen to "
        "(assumed).",
    )
    retention_pause_days = fields.Integer(
        "Pause after a Case (Days)",
        default=90,
        required=True,
        help="So long after a case was closed, what it was opened for opens no other "
        "one; a poor mark counts for so long (assumed).",
    )
    improvement_from = fields.Integer(
        "Improve from (Complaints)",
        default=3,
        required=True,
        help="A cause with so many complaints in a month asks for an improvement "
        "(assumed).",
    )
    retention_month = fields.Date(
        readonly=True,
        copy=False,
        help="The last month after which all members were asked whether a downgrade "
        "lies ahead.",
    )

    # === Service level. Rule D16 === #
    service_from = fields.Float(
        "Answers from (Hour)",
        default=9,
        required=True,
        help="From this hour of a working day on whoever gets in touch is answered "
        "(assumed).",
    )
    service_to = fields.Float(
        "Answers until (Hour)",
        default=17.5,
        required=True,
        help="Until this hour of a working day (assumed).",
    )

    # === Duties. Rules D3, D4 === #
    load_tier_ids = fields.Many2many(
        "club.tier",
        string="Load by Tier",
        compute="_compute_load_tier_ids",
        help="What an account manager with as many accounts as rule D2 allows has to "
        "do each working day.",
    )

    # === Who looks after whom. Rules D1, D9 === #
    care_level = fields.Selection(
        [
            ("centre", "The Key-Account Centre"),
            ("line", "The Business-Line Company"),
            (BOTH, "Both, with One Named Lead"),
        ],
        "Cross-Line Accounts Led by",
        required=True,
        default="centre",
        tracking=True,
        help="Who leads the work with accounts that use several business lines.",
    )
    care_lead_id = fields.Many2one(
        "res.users",
        "Named Lead",
        domain=[("share", "=", False)],
        tracking=True,
        help="Where centre and line lead together, the one who answers for it.",
    )
    handover_missed = fields.Integer(
        "Missed Duties before Reassignment",
        default=3,
        tracking=True,
        help="So many missed duties of an account in a quarter, and the lead of its "
        "unit is proposed a hand-over (assumed). 0: never.",
    )

    _contact_log_days = models.Constraint(
        "CHECK(contact_log_days >= 0)",
        "The days to record a contact in can't be negative.",
    )

    _retention = models.Constraint(
        "CHECK(retention_drop > 0 AND retention_drop <= 100"
        " AND retention_month_drop > 0 AND retention_month_drop <= 100"
        " AND retention_satisfaction BETWEEN 0 AND 5"
        " AND retention_days >= 0 AND retention_pause_days >= 0"
        " AND improvement_from > 0)",
        "What is at risk lies from 0 to 100 per cent below, marks from 0 to 5, and "
        "days can't be negative.",
    )
    _service = models.Constraint(
        "CHECK(0 <= service_from AND service_from < service_to AND service_to <= 24)",
        "The hours in which accounts are answered lie within a day and end after they "
        "begin.",
    )
    _pulse = models.Constraint(
        "CHECK(0 < pulse_occasional_months"
        " AND pulse_occasional_months < pulse_active_months"
        " AND pulse_active_months <= 3)",
        "Of the last 3 months, an active account needs more with revenue than an "
        "occasional one, and that one at least one.",
    )
    _rhythm = models.Constraint(
        "CHECK(rhythm_purchases >= 3 AND rhythm_tolerance BETWEEN 0 AND 100"
        " AND rhythm_gap_from > 0)",
        "A rhythm needs 3 purchases or more, a tolerance from 0 to 100 per cent and a "
        "gap of at least a day.",
    )

    _handover_missed = models.Constraint(
        "CHECK(handover_missed >= 0)", "Missed duties can't be fewer than none."
    )

    @api.depends("group_ids.tier_ids.accounts_per_manager")
    def _compute_load_tier_ids(self):
        for program in self:
            program.load_tier_ids = program.group_ids.tier_ids.filtered(
                "accounts_per_manager"
            )

    @api.constrains("care_level", "care_lead_id")
    def _check_care_lead_id(self):
        for program in self:
            if program.care_level == BOTH and not program.care_lead_id:
                raise ValidationError(
                    self.env._(
                        "Centre and line lead %s together: name the one who answers "
                        "for it.",
                        program.name,
                    )
                )

    def _get_pulse_bounds(self):
        self.ensure_one()
        return Bounds(
            self.pulse_active_months,
            self.pulse_occasional_months,
            self.rhythm_purchases,
            self.rhythm_tolerance,
            self.rhythm_gap_from,
        )

    # === Duties === #

    def _club_after_create(self):
        """A company's first program brings rules of duties, another one joins them."""
        super()._club_after_create()
        self.filtered("group_ids.tier_ids")._give_duties()

    @api.model
    def _give_defaults(self):
        companies = super()._give_defaults()
        self.env["club.duty.rule"]._ensure_defaults(companies)
        return companies

    def _take_over(self, source, with_rates=True, **parts):
        """Owe to tiers that come from another program what is owed to tiers."""
        tiers = super()._take_over(source, with_rates=with_rates, **parts)
        self._give_duties()
        return tiers

    def _give_duties(self):
        """Let rules of duties name the program's tiers, by code, and copy what a
        company lacks. Rule A9.
        """
        rules = self.env["club.duty.rule"]
        rules._ensure_defaults(self.company_id)
        # sudo: who makes a program need not write rules of duties
        for rule in rules.sudo().search([("company_id", "in", self.company_id.ids)]):
            programs = self.filtered(
                lambda p, rule=rule: p.company_id == rule.company_id
            )
            codes = rule.tier_ids.mapped("code")
            rule.tier_ids |= programs.group_ids.tier_ids.filtered(
                lambda tier, codes=codes: tier.code in codes
            )

    def _refresh_mirrors(self, accounts=None):
        """Memberships have changed, and with them what is owed. Rule D3."""
        result = super()._refresh_mirrors(accounts)
        self.env["club.duty"]._refresh(accounts, self.company_id)
        return result
