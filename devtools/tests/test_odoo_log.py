"""What stands in Odoo's log decides: nothing in it may be overlooked or invented."""

import tempfile
import unittest
from pathlib import Path

from devtools.odoo_log import AllowedLines, Record, TestLog

TESTS = "odoo.addons.crm_club.tests.points.test_run"
PASSED_AND_FAILED = (
    ("INFO", TESTS, "Starting TestRun.test_good ..."),
    ("INFO", TESTS, "Starting TestRun.test_bad ..."),
    (
        "ERROR",
        TESTS,
        "FAIL: Subtest TestRun.test_bad (month=1)\nTraceback …\nAssertionError",
    ),
    (
        "ERROR",
        TESTS,
        "FAIL: Subtest TestRun.test_bad (month=2)\nTraceback …\nAssertionError",
    ),
    (
        "ERROR",
        "odoo.modules.loading",
        "Module crm_club: 2 failures, 0 errors of 2 tests",
    ),
    (
        "ERROR",
        "odoo.tests.result",
        "2 failed, 0 error(s) of 2 tests when loading database 'x'",
    ),
)


def lines(*records):
    """Write records as Odoo's log does."""
    text = "\n".join(
        f"2026-01-05 10:00:00,000 77 {level} club_test {logger}: {message}"
        for level, logger, message in records
    )
    return text.splitlines()


class TestCounting(unittest.TestCase):
    def test_a_test_with_two_failing_subtests_is_one_failure(self):
        log = TestLog.read(lines(*PASSED_AND_FAILED))
        self.assertEqual((log.passed, log.failed, log.skipped), (1, 1, {}))

    def test_failures_and_their_echoes_are_no_complaints_about_the_log(self):
        self.assertEqual(TestLog.read(lines(*PASSED_AND_FAILED)).complaints, [])

    def test_skipped_tests_are_not_passed(self):
        log = TestLog.read(
            lines(
                ("INFO", TESTS, "Starting TestTour.test_tour ..."),
                (
                    "INFO",
                    TESTS,
                    "skipped TestTour.test_tour : Chrome executable not found",
                ),
                (
                    "INFO",
                    "odoo.tests.suite",
                    "skipped setUpClass (a.b.TestX) : no server ",
                ),
            )
        )
        self.assertEqual((log.passed, log.failed), (0, 0))
        self.assertEqual(
            log.skipped,
            {
                "points.test_run: TestTour.test_tour": "Chrome executable not found",
                "setUpClass (a.b.TestX)": "no server",
            },
        )

    def test_each_class_that_can_not_be_set_up_is_a_failure(self):
        log = TestLog.read(
            lines(
                (
                    "ERROR",
                    "odoo.tests.suite",
                    "ERROR: setUpClass (a.b.TestX)\nValueError",
                ),
                (
                    "ERROR",
                    "odoo.tests.suite",
                    "ERROR: setUpClass (a.b.TestY)\nValueError",
                ),
            )
        )
        self.assertEqual(log.failed, 2)

    def test_classes_called_alike_in_two_files_stay_apart(self):
        log = TestLog.read(
            lines(
                ("INFO", TESTS, "Starting TestRights.test_a ..."),
                ("INFO", f"{TESTS}_late", "Starting TestRights.test_a ..."),
                ("ERROR", f"{TESTS}_late", "ERROR: TestRights.test_a\nKeyError"),
            )
        )
        self.assertEqual((log.passed, log.failed), (1, 1))


class TestIncomplete(unittest.TestCase):
    def test_a_log_without_the_closing_count_broke_off(self):
        log = TestLog.read(lines(("INFO", TESTS, "Starting TestRun.test_good ...")))
        self.assertIn("broke off", log.incomplete())

    def test_counts_that_differ_are_told(self):
        summary = "0 failed, 0 error(s) of 3 tests when loading database 'x'"
        log = TestLog.read(
            lines(
                ("INFO", TESTS, "Starting TestRun.test_good ..."),
                ("INFO", "odoo.tests.result", summary),
            )
        )
        self.assertIn("counted 3", log.incomplete())

    def test_no_test_at_all_is_not_a_success(self):
        summary = "0 failed, 0 error(s) of 0 tests when loading database 'x'"
        log = TestLog.read(lines(("WARNING", "odoo.tests.result", summary)))
        self.assertIn("no test ran", log.incomplete())

    def test_a_whole_log_is_complete(self):
        self.assertIsNone(TestLog.read(lines(*PASSED_AND_FAILED)).incomplete())


class TestComplaints(unittest.TestCase):
    def test_warnings_tracebacks_and_stray_lines_are_complaints(self):
        for text in (
            lines(("WARNING", "odoo.models", "no access rules")),
            lines(
                ("INFO", "odoo.http", "oops\nTraceback (most recent call last):\n  x")
            ),
            ["<string>:38: (ERROR/3) Unexpected indentation."],
        ):
            with self.subTest(text=text):
                self.assertEqual(len(TestLog.read(text).complaints), 1)

    def test_usual_lines_are_not(self):
        text = lines(("INFO", "odoo.modules.loading", "loading 68 modules..."))
        self.assertEqual(TestLog.read(["Running as root", *text]).complaints, [])

    def test_an_allowed_line_needs_a_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "allowed.toml"
            path.write_text('[[allow]]\npattern = "^WARNING x: y$"\nreason = ""\n')
            with self.assertRaisesRegex(ValueError, "no reason"):
                AllowedLines(path)

    def test_only_the_allowed_line_is_let_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "allowed.toml"
            path.write_text(
                '[[allow]]\npattern = "^WARNING x: y$"\nreason = "upstream"\n'
            )
            other = Record("WARNING", "x", ["z"])
            refused = AllowedLines(path).refuse([Record("WARNING", "x", ["y"]), other])
        self.assertEqual(refused, [other])
