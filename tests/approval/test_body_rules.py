from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import GROUPS, TODAY
from .body_case import DAY, BodyCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBodyRules(BodyCase):
    """What of bodies is seen, what is refused, and by whom. Rules E1, E2."""

    # === What is seen === #

    def test_who_may_sign_today_is_told_in_words(self):
        seat = self._create_seat(self.body, self.ann)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        self.assertEqual(
            self.body.holder_names, "Ann (Director); Bob for Ann (Director)"
        )
        self.assertEqual(self.body.holder_ids, self.ann + self.bob)
        self.assertEqual(seat.substitute_today, "Bob")
        self.assertEqual(self.deputies.holder_names, f"{self.lead.name} (unit leader)")

    def test_empty_bodies_and_ones_own_are_found(self):
        bodies = self.env["club.body"]
        all_bodies = self.body + self.deputies
        vacant = bodies.search([("is_vacant", "=", True), ("id", "in", all_bodies.ids)])
        self.assertEqual(vacant, self.body)
        self.assertTrue(self.body.is_vacant)
        self._create_seat(self.body, self.ann)
        self.assertFalse(bodies.search([("is_vacant", "=", True)]) & all_bodies)
        for user, mine in (
            (self.ann, self.body),
            (self.lead, self.deputies),
            (self.clerk, bodies),
        ):
            seen = all_bodies.with_user(user)
            self.assertEqual(
                bodies.with_user(user).search([("is_mine", "=", True)]), mine
            )
            self.assertEqual(seen.filtered("is_mine"), mine)

    def test_changes_of_seats_are_told_in_the_chatter(self):
        """Rule E1: who, which office, from when to when, and by whom."""
        office = self.body.with_user(self.admin)
        seat = (
            self.env["club.body.seat"]
            .with_user(self.admin)
            .create(
                {
                    "body_id": office.id,
                    "user_id": self.ann.id,
                    "office": "Director",
                    "date_from": TODAY + DAY,
                }
            )
        )
        seat.date_to = TODAY + 2 * DAY
        seat.sequence = 3
        seat.substitute_ids.create(
            {
                "seat_id": seat.id,
                "user_id": self.bob.id,
                "date_from": TODAY + DAY,
                "date_to": TODAY + DAY,
            }
        )
        seat.unlink()
        messages = self.body.message_ids.filtered("body").sorted("id")
        self.assertEqual(messages.author_id, self.admin.partner_id)
        texts = messages.mapped("preview")
        for text, words in zip(
            texts,
            (
                ("Seat given", "Ann", "Director", "04/11/2026", "until further notice"),
                ("Seat changed", "until further notice →", "to 04/12/2026"),
                ("Substitute named", "Bob for Ann"),
                ("Substitute taken back", "Bob for Ann"),
                ("Seat taken back", "Ann as Director"),
            ),
            strict=True,
        ):
            for word in words:
                self.assertIn(word, text)

    def test_for_which_body_somebody_sits_is_told(self):
        """Rules C6, E1: a tender is opened and awarded by it."""
        seat = self._create_seat(self.body, self.ann)
        seat.with_user(self.admin).represents_id = self.deputies
        (told, *_earlier) = self.body.message_ids.filtered("body").sorted("id")[::-1]
        self.assertIn("Seat changed", told.preview)
        self.assertIn(f"for {self.deputies.name}", told.preview)

    # === What is refused === #

    def test_what_has_begun_is_not_deleted(self):
        """Rule E1: a seat ends, and stays on record."""
        seat = self._create_seat(self.body, self.ann, TODAY)
        substitute = self._create_substitute(seat, self.bob, TODAY, TODAY)
        for record in (substitute, seat, self.body):
            with self.assertRaises(UserError):
                record.with_user(self.admin).unlink()
        with self.assertRaises(UserError):
            self.body.with_user(self.admin).write(
                {"seat_ids": [Command.delete(seat.id)]}
            )

    def test_a_day_begins_where_the_company_is(self):
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        admin = seat.with_user(self.admin).with_context(tz="America/Los_Angeles")
        self.assertFalse(seat.has_begun)
        with freeze_time("2026-04-10 20:00:00"):
            self.env.invalidate_all()
            self.assertTrue(seat.has_begun)
            with self.assertRaises(UserError):
                admin.unlink()
            self.assertEqual(self.body.holder_ids, self.ann)

    def test_what_has_not_begun_may_be_deleted(self):
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        self._create_substitute(seat, self.bob, TODAY + DAY, TODAY + DAY)
        seat.with_user(self.admin).unlink()
        self.body.with_user(self.admin).unlink()
        self.assertFalse((seat + seat).exists() or self.body.exists())

    def test_a_seat_with_a_begun_substitute_is_not_deleted(self):
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        self._create_substitute(seat, self.bob, TODAY, TODAY + DAY)
        with self.assertRaises(UserError):
            seat.with_user(self.admin).unlink()

    def test_what_has_begun_stays_whose_and_since_when_it_was(self):
        """Rule E1: an office that changes hands is another seat."""
        seat = self._create_seat(self.body, self.ann, TODAY)
        substitute = self._create_substitute(seat, self.bob, TODAY, TODAY)
        other = self._create_seat(self.deputies, self.cat, TODAY)
        for record, vals in (
            (seat, {"user_id": self.cat.id}),
            (seat, {"date_from": TODAY + DAY}),
            (seat, {"date_from": TODAY - DAY}),
            (seat, {"body_id": self.deputies.id}),
            (substitute, {"user_id": self.cat.id}),
            (substitute, {"date_from": TODAY - DAY}),
            (substitute, {"seat_id": other.id}),
        ):
            with self.assertRaises(UserError):
                record.with_user(self.admin).write(vals)
        as_it_is = {"user_id": self.ann.id, "date_from": str(TODAY)}
        seat.with_user(self.admin).write({**as_it_is, "office": "Chair"})
        seat.with_user(self.admin).date_to = TODAY
        self.assertEqual(self._holders(self.body)[0].office, "Chair")
        self.assertEqual(self._signers(self.body, TODAY + DAY), [])

    def test_what_has_not_begun_may_still_change(self):
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        seat.with_user(self.admin).write({"user_id": self.bob.id, "date_from": TODAY})
        self.assertEqual(self._signers(self.body), self.bob.ids)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_what_contradicts_itself(self):
        seat = self._create_seat(self.body, self.ann)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        for create in (
            lambda: self._create_seat(self.body, self.ann, date(2026, 5, 1)),
            lambda: self._create_seat(self.body, self.cat, TODAY, date_to=TODAY - DAY),
            lambda: self._create_substitute(seat, self.bob, TODAY, TODAY + DAY),
            lambda: self._create_substitute(seat, self.cat, TODAY, TODAY - DAY),
            lambda: self.body.create({"name": "Again", "code": "test_office"}),
            lambda: self.body.create(
                {"name": "No unit", "code": "no_unit", "is_unit_head": True}
            ),
            lambda: self.body.create(
                {
                    "name": "Second",
                    "code": "second",
                    "is_unit_head": True,
                    "unit_id": self.unit.id,
                }
            ),
        ):
            with self.assertRaises(psycopg2.IntegrityError):
                create()
                self.env.flush_all()

    def test_nobody_substitutes_himself(self):
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        with self.assertRaises(ValidationError):
            self._create_substitute(seat, self.ann, TODAY, TODAY)
        self._create_substitute(seat, self.bob, TODAY + DAY, TODAY + DAY)
        with self.assertRaises(ValidationError):
            seat.user_id = self.bob

    def test_portal_users_get_no_seat(self):
        portal = new_test_user(
            self.env,
            "portal_seat",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(ValidationError):
            self._create_seat(self.body, portal)
        self.unit.user_id = portal
        self.assertNotIn(self.signatories, portal.all_group_ids)

    # === Rights === #

    def test_only_administrators_staff_bodies(self):
        """Rule E2: all roles read, one writes."""
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        substitute = self._create_substitute(seat, self.bob, TODAY + DAY, TODAY + DAY)
        records = (self.body, seat, substitute)
        readers = (self.ann, self.manager, self.clerk, self.lead)
        for user in (*readers, self.finance, self.officer, self.auditor):
            for record in records:
                own = record.with_user(user)
                self.assertTrue(own.has_access("read"), (user.login, record))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(own.has_access(operation), (user.login, record))
        for record in records:
            for operation in ("read", "write", "create", "unlink"):
                self.assertTrue(record.with_user(self.admin).has_access(operation))
            with self.assertRaises(AccessError):
                record.with_user(self.cat).check_access("read")
        with self.assertRaises(AccessError):
            self.body.with_user(self.ann).seat_ids = [
                Command.create({"user_id": self.cat.id, "office": "X"})
            ]
        self.assertFalse(self.body.with_user(self.ann).holder_names)

    def test_a_signatory_without_a_role_opens_every_view(self):
        self._create_seat(self.deputies, self.ann)
        body = self.deputies.with_user(self.ann)
        names = set()
        for kind in ("list", "kanban", "form"):
            arch = body.get_view(view_type=kind)["models"]
            names |= set(arch["club.body"])
        fields = body._fields
        spec = {
            name: {"fields": {"display_name": {}}} if fields[name].relational else {}
            for name in names
        }
        self.env.invalidate_all()
        [values] = body.web_read(spec)
        self.assertEqual(values["unit_id"]["display_name"], "Quay")

    def test_a_seat_makes_a_signatory(self):
        """Rule E1: also a substitute, and whoever leads a unit."""
        self.assertNotIn(self.signatories, self.ann.all_group_ids)
        seat = self._create_seat(self.body, self.ann)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        self.other_unit.with_user(self.officer).user_id = self.cat
        for user in (self.ann, self.bob, self.cat):
            self.assertTrue(user.has_group(f"{GROUPS}signer"), user.login)
        dan, eve = self._create_plain("dan"), self._create_plain("eve")
        self.env["crm.team"].create({"name": "Led", "user_id": dan.id})
        later = self._create_seat(self.body, self.cat, TODAY + DAY)
        later.user_id = eve
        for user in (dan, eve):
            self.assertIn(self.signatories, user.group_ids, user.login)
        for user in (self.manager, self.auditor):
            self.assertIn(self.signatories, user.all_group_ids)

    def test_leaders_from_before_are_signatories_after_the_install(self):
        self.lead.group_ids -= self.signatories
        self.unit._make_all_leaders_signatories()
        self.assertIn(self.signatories, self.lead.group_ids)

    # === Companies and units === #

    def test_bodies_stay_in_their_company(self):
        other = self._create_club_company("Other Post")
        self.env.user.company_ids |= other
        self.admin.company_ids |= other
        seat = self._create_seat(self.body, self.ann, TODAY + DAY)
        for record, error in ((self.body, ValidationError), (seat, AccessError)):
            with self.assertRaises(error):
                record.with_user(self.admin).write({"company_id": other.id})
        theirs = self.env["club.body"].create(
            {"name": "Bureau Office", "code": "test_office", "company_id": other.id}
        )
        their_user = self._create_plain("theirs", other)
        self._create_seat(theirs, their_user)
        with self.assertRaises(UserError):
            self._create_seat(theirs, self.ann)
        for user, seen in ((their_user, theirs), (self.ann, self.body)):
            bodies = (
                self.env["club.body"]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
            )
            if user == self.ann:
                self.env["club.body"]._make_signatories(user)
            found = bodies.search([("code", "=", "test_office")])
            self.assertEqual(found, seen)
            with self.assertRaises(AccessError):
                (self.body + theirs - seen).with_env(bodies.env).check_access("read")
        self.assertEqual(self._signers(self.body), [])
        self.assertEqual(self._signers(theirs), their_user.ids)

    def test_another_company_gets_bodies_without_seats(self):
        other = self._create_club_company("Other Post")
        self._create_seat(self.body, self.ann)
        self.env["club.body"].create(
            {"name": "Known", "code": "known", "unit_id": self.unit.id}
        )
        known = self.env["club.body"].create(
            {"name": "Theirs", "code": "known", "company_id": other.id}
        )
        bodies = self.env["club.body"].sudo()
        for _time in range(2):
            copied = bodies._copy_to(self.company, other)
            self.assertNotIn(self.deputies.id, copied)
            theirs = bodies.browse(copied[self.body.id])
            self.assertRecordValues(
                theirs,
                [{"name": "Bureau Office", "code": "test_office", "seat_ids": []}],
            )
            all_theirs = bodies.search([("company_id", "=", other.id)])
            self.assertEqual(set(all_theirs.ids), set(copied.values()))
            self.assertIn(known.id, copied.values())

    def test_a_unit_knows_the_body_of_its_deputies(self):
        self.assertEqual(self.unit.club_head_body_id, self.deputies)
        self.assertFalse(self.other_unit.club_head_body_id)
        self.deputies.active = False
        self.assertFalse(self.unit.club_head_body_id)

    def test_a_copy_of_a_body_is_a_body_of_its_own(self):
        self._create_seat(self.deputies, self.ann)
        copy = self.deputies.with_user(self.admin).copy()
        self.assertRecordValues(
            copy,
            [{"code": "test_quay (copy)", "is_unit_head": False, "seat_ids": []}],
        )

    def test_a_form_seats_somebody_with_a_substitute(self):
        with Form(self.env["club.body"].with_user(self.admin)) as form:
            form.name = "Tender"
            form.code = "test_tender"
            with form.seat_ids.new() as seat:
                seat.user_id = self.ann
                seat.office = "Finance"
        body = form.record
        self.assertEqual(self._signers(body), self.ann.ids)
        self.assertEqual(body.seat_ids.date_from, TODAY)

    def test_the_bodies_of_the_rules_are_there(self):
        """Rule E1."""
        codes = (
            *("presidium", "executive", "promotion", "planning_group", "key_accounts"),
            *("marketing", "office", "finance", "audit", "leader", "tender"),
        )
        for code in codes:
            body = self.env.ref(f"crm_club.club_body_{code}")
            self.assertEqual(body.code, code)
