"""What install and uninstall do beyond what Odoo does by itself."""

import re

from odoo.fields import Domain
from odoo.tools import SQL, sql

from .models.approval.guards import DROP_APPROVAL_GUARDS
from .models.contact.guards import DROP_CARE_GUARDS
from .models.membership.guards import DROP_TIER_GUARDS
from .models.points.club_points_summary import DROP_SUMMARY
from .models.points.first_stamps import stamp_posted_lines
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
-- Leads are the salespeople's, also those of the example: they stay.
DELETE FROM ir_model_data WHERE module = 'crm_club' AND model = 'crm.lead';
DELETE FROM ir_model_constraint c
 USING ir_module_module m
 WHERE m.id = c.module AND m.name = 'crm_club' AND c.type = 'f'
"""
# To-dos of our kinds, also about Odoo's records: their kinds couldn't go before them.
DROP_TODOS = """
DELETE FROM mail_activity a
 WHERE a.res_model LIKE 'club.%' OR EXISTS (
       SELECT FROM ir_model_data d
        WHERE d.module = 'crm_club' AND d.model = 'mail.activity.type'
          AND d.res_id = a.activity_type_id)
"""
# Tiers' price lists would be anybody's once nothing says whose they are.
ARCHIVE_PRICE_LISTS = """
UPDATE res_partner p
   SET specific_property_product_pricelist = (
       SELECT jsonb_object_agg(e.key, e.value)
         FROM jsonb_each(p.specific_property_product_pricelist) e
        WHERE NOT EXISTS (SELECT FROM product_pricelist l
                           WHERE l.club_tier_id IS NOT NULL
                             AND to_jsonb(l.id) = e.value))
 WHERE EXISTS (
       SELECT FROM jsonb_each(p.specific_property_product_pricelist) e
         JOIN product_pricelist l ON to_jsonb(l.id) = e.value
        WHERE l.club_tier_id IS NOT NULL);
UPDATE product_pricelist SET active = FALSE WHERE club_tier_id IS NOT NULL
"""
# Foreign keys from and to our tables, and of our fields in Odoo's.
OUR_KEYS = r"""
SELECT t.relname, k.conname
  FROM pg_constraint k
  JOIN pg_class t ON t.oid = k.conrelid
  JOIN pg_class r ON r.oid = k.confrelid
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
 WHERE k.contype = 'f' AND k.connamespace = current_schema::regnamespace
   AND (t.relname LIKE 'club\_%' OR r.relname LIKE 'club\_%' OR EXISTS (
        SELECT FROM ir_model_fields f
          JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id
         WHERE replace(f.model, '.', '_') = t.relname AND f.name = a.attname
         GROUP BY f.id HAVING every(d.module = 'crm_club')))
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
    """Stamp the lines that were posted before the club came.

    Making the columns here keeps Odoo from filling them record by record.
    """
    for column in ("club_account_id", "club_category_id"):
        if not sql.column_exists(env.cr, "account_move_line", column):
            sql.create_column(env.cr, "account_move_line", column, "int4")
    stamp_posted_lines(env.cr)


def uninstall_hook(env):
    """Drop the functions of our triggers; tables go with the module.

    Odoo deletes our data records one by one before it drops the tables: the keys of our
    own tables, and of our columns in its, would refuse many of them: they would stay,
    and the log would be full of it.
    """
    env.cr.execute(DROP_GUARDS)
    env.cr.execute(DROP_SUMMARY)
    env.cr.execute(DROP_APPROVAL_GUARDS)
    env.cr.execute(DROP_TIER_GUARDS)
    env.cr.execute(DROP_CARE_GUARDS)
    _drop_what_users_kept(env)
    env.flush_all()
    env.cr.execute(DROP_NAMES)
    env.cr.execute(DROP_TODOS)
    env.cr.execute(ARCHIVE_PRICE_LISTS)
    env.cr.execute(OUR_KEYS)
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )
    env.invalidate_all()


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
    # Whole words: another add-on's fields may have names like ours.
    ids = env["ir.model.data"].search(
        [("module", "=", "crm_club"), ("model", "=", "ir.model.fields")]
    )
    fields = env["ir.model.fields"].browse(ids.mapped("res_id"))
    names = {name for name in fields.mapped("name") if name.startswith("club_")}
    texts = ("domain", "context", "sort")
    naming = [[(text, "=like", "%club\\_%")] for text in texts]
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search(Domain.OR(naming)).filtered(
        lambda kept: _names_any(names, *(kept[text] for text in texts))
    ).unlink()
    lines = env["ir.exports.line"].search([("name", "=like", "%club\\_%")])
    lines.filtered(lambda line: _names_any(names, line.name)).unlink()
    if "calendar.event" in env:
        env["calendar.event"].search([("res_model", "in", ours)]).write(
            {"res_model": False, "res_model_id": False, "res_id": False}
        )


def _names_any(names, *texts):
    return any(not names.isdisjoint(re.findall(r"\w+", text or "")) for text in texts)
