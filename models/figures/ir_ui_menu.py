from odoo import api, models

from ..record.groups import AUDITOR, FINANCE, LEAD, OFFICER, SIGNER, USER
from ..record.lock import MODULE

OVERVIEW, AUDIT = "club_overview_menu", "club_audit_sample_menu"
TODAY, TO_SIGN = "club_today_menu", "club_to_sign_menu"
FIGURES = "club_figure_menu"
# With what each role begins: the first that a user has decides.
BEGINS = (
    *((OFFICER, OVERVIEW), (LEAD, OVERVIEW), (FINANCE, OVERVIEW)),
    *((AUDITOR, AUDIT), (USER, TODAY), (SIGNER, TO_SIGN)),
)


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def _get_club_begin(self):
        """Return the menu whose screen the app opens with, by the user's role.

        Who would begin with units and has none in the company that he works in, but
        reads what others came to, begins with the figures. Rules E2, E5.
        """
        name = next(
            (name for role, name in BEGINS if self.env.user.has_group(role)), TO_SIGN
        )
        if name == OVERVIEW and self._is_club_above():
            name = FIGURES
        # sudo: menus that a role doesn't see aren't among those above
        return self.env.ref(f"{MODULE}.{name}").sudo()

    def _is_club_above(self):
        """Tell whether the user has no units here, and figures of others."""
        cards = self.env["club.overview"]
        figures = self.env["club.figure"]
        return not cards.search_count([("unit_id", "!=", False)], limit=1) and bool(
            figures.search_count([], limit=1)
        )

    @api.model
    def _open_club(self):
        """Return the action of the user's first screen, under its own address."""
        action_sudo = self._get_club_begin().action
        if action_sudo._name == "ir.actions.server":
            opened = action_sudo.with_env(self.env).run()
        else:
            opened = self.env[action_sudo._name]._for_xml_id(
                action_sudo.get_external_id()[action_sudo.id]
            )
        return {**opened, "path": action_sudo.path}
