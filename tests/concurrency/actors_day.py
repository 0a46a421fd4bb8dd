"""Who takes part in a day of the club, as `actors` has who takes part in its ledger."""

from datetime import timedelta

from odoo import fields

from ..worth.reward_case import SIGNATURE
from .actors import press
from .day import Day
from .scheduler import Step


def _get_day(world):
    return world.once("day", lambda: Day(world))


# === Guests === #


def confirm_guest(world):
    """The officer confirms a guest, late, who may be confirmed already."""
    day = _get_day(world)
    guest = day.choose(day.guests[2:])
    return [press(world.case.officer, guest, "action_confirm")]


def decline_guest(world):
    """A guest who has a seat declines, and comes to think of it again."""
    day = _get_day(world)
    guest = day.choose(day.guests)
    again = world.random.choice([[], ["action_confirm"], ["action_wait"]])
    return [
        press(world.case.officer, guest, method)
        for method in ["action_decline", *again]
    ]


def cancel_guest(world):
    day = _get_day(world)
    return [press(world.case.officer, day.choose(day.guests), "action_cancel")]


def check_in_guest(world):
    """Somebody is let in at the door, by mistake another time."""
    day = _get_day(world)
    guest = day.choose(day.guests[:3])
    number = guest.id

    def enter(env):
        invitation = env["club.invitation"].browse(number)
        invitation.activity_id.action_enter(invitation.id)

    return [Step("officer: let in", world.case.officer.id, enter)] * 2


def invite_another(world):
    """The officer invites one more, who is known to him only."""
    day = _get_day(world)
    person = day.once(
        "another", lambda: world.case._create_contacts(day.members[0], 1, "Another")
    )
    values = {"activity_id": day.activity.id, "contact_id": person.id}

    def invite(env):
        env["club.invitation"].create(values).action_invite()

    return [Step("officer: invite another", world.case.officer.id, invite)]


def scan_card(world):
    """A guest shows his card at the door, which somebody else may report lost."""
    day = _get_day(world)
    activity, number = day.activity.id, day.card.number

    def scan(env):
        env["club.activity"].browse(activity).action_scan_card(number)

    return [Step("officer: scan a card", world.case.officer.id, scan)]


def end_card(world):
    """The card is lost, comes back, or is replaced by another one."""
    day = _get_day(world)
    kind = world.random.choice(["lost", "returned", "replace", "replace"])
    values = {"kind": kind, "card_ids": day.card.ids, "reason": "Left in a taxi"}

    def end(env):
        env["club.card.step"].create(values).action_apply()

    return [Step(f"officer: card {kind}", world.case.officer.id, end)]


def issue_cards(world):
    """Issue cards to those who have none, and who may have one by now."""
    day = _get_day(world)
    lacking = day.get_memberships(day.members[: world.random.choice([2, 3])])
    return [press(world.case.officer, lacking, "action_issue_cards")]


def settle_activity(world):
    """Say that it was held, post its attendance, put that right, and post again."""
    day = _get_day(world)
    officer, activity = world.case.officer, day.activity
    guest = day.choose(day.guests[:3])
    correct = world.random.choice(["action_attend", "action_miss"])
    post = press(officer, activity, "action_post_attendance")
    return world.random.choice(
        [
            [press(officer, activity, "action_hold"), post],
            [press(officer, activity, "action_hold"), press(officer, guest, correct)],
            [press(officer, guest, correct), post, post],
        ]
    )


def move_activity(world):
    day = _get_day(world)
    begin = fields.Datetime.now() + timedelta(days=world.random.randint(1, 9))
    values = {"kind": "move", "date_begin": begin}
    return [_change(world, day, {**values, "date_end": begin + timedelta(hours=3)})]


def call_off_activity(world):
    return [_change(world, _get_day(world), {"kind": "cancel"})]


def _change(world, day, values):
    number = day.activity.id

    def change(env):
        env["club.activity.change"].create(
            {"activity_id": number, "reason": "Storm", **values}
        ).action_apply()

    return Step(f"officer: {values['kind']}", world.case.officer.id, change)


# === Given out === #


def order_reward(world):
    """Order a piece, then have it delivered, or not."""
    order = _get_day(world).make_order()
    later = world.random.choice([[], ["action_cancel"]])
    return [
        press(world.case.officer, order, method)
        for method in ["action_reserve", *later]
    ]


def deliver_order(world):
    """Somebody else delivers what was ordered; it may come back."""
    day = _get_day(world)
    order = (
        day.once("order", day.make_reserved)
        if world.random.random() < 0.6
        else day.make_reserved()
    )
    number, lead = order.id, world.case.lead

    def deliver(env):
        found = env["club.redemption"].browse(number)
        found.write({"received_by": "Ms Lin", "receipt_signature": SIGNATURE})
        found.action_debit()

    return world.random.choice(
        [
            [Step("lead: deliver", lead.id, deliver)],
            [
                Step("lead: deliver", lead.id, deliver),
                press(lead, order, "action_return"),
            ],
            [press(world.case.officer, order, "action_cancel")],
        ]
    )


def give_gift(world):
    """Give what was promised, or not; a lead may take it back."""
    day = _get_day(world)
    gift = day.once("gift", day.make_gift)
    number, officer = gift.id, world.case.officer

    def write_and(method, values):
        def do(env):
            found = env["club.gift"].browse(number)
            found.write(values)
            getattr(found, method)()

        return do

    undone = {"undone_reason": "Came back"}
    give = Step(
        "officer: give", officer.id, write_and("action_give", {"received_by": "Lin"})
    )
    back = Step(
        "lead: take back", world.case.lead.id, write_and("action_return", undone)
    )
    refuse = Step("officer: refused", officer.id, write_and("action_refuse", undone))
    return world.random.choice(
        [
            [give],
            [give, back],
            [refuse],
            [press(officer, gift, "action_call_off")],
            [press(officer, gift.list_id, "action_close")],
        ]
    )


def promise_gift(world):
    """Confirm a list; three of them would be more than the limit."""
    day = _get_day(world)
    found = day.make_gift_list()
    if world.random.random() < 0.4:
        found = day.once("gifts", lambda: found)
    return [press(world.case.officer, found, "action_confirm")]


def redeem_voucher(world):
    day = _get_day(world)
    code = day.choose(day.vouchers).code

    def redeem(env):
        env["club.voucher.redemption"].create({"code": code}).action_redeem()

    return [Step("manager: redeem a voucher", world.case.manager.id, redeem)]


def cancel_vouchers(world):
    day = _get_day(world)
    day.once("cancelled", lambda: day.batch.write({"cancel_reason": "Over"}))
    return [press(world.case.officer, day.batch, "action_cancel")]


def book_benefit(world):
    """Book what is owed; three times would be more than that."""
    day = _get_day(world)
    booking = day.make_booking()
    if world.random.random() < 0.4:
        booking = day.once("booking", lambda: booking)
    later = world.random.choice([[], ["action_cancel"], ["action_use"]])
    return [
        press(world.case.officer, booking, method) for method in ["action_book", *later]
    ]


def book_venue(world):
    """Take the room for two hours; some of them are the same."""
    day = _get_day(world)
    hour = world.random.choice([9, 10, 11, 13])
    values = {
        "venue_id": day.venue.id,
        "date_from": f"{day.today} {hour:02}:00:00",
        "date_to": f"{day.today} {hour + 2:02}:00:00",
        "purpose": "Tea",
    }

    def take(env):
        env["club.venue.booking"].create(values)

    return [Step("manager: take the room", world.case.manager.id, take)]


# === Care === #


def record_contact(world):
    """The manager records a contact of an account that may change hands."""
    day = _get_day(world)
    number = day.members[1].id

    def record(env):
        env["club.contact.log"].create(
            {"account_id": number, "channel": "call", "conversation": "Boxes"}
        )

    return [Step("manager: record a contact", world.case.manager.id, record)]


def hand_over(world):
    """Take the account over, or call that off."""
    day = _get_day(world)
    handover = day.once("handover", day.make_handover)
    if world.random.random() < 0.3:
        return [press(world.case.officer, handover, "action_cancel")]
    return [press(world.case.other_manager, handover, "action_take")]


def send_greeting(world):
    day = _get_day(world)
    greeting = day.once("greeting", day.make_greeting)
    return [press(world.case.officer, greeting, "action_send")]


def take_on(world):
    """Apply a sheet that somebody else may be applying."""
    day = _get_day(world)
    document = day.once("take on", day.make_take_on)
    return [press(world.case.officer, document, "action_apply")]


def merge_members(world):
    """Two of the members turn out to be one account."""
    day = _get_day(world)
    pair = world.random.choice([day.members[1:3], day.members[3:]])
    target, source = pair.ids

    def merge(env):
        wizard = env["base.partner.merge.automatic.wizard"]
        wizard._merge([target, source], env["res.partner"].browse(target))

    return [Step("root: merge members", world.case.root.id, merge)]


# Each with its weight.
ACTORS = {
    confirm_guest: 5,
    decline_guest: 4,
    cancel_guest: 2,
    check_in_guest: 4,
    invite_another: 2,
    scan_card: 3,
    end_card: 2,
    issue_cards: 2,
    settle_activity: 5,
    move_activity: 1,
    call_off_activity: 1,
    order_reward: 4,
    deliver_order: 4,
    promise_gift: 3,
    give_gift: 4,
    redeem_voucher: 3,
    cancel_vouchers: 1,
    book_benefit: 3,
    book_venue: 2,
    record_contact: 2,
    hand_over: 3,
    send_greeting: 2,
    take_on: 2,
    merge_members: 2,
}
# Who meets over the same things; a seed's actors are of one of these.
TOGETHER = (
    (
        *(confirm_guest, decline_guest, cancel_guest, check_in_guest, invite_another),
        *(move_activity, call_off_activity, settle_activity),
    ),
    (scan_card, end_card, issue_cards, check_in_guest, settle_activity, merge_members),
    (order_reward, deliver_order, promise_gift, give_gift, book_benefit),
    (redeem_voucher, cancel_vouchers, book_benefit, order_reward, merge_members),
    (
        *(record_contact, hand_over, send_greeting, take_on, book_venue),
        *(order_reward, merge_members),
    ),
)
