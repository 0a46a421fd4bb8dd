"""What must hold of terms, signed documents and imports after a race.

Like `checks`, from the bare tables in plain Python.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from .checks import fetch
from .world import TODAY


def check_papers(env, world, ledger):
    """Return all that is wrong with them."""
    return [
        *check_memberships(env, world),
        *check_documents(env, world, ledger),
        *check_imports(env, world),
    ]


# === Standing === #


def check_memberships(env, world):
    """One tier at a time in each group, and the partner shows the one of today."""
    rows = fetch(
        env,
        """
        SELECT m.*, g.purpose FROM club_membership m
          JOIN club_tier_group g ON g.id = m.group_id
         WHERE m.program_id = %s AND m.state = 'valid' ORDER BY m.date_from
        """,
        world.program.id,
    )
    terms, today = defaultdict(list), {}
    for row in rows:
        terms[row["account_id"], row["group_id"]].append(row)
        if row["date_from"] <= TODAY <= row["date_grace"]:
            today[row["account_id"], row["purpose"]] = row["tier_id"]
    for key, found in terms.items():
        for one, other in zip(found, found[1:], strict=False):
            last = max(one["date_to"], one["date_grace"] if one["outcome"] else TODAY)
            if other["date_from"] <= min(last, one["date_grace"]):
                yield f"memberships {one['id']} and {other['id']} of {key} overlap"
    open_ends = [row for row in rows if not row["outcome"] and row["date_to"] > TODAY]
    for key in terms:
        live = [
            row
            for row in open_ends
            if (row["account_id"], row["group_id"]) == key
            and row["date_from"] <= TODAY + timedelta(days=366)
        ]
        if len(live) > 1:
            terms_of = "; ".join(
                f"{row['id']}: tier {row['tier_id']}, {row['origin']},"
                f" {row['date_from']} to {row['date_to']}, first of {row['origin_id']}"
                for row in live
            )
            yield (
                f"account and group {key} have {len(live)} terms that are undecided:"
                f" {terms_of}"
            )
    for partner in world.accounts.exists():
        partner = partner.with_company(world.program.company_id)
        shown = {
            "membership": partner.club_tier_id.id or None,
            "grade": partner.club_grade_id.id or None,
        }
        for purpose, tier in shown.items():
            if today.get((partner.id, purpose)) != tier:
                yield (
                    f"account {partner.id} shows {purpose} {tier}, its membership is "
                    f"{today.get((partner.id, purpose))}"
                )


# === Documents === #


def check_documents(env, world, ledger):
    """A signed document took effect once; an open one not at all."""
    posted = defaultdict(Decimal)
    for entry in ledger:
        if entry["kind"] == "adjustment":
            posted[entry["run_id"]] += entry["points"]
    used = set()
    for row in fetch(
        env,
        """
        SELECT d.id, d.approval_state, d.run_id, sum(l.points) AS points
          FROM club_points_adjustment d
          JOIN club_points_adjustment_line l ON l.adjustment_id = d.id
         WHERE d.program_id = %s GROUP BY d.id
        """,
        world.program.id,
    ):
        done = row["approval_state"] == "done"
        if done != bool(row["run_id"]):
            yield f"adjustment {row['id']} is {row['approval_state']} and half done"
        if done and posted.get(row["run_id"]) != row["points"]:
            yield f"adjustment {row['id']} posted {posted.get(row['run_id'])}"
        used.add(row["run_id"])
    if set(posted) - used:
        yield f"runs {set(posted) - used} post no document's adjustment"
    yield from check_overrides(env, world)
    yield from check_signatures(env, world)


def check_overrides(env, world):
    """Each tier set by hand has one membership, and each such membership a paper."""
    papers = fetch(
        env,
        """
        SELECT o.id, o.approval_state, o.membership_id FROM club_tier_override o
          JOIN club_tier_group g ON g.id = o.group_id WHERE g.program_id = %s
        """,
        world.program.id,
    )
    for paper in papers:
        if (paper["approval_state"] == "done") != bool(paper["membership_id"]):
            yield f"override {paper['id']} is {paper['approval_state']} and half done"
    made = fetch(
        env,
        "SELECT id FROM club_membership WHERE program_id = %s AND origin = 'override'",
        world.program.id,
    )
    if {row["id"] for row in made} != {p["membership_id"] for p in papers} - {None}:
        yield "memberships set by hand and their papers differ"
    for row in fetch(
        env,
        """
        SELECT q.id, q.approval_state, q.applied_on, count(m.id) AS n
          FROM club_requalification q
     LEFT JOIN club_requalification_line l ON l.requalification_id = q.id
     LEFT JOIN club_membership m ON m.requalification_line_id = l.id
         WHERE q.program_id = %s GROUP BY q.id
        """,
        world.program.id,
    ):
        done = row["approval_state"] == "done"
        if done != bool(row["applied_on"]) or (row["n"] and not done):
            yield f"requalification {row['id']} is half applied"


def check_signatures(env, world):
    """Nobody signed twice for one body, and who signed all is done."""
    for row in fetch(
        env,
        """
        SELECT s.request_id, s.body_id, count(*) FROM club_approval_signature s
          JOIN club_approval_request r ON r.id = s.request_id
         WHERE s.state = 'signed' AND r.company_id = %s
         GROUP BY 1, 2, s.stage HAVING count(*) > 1
        """,
        world.program.company_id.id,
    ):
        yield f"request {row['request_id']} was signed twice for {row['body_id']}"


def check_imports(env, world):
    """A file counts once."""
    for row in fetch(
        env,
        """
        SELECT company_id, digest, count(*) FROM club_revenue_import
         WHERE state <> 'cancelled' GROUP BY 1, 2 HAVING count(*) > 1
        """,
    ):
        yield f"file {row['digest'][:8]} counts {row['count']} times"
