"""Columns of Odoo's own that points, rights and limits follow from.

Odoo works them out and no form writes them, but over RPC anybody may who may write the
record. Ours are guarded by being readonly (`lock.py`); Odoo's are named here.
"""

from odoo import api, models
from odoo.exceptions import AccessError

DERIVED = {
    # Whose contact a partner is, so whose points, birthdays and bookings are his.
    "res.partner": ("commercial_partner_id",),
    # Whose revenue an invoice is, and whose contract a bill uses up.
    "account.move": ("commercial_partner_id",),
    # Whether a line counts, when, for whom and how much; whether it is overdue.
    "account.move.line": (
        *("parent_state", "date", "company_id", "journal_id"),
        *("price_subtotal", "price_total", "amount_residual", "reconciled"),
    ),
    # Whether it earns referral points, and an officer alone says to whom.
    "crm.lead": ("won_status",),
}


def differs(record, name, value):
    """Tell whether a client's ``value`` isn't what the field of ``record`` has."""
    field = record._fields[name]
    try:
        wanted = field.convert_to_cache(value, record)
    except (TypeError, ValueError, KeyError):
        return True
    return field.convert_to_record(wanted, record) != record[name]


class ClubDerivedMixin(models.AbstractModel):
    _name = "club.derived.mixin"
    _description = "Columns that Odoo works out and the club trusts"

    @api.model
    def default_get(self, fields):
        """What follows from others has no default, whoever keeps or sends one."""
        derived = DERIVED.get(self._name, ())
        return super().default_get([name for name in fields if name not in derived])

    @api.model_create_multi
    def create(self, vals_list):
        """Let Odoo work the derived columns out.

        :raises AccessError: when a user gives one another value
        """
        derived = DERIVED.get(self._name, ())
        if self.env.su or not any(map(set(derived).intersection, vals_list)):
            return super().create(vals_list)
        records = super().create(
            [
                {name: value for name, value in values.items() if name not in derived}
                for values in vals_list
            ]
        )
        for record, values in zip(records, vals_list, strict=True):
            record._check_club_derived(values)
        return records

    def write(self, vals):
        """As :meth:`create`."""
        derived = set(DERIVED.get(self._name, ())).intersection(vals)
        if self.env.su or not derived:
            return super().write(vals)
        self.check_access("write")
        rest = {name: value for name, value in vals.items() if name not in derived}
        result = super().write(rest) if rest else True
        self._check_club_derived(vals)
        return result

    def _check_club_derived(self, values):
        for name in DERIVED[self._name]:
            if name not in values:
                continue
            for record in self:
                if differs(record, name, values[name]):
                    raise AccessError(
                        self.env._(
                            "%(field)s of %(record)s follows from other fields: "
                            "change those instead of writing it.",
                            field=self._fields[name]._description_string(self.env),
                            record=record.display_name,
                        )
                    )
