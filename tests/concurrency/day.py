"""A day of the club for a seed's actors: an activity with guests, what is given out,
what is owed. Each made only for seeds in which somebody asks for it.
"""

import base64
from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property

from odoo import Command, fields
from odoo.exceptions import UserError

from ..worth.take_on_case import SIGNERS, make_sheet

SEATS, GUESTS = 3, 5
ATTENDANCE = 50  # points a guest, of the fixture's type of activity
OVER = 0.4  # of the activities
STOCK, PRICE = 3, 100
GIFT_LIMIT, GIFT = 500, 200
OWED = 2  # of the benefit, by the tier
TAKEN_POINTS = 70
FOR_EVER = date(2099, 12, 31)


class Day:
    """What a seed's actors meet over, besides the ledger."""

    def __init__(self, world):
        self.world, self.case, self.env = world, world.case, world.env
        case, name = self.case, world.name
        kind = type(case)
        kind.membership = world.membership
        kind.tiers = {tier.code: tier for tier in world.membership.tier_ids}
        self.members = self.env["res.partner"].create(
            [
                {
                    "name": f"{name} Member {number}",
                    "is_company": True,
                    "club_unit_id": world.unit.id,
                    "club_manager_id": case.manager.id,
                }
                for number in range(GUESTS)
            ]
        )
        case._make_member(self.members, "gold")
        self.people = case._create_contacts(self.members)
        self.today = world.program.company_id._club_today()

    def once(self, key, make):
        return self.world.once(f"day {key}", make)

    def choose(self, records):
        """Return one of the records, the first ones more often: actors shall meet."""
        dice = self.world.random
        return records[min(dice.randrange(len(records)), dice.randrange(len(records)))]

    def is_merged(self):
        """Tell whether one of the members turned out to be another one."""
        return len(self.members.exists()) < len(self.members)

    def has(self, name):
        """Tell whether somebody has asked for one of the things below."""
        return name in vars(self)

    # === The activity === #

    @property
    def activity(self):
        return self.guests.activity_id

    @cached_property
    def guests(self):
        """Guests of what begins now, or ends: two are confirmed, of three seats."""
        now = fields.Datetime.now()
        activity = self.case._create_activity(
            theme=f"{self.world.name} Lecture",
            unit_id=self.world.unit.id,
            headcount=SEATS,
            date_begin=now + timedelta(minutes=1),
            date_end=now + timedelta(hours=3),
        )
        guests = self.case._invite(activity, self.people)
        guests[:2].with_user(self.case.officer).action_confirm()
        if self.world.random.random() < OVER:
            activity._write_guarded(
                {
                    "date_begin": now - timedelta(minutes=2),
                    "date_end": now - timedelta(minutes=1),
                }
            )
        return guests

    def settle(self):
        """Post what attendance still earns, where the activity was held."""
        if self.has("guests"):
            with suppress(UserError):  # all is posted, or it wasn't held
                self.activity.with_user(self.case.officer).action_post_attendance()

    @cached_property
    def card(self):
        """The card of a guest with a seat, who has it."""
        case = self.case
        cards = self.env["club.card"].with_user(case.officer)
        card = cards.create(
            {
                "membership_id": self.get_memberships(self.members[0]).id,
                "holder_id": self.people[0].id,
            }
        )
        card.action_mark_printed()
        card._do_hand_over(False, "Ms Lin")
        return card.with_env(self.env)

    def get_memberships(self, accounts):
        return self.env["club.membership"].search(
            [("account_id", "in", accounts.ids)], order="id"
        )

    # === What is given out === #

    @cached_property
    def reward(self):
        name = f"{self.world.name} Tea"
        return self.case._create_reward(PRICE, STOCK, name=name)

    @cached_property
    def benefit(self):
        return self.case._create_benefit(f"b{self.world.name}", gold=OWED)

    @cached_property
    def batch(self):
        case = self.case
        batch = case._draw_up_batch(
            2,
            date_from=fields.Date.today() - timedelta(1),
            date_to=FOR_EVER,
            partner=case._create_channel(f"{self.world.name} Bank"),
        )
        batch.action_issue()
        return batch.with_env(self.env)

    @cached_property
    def vouchers(self):
        return self.case._get_vouchers(self.batch)

    @cached_property
    def venue(self):
        return self.env["club.venue"].create({"name": f"{self.world.name} Room"})

    def make_order(self):
        return self.case._draw_up_order(self.reward, account=self.world.first)

    def make_reserved(self):
        """Return an order that waits to be delivered."""
        order = self.make_order()
        order.action_reserve()
        return order

    def make_gift_list(self):
        self.once("limit", lambda: self.case._classify(self.members[0], GIFT_LIMIT))
        gift = self.case._prepare_gift(GIFT, self.members[0])
        return self.case._draw_up_list(gift)

    def make_gift(self):
        """Return a gift that is promised."""
        found = self.make_gift_list()
        found.action_confirm()
        return found.gift_ids

    def make_booking(self):
        return self.case._draw_up(
            self.benefit, self.people[0], day=self.today, consent_on=self.today
        )

    # === Care === #

    def make_handover(self):
        """Return the hand-over of a member that the giver has confirmed."""
        case = self.case
        handover = self.env["club.handover"].create(
            {
                "user_from_id": case.manager.id,
                "user_to_id": case.other_manager.id,
                "line_ids": [Command.create({"account_id": self.members[1].id})],
            }
        )
        handover.action_submit()
        handover.with_user(case.manager).action_give()
        return handover

    def make_greeting(self):
        """Return the greeting of one person, prepared."""
        person = self.people[2]
        self.env["club.contact.profile"].create(
            {
                "contact_id": person.id,
                "consent_ids": [Command.create({"channel": "mail", "answer": "given"})],
            }
        )
        occasion = self.env["club.occasion"].create(
            {
                "name": f"{self.world.name} Fair",
                "kind": "set",
                "owner_level": "unit",
                "company_id": self.case.company.id,
                "text": "Dear {name}",
                "day_ids": [Command.create({"date": self.today})],
            }
        )
        greeting = (
            self.env["club.greeting"]
            .with_user(self.case.officer)
            .with_context(allowed_company_ids=self.case.company.ids)
            .create(
                {
                    "occasion_id": occasion.id,
                    "date": self.today,
                    "unit_id": self.world.unit.id,
                }
            )
        )
        greeting.action_prepare()
        return greeting

    # === Taking on === #

    def make_take_on(self):
        """Return a signed sheet with one account and its points."""
        name = f"{self.world.name} Taken"
        sheet = make_sheet(
            accounts=[{"name": name}],
            points=[
                {
                    "account": name,
                    "kind": "bonus",
                    "points": TAKEN_POINTS,
                    "valid_until": f"{FOR_EVER}",
                }
            ],
        )
        document = self.env["club.take.on"].create(
            {"program_id": self.world.program.id, "file": base64.b64encode(sheet)}
        )
        document.with_user(self.case.officer).action_submit()
        for signer in SIGNERS:
            document.with_user(self.case.signers[signer]).action_sign()
        return document
