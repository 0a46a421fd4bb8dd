"""Each company has its own day, and the jobs serve all of them. Rules A9, D8."""

from datetime import date
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ...models.points.revenue_store import get_first_month
from ..common import TODAY
from .worlds_case import WorldsCase

YESTERDAY = date(2026, 4, 9)  # at Lake Post it is still today
# What the jobs make; a second night of the same day makes nothing more.
MADE = (
    *("club.duty", "club.figure", "club.figure.year", "club.account.pulse"),
    *("club.greeting", "club.handover", "club.requalification", "club.membership"),
    *("club.improvement", "club.retention", "club.occasion.day", "mail.activity"),
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsDays(WorldsCase):
    """At Harbour Post it is 10 April, at Lake Post the 9th."""

    def _look_from_both(self, model):
        for companies in (self.company | self.lake, self.lake | self.company):
            self.env.invalidate_all()
            yield self._as(self.env[model], self.both, companies)

    def _create_needs(self):
        return {
            company: self._in(company)["club.need"].create(
                {
                    "name": "Late parcel",
                    "account_id": self.account_a.id,
                    "is_complaint": True,
                    "kind": "service",
                    "date_due": YESTERDAY,
                    "owner_id": user.id,
                }
            )
            for company, user in (
                (self.company, self.officer),
                (self.lake, self.lake_users["officer"]),
            )
        }

    def test_what_is_due_is_late_where_its_day_is_over(self):
        needs = self._create_needs()
        here, there = needs[self.company], needs[self.lake]
        for found in self._look_from_both("club.need"):
            self.assertTrue(found.browse(here.id).is_overdue)
            self.assertFalse(found.browse(there.id).is_overdue)
            ids = [("id", "in", [here.id, there.id])]
            late = found.search([*ids, ("is_overdue", "=", True)])
            self.assertEqual(late.ids, here.ids)
            in_time = found.search([*ids, ("is_overdue", "=", False)])
            self.assertEqual(in_time.ids, there.ids)
        for found in self._look_from_both("club.today"):
            late = found.search([("kind", "=", "complaint"), ("is_late", "=", True)])
            self.assertEqual(late.company_id, self.company)
            rows = found.search([("kind", "=", "complaint")])
            self.assertEqual(sorted(rows.mapped("days_late")), [0, 1])
            self.assertEqual(rows.filtered("is_late"), late)

    def test_who_owns_it_is_reminded_on_the_day_of_his_company(self):
        needs = self._create_needs()
        jobs = api.Environment(self.cr, SUPERUSER_ID, {})
        with patch.object(self.env.registry["ir.cron"], "_commit_progress"):
            jobs["club.need"]._cron_remind()
            self.assertEqual(needs[self.company].reminded_for, YESTERDAY)
            self.assertFalse(needs[self.lake].reminded_for)
            with freeze_time("2026-04-11"):
                self.env.invalidate_all()
                jobs["club.need"]._cron_remind()
                self.assertEqual(needs[self.lake].reminded_for, YESTERDAY)

    def test_a_term_ends_where_its_company_is(self):
        account = self._create_account("Cape Foods")
        for program in (self.program, self.lake_program):
            program.grace_days = 0
        ended, current = (
            self._join(account, "gold", program, last=YESTERDAY)
            for program in (self.program, self.lake_program)
        )
        for found in self._look_from_both("club.membership"):
            self.assertEqual(found.browse(ended.id).status, "ended")
            self.assertEqual(found.browse(current.id).status, "current")
            mine = [("account_id", "=", account.id)]
            for status, term in (("ended", ended), ("current", current)):
                rows = found.search([*mine, ("status", "=", status)])
                self.assertEqual(rows.ids, term.ids)

    def test_nobody_says_today_what_is_tomorrow_there(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.account_a.id}
        )
        for companies in (self.company | self.lake, self.lake | self.company):
            env = self._within(companies)
            with self.assertRefused(ValidationError, "in the future"):
                env["club.contact.profile"].create(
                    {
                        "contact_id": contact.id,
                        "company_id": self.lake.id,
                        "birthday_month": "04",
                        "birthday_day": 8,
                        "birthday_checked_on": TODAY,
                    }
                )
        self.env["club.contact.profile"].create(
            {
                "contact_id": contact.id,
                "company_id": self.company.id,
                "birthday_month": "04",
                "birthday_day": 8,
                "birthday_checked_on": TODAY,
            }
        )

    def test_what_is_noted_of_a_person_is_noted_on_the_companys_day(self):
        """What is proposed is never refused as a day to come."""
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.account_a.id}
        )
        profile = self.env["club.contact.profile"].create(
            {
                "contact_id": contact.id,
                "company_id": self.lake.id,
                "birthday_month": "04",
                "birthday_day": 8,
            }
        )
        for companies in (self.company | self.lake, self.lake | self.company):
            env = self._within(companies)
            consent = env["club.contact.consent"].create(
                {"profile_id": profile.id, "channel": "call", "answer": "given"}
            )
            self.assertEqual(consent.stated_on, YESTERDAY)
            correction = env["club.birthday.correction"].create(
                {
                    "profile_id": profile.id,
                    "birthday_month": "04",
                    "birthday_day": companies[0].id % 20 + 1,
                    "apology": "By phone",
                }
            )
            self.assertEqual(correction.reported_on, YESTERDAY)
            self.assertEqual(profile.birthday_checked_on, YESTERDAY)
            with Form(env["club.birthday.correction"]) as form:
                form.profile_id = profile
                self.assertEqual(form.reported_on, YESTERDAY)
                form.birthday_month, form.birthday_day = "05", 2
                form.apology = "By phone"

    def test_a_company_below_takes_the_zone_of_the_one_above(self):
        self.assertEqual(self.company.club_timezone, self.province.club_timezone)
        self.assertEqual(self.lake.club_timezone, "America/New_York")

    # === What imports say of all programs === #

    def test_revenue_is_too_old_once_it_is_for_one_program(self):
        """Rule B9: no program's run passes over an imported row in silence."""
        for in_month in ("2026-01", "2026-02", "2026-03"):
            self._post(self.suburbs, in_month)
        first = get_first_month(self.env, self.company)
        starts = [
            program._get_correction_window().start
            for program in (self.program, self.suburbs)
        ]
        self.assertLess(starts[0], starts[1])
        self.assertEqual(first, starts[1])
        self.assertIsNone(get_first_month(self.env, self.province))

    # === What all companies share === #

    def test_what_another_company_uses_stays_shared(self):
        kept = self.env["club.account.class"].create(
            {"name": "Shared", "code": "shared", "company_id": False}
        )
        self._in(self.lake)["club.account.classification"].create(
            {
                "account_id": self.account_a.id,
                "class_id": kept.id,
                "company_id": self.lake.id,
                "reason": "Decree 7",
            }
        )
        with self.assertRefused(UserError, "Lake Post uses it"):
            kept.company_id = self.company
        kept.company_id = self.lake

    # === The jobs === #

    def _run_jobs(self):
        """Run each job of the club as the scheduler does: nobody's, in no company."""
        jobs = api.Environment(self.cr, SUPERUSER_ID, {})
        crons = self.env["ir.cron"].search([])
        steps = crons.ir_actions_server_id.filtered(
            lambda step: step.model_id.model.startswith("club.")
        )
        with patch.object(self.env.registry["ir.cron"], "_commit_progress"):
            for step in steps:
                name = step.code.removeprefix("model.").removesuffix("()")
                getattr(jobs[step.model_id.model], name)()
        self.env.flush_all()
        self.env.invalidate_all()
        return len(steps)

    def test_the_jobs_serve_every_company_and_program(self):
        companies = self.company | self.lake | self.coast
        programs = self.program | self.suburbs | self.lake_program | self.coast_program
        for company in companies:
            self._book_revenue(company, self.account_a, 1_000)
        for program in programs:
            self._post(program)
        self.assertGreater(self._run_jobs(), 12)
        checks = self.env["club.integrity.check"].sudo().search([])
        checks = checks.filtered(lambda check: check.program_id in programs)
        self.assertEqual(checks.program_id, programs)
        self.assertEqual(set(checks.mapped("state")), {"clean"})
        for name in ("club.figure", "club.figure.year", "club.account.pulse"):
            rows = self.env[name].sudo().search([("company_id", "in", companies.ids)])
            self.assertEqual(rows.company_id, companies, name)
        for company in companies:
            pulse = self.env["club.account.pulse"].search(
                [
                    ("company_id", "=", company.id),
                    ("account_id", "=", self.account_a.id),
                ]
            )
            self.assertEqual(pulse.month_revenue, 1_000)
        counts = {name: self.env[name].sudo().search_count([]) for name in MADE}
        self._run_jobs()
        self.assertEqual(
            counts, {name: self.env[name].sudo().search_count([]) for name in MADE}
        )
