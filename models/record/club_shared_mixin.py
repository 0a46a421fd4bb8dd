from odoo import api, models
from odoo.exceptions import AccessError

from .groups import OFFICER


class ClubSharedMixin(models.AbstractModel):
    """What users add to lists and forms: one's own, unless an officer shares it.

    A default filter hides records from whom it is shared with; a button calls what its
    maker chose in the name of whoever clicks on it.
    """

    _name = "club.shared.mixin"
    _description = "What Users Share on the Club's Records"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_club_shared()
        return records

    def write(self, vals):
        self.check_access("write")  # a refusal names the record
        self._check_club_shared()
        result = super().write(vals)
        self._check_club_shared()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        self._check_club_shared()

    def _get_club_places(self):
        """Return the names of the models on whose records it stands."""
        return ()

    def _is_club_own(self):
        """Tell whether it is the user's alone."""
        return True

    def _check_club_shared(self):
        """Refuse to share what stands on the club's records, or to touch what is.

        :raises AccessError: to all but officers and administrators
        """
        # sudo: whose it is, is asked before he may read it
        if self.env.su or self.env.user.has_groups(f"{OFFICER},base.group_erp_manager"):
            return
        for record in self.sudo():
            places = record._get_club_places()
            is_clubs = any((name or "").startswith("club.") for name in places)
            if is_clubs and not record.with_env(self.env)._is_club_own():
                raise AccessError(
                    self.env._(
                        "“%s” is for others, too: on the club's records only club "
                        "officers share filters, views and buttons. Save it for "
                        "yourself alone.",
                        record.name,
                    )
                )
