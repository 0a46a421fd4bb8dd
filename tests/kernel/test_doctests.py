import doctest
import importlib
import unittest

import support  # noqa: F401  (finds the kernel)


class TestDoctests(unittest.TestCase):
    def test_the_examples_in_the_kernel_hold(self):
        for name in (
            "tier_model",
            "tier_rules",
            "tier_score",
            "tier_evidence",
            "windows",
            "points_life",
            "points_lots",
            "revenue_headings",
            "revenue_rows",
            "sheet_areas",
            "workbook_cells",
            "number_formats",
            "lunar",
            "working_days",
            "allocation",
            "service_hours",
            "activity_costs",
            "personal_words",
            "survey_channels",
            "guest_list",
            "cadence",
            "quota",
            "seating",
            "taboos",
            "shares",
            "amount_in_words",
            "tender",
            "written",
            "printed",
            "text_width",
            "rounding",
        ):
            with self.subTest(module=name):
                module = importlib.import_module(f"kernel.{name}")
                failed, tried = doctest.testmod(module)
                self.assertFalse(failed)
                self.assertTrue(tried, "a kernel module shows by example what it does")
