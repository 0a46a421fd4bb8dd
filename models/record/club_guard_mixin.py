"""What is readonly is readonly: for Odoo's own models and, as their base, for ours."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import ormcache

from .by_company import ByCompany
from .lock import MODULE, checked, is_open, opened
from .names import get_model_name, join
from .refused import WORKING, doing
from .rpc import get_checked, to_date
from .values import check_dicts, check_names, check_values


class ClubGuardMixin(models.AbstractModel):
    """What is readonly is readonly: a stored field of ours that no form writes, no RPC
    call writes either. Only our own methods do, under an open lock.

    A field says ``club_writable=True`` where a form has to write it all the same.
    """

    _name = "club.guard.mixin"
    _description = "Fields that only the club's own methods write"

    # Whether superuser code counts as ours too (models that Odoo itself syncs).
    _club_guard_trusts_su = False
    # Dates that stand for a month: any day of it becomes the first, and each view shows
    # them as 2026-10 (ir_ui_view.py).
    _club_months = ()
    # Figures whose 0 is no figure, and the word that each view shows for it, "" for
    # none: `{field: word}`, or `{field: (word, flag)}` where another field says so.
    _club_zeros = {}

    def _valid_field_parameter(self, field, name):
        return name == "club_writable" or super()._valid_field_parameter(field, name)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Group and sort by what the account has in the record's own company."""
        field = self._fields.get(field_expr)
        if isinstance(field, ByCompany):
            found = field.of_own_company(self, alias, query)
            if found is not None:
                return found
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    @ormcache("self._name")
    def _get_guarded_names(self):
        """Return the names of the fields that only our own methods write.

        :rtype: frozenset
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and field.readonly
            and self._is_club_field(field)
            and not getattr(field, "club_writable", False)
        )

    @api.model
    def _is_club_field(self, field):
        """Tell whether the club brought the field, not Odoo or another add-on."""
        return MODULE in field._modules[:1] and field.name not in MAGIC_COLUMNS

    @api.model
    def _get_club_names(self, values):
        """Return the names of the club's own fields in ``values``."""
        found = map(self._fields.get, values)
        return [field.name for field in found if field and self._is_club_field(field)]

    def _club_may_write_guarded(self):
        return is_open(self.env) or (self._club_guard_trusts_su and self.env.su)

    @api.model
    def _club_check_guarded(self, values):
        """Raise AccessError when ``values`` names a guarded field, lock closed."""
        names = sorted(self._get_guarded_names().intersection(values))
        if names and not self._club_may_write_guarded():
            labels = join(
                self.env,
                [self._fields[name]._description_string(self.env) for name in names],
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s can't be written by hand: "
                    "use the buttons of the document.",
                    fields=labels,
                    model=get_model_name(self),
                )
            )

    @api.model
    def default_get(self, fields):
        """Let only the code give guarded fields a default: the context comes from the
        client, and every employee may keep defaults of his own (`ir.default`).
        """
        check_names(self, fields)
        guarded = self._get_guarded_names().intersection(fields)
        defaults = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    # === Our own methods write === #

    def _write_guarded(self, values):
        """Write ``values``, guarded ones too. What was closed stays closed."""
        return opened(self).write(values)

    def _create_guarded(self, vals_list):
        """Return new records, guarded fields given too; they aren't open."""
        return opened(self).create(vals_list).with_env(self.env)

    # === Reading === #

    @api.model
    @api.private
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Bring along what the record rules ask of each row.

        Odoo asks them once more, in memory, of what it found. What isn't there yet it
        would read by a statement of its own, with all other columns; of a view it
        would work all rows out again.
        """
        if field_names and not self.env.su:
            field_names = {*field_names, *self._get_ruling_names()}
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def _get_ruling_names(self):
        """Return the names of the fields that decide whether the user reads a row."""
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        names = {
            condition.field_expr.partition(".")[0]
            for condition in rules.iter_conditions()
        }
        fields = map(self._fields.get, names)
        return {
            field.name
            for field in fields
            if field and field.type not in ("one2many", "many2many")
            if self._has_field_access(field, "read")
        }

    # === CRUD === #

    @api.model_create_multi
    @doing(WORKING)
    def create(self, vals_list):
        check_dicts(self, vals_list)
        for values in vals_list:
            check_values(self, values)
            self._club_check_guarded(values)
        self._club_prefetch(vals_list)
        vals_list = [self._club_prepare(values, is_new=True) for values in vals_list]
        records = super().create(vals_list)
        records._club_after_create()
        return records

    @doing(WORKING)
    def write(self, vals):
        records = get_checked(self)
        check_values(records, vals)
        records._club_check_guarded(vals)
        vals = records._club_prepare(vals)
        if not is_open(records.env):
            records._club_check_write(vals)
        result = super(ClubGuardMixin, records).write(vals)
        records._club_after_write(vals)
        return result

    @doing(WORKING)
    def unlink(self):
        records = checked(get_checked(self))
        if not is_open(records.env):
            records._club_check_unlink()
        return super(ClubGuardMixin, records).unlink()

    def copy_data(self, default=None):
        check_dicts(self, [default or {}])
        return super().copy_data(default)

    def onchange(self, values, field_names, fields_spec):
        if len(self) > 1:
            raise UserError(
                self.env._("Choose one record of %s for this.", get_model_name(self))
            )
        check_values(self, values, in_form=True)
        check_dicts(self, [fields_spec])
        check_names(self, field_names)
        return super().onchange(values, field_names, fields_spec)

    # === Hooks: instead of overriding the above === #

    @api.model
    def _club_prefetch(self, vals_list):
        """Read at once what is asked of each of several new records."""

    def _club_prepare(self, values, is_new=False):
        """Return the values to store for what a client or a method of ours gave."""
        for name in self._club_months:
            if values.get(name):
                day = to_date(self.env, values[name])
                values = {**values, name: day.replace(day=1)}
        return values

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Head a group of a month as 2026-10, in whichever language."""
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if not groupby_spec.endswith(":month"):
            return formatter

        def formatter_month(value):
            shown, domain = formatter(value)
            return shown and (shown[0], value.strftime("%Y-%m")), domain

        return formatter_month

    def _club_after_create(self):
        """Do what follows from new records, or refuse them as they have become."""

    def _club_check_write(self, vals):
        """Refuse what nobody but our own methods may write; they aren't asked."""

    def _club_after_write(self, vals):
        """Do what follows from a write, or refuse what the records have become."""

    def _club_check_unlink(self):
        """Refuse a deletion by anybody but our own methods; they aren't asked."""
