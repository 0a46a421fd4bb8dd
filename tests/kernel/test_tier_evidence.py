import unittest

import support  # noqa: F401  (finds the kernel)

from kernel.tier_evidence import Decided, decide

SAID = {
    "measure": "higher",
    "points": "160000.00",
    "revenue": "0.00",
    "thresholds": [
        ["vip", "50000.0", "100000.0"],
        ["gold", "150000.0", "500000.0"],
        ["platinum", "300000.0", "1000000.0"],
    ],
    "automatic_revenue": "100000.0",
    "indicators": {"categories": "1"},
}


class TestTierEvidence(unittest.TestCase):
    """Rule A10: evidence alone says what the decision came to."""

    def test_figures_bars_automatic_membership_and_floor(self):
        bar = [["gold", "categories", "2", False]]
        for more, expected in (
            ({}, ("gold", "gold", "gold")),
            ({"points": "149999.99"}, ("vip", "vip", "vip")),
            ({"points": "0"}, (None, None, None)),
            ({"bars": bar}, ("vip", "vip", "vip")),
            ({"bars": bar, "indicators": {"categories": "2"}}, ("gold",) * 3),
            (
                {"measure": "points", "points": "0", "revenue": "100000"},
                (None, "vip", "vip"),
            ),
            ({"floor": "platinum"}, ("gold", "gold", "platinum")),
            ({"floor": "vip"}, ("gold", "gold", "gold")),
        ):
            with self.subTest(more):
                self.assertEqual(decide({**SAID, **more}), Decided(*expected))

    def test_what_cannot_be_read_is_an_error(self):
        for forged in (
            {"points": "many"},
            {"points": []},
            {"thresholds": 3},
            {"thresholds": [["vip"]]},
            {"thresholds": [["vip", "2", "2"], ["gold", "1", "1"]]},
            {"measure": "luck"},
            {"floor": "top"},
            {"bars": [["gold"]]},
            {"indicators": [1]},
        ):
            with self.subTest(forged), self.assertRaises(ValueError):
                decide({**SAID, **forged})
        with self.assertRaises(ValueError):
            decide({})
