"""The lock on what only the club's own methods may change.

A guarded value is written under a context that holds ``LOCK``: an object, which
no RPC call, saved filter or server parameter can carry. The context travels with
every recordset made from it: `_write_guarded`, `_create_guarded` and `_set_state` of
`club.guard.mixin` open it for one write and return closed records. Who opens it for
longer closes it before calling what others override and before returning records.
"""

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

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
