"""The club's charter and its dated rules. Rule E8."""

import base64

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY, ClubCommon

FILE = base64.b64encode(b"%PDF-1.4 rules")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRegulation(ClubCommon):
    def _write_down(self, user=None, **values):
        regulations = self.env["club.regulation"].with_user(user or self.officer)
        return regulations.create(
            {
                "name": "Operating Rules",
                "program_id": self.program.id,
                "date_from": "2026-01-01",
                "document": FILE,
                "document_name": "rules.pdf",
                **values,
            }
        )

    def test_the_version_of_the_day_is_in_force(self):
        """Rule E8: on its first and last day, and not beside them."""
        old = self._write_down(version="1.0", date_to="2026-04-09")
        new = self._write_down(version="2.0", date_from="2026-04-10")
        later = self._write_down(version="3.0", date_from="2026-04-11")
        self.assertEqual((old | new | later).filtered("is_in_force"), new)
        self.assertEqual(self.program.regulation_in_force_ids, new)
        old.date_to = "2026-04-10"
        self.assertEqual(
            self.env["club.regulation"].search(
                [("is_in_force", "=", True), ("program_id", "=", self.program.id)]
            ),
            new | old,
        )

    def test_everybody_of_the_club_opens_the_charter(self):
        self._write_down()
        for user in (self.manager, self.clerk, self.lead, self.finance, self.auditor):
            programs = self.env["club.program"].with_user(user)
            action = programs.action_open_charter()
            program = programs.browse(action["res_id"])
            self.assertEqual(program, self.program)
            self.assertEqual(program.regulation_in_force_ids.document_name, "rules.pdf")

    def test_who_has_two_programs_sees_their_list(self):
        self._create_program(self.company)
        action = self.env["club.program"].with_user(self.lead).action_open_charter()
        self.assertEqual(action["views"][0][1], "list")

    def test_only_officers_write_it(self):
        rules = self._write_down()
        for user in (self.manager, self.clerk, self.lead, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self._write_down(user, version="9")
            with self.assertRaises(AccessError):
                rules.with_user(user).version = "9"
        with self.assertRaises(AccessError):
            rules.with_user(self.officer).unlink()

    def test_it_says_something_once(self):
        with self.assertRaises(ValidationError):
            self._write_down(document=False)
        self._write_down()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._write_down()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._write_down(version="2", date_to="2025-12-31")

    def test_nobody_reads_another_companys(self):
        other = self._create_club_company("Upriver Post")
        rules = self._write_down(
            self.env.user, program_id=self._create_program(other).id
        )
        for user in (self.manager, self.officer, self.auditor):
            self.assertFalse(
                self.env["club.regulation"]
                .with_user(user)
                .search([("id", "=", rules.id)])
            )
