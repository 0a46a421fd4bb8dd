"""The lock on what only the club's own methods may change.

A guarded value is written under a context that holds ``LOCK``: an object, which
no RPC call, saved filter or server parameter can carry. The context travels with
every recordset made from it, so close it before calling what others override and
before returning records.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.models import MAGIC_COLUMNS
from odoo.tools import ormcache

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .values import check_values

LOCK = object()
MODULE = "crm_club"


def opened(records):
    """Return ``records`` with the lock open: guarded fields may be written."""
    return records.with_context(club_lock=LOCK)


def closed(records):
    """Return ``records`` with the lock closed again."""
    return records.with_context(club_lock=None)


def is_open(env):
    """Tell whether ``env`` was opened by one of our own methods."""
    return env.context.get("club_lock") is LOCK


def checked(records):
    """Return ``records`` with the checks of `api.ondelete` in force.

    Odoo skips them for a context key that it sets when it uninstalls modules, as
    superuser. Any RPC call can send that key.
    """
    if records.env.su or MODULE_UNINSTALL_FLAG not in records.env.context:
        return records
    return records.with_context(**{MODULE_UNINSTALL_FLAG: False})


class ClubGuardMixin(models.AbstractModel):
    """What is readonly is readonly: a stored field of ours that no form writes, no RPC
    call writes either. Only our own methods do, under an open lock.

    A field says ``club_writable=True`` where a form has to write it all the same.
    """

    _name = "club.guard.mixin"
    _description = "Fields that only the club's own methods write"

    # Whether superuser code counts as ours too (models that Odoo itself syncs).
    _club_guard_trusts_su = False

    def _valid_field_parameter(self, field, name):
        return name == "club_writable" or super()._valid_field_parameter(field, name)

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
            labels = ", ".join(
                self._fields[name]._description_string(self.env) for name in names
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s can't be written by hand: "
                    "use the buttons of the document.",
                    fields=labels,
                    model=self._description,
                )
            )

    @api.model
    def default_get(self, fields):
        """Let only the code give guarded fields a default: the context comes from the
        client, and every employee may keep defaults of his own (`ir.default`).
        """
        guarded = self._get_guarded_names().intersection(fields)
        defaults = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            check_values(self, values)
            self._club_check_guarded(values)
        return super().create(vals_list)

    def write(self, vals):
        check_values(self, vals)
        self._club_check_guarded(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        if len(self) > 1:
            raise UserError(
                self.env._("Choose one record of %s for this.", self._description)
            )
        check_values(self, values, in_form=True)
        return super().onchange(values, field_names, fields_spec)

    def unlink(self):
        return super(ClubGuardMixin, checked(self)).unlink()


class ClubHereMixin(models.AbstractModel):
    """Records of which a rule can say: of the company one works in.

    An account's manager and unit are company-dependent, so who sees its records by
    them sees those of that company only. No rule of a group says so by `company_id`:
    where a rule fails that has this word in its text, Odoo takes another company for
    the cause, suggests it, and the web client reloads the page for ever.
    """

    _name = "club.here.mixin"
    _description = "Records of the company one works in"
    _inherit = ["club.guard.mixin"]

    club_is_here = fields.Boolean(
        "Of the Company in Use",
        compute="_compute_club_is_here",
        search="_search_club_is_here",
        compute_sudo=True,
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_club_is_here(self):
        for record in self:
            record.club_is_here = record.company_id == self.env.company

    def _search_club_is_here(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("company_id", "=", self.env.company.id)


class ClubScopeMixin(models.AbstractModel):
    _name = "club.scope.mixin"
    _description = "Records that stay within their user's reach"
    _inherit = ["club.here.mixin"]

    def write(self, vals):
        """Ask the record rules again afterwards: Odoo asks them only of the record as
        it was, so that a write could push it into another company's program.
        """
        result = super().write(vals)
        company = self._fields.get("company_id")
        if company and company.related and company.related.split(".")[0] in vals:
            # It has followed its document into that one's company: all it names must.
            self._check_company()
        if not self.env.su:
            self.check_access("write")
        return result
