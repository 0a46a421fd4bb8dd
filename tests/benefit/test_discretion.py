from odoo.tests import tagged
from odoo.tools import mute_logger

from ..approval.rpc_case import RpcCase
from .benefit_case import BenefitMixin

MODEL = "club.benefit.booking"


@tagged("post_install", "-at_install")
class TestDiscretion(BenefitMixin, RpcCase):
    """A health service is seen by the booker and the officer alone. Rule C9.

    Two bookings of Anchor Mills: its manager drew up one, the officer the other.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_benefits()
        cls.employee = cls._create_employee("employee")
        cls.stranger = cls._create_user("user", "stranger")
        cls.club_admin = cls._create_user("admin")
        case = cls("_book")
        cls.mine = case._book(cls.doctor, user=cls.manager, place="Harbinger 1")
        cls.officers = case._book(cls.doctor, place="Harbinger 2")
        cls.outside = (cls.lead, cls.clerk, cls.finance, cls.auditor, cls.stranger)
        export = cls.env.ref("base.group_allow_export")
        export.user_ids |= cls.env["res.users"].union(*cls.outside, cls.employee)
        cls.env.flush_all()

    def _search(self, user, model, domain, method="search"):
        """Return what RPC finds, or nothing when the user may not look at all."""
        result, _error = self._call(
            "call_kw", user, model, method, domain=domain, context=self._context()
        )
        return result or []

    def _context(self):
        return {"allowed_company_ids": self.company.ids, "active_test": False}

    def test_who_finds_which(self):
        both = self.mine | self.officers
        for user, expected in (
            (self.officer, both),
            (self.club_admin, both),
            (self.manager, self.mine),
            *((user, both.browse()) for user in (*self.outside, self.employee)),
        ):
            with self.subTest(user.login):
                found = self._search(user, MODEL, [["benefit_id", "=", self.doctor.id]])
                self.assertEqual(set(found), set(expected.ids))

    def test_nobody_else_reads_a_field_or_its_name(self):
        for user in (*self.outside, self.employee):
            for method, kwargs in (
                ("read", {"fields": ["display_name"]}),
                ("read", {"fields": ["contact_id", "place"]}),
                ("web_read", {"specification": {"display_name": {}}}),
                ("export_data", {"fields_to_export": ["contact_id/name", "place"]}),
                ("action_cancel", {}),
                ("action_use", {}),
                ("copy", {}),
            ):
                for door in ("call_kw", "json/2"):
                    result, error = self._call(
                        door, user, MODEL, method, self.mine.ids, **kwargs
                    )
                    told = (user.login, method, result)
                    self.assertEqual(error, "odoo.exceptions.AccessError", told)

    def test_the_manager_does_not_see_what_the_officer_booked(self):
        _result, error = self._call(
            "call_kw", self.manager, MODEL, "read", self.officers.ids, fields=["name"]
        )
        self.assertEqual(error, "odoo.exceptions.AccessError")

    @mute_logger("py.warnings")  # `read_group` is deprecated, and there
    def test_counts_and_groups_and_names_leak_nothing(self):
        of_account = [["account_id", "=", self.account_a.id]]
        for user, expected in (
            (self.officer, 2),
            (self.manager, 1),
            *((user, 0) for user in self.outside),
        ):
            with self.subTest(user.login):
                count = self._search(user, MODEL, of_account, "search_count")
                self.assertEqual(count or 0, expected)
                groups, _error = self._call(
                    "call_kw",
                    user,
                    MODEL,
                    "formatted_read_group",
                    domain=of_account,
                    groupby=["contact_id"],
                    aggregates=["__count"],
                )
                self.assertEqual(sum(g["__count"] for g in groups or []), expected)
                groups, _error = self._call(
                    "call_kw",
                    user,
                    MODEL,
                    "read_group",
                    domain=of_account,
                    fields=["year:max"],
                    groupby=["benefit_id"],
                )
                self.assertEqual(len(groups or []), min(expected, 1))
                names, _error = self._call(
                    "call_kw", user, MODEL, "name_search", name=self.mine.name[:4]
                )
                self.assertEqual(len(names or []), expected)

    def test_a_name_is_a_number_only(self):
        self.assertRegex(self.mine.display_name, r"^BEN/\d{4}/\d+$")

    def test_searches_through_the_person_leak_nothing(self):
        """Not by asking for partners who have such a booking either."""
        ids = (self.person_a | self.account_a).ids
        for user, expected in (
            (self.officer, self.person_a.ids),
            (self.manager, self.person_a.ids),
            *((user, []) for user in self.outside),
        ):
            with self.subTest(user.login):
                for domain in (
                    [["club_person_booking_ids.benefit_id", "=", self.doctor.id]],
                    [["club_person_booking_ids.place", "like", "Harbinger"]],
                    [["club_person_booking_ids", "any", [["is_discreet", "=", True]]]],
                ):
                    found = self._search(
                        user, "res.partner", [["id", "in", ids], *domain]
                    )
                    self.assertEqual(found, expected, domain)
        found = self._search(
            self.manager,
            "res.partner",
            [["club_person_booking_ids.place", "like", "Harbinger 2"]],
        )
        self.assertFalse(found, "not his")

    def test_the_person_shows_to_each_what_is_his(self):
        for user, number in (
            (self.officer, 2),
            (self.manager, 1),
            (self.lead, 0),
            (self.auditor, 0),
        ):
            with self.subTest(user.login):
                [row] = self._call_ok(
                    user,
                    "res.partner",
                    "read",
                    self.person_a.ids,
                    fields=["club_person_booking_ids", "club_benefit_booking_count"],
                )
                self.assertEqual(len(row["club_person_booking_ids"]), number)
                self.assertEqual(row["club_benefit_booking_count"], number)

    # === Figures === #

    def _see_figures(self, user):
        rows = self._search(
            user, "club.entitlement", [["benefit_id", "=", self.doctor.id]]
        )
        if not rows:
            return None
        return self._get_entitlement(self.doctor, user=user)

    def test_figures_are_for_the_officer_while_two_have_booked(self):
        self.assertEqual(self._see_figures(self.officer), (2, 2, 0, 0))
        for user in (self.manager, *self.outside, self.employee):
            self.assertIsNone(self._see_figures(user), user.login)

    def test_who_booked_all_of_it_himself_sees_the_figures(self):
        self.officers.action_cancel()
        self.assertEqual(self._see_figures(self.manager), (2, 1, 0, 1))
        for user in self.outside:
            self.assertIsNone(self._see_figures(user), user.login)

    def test_figures_are_not_found_by_way_of_the_account(self):
        for user, expected in (
            (self.officer, self.account_a.ids),
            *((user, []) for user in (self.manager, *self.outside)),
        ):
            with self.subTest(user.login):
                found = self._search(
                    user,
                    "res.partner",
                    [
                        ["id", "=", self.account_a.id],
                        ["club_entitlement_ids.benefit_id", "=", self.doctor.id],
                    ],
                )
                self.assertEqual(found, expected)

    def test_the_form_says_only_what_is_owed(self):
        draft = self._draw_up(self.doctor, user=self.manager)
        [row] = self._call_ok(
            self.manager, MODEL, "read", draft.ids, fields=["quota_text"]
        )
        self.assertEqual(row["quota_text"], "Owed 2 times in 2026")

    def test_catalogue_counts_are_of_what_one_sees(self):
        for user, number in ((self.officer, 2), (self.manager, 1), (self.lead, 0)):
            [row] = self._call_ok(
                user, "club.benefit", "read", self.doctor.ids, fields=["booking_count"]
            )
            self.assertEqual(row["booking_count"], number, user.login)

    # === Traces === #

    def test_no_message_activity_or_log_tells_of_it(self):
        self.mine.with_user(self.manager).action_cancel()
        self.env.flush_all()
        self.env.cr.precommit.run()
        for model, name in (
            ("mail.message", "model"),
            ("mail.activity", "res_model"),
            ("mail.followers", "res_model"),
            ("ir.attachment", "res_model"),
            ("club.change", "res_model"),
        ):
            found = self.env[model].sudo().search_count([(name, "=", MODEL)])
            self.assertFalse(found, model)
        self.assertFalse(hasattr(self.mine, "message_ids"))

    def test_there_is_no_place_for_findings(self):
        """Texts are a number, a place and a coupon's code: nothing of the person."""
        texts = {
            name
            for name, field in self.env[MODEL]._fields.items()
            if field.store and field.type in ("char", "text", "html", "json", "binary")
        }
        self.assertEqual(texts, {"name", "place", "coupon_code"})

    def test_who_hands_the_account_over_keeps_his_own(self):
        self.account_a.club_manager_id = self.stranger
        self.env.flush_all()
        domain = [["benefit_id", "=", self.doctor.id]]
        self.assertEqual(self._search(self.manager, MODEL, domain), self.mine.ids)
        self.assertEqual(self._search(self.stranger, MODEL, domain), [])
