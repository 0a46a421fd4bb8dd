from odoo import api, models
from odoo.exceptions import ValidationError

from ...kernel.written import get_written


class Base(models.AbstractModel):
    _inherit = "base"

    @api.constrains(lambda self: self._get_club_reasons())
    def _check_club_reasons(self):
        """Refuse a reason of blanks, or of signs that nobody sees: none is given."""
        for name in self._get_club_reasons():
            field = self._fields[name]
            for record in self:
                given = record[name] or field.required
                if given and not get_written(record[name]):
                    raise record._get_reason_refusal(field)

    def _get_reason_refusal(self, field):
        name = self._description if self._transient else self.display_name
        return ValidationError(
            self.env._(
                "%(field)s of “%(record)s” says nothing: write it in words.",
                field=field._description_string(self.env),
                record=name,
            )
        )

    @api.model
    def _get_club_reasons(self):
        """Return the names of the fields in which people give reasons."""
        if not self._name.startswith("club."):
            return []
        return [
            name
            for name, field in self._fields.items()
            if field.type in ("char", "text") and field.store
            if name == "reason" or name.endswith("_reason")
        ]
