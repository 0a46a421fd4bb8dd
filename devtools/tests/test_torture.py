"""Kills are dealt out evenly and told apart, and what they left is told plainly."""

import contextlib
import io
import math
import re
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from devtools.commands import torture
from devtools.console import Problem
from devtools.home import CHECKOUT
from devtools.torture import fingerprint, plan, result
from devtools.torture.operations import JOBS, OPERATIONS, WHOLE, Ground, Jobs
from devtools.torture.server import Answer

NAMES = tuple(OPERATIONS)[:5]


def _trial(number=1, phase=plan.WRITING, state=plan.NOTHING, faults=(), **values):
    of = {"operation": "posting", "victim": plan.ODOO, "mode": plan.SERVER, **values}
    kill = plan.Kill(number, fraction=0.51234, **of)
    return result.Trial(kill, 0.5, phase, state, "UPDATE", "done", 2.0, list(faults))


class TestPlan(unittest.TestCase):
    def test_kills_are_dealt_out_evenly(self):
        kills = plan.plan(50, 3, NAMES, plan.VICTIMS)
        cells = Counter((kill.operation, kill.victim) for kill in kills)
        self.assertEqual(set(cells.values()), {5})
        self.assertEqual(len(cells), 10)
        self.assertEqual([kill.number for kill in kills], list(range(1, 51)))

    def test_a_number_that_does_not_divide_is_kept(self):
        for count in (0, 1, 7, 23):
            kills = plan.plan(count, 3, NAMES, plan.VICTIMS)
            cells = Counter((kill.operation, kill.victim) for kill in kills)
            self.assertEqual(len(kills), count)
            self.assertLessEqual(max(cells.values(), default=0), count // 10 + 1)

    def test_a_seed_repeats_its_kills_and_another_does_not(self):
        first, same = (plan.plan(50, 3, NAMES, plan.VICTIMS) for _time in range(2))
        self.assertEqual(first, same)
        self.assertNotEqual(first, plan.plan(50, 4, NAMES, plan.VICTIMS))

    def test_moments_are_spread_over_the_operation_and_beyond(self):
        kills = plan.plan(40, 3, NAMES[:1], (plan.ODOO,))
        fractions = sorted(kill.fraction for kill in kills)
        for part, fraction in enumerate(fractions):
            self.assertTrue(part / 40 <= fraction / plan.LATEST < (part + 1) / 40)
        self.assertTrue(any(fraction > 1 for fraction in fractions))

    def test_postgres_dies_in_every_way_and_odoo_as_a_whole(self):
        kills = plan.plan(50, 3, NAMES, plan.VICTIMS)
        modes = {victim: set() for victim in plan.VICTIMS}
        for kill in kills:
            modes[kill.victim].add(kill.mode)
        self.assertEqual(modes[plan.POSTGRES], set(plan.MODES))
        self.assertEqual(modes[plan.ODOO], {plan.SERVER})

    def test_the_first_round_tries_everything(self):
        kills = plan.plan(50, 3, NAMES, plan.VICTIMS)[:10]
        self.assertEqual(len({(k.operation, k.victim) for k in kills}), 10)


class TestPhase(unittest.TestCase):
    def test_each_phase_is_told_from_what_was_seen(self):
        seen = (
            (plan.BEFORE, False, False, False, plan.NOTHING),
            (plan.READING, False, True, False, plan.NOTHING),
            (plan.WRITING, False, True, True, plan.NOTHING),
            (plan.WRITING, False, True, True, plan.ALL),  # its commit went through
            (plan.COMMITTED, False, False, False, plan.ALL),
            (plan.ANSWERED, True, False, False, plan.ALL),
        )
        for phase, answered, is_open, has_written, state in seen:
            with self.subTest(phase):
                found = plan.phase_of(
                    answered=answered,
                    is_open=is_open,
                    has_written=has_written,
                    state=state,
                )
                self.assertEqual(found, phase)

    def test_what_is_half_done_was_not_before(self):
        found = plan.phase_of(
            answered=False, is_open=False, has_written=False, state=plan.HALF
        )
        self.assertEqual(found, plan.COMMITTED)


class _Caller:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def call(self, login, model, method, **arguments):
        self.asked.append((login, model, method, arguments))
        return self.answers.pop(0)


class TestJobs(unittest.TestCase):
    jobs = Jobs("system", "ir.cron", "method_direct_trigger", ids=(3, 5))

    def test_jobs_are_run_one_after_another(self):
        caller = _Caller(Answer(True), Answer(True))
        self.assertEqual(str(self.jobs.send(caller)), "done")
        self.assertEqual([a[3] for a in caller.asked], [{"ids": [3]}, {"ids": [5]}])

    def test_nothing_runs_after_one_that_is_not_answered(self):
        caller = _Caller(Answer(silence="ConnectionError"))
        self.assertEqual(str(self.jobs.send(caller)), "no answer: ConnectionError")

    def test_a_job_that_failed_is_no_success(self):
        error = {"params": {"data": {"message": "no such table"}}}
        answer = self.jobs.send(_Caller(Answer(error)))
        self.assertEqual(str(answer), "no answer: job 3 failed: no such table")

    def test_no_job_of_the_club_is_forgotten(self):
        there = set()
        for path in (CHECKOUT / "data").glob("*.xml"):
            there |= set(
                re.findall(r'<record id="ir_cron_club_(\w+)"', path.read_text())
            )
        known = [job for jobs in JOBS.values() for job in jobs]
        self.assertEqual(sorted(known), sorted(there))

    def test_the_docs_name_every_operation(self):
        text = (CHECKOUT / "docs" / "killed.md").read_text()
        named = re.findall(r"^\| (\w+) +\|", text.partition("The victims:")[0], re.M)
        self.assertEqual(sorted(named[1:]), sorted(OPERATIONS))

    def test_only_jobs_commit_by_slices(self):
        sliced = {name for name, each in OPERATIONS.items() if each.is_sliced}
        self.assertEqual(sliced, {"greetings", "figures", "night"})
        self.assertEqual(sliced, JOBS.keys() - {*WHOLE})


class _Bench:
    """Kills as it is told: a number of times, then what was given instead."""

    def __init__(self, times, end=None):
        self.times, self.end = times, end

    def kill(self, kill, reference):
        if kill.number > self.times:
            raise self.end
        return _trial(kill.number)


class TestSeries(unittest.TestCase):
    kills = plan.plan(5, 3, NAMES, plan.VICTIMS)

    def _kill(self, bench, latest=math.inf):
        with contextlib.redirect_stdout(io.StringIO()):
            with contextlib.redirect_stderr(io.StringIO()):
                return torture._kill(bench, self.kills, dict.fromkeys(NAMES), latest)

    def test_all_are_killed(self):
        self.assertEqual(len(self._kill(_Bench(5))), 5)

    def test_what_was_seen_counts_when_something_does_not_come_back(self):
        for end in (Problem("PostgreSQL is gone"), KeyboardInterrupt()):
            with self.subTest(end):
                self.assertEqual(len(self._kill(_Bench(3, end))), 3)

    def test_none_is_begun_after_the_time(self):
        self.assertEqual(self._kill(_Bench(5), latest=0), [])


class TestGround(unittest.TestCase):
    def _keep(self, target, keep):
        with tempfile.TemporaryDirectory() as folder:
            cluster = SimpleNamespace(folder=Path(folder))
            for name in Ground.FILES:
                (cluster.folder / name).write_text("{}")
            torture._keep(cluster, SimpleNamespace(keep=keep), target)

    def test_what_is_laid_is_kept_whole_or_not_at_all(self):
        def keep(base, folder):
            (folder / "dump").write_text(base)

        def fail(base, folder):
            keep(base, folder)
            raise Problem("the disk is full")

        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "of" / "ground"
            with self.assertRaises(Problem):
                self._keep(target, fail)
            self.assertFalse(target.exists())
            self._keep(target, keep)
            kept = {path.name for path in target.iterdir()}
            self.assertEqual(kept, {"dump", *Ground.FILES})
            self.assertEqual(Ground.read(target).ids, {})


class TestResult(unittest.TestCase):
    def test_the_table_counts_by_operation_and_victim(self):
        trials = [
            _trial(1),
            _trial(2, phase=plan.COMMITTED, state=plan.ALL),
            _trial(3, phase=plan.ANSWERED, state=plan.ALL, victim=plan.POSTGRES),
            _trial(4, state=plan.HALF, faults=["half is done"], operation="import"),
            _trial(5, plan.COMMITTED, plan.PART, operation="night"),
        ]
        lines = [line.split() for line in result.table(trials).splitlines()]
        expected = [
            ["import", "odoo", "1", "1", "1", "0", "0", "0", "1"],
            ["night", "odoo", "1", "1", "0", "0", "1", "0", "0"],
            ["posting", "odoo", "2", "2", "1", "1", "0", "1", "0"],
            ["posting", "postgres", "1", "0", "0", "0", "0", "1", "0"],
            ["all", "5", "4", "2", "1", "1", "2", "1"],
        ]
        self.assertEqual(lines[1:], expected)

    def test_a_fault_names_its_kill(self):
        (fault,) = result.faults([_trial(1), _trial(9, faults=["a seal is lost"])])
        self.assertIn("kill 9 (posting, odoo server, writing", fault)
        self.assertIn("a seal is lost", fault)

    def test_progress_tells_what_was_hit_and_what_is_wrong(self):
        line = result.line(_trial(3, faults=["a", "b"]), 50)
        self.assertTrue(line.startswith("kill 3 of 50: posting, odoo server after"))
        self.assertTrue(line.endswith("writing, left nothing; FAULT a; FAULT b"))

    def test_two_thirds_must_hit(self):
        hit, missed = _trial(1), _trial(2, phase=plan.ANSWERED, state=plan.ALL)
        self.assertTrue(result.is_convincing([hit, hit, missed]))
        self.assertFalse(result.is_convincing([hit, missed]))

    def test_figures_hold_every_kill_and_its_seed(self):
        found = result.figures([_trial(1), _trial(2)], 7, {"posting": 1.234})
        self.assertEqual((found["seed"], found["kills"]), (7, 2))
        self.assertEqual(found["in_the_middle"], 2)
        self.assertEqual(found["usual_seconds"], {"posting": 1.23})
        self.assertEqual(found["trials"][1]["number"], 2)
        self.assertEqual(found["trials"][1]["fraction"], 0.512)

    def test_figures_of_no_kills(self):
        self.assertEqual(result.figures([], 7, {})["kills"], 0)


class TestFingerprint(unittest.TestCase):
    def test_a_missing_table_differs_and_an_empty_one_does_not(self):
        gone = fingerprint.differing({"a": (1, 5)}, {})
        self.assertEqual(gone, ["a (1 rows, 0 rows)"])
        self.assertEqual(fingerprint.differing({"a": (0, None)}, {}), [])

    def test_the_same_number_of_rows_with_other_values_differs(self):
        self.assertTrue(fingerprint.differing({"a": (1, 5)}, {"a": (1, 6)}))

    def test_only_numbers_of_new_rows_are_left_out(self):
        value = fingerprint._value
        run = value("run_id", "integer", 12, {"run_id"})
        self.assertIn("> 12 THEN -1", run)
        self.assertEqual(value("points", "numeric", None, {"points"}), 't."points"')
        # A number that no foreign key explains stays as it is.
        self.assertEqual(value("sequence", "integer", None, set()), 't."sequence"')
        pointer = value("res_id", "integer", None, {"res_id", "model"})
        self.assertIn("t.model", pointer)

    def test_only_the_end_of_a_link_is_left_out_of_a_text(self):
        link = fingerprint.IN_TEXTS["sms_sms", "body"]
        value = fingerprint._value("body", "text", None, {"body"}, link)
        self.assertIn('regexp_replace(t."body"', value)
        text = 'Dear Ann: <a href="http://x:80/club/s/abc2">http://x:80/club/s/abc2</a>'
        said = re.sub(link.replace("[:space:]", r"\s"), r"\1", text)
        to = "http://x:80/club/s/"
        self.assertEqual(said, f'Dear Ann: <a href="{to}">{to}</a>')

    def test_only_the_row_number_is_left_out_of_a_duty(self):
        duty = fingerprint.IN_TEXTS["club_duty", "period"]
        found = [re.sub(duty, r"\1", text) for text in ("m12", "c7-2026", "2026-07")]
        self.assertEqual(found, ["m", "c-2026", "2026-07"])
