"""Who brought a lead, who handed it over, who accepted it. Rule D13."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..activity.activity_case import ActivityMixin
from ..common import ClubCommon

SELLING = "crm_club.crm_club_group_user,sales_team.group_sale_salesman"


@tagged("post_install", "-at_install")
class TestLeadSource(ActivityMixin, ClubCommon):
    """Rule D13: the kind says who it is, nobody is credited twice, both for good."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activities()
        own = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.field_officer, cls.colleague = (
            new_test_user(cls.env, login, SELLING, **own)
            for login in ("walks_in_the_field", "sells_as_well")
        )
        cls.new = cls.env["res.partner"].create({"name": "New", "is_company": True})
        cls.won = cls.env["crm.stage"].create({"name": "Won Here", "is_won": True})

    def _create_lead(self, user=None, **values):
        leads = self.env["crm.lead"].with_user(user or self.env.user)
        return leads.create(
            {
                "name": "Parcels of the new one",
                "type": "opportunity",
                "partner_id": self.new.id,
                "company_id": self.company.id,
                "user_id": (user or self.field_officer).id,
                "team_id": self.unit.id,
                **values,
            }
        )

    def _create_ready(self, **values):
        return self._create_lead(
            self.field_officer,
            **{
                "club_handed_to_id": self.manager.id,
                "club_appointment_at": "2026-04-12 02:00:00",
                "club_appointment_place": "Gate 3 of the works",
                **values,
            },
        )

    def test_the_kind_says_who_it_is(self):
        kinds = {
            "member": {"club_referrer_id": self.account_a.id},
            "executive": {"club_referrer_user_id": self.colleague.id},
            "staff": {"club_referrer_user_id": self.colleague.id},
            "partner": {"club_referrer_partner_id": self.account_b.id},
            "channel": {"club_referrer_partner_id": self.account_b.id},
        }
        for kind, who in kinds.items():
            with self.subTest(kind=kind):
                lead = self._create_lead(club_source=kind, **who)
                self.assertEqual(lead.club_source, kind)
                for wrong in ({}, *(w for w in kinds.values() if w != who)):
                    with self.assertRaises(ValidationError):
                        self._create_lead(club_source=kind, **wrong)
                        self.env.flush_all()

    def test_who_names_a_member_needn_t_say_so(self):
        lead = self._create_lead(club_referrer_id=self.account_a.id)
        self.assertEqual(lead.club_source, "member")
        lead.club_referrer_id = False
        self.assertFalse(lead.club_source)

    def test_nobody_brings_itself(self):
        person = self.env["res.partner"].create(
            {"name": "Person of the new one", "parent_id": self.new.id}
        )
        for partner in (self.new, person):
            with self.assertRaises(ValidationError):
                self._create_lead(
                    club_source="partner", club_referrer_partner_id=partner.id
                )
        lead = self._create_lead(
            club_source="channel", club_referrer_partner_id=self.account_b.id
        )
        with self.assertRaises(ValidationError):
            lead.partner_id = self.account_b

    def test_both_are_credited_once_it_is_accepted(self):
        lead = self._create_ready()
        with self.assertRaises(UserError):
            lead.with_user(self.manager).sudo(False).action_club_accept()
        lead.action_club_hand_over()
        self.assertEqual(lead.user_id, self.manager)
        for other in (self.field_officer, self.officer):
            with self.assertRaises(UserError):
                lead.with_user(other).action_club_accept()
        lead.with_user(self.manager).action_club_accept()
        lead.invalidate_recordset()
        self.assertEqual(lead.club_field_officer_id, self.field_officer)
        self.assertEqual(lead.club_accepted_by_id, self.manager)
        self.assertEqual(str(lead.club_accepted_on), "2026-04-10")
        self.assertEqual(lead.with_user(self.field_officer).name, lead.sudo().name)
        with self.assertRaises(UserError):
            lead.with_user(self.field_officer).action_club_take_back()
        with self.assertRaises(UserError):
            lead.with_user(self.manager).action_club_accept()

    def test_no_hand_over_without_an_appointment(self):
        for missing in (
            {"club_appointment_at": False},
            {"club_appointment_at": "2026-04-09 02:00:00"},  # yesterday
            {"club_appointment_place": False},
            {"club_appointment_place": " - "},
            {"club_handed_to_id": False},
            {"club_handed_to_id": self.field_officer.id},
        ):
            lead = self._create_ready(**missing)
            with self.subTest(missing=missing), self.assertRaises(UserError):
                lead.action_club_hand_over()
        today = self._create_ready(club_appointment_at="2026-04-10 10:00:00")
        self.assertTrue(today.action_club_hand_over())

    def test_an_account_s_lead_goes_to_its_manager(self):
        lead = self._create_ready(
            partner_id=self.account_a.id, club_handed_to_id=self.colleague.id
        )
        with self.assertRaisesRegex(UserError, "looked after by"):
            lead.action_club_hand_over()
        lead.club_handed_to_id = False
        lead.action_club_hand_over()
        self.assertEqual(lead.sudo().club_handed_to_id, self.manager)

    def test_nobody_is_credited_twice(self):
        brought = {"club_source": "staff"}
        lead = self._create_ready(
            club_referrer_user_id=self.field_officer.id, **brought
        )
        with self.assertRaises(UserError):
            lead.action_club_hand_over()
        lead = self._create_ready(club_referrer_user_id=self.manager.id, **brought)
        with self.assertRaises(UserError):
            lead.action_club_hand_over()
        lead = self._create_ready(club_referrer_user_id=self.colleague.id, **brought)
        lead.action_club_hand_over()
        for credited in (self.field_officer, self.manager):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                with self.env.cr.savepoint():
                    lead.sudo().club_referrer_user_id = credited
                    lead.with_user(self.manager).action_club_accept()
                    self.env.flush_all()
            self.env.invalidate_all()

    def test_it_is_taken_back_until_it_is_accepted(self):
        lead = self._create_ready()
        lead.action_club_hand_over()
        with self.assertRaises(UserError):
            lead.with_user(self.field_officer).club_appointment_place = "Elsewhere"
        with self.assertRaises(UserError):
            lead.with_user(self.manager).club_appointment_place = "Elsewhere"
        with self.assertRaises(UserError):
            lead.with_user(self.colleague).action_club_take_back()
        lead.with_user(self.manager).action_club_take_back()
        self.assertEqual(lead.sudo().user_id, self.field_officer)
        self.assertFalse(lead.sudo().club_field_officer_id)
        lead.with_user(self.field_officer).club_appointment_place = "Elsewhere"

    def test_credits_are_written_by_the_buttons_only(self):
        lead = self._create_ready()
        for name in ("club_field_officer_id", "club_accepted_by_id"):
            with self.assertRaises(AccessError):
                lead.write({name: self.field_officer.id})
            with self.assertRaises(AccessError):
                self._create_lead(self.field_officer, **{name: self.field_officer.id})
        with self.assertRaises(AccessError):
            lead.club_accepted_on = "2026-01-01"

    def test_what_was_accepted_stays(self):
        lead = self._create_ready(
            club_source="staff", club_referrer_user_id=self.colleague.id
        )
        lead.action_club_hand_over()
        lead.with_user(self.manager).action_club_accept()
        mine = lead.with_user(self.manager)
        for values in (
            {"club_source": "member", "club_referrer_user_id": False}
            | {"club_referrer_id": self.account_a.id},
            {"club_source": "executive"},
            {"club_referrer_user_id": False, "club_source": False},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                mine.write(values)
        with self.assertRaises(UserError):
            mine.club_appointment_at = "2026-05-01 02:00:00"
        for user in (None, self.officer):
            doomed = lead.with_user(user) if user else lead.sudo()
            with self.assertRaises(UserError):
                doomed.unlink()
        copied = lead.sudo().copy()
        self.assertFalse(copied.sudo().club_field_officer_id)
        self.assertFalse(copied.sudo().club_source)

    def test_once_it_is_won_an_officer_says_who_brought_it(self):
        lead = self._create_lead(
            self.field_officer,
            club_source="staff",
            club_referrer_user_id=self.colleague.id,
        )
        with freeze_time("2026-04-10 03:00:00"):
            lead.stage_id = self.won
            self.env.flush_all()
        self.assertEqual(lead.won_status, "won")
        for values in (
            {"club_referrer_user_id": self.manager.id},
            {"club_source": "executive"},
            {"partner_id": self.account_b.id},
            {"active": False},
            {"date_closed": "2026-01-10 10:00:00"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                lead.write(dict(values))
        self.officer.group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        officer_s = lead.with_user(self.officer)
        officer_s.club_referrer_user_id = self.manager
        self.env.flush_all()
        told = self.env["club.change"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)], limit=1
        )
        self.assertEqual(told.field_name, "club_referrer_user_id")
        self.assertEqual(told.create_uid, self.officer)

    def test_nobody_names_an_activity_that_he_can_t_read(self):
        hidden = self._draw_up(100)
        with self.assertRaises(AccessError):
            self._create_lead(
                self.field_officer,
                club_source="event",
                club_referrer_activity_id=hidden.id,
            )
        lead = self._create_lead(
            club_source="event", club_referrer_activity_id=hidden.id
        )
        self.assertEqual(lead.club_source, "event")
