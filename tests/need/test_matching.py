from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubCommon
from ..survey.survey_case import SurveyFixture


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMatching(SurveyFixture, ClubCommon):
    """What members offer and need, who was introduced to whom. Rule C1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()
        cls.offer = cls.env["club.match.offer"].create(
            {
                "name": "Cold storage",
                "category": "logistics",
                "contact_id": cls.ann.id,
                "company_id": cls.company.id,
            }
        )

    def _introduce(self, user=None, **values):
        introductions = self.env["club.introduction"].with_user(user or self.officer)
        return introductions.create(
            {
                "offer_id": self.offer.id,
                "other_account_id": self.account_b.id,
                "other_contact_id": self.cid.id,
                **values,
            }
        )

    def test_an_offer_is_its_contacts_accounts(self):
        self.assertRecordValues(
            self.offer,
            [
                {
                    "account_id": self.account_a.id,
                    "kind": "offer",
                    "state": "open",
                    "date_from": TODAY,
                }
            ],
        )
        with self.assertRaises(ValidationError):
            self.offer.write(
                {"account_id": self.account_b.id, "contact_id": self.ann.id}
            )

    def test_who_was_introduced_to_whom_by_whom_when_and_where(self):
        met = self._introduce(self.manager, activity_id=self.activity.id)
        self.assertRecordValues(
            met,
            [
                {
                    "account_id": self.account_a.id,
                    "contact_id": self.ann.id,
                    "other_account_id": self.account_b.id,
                    "user_id": self.manager.id,
                    "date": TODAY,
                    "state": "introduced",
                }
            ],
        )
        self.assertEqual(self.offer.introduction_count, 1)
        self.assertEqual(self.activity.introduction_count, 1)
        for account in (self.account_a, self.account_b):
            account = account.with_user(self.officer)
            self.assertEqual(account.club_introduction_count, 1)
            action = account.action_open_club_introductions()
            self.assertEqual(met.search(action["domain"]), met)
        account = self.account_a.with_user(self.officer)
        self.assertEqual(account.club_match_count, 1)

    def test_what_came_of_it_matches_the_offer(self):
        """Not before something is written; not twice; taken back by its button."""
        met = self._introduce()
        with self.assertRaisesRegex(UserError, "what came of"):
            met.action_agree()
        met.result = "A year's contract"
        met.action_agree()
        self.assertEqual((met.state, self.offer.state), ("agreed", "matched"))
        self.assertTrue(met.settled_at)
        with self.assertRaises(UserError):
            met.action_agree()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            met.result = "More"
        with self.assertRaisesRegex(UserError, "stays as it was"):
            self.offer.with_user(self.officer).name = "Less"
        met.action_reopen()
        self.offer.with_user(self.officer).action_reopen()
        met.action_give_up()
        self.assertEqual((met.state, self.offer.state), ("nothing", "open"))

    def test_whoever_looks_after_the_other_member_agrees_too(self):
        """His rights to the first member's offer are to read."""
        self.account_b.club_manager_id = self.lead
        lead = self.offer.with_user(self.lead)
        met = self._introduce(self.lead, result="Yes")
        met.action_agree()
        self.assertEqual(lead.state, "matched")

    def test_only_what_holds_brings_members_together(self):
        day = TODAY.replace(day=TODAY.day - 2)
        self.offer.date_from = self.offer.date_to = day
        self._introduce(date=day)
        year = {"date": TODAY.replace(year=TODAY.year + 1), "offer_id": False}
        year["account_id"] = self.account_a.id
        twisted = {
            "account_id": self.account_b.id,
            "contact_id": False,
            "other_account_id": self.account_a.id,
            "other_contact_id": False,
        }
        himself = {"other_account_id": self.account_a.id, "other_contact_id": False}
        for values, error in (
            ({"date": day.replace(day=day.day + 1)}, ValidationError),
            ({"date": day.replace(day=day.day - 1)}, ValidationError),
            (year, ValidationError),
            (himself, IntegrityError),
            ({"other_contact_id": self.bob.id}, ValidationError),
            (twisted, ValidationError),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
            ):
                self._introduce(**{"date": day, **values})
                self.env.flush_all()
        self.offer.with_user(self.officer).action_close()
        with self.assertRaisesRegex(ValidationError, "isn't open"):
            self._introduce(date=day)

    def test_whose_an_offer_is_stays_once_somebody_was_introduced(self):
        offer = self.offer.with_user(self.officer)
        offer.write({"account_id": self.account_b.id, "contact_id": False})
        offer.account_id = self.account_a
        self._introduce()
        for values in (
            {"account_id": self.account_b.id},
            {"contact_id": self.cid.id},  # whose account it follows
        ):
            with (
                self.assertRaisesRegex(UserError, "whose it is stays"),
                self.env.cr.savepoint(),
            ):
                offer.write(values)
        offer.write({"account_id": self.account_a.id, "category": "goods"})
        self.assertEqual(self.offer.account_id, self.account_a)

    # === Rights === #

    def test_all_read_offers_and_write_those_of_their_accounts(self):
        """Rule E2: allowed and refused in pairs; nobody deletes."""
        stranger = self._create_user("user", "other_manager")
        for user, may_write in (
            (self.manager, True),
            (self.lead, True),
            (self.officer, True),
            (stranger, False),
            (self.auditor, False),
        ):
            offer = self.offer.with_user(user)
            self.assertEqual(offer.name, "Cold storage")
            with self.assertRaises(AccessError):
                offer.unlink()
            if may_write:
                offer.description = user.name
            else:
                with self.assertRaises(AccessError):
                    offer.description = user.name
        met = self._introduce()
        self.assertFalse(met.with_user(stranger).search([("id", "=", met.id)]))
        self.assertTrue(met.with_user(self.manager).search([("id", "=", met.id)]))
        with self.assertRaises(AccessError):
            met.with_user(self.auditor).write({"result": "X"})
        with self.assertRaises(AccessError):
            met.with_user(self.officer).write({"state": "agreed"})

    def test_another_companys_matching_is_out_of_reach(self):
        company = self._create_club_company("Upland Post")
        stranger = self._create_user("officer", "upland", company)
        env = self.env(user=stranger.id, context={"allowed_company_ids": company.ids})
        offer = self.offer.with_env(env)
        self.assertFalse(offer.search([("id", "=", offer.id)]))
        with self.assertRaises(AccessError):
            offer.read(["name"])
        with self.assertRaises(UserError):
            env["club.introduction"].create(
                {
                    "offer_id": offer.id,
                    "account_id": self.account_a.id,
                    "other_account_id": self.account_b.id,
                }
            )
