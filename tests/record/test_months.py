from datetime import date

from lxml import etree

from odoo.tests import HttpCase, freeze_time, tagged

from ..common import TODAY, ClubCommon, ClubFixture

TIMEOUT = 180


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMonths(ClubCommon):
    """A date that stands for a month is one everywhere. Rules B5, B12."""

    def test_each_month_says_that_it_is_one(self):
        unsaid = [
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if name.startswith("club.") and not model._abstract
            for field in model._fields.values()
            if field.type == "date"
            and "month" in field.name
            and field.name not in model._club_months
        ]
        self.assertEqual(unsaid, [])

    def test_views_show_a_month(self):
        """Lists and forms do, also the lists in forms; searching goes by dates."""
        model = self.env["club.points.adjustment"]
        lines = self._find(model, "form", "revenue_month")
        self.assertEqual({node.get("widget") for node in lines}, {"club_month"})
        totals = self.env["club.control.total"]
        for kind in ("list", "form"):
            (month,) = self._find(totals, kind, "month")
            self.assertEqual(month.get("widget"), "club_month")
        for node in self._find(self.env["club.points.entry"], "pivot", "revenue_month"):
            self.assertFalse(node.get("widget"))

    def _find(self, model, kind, name):
        arch = etree.fromstring(model.get_view(view_type=kind)["arch"])
        return arch.findall(f".//field[@name='{name}']")

    def test_groups_of_a_month_are_headed_by_it(self):
        self._add_control_total(date(2026, 10, 15))
        for language in ("en_US", "zh_CN"):
            totals = self.env["club.control.total"].with_context(lang=language)
            (group,) = totals.formatted_read_group(
                [("company_id", "=", self.company.id)], ["month:month"], ["__count"]
            )
            self.assertEqual(group["month:month"], ("2026-10-01", "2026-10"))
            (year,) = totals.formatted_read_group(
                [("company_id", "=", self.company.id)], ["month:year"], ["__count"]
            )
            self.assertEqual(year["month:year"], ("2026-01-01", "2026"))

    def _add_control_total(self, month):
        return self.env["club.control.total"].create(
            {
                "company_id": self.company.id,
                "month": month,
                "category_id": self.categ_letters.id,
                "amount": 1_000,
            }
        )


@tagged("post_install", "-at_install")
class TestMonthPicker(ClubFixture, HttpCase):
    """Finance enters the month of a control total. Rule B12."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()

    def test_a_month_is_picked_or_typed(self):
        total = self.env["club.control.total"].create(
            {
                "company_id": self.company.id,
                "month": "2026-08-20",
                "category_id": self.categ_letters.id,
                "amount": 1_000,
            }
        )
        self.assertEqual(total.month, date(2026, 8, 1))
        self.start_tour(
            "/odoo", "club_pick_month", login=self.finance.login, timeout=TIMEOUT
        )
        self.env.invalidate_all()
        self.assertEqual(total.month, date(2026, 9, 1))
