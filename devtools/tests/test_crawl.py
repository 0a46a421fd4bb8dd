"""What a crawl tells of what it opened."""

import unittest

from devtools.crawl.result import compare, summarise


def opening(**values):
    """Return an opening as the walker writes it."""
    return {
        **{"login": "officer", "place": "Points", "view": "list", "what": ""},
        **{
            "ms": 10.0,
            "busy_ms": 9.0,
            "queries": 5,
            "rows": 80,
            "refused": "",
            "error": "",
        },
        **values,
    }


class TestCrawl(unittest.TestCase):
    """Issue 18, point 2: what is slow and what grows is told."""

    def test_more_queries_in_the_large_one_are_told(self):
        small = [opening(), opening(view="form", queries=40)]
        large = [opening(queries=6), opening(view="form", queries=40)]
        (grown,) = compare(small, large)
        self.assertEqual((grown["queries_small"], grown["queries"]), (5, 6))

    def test_what_shows_nothing_or_stands_alone_is_not_compared(self):
        self.assertEqual(compare([opening()], [opening(queries=9, rows=0)]), [])
        self.assertEqual(compare([], [opening(queries=9)]), [])
        self.assertEqual(compare([opening(rows=0)], [opening(queries=9)]), [])
        self.assertEqual(compare([opening()], [opening(queries=9, error="E")]), [])

    def test_counting_what_fills_a_page_is_no_growth(self):
        for rows, count in ((79, 0), (80, 1)):
            grown = compare([opening(rows=rows)], [opening(queries=6)])
            self.assertEqual(len(grown), count)

    def test_counts_and_the_slowest(self):
        found = summarise(
            [
                opening(busy_ms=1000.0),
                opening(busy_ms=1000.1),
                opening(refused="No."),
                opening(error="KeyError: 1", login="lead"),
            ]
        )
        self.assertEqual(found["over_a_second"], 1)
        self.assertEqual((found["opened"], found["refused"]), (4, 1))
        self.assertEqual(len(found["errors"]), 1)
        self.assertEqual(found["roles"]["lead"]["opened"], 1)
        self.assertEqual(found["slowest"][0]["busy_ms"], 1000.1)
