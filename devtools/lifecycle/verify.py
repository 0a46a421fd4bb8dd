"""Whether what `seed` left is still whole; prints one line for each fault."""


def faults(env) -> list[str]:
    """Return what is wrong, in words."""
    accounts = env["club.agreement"].search([("number", "=like", "L%")]).account_id
    runs = env["club.points.run"].search([("state", "=", "posted")])
    entries = env["club.points.entry"].search(
        [("run_id", "in", runs.ids), ("account_id", "in", accounts.ids)]
    )
    members = accounts.filtered("club_tier_id")
    checks = (
        ("no posted run", bool(runs)),
        ("points are lost", round(sum(entries.mapped("points")), 2) == 1_600_000),
        ("no member", len(members) == 20),
        ("no rate in force", _rates(env)),
        ("the class is lost", _classes(env)),
        ("the ledger isn't guarded", _is_guarded(env, entries[:1])),
        ("what entries name isn't held", _is_held(env)),
    )
    found = [fault for fault, whole in checks if not whole]
    for program in env["club.program"].with_context(active_test=False).search([]):
        found += _check_program(env, program)
    return [*found, *_find_unsignable(env)]


def _check_program(env, program):
    """Verify the chain of seals, and compare ledger, balances and memberships."""
    if broken := program._find_broken_run():
        yield f"the seal of {broken.display_name} doesn't fit"
    check = env["club.integrity.check"]._run(program)
    # What is pending has a cause, such as a debt that a credit note has left.
    for line in check.line_ids.filtered(lambda line: line.severity == "error"):
        account = line.account_id
        if account and account.get_external_id()[account.id]:
            continue  # an example, whose memberships its demo data puts back in time
        yield f"integrity check: {line.kind} of {account.name or program.name}"


def _find_unsignable(env):
    """Return documents that wait and can't be signed, as if somebody changed them."""
    requests = env["club.approval.request"].search(
        [("state", "in", ("waiting", "approved"))]
    )
    for request in requests:
        if not request._is_as_submitted(request._get_document_sudo()):
            yield f"{request.name} can't be signed any more"


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
