from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..approval.rpc_case import WATCHED, RpcCase
from ..common import TODAY
from .bulletin_case import MARCH, BulletinMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBulletinAttacks(BulletinMixin, RpcCase):
    """Rule E11: what was issued never changes, whoever asks from outside."""

    _watched = (*WATCHED, "club.bulletin", "club.figure", "ir.attachment")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_bulletins()
        cls.admin = cls._create_user("admin", "bulletin_admin")
        cls.bulletin = cls._issue_bulletin(unit_id=cls.unit.id)
        cls.draft = cls._draw_up_bulletin()
        cls.everybody = (cls.officer, cls.admin, cls.manager, cls.lead, cls.auditor)

    def test_nothing_of_an_issued_one_is_written(self):
        line = self.bulletin.reader_ids
        section = self._get_section(self.bulletin, "revenue")
        for vals in (
            {"state": "draft"},
            {"name": "BUL/2026/999"},
            {"month": "2026-02-01"},
            {"unit_id": self.other_unit.id},
            {"company_id": self.env.ref("base.main_company").id},
            {"body_id": False},
            {"issued_on": "2026-01-01"},
            {"issued_by_id": self.lead.id},
            {"figures_at": "2026-01-01 00:00:00"},
            {"correction": "Nothing"},
            {"names": {"unit": "Pier", "body": "", "issuer": ""}},
            {"corrects_id": self.draft.id},
            {"user_ids": [Command.clear()]},
            {"body_ids": [Command.clear()]},
            {"reader_ids": [Command.clear()]},
            {"section_ids": [Command.clear()]},
            {"section_ids": [Command.update(section.id, {"text": "<p>None</p>"})]},
            {"correction_ids": [Command.set(self.draft.ids)]},
        ):
            self._write(self.bulletin, vals)
        for vals in (
            {"text": "<p>None</p>"},
            {"is_shown": False},
            {"figures": {}},
            {"proposed": "<p>None</p>"},
            {"bulletin_id": self.draft.id},
            {"sequence": 1},
            {"kind": "care"},
        ):
            self._write(section, vals)
        for vals in (
            {"read_at": "2026-01-01 00:00:00"},
            {"user_id": self.clerk.id},
            {"body": "Presidium"},
            {"bulletin_id": self.draft.id},
        ):
            self._write(line, vals)

    def _write(self, record, vals):
        self._assert_refused(
            self.everybody, record._name, "write", record.ids, vals=vals
        )

    def test_nothing_is_added_or_deleted(self):
        for record in (
            self.bulletin,
            self.bulletin.reader_ids,
            self.bulletin.section_ids[0],
        ):
            self._assert_refused(self.everybody, record._name, "unlink", record.ids)
        for model, values in (
            ("club.bulletin.section", {"kind": "care", "sequence": 1}),
            ("club.bulletin.reader", {"user_id": self.clerk.id}),
        ):
            for bulletin in (self.bulletin, self.draft):
                self._assert_refused(
                    self.everybody,
                    model,
                    "create",
                    vals_list=[{"bulletin_id": bulletin.id, **values}],
                )
        for method in ("action_generate", "action_issue"):
            self._assert_refused(
                self.everybody, "club.bulletin", method, self.bulletin.ids
            )
        self._assert_refused(
            self.everybody,
            "club.bulletin.section",
            "action_use_proposed",
            self.bulletin.section_ids.ids,
        )

    def test_none_is_born_issued(self):
        for values in (
            {"state": "issued"},
            {"name": "BUL/2026/777"},
            {"issued_on": "2026-01-01"},
            {"issued_by_id": self.lead.id},
            {"corrects_id": self.bulletin.id},
            {"figures_at": "2026-01-01 00:00:00"},
            {"section_ids": [Command.create({"kind": "care", "sequence": 1})]},
            {"reader_ids": [Command.create({"user_id": self.clerk.id})]},
        ):
            self._assert_refused(
                self.everybody,
                "club.bulletin",
                "create",
                vals_list=[{"month": "2026-02-01", **values}],
            )

    def test_figures_of_a_draft_are_nobodys_to_type(self):
        section = self._get_section(self.draft, "revenue")
        for vals in ({"figures": {}}, {"proposed": "<p>x</p>"}, {"kind": "care"}):
            self._write(section, vals)
        for user in (self.lead, self.manager, self.auditor, self.finance):
            self._assert_refused(
                (user,),
                "club.bulletin.section",
                "write",
                section.ids,
                vals={"text": "<p>x</p>"},
            )
        self._call_ok(
            self.officer,
            "club.bulletin.section",
            "write",
            section.ids,
            vals={"text": "<p>Written</p>"},
        )
        self.assertEqual(section.text, "<p>Written</p>")

    def test_what_was_told_of_it_stays(self):
        """Its discussion, and the values that were told to have changed. Rule E2."""
        self.env.cr.precommit.run()
        messages = self.bulletin.message_ids
        values = messages.sudo().tracking_value_ids
        self.assertTrue(messages)
        for user in (self.officer, self.admin):
            self._assert_refused(
                (user,),
                "mail.message",
                "write",
                messages.ids,
                vals={"body": "<p>Never</p>"},
            )
            self._assert_refused((user,), "mail.message", "unlink", messages.ids)
            if values:
                self._assert_refused(
                    (user,),
                    "mail.tracking.value",
                    "write",
                    values.ids,
                    vals={"new_value_char": "Draft"},
                )

    def test_no_file_comes_to_a_section(self):
        section = self.bulletin.section_ids[0]
        for res_field in (False, "text"):
            self._assert_refused(
                (self.officer, self.admin),
                "ir.attachment",
                "create",
                vals_list=[
                    {
                        "name": "x",
                        "raw": "x",
                        "res_model": section._name,
                        "res_id": section.id,
                        "res_field": res_field,
                    }
                ],
            )

    def test_reading_is_ones_own(self):
        self._assert_refused(
            (self.officer, self.lead, self.auditor, self.clerk),
            "club.bulletin",
            "action_mark_read",
            self.bulletin.ids,
        )
        self._call_ok(
            self.manager, "club.bulletin", "action_mark_read", self.bulletin.ids
        )
        self.assertTrue(self.bulletin.reader_ids.read_at)

    def test_only_officers_draw_up_and_issue(self):
        for user in (self.manager, self.lead, self.clerk, self.finance, self.auditor):
            self._assert_refused(
                (user,), "club.bulletin", "create", vals_list=[{"month": str(MARCH)}]
            )
            for method in ("action_issue", "action_generate"):
                self._assert_refused((user,), "club.bulletin", method, self.draft.ids)
            self._assert_refused(
                (user,), "club.bulletin", "action_correct", self.bulletin.ids
            )

    def test_only_officers_say_what_is_drafted(self):
        """Whoever may change sales teams doesn't say it of the club's units."""
        seller = self._create_user("user", "team_leader")
        seller.group_ids += self.env.ref("sales_team.group_sale_manager")
        with self.assertRaisesRegex(AccessError, "which units bulletins are drafted"):
            self.unit.with_user(seller).club_bulletin = "month"
        self.assertFalse(self.unit.club_bulletin)
        self.unit.with_user(self.officer).club_bulletin = "month"
        self.assertEqual(self.unit.club_bulletin, "month")
