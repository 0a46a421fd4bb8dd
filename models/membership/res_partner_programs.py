"""An account's standing in each of a company's programs. Rules A9, A11."""

from odoo import api, fields, models

from ..record.groups import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_has_programs = fields.Boolean(
        compute="_compute_club_standing_ids",
        groups=READERS,
        help="Whether the company has several programs.",
    )
    club_standing_ids = fields.Many2many(
        "club.membership",
        string="Standing per Program",
        compute="_compute_club_standing_ids",
        groups=READERS,
        help="Tier and grade today in each of the company's programs. Lists, and what "
        "is searched for, show the main one's.",
    )

    @api.depends("commercial_partner_id", "club_membership_ids")
    @api.depends_context("company", "uid")
    def _compute_club_standing_ids(self):
        """Follow the record rules of memberships: who can't read them sees none."""
        programs = self.env["club.program"]
        memberships = self.env["club.membership"]
        found = {}
        if several := programs._has_several():
            accounts = self.commercial_partner_id._origin
            found = memberships.search(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", self.env.company.id),
                    *memberships._domain_on(programs._today()),
                ]
            ).grouped("account_id")
        for partner in self:
            account = partner.commercial_partner_id._origin
            standings = found.get(account, memberships)
            partner.club_has_programs = several
            partner.club_standing_ids = standings.sorted(
                lambda m: (m.program_id.sequence, m.program_id.id, m.group_id.sequence)
            )
