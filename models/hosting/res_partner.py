from odoo import api, fields, models

from ..record.club_figures_mixin import Figure
from ..record.groups import READERS, USER
from ..record.navigate import domain_here
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_request_ids = fields.One2many(
        "club.need",
        "account_id",
        "Requests and Answers",
        groups=USER,
        domain=[("passed_at", "!=", False)],
        help="Product requests that were passed up for the account. Rule C7.",
    )
    club_round_table_count = fields.Integer(
        compute="_compute_club_figures", groups=READERS
    )
    club_visit_count = fields.Integer(compute="_compute_club_figures", groups=READERS)
    club_banquet_count = fields.Integer(compute="_compute_club_figures", groups=READERS)

    @api.model
    def _get_club_figures(self):
        """Add what it was invited to: an account with all its contacts."""
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_round_table_count", "club.round.table.invitee"),
                contact="contact_id",
                value="round_table_id:count_distinct",
            ),
            Figure("club_visit_count", "club.visit", contact="contact_ids"),
            Figure(
                *("club_banquet_count", "club.banquet.seat"),
                contact="contact_id",
                value="banquet_id:count_distinct",
            ),
        ]

    def _is_club_account(self):
        return self.commercial_partner_id == self

    @for_one
    def action_open_club_round_tables(self):
        return self._get_club_hosting_action("round_table", "invitee_ids.%s")

    @for_one
    def action_open_club_visits(self):
        return self._get_club_hosting_action("visit", "%s", "contact_ids")

    @for_one
    def action_open_club_banquets(self):
        return self._get_club_hosting_action("banquet", "seat_ids.%s")

    def _get_club_hosting_action(self, name, path, by_contact="contact_id"):
        link = path % ("account_id" if self._is_club_account() else by_contact)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_club.club_{name}_action"
        )
        domain = [(link, "=", self.id), *domain_here(self.env)]
        return {**action, "domain": domain, "context": {}}
