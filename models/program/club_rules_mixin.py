from odoo import models

from ..record.forget import forget


class ClubRulesMixin(models.AbstractModel):
    """What the rules of tiers are made of: pages show them from a cache.

    Decisions read them anew (`_get_rules`).
    """

    _name = "club.rules.mixin"
    _description = "Part of the Rules of Tiers"

    def modified(self, fnames, create=False, before=False):
        forget(self.env)
        return super().modified(fnames, create=create, before=before)

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result
