"""What brings in accounts and keeps them: vouchers, referrals, tariffs, banquets.

Runs inside Odoo.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

from . import story
from .club import QUIETLY, Club
from .rewarding import AFTERNOON, Rewards
from .world import World

VOUCHERS = 12  # in a batch, one each quarter
REFERRALS = 3  # a month
BANQUETS = 2  # a quarter
QUARTER = 3  # months


class Trade:
    """Vouchers of a channel, leads that members brought, tariffs, banquets."""

    def __init__(self, club: Club, world: World, rewards: Rewards) -> None:
        self._club = club
        self._world = world
        self._rewards = rewards
        self._env = club.env(context={**club.env.context, **QUIETLY})
        self._channel = self._env["res.partner"].create(
            {"name": story.CHANNEL, "is_company": True}
        )
        self._codes: list[str] = []
        self._set_tariffs()

    def _set_tariffs(self) -> None:
        """Higher tiers have prices of their own. Rule B9."""
        group = self._env.ref("crm_club.club_tier_group_membership")
        tariffs = self._env["club.tariff"]
        for tier in group.tier_ids:
            if tier.code in story.TARIFFS:
                tariffs |= tariffs.with_user(self._club.users["officer"]).create(
                    {
                        "program_id": self._club.program.id,
                        "tier_id": tier.id,
                        "discount": story.TARIFFS[tier.code],
                        "date_from": date.today(),
                        "reason": "会员资费 Members' prices",
                    }
                )
        tariffs._set_opening("Signed on paper")

    def pass_month(self, day: date) -> None:
        """Let a month bring leads, vouchers, and now and then a banquet."""
        rng = self._world.random(f"trade/{day:%Y-%m}")
        members = self._rewards._read_members(day)
        if len(members) < REFERRALS + BANQUETS:
            return
        self._refer(rng, members, day)
        if day.month % QUARTER == 0:
            self._issue(day)
            self._dine(rng, members, day)
        self._redeem(rng, members)

    def _refer(self, rng: random.Random, members: list[dict], day: date) -> None:
        """Members bring leads; some of them are won. Rule D13."""
        stages = self._env["crm.stage"].search([], order="sequence")
        leads = self._env["crm.lead"]
        for member in rng.sample(members, REFERRALS):
            user = self._env["res.users"].browse(member["user_id"])
            leads |= leads.create(
                {
                    "type": "opportunity",
                    "name": f"{rng.choice(story.LEADS)} · {member['name']} 转介绍",
                    "club_source": "member",
                    "club_referrer_id": member["id"],
                    "user_id": user.id,
                    "team_id": user.sale_team_id.id,
                    "company_id": self._club.program.company_id.id,
                    "stage_id": rng.choice(stages).id,
                    "expected_revenue": rng.randrange(2, 40) * 10_000,
                }
            )
        self._env.flush_all()
        # The database's own clock isn't the simulation's.
        self._env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)",
            [datetime.combine(day, AFTERNOON), leads.ids],
        )
        leads.invalidate_recordset()

    def _issue(self, day: date) -> None:
        """The channel gets vouchers for its own customers."""
        batch = (
            self._env["club.voucher.batch"]
            .with_user(self._club.users["officer"])
            .create(
                {
                    "company_id": self._club.program.company_id.id,
                    "partner_id": self._channel.id,
                    "subject": story.VOUCHER,
                    "quantity": VOUCHERS,
                    "value": 50,
                    "date_from": day,
                    "date_to": day + timedelta(days=180),
                }
            )
        )
        batch.action_issue()
        vouchers = self._env["club.voucher"].search(
            [("batch_id", "=", batch.id)], order="id"
        )
        self._codes = vouchers.mapped("code")

    def _redeem(self, rng: random.Random, members: list[dict]) -> None:
        """Some of the vouchers come back, of members and of who is none yet."""
        for member in rng.sample(members, min(2, len(self._codes))):
            self._env["club.voucher.redemption"].with_user(
                self._club.users["officer"]
            ).create(
                {"code": self._codes.pop(), "account_id": member["id"]}
            ).action_redeem()

    def _dine(self, rng: random.Random, members: list[dict], day: date) -> None:
        """The best are invited to dinner. Rule C9."""
        banquets = self._env["club.banquet"]
        contacts = self._env["res.partner"].search(
            [("parent_id", "in", [member["id"] for member in members])], order="id"
        )
        users = {member["id"]: member["user_id"] for member in members}
        for contact in rng.sample(list(contacts), min(BANQUETS, len(contacts))):
            host = self._env["res.users"].browse(users[contact.parent_id.id])
            banquets |= banquets.create(
                {
                    "purpose": rng.choice(story.PURPOSES),
                    "principal_id": contact.id,
                    "host_id": host.id,
                    "date_begin": datetime.combine(day, AFTERNOON),
                    "place": "鼓浪厅 Drum Wave Hall",
                    "unit_id": host.sale_team_id.id,
                    "budget": rng.randrange(8, 25) * 100,
                    "seat_ids": [
                        (0, 0, {"contact_id": contact.id, "side": "guest"}),
                        (0, 0, {"user_id": host.id, "side": "host"}),
                    ],
                }
            )
        banquets._write_guarded({"state": "held"})

    def expire(self, month: date) -> Any:
        """Let points lapse whose time is over with a year. Rule B7."""
        runs = self._club.as_user("officer", "club.points.run")
        run = runs.create(
            {
                "program_id": self._club.program.id,
                "month": month,
                "kind": "expiry",
            }
        )
        run.action_compute()
        if not run.entry_count:
            run.unlink()
            return None
        run.action_post()
        return run
