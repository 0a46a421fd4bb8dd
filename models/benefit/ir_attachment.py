from odoo import api, models
from odoo.exceptions import ValidationError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.constrains("res_model")
    def _check_no_findings(self):
        """Of a booking is kept that it was used, never what was found. Rule C9."""
        if any(file.res_model == "club.benefit.booking" for file in self):
            raise ValidationError(
                self.env._(
                    "Nothing is attached to a benefit booking: of a service only is "
                    "kept that it was booked and used, never what was found."
                )
            )
