"""Benefits and venues on the partner: what the account has, what its people booked."""

from odoo import api, fields, models

from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import domain_here, open_list
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Record rules decide which of them one reads; the groups, who may at all.
    club_entitlement_ids = fields.One2many(
        "club.entitlement",
        "account_id",
        "Entitlements of the Year",
        domain=lambda self: [("year", "=", self.env.company._club_today().year)],
        groups=READERS,
    )
    club_person_booking_ids = fields.One2many(
        "club.benefit.booking", "contact_id", "Booked for This Person", groups=READERS
    )
    club_benefit_booking_count = fields.Integer(
        "Benefits Booked", compute="_compute_club_figures", groups=READERS
    )
    club_benefit_left = fields.Integer(
        "Benefits Left",
        compute="_compute_club_figures",
        groups=READERS,
        help="How often the account may still use benefits this year, those without a "
        "limit left out.",
    )
    club_venue_use_count = fields.Integer(
        "Venue Uses",
        compute="_compute_club_figures",
        groups=READERS,
        help="How often the account used a club room or an affiliated venue.",
    )

    @api.model
    def _get_club_figures(self):
        """Add what accounts booked, and of a person what is his.

        The record rules apply: of discreet benefits everybody counts his own bookings.
        """
        year = self.env.company._club_today().year
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_benefit_left", "club.entitlement"),
                [("year", "=", year), ("is_unlimited", "=", False)],
                value="left:sum",
            ),
            *(
                Figure(name, model, [("state", "in", done)], contact="contact_id")
                for name, model, done in (
                    (
                        "club_benefit_booking_count",
                        *("club.benefit.booking", ("booked", "used")),
                    ),
                    ("club_venue_use_count", "club.venue.booking", ("done",)),
                )
            ),
        ]

    @for_one
    def action_open_club_benefit_bookings(self):
        return self._get_club_use_action("club_benefit_booking_action")

    @for_one
    def action_open_club_entitlements(self):
        """Open what the account is owed this year, and what of it is left."""
        action = open_list(self, "club_entitlement_action", "account_id")
        year = self.env.company._club_today().year
        return {
            **action,
            "domain": [
                *action["domain"],
                *domain_here(self.env),
                ("year", "=", year),
            ],
            "context": {},
        }

    @for_one
    def action_open_club_venue_bookings(self):
        return self._get_club_use_action("club_venue_booking_action")

    def _get_club_use_action(self, name):
        """Return the action of that name, on what the account or the person used."""
        self.check_access("read")
        link = "account_id" if self.commercial_partner_id == self else "contact_id"
        action = open_list(self, name, link)
        return {**action, "domain": [*action["domain"], *domain_here(self.env)]}
