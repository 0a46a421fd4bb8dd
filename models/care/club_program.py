from odoo import api, fields, models

from .pulse_sql import Bounds


class ClubProgram(models.Model):
    _inherit = "club.program"

    # === Contact log. Rule D4 === #
    contact_log_days = fields.Integer(
        "Days to Record a Contact",
        default=3,
        tracking=True,
        help="Working days; what is recorded later is marked as back-dated (assumed).",
    )

    _contact_log_days = models.Constraint(
        "CHECK(contact_log_days >= 0)",
        "The days to record a contact in can't be negative.",
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

    def _get_pulse_bounds(self):
        self.ensure_one()
        return Bounds(
            self.pulse_active_months,
            self.pulse_occasional_months,
            self.rhythm_purchases,
            self.rhythm_tolerance,
            self.rhythm_gap_from,
        )

    # === Duties. Rules D3, D4 === #

    def _club_after_create(self):
        """A company's first program brings rules of duties to start with."""
        super()._club_after_create()
        self.env["club.duty.rule"]._ensure_defaults(self.company_id)

    @api.model
    def _give_defaults(self):
        companies = super()._give_defaults()
        self.env["club.duty.rule"]._ensure_defaults(companies)
        return companies

    def _take_over(self, source, with_rates=True, **parts):
        """Give tiers that come from another program its duties, if there are any."""
        tiers = super()._take_over(source, with_rates=with_rates, **parts)
        self.env["club.duty.rule"]._ensure_defaults(self.company_id)
        return tiers

    def _refresh_mirrors(self, accounts=None):
        """Memberships have changed, and with them what is owed. Rule D3."""
        result = super()._refresh_mirrors(accounts)
        self.env["club.duty"]._refresh(accounts, self.company_id)
        return result
