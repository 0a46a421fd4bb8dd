from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..program.club_membership_tier_mixin import GRADE
from ..record.hold import hold
from ..record.rpc import for_records, without_client_context


class ClubMembership(models.Model):
    """What a membership has of cards. Rule A13."""

    _inherit = "club.membership"

    card_ids = fields.One2many("club.card", "membership_id", "Cards")

    def _check_can_issue(self):
        """Refuse a card for what is no membership of today or later. Rule A13."""
        # sudo: the membership decides, whoever may read it
        for membership in self.sudo():
            if membership.group_id.purpose == GRADE:
                raise UserError(
                    self.env._(
                        "%s is a customer grade: cards are for memberships.",
                        membership.display_name,
                    )
                )
            today = membership.company_id._club_today()
            if membership.state != "valid" or membership.date_grace < today:
                raise UserError(
                    self.env._(
                        "%(membership)s counted until %(day)s: there is no card for "
                        "it. Choose the account's membership of today.",
                        membership=membership.display_name,
                        day=format_date(self.env, membership.date_grace),
                    )
                )

    @for_records
    def action_issue_cards(self):
        """Issue a card for each membership without one; a card of another tier that the
        account has is replaced by it. Rule A13.

        :raises UserError: for what is no membership of today or later
        """
        self.check_access("read")
        cards = without_client_context(self.env["club.card"])
        cards.check_access("create")
        memberships = without_client_context(self)
        memberships._check_can_issue()
        # sudo: who holds the accounts needn't write them
        hold(memberships.sudo().account_id)
        new = cards._issue(memberships)
        if not new:
            raise UserError(
                self.env._("Each of these memberships has a card: replace that one.")
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_club.club_card_action"
            ),
            "domain": [("id", "in", new.ids)],
            "context": {},
        }

    @api.model
    def _settle_merge(self, sources, target):
        result = super()._settle_merge(sources, target)
        self.env["club.card"]._follow_merge(sources | target)
        return result
