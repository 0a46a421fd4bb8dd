"""What must hold of a day's guests, gifts, bookings and hand-overs after a race.

Like `checks`, from the bare tables in plain Python.
"""

from collections import Counter
from decimal import Decimal

from odoo import fields

from .checks import fetch
from .day import ATTENDANCE, GIFT_LIMIT, OWED, SEATS, STOCK, TAKEN_POINTS

SEATED = ("confirmed", "attended")


def check_day(env, world, ledger):
    """Return all that is wrong with the day, if the seed had one."""
    day = world.get_shared("day")
    if not day:
        return []
    return [
        *(check_guests(env, day) if day.has("guests") else ()),
        *(check_attendance(env, day, ledger) if day.has("guests") else ()),
        *check_cards(env, day),
        *(check_stock(env, day) if day.has("reward") else ()),
        *check_gifts(env, day),
        *(check_vouchers(env, day) if day.has("batch") else ()),
        *(check_bookings(env, day) if day.has("benefit") else ()),
        *(check_venue(env, day) if day.has("venue") else ()),
        *check_care(env, world, day),
        *check_taken_on(env, world, ledger),
    ]


def check_guests(env, day):
    """No seat twice, nobody waits for a free one, each seat has one registration."""
    (activity,) = fetch(
        env, "SELECT * FROM club_activity WHERE id = %s", day.activity.id
    )
    guests = fetch(
        env,
        """
        SELECT i.id, i.state, i.contact_id, r.id AS registration, r.state AS registered,
               r.active
          FROM club_invitation i
     LEFT JOIN event_registration r ON r.id = i.registration_id
         WHERE i.activity_id = %s
        """,
        day.activity.id,
    )
    states = Counter(guest["state"] for guest in guests)
    # Who had a seat and didn't come keeps the registration.
    seated = [guest for guest in guests if guest["state"] in (*SEATED, "absent")]
    # Once the doors have closed, who comes gets a seat beside those of no-shows.
    is_over = activity["date_end"] <= fields.Datetime.now()
    if len(seated) > SEATS and not is_over:
        yield f"{len(seated)} guests have {SEATS} seats"
    if activity["stage"] == "cancelled":
        if len(states) > states["cancelled"] and set(states) != {"cancelled"}:
            yield f"the activity is called off, its guests are {dict(states)}"
        return
    if states["waiting"] and len(seated) < SEATS:
        yield f"{states['waiting']} wait while {SEATS - len(seated)} seats are free"
    for guest in seated:
        wanted = "done" if guest["state"] == "attended" else "open"
        if guest["registered"] != wanted or not guest["active"]:
            yield f"guest {guest['id']} ({guest['state']}) is {guest['registered']}"
    taken = fetch(
        env,
        """
        SELECT count(*) FROM event_registration
         WHERE event_id = %s AND active AND state IN ('open', 'done')
        """,
        activity["event_id"],
    )[0]["count"]
    if taken != len(seated):
        yield f"{taken} registrations for {len(seated)} guests with a seat"
    people = Counter(g["contact_id"] for g in guests if g["state"] != "cancelled")
    for contact, count in people.items():
        if count > 1:
            yield f"contact {contact} is invited {count} times"


def check_attendance(env, day, ledger):
    """Each guest who came to what was held earns the points once, nobody else. B10."""
    came = Counter(
        row["account_id"]
        for row in fetch(
            env,
            """
            SELECT i.account_id FROM club_invitation i
              JOIN club_activity a ON a.id = i.activity_id
             WHERE a.id = %s AND a.stage = 'held' AND i.state = 'attended'
            """,
            day.activity.id,
        )
    )
    posted = Counter()
    for entry in ledger:
        if entry["kind"] == "attendance":
            posted[entry["account_id"]] += entry["points"]
    for account in {*came, *posted}:
        if posted[account] != came[account] * ATTENDANCE:
            yield (
                f"account {account} has {posted[account]} points for {came[account]} "
                "guests"
            )


def check_cards(env, day):
    """An account has one card in use, each replaced one names the next. A13."""
    cards = fetch(
        env,
        "SELECT * FROM club_card WHERE account_id = ANY(%s) ORDER BY id",
        day.members.ids,
    )
    live = Counter(
        (card["account_id"], card["group_id"])
        for card in cards
        if card["state"] in ("to_print", "printed", "handed_over")
    )
    for key, count in live.items():
        if count > 1:
            yield f"account and group {key} have {count} cards in use"
    after = Counter(card["replaced_by_id"] for card in cards)
    for card in cards:
        if card["state"] == "replaced" and not card["replaced_by_id"]:
            yield f"card {card['id']} was replaced by none"
        if after[card["id"]] > 1 and not day.is_merged():
            yield f"card {card['id']} replaces {after[card['id']]}"
        if (card["state"] in ("lost", "returned", "replaced")) != bool(
            card["ended_at"]
        ):
            yield f"card {card['id']} is {card['state']}, ended {card['ended_at']}"


def check_stock(env, day):
    """No piece is promised twice."""
    (row,) = fetch(
        env,
        """
        SELECT coalesce(sum(quantity), 0) AS taken FROM club_redemption
         WHERE reward_id = %s AND state IN ('reserved', 'debited')
        """,
        day.reward.id,
    )
    if row["taken"] > STOCK:
        yield f"{row['taken']} pieces of {STOCK} are promised"


def check_gifts(env, day):
    """What is promised and given in a year is within the limit."""
    (row,) = fetch(
        env,
        """
        SELECT coalesce(sum(value), 0) AS total FROM club_gift
         WHERE account_id = %s AND state IN ('confirmed', 'given')
        """,
        day.members[0].id,
    )
    if row["total"] > GIFT_LIMIT:
        yield f"gifts of {row['total']} are promised, the limit is {GIFT_LIMIT}"
    for gift in fetch(
        env,
        "SELECT * FROM club_gift WHERE account_id = %s",
        day.members[0].id,
    ):
        was_given = gift["state"] in ("given", "returned")
        if was_given != bool(gift["given_on"]):
            yield f"gift {gift['id']} is {gift['state']}, given on {gift['given_on']}"


def check_vouchers(env, day):
    """A voucher was redeemed, or was cancelled."""
    vouchers = fetch(
        env, "SELECT * FROM club_voucher WHERE batch_id = %s", day.batch.id
    )
    for row in vouchers:
        if bool(row["redeemed_on"]) != (row["state"] == "redeemed"):
            yield f"voucher {row['id']} ({row['state']}): {row['redeemed_on']}"


def check_bookings(env, day):
    """Nobody uses more than he is owed."""
    (row,) = fetch(
        env,
        """
        SELECT count(*) FROM club_benefit_booking
         WHERE benefit_id = %s AND state IN ('booked', 'used', 'missed') AND is_counted
        """,
        day.benefit.id,
    )
    if row["count"] > OWED:
        yield f"{row['count']} bookings count, {OWED} are owed"


def check_venue(env, day):
    """The room takes one party at a time."""
    rows = fetch(
        env,
        """
        SELECT date_from, date_to FROM club_venue_booking
         WHERE venue_id = %s AND state <> 'cancelled' ORDER BY date_from
        """,
        day.venue.id,
    )
    for one, other in zip(rows, rows[1:], strict=False):
        if other["date_from"] < one["date_to"]:
            yield f"the room is taken twice at {other['date_from']}"


def check_care(env, world, day):
    """One manager, one lead of the team, nothing owed twice, nobody greeted twice."""
    account = day.members[1]
    handover = world.get_shared("day handover")
    (row,) = fetch(
        env,
        "SELECT club_manager_id ->> %s AS manager FROM res_partner WHERE id = %s",
        str(world.program.company_id.id),
        account.id,
    )
    state = (
        handover
        and fetch(env, "SELECT state FROM club_handover WHERE id = %s", handover.id)[0][
            "state"
        ]
    )
    case = world.case
    wanted = case.other_manager if state == "done" else case.manager
    if row["manager"] != str(wanted.id):
        yield f"the hand-over is {state}, the manager {row['manager']}"
    leads = fetch(
        env,
        """
        SELECT user_id FROM club_account_team
         WHERE account_id = %s AND role = 'lead' AND date_to IS NULL
        """,
        account.id,
    )
    if [lead["user_id"] for lead in leads] != [wanted.id]:
        yield f"the hand-over is {state}, the leads are {leads}"
    for row in fetch(
        env,
        """
        SELECT rule_id, period, count(*) FROM club_duty
         WHERE account_id = ANY(%s) GROUP BY account_id, rule_id, contact_id, period
        HAVING count(*) > 1
        """,
        day.members.ids,
    ):
        yield f"{row['count']} duties of rule {row['rule_id']} for {row['period']}"
    for row in fetch(
        env,
        """
        SELECT res_partner_id AS person, count(*) FROM mail_mail_res_partner_rel
         WHERE res_partner_id = %s GROUP BY 1 HAVING count(*) > 1
        """,
        day.people[2].id,
    ):
        if world.get_shared("day greeting"):
            yield f"{row['count']} mails greet {row['person']}"


def check_taken_on(env, world, ledger):
    """A sheet is applied once, or not at all."""
    document = world.get_shared("day take on")
    if not document:
        return
    accounts = fetch(
        env,
        "SELECT id FROM res_partner WHERE name = %s AND is_company",
        f"{world.name} Taken",
    )
    ids = {row["id"] for row in accounts}
    points = sum((e["points"] for e in ledger if e["account_id"] in ids), Decimal(0))
    (row,) = fetch(
        env, "SELECT approval_state FROM club_take_on WHERE id = %s", document.id
    )
    done = row["approval_state"] == "done"
    if (len(ids), points) != ((1, TAKEN_POINTS) if done else (0, 0)):
        yield f"take-on {row['approval_state']}: {len(ids)} accounts, {points} points"
