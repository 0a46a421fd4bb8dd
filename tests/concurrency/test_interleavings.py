"""Random interleavings of real sessions, by seeds: see docs/concurrency.md."""

import json
import logging
import os
import random
import re
import threading
import time
from collections import Counter
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase
from ..benefit.benefit_case import BenefitMixin
from ..guest.guest_case import GuestMixin
from ..worth.gift_case import GiftMixin
from ..worth.voucher_case import VoucherMixin
from . import actors, actors_day, actors_desk, checks
from .books import BooksMixin
from .checks_day import check_day
from .checks_desk import check_desk
from .checks_figures import check_figures, check_integrity
from .checks_papers import check_papers
from .scheduler import Scheduler, Session
from .world import TODAY, World

_logger = logging.getLogger(__name__)

# Seeds to run: "first-last". A handful of each kind in the daily tests;
# `./dev interleave` runs more, or one again.
SEEDS = os.environ.get("CLUB_INTERLEAVE_SEEDS") or "0-29"
# Names of actors: of the seeds only those in which one of them takes part.
ONLY = {*filter(None, os.environ.get("CLUB_INTERLEAVE_WITH", "").split(","))}
OTHERS = [(module.ACTORS, module.TOGETHER) for module in (actors_day, actors_desk)]
TODAY_OF_PROGRAM = "odoo.addons.crm_club.models.program.club_program.ClubProgram._today"


def _today(_program):
    session = threading.current_thread()
    return (isinstance(session, Session) and session.day) or TODAY


@tagged("post_install", "-at_install")
class TestInterleavings(
    BooksMixin, GuestMixin, GiftMixin, VoucherMixin, BenefitMixin, SessionsCase
):
    """Whatever two to four people do at once, and in whichever order: sums are right,
    nothing counts twice, nobody spends what isn't there, terms don't overlap.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch(TODAY_OF_PROGRAM, _today))
        cls._set_up_club()
        cls._set_up_seats()
        cls.program.active = False
        cls.second_officer = cls._create_user("officer", "second_officer")
        cls.other_manager = cls._create_user("user", "other_manager")
        cls.root = cls.env.user
        cls._set_up_books()
        cls._set_up_guests()
        cls._set_up_desk()
        cls._renew()
        cls.addClassCleanup(cls._part)

    @classmethod
    def _part(cls):
        """Undo what points both ways, so that the tables can be emptied, and what a
        tariff has switched on.
        """
        for table, column in (
            ("club_activity", "event_id"),
            ("club_invitation", "registration_id"),
        ):
            cls.cr.execute(
                f"UPDATE {table} SET {column} = NULL WHERE id > %s", [cls.tide[table]]
            )
        cls.env.invalidate_all()
        employees = cls.env.ref("base.group_user")
        employees.implied_ids = [Command.set(cls.implied_ids)]
        cls._renew()

    @classmethod
    def _set_up_desk(cls):
        """A supplier, what a unit's year is measured by, and price lists."""
        cls.implied_ids = cls.env.ref("base.group_user").implied_ids.ids
        cls.env["product.pricelist"]._switch_on_for_club()
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "is_company": True}
        )
        cls.template = cls.env["club.scorecard.template"].create(
            {
                "name": "Test",
                "indicator_ids": [
                    Command.create({"code": code, **values})
                    for code, values in (
                        ("revenue", {"method": "growth", "goal": 10, "weight": 70}),
                        (
                            "contacts_on_time",
                            {"method": "share", "goal": 90, "weight": 30},
                        ),
                    )
                ],
            }
        )

    @mute_logger("odoo.service.model", "odoo.addons.base.wizard.base_partner_merge")
    def _race(self, seed, drawn):
        """Run a seed's actors; return what is wrong and the schedule's figures."""
        names = ", ".join(actor.__name__ for actor in drawn)
        try:
            world = World(self, seed, random.Random(f"world {seed}"))
            steps = [actor(world) for actor in drawn]
        except Exception as error:  # noqa: BLE001 the other seeds are run all the same
            self.cr.rollback()
            self.env.invalidate_all()
            return [f"seed {seed} ({names}): can't be set up: {error}"], Counter()
        self._renew()
        scheduler = Scheduler(self.registry, seed, steps, self.company.ids)
        try:
            results = scheduler.run()
            self._renew()
            self._settle(world)
            ledger = checks.read_ledger(self.env, world)
            wrong = [
                *checks.check_errors(results),
                *checks.check_ledger(self.env, world, ledger),
                *check_papers(self.env, world, ledger),
                *check_day(self.env, world, ledger),
                *check_desk(self.env, world),
                *check_integrity(self.env, world),
                *check_figures(self.env, world),
            ]
        except Exception as error:  # noqa: BLE001 told of this seed
            self.cr.rollback()
            self.env.invalidate_all()
            wrong = [f"{type(error).__name__}: {error}"]
            results = []
        figures = scheduler.figures
        for steps in results:
            for label, error in steps:
                if error:
                    figures["refused calls"] += 1
                    told = re.sub(r"W\d+|\d[\d,.-]*", "#", str(error).strip())
                    self.sentences[f"{label}: {told}"] += 1
        figures["calls"] += sum(len(steps) for steps in results)
        figures["sessions"] += len(drawn)
        world.close()
        self._renew()
        return [f"seed {seed} ({names}): {sentence}" for sentence in wrong], figures

    def _settle(self, world):
        """Post what is left of the month; a run after that finds nothing."""
        run = world.make_run()
        run.action_compute()
        self._verify_all(run)
        if run.unit_ids:
            run.action_post()
        again = world.make_run()
        again.action_compute()
        self.assertFalse(again.entry_count, "a run that follows posts something")
        for name in ("day", "desk"):
            if things := world.get_shared(name):
                things.settle()
        self._renew()

    def test_whatever_the_order(self):
        """Every seed holds; those that don't are named with what is wrong."""
        first, _dash, last = SEEDS.partition("-")
        seeds = {
            seed: actors.draw(random.Random(f"actors {seed}"), OTHERS)
            for seed in range(int(first), int(last or first) + 1)
        }
        if ONLY:
            seeds = {
                seed: drawn
                for seed, drawn in seeds.items()
                if ONLY.intersection(actor.__name__ for actor in drawn)
            }
        self.sentences = Counter()
        began, found, total = time.monotonic(), [], Counter(seeds=len(seeds))
        for seed, drawn in seeds.items():
            wrong, figures = self._race(seed, drawn)
            total += figures
            found += wrong
            for sentence in wrong:
                _logger.info("interleaving %s", sentence)
        total["seconds"] = round(time.monotonic() - began)
        _logger.info("interleaving figures %s", json.dumps(dict(total)))
        for sentence, count in self.sentences.most_common():
            _logger.info("interleaving told %s times: %s", count, sentence)
        self.assertGreater(total["switches"], len(seeds))
        self.assertFalse(found, "\n".join(found))
