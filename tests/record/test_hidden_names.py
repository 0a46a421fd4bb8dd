"""Who names a record by its id must be able to read it. Rules C5, C6, E2."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.record.lock import opened
from ..common import TODAY, ClubCommon
from ..cooperation.cooperation_case import CooperationMixin
from ..guest.guest_case import GuestMixin

SPEC = {"display_name": {}}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestHiddenNames(CooperationMixin, GuestMixin, ClubCommon):
    """The stranger manages no account and is of no unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls._set_up_cooperation()
        cls.stranger = cls._create_user("user", "stranger")
        cls.held = cls._create_activity()
        cls.hidden_activity = cls.env["club.activity"].create(
            {
                "theme": "Secret merger",
                "headcount": 10,
                "type_id": cls.type.id,
                "unit_id": cls.unit.id,
                "reason": "Because",
                "date_begin": cls.begin,
                "date_end": cls.end,
            }
        )
        cls.table = cls.env["club.round.table"].create(
            {
                "theme": "Secret prices",
                "date_begin": cls.begin,
                "date_end": cls.end,
                "unit_id": cls.unit.id,
            }
        )
        contact = cls._create_member_contacts(1)
        cls.guest = cls._invite(cls.held, contact)
        cls.contract = cls._draw_up(10_000, subject="Secret hall")
        cls.env.flush_all()

    def _ask(self, model, values, spec, record=None, names=None):
        records = self.env[model].with_user(self.stranger)
        records = records.browse(record.ids if record else ())
        return records.onchange(values, list(names or values), spec)

    def test_onchange_tells_nothing_of_a_hidden_record(self):
        partner = {"partner_id": {"fields": SPEC}}
        for model, field, record, spec in (
            (
                "club.need",
                "invitation_id",
                self.guest,
                {"contact_id": {"fields": SPEC}, "invitation_id": {}},
            ),
            ("club.cooperation.calloff", "cooperation_id", self.contract, partner),
            ("club.cooperation.supplement", "cooperation_id", self.contract, partner),
        ):
            spec = {field: {"fields": SPEC}, **spec}
            for value in (record.id, {"id": record.id}):
                with self.subTest(model, value=value):
                    with self.assertRaisesRegex(AccessError, "may not read"):
                        self._ask(model, {field: value}, spec)

    def test_nor_through_lines_or_what_the_server_works_out(self):
        """Siblings: an id in a line's values, and one in a readonly field."""
        dialog = {"line_ids": {"fields": {"invitation_id": {"fields": SPEC}}}}
        with self.assertRaises(AccessError):
            self._ask(
                "club.survey.send",
                {"line_ids": [[0, "virtual_1", {"invitation_id": self.guest.id}]]},
                dialog,
            )
        with self.assertRaises(AccessError):
            self._ask(
                "club.activity.cost",
                {"activity_id": {"theme": "x", "id": self.hidden_activity.id}},
                {"activity_id": {"fields": SPEC}},
            )
        answer = self._ask(
            "club.cooperation.calloff",
            {"amount": 5, "partner_id": self.supplier.id, "activity_id": False},
            {"amount": {}, "partner_id": {"fields": SPEC}},
            names=["amount"],
        )
        self.assertNotIn("Secret", str(answer))

    def test_nor_by_defaults_of_the_client(self):
        needs = self.env["club.need"].with_user(self.stranger)
        found = needs.with_context(default_invitation_id=self.guest.id)
        self.assertNotIn("invitation_id", found.default_get(["invitation_id"]))
        spec = {"invitation_id": {"fields": SPEC}, "contact_id": {"fields": SPEC}}
        answer = found.onchange({}, [], spec)
        self.assertFalse(answer["value"].get("contact_id"))
        self.env["ir.default"].with_user(self.stranger).set(
            "club.need", "invitation_id", self.guest.id, user_id=True
        )
        self.assertNotIn("invitation_id", needs.default_get(["invitation_id"]))

    def test_a_record_doesnt_name_one_that_its_writer_cant_read(self):
        needs = self.env["club.need"].with_user(self.stranger)
        own = self._create_account("Own", club_manager_id=self.stranger.id)
        values = {"name": "Tea", "account_id": own.id}
        with self.assertRaises(AccessError):
            needs.create({"name": "Tea", "invitation_id": self.guest.id})
        with self.assertRaises(AccessError):
            needs.create({**values, "activity_id": self.hidden_activity.id})
        with self.assertRaises(AccessError):
            needs.create({**values, "round_table_id": self.table.id})
        needs.create({**values, "activity_id": self.held.id})
        venue = self.env["club.venue"].create({"name": "Hall"})
        booking = (
            self.env["club.venue.booking"]
            .with_user(self.stranger)
            .create(
                {
                    "venue_id": venue.id,
                    "activity_id": self.held.id,
                    "date_from": self.begin,
                    "date_to": self.end,
                    "purpose": "Tea",
                }
            )
        )
        with self.assertRaises(AccessError):
            booking.write({"activity_id": self.hidden_activity.id})
        # What it names already may be said again.
        opened(booking.sudo()).activity_id = self.hidden_activity
        booking.write({"activity_id": self.hidden_activity.id})

    def test_a_manager_goes_on_as_he_did(self):
        needs = self.env["club.need"].with_user(self.manager)
        answer = needs.onchange(
            {"invitation_id": self.guest.id},
            ["invitation_id"],
            {"invitation_id": {}, "contact_id": {"fields": SPEC}},
        )
        self.assertEqual(
            answer["value"]["contact_id"]["display_name"],
            self.guest.contact_id.display_name,
        )
        needs.create({"name": "Tea", "invitation_id": self.guest.id})

    def test_a_hidden_records_name_is_its_number(self):
        """Where a link shows it to whoever can't read what it leads to."""
        venue = self.env["club.venue"].create({"name": "Hall"})
        booking = self.env["club.venue.booking"].create(
            {
                "venue_id": venue.id,
                "activity_id": self.hidden_activity.id,
                "date_from": self.begin,
                "date_to": self.end,
                "purpose": "Tea",
            }
        )
        spec = {"activity_id": {"fields": SPEC}}
        for user, is_told in (
            (self.officer, True),
            (self.auditor, True),
            (self.stranger, False),
        ):
            with self.subTest(user.login):
                seen = booking.with_user(user)
                self.env.invalidate_all()
                names = (
                    seen.web_read(spec)[0]["activity_id"]["display_name"],
                    seen.read(["activity_id"])[0]["activity_id"][1],
                )
                for name in names:
                    self.assertIn(self.hidden_activity.name, name)
                    self.assertEqual("Secret merger" in name, is_told)
        bill = self.contract.with_user(self.stranger).sudo()
        self.assertEqual(bill.display_name, self.contract.name)
        self.assertIn("Secret hall", self.contract.display_name)

    def test_what_names_nothing_is_left_to_odoo(self):
        needs = self.env["club.need"].with_user(self.stranger)
        for value in ("x", [None], [[]], [[4]], [[6, 0, "x"]], [["x", 1, 2]], 7.5):
            values = {"activity_ids": value, "invitation_id": value}
            with self.subTest(value=value):
                self.assertEqual(needs._check_club_links(values), values)
