from odoo import models


class ClubRulesMixin(models.AbstractModel):
    """What the rules of tiers are made of: pages show them from a cache.

    Decisions read them anew (`_get_rules`).
    """

    _name = "club.rules.mixin"
    _description = "Part of the Rules of Tiers"

    def modified(self, fnames, create=False, before=False):
        self.env.registry.clear_cache()
        return super().modified(fnames, create=create, before=before)

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
