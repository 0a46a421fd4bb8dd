from odoo import api, models, modules

from ..record.groups import AUDITOR, CLERK, FINANCE, LEAD, SIGNER, USER

NAME = "club_first_steps_"
# Whose steps are which: the first role that a user has decides.
FIRST_STEPS = (
    *((LEAD, f"{NAME}lead"), (FINANCE, f"{NAME}finance"), (CLERK, f"{NAME}finance")),
    *((AUDITOR, f"{NAME}auditor"), (USER, f"{NAME}manager"), (SIGNER, f"{NAME}signer")),
)


class WebTourTour(models.Model):
    """First steps by role: offered once, walked again from the user's menu.

    They are `custom` tours, so that Odoo offers none of them to everybody.
    """

    _inherit = "web_tour.tour"

    @api.model
    def _get_club_first_steps(self):
        """Return the tour of the user's role, and whether it is to be offered."""
        has_group = self.env.user.has_group
        name = next((name for role, name in FIRST_STEPS if has_group(role)), False)
        # Who has no role may be a customer in the portal: he reads no tours at all.
        tour = name and self.search([("name", "=", name)], limit=1)
        if not tour:
            return False
        # sudo: whether the user himself has walked it, or declined
        is_known = self.env.user in tour.sudo().user_consumed_ids
        return {"name": name, "is_offered": not is_known and self._offers_first_steps()}

    @api.model
    def _offers_first_steps(self):
        """As Odoo's own, none in demo databases, and in tests where they are asked."""
        demo_sudo = self.env["ir.module.module"].sudo()  # nobody may read modules
        return not modules.module.current_test and not demo_sudo.search_count(
            [("demo", "=", True)], limit=1
        )

    @api.model
    def consume(self, tourName):
        """Let no other tour follow one of the club's: who wants one asks for it."""
        following = super().consume(tourName)
        if tourName not in dict(FIRST_STEPS).values():
            return following
        # sudo: who walks tours may not write his user
        user_sudo = self.env.user.sudo()
        if user_sudo.tour_enabled and not user_sudo._is_admin():
            user_sudo.tour_enabled = False
        return False
