from odoo import models

from ..record.lock import MODULE


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _update_translations(self, filter_lang=None, overwrite=False):
        """Once names of business lines are loaded, their categories take them, too."""
        # sudo: whoever loads a language names the categories
        result = super()._update_translations(
            filter_lang=filter_lang, overwrite=overwrite
        )
        if MODULE in self.mapped("name"):
            self.env["club.business.line"].sudo()._name_categories()
        return result
