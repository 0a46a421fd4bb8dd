"""What a database holds, table by table, as sums of hashes.

*Exact*: every column of every row. Nothing was done when it is what it was before.
*Settled*: what an operation leaves whenever it is done. Row numbers are given once,
also to what is rolled back, and moments pass; so numbers above those of before only say
"new", and columns that hold moments, random tokens or seals over numbers are left out.
"""

from collections.abc import Iterable

from .cluster import Cluster

# What Odoo writes beside the transaction of a request or of a scheduled job.
BESIDE = r"^(orm_signaling_|res_users_log|res_device|ir_logging|torture_"
BESIDE += r"|ir_cron$|ir_cron_progress)"
# Written by the checks between two looks.
OF_CHECKS = r"^(club_integrity_)"
_OF_CHECK = "IS DISTINCT FROM 'club.integrity.check'"
NOT_OF_CHECKS = {
    "mail_message": f"t.model {_OF_CHECK}",
    "mail_followers": f"t.res_model {_OF_CHECK}",
    "mail_followers_mail_message_subtype_rel": "NOT EXISTS (SELECT FROM mail_followers"
    " f WHERE f.id = t.mail_followers_id AND f.res_model = 'club.integrity.check')",
}
# What tells clients to look anew, by row numbers and moments.
OF_MOMENTS = r"^(bus_bus|bus_presence|ir_attachment_orphan)"
# What differs within a text, all but its group: the end of a link, which is a guest's
# key or a row number; the membership or person that a duty arises from.
_LINK = r"(https?://[^[:space:]\"<]*[/=])\w+"
IN_TEXTS = {
    ("mail_mail", "body_html"): _LINK,
    ("sms_sms", "body"): _LINK,
    ("club_duty", "period"): r"^([a-z])\d+",
}
TOP = "torture_top"  # table, model, highest row number before
# Columns of a settled look that differ each time, and why.
VOLATILE = {
    ("mail_message", "message_id"): "random",
    ("mail_message", "body"): "names the seal",
    ("mail_mail", "references"): "random",
    ("mail_mail", "headers"): "name row numbers",
    ("sms_sms", "uuid"): "random",
    ("sms_tracker", "sms_uuid"): "the same",
    ("club_answer", "code"): "random",
    ("survey_user_input", "access_token"): "random",
    ("survey_user_input", "invite_token"): "random",
    ("club_voucher", "code"): "random",
    ("club_points_summary", "run_id"): "a row number, in a table that has none",
    ("club_points_run", "seal"): "covers row numbers; the chain is verified apart",
    ("club_points_run", "previous_seal"): "the same",
    ("club_revenue_import", "name"): "a number that is given once",
    ("club_approval_request", "digest"): "covers row numbers",
    ("club_program", "write_uid"): "the check of the ledger leaves its user",
}
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL),
       coalesce(f.relname, replace(d.relation, '.', '_'),
                -- The account as it was before it was merged, which may be gone.
                CASE a.attname WHEN 'origin_id' THEN 'res_partner' END)
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
   AND k.conkey = ARRAY[a.attnum]
  LEFT JOIN pg_class f ON f.oid = k.confrelid
  LEFT JOIN ir_model_fields d ON d.ttype = 'many2one' AND d.name = a.attname
   AND replace(d.model, '.', '_') = c.relname  -- some have no foreign key
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname !~ %s
 ORDER BY c.relname, a.attnum
"""

Look = dict[str, tuple]  # of each table: rows, sum of their hashes


def note_tops(cluster: Cluster, database: str) -> None:
    """Note in a database the highest number of each table: newer ones are new."""
    tables = [
        table
        for table, columns in _columns(cluster, database).items()
        if any(name == "id" for name, *_rest in columns)
    ]
    rows = " UNION ALL ".join(
        f"SELECT '{table}', coalesce(max(id), 0) FROM \"{table}\"" for table in tables
    )
    cluster.run(
        f"""
        CREATE TABLE {TOP} AS
        SELECT t.name, m.model, t.top
          FROM ({rows}) t(name, top)
          LEFT JOIN ir_model m ON replace(m.model, '.', '_') = t.name
        """,
        database,
    )


def exact(cluster: Cluster, database: str) -> Look:
    """Return what is there to the last column."""
    tables = _columns(cluster, database)
    return _look(cluster, database, dict.fromkeys(tables, "t::text"))


def settled(cluster: Cluster, database: str, known: Look, now: Look) -> Look:
    """Return what an operation left, without what differs each time.

    Of the tables that it changed only: the others are as they were before all of them.

    :param known: an exact look at what every operation begins with
    :param now: an exact look at the database
    """
    tops = dict(cluster.run(f"SELECT name, top FROM {TOP}", database))
    texts = {}
    others = f"{OF_CHECKS}|{OF_MOMENTS}"
    for table, columns in _columns(cluster, database, others).items():
        if known.get(table) == now.get(table):
            continue
        names = {name for name, *_rest in columns}
        kept = [
            _value(name, kind, tops.get(target), names, IN_TEXTS.get((table, name), ""))
            for name, kind, target in columns
            if name != "id"
            and not kind.startswith("timestamp")
            and (table, name) not in VOLATILE
        ]
        texts[table] = f"ROW({', '.join(kept)})::text"
    return _look(cluster, database, texts)


def differing(one: Look, other: Look) -> list[str]:
    """Return the tables that differ, with their numbers of rows.

    >>> differing({"a": (1, 5), "b": (2, 7)}, {"a": (1, 5), "b": (3, 9)})
    ['b (2 rows, 3 rows)']
    """
    none = (0, None)
    return [
        f"{table} ({one.get(table, none)[0]} rows, {other.get(table, none)[0]} rows)"
        for table in sorted(one.keys() | other.keys())
        if one.get(table, none) != other.get(table, none)
    ]


def _columns(cluster: Cluster, database: str, also: str = "") -> dict[str, list]:
    """Return the columns of the tables: name, type, the table that it refers to.

    :param also: tables to leave out beside those that are never looked at
    """
    pattern = f"{BESIDE}|{also}" if also else BESIDE
    found: dict[str, dict] = {}
    for table, *column in cluster.run(_COLUMNS, database, [pattern]):
        found.setdefault(table, {}).setdefault(column[0], tuple(column))
    return {table: list(columns.values()) for table, columns in found.items()}


def _value(
    name: str, kind: str, top: int | None, names: Iterable[str], varying: str = ""
) -> str:
    """Return the SQL of a column's value, in which a new row's number is -1.

    :param varying: what differs within it each time, as in `IN_TEXTS`
    """
    if varying:
        return f"regexp_replace(t.\"{name}\", '{varying}', '\\1', 'g')"
    if top is not None and kind in ("integer", "bigint"):
        return f'CASE WHEN t."{name}" > {top} THEN -1 ELSE t."{name}" END'
    model = next((word for word in ("model", "res_model") if word in names), None)
    if name == "res_id" and model:
        tops = f"SELECT top FROM {TOP} WHERE {TOP}.model = t.{model}"
        return f"CASE WHEN t.res_id > ({tops}) THEN -1 ELSE t.res_id END"
    return f't."{name}"'


def _look(cluster: Cluster, database: str, texts: dict[str, str]) -> Look:
    looks = [
        f"SELECT '{table}', count(*), sum(hashtextextended({text}, 0))"
        f' FROM "{table}" t WHERE {NOT_OF_CHECKS.get(table, "TRUE")}'
        for table, text in texts.items()
    ]
    rows = cluster.run(" UNION ALL ".join(looks), database) if looks else []
    return {table: tuple(figures) for table, *figures in rows}
