"""What of the add-on is still in a database from which it was uninstalled."""

from . import postgres
from .home import MODULE

_LEFT = rf"""
SELECT 'table ' || relname FROM pg_class
 WHERE relname LIKE 'club\_%' AND relkind IN ('r', 'v', 'S', 'm')
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'club\_%'
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'club\_%'
UNION ALL
SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
 WHERE column_name LIKE 'club\_%'
UNION ALL
SELECT 'scheduled action ' || cron_name FROM ir_cron
 WHERE cron_name LIKE 'Key Account Club%'
UNION ALL
SELECT 'model ' || model FROM ir_model WHERE model LIKE 'club.%'
UNION ALL
SELECT 'attachment ' || id FROM ir_attachment WHERE res_model LIKE 'club.%'
UNION ALL
SELECT 'rule ' || name FROM ir_rule WHERE name LIKE 'club.%'
UNION ALL
SELECT 'record ' || model || ' ' || name FROM ir_model_data
 WHERE module = '{MODULE}' OR name ~ '(^|__?|\.)club_' AND model LIKE 'ir.model%'
UNION ALL
SELECT 'constraint ' || c.name FROM ir_model_constraint c
  JOIN ir_module_module m ON m.id = c.module WHERE m.name = '{MODULE}'
UNION ALL
SELECT 'series ' || name FROM ir_sequence WHERE code LIKE 'club.%'
UNION ALL
SELECT 'favourite ' || id FROM ir_filters WHERE model_id LIKE 'club.%'
UNION ALL
SELECT 'export list ' || id FROM ir_exports WHERE resource LIKE 'club.%'
UNION ALL
SELECT 'window ' || id FROM ir_act_window WHERE res_model LIKE 'club.%'
"""


def find(database: str) -> list[str]:
    """Return what is left, each in a few words."""
    return postgres.run_sql(_LEFT, database=database).splitlines()
