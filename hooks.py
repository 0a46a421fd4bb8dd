"""What install and uninstall do beyond what Odoo does by itself."""

from odoo.fields import Domain
from odoo.tools import SQL, sql

from .models.approval.guards import DROP_APPROVAL_GUARDS
from .models.contact.guards import DROP_CARE_GUARDS
from .models.membership.guards import DROP_TIER_GUARDS
from .models.points.account_move_line import stamp_statement
from .models.points.club_points_summary import DROP_SUMMARY
from .models.points.guards import DROP_GUARDS

# What Odoo forgets when models go: XML ids that other modules gave to what our models
# inherit from them, and the names of foreign keys from its tables to ours.
DROP_NAMES = """
DELETE FROM ir_model_data d
 USING ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id
 WHERE d.model = 'ir.model.fields.selection' AND d.res_id = s.id
   AND f.model LIKE 'club.%' AND d.module <> 'crm_club';
DELETE FROM ir_model_data d
 USING ir_model_inherit i JOIN ir_model m ON m.id = i.model_id
 WHERE d.model = 'ir.model.inherit' AND d.res_id = i.id
   AND m.model LIKE 'club.%' AND d.module <> 'crm_club';
DELETE FROM ir_model_constraint c
 USING ir_module_module m
 WHERE m.id = c.module AND m.name = 'crm_club' AND c.type = 'f'
"""
# What users keep of a model that a word names, which no foreign key watches.
KEPT_OF_A_MODEL = {
    "base_import.mapping": "res_model",
    "ir.actions.act_window": "res_model",
    "ir.actions.client": "res_model",
    "ir.actions.report": "model",
    "ir.embedded.actions": "parent_res_model",
    "ir.exports": "resource",
    "ir.filters": "model_id",
    "mail.activity.plan": "res_model",
    "mail.scheduled.message": "model",
    "res.users.settings.embedded.action": "res_model",
    "snailmail.letter": "model",
}


def pre_init_hook(env):
    """Stamp the lines that were posted before the club came, in one statement.

    Making the columns here keeps Odoo from filling them record by record.
    """
    for column in ("club_account_id", "club_category_id"):
        if not sql.column_exists(env.cr, "account_move_line", column):
            sql.create_column(env.cr, "account_move_line", column, "int4")
    env.cr.execute(stamp_statement(SQL("m.state = 'posted'")))


def uninstall_hook(env):
    """Drop the functions of our triggers; tables go with the module.

    Odoo deletes our data records one by one before it drops the tables: the keys among
    our own tables would refuse many of them, and the log would be full of it.
    """
    env.cr.execute(DROP_GUARDS)
    env.cr.execute(DROP_SUMMARY)
    env.cr.execute(DROP_APPROVAL_GUARDS)
    env.cr.execute(DROP_TIER_GUARDS)
    env.cr.execute(DROP_CARE_GUARDS)
    _drop_what_users_kept(env)
    env.cr.execute(DROP_NAMES)
    # Tiers' price lists would be anybody's once nothing says whose they are.
    env.cr.execute(
        "UPDATE product_pricelist SET active = FALSE WHERE club_tier_id IS NOT NULL"
    )
    env.cr.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid::regclass::text LIKE 'club\\_%'"
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def _drop_what_users_kept(env):
    """Delete favourites, export lists, actions and the like about our models, and
    those of Odoo's models that name our fields: they would fail when they are opened.
    """
    ours = env["ir.model"].search([("model", "=like", "club.%")]).mapped("model")
    for name, field in KEPT_OF_A_MODEL.items():
        if name not in env:
            continue
        kept = env[name].with_context(active_test=False)
        kept = kept.search([(field, "in", ours)])
        named = kept.get_external_id()
        kept = kept.browse(
            # Ours goes with its XML id.
            number
            for number in kept.ids
            if not named[number].startswith("crm_club.")
        )
        if name.startswith("ir.actions."):
            actions = [f"{name},{number}" for number in kept.ids]
            menus = env["ir.ui.menu"].with_context(active_test=False)
            menus.search([("action", "in", actions)]).unlink()
        kept.unlink()
    naming = [[(name, "=like", "%club\\_%")] for name in ("domain", "context", "sort")]
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search(Domain.OR(naming)).unlink()
    env["ir.exports.line"].search([("name", "=like", "%club\\_%")]).unlink()
    if "calendar.event" in env:
        env["calendar.event"].search([("res_model", "in", ours)]).write(
            {"res_model": False, "res_model_id": False, "res_id": False}
        )
