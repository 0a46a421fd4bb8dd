from odoo import api, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    @api.model_create_multi
    def create(self, vals_list):
        """A company's first program brings a catalogue of activities to start with."""
        programs = super().create(vals_list)
        # sudo: programs that the user can't see are programs, too
        others_sudo = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "in", programs.company_id.ids),
                    ("id", "not in", programs.ids),
                ]
            )
        )
        self.env["club.activity.type"]._ensure_defaults(
            programs.company_id - others_sudo.company_id
        )
        return programs

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
