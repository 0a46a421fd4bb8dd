"""What must hold of a year's papers after a race: contracts and settlements, budgets,
tariffs, figures and what is reported of them, the calendar.

Like `checks`, from the bare tables in plain Python.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

from ...kernel.published_days import PUBLISHED
from ...kernel.working_days import LABOUR
from .checks import expected_points, fetch
from .desk import CONTRACT, YEAR
from .world import MONTH

OPEN = ("waiting", "approved", "done")
VERIFIED_BY = 10  # working days after the month


def check_desk(env, world):
    """Return all that is wrong with these papers, if the seed had any."""
    desk = world.get_shared("desk")
    if not desk:
        return []
    return [
        *(check_contract(env, desk) if desk.has("contract") else ()),
        *(check_settlements(env, desk) if desk.has("contract") else ()),
        *(check_budget(env, desk) if desk.has("budget") else ()),
        *check_tariffs(env, world, desk),
        *(check_bulletins(env, desk) if desk.has("bulletins") else ()),
        *(check_target(env, world, desk) if desk.has("target") else ()),
        *(check_scorecard(env, desk) if desk.has("scorecard") else ()),
        *check_calendar(env),
        *check_deadlines(env, world),
    ]


# === A contract === #


def check_contract(env, desk):
    """What is ordered and billed is within what was signed. C6."""
    contract = desk.contract.id
    (raised,) = fetch(
        env,
        """
        SELECT coalesce(sum(amount), 0) AS amount FROM club_cooperation_supplement
         WHERE cooperation_id = %s AND approval_state = 'done'
        """,
        contract,
    )
    settled = _read_settled(env, contract)
    billed = defaultdict(Decimal)
    for line in fetch(
        env,
        "SELECT id, balance, club_calloff_id, parent_state FROM account_move_line"
        " WHERE club_cooperation_id = %s",
        contract,
    ):
        if line["parent_state"] == "posted" or ("bill", line["id"]) in settled:
            billed[line["club_calloff_id"]] += line["balance"]
    used = sum(billed.values())
    for row in fetch(
        env,
        "SELECT id, amount, state FROM club_cooperation_calloff"
        " WHERE cooperation_id = %s",
        contract,
    ):
        if row["state"] == "confirmed" or ("calloff", row["id"]) in settled:
            used += max(row["amount"] - billed[row["id"]], 0)
    limit = CONTRACT + raised["amount"]
    if used > limit:
        yield f"the contract of {limit} is used for {used}"


def _read_settled(env, contract):
    """Return ``{(kind, id of the source): lines}`` of what sheets under way settle."""
    found = defaultdict(list)
    for line in fetch(
        env,
        """
        SELECT l.id, l.move_line_id, l.calloff_id, l.amount
          FROM club_settlement_line l JOIN club_settlement s ON s.id = l.settlement_id
         WHERE s.cooperation_id = %s AND s.approval_state IN %s
        """,
        contract,
        OPEN,
    ):
        kind = "bill" if line["move_line_id"] else "calloff"
        found[kind, line["move_line_id"] or line["calloff_id"]].append(line)
    return found


def check_settlements(env, desk):
    """What a sheet settles is there, was listed once, and sums up. C6, E3."""
    settled = _read_settled(env, desk.contract.id)
    for (kind, source), lines in settled.items():
        if len(lines) > 1:
            yield f"{kind} {source} is settled {len(lines)} times"
        if kind == "bill":
            (row,) = fetch(
                env,
                "SELECT parent_state AS state, balance AS amount"
                "  FROM account_move_line WHERE id = %s",
                source,
            )
            stands = row["state"] == "posted"
        else:
            (row,) = fetch(
                env,
                "SELECT state, amount FROM club_cooperation_calloff WHERE id = %s",
                source,
            )
            stands = row["state"] in ("confirmed", "closed")
            (bills,) = fetch(
                env,
                "SELECT count(*) FROM account_move_line"
                " WHERE club_calloff_id = %s AND parent_state = 'posted' AND id IN"
                " (SELECT move_line_id FROM club_settlement_line WHERE is_settled)",
                source,
            )
            if bills["count"]:
                yield f"call-off {source} is settled, and its bill as well"
        if not stands:
            yield f"{kind} {source} is settled and is {row['state']}"
        if lines[0]["amount"] != row["amount"]:
            yield f"{kind} {source} of {row['amount']} is settled as {lines[0]}"
    for row in fetch(
        env,
        """
        SELECT s.id, s.total, s.approval_state, coalesce(sum(l.amount), 0) AS amount,
               bool_and(l.is_settled) AS settled, bool_or(l.is_settled) AS any
          FROM club_settlement s
     LEFT JOIN club_settlement_line l ON l.settlement_id = s.id
         WHERE s.cooperation_id = %s GROUP BY s.id
        """,
        desk.contract.id,
    ):
        if row["total"] != row["amount"]:
            yield f"settlement {row['id']} of {row['total']} lists {row['amount']}"
        under_way = row["approval_state"] in OPEN
        if (under_way and not row["settled"]) or (not under_way and row["any"]):
            yield f"settlement {row['id']} is {row['approval_state']}, half settled"


# === Budgets and tariffs === #


def check_budget(env, desk):
    """Each account has one line, and nothing changes once it is submitted. B8."""
    sheet = desk.budget.id
    for row in fetch(
        env,
        "SELECT account_id, count(*) FROM club_marketing_budget"
        " WHERE budget_id = %s GROUP BY 1 HAVING count(*) > 1",
        sheet,
    ):
        yield f"account {row['account_id']} has {row['count']} lines of a budget"
    (document,) = fetch(env, "SELECT * FROM club_budget WHERE id = %s", sheet)
    lines = fetch(
        env, "SELECT * FROM club_marketing_budget WHERE budget_id = %s", sheet
    )
    for line in lines:
        if line["proposed"] != line["granted"] and not line["reason"]:
            yield f"line {line['id']} grants {line['granted']} without a reason"
    if document["approval_state"] in OPEN:
        (request,) = fetch(
            env,
            "SELECT amount FROM club_approval_request WHERE id = %s",
            document["approval_request_id"],
        )
        granted = sum(line["granted"] for line in lines)
        if request["amount"] != granted and not desk.world.is_merged():
            yield f"submitted were {request['amount']}, the sheet grants {granted}"


def check_tariffs(env, world, desk):
    """One tariff a day, one line of the price list each, and who has the tier has it.
    D18.
    """
    tariffs = fetch(
        env,
        "SELECT * FROM club_tariff WHERE program_id = %s AND approval_state = 'done'"
        " ORDER BY date_from, id",
        world.program.id,
    )
    if not tariffs:
        return
    in_force = []
    for tariff in tariffs:
        items = fetch(
            env,
            "SELECT id, date_end FROM product_pricelist_item WHERE club_tariff_id = %s",
            tariff["id"],
        )
        last = tariff["last_day"] or date.max
        taken_back = last < tariff["date_from"]
        if len(items) != (0 if taken_back else 1):
            yield f"tariff {tariff['id']} has {len(items)} lines of a price list"
        for item in items:
            # The list ends in Greenwich, some hours before or after midnight here.
            if item["date_end"] and item["date_end"].date() != last:
                yield f"tariff {tariff['id']} ends {last}, its line {item['date_end']}"
        if not taken_back:
            in_force.append((tariff["date_from"], last, tariff["id"]))
    for one, other in zip(in_force, in_force[1:], strict=False):
        if other[0] <= one[1]:
            yield f"tariffs {one[2]} and {other[2]} are in force on {other[0]}"
    given = any(first <= desk.today <= last for first, last, _id in in_force)
    (pricelist,) = fetch(
        env, "SELECT id FROM product_pricelist WHERE club_tier_id = %s", desk.gold.id
    ) or [{"id": None}]
    company = str(world.program.company_id.id)
    for row in fetch(
        env,
        """
        SELECT id, club_tier_id ->> %s AS tier,
               specific_property_product_pricelist ->> %s AS list
          FROM res_partner WHERE id = ANY(%s)
        """,
        company,
        company,
        world.accounts.ids,
    ):
        wanted = given and row["tier"] == str(desk.gold.id) and str(pricelist["id"])
        if row["list"] != (wanted or None):
            yield f"account {row['id']} has list {row['list']} instead of {wanted}"


# === Figures, and what is reported of them === #


def check_bulletins(env, desk):
    """One of each period, numbered without a gap, each section once. E11."""
    bulletins = fetch(
        env,
        "SELECT * FROM club_bulletin WHERE unit_id = %s ORDER BY id",
        desk.world.unit.id,
    )
    for key, count in Counter(
        (b["kind"], b["month"], b["corrects_id"]) for b in bulletins
    ).items():
        if count > 1:
            yield f"{count} bulletins of {key}"
    for bulletin in bulletins:
        issued = bulletin["state"] == "issued"
        readers = fetch(
            env,
            "SELECT user_id, count(*) FROM club_bulletin_reader"
            " WHERE bulletin_id = %s GROUP BY 1",
            bulletin["id"],
        )
        if issued != bool(bulletin["name"]) or issued != bool(readers):
            yield f"bulletin {bulletin['id']} is half issued"
        if any(row["count"] > 1 for row in readers):
            yield f"bulletin {bulletin['id']} was issued to somebody twice"
        kinds = [
            row["kind"]
            for row in fetch(
                env,
                "SELECT kind FROM club_bulletin_section WHERE bulletin_id = %s",
                bulletin["id"],
            )
        ]
        if len(kinds) > len(set(kinds)):
            yield f"bulletin {bulletin['id']} has sections {sorted(kinds)}"
    names = fetch(
        env,
        "SELECT name FROM club_bulletin WHERE company_id = %s AND name IS NOT NULL",
        desk.case.company.id,
    )
    numbers = sorted(int(row["name"].rsplit("/", 1)[1]) for row in names)
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"bulletins are numbered {numbers[-5:]}, there are {len(numbers)}"


def check_target(env, world, desk):
    """What was reached is the revenue of the unit, and a late change says why. D10."""
    reached = sum(
        revenue
        for (account, month, _category), (revenue, _points) in expected_points(
            env, world
        ).items()
        if month == MONTH and _get_unit(env, world, account) == world.unit.id
    )
    (target,) = fetch(
        env, "SELECT actual FROM club_target WHERE id = %s", desk.target.id
    )
    if abs(target["actual"] - reached) > Decimal("0.01"):
        yield f"the target reached {target['actual']}, revenue is {reached}"


def _get_unit(env, world, account):
    (row,) = fetch(
        env,
        "SELECT club_unit_id ->> %s AS unit FROM res_partner WHERE id = %s",
        str(world.program.company_id.id),
        account,
    )
    return row["unit"] and int(row["unit"])


def check_scorecard(env, desk):
    """The score is what its lines say, which weigh 100 and are each there once. E9."""
    (card,) = fetch(
        env, "SELECT * FROM club_scorecard WHERE id = %s", desk.scorecard.id
    )
    lines = fetch(
        env, "SELECT * FROM club_scorecard_line WHERE scorecard_id = %s", card["id"]
    )
    codes = [line["code"] for line in lines]
    if len(codes) > len(set(codes)) or sum(line["weight"] for line in lines) != 100:
        yield f"the scorecard has lines {sorted(codes)}"
    measured = sum(line["weight"] for line in lines if line["is_measured"])
    if measured != card["measured_weight"]:
        yield f"the scorecard weighs {card['measured_weight']}, its lines {measured}"
    if (card["state"] == "issued") != bool(card["issued_on"] and card["names"]):
        yield f"the scorecard is {card['state']}, {card['issued_on']}"


# === The calendar === #


def check_calendar(env):
    """A year is one notice's, from its first day to its last; numbers count on. B5."""
    rows = fetch(env, "SELECT * FROM club_day ORDER BY date")
    count, before = 0, None
    for row in rows:
        count += row["is_working"]
        if row["number"] != count:
            yield f"{row['date']} is number {row['number']}, not {count}"
            break
        if before and row["date"] != before + timedelta(days=1):
            yield f"{before} is followed by {row['date']}"
        before = row["date"]
    working = {row["date"]: row["is_working"] for row in rows}
    (labour,) = (each for each in PUBLISHED[YEAR] if each.name == LABOUR)
    works = [working[labour.last + timedelta(days=n)] for n in range(1, 4)]
    if works != sorted(works):  # each notice has some days off, then none
        yield f"the year is of two notices: {works}"
    cached = set(env["club.day"]._get_working_days()[2])
    if cached != {day for day, works in working.items() if works}:
        yield "the calendar that is cached isn't the one that is there"


def check_deadlines(env, world):
    """What waits to be verified is due as the calendar of now says. B5."""
    days = [
        row["date"]
        for row in fetch(
            env, "SELECT date FROM club_day WHERE is_working AND date > %s", MONTH
        )
    ]
    days.sort()
    for row in fetch(
        env,
        "SELECT id, month, date_deadline FROM club_points_run"
        " WHERE program_id = %s AND month = %s AND state <> 'posted'",
        world.program.id,
        MONTH,
    ):
        due = [day for day in days if day.month != MONTH.month][VERIFIED_BY - 1]
        if row["date_deadline"] != due:
            yield f"run {row['id']} is due on {row['date_deadline']}, not on {due}"
