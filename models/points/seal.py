"""The seal of a posted run, and its place in the chain of seals."""

from odoo.tools import SQL

from ..program.club_points_kind import ATTENDANCE, REDEMPTION
from .holds import hold_chain


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


def compute_seal(run):
    """Return the SHA-256 over a run's entries in order and the previous seal."""
    run.flush_recordset()
    # Of the one kind that such a run has: what its partial index asks for.
    own = {
        REDEMPTION: SQL("e.kind = 'redemption'"),
        ATTENDANCE: SQL("e.kind = 'attendance'"),
    }.get(run.kind)
    run.env.cr.execute(seal_query(SQL("r.id = %s", run.id), own))
    return run.env.cr.fetchone()[1]


def take_next_link(run):
    """Take the next place in the program's chain, until the transaction ends.

    :return: the values of the run's place: number, previous seal, and of a redemption
        its number in the month
    """
    hold_chain(run.env, run.program_id)
    links = [_read_next_link(run, run.env.cr)]
    # This transaction may be from before the last link. While modules are loaded
    # nobody else posts, and the tables may be this transaction's own.
    if run.env.registry.ready:
        with run.env.registry.cursor() as cr:
            links.append(_read_next_link(run, cr))
    return max(links, key=lambda link: link["chain_no"])


def _read_next_link(run, cr):
    """Return the place after the last one that ``cr`` sees."""
    cr.execute(
        SQL(
            """
            SELECT chain_no + 1 AS chain_no, seal AS previous_seal,
                   (SELECT coalesce(max(number), 0) + 1 FROM club_points_run
                     WHERE program_id = %(program)s AND kind = 'redemption'
                       AND month = %(month)s) AS number
              FROM club_points_run
             WHERE program_id = %(program)s AND state = 'posted'
             ORDER BY chain_no DESC LIMIT 1
            """,
            program=run.program_id.id,
            month=run.month,
        )
    )
    first = {"chain_no": 1, "previous_seal": False, "number": 1}
    link = cr.dictfetchone() or first
    if run.kind != REDEMPTION:
        del link["number"]
    return link
