"""Whether what `seed` left is still whole; prints one line for each fault."""


def faults(env) -> list[str]:
    """Return what is wrong, in words."""
    program = env.ref("crm_club.club_program_main")
    runs = env["club.points.run"].search([("state", "=", "posted")])
    entries = env["club.points.entry"].search([("run_id", "in", runs.ids)])
    members = env["res.partner"].search([("club_tier_id", "!=", False)])
    checks = (
        ("no posted run", bool(runs)),
        ("points are lost", round(sum(entries.mapped("points")), 2) == 1_600_000),
        ("a seal doesn't fit", not program._find_broken_run()),
        ("no member", len(members) >= 20),
        ("no rate in force", _rates(env)),
        ("the class is lost", _classes(env)),
        ("the ledger isn't guarded", _is_guarded(env, entries[:1])),
        ("what entries name isn't held", _is_held(env)),
    )
    return [fault for fault, whole in checks if not whole]


def _rates(env):
    rates = env["club.points.rate"]
    return bool(rates.search_count(rates._domain_in_force()))


def _classes(env):
    classes = env["club.account.classification"].search([])
    return set(classes.mapped("approval_state")) >= {"done"} and len(classes) >= 1


def _is_guarded(env, entry):
    """Tell whether PostgreSQL still refuses to change what is posted."""
    try:
        with env.cr.savepoint(flush=False):
            env.cr.execute(
                "UPDATE club_points_entry SET points = points + 1 WHERE id = %s",
                [entry.id],
            )
    except Exception as error:
        return "never changed" in str(error)
    return False


def _is_held(env):
    """Tell whether accounts, units and categories of entries can't be deleted."""
    env.cr.execute(
        """
        SELECT NOT EXISTS (
               SELECT FROM club_points_entry e
                WHERE NOT EXISTS (SELECT FROM club_points_reference f
                                   WHERE f.account_id = e.account_id)
                   OR (e.category_id IS NOT NULL AND NOT EXISTS (
                       SELECT FROM club_points_reference f
                        WHERE f.category_id = e.category_id)))
           AND NOT EXISTS (
               SELECT FROM pg_constraint
                WHERE contype = 'f' AND conrelid = 'club_points_entry'::regclass
                  AND confrelid = 'res_partner'::regclass)
        """
    )
    return env.cr.fetchone()[0]
