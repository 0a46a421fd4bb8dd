"""One kill: make ready, begin, kill, bring back, look, do it again, look again."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from . import checks, fingerprint
from .cluster import PATIENCE, Cluster
from .operations import OPERATIONS, REFUSED, Ground, Operation, Request
from .plan import ALL, HALF, NOTHING, ODOO, SERVER, Kill, phase_of
from .result import Trial
from .server import Answer, Caller, Server

BASE = "torture_base"


@dataclass(frozen=True)
class Reference:
    """What an operation leaves, and how long it takes, when nobody disturbs it."""

    look: fingerprint.Look
    seconds: float


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
        self._copies = 0

    # === Undisturbed === #

    def measure(self, operation: Operation) -> tuple[Reference, list[str]]:
        """Do an operation undisturbed, twice: it must come to the same.

        :return: what it leaves, and what is wrong with that
        """
        runs = [self._do_undisturbed(operation) for _time in range(2)]
        (first, _, _), (second, seconds, faults) = runs
        differing = fingerprint.differing(first, second)
        if differing:
            faults.append(f"two undisturbed runs differ: {', '.join(differing)}")
        return Reference(second, seconds), faults

    def _do_undisturbed(self, operation):
        with self._copy() as (database, caller):
            request = operation.prepare(caller, self._ground)
            before = fingerprint.settled(self._cluster, database)
            began = time.monotonic()
            answer = request.send(caller)
            seconds = time.monotonic() - began
            look = fingerprint.settled(self._cluster, database)
            faults = self._check(database, caller)
            if str(answer) != "done":
                faults.append(str(answer))
            if look == before:
                faults.append("it changes nothing")
            faults += self._check_repeated(database, caller, operation, request)
        return look, seconds, faults

    # === Disturbed === #

    def kill(self, kill: Kill, reference: Reference) -> Trial:
        """Kill once and look what came of it."""
        operation = OPERATIONS[kill.operation]
        with self._copy() as (database, caller):
            request = operation.prepare(caller, self._ground)
            before = fingerprint.exact(self._cluster, database)
            moment, answer, recovery = self._attack(
                kill, kill.fraction * reference.seconds, request, caller, database
            )
            state, faults = self._judge(database, before, reference)
            if moment.answered and not answer.silence and state == NOTHING:
                faults.append("it was done, said the answer, and is lost")
            faults += self._check(database, caller)
            faults += self._do_again(database, caller, operation, request, state)
            look = fingerprint.settled(self._cluster, database)
            differing = fingerprint.differing(look, reference.look)
            if differing:
                faults.append(f"done again it differs: {', '.join(differing)}")
            faults += self._check(database, caller)
            faults += self._check_repeated(database, caller, operation, request)
        return Trial(
            kill,
            moment.delay,
            phase_of(
                answered=moment.answered,
                is_open=moment.is_open,
                has_written=moment.has_written,
                state=state,
            ),
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

    def _judge(self, database, before, reference) -> tuple[str, list[str]]:
        """Tell whether nothing was done, or all of it."""
        changed = fingerprint.differing(
            before, fingerprint.exact(self._cluster, database)
        )
        if not changed:
            return NOTHING, []
        missing = fingerprint.differing(
            reference.look, fingerprint.settled(self._cluster, database)
        )
        if not missing:
            return ALL, []
        return HALF, [
            f"half is done: {', '.join(changed)} changed; against all of it"
            f" {', '.join(missing)} differ"
        ]

    def _do_again(self, database, caller, operation, request, state) -> list[str]:
        """Do again what was broken off; through the same Odoo if it lives."""
        if state == ALL:
            return self._check_repeated(database, caller, operation, request, False)
        answer = request.send(caller)
        return [] if str(answer) == "done" else [f"done again it was {answer}"]

    # === Checks === #

    def _check_repeated(
        self, database, caller, operation, request, going_on=True
    ) -> list[str]:
        """Do once more what has taken effect: nothing may change."""
        before = fingerprint.exact(self._cluster, database)
        answer = request.send(caller)
        faults = []
        if answer.silence or bool(answer.refusal) != (operation.repeated == REFUSED):
            faults.append(f"done twice it was {answer}")
        changed = fingerprint.differing(
            before, fingerprint.exact(self._cluster, database)
        )
        if changed:
            faults.append(f"done twice it changed {', '.join(changed)}")
        fault = going_on and operation.go_on(caller, self._ground)
        return [*faults, fault] if fault else faults

    def _check(self, database: str, caller: Caller) -> list[str]:
        return checks.faults(
            self._cluster,
            caller,
            database,
            self._server.filestore(database),
            self._ground.ids["program"],
        )

    @contextmanager
    def _copy(self):
        """Give a database of its own with a caller in it, and drop it."""
        self._copies += 1
        database = f"trial_{self._copies}"
        self._server.ensure_running()
        self._server.copy(BASE, database)
        try:
            yield database, Caller(self._server, database, self._ground.ids["keys"])
        finally:
            self._server.drop(database)
