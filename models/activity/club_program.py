from odoo import api, fields, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    overspend_share = fields.Float(
        "Overspend Granted (%)",
        digits=(5, 2),
        default=10,
        tracking=True,
        help="By how much an activity may cost more than its estimate without going "
        "back for signature (assumed).",
    )

    _overspend_share = models.Constraint(
        "CHECK(overspend_share >= 0)",
        "The overspend that is granted can't be negative.",
    )

    def _club_after_create(self):
        """A company's first program brings a catalogue of activities to start with."""
        super()._club_after_create()
        # sudo: programs that the user can't see are programs, too
        programs_sudo = self.sudo().with_context(active_test=False)
        others_sudo = programs_sudo.search(
            [("company_id", "in", self.company_id.ids), ("id", "not in", self.ids)]
        )
        self.env["club.activity.type"]._ensure_defaults(
            self.company_id - others_sudo.company_id
        )

    @api.model
    def _give_defaults(self):
        """The catalogue grows by what this very upgrade brought, and by no type that a
        company gave up. Rules A9, C1.
        """
        companies = super()._give_defaults()
        self.env["club.activity.type"]._ensure_defaults(
            companies, since=self.env.cr.now()
        )
        return companies
