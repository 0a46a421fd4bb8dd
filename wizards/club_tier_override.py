from odoo import api, fields, models

from .active_account import active_account


class ClubTierOverride(models.TransientModel):
    """Set an account's tier by hand, with a reason and an end. Rules A6, A10."""

    _name = "club.tier.override"
    _description = "Set Tier by Hand"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        default=lambda self: active_account(self.env),
        domain="[('parent_id', '=', False), ('company_id', 'in', (company_id, False))]",
    )
    group_id = fields.Many2one(
        "club.tier.group",
        required=True,
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_group_id(),
    )
    tier_id = fields.Many2one(
        "club.tier", required=True, domain="[('group_id', '=', group_id)]"
    )
    date_to = fields.Date(
        "Until",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day. Then the account is requalified like any other.",
    )
    reason = fields.Char(required=True)
    current_tier_id = fields.Many2one("club.tier", compute="_compute_current")
    current_date_to = fields.Date("Current Until", compute="_compute_current")

    @api.model
    def _default_group_id(self):
        groups = self.env["club.program"]._get_main().group_ids
        return groups.filtered(lambda group: group.purpose != "grade")[:1]

    @api.depends("account_id", "group_id")
    def _compute_date_to(self):
        for wizard in self:
            program = wizard.group_id.program_id
            wizard.date_to = (
                program
                and program._get_override_limits(
                    wizard.account_id.commercial_partner_id, wizard.group_id
                )[1]
            )

    @api.depends("account_id", "group_id")
    def _compute_current(self):
        memberships = self.env["club.membership"]
        for wizard in self:
            found = memberships.search(
                [
                    ("account_id", "=", wizard.account_id.commercial_partner_id.id),
                    ("group_id", "=", wizard.group_id.id),
                    *memberships._domain_on(wizard.group_id.program_id._today()),
                ],
                limit=1,
            )
            wizard.current_tier_id = found.tier_id
            wizard.current_date_to = found.date_to

    def action_apply(self):
        """Set the tier and show the membership that begins."""
        self.ensure_one()
        membership = self.group_id.program_id._set_override(
            self.account_id, self.tier_id, self.date_to, self.reason
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": membership._name,
            "res_id": membership.id,
            "views": [(False, "form")],
        }
