from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.record.rpc import for_one


class ClubProgramSetup(models.TransientModel):
    """A club for a county in ten minutes: rules like those of another program. A9."""

    _name = "club.program.setup"
    _description = "New Program"
    _inherit = ["club.guard.mixin"]

    name = fields.Char(required=True, help="What the club is called.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    source_id = fields.Many2one(
        "club.program",
        "Rules Like Those Of",
        default=lambda self: self._default_source_id(),
        help="Its tiers with thresholds and bars, indicators, floors of classes, "
        "benefits with quotas, qualifying kinds of points and settings are copied, to "
        "be edited. Empty: a program without any.",
    )
    date_start = fields.Date(
        "Earning Since",
        default=lambda self: self.env["club.program"]._today().replace(day=1),
        help="The first month that earns points; any day stands for its month.",
    )
    with_rates = fields.Boolean(
        "Rates as Examples",
        default=True,
        help="The rates in force there come as drafts: they count for nothing until "
        "somebody has confirmed them.",
    )
    with_benefits = fields.Boolean("Benefits with Quotas", default=True)
    preview = fields.Text("What It Brings", compute="_compute_preview")

    @api.model
    def _default_source_id(self):
        """Return the company's main program, else the first that the user may read."""
        programs = self.env["club.program"]
        return programs._get_main() or programs.search([], limit=1)

    @api.depends("source_id", "company_id", "with_rates", "with_benefits")
    @api.depends_context("lang")
    def _compute_preview(self):
        for setup in self:
            source = setup.source_id
            setup.preview = source and source._get_contents_text(
                with_rates=setup.with_rates, with_benefits=setup.with_benefits
            )

    @for_one
    def action_create(self):
        """Create the program with what it takes over, and open it.

        :raises AccessError: for who may not create programs in the company
        """
        programs = self.env["club.program"].with_company(self.company_id)
        programs.check_access("create")
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You don't work in %s: switch it on among your companies first.",
                    self.company_id.sudo().name,
                )
            )
        self.source_id.check_access("read")
        start = self.date_start and self.date_start.replace(day=1)
        program = programs.create(
            {
                **self.source_id._prepare_settings(),
                "name": self.name,
                "company_id": self.company_id.id,
                "date_start": start,
                "sequence": self._get_last_sequence() + 10,
            }
        )
        if self.source_id:
            program._take_over(
                self.source_id,
                with_rates=self.with_rates,
                with_benefits=self.with_benefits,
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": program._name,
            "res_id": program.id,
            "views": [(False, "form")],
        }

    def _get_last_sequence(self):
        """Return the place of the company's last program; the new one comes after."""
        # sudo: programs that the user can't see come before, too
        programs_sudo = self.env["club.program"].sudo().with_context(active_test=False)
        last = programs_sudo.search(
            [("company_id", "=", self.company_id.id)], order="sequence desc", limit=1
        )
        return last.sequence
