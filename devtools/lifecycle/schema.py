"""What a database is made of: a line for each thing, to be compared with another's."""

import re

from .. import postgres

# How PostgreSQL writes a condition down once more when it reads what it wrote.
_WRITTEN = re.compile(r"::(text|character varying)\b(\[\])?|[() ]")
# Whatever the server itself or one of its extensions brings is left out.
_OURS = """n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""
_NO_EXTENSION = """
NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')"""
_SCHEMA = f"""
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S'
       THEN 'sequence' WHEN 'm' THEN 'materialized view' ELSE c.relkind::text END
       || ' ' || c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'v', 'S', 'm', 'p', 'f') AND {_OURS}
   AND {_NO_EXTENSION.format(oid="c.oid")}
UNION ALL
SELECT format('column %s.%s %s%s%s', c.relname, a.attname,
              format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              ' default ' || pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND {_OURS}
   AND {_NO_EXTENSION.format(oid="c.oid")}
UNION ALL
SELECT format('constraint %s.%s %s', k.conrelid::regclass, k.conname,
              pg_get_constraintdef(k.oid))
  FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE k.conrelid <> 0 AND k.contype <> 'n' AND {_OURS}
UNION ALL
SELECT 'index ' || pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE {_OURS} AND NOT EXISTS (
       SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
UNION ALL
SELECT format('function %s md5 %s', p.oid::regprocedure, md5(p.prosrc))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE {_OURS} AND {_NO_EXTENSION.format(oid="p.oid")}
UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(t.oid)
  FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'type ' || t.typname
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype IN ('e', 'd') AND {_OURS} AND {_NO_EXTENSION.format(oid="t.oid")}
UNION ALL
SELECT 'statistics ' || s.stxname FROM pg_statistic_ext s
UNION ALL
SELECT 'extension ' || x.extname FROM pg_extension x
"""


def read(database: str) -> set[str]:
    """Return tables, columns, constraints, indexes, functions, triggers, sequences."""
    return set(postgres.run_sql(_SCHEMA, database=database).splitlines())


def plainly(lines: set[str]) -> set[str]:
    """Return the lines without what differs in how a condition is written down.

    >>> one = "CHECK (((a)::text = ANY ((ARRAY['x'::character varying])::text[])))"
    >>> other = "CHECK ((a)::text = ANY (ARRAY[('x'::character varying)::text]))"
    >>> plainly({one}) == plainly({other})
    True
    """
    return {_WRITTEN.sub("", line) for line in lines}


def differences(before: set[str], after: set[str]) -> list[str]:
    """Return what is left over and what is gone, sorted.

    >>> differences({"table a", "table b"}, {"table b", "table c"})
    ['gone: table a', 'left: table c']
    """
    return [
        *(f"gone: {line}" for line in sorted(before - after)),
        *(f"left: {line}" for line in sorted(after - before)),
    ]
