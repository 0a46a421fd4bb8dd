"""The SQL of the monthly figures: what sources count, and writing it down."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import SQL

from ..points.facts import month_of
from ..record.figure_source import local_day
from .codes import FULL, MEANS

# Two jobs at once would both write the same rows.
TURN = "SELECT pg_try_advisory_xact_lock('club_figure'::regclass::oid::int, 0)"
DAY = timedelta(days=1)
_UNITS = SQL.identifier("club_figure_unit")
_PARTS = ("unit_id", "tier_id", "program_id")
_KEYS = SQL(
    "(company_id, month, code, coalesce(unit_id, 0), coalesce(tier_id, 0),"
    " coalesce(program_id, 0))"
)


# === What a source counts === #


def counted_rows(model, source, span):
    """Return a SELECT of the records that a source counts, with their units.

    Columns: id, company_id, unit_id, month, tier_id, program_id, value, base.

    :param model: the model that they are of, as superuser
    """
    units = SQL("(%s)", _unit_spans(span))
    return _place(source, _get_rows(model, source, span), units, SQL("d.id, "))


def _get_rows(model, source, span):
    return source.rows(span) if source.rows else _select_records(model, source, span)


def counted_sums(model, source, span):
    """Return a SELECT of a source's sums: company_id, unit_id, month, tier_id,
    program_id, value, base. The units are those that `lay_units` has laid.
    """
    rows = source.sums(span) if source.sums else _get_rows(model, source, span)
    return SQL(
        """
        SELECT company_id, unit_id, month, tier_id, program_id,
               coalesce(sum(value), 0)::numeric(16, 2) AS value,
               coalesce(sum(base), 0)::numeric(16, 2) AS base
          FROM (%s) r
         WHERE month BETWEEN %s AND %s AND company_id = ANY(%s)
         GROUP BY company_id, unit_id, month, tier_id, program_id
        """,
        _place(source, rows, _UNITS),
        span.start,
        span.end,
        list(span.company_ids),
    )


def _select_records(model, source, span):
    """Return the SELECT of a source that names fields."""
    model = model.with_context(active_test=False)
    domain = Domain("company_id", "in", span.company_ids) & Domain(source.domain)
    is_moment = _get_field(model, source.date).type == "datetime"
    # A moment may be of another day where the club is.
    margin = DAY if is_moment else timedelta()
    domain &= Domain(source.date, "<", span.end + DAY + margin)
    still = ">" if source.is_until_over else ">="
    if source.until:
        lasts = Domain(source.until, still, span.start)
        domain &= Domain(source.until, "=", False) | lasts
    elif not source.is_stock:
        domain &= Domain(source.date, ">=", span.start - margin)
    query = model._search(domain)

    def column(name, kind):
        if not name:
            return SQL("NULL::%s", SQL(kind))
        return _follow(model, name, query)

    company, day = column("company_id", "int"), column(source.date, "date")
    if is_moment:
        day = local_day(day, company)
    value = SQL("%s * %s", column(source.value, "int"), source.sign)
    if not source.value:
        value = SQL("1")
    base = SQL("1") if source.is_mean else SQL("0")
    if source.counted is not None:
        counted = Domain(source.counted).optimize_full(model)
        counted = counted._to_sql(model, model._table, query)
        value, base = SQL("CASE WHEN %s THEN %s ELSE 0 END", counted, value), value
    columns = {
        "id": SQL.identifier(model._table, "id"),
        "company_id": company,
        "account_id": column(source.account, "int"),
        "unit_id": column(source.unit, "int"),
        "tier_id": column(source.tier, "int"),
        "program_id": column(source.program, "int"),
        "value": value,
        "base": base,
        "day": day,
    }
    if source.is_stock:
        columns["last_day"] = column(source.until, "date")
    rows = query.subselect(
        SQL(", ").join(
            SQL("%s AS %s", expression, SQL.identifier(name))
            for name, expression in columns.items()
        )
    )
    if not source.is_stock:
        return SQL("SELECT r.*, %s AS month FROM %s r", month_of(SQL("r.day")), rows)
    return SQL(
        """
        SELECT r.*, e.month FROM %(rows)s r
          JOIN (%(ends)s) e
            ON r.day <= e.day AND (r.last_day IS NULL OR r.last_day %(still)s e.day)
        """,
        rows=rows,
        ends=span.get_ends(),
        still=SQL(still),
    )


def _get_field(model, path):
    """Return the field that a path leads to."""
    *links, name = path.split(".")
    for link in links:
        model = model.env[model._fields[link].comodel_name]
    return model._fields[name]


def _follow(model, path, query):
    """Return SQL of the value that a path leads to, and join what it leads through."""
    *links, name = path.split(".")
    alias = model._table
    for link in links:
        comodel = model.env[model._fields[link].comodel_name]
        alias = query.left_join(alias, link, comodel._table, "id", link)
        model = comodel
    return model._field_to_sql(alias, name, query)


def lay_units(cr, span):
    """Find out once for all sources which account was of which unit."""
    cr.execute(SQL("DROP TABLE IF EXISTS %s", _UNITS))
    cr.execute(
        SQL(
            "CREATE TEMP TABLE %s ON COMMIT DROP AS SELECT * FROM (%s) u"
            " WHERE since < %s::date + 31 AND before > %s",
            _UNITS,
            _unit_spans(span),
            span.end,
            span.start,
        )
    )
    cr.execute(SQL("ANALYZE %s", _UNITS))


def _unit_spans(span):
    """Return a SELECT of the days on which accounts were of a unit: since, before.

    What an account's first line says holds for the days before it, too.
    """
    return SQL(
        """
        SELECT account_id, company_id, unit_id,
               CASE WHEN lag(date_from) OVER w IS NULL THEN '-infinity'
                    ELSE date_from END AS since,
               coalesce(lead(date_from) OVER w, 'infinity') AS before
          FROM club_account_unit
         WHERE company_id = ANY(%s)
        WINDOW w AS (PARTITION BY account_id, company_id ORDER BY date_from)
        """,
        list(span.company_ids),
    )


def _place(source, rows, units, more=None):
    """Return rows with the unit of each: where one has an account, that of which it was
    when the month ended.
    """
    return SQL(
        """
        SELECT %(more)sd.company_id, coalesce(d.unit_id, u.unit_id) AS unit_id, d.month,
               d.tier_id, %(program)s AS program_id, d.value, d.base
          FROM (%(rows)s) d
     LEFT JOIN %(units)s u
            ON u.account_id = d.account_id AND u.company_id = d.company_id
           AND (d.month + interval '1 month - 1 day')::date >= u.since
           AND (d.month + interval '1 month - 1 day')::date < u.before
        """,
        more=more or SQL(),
        program=SQL("d.program_id") if source.program else SQL("NULL::int"),
        rows=rows,
        units=units,
    )


# === Writing it down === #


def refresh_query(model, source, span):
    """Return the statement that makes the figures of a source those of its records.

    What came to nothing has no row. A stock that is gone has one of 0 in the month in
    which it went, since a period shows its last month.
    """
    return SQL(
        """
        WITH counted AS MATERIALIZED (
            SELECT * FROM (%(sums)s) s WHERE value <> 0 OR base <> 0),
        found AS MATERIALIZED (SELECT * FROM counted %(gone)s),
        dropped AS (
            DELETE FROM club_figure f
             WHERE f.code = %(code)s AND f.company_id = ANY(%(companies)s)
               AND f.month BETWEEN %(start)s AND %(end)s
               AND NOT EXISTS (SELECT FROM found n WHERE %(same)s))
        INSERT INTO club_figure
               (company_id, unit_id, month, code, tier_id, program_id, value, base,
                share)
        SELECT n.company_id, n.unit_id, n.month, %(code)s, n.tier_id, n.program_id,
               n.value, n.base,
               coalesce(n.value * %(factor)s / nullif(n.base, 0), 0)
          FROM found n
         WHERE NOT EXISTS (
               SELECT FROM club_figure f
                WHERE f.code = %(code)s AND %(same)s
                  AND (f.value, f.base) = (n.value, n.base))
            ON CONFLICT %(keys)s
            DO UPDATE SET value = excluded.value, base = excluded.base,
                          share = excluded.share
        """,
        sums=counted_sums(model, source, span),
        companies=list(span.company_ids),
        start=span.start,
        end=span.end,
        code=source.code,
        factor=1 if source.code in MEANS else FULL,
        gone=_gone(source, span) if source.is_stock else SQL(),
        same=_same("f", "n", "month"),
        keys=_KEYS,
    )


def _gone(source, span):
    """Return a row of 0 for each stock that was there in the month before."""
    return SQL(
        """
        UNION ALL
        SELECT p.company_id, p.unit_id, (p.month + interval '1 month')::date,
               p.tier_id, p.program_id, 0, 0
          FROM (SELECT company_id, unit_id, month, tier_id, program_id FROM counted
             UNION ALL
                SELECT company_id, unit_id, month, tier_id, program_id
                  FROM club_figure
                 WHERE code = %(code)s AND company_id = ANY(%(companies)s)
                   AND month = (%(start)s::date - interval '1 month')::date
                   AND value <> 0) p
         WHERE p.month + interval '1 month' <= %(end)s
           AND NOT EXISTS (
               SELECT FROM counted n
                WHERE n.month = (p.month + interval '1 month')::date AND %(same)s)
        """,
        code=source.code,
        companies=list(span.company_ids),
        start=span.start,
        end=span.end,
        same=_same("p", "n"),
    )


def _same(first, second, *keys):
    """Return the condition that two rows are of the same company, unit, tier and
    program.
    """
    conditions = [
        SQL("%s = %s", SQL.identifier(first, key), SQL.identifier(second, key))
        for key in ("company_id", *keys)
    ]
    conditions += [
        SQL(
            "coalesce(%s, 0) = coalesce(%s, 0)",
            SQL.identifier(first, key),
            SQL.identifier(second, key),
        )
        for key in _PARTS
    ]
    return SQL(" AND ").join(conditions)
