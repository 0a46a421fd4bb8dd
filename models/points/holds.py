"""Holding what isn't held like other rows, by `record.hold`. Rules B7, B13."""

# With the program's number the key of the lock on its chain of seals.
CHAIN = "SELECT pg_advisory_xact_lock('club_points_run'::regclass::oid::int, %s)"


def share_programs(env, programs):
    """Keep away until the transaction ends who holds a program; let others share it.

    For what judges by the accounts that it holds only: so redemptions of different
    accounts don't start each other anew. A transaction from before the last posting
    fails here, too, and is started anew.
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
