from odoo import api, models
from odoo.exceptions import AccessError

from .res_partner_standing import OFFICER


class IrFilters(models.Model):
    """Saved searches of the club's lists: one's own, unless an officer shares them.

    A default one hides records from whom it is shared with.
    """

    _inherit = "ir.filters"

    @api.model_create_multi
    def create(self, vals_list):
        filters = super().create(vals_list)
        filters._check_club_shared()
        return filters

    def write(self, vals):
        self.check_access("write")  # a refusal names the filter
        self._check_club_shared()
        result = super().write(vals)
        self._check_club_shared()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        self._check_club_shared()

    def _check_club_shared(self):
        """Refuse to share a filter of the club's lists, or to touch a shared one."""
        if self.env.su or self.env.user.has_groups(f"{OFFICER},base.group_erp_manager"):
            return
        for saved in self.sudo():
            if saved.model_id.startswith("club.") and saved.user_ids != self.env.user:
                raise AccessError(
                    self.env._(
                        "The filter “%s” is for others, too: in the club's lists only "
                        "club officers share filters. Save it for yourself alone.",
                        saved.name,
                    )
                )
