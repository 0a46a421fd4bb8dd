from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.record.rpc import for_one, without_client_context

# In the first months one looks back on the year before.
LOOK_BACK = timedelta(days=90)


class ClubScorecardDraw(models.TransientModel):
    """Draws up the scorecards of a year: one for each unit that has none. Rule E9."""

    _name = "club.scorecard.draw"
    _description = "Draw Up Scorecards"
    _inherit = ["club.guard.mixin"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    year = fields.Integer(
        "Calendar Year",
        required=True,
        default=lambda self: (self.env.company._club_today() - LOOK_BACK).year,
    )
    template_id = fields.Many2one(
        "club.scorecard.template",
        required=True,
        default=lambda self: self.env["club.scorecard.template"].search([], limit=1),
    )
    unit_ids = fields.Many2many(
        "crm.team",
        string="Units Scored",
        domain=[("club_level", "!=", False)],
        help="Empty: all units of the club; of those that companies share, the ones "
        "that accounts of this one are of.",
    )

    @for_one
    def action_draw_up(self):
        """Draw up what is missing, and open the cards of the year.

        :raises UserError: when all units have theirs
        """
        self.check_access("write")
        dialog = without_client_context(self).with_company(self.company_id)
        cards = dialog.env["club.scorecard"]
        units = dialog.unit_ids or dialog.env["crm.team"].search(
            [
                ("club_level", "!=", False),
                ("company_id", "in", [dialog.company_id.id, False]),
            ]
        )._filter_used_by(dialog.company_id)
        there = cards.search(
            [("company_id", "=", dialog.company_id.id), ("year", "=", dialog.year)]
        )
        missing = units - there.unit_id
        if not missing:
            raise UserError(
                self.env._("All units have their scorecard of %s already.", dialog.year)
            )
        cards.create(
            [
                {
                    "company_id": dialog.company_id.id,
                    "unit_id": unit.id,
                    "year": dialog.year,
                    "template_id": dialog.template_id.id,
                }
                for unit in missing
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_scorecard_action"
        )
        return {**action, "domain": [("year", "=", dialog.year)]}
