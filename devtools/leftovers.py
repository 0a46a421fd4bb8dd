"""What of the add-on is still in a database from which it was uninstalled."""

from . import postgres
from .home import MODULE

_LEFT = f"""
SELECT 'table ' || relname FROM pg_class
 WHERE relname LIKE 'club\\_%' AND relkind IN ('r', 'v', 'S', 'm')
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'club\\_%'
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'club\\_%'
UNION ALL
SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
 WHERE column_name LIKE 'club\\_%'
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
SELECT 'record ' || model || ' ' || name FROM ir_model_data WHERE module = '{MODULE}'
"""


def find(database: str) -> list[str]:
    """Return what is left, each in a few words."""
    return postgres.run_sql(_LEFT, database=database).splitlines()
