from odoo import api, models
from odoo.tools import ormcache


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    @ormcache("name", "self.env.lang")
    def _get_club_name(self, name):
        """Return what a model is called in the user's language. It stands in most
        refusals, and is read once.
        """
        # sudo: what a model is called is no secret
        known_sudo = self.sudo()._get(name)
        return known_sudo.name or self.env[name]._description

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name == "name":
            self.env.registry.clear_cache()
        return result
