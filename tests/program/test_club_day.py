from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from ...kernel.published_days import PUBLISHED
from ...models.program.working_days import after_sql
from ..common import TODAY, ClubCommon

PROVISIONAL = date(2027, 1, 1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestClubDay(ClubCommon):
    """Rules B5, D3: working days by the Chinese calendar, with make-up days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["club.day"]

    def _get(self, text):
        return self.days.search([("date", "=", text)])

    # === The calendar === #

    def test_every_day_is_there_up_to_the_end_of_next_year(self):
        days = self.days.search([])
        first, last = days[0].date, days[-1].date
        self.assertEqual(first, date(2024, 1, 1))
        self.assertGreaterEqual(last, date(2027, 12, 31))
        self.assertEqual(len(days), (last - first).days + 1)

    def test_numbers_count_the_working_days(self):
        count = 0
        for day in self.days.search([]):
            count += day.is_working
            self.assertEqual(day.number, count, day.date)

    def test_published_years_are_certain_and_others_are_not(self):
        for year in PUBLISHED:
            self.assertFalse(self.days._is_provisional(date(year, 12, 31)))
        self.assertTrue(self.days._is_provisional(PROVISIONAL))
        self.assertTrue(self.days._is_provisional(date(2099, 1, 1)))
        self.assertFalse(self.days._is_provisional(False))

    def test_a_day_says_what_it_is(self):
        made_up, off = self._get("2026-02-14"), self._get("2026-02-17")
        self.assertTrue(made_up.is_working)
        self.assertEqual(made_up.occasion, "Spring Festival")
        self.assertEqual(made_up.display_name, "02/14/2026 · Spring Festival · work")
        self.assertFalse(off.is_working)
        self.assertEqual((off.weekday, off.lunar_date), ("Tuesday", "正月初一"))

    # === Counting === #

    def test_deadlines_around_the_spring_festival_of_2026(self):
        """Off from the 15th to the 23rd, made up on Saturdays, the 14th and 28th."""
        for day, count, wanted in (
            ("2026-02-13", 0, "2026-02-13"),
            ("2026-02-13", 1, "2026-02-14"),
            ("2026-02-13", 2, "2026-02-24"),
            ("2026-02-15", 0, "2026-02-24"),
            ("2026-02-20", 1, "2026-02-24"),
            ("2026-02-24", -1, "2026-02-14"),
            ("2026-02-20", -1, "2026-02-14"),
            ("2026-02-20", -2, "2026-02-13"),
            ("2026-02-27", 1, "2026-02-28"),
            ("2026-02-27", 2, "2026-03-02"),
        ):
            with self.subTest(day=day, count=count):
                day, wanted = map(date.fromisoformat, (day, wanted))
                self.assertEqual(self.days._get_deadline(day, count), wanted)

    def test_working_days_between(self):
        count = self.days._count_working
        self.assertEqual(count(date(2026, 2, 13), date(2026, 2, 24)), 2)
        self.assertEqual(count(date(2026, 2, 24), date(2026, 2, 13)), -2)
        self.assertEqual(count(date(2026, 2, 24), date(2026, 2, 24)), 0)

    def test_sql_says_the_same(self):
        asked = self.days.search(
            [("date", ">=", "2025-12-20"), ("date", "<=", "2026-03-20")]
        )
        for count in (-11, -1, 0, 1, 10, 40):
            rows = self.env.execute_query(
                SQL(
                    "SELECT date, %s FROM club_day WHERE id IN %s",
                    after_sql(SQL("club_day.date"), SQL("%s", count)),
                    asked._ids,
                )
            )
            calendar = self.days._get_calendar()
            self.assertEqual(len(rows), len(asked))
            for day, reached in rows:
                self.assertEqual(reached, calendar.get_deadline(day, count), day)

    def test_beyond_the_calendar_weekends_and_festivals_are_off(self):
        self.assertEqual(
            self.days._get_deadline(date(2019, 12, 31), 1), date(2020, 1, 2)
        )
        self.assertEqual(
            self.days._get_deadline(date(2060, 9, 30), 1), date(2060, 10, 4)
        )

    # === Changed === #

    def test_a_changed_day_moves_what_comes_after(self):
        run = self.env["club.points.run"].create(
            {"program_id": self.program.id, "month": "2026-02-01"}
        )
        self.assertEqual(run.date_deadline, date(2026, 3, 13))
        earlier = self.env["club.points.run"].create(
            {"program_id": self.program.id, "month": "2026-01-01"}
        )
        # Nine days off, of which one Saturday is made up before them.
        self.assertEqual(earlier.date_deadline, date(2026, 2, 13))
        before = self._get("2026-03-31").number
        self._get("2026-03-04").with_user(self.officer).is_working = False
        self.assertEqual(self._get("2026-03-31").number, before - 1)
        self.assertEqual(run.date_deadline, date(2026, 3, 16))
        self.assertEqual(earlier.date_deadline, date(2026, 2, 13))

    def test_naming_a_day_moves_nothing(self):
        day = self._get("2026-03-04")
        before = day.number
        day.with_user(self.officer).occasion = "Anniversary"
        self.assertEqual(day.number, before)
        self.assertTrue(day.is_working)

    def test_only_officers_change_it_and_nobody_makes_or_deletes_days(self):
        day = self._get("2026-03-04")
        for user in (self.manager, self.lead, self.finance, self.auditor):
            self.assertEqual(day.with_user(user).number, day.number)
            with self.assertRaises(AccessError):
                day.with_user(user).is_working = False
        as_officer = day.with_user(self.officer)
        for name, value in (("date", "2026-03-05"), ("number", 1)):
            with self.assertRaises(AccessError):
                as_officer[name] = value
        with self.assertRaises(AccessError):
            as_officer.is_provisional = True
        with self.assertRaises(AccessError):
            as_officer.create({"date": "2040-01-01"})
        with self.assertRaises(AccessError):
            as_officer.unlink()

    # === Each year === #

    def test_missing_years_are_made_once_and_what_is_there_stays(self):
        day = self._get("2026-03-04")
        day.is_working = False
        count = self.days.search_count([])
        self.days._ensure_years()
        self.assertEqual(self.days.search_count([]), count)
        self.assertFalse(day.is_working)
        with freeze_time("2029-01-01"):
            self.days._ensure_years()
            self.days._ensure_years()
        last = self.days.search([], order="date desc", limit=1)
        self.assertEqual(last.date, date(2030, 12, 31))
        self.assertTrue(last.is_provisional)
        before = self._get(last.date - timedelta(days=1))
        self.assertEqual(last.number, before.number + 1)  # a Tuesday

    def test_officers_are_asked_once_from_15_november_on(self):
        first = self._get(PROVISIONAL)
        with freeze_time("2026-11-14"):
            self.days._cron_ensure_years()
        self.assertFalse(first.activity_ids)
        with freeze_time("2026-11-15"):
            self.days._cron_ensure_years()
        asked = first.activity_ids
        self.assertIn(self.officer, asked.user_id)
        self.assertEqual(len(asked), len(asked.user_id))
        asked.action_done()
        with freeze_time("2026-11-16"):
            self.days._cron_ensure_years()
        self.assertFalse(first.activity_ids)

    # === A year is loaded === #

    def _get_load(self, user=None, year=2027):
        loads = self.env["club.day.load"].with_user(user or self.officer)
        return loads.create({"year": year})

    def test_the_dialog_starts_with_the_first_year_that_is_not_loaded(self):
        form = Form(self.env["club.day.load"].with_user(self.officer))
        self.assertEqual(form.year, 2027)
        self.assertEqual(len(form.line_ids), 7)
        form.year = 2026
        self.assertTrue(form.is_loaded)
        spring = self._get_load(year=2026).line_ids[1]
        self.assertRecordValues(
            spring,
            [
                {
                    "occasion": "spring_festival",
                    "date_from": date(2026, 2, 15),
                    "date_to": date(2026, 2, 23),
                    "made_up_1": date(2026, 2, 14),
                    "made_up_2": date(2026, 2, 28),
                    "made_up_3": False,
                }
            ],
        )

    def test_loading_a_year_makes_it_certain_and_moves_deadlines(self):
        with freeze_time("2026-11-15"):
            self.days._cron_ensure_years()
        with freeze_time("2027-02-01"):
            run = self.env["club.points.run"].create(
                {"program_id": self.program.id, "month": "2027-01-01"}
            )
        # Provisional: the eve of the 5th is a Friday, the festival's third a Monday.
        self.assertEqual(run.date_deadline, date(2027, 2, 16))
        self.assertTrue(self.days._is_provisional(run.date_deadline))
        load = self._get_load()
        spring = load.line_ids.filtered(lambda line: line.date_from.month == 2)
        spring.write(
            {
                "date_from": "2027-02-05",
                "date_to": "2027-02-11",
                "made_up_1": "2027-02-20",
            }
        )
        for _again in range(2):
            load.action_load()
            self.assertEqual(run.date_deadline, date(2027, 2, 19))
            self.assertFalse(self.days._is_provisional(run.date_deadline))
            made_up = self._get("2027-02-20")
            self.assertTrue(made_up.is_working)
            self.assertEqual(made_up.occasion, "Spring Festival")
            self.assertEqual(made_up.number, self._get("2027-02-19").number + 1)
        self.assertFalse(self._get(PROVISIONAL).activity_ids)
        self.assertFalse(self.days.search([("is_provisional", "=", True)]))

    def test_loading_anew_takes_back_what_was_wrong(self):
        before = self._get("2027-12-31").number
        load = self._get_load()
        new_year = load.line_ids[0]
        new_year.write({"date_from": "2026-12-31", "date_to": "2027-01-03"})
        load.action_load()
        self.assertFalse(self._get("2026-12-31").is_working)
        self.assertEqual(self._get("2027-12-31").number, before - 1)
        load.action_load()
        again = self._get_load()
        again.line_ids[0].date_to = "2027-01-01"
        self._get("2026-12-31").is_working = True
        again.action_load()
        self.assertEqual(self._get("2027-12-31").number, before)

    def test_notices_that_contradict_are_refused(self):
        load = self._get_load()
        line = load.line_ids[1]
        for values, message in (
            ({"date_to": "2027-02-01"}, "mend the days"),
            ({"date_to": "2027-03-31"}, "mend the days"),
            ({"made_up_1": "2027-02-06"}, "stands in the notice twice"),
            ({"made_up_1": "2027-02-10"}, "only Saturdays"),
            ({"made_up_1": "2028-02-12"}, "isn't a day of 2027"),
            ({"made_up_1": "2026-12-19"}, "isn't a day of 2027"),
            ({"date_from": "2027-01-01", "date_to": "2027-01-09"}, "twice"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                line.write(values)
                load.action_load()
        self.assertTrue(self.days._is_provisional(PROVISIONAL))

    def test_years_out_of_the_calendar_and_empty_notices_are_refused(self):
        for year in (0, 2023, 2036, 9999):
            with self.assertRaises(UserError):
                self._get_load(year=year).action_load()
        load = self._get_load()
        load.line_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "a line for each holiday"):
            load.action_load()

    def test_only_officers_load_and_only_their_own(self):
        load = self._get_load()
        for user in (self.manager, self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self._get_load(user)
            with self.assertRaises(AccessError):
                load.with_user(user).action_load()
