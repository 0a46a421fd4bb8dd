"""What members get in the simulated club, and what is planned. Runs inside Odoo."""

import base64
import io
import random
from datetime import date, datetime, time, timedelta
from typing import Any

from . import story
from .club import QUIETLY, Club
from .months import sign
from .world import World

ORDERS = 4  # redemptions a month
GIFTS = 18
PLANNED = 0.94  # of the accounts from Gold up
LEADS = 24
AFTERNOON = time(7)  # three o'clock in China, in UTC


def _draw_signature(rng: random.Random) -> bytes:
    """Return a picture of somebody's signature."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (260, 90), "white")
    points = [(x, 45 + rng.randrange(-34, 34)) for x in range(20, 240, 14)]
    ImageDraw.Draw(picture).line(points, fill="#20307a", width=3, joint="curve")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue())


class Rewards:
    """Rewards, orders, gifts, greetings, cards, budgets, account plans."""

    def __init__(self, club: Club, world: World) -> None:
        self._club = club
        self._world = world
        self._env = club.env(context={**club.env.context, **QUIETLY})
        self._rewards = self._create_rewards()

    def _create_rewards(self) -> Any:
        rewards = self._env["club.reward"].create(
            [
                {
                    "name": name,
                    "program_id": self._club.program.id,
                    "kind": kind,
                    "price": points,
                    "cost": cost,
                }
                for name, kind, points, cost, _stock in story.REWARDS
            ]
        )
        self._env["club.reward.receipt"].create(
            [
                {"reward_id": reward.id, "quantity": stock, "document": f"RK-{n:04}"}
                for n, (reward, (*_rest, stock)) in enumerate(
                    zip(rewards, story.REWARDS, strict=True), start=117
                )
                if stock
            ]
        )
        return rewards

    def pass_month(self, day: date) -> None:
        """Let members order, and give what is ordered; greet them."""
        rng = self._world.random(f"rewards/{day:%Y-%m}")
        members = self._read_members(day)
        orders = self._order(rng, members, ORDERS)
        if day != self._world.day:
            for order in orders.filtered(lambda order: order.state == "reserved"):
                order.write(
                    {
                        "received_by": "行政部 Office",
                        "received_on": day,
                        "receipt_signature": _draw_signature(rng),
                    }
                )
                order.action_debit()
        self._env["club.contact.profile"]._cron_move_birthdays()

    def _order(self, rng: random.Random, members: list[dict], count: int) -> Any:
        """Reserve what members can afford."""
        orders = self._env["club.redemption"]
        for member in rng.sample(members, count * 2):
            if len(orders) == count:
                break
            reward = rng.choice(self._rewards[:3])
            if member["points"] < float(reward.price) * 2:
                continue
            order = orders.with_user(self._club.users["officer"]).create(
                {
                    "program_id": self._club.program.id,
                    "account_id": member["id"],
                    "reward_id": reward.id,
                    "quantity": 1,
                }
            )
            order.action_reserve()
            if order.approval_state == "waiting":
                sign(self._club, order)
            orders |= order
        return orders

    def _read_members(self, day: date) -> list[dict]:
        """Return members from Gold up, with the points of a year.

        Public bodies aren't among them: they are given nothing. Rule D17.
        """
        public = [
            account.code
            for account in self._world.accounts
            if account.account_class.startswith("party")
        ]
        self._env.flush_all()
        self._env.cr.execute(
            """
            SELECT p.id, p.ref, p.name, t.code AS tier, m.id AS membership,
                   (p.club_manager_id ->> %(company)s)::int AS user_id,
                   (SELECT coalesce(sum(e.points), 0) FROM club_points_entry e
                      JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                     WHERE e.account_id = p.id AND e.date > %(day)s - 300) AS points
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id AND g.purpose = 'membership'
              JOIN club_tier t ON t.id = m.tier_id AND t.code <> 'vip'
              JOIN res_partner p ON p.id = m.account_id AND p.ref LIKE 'XM%%'
             WHERE m.state = 'valid' AND p.ref <> ALL(%(public)s)
               AND %(day)s BETWEEN m.date_from AND m.date_grace
             ORDER BY p.ref
            """,
            {
                "company": str(self._club.program.company_id.id),
                "day": day,
                "public": public,
            },
        )
        return self._env.cr.dictfetchall()

    # === What is there today === #

    def bring_up_to_date(self) -> None:
        """Cards, budgets, gifts, greetings, plans and rooms as they are today."""
        rng = self._world.random("rewards/today")
        members = self._read_members(self._world.day)
        self._issue_cards(members)
        self._grant_budget()
        self._give(rng, members)
        self._greet()
        self._plan(rng, members)
        self._find_leads(rng, members)
        self._open_rooms(rng, members)

    def _issue_cards(self, members: list[dict]) -> None:
        memberships = self._env["club.membership"].browse(
            [member["membership"] for member in members]
        )
        memberships.action_issue_cards()
        cards = self._env["club.card"].search([("state", "=", "to_print")], order="id")
        printed = cards[: len(cards) * 3 // 4]
        printed.action_mark_printed()
        printed[: len(printed) * 4 // 5]._do_hand_over(
            self._world.day, "前台 Reception"
        )

    def _grant_budget(self) -> None:
        """The year's marketing budget is signed, the next one's drawn up. Rule B8."""
        sheets = self._env["club.budget"]
        this, following = (
            sheets.create({"program_id": self._club.program.id, "year": year})
            for year in (self._world.day.year, self._world.day.year + 1)
        )
        this.action_prepare()
        this._set_opening("Signed at the beginning of the year")
        following.action_prepare()

    def _give(self, rng: random.Random, members: list[dict]) -> None:
        """A list of gifts is confirmed; most of them are given. Rule D17."""
        gifts = self._env["club.gift.list"].create(
            {
                "purpose": "岁末客户答谢伴手礼",
                "company_id": self._club.program.company_id.id,
                "date": self._world.day,
                "user_id": self._club.users["officer"].id,
            }
        )
        for member in rng.sample(members, GIFTS):
            self._env["club.gift"].create(
                {
                    "list_id": gifts.id,
                    "account_id": member["id"],
                    "reward_id": rng.choice(self._rewards[:3]).id,
                }
            )
        gifts.action_confirm()
        for gift in gifts.gift_ids[: GIFTS * 2 // 3]:
            gift.received_by = "行政部 Office"
            gift.action_give()

    def _greet(self) -> None:
        """Draw up the greetings that come next, and prepare the first. Rule D5."""
        self._env["club.occasion"]._cron_plan()
        greetings = self._env["club.greeting"].search([], order="date, id")
        greetings[:1].action_prepare()

    def _plan(self, rng: random.Random, members: list[dict]) -> None:
        """Managers plan the year of their accounts, all but a few. Rule D15."""
        plans = self._env["club.account.plan"]
        drafts: dict[int, list[dict]] = {}
        for member in members:
            if rng.random() < PLANNED:
                drafts.setdefault(member["user_id"], []).append(
                    {
                        "account_id": member["id"],
                        "year": self._world.day.year,
                        "aim": rng.choice(story.AIMS),
                        "revenue_goal": max(
                            round(float(member["points"]) * 3.6, -4), 1e4
                        ),
                    }
                )
        for user_id, values in drafts.items():
            plans |= plans.with_user(user_id).create(values)
        agreed = plans.sudo().filtered(lambda plan: plan.id % 7)
        agreed._set_opening("Signed at the beginning of the year")

    def _find_leads(self, rng: random.Random, members: list[dict]) -> None:
        stages = self._env["crm.stage"].search([], order="sequence")
        for member in rng.sample(members, LEADS):
            user = self._env["res.users"].browse(member["user_id"])
            self._env["crm.lead"].create(
                {
                    "type": "opportunity",
                    "name": f"{rng.choice(story.LEADS)} · {member['name']}",
                    "partner_id": member["id"],
                    "user_id": user.id,
                    "team_id": user.sale_team_id.id,
                    "stage_id": rng.choice(stages).id,
                    "expected_revenue": rng.randrange(2, 60) * 10_000,
                }
            )

    def _open_rooms(self, rng: random.Random, members: list[dict]) -> None:
        """The club's rooms, booked this week. Rule C8."""
        rooms = self._env["club.venue"].create(
            [
                {
                    "name": name,
                    "company_id": self._club.program.company_id.id,
                    "kind": "room",
                    "capacity": capacity,
                    "bookable_days": 60,
                    "address": "大客户中心三楼",
                }
                for name, capacity in story.ROOMS
            ]
        )
        for number, room in enumerate(rooms):
            for days in (1 + number, 4 + number):
                begin = datetime.combine(
                    self._world.day + timedelta(days=days), AFTERNOON
                )
                member = rng.choice(members)
                self._env["club.venue.booking"].create(
                    {
                        "venue_id": room.id,
                        "date_from": begin,
                        "date_to": begin + timedelta(hours=2),
                        "purpose": rng.choice(story.PURPOSES),
                        "account_id": member["id"],
                        "headcount": rng.randrange(3, 9),
                    }
                )
