from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY
from ..contact.care_case import CareFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestContactSample(CareFixture, TransactionCase):
    """A superior looks at some of what his people recorded. Rule D4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls.other_lead = cls._create_user("lead", "other_lead")
        cls.other_unit.user_id = cls.other_lead
        logs = cls.env["club.contact.log"].with_user(cls.manager)
        cls.logs = logs.create(
            [
                {
                    "contact_id": cls.contact.id,
                    "conversation": f"Rates {number}",
                    "held_on": date(2026, 3, 1 + number),
                }
                for number in range(10)
            ]
        )
        # Another unit's, and another month's.
        cls.strange = logs.with_user(cls.other_manager).create(
            {
                "contact_id": cls.colleague.id,
                "conversation": "Rates",
                "held_on": date(2026, 3, 2),
            }
        )
        cls.later = logs.create(
            {"contact_id": cls.contact.id, "conversation": "Rates", "held_on": TODAY}
        )

    def _draw(self, user=None, **values):
        samples = self.env["club.contact.sample"].with_user(user or self.lead)
        values = {"unit_id": self.unit.id, "month": date(2026, 3, 15), **values}
        sample = samples.create({"size": 4, **values})
        sample.action_draw()
        return sample

    def test_as_many_are_drawn_as_asked_for(self):
        sample = self._draw()
        self.assertRecordValues(
            sample,
            [
                {
                    "state": "drawn",
                    "population": 10,
                    "log_count": 4,
                    "unchecked_count": 4,
                    "drawn_by_id": self.lead.id,
                    "drawn_on": TODAY,
                    "month": date(2026, 3, 1),
                }
            ],
        )
        self.assertLessEqual({*sample.log_ids.ids}, {*self.logs.ids})
        self.assertEqual(self._draw(size=10).log_count, 10)
        self.assertEqual(self._draw(size=11).log_count, 10)

    def test_the_same_seed_draws_the_same(self):
        first, second = self._draw(), self._draw(self.officer)
        self.assertNotEqual(first.seed, second.seed)
        third = self.env["club.contact.sample"]._create_guarded(
            [
                {
                    "unit_id": self.unit.id,
                    "month": date(2026, 3, 1),
                    "size": 4,
                    "seed": first.seed,
                }
            ]
        )
        third.action_draw()
        self.assertEqual(third.log_ids, first.log_ids.with_env(self.env))

    def test_nobody_chooses_the_seed_or_draws_twice(self):
        with self.assertRaises(AccessError):
            self._draw(seed=1)
        sample = self._draw()
        with self.assertRaises(AccessError):
            sample.seed = 1
        with self.assertRaises(UserError):
            sample.action_draw()
        for values in ({"size": 5}, {"month": TODAY}, {"unit_id": self.unit.id}):
            with self.subTest(values), self.assertRaises(UserError):
                sample.write(values)
        with self.assertRaises(UserError):
            sample.unlink()
        with self.assertRaises(AccessError):
            sample.log_ids = self.later

    def test_its_month_is_written_as_the_reader_s_language_does(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        sample = self.env["club.contact.sample"].new({"month": date(2026, 3, 1)})
        for lang, shown in (("en_US", "March 2026"), ("zh_CN", "2026年3月")):
            found = sample.with_context(lang=lang).display_name
            self.assertEqual(found, f"{sample.name} {shown}")

    def test_nothing_to_draw(self):
        with self.assertRaisesRegex(UserError, "nothing to draw"):
            self._draw(month=date(2025, 3, 1))

    def test_a_lead_draws_in_his_own_units(self):
        for user in (self.other_lead, self.manager, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._draw(user)

    def test_it_is_done_once_each_was_looked_at(self):
        sample = self._draw()
        first, *others = sample.log_ids
        with self.assertRaisesRegex(UserError, "neither confirmed"):
            sample.action_done()
        first.return_reason = "Whom did you speak with?"
        first.action_return()
        self.assertEqual(self._get_owed(), {sample.id: self.lead.id})
        for log in others:
            log.action_confirm()
        sample.conclusion = "Well kept"
        sample.action_done()
        self.assertFalse(self._get_owed())
        with self.assertRaises(UserError):
            sample.conclusion = "Badly kept"

    def test_what_a_lead_recorded_himself_waits_for_an_officer(self):
        own = self.env["club.contact.log"].with_user(self.lead)
        own = own.create(
            {
                "contact_id": self.contact.id,
                "conversation": "Rates",
                "held_on": date(2026, 2, 2),
            }
        )
        sample = self._draw(month=date(2026, 2, 1))
        self.assertEqual(sample.log_ids, own)
        with self.assertRaises(AccessError):
            own.action_confirm()
        with self.assertRaises(UserError):
            sample.action_done()
        own.with_user(self.officer).action_confirm()
        sample.action_done()

    def _get_owed(self):
        self.env.flush_all()
        samples = self.env["club.contact.sample"]
        self.env.cr.execute(samples._get_today_sql())
        owed = {row[0]: row[2] for row in self.env.cr.fetchall()}
        self.assertEqual(set(samples.browse(owed)._get_today_texts()), set(owed))
        return owed
