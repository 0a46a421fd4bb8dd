from odoo import fields, models

from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_duty_count = fields.Integer(
        "Open Duties",
        compute="_compute_club_duties",
        groups=READERS,
        help="What is owed to the account today.",
    )
    club_duty_late_count = fields.Integer(
        "Late Duties", compute="_compute_club_duties", groups=READERS
    )
    club_duty_next = fields.Date(
        "Next Due",
        compute="_compute_club_duties",
        groups=READERS,
        help="The earliest deadline that hasn't passed.",
    )

    def _compute_club_duties(self):
        """Count what the user sees of it: record rules hold. Rules D3, D4."""
        duties = self.env["club.duty"]
        mine = [("account_id", "in", self.ids), ("state", "=", "open")]
        today = self.env.company._club_today()
        here = [*mine, ("company_id", "=", self.env.company.id)]
        late = dict(
            duties._read_group(
                [*here, ("date_due", "<", today)], ["account_id"], ["__count"]
            )
        )
        ahead = {
            account: (count, due)
            for account, count, due in duties._read_group(
                [*here, ("date_due", ">=", today)],
                ["account_id"],
                ["__count", "date_due:min"],
            )
        }
        for partner in self:
            count, due = ahead.get(partner._origin, (0, False))
            partner.club_duty_late_count = late.get(partner._origin, 0)
            partner.club_duty_count = count + partner.club_duty_late_count
            partner.club_duty_next = due

    @for_one
    def action_open_club_duties(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_duty_action"
        )
        return {**action, "domain": [("account_id", "=", self.id)]}

    def write(self, vals):
        """Let duties follow who looks after the account, and whether it is there."""
        result = super().write(vals)
        if {"club_unit_id", "club_manager_id", "active"} & vals.keys():
            # A person has no duties, and an account none before it is a member.
            self.env["club.duty"]._refresh(self.filtered("is_company"))
        return result
