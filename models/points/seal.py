"""The seal of a posted run."""

from odoo.tools import SQL


def seal_query(condition, entries=None):
    """Return the SELECT of (run id, seal over what the ledger holds now).

    :param condition: which runs, as ``r``
    :param entries: which of their entries, as ``e``; all when None

    Figures go in as jsonb: ``concat_ws`` would skip NULLs, and a date's text depends
    on the session. The account's origin is sealed, which merging partners keeps.
    """
    return SQL(
        """
        SELECT r.id, encode(sha256(convert_to(
                   jsonb_build_array(r.previous_seal, r.chain_no, r.program_id, r.kind,
                                     r.month, r.number, r.posted_on)::text
                   || coalesce(string_agg(
                       jsonb_build_array(e.id, e.origin_id, e.unit_id, e.kind,
                                         e.revenue_month, e.category_id, e.product_id,
                                         e.revenue, e.rate, e.coefficient, e.points,
                                         e.date, e.valid_until, e.reason)::text,
                       E'\\n' ORDER BY e.id), ''), 'UTF8')), 'hex')
          FROM club_points_run r
     LEFT JOIN club_points_entry e ON e.run_id = r.id AND %s
         WHERE %s
         GROUP BY r.id
        """,
        entries or SQL("TRUE"),
        condition,
    )
