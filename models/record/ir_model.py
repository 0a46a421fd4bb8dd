from odoo import api, models
from odoo.tools import ormcache


class IrModel(models.Model):
    _inherit = "ir.model"

    @api.model
    def _get_club_name(self, name):
        """Return what a model is called in the user's language: it stands in most
        refusals.
        """
        return self._get_club_names().get(name) or self.env[name]._description

    @api.model
    @ormcache("self.env.lang")
    def _get_club_names(self):
        """Return ``{model: what it is called}`` of all models, read at once."""
        # sudo: what a model is called is no secret
        known_sudo = self.sudo().search_fetch([], ["model", "name"], order="id")
        return {model.model: model.name for model in known_sudo}

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
