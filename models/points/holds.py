"""Holding what is spent from, and the ledger by lots, as SQL. Rules B7, B13."""

from odoo.tools import SQL

# With the program's number the key of the lock on its chain of seals.
CHAIN = "SELECT pg_advisory_xact_lock('club_points_run'::regclass::oid::int, %s)"


def hold_program(env, program):
    """Hold the program until the transaction ends: nobody else posts to it.

    The row is written, not only locked: a transaction that waited for it would judge
    by a ledger from before, so it fails and Odoo starts it anew.
    """
    env.flush_all()
    env.cr.execute(
        "UPDATE club_program SET write_date = write_date WHERE id = %s", [program.id]
    )


def share_programs(env, programs):
    """Keep away until the transaction ends who holds a program; let others share it.

    For what judges by the accounts that it holds only. A transaction from before the
    last posting fails here, too, and is started anew.
    """
    env.flush_all()
    env.cr.execute(
        "SELECT FROM club_program WHERE id = ANY(%s) ORDER BY id FOR SHARE",
        [programs.ids],
    )


def hold_chain(env, program):
    """Hold the program's chain of seals until the transaction ends.

    Always after programs and accounts. It is no row, so a transaction from before the
    last link isn't started anew; it has to look up that link in a session that sees it.
    """
    env.cr.execute(CHAIN, [program.id])


def hold_accounts(env, accounts):
    """Hold accounts until the transaction ends: nobody else takes points from them.

    Written like the program, and after it; whoever edits a partner doesn't mind.
    """
    env.flush_all()
    env.cr.execute(
        """
        WITH held AS (
            SELECT id FROM res_partner WHERE id = ANY(%s) ORDER BY id
               FOR NO KEY UPDATE)
        UPDATE res_partner p SET write_date = p.write_date FROM held
         WHERE p.id = held.id
        """,
        [list(accounts)],
    )


def lots_query(program_id, accounts=None, until=None):
    """Return the SELECT of account_id, valid_until, points: the ledger by lots.

    What reservations hold is taken from its lots as if it had been spent.

    :param accounts: ids to keep, all when None
    :param until: the last day that counts, of entries and reservations
    """
    entry, held = SQL(), SQL()
    if accounts is not None:
        entry = SQL("AND e.account_id = ANY(%s)", list(accounts))
        held = SQL("AND d.account_id = ANY(%s)", list(accounts))
    if until is not None:
        entry = SQL("%s AND e.date <= %s", entry, until)
        held = SQL("%s AND d.reserved_on <= %s", held, until)
    return SQL(
        """
        SELECT account_id, valid_until, sum(points) AS points
          FROM (SELECT e.account_id, e.valid_until, e.points
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE r.program_id = %(program)s %(entry)s
             UNION ALL
                SELECT d.account_id, (l ->> 'until')::date, -(l ->> 'points')::numeric
                  FROM club_redemption d
            CROSS JOIN jsonb_array_elements(d.lots) l
                 WHERE d.state = 'reserved' AND d.program_id = %(program)s %(held)s) s
         GROUP BY account_id, valid_until
        """,
        program=program_id,
        entry=entry,
        held=held,
    )
