"""What Odoo looks up for each user and refusal, though it is the same: until rights,
defaults or groups change, which empties these caches as it does Odoo's.
"""

from unittest.mock import patch

from odoo.tools import SQL, ormcache

from odoo.addons.base.models.ir_default import IrDefault
from odoo.addons.base.models.ir_model import IrModelAccess

_GET_DEFAULTS = IrDefault._get_model_defaults

# Which groups a refusal names.
_name_groups = ormcache("model_name", "access_mode", "self.env.lang", cache="stable")(
    IrModelAccess.group_names_with_access
)


@ormcache()
def _get_models_with_defaults(self):
    rows = self.env.execute_query(
        SQL(
            "SELECT f.model FROM ir_default d JOIN ir_model_fields f ON f.id = field_id"
        )
    )
    return {model for (model,) in rows}


def _get_defaults(self, model_name, condition=False):
    """Look up somebody's defaults of a model, if anybody has any."""
    self.flush_model()
    if model_name not in _get_models_with_defaults(self):
        return {}
    return _GET_DEFAULTS(self, model_name, condition)


def start(case):
    """Let a test class use them until its end."""
    for model, name, lookup in (
        (IrModelAccess, "group_names_with_access", _name_groups),
        (IrDefault, "_get_model_defaults", _get_defaults),
    ):
        case.startClassPatcher(patch.object(model, name, lookup))
