"""What must hold after a race, recomputed in plain Python from the bare tables.

Nothing here uses the add-on's own SQL or sums: each check returns sentences that say
what is wrong, none when all is well.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo.exceptions import AccessError, UserError

from .world import STEP, TODAY

CENT = Decimal("0.01")
# What PostgreSQL or Odoo would say in words that aren't for users.
RAW = ("violates", "duplicate key", "could not", "Unknown", "Another model is using")


def fetch(env, query, *params):
    """Return the rows of a query as dicts, numbers exact."""
    env.cr.execute(query, list(params))
    return [
        {
            name: Decimal(repr(value)) if isinstance(value, float) else value
            for name, value in row.items()
        }
        for row in env.cr.dictfetchall()
    ]


def check_ledger(env, world, ledger):
    """Return all that is wrong with the ledger, balances and redemptions."""
    return [
        *check_posted_runs(env, world, ledger),
        *check_ledger_is_facts(env, world, ledger),
        *check_chain(env, world),
        *check_balances(env, world, ledger),
        *check_redemptions(env, world, ledger),
    ]


def check_errors(results):
    """An error is a sentence for users, or Odoo has started anew unseen."""
    for steps in results:
        for label, error in steps:
            if error is None:
                continue
            if not isinstance(error, UserError):
                yield f"{label}: {type(error).__name__}: {error}"
            elif any(word in str(error) for word in RAW):
                yield f"{label}: not a sentence for users: {error}"
            elif isinstance(error, AccessError) and "doesn't have" in str(error):
                yield f"{label}: {error}"


# === The ledger === #


def read_ledger(env, world):
    """Return the posted entries, in the order of the chain."""
    env.flush_all()
    return fetch(
        env,
        """
        SELECT e.*, r.chain_no, r.kind AS run_kind, r.redemption_id
          FROM club_points_entry e JOIN club_points_run r ON r.id = e.run_id
         WHERE r.program_id = %s AND r.state = 'posted' ORDER BY r.chain_no, e.id
        """,
        world.program.id,
    )


def check_posted_runs(env, world, ledger):
    """After each run every fact is counted once or not at all, at one of the rates."""
    cent = CENT if world.is_merged() else 0
    revenue, points = defaultdict(Decimal), defaultdict(Decimal)
    runs = defaultdict(list)
    for entry in ledger:
        if entry["kind"] == "revenue":
            runs[entry["chain_no"]].append(entry)
    for number, entries in sorted(runs.items()):
        for entry in entries:
            revenue[key_of(entry)] += entry["revenue"]
            points[key_of(entry)] += entry["points"]
        for key in {key_of(entry) for entry in entries}:
            total = revenue[key]
            if not is_set_of_facts(total):
                yield f"run {number} of the chain: {key} comes to {total}"
            rates = world.rates.get(key[2], {"0"})
            allowed = [round_half_up(total * Decimal(rate)) for rate in rates]
            if not any(abs(points[key] - value) <= cent for value in allowed):
                yield f"run {number}: {key} has {points[key]}, not one of {allowed}"


def key_of(entry):
    return entry["account_id"], entry["revenue_month"], entry["category_id"]


def is_set_of_facts(total):
    """Tell whether an amount is a sum of facts that are all different."""
    steps, rest = divmod(total, STEP)
    if rest or steps < 0:
        return False
    while steps:
        steps, digit = divmod(steps, 4)
        if digit > 1:
            return False
    return True


def round_half_up(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def check_ledger_is_facts(env, world, ledger):
    """The ledger has what the facts × rates of now say."""
    want, cent = expected_points(env, world), CENT if world.is_merged() else 0
    have, earned = defaultdict(Decimal), defaultdict(Decimal)
    for entry in ledger:
        if entry["kind"] == "revenue":
            have[key_of(entry)] += entry["points"]
            earned[key_of(entry)] += entry["revenue"]
    for key in sorted({*want, *have}, key=str):
        revenue, points = want.get(key, (Decimal(0), Decimal(0)))
        if abs(have[key] - points) > cent or earned[key] != revenue:
            yield (
                f"{key}: ledger {earned[key]} → {have[key]}, facts {revenue} → {points}"
            )


def expected_points(env, world):
    """Return revenue and points by account, month and category, from what is booked."""
    revenue = defaultdict(Decimal)
    for line in fetch(
        env,
        """
        SELECT m.commercial_partner_id AS account_id, l.date, t.categ_id,
               CASE m.move_type WHEN 'out_refund' THEN -l.price_subtotal
                                ELSE l.price_subtotal END AS amount
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
          JOIN product_product p ON p.id = l.product_id
          JOIN product_template t ON t.id = p.product_tmpl_id
         WHERE m.state = 'posted' AND m.commercial_partner_id = ANY(%s)
        """,
        world.accounts.ids,
    ):
        key = line["account_id"], line["date"].replace(day=1), line["categ_id"]
        revenue[key] += line["amount"]
    for row in fetch(
        env,
        "SELECT account_id, month, category_id, amount FROM club_revenue_line"
        " WHERE state = 'valid' AND account_id = ANY(%s)",
        world.accounts.ids,
    ):
        revenue[row["account_id"], row["month"], row["category_id"]] += row["amount"]
    rates = fetch(
        env,
        """
        SELECT category_id, value, date_from, date_to FROM club_points_rate
         WHERE program_id = %s AND approval_state = 'done' AND replaced_by_id IS NULL
        """,
        world.program.id,
    )
    found = {}
    for (account, month, category), amount in revenue.items():
        in_force = [
            rate["value"]
            for rate in rates
            if rate["category_id"] == category
            and rate["date_from"] <= month
            and (not rate["date_to"] or rate["date_to"] >= month)
        ]
        if len(in_force) != 1:
            raise AssertionError(f"{len(in_force)} rates in force for {month}")
        points = round_half_up(amount * in_force[0])
        found[account, month, category] = amount, points
    return found


def check_chain(env, world):
    """Each link names the one before, none is missing, and the seals fit."""
    runs = fetch(
        env,
        """
        SELECT r.id, r.chain_no, r.seal, r.previous_seal, r.entry_count,
               r.points, count(e.id) AS entries, coalesce(sum(e.points), 0) AS total
          FROM club_points_run r LEFT JOIN club_points_entry e ON e.run_id = r.id
         WHERE r.program_id = %s AND r.state = 'posted'
         GROUP BY r.id ORDER BY r.chain_no
        """,
        world.program.id,
    )
    before = None
    for place, run in enumerate(runs, start=1):
        if run["chain_no"] != place or (run["previous_seal"] or None) != before:
            yield f"run {run['id']} isn't link {place} of the chain"
        # The opening run was posted without being counted.
        if place > 1 and (
            run["entry_count"] != run["entries"]
            or abs(run["points"] - run["total"]) >= CENT
        ):
            yield f"run {run['id']} says other totals than its entries have"
        before = run["seal"]
    if world.program._find_broken_run():
        yield "a seal doesn't fit"


# === Balances === #


def check_balances(env, world, ledger):
    """Nobody spends what isn't there; only corrections may leave a debt. B7, B13."""
    balance, corrected = defaultdict(Decimal), defaultdict(Decimal)
    lots = defaultdict(Decimal)
    for entry in ledger:
        points = entry["points"]
        account = entry["account_id"]
        balance[account] += points
        lots[account, entry["valid_until"]] += points
        if entry["kind"] == "revenue" and points < 0:
            corrected[account] -= points
        low = balance[account] + corrected[account]
        if low < 0:
            yield f"account {account} falls to {low} in link {entry['chain_no']}"
    for row in fetch(
        env,
        "SELECT id, account_id, lots FROM club_redemption"
        " WHERE program_id = %s AND state = 'reserved'",
        world.program.id,
    ):
        for lot in row["lots"]:
            balance[row["account_id"]] -= Decimal(lot["points"])
            lots[row["account_id"], day_of(lot["until"])] -= Decimal(lot["points"])
    for account, available in balance.items():
        if available + corrected[account] < 0:
            yield f"account {account} has {available} available"
    for (account, until), left in lots.items():
        if until and left + corrected[account] < 0:
            yield f"account {account} has {left} left of the lot until {until}"


def day_of(text):
    return text and type(TODAY).fromisoformat(text)


def check_redemptions(env, world, ledger):
    """What a redemption posted is what its state says."""
    posted, runs = defaultdict(Decimal), defaultdict(set)
    for entry in ledger:
        if entry["redemption_id"]:
            posted[entry["redemption_id"]] += entry["points"]
            runs[entry["redemption_id"]].add((entry["run_id"], entry["points"] > 0))
    for row in fetch(
        env,
        "SELECT id, state, points, points_returned, lots FROM club_redemption"
        " WHERE program_id = %s",
        world.program.id,
    ):
        points, back = row["points"], row["points_returned"] or 0
        taken = row["state"] in ("debited", "returned")
        if posted[row["id"]] != (back - points if taken else 0):
            yield f"redemption {row['id']} ({row['state']}) posted {posted[row['id']]}"
        if sum(not gives for _run, gives in runs[row["id"]]) > 1:
            yield f"redemption {row['id']} was debited twice"
        if row["state"] == "returned" and back != points:
            yield f"redemption {row['id']} is returned, but for {back} of {points}"
        held = sum(Decimal(lot["points"]) for lot in row["lots"] or [])
        if row["state"] in ("reserved", "debited", "returned") and held != points:
            yield f"redemption {row['id']} of {points} holds {held}"
