"""One kill: make ready, begin, kill, bring back, look, do it again, look again."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from ..console import Problem
from . import checks, fingerprint
from .cluster import PATIENCE, Cluster
from .fingerprint import Look
from .operations import OPERATIONS, REFUSED, Ground, Operation, Request
from .plan import ALL, HALF, NOTHING, ODOO, PART, SERVER, Kill, phase_of
from .result import Trial
from .server import Answer, Caller, Server

BASE = "torture_base"
# Always the same name: an Odoo that lives on knows the models already.
COPY = "torture_trial"
DONE = str(Answer())


@dataclass(frozen=True)
class Reference:
    """What an operation leaves, and how long it takes, when nobody disturbs it."""

    look: Look
    seconds: float
    is_right: bool  # it was done, twice the same, and left nothing wrong


@dataclass(frozen=True)
class Moment:
    """What was going on when the kill came."""

    delay: float
    answered: bool
    is_open: bool
    has_written: bool
    doing: str
    backend: int | None


class Bench:
    """The server, the cluster and the database that each trial gets a copy of."""

    def __init__(self, cluster: Cluster, server: Server, ground: Ground) -> None:
        self._cluster = cluster
        self._server = server
        self._ground = ground
        self._start: Look = {}  # every copy, exact
        self._settled_start: Look = {}

    # === Undisturbed === #

    def check_start(self) -> list[str]:
        """Look at what everything begins with; return what is wrong with it."""
        with self._copy() as (database, caller):
            self._start = fingerprint.exact(self._cluster, database)
            self._settled_start = fingerprint.settled(
                self._cluster, database, {}, self._start
            )
            return self._check(database, caller)

    def measure(self, operation: Operation) -> tuple[Reference, list[str]]:
        """Do an operation undisturbed, twice: it must come to the same.

        :return: what it leaves, and what is wrong with that
        """
        with self._copy() as (database, caller):
            request = operation.prepare(caller, self._ground)
            request.send(caller)
            first = self._look(database)[1]
        with self._copy() as (database, caller):
            request = operation.prepare(caller, self._ground)
            before = self._look(database)[1] if operation.draws_up else {}
            began = time.monotonic()
            answer = request.send(caller)
            seconds = time.monotonic() - began
            now = self._look(database)
            look = now[1]
            faults = [] if str(answer) == DONE else [str(answer)]
            if look == before:
                faults.append("it changes nothing")
            faults += self._check_repeated(database, caller, operation, request, now)
            faults += self._check(database, caller)
            faults += self._go_on(caller, operation)
        differing = fingerprint.differing(first, look)
        if differing:
            faults.append(f"two undisturbed runs differ: {', '.join(differing)}")
        return Reference(look, seconds, not faults), faults

    # === Disturbed === #

    def kill(self, kill: Kill, reference: Reference) -> Trial:
        """Kill once and look what came of it."""
        operation = OPERATIONS[kill.operation]
        with self._copy() as (database, caller):
            request = operation.prepare(caller, self._ground)
            before = self._start
            if operation.draws_up:
                before = fingerprint.exact(self._cluster, database)
            moment, answer, recovery = self._attack(
                kill, kill.fraction * reference.seconds, request, caller, database
            )
            now = self._look(database)
            state, faults = self._judge(before, now, reference, operation)
            if moment.answered and str(answer) == DONE and state in (NOTHING, PART):
                faults.append("it was done, said the answer, and is lost")
            try:
                # The first call finds out which connections died with PostgreSQL.
                self._read_program(caller)
                if state == NOTHING:
                    # What is as before to the last column was checked before.
                    program_id = self._ground.ids["program"]
                    faults += checks.verify_ledger(caller, program_id)
                elif state == PART:
                    faults += self._check(database, caller)
                if state in (NOTHING, PART):
                    answered = request.send(caller)
                    now = self._look(database)
                    faults += self._judge_again(answered, now[1], reference)
                faults += self._check_repeated(
                    database, caller, operation, request, now
                )
                faults += self._check(database, caller)
                faults += self._go_on(caller, operation)
            except Problem as problem:  # what must be answered wasn't
                faults.append(str(problem))
        seen = {
            "answered": moment.answered,
            "is_open": moment.is_open,
            "has_written": moment.has_written,
        }
        return Trial(
            kill,
            moment.delay,
            phase_of(**seen, state=state),
            state,
            moment.doing,
            str(answer),
            recovery,
            faults,
        )

    def _attack(
        self, kill: Kill, delay: float, request: Request, caller: Caller, database: str
    ) -> tuple[Moment, Answer, float]:
        """Begin the operation, kill, bring back what died.

        :return: what was going on, what the caller was told, seconds until it was back
        """
        self._cluster.watch()
        with ThreadPoolExecutor(1) as pool:
            began = time.monotonic()
            call: Future[Answer] = pool.submit(request.send, caller)
            time.sleep(max(0, began + delay - time.monotonic()))
            moment = self._observe(call, began, database)
            killed = time.monotonic()
            if kill.victim == ODOO:
                self._server.kill()
                answer = call.result(PATIENCE)
                # What PostgreSQL was told before goes on until it notices.
                self._cluster.wait_until_left(database)
                self._server.ensure_running()
            else:
                mode = kill.mode if moment.backend else SERVER
                revive = self._cluster.kill(mode, moment.backend)
                answer = call.result(PATIENCE)
                revive()
        return moment, answer, time.monotonic() - killed

    def _observe(self, call: Future, began: float, database: str) -> Moment:
        workers = self._cluster.look(database)
        backend, is_open, has_written, query = (
            workers[0] if workers else (None, False, False, "")
        )
        return Moment(
            time.monotonic() - began,
            call.done(),
            is_open,
            has_written,
            " ".join((query or "").split())[:80] if is_open else "",
            backend,
        )

    @staticmethod
    def _judge(
        before: Look,
        looks: tuple[Look, Look],
        reference: Reference,
        operation: Operation,
    ) -> tuple[str, list[str]]:
        """Tell whether nothing was done, or all of it; or a part, where that may be."""
        now, look = looks
        changed = fingerprint.differing(before, now)
        if not changed:
            return NOTHING, []
        missing = fingerprint.differing(look, reference.look)
        if not missing:
            return ALL, []
        if operation.is_sliced:
            return PART, []
        return HALF, [
            f"half is done: changed {', '.join(changed)}; unlike all of it"
            f" {', '.join(missing)}"
        ]

    @staticmethod
    def _judge_again(answer: Answer, look: Look, reference: Reference) -> list[str]:
        """Tell what is wrong with what was undone and done again."""
        faults = [] if str(answer) == DONE else [f"done again it was {answer}"]
        differing = fingerprint.differing(look, reference.look)
        if differing:
            faults.append(f"done again it differs: {', '.join(differing)}")
        return faults

    # === Looks and checks === #

    def _look(self, database: str) -> tuple[Look, Look]:
        """Return an exact look, and a settled one of what isn't as in every copy."""
        now = fingerprint.exact(self._cluster, database)
        look = fingerprint.settled(self._cluster, database, self._start, now)
        return now, {
            table: figures
            for table, figures in look.items()
            if figures != self._settled_start.get(table)
        }

    def _check_repeated(
        self,
        database: str,
        caller: Caller,
        operation: Operation,
        request: Request,
        looks: tuple[Look, Look],
    ) -> list[str]:
        """Do once more what has taken effect: nothing may be added.

        What writes again what it has written must come to the same.

        :param looks: at what it is like before
        """
        if operation.repeated is None:
            return []
        place = 1 if operation.is_sliced or operation.rewrites else 0
        before = looks[place]
        answer = request.send(caller)
        faults = []
        if answer.silence or bool(answer.refusal) != (operation.repeated == REFUSED):
            faults.append(f"done twice it was {answer}")
        changed = fingerprint.differing(before, self._look(database)[place])
        if changed:
            faults.append(f"done twice it changed {', '.join(changed)}")
        return faults

    def _read_program(self, caller: Caller) -> None:
        ids = [self._ground.ids["program"]]
        caller.get("officer", "club.program", "read", ids=ids, fields=["display_name"])

    def _go_on(self, caller: Caller, operation: Operation) -> list[str]:
        fault = operation.go_on(caller, self._ground)
        return [fault] if fault else []

    def _check(self, database: str, caller: Caller) -> list[str]:
        return checks.faults(
            self._cluster,
            caller,
            database,
            self._server.filestore(database),
            self._ground.ids["program"],
        )

    @contextmanager
    def _copy(self) -> Iterator[tuple[str, Caller]]:
        """Give a database of its own with a caller in it, and drop it."""
        self._server.ensure_running()
        self._server.drop(COPY)  # of the trial before
        self._server.copy(BASE, COPY)
        yield COPY, Caller(self._server, COPY, self._ground.ids["keys"])
