from odoo import models

from .holders import forget_holders


class ResUsers(models.Model):
    """Who is archived signs nothing."""

    _inherit = "res.users"

    def modified(self, fnames, create=False, before=False):
        if "active" in fnames:
            forget_holders(self.env)
        return super().modified(fnames, create=create, before=before)
