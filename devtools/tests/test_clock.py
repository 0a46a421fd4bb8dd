"""The club's clock is asked in one place; the client's and Greenwich's never."""

import re
import unittest

from devtools.home import CHECKOUT

CLOCK = CHECKOUT / "models/record/res_company.py"
FOLDERS = ("models", "wizards", "reports", "controllers", "kernel")
# What takes the zone of the client, of the user or of the server.
OTHERS = re.compile(
    r"context_today|context_timestamp|\bDate\.today\(|\bdate\.today\("
    r"|\bdatetime\.now\(|utcnow\(|ZoneInfo|import pytz|partner_id\.tz|user\.tz"
    r"|\b(?i:current_date)\b|\bformat_date\([^,]+, [\w.]*(_at|date_begin|date_end)\b"
)


class TestClock(unittest.TestCase):
    def test_nobody_asks_another_clock(self):
        found = [
            f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()}"
            for folder in FOLDERS
            for path in sorted((CHECKOUT / folder).rglob("*.py"))
            if path != CLOCK
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if OTHERS.search(line)
        ]
        self.assertEqual(found, [])

    def test_the_search_finds_what_it_looks_for(self):
        for line in (
            "today = fields.Date.context_today(self)",
            "day = fields.Date.today()",
            'WHERE date_to < CURRENT_DATE",',
            "format_date(self.env, sample.drawn_at)",
        ):
            self.assertRegex(line, OTHERS)

    def test_papers_print_moments_in_the_clubs_zone(self):
        for path in sorted((CHECKOUT / "reports").glob("*.xml")):
            for widget in re.findall(
                r"\{'widget': 'datetime'[^}]*\}", path.read_text()
            ):
                self.assertIn("_club_zone()", widget, path.name)
