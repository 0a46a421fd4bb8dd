"""A scheduler over real database sessions: who runs the next SQL statement.

Each actor is a thread with transactions of its own, as Odoo's server would run its
calls, with Odoo's own way of starting anew. Its cursor stops before every statement
until the scheduler lets it go on. A seed decides whose turn it is, so the same seed
gives the same schedule. A statement that waits for another session's lock is set aside
until PostgreSQL lets it go on.
"""

import random
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from unittest.mock import patch

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

READY, RUNNING, WAITING, ASLEEP, DONE = "ready", "running", "waiting", "asleep", "done"
GLANCE = 0.005  # seconds until the scheduler asks what a statement is waiting for
PATIENCE = 30  # seconds after which a schedule is stuck; a deadlock takes one
# How likely a session that has just run goes on: from every statement a switch to
# nearly whole calls in a row.
STICKINESS = (0, 0.5, 0.9, 0.97)


@dataclass(frozen=True)
class Step:
    """A call that a user makes, in a transaction of its own.

    :param day: what is today for him; the schedule's own day when None
    """

    label: str
    user_id: int
    call: Callable[[api.Environment], object]
    day: date | None = None


class Abandoned(BaseException):
    """Thrown into sessions whose schedule has failed."""


class Session(threading.Thread):
    """An actor: one step after the other, each statement when it is let."""

    def __init__(self, scheduler, number, steps):
        super().__init__(name=f"session {number}", daemon=True)
        self.scheduler = scheduler
        self.steps = steps
        self.state = RUNNING
        self.go = threading.Event()
        self.pid = None
        self.day = None
        self.budget = 0  # statements that it may run on before it stops
        self.nap = self.tries = 0
        self.freed = False  # whether it has let go of locks since it was let on
        self.results = []

    def run(self):
        with suppress(Abandoned):
            for step in self.steps:
                self.day = step.day
                self.tries = 0
                self.results.append((step.label, self._do(step)))
        self.scheduler.park(self, DONE)

    def _do(self, step):
        """Return the error that the user gets to see, or None."""
        with closing(self.scheduler.registry.cursor()) as cr:
            context = {"allowed_company_ids": self.scheduler.company_ids}
            env = api.Environment(cr, step.user_id, context)
            try:
                retrying(lambda: step.call(env), env)
            except Exception as error:  # noqa: BLE001 it is judged by the test
                cr.rollback()
                return error
        return None

    def put_gates(self, cr):
        """Let a cursor that this thread has opened stop before each statement."""
        pid = cr.connection.get_backend_pid()
        execute, commit, rollback = cr.execute, cr.commit, cr.rollback

        def gated_execute(query, params=None, log_exceptions=True):
            self._wait_turn()
            self.pid = pid
            self.scheduler.figures["statements"] += 1
            self.freed |= str(query).startswith("ROLLBACK TO")
            try:
                return execute(query, params, log_exceptions=False)
            except Exception:
                self.freed = True  # a transaction that fails lets go at once
                raise

        def gated_commit():
            cr.flush()
            self._wait_turn()
            self.pid, self.freed = pid, True
            commit()

        def gated_rollback():
            self.freed = True
            rollback()

        cr.execute, cr.commit, cr.rollback = gated_execute, gated_commit, gated_rollback

    def _wait_turn(self):
        """Wait for the scheduler, unless it has let this session run on."""
        if self.budget and not self.freed:
            self.budget -= 1
            return
        self.scheduler.park(self, READY)
        self.go.wait()
        self.go.clear()
        if self.scheduler.abandoned:
            raise Abandoned

    def fall_asleep(self, error):
        """Stand back before the next try, as Odoo does, in statements of others."""
        self.tries += 1
        self.scheduler.figures[f"retried after {error}"] += 1
        self.nap = self.scheduler.random.randint(0, 40 * 2**self.tries)
        self.scheduler.park(self, ASLEEP)
        self.go.wait()
        self.go.clear()
        if self.scheduler.abandoned:
            raise Abandoned


class _Naps:
    """Stands in for the module `time` where Odoo waits before it tries again."""

    @staticmethod
    def sleep(_seconds):
        threading.current_thread().fall_asleep(sys.exc_info()[0].__name__)


_cursor = Registry.cursor


def _open_cursor(registry, /, readonly=False):
    """Return a cursor; those of sessions have gates, also what Odoo opens beside."""
    cr = _cursor(registry, readonly)
    session = threading.current_thread()
    if isinstance(session, Session):
        session.put_gates(cr)
    return cr


def _lockless_get(self, instance, owner=None):
    """`functools.cached_property` as it is from Python 3.12 on: before, it holds a lock
    for all instances while it computes, which waits when computing takes statements.
    """
    if instance is None:
        return self
    if self.attrname not in instance.__dict__:
        instance.__dict__[self.attrname] = self.func(instance)
    return instance.__dict__[self.attrname]


class Scheduler:
    """Runs actors of a seed against each other, statement by statement.

    :param actors: lists of steps
    """

    def __init__(self, registry, seed, actors, company_ids):
        self.registry = registry
        self.random = random.Random(f"schedule {seed}")
        self.stickiness = self.random.choice(STICKINESS)
        self.company_ids = company_ids
        self.changed = threading.Condition()
        self.abandoned = False
        self.figures = Counter()
        self.sessions = [
            Session(self, number, steps) for number, steps in enumerate(actors)
        ]

    def run(self):
        """Run all to their end; return the results of each actor's steps.

        :raise AssertionError: when a session neither ends nor waits for another one
        """
        with (
            patch("odoo.service.model.time", _Naps),
            patch.object(Registry, "cursor", _open_cursor),
            patch.object(cached_property, "__get__", _lockless_get),
            closing(self.registry.cursor()) as self.monitor,
        ):
            try:
                for session in self.sessions:
                    session.start()
                    self._wait_for(session)
                self._take_turns()
            except BaseException:
                self.abandoned = True
                for session in self.sessions:
                    session.go.set()
                raise
        for session in self.sessions:
            session.join(PATIENCE)
        return [session.results for session in self.sessions]

    def park(self, session, state):
        """Called by sessions: they stop here, or are done."""
        with self.changed:
            session.state = state
            self.changed.notify_all()

    # === Turns === #

    def _take_turns(self):
        last = None
        while True:
            ready = self._get(READY)
            if not ready:
                if not self._wake_up():
                    return
                continue
            chosen = self.random.choice(ready)
            self.figures["switches"] += chosen is not last
            last = chosen
            before = self.figures["statements"]
            self._let(chosen, self._draw_budget())
            for session in self._get(ASLEEP):
                session.nap -= self.figures["statements"] - before
                if session.nap <= 0:
                    self._let(session)

    def _draw_budget(self):
        """Return how many statements a session runs on after the first."""
        budget = 0
        while self.random.random() < self.stickiness:
            budget += 1
        return budget

    def _get(self, state):
        return [session for session in self.sessions if session.state == state]

    def _wake_up(self):
        """When nobody is ready: wake who sleeps, or wait for a deadlock's victim."""
        asleep = self._get(ASLEEP)
        if asleep:
            self._let(min(asleep, key=lambda session: session.nap))
            return True
        waiting = self._get(WAITING)
        if not waiting:
            return False
        with self.changed:
            moved = self.changed.wait_for(
                lambda: any(session.state != WAITING for session in waiting), PATIENCE
            )
        if not moved:
            raise AssertionError(f"sessions wait for ever: {self._describe()}")
        self._settle()
        return True

    def _let(self, session, budget=0):
        """Let a session run until it stops, waits for a lock or is done."""
        session.freed = False
        session.budget = budget
        session.state = RUNNING
        session.go.set()
        self._wait_for(session)
        if session.freed or session.state == DONE:
            self._settle()

    def _settle(self):
        """Let those go on whose lock was set free, until all stand still."""
        moved = True
        while moved:
            moved = False
            for session in self._get(WAITING):
                if self._is_blocked(session):
                    continue
                with self.changed:
                    if session.state == WAITING:
                        session.state = RUNNING
                    moved = True
                self._wait_for(session)

    def _wait_for(self, session):
        """Wait until a session that was let on stands still."""
        waited, glance = 0, GLANCE
        while True:
            with self.changed:
                if self.changed.wait_for(lambda: session.state != RUNNING, glance):
                    return
            waited += glance
            glance = min(2 * glance, 16 * GLANCE)
            if session.pid and self._is_blocked(session):
                with self.changed:
                    if session.state == RUNNING:
                        session.state = WAITING
                        self.figures["lock waits"] += 1
                return
            if waited > PATIENCE:
                raise AssertionError(f"a session is stuck: {self._describe()}")

    def _is_blocked(self, session):
        self.monitor.execute(
            "SELECT cardinality(pg_blocking_pids(%s)) > 0", [session.pid]
        )
        blocked = self.monitor.fetchone()[0]
        self.monitor.rollback()
        return blocked

    def _describe(self):
        """Say how far the sessions are, and what the running ones are doing."""
        frames = sys._current_frames()
        return "\n".join(
            f"{session.name} {session.state} in step {len(session.results) + 1}\n"
            + "".join(traceback.format_stack(frames.get(session.ident), 8))
            for session in self.sessions
            if session.state != DONE
        )
