from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.approval.club_body import Holder
from ..common import TODAY
from ..points.adjustment_case import AdjustmentCase
from .body_case import DAY, BodyCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBodyPositions(BodyCase):
    """Chair, vice chair, leader, deputy leader and member of a body. Rule E1."""

    def test_a_seat_is_a_members_unless_said_otherwise(self):
        seat = self._create_seat(self.body, self.ann)
        self.assertEqual(seat.position, "member")
        self.assertNotIn("(", self.body.holder_names.replace("(Director)", ""))
        seat.position = "chair"
        self.assertIn("Director (Chair)", self.body.holder_names)
        self.assertEqual(
            self._holders(self.body),
            [Holder(self.ann.id, self.ann.id, "Director", "chair")],
        )

    def test_a_substitute_signs_for_the_position_that_he_stands_in_for(self):
        seat = self._create_seat(self.body, self.ann, position="vice_chair")
        self._create_substitute(seat, self.bob, TODAY, TODAY + DAY)
        self.assertEqual(
            {holder.position for holder in self._holders(self.body)}, {"vice_chair"}
        )

    def test_seats_are_found_by_position(self):
        chair = self._create_seat(self.body, self.ann, position="chair")
        member = self._create_seat(self.body, self.bob)
        seats = self.env["club.body.seat"].with_user(self.admin)
        ours = ("body_id", "=", self.body.id)
        self.assertEqual(seats.search([ours, ("position", "=", "chair")]), chair)
        self.assertEqual(seats.search([ours, ("position", "=", "member")]), member)
        groups = seats.formatted_read_group([ours], ["position"], ["__count"])
        self.assertEqual({group["position"] for group in groups}, {"chair", "member"})

    def test_what_became_of_a_position_is_told(self):
        seat = self._create_seat(self.body, self.ann)
        seat.with_user(self.admin).position = "leader"
        told = self.body.message_ids.mapped("body")
        self.assertTrue(any("Director (Leader)" in body for body in told))

    def test_only_the_clubs_administrator_gives_positions(self):
        seat = self._create_seat(self.body, self.ann)
        for user in (self.manager, self.finance, self.officer):
            with self.assertRaises(AccessError):
                seat.with_user(user).position = "chair"
        seat.with_user(self.admin).position = "chair"

    def test_a_seat_has_a_position(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_seat(self.body, self.ann, position=False)

    # === The body of a unit === #

    def _get_department(self):
        return self.env["club.body"].search(
            [("code", "=", "key_accounts"), ("company_id", "=", self.company.id)]
        )

    def test_the_department_is_tied_to_the_only_centre(self):
        department = self._get_department()
        self.assertFalse(department.unit_id)
        self.env["club.body"]._tie_to_units(self.company)
        self.assertFalse(department.unit_id)  # Quay and Hill are branch offices
        self.unit.club_level = "centre"
        self.env["club.body"]._tie_to_units(self.company)
        self.assertEqual(department.unit_id, self.unit)
        # What somebody said stays.
        department.unit_id = self.other_unit
        self.env["club.body"]._tie_to_units(self.company)
        self.assertEqual(department.unit_id, self.other_unit)

    def test_of_two_centres_neither_is_taken(self):
        (self.unit | self.other_unit).club_level = "centre"
        self.env["club.body"]._tie_to_units(self.company)
        self.assertFalse(self._get_department().unit_id)

    def test_another_companys_centre_is_not_taken(self):
        other = self._create_club_company("Elsewhere Post")
        self.env["crm.team"].create(
            {"name": "Centre", "company_id": other.id, "club_level": "centre"}
        )
        self.env["club.body"]._tie_to_units(self.company)
        self.assertFalse(self._get_department().unit_id)

    def test_a_new_program_ties_it(self):
        self.unit.club_level = "centre"
        setup = self.env["club.program.setup"].with_user(self.admin)
        setup.create({"name": "County", "company_id": self.company.id}).action_create()
        self.assertEqual(self._get_department().unit_id, self.unit)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSignedPosition(AdjustmentCase):
    """What the signer was in the body is kept and printed with his office. Rule E1."""

    def _render(self, adjustment):
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        html, _kind = reports._render_qweb_html(
            "crm_club.club_signature_sheet",
            adjustment.sudo().approval_request_id.ids,
        )
        return html.decode()

    def test_it_is_on_the_sheet_and_stays(self):
        body = self._get_body("key_accounts")
        body.seat_ids.write({"position": "leader"})
        adjustment = self._submit({self.account_a: 120.5})
        self._sign(adjustment, "unit")
        self._sign(adjustment, "key_accounts")
        request = adjustment.sudo().approval_request_id
        signature = request.signature_ids.filtered(lambda s: s.body_id == body)
        self.assertEqual(signature.position, "leader")
        self.assertIn("Head of key accounts (Leader)", self._render(adjustment))
        body.seat_ids.write({"position": "deputy_leader"})
        self.assertIn("Head of key accounts (Leader)", self._render(adjustment))
        # Who leads the unit signs without a seat.
        unit = request.signature_ids.filtered("unit_id")
        self.assertFalse(unit.position)

    def test_a_given_position_is_nobodys_to_write(self):
        adjustment = self._submit({self.account_a: 120.5})
        self._sign(adjustment, "unit")
        signature = adjustment.sudo().approval_request_id.signature_ids[:1]
        with self.assertRaises(AccessError):
            signature.with_user(self.officer).write({"position": "chair"})

    def test_a_plain_member_is_printed_by_his_office(self):
        self.assertEqual(
            self.env["club.body.seat"]._get_office_text("Head", "member"), "Head"
        )
        self.assertEqual(self.env["club.body.seat"]._get_office_text("", ""), "")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestDefaultBodies(BodyCase):
    """The bodies of the sources, by name and code. Rule E1."""

    def test_they_are_there(self):
        bodies = self.env["club.body"].search([("company_id", "=", self.company.id)])
        names = {body.code: body.name for body in bodies}
        for code, name in (
            ("presidium", "Presidium"),
            ("executive", "Executive Committee (Executive Group)"),
            ("promotion", "Business Promotion Group"),
            ("planning_group", "Planning Group"),
            ("key_accounts", "Key-Account Department"),
            ("marketing", "Marketing Department"),
            ("office", "Bureau Office"),
            ("finance", "Planning and Finance"),
            ("audit", "Inspection and Audit"),
            ("leader", "Bureau Leader"),
            ("tender", "Tender Panel"),
        ):
            with self.subTest(code):
                self.assertEqual(names[code], name)

    def test_a_body_of_a_company_is_tied_to_units_of_its_own(self):
        other = self._create_club_company("Elsewhere Post")
        unit = self.env["crm.team"].create({"name": "Far", "company_id": other.id})
        with self.assertRaises(UserError):
            self.body.unit_id = unit
        self.body.unit_id = self.unit
        self.assertEqual(self.body.unit_id, self.unit)

    def test_seats_are_made_in_the_bodys_form_with_their_position(self):
        self.body.write(
            {
                "seat_ids": [
                    Command.create(
                        {
                            "user_id": self.ann.id,
                            "office": "Director",
                            "position": "chair",
                        }
                    )
                ]
            }
        )
        self.assertEqual(self.body.seat_ids.position, "chair")
