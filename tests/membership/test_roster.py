import io
import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...reports.xlsx.id_ranges import domain_of, write_ids
from ..common import TODAY, ClubCommon
from ..shared_world import shared

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RosterCase(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_roster()

    @classmethod
    @shared
    def _set_up_roster(cls):
        cls._add_revenue(cls.account_a, 60_000)
        cls._add_revenue(cls.account_b, 700_000)
        cls._post_run()

    def _members(self, user=None):
        return self.env["club.membership"].with_user(user or self.officer).search([])

    def _read(self, content):
        """Return ``{sheet: [{heading: value}]}``."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheets = {}
        for sheet in book:
            header, *rows = sheet.iter_rows(values_only=True)
            sheets[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
        return sheets


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRoster(RosterCase):
    """The roster (会员名册). Rules A6, E4."""

    def test_members_by_tier_group_best_tier_first(self):
        sheets = self._read(self.env["club.xlsx.roster"]._build(self._members()))
        self.assertEqual(set(sheets), {"Grade", "Membership"})
        self.assertEqual(
            [(row["Account"], row["Tier"]) for row in sheets["Membership"]],
            [("Beacon Foods", "Platinum"), ("Anchor Mills", "Vip")],
        )
        self.assertEqual([row["Tier"] for row in sheets["Grade"]], ["Gold"])

    def test_row_says_who_looks_after_what_is_earned_and_missing(self):
        sheets = self._read(self.env["club.xlsx.roster"]._build(self._members()))
        row = sheets["Membership"][1]
        self.assertEqual(
            {key: row[key] for key in ("Code", "Unit", "Account Manager", "Status")},
            {
                "Code": "C-A",
                "Unit": "Quay",
                "Account Manager": self.manager.name,
                "Status": "Current",
            },
        )
        membership = self.account_a.club_membership_ids
        self.assertEqual(row["From"].date(), membership.date_from)
        self.assertEqual(row["To"].date(), membership.date_to)
        self.assertEqual(row["Came About"], "Enrolled")
        self.assertEqual(
            (row["Points in the Window"], row["Revenue in the Window"]),
            (self._get_points(self.account_a), 60_000),
        )
        self.assertEqual((row["Next Tier"], row["Missing Points"]), ("Gold", 90_000))
        self.assertEqual(sheets["Membership"][0]["Customer Grade"], "Gold")

    def test_no_cell_starts_a_formula(self):
        self.account_a.name = "=1+1"
        self.account_a.ref = "@SUM(A1)"
        content = self.env["club.xlsx.roster"]._build(self._members())
        cells = [
            cell
            for sheet in openpyxl.load_workbook(io.BytesIO(content))
            for row in sheet.iter_rows()
            for cell in row
        ]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertIn("=1+1", {cell.value for cell in cells})

    def test_sheet_names_are_made_to_fit(self):
        self.membership.name = "Members: [a/b] " + "x" * 40
        self.grade.name = "Members: [a/b] " + "x" * 40
        sheets = self._read(self.env["club.xlsx.roster"]._build(self._members()))
        self.assertEqual(len(sheets), 2)
        self.assertTrue(all(len(name) <= 31 for name in sheets))

    def test_number_of_queries_does_not_depend_on_the_members(self):
        accounts = self._create_accounts(f"Account {number:02}" for number in range(40))
        self._add_revenue(accounts, 60_000, "2026-02")
        self._post_run()
        members = self._members().filtered(lambda m: m.group_id == self.membership)
        builder = self.env["club.xlsx.roster"].with_user(self.officer)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            builder._build(some)
            return self.env.cr.sql_log_count - before

        count(members)
        self.assertEqual(len(members), 42)
        self.assertEqual(count(members[:20]), count(members[:40]))

    # === Asking for it === #

    def test_ids_in_an_address(self):
        self.assertEqual(write_ids([9, 3, 1, 2]), "1-3,9")
        found = self.env["res.partner"].search(domain_of("1-3,9"))
        self.assertLessEqual(set(found.ids), {1, 2, 3, 9})
        for text in ("", "a", "1-", "1,,2", "1;2"):
            with self.assertRaises(ValueError):
                domain_of(text)

    def test_selection_travels_as_ids_or_as_the_lists_filter(self):
        members = self._members()
        builder = self.env["club.xlsx.roster"].with_user(self.officer)
        query = parse_qs(urlsplit(builder._get_download_action(members)["url"]).query)
        self.assertEqual(query["cids"], [str(self.company.id)])
        self.assertEqual(builder._find_records(query["ids"][0]), members)
        domain = [("tier_id", "=", members[0].tier_id.id)]
        found = builder._find_records(domain=json.dumps(domain))
        self.assertEqual(found, members.filtered_domain(domain))

    def test_too_many_picked_by_hand_are_refused_in_one_sentence(self):
        many = self.env["club.membership"].browse(range(1, 9000, 2))
        with self.assertRaises(UserError):
            self.env["club.xlsx.roster"]._get_download_action(many)

    def test_accounts_offer_the_roster_of_what_is_shown_or_chosen(self):
        accounts = (self.account_a + self.account_b).with_user(self.officer)
        chosen = self._find_exported(accounts[0].action_export_club_roster())
        self.assertEqual(chosen.account_id, self.account_a)
        shown = accounts.browse().with_context(
            active_domain=[("name", "=", self.account_b.name)]
        )
        found = self._find_exported(shown.action_export_club_roster())
        self.assertEqual(found.account_id, self.account_b)
        everybody = self._find_exported(accounts.browse().action_export_club_roster())
        self.assertLessEqual(accounts, everybody.account_id)

    @mute_logger("odoo.sql_db", "odoo.domains")
    def test_a_filter_of_nonsense_is_refused_in_one_sentence(self):
        """Whatever a client puts in the place of what its list shows."""
        accounts = self.account_a.browse().with_user(self.officer)
        for shown in (
            *(5, "abc", {"a": 1}, [5], [["name"]], [["bogus", "=", 1]]),
            *([["id", "=", "abc"]], [["id", "bogus", 1]]),
            *([["club_unit_id.bogus", "=", 1]], [["id", "in", [2**70]]], ["|"]),
            *([["id", "any", [["x", "=", 1]]]], ["!"] * 3_000 + [["id", "=", 1]]),
        ):
            with self.subTest(repr(shown)[:60]):
                with self.assertRaisesRegex(UserError, "filter of the list|a member:"):
                    accounts.with_context(
                        active_domain=shown
                    ).action_export_club_roster()
        self.assertTrue(accounts.action_export_club_roster())

    def test_accounts_offer_only_what_their_reader_sees(self):
        """A manager's roster has his accounts; of strangers there is none."""
        accounts = (self.account_a + self.account_b).with_user(self.manager)
        found = self._find_exported(accounts.browse().action_export_club_roster())
        self.assertEqual(found.account_id, self.account_a)
        with self.assertRaisesRegex(UserError, "None of these accounts is a member"):
            accounts[1].action_export_club_roster()

    def _find_exported(self, action):
        query = parse_qs(urlsplit(action["url"]).query)
        return self.env["club.xlsx.roster"]._find_records(query["ids"][0])

    def test_server_action_offers_the_download(self):
        action = self.env.ref("crm_club.club_membership_action_export")
        for context in (
            {"active_model": "club.membership", "active_ids": self._members().ids},
            {},
        ):
            result = action.with_user(self.manager).with_context(**context).run()
            self.assertEqual(result["type"], "ir.actions.act_url")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRosterDownload(RosterCase, HttpCase):
    """The controller gives what the user may see, nothing else."""

    def _get(self, login, query="", kind="roster"):
        self.authenticate(login, login)
        return self.url_open(f"/crm_club/xlsx/{kind}?cids={self.company.id}{query}")

    def _accounts(self, response):
        self.assertEqual(response.status_code, 200, response.text[:300])
        self.assertEqual(response.headers["Content-Type"], XLSX)
        self.assertIn(".xlsx", response.headers["Content-Disposition"])
        sheets = self._read(response.content)
        return {row["Account"] for rows in sheets.values() for row in rows}

    def test_each_role_gets_its_own_members(self):
        both = {"Anchor Mills", "Beacon Foods"}
        for login, expected in (
            ("manager", {"Anchor Mills"}),
            ("club_lead", {"Anchor Mills"}),
            ("club_officer", both),
            ("club_auditor", both),
        ):
            with self.subTest(login=login):
                self.assertEqual(self._accounts(self._get(login)), expected)
                ids = f"&ids={write_ids(self._members().ids)}"
                self.assertEqual(self._accounts(self._get(login, ids)), expected)

    @mute_logger("odoo.http")
    def test_others_ids_and_filters_give_nothing(self):
        others = self.account_b.club_membership_ids.ids
        for query in (
            f"&ids={write_ids(others)}",
            f'&domain=[["account_id","=",{self.account_b.id}]]',
        ):
            self.assertEqual(self._get("manager", query).status_code, 422)
        response = self._get("manager", f"&ids={self.account_b.id}", "statement")
        self.assertEqual(response.status_code, 403)
        response = self._get("manager", f"&ids={self.account_a.id}", "statement")
        self.assertEqual(response.status_code, 200)

    @mute_logger("odoo.http")
    def test_addresses_that_cannot_be_read(self):
        for kind, query, status in (
            ("nonsense", "", 404),
            ("roster", "&ids=1;drop", 400),
            ("roster", "&domain=nonsense", 400),
            ("roster", '&domain=[["no_such_field","=",1]]', 400),
            ("statement", "", 400),
            ("statement", f"&ids={self.account_a.id}&date_from=soon", 400),
        ):
            with self.subTest(kind=kind, query=query):
                self.assertEqual(self._get("manager", query, kind).status_code, status)

    @mute_logger("odoo.http")
    def test_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.authenticate("manager", "manager")
        response = self.url_open(f"/crm_club/xlsx/roster?cids={other.id}")
        self.assertEqual(response.status_code, 403)

    def test_reading_only(self):
        self.authenticate("manager", "manager")
        response = self.url_open("/crm_club/xlsx/roster", data={"ids": "1"})
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self._members()[0].date_from, date(2026, 4, 10))
