from odoo import api, fields, models

from ..record.groups import READERS, USER
from ..record.rpc import for_one

# What counts by account and by contact: model, its link to each, what is counted.
COUNTED = {
    "club_round_table_count": (
        *("club.round.table.invitee", "account_id", "contact_id"),
        "round_table_id:count_distinct",
    ),
    "club_visit_count": ("club.visit", "account_id", "contact_ids", "__count"),
    "club_banquet_count": (
        *("club.banquet.seat", "account_id", "contact_id"),
        "banquet_id:count_distinct",
    ),
}


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
        compute="_compute_club_hosting_counts", groups=READERS
    )
    club_visit_count = fields.Integer(
        compute="_compute_club_hosting_counts", groups=READERS
    )
    club_banquet_count = fields.Integer(
        compute="_compute_club_hosting_counts", groups=READERS
    )

    @api.depends_context("uid", "company")
    def _compute_club_hosting_counts(self):
        """Count what the user may see: of an account with all its contacts."""
        accounts = self.filtered("id").filtered(lambda p: p._is_club_account())
        for name, (model, by_account, by_contact, counted) in COUNTED.items():
            counts = {}
            for link, partners in (
                (by_account, accounts),
                (by_contact, self - accounts),
            ):
                found = self.env[model]._read_group(
                    [
                        (link, "in", partners._origin.ids),
                        ("company_id", "=", self.env.company.id),
                    ],
                    [link],
                    [counted],
                )
                wanted = set(partners._origin.ids)
                counts |= {p.id: count for p, count in found if p.id in wanted}
            for partner in self:
                partner[name] = counts.get(partner._origin.id, 0)

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
        return {**action, "domain": [(link, "=", self.id)], "context": {}}
