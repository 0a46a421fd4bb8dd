import base64
import io
from datetime import date

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ...kernel import windows
from ...kernel.text_width import measure
from ...kernel.workbook_rows import Workbook
from ..common import TODAY
from .take_on_case import TakeOnCase, make_sheet


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTakeOn(TakeOnCase):
    """A club that exists on paper comes in by one signed sheet, once. Rule A14."""

    # === What it does === #

    def test_everything_comes_in_once_signed(self):
        """Rule A14: account, unit, manager, class, agreement, person, tier, points."""
        document = self._draw_up()
        self.assertFalse(document.fault_ids)
        self.assertRecordValues(
            document,
            [
                {
                    "account_count": 1,
                    "new_count": 1,
                    "contact_count": 1,
                    "term_count": 1,
                    "points_total": 2100.5,
                    "fault_count": 0,
                }
            ],
        )
        self._sign(document)
        self.assertEqual(document.approval_state, "approved")
        self.assertFalse(self._find("Taken 1"))
        document.action_apply()
        self.assertEqual(document.approval_state, "done")
        account = self._find("Taken 1").with_company(self.company)
        self.assertRecordValues(
            account,
            [
                {
                    "is_company": True,
                    "vat": "91320000001",
                    "ref": "T-1",
                    "club_unit_id": self.unit.id,
                    "club_manager_id": self.manager.id,
                    "club_tier_id": self._get_tier("gold").id,
                }
            ],
        )
        self.assertEqual(account.club_team_ids.user_id, self.manager)
        agreement = account.club_agreement_ids
        self.assertEqual(
            (agreement.number, agreement.date_from), ("TA-1", date(2026, 2, 1))
        )
        given = account.club_classification_ids
        self.assertEqual(
            (given.class_id, given.approval_state), (self.account_class, "done")
        )
        self.assertRecordValues(
            account.club_membership_ids.filtered(
                lambda m: m.group_id == self.membership
            ),
            [
                {
                    "tier_id": self._get_tier("gold").id,
                    "date_from": date(2025, 9, 1),
                    "date_to": date(2026, 8, 31),
                    "origin": "opening",
                    "state": "valid",
                    "reason": f"Taken on with {document.name}",
                }
            ],
        )
        profile = account.club_contact_profile_ids
        self.assertEqual(profile.contact_id.name, "Li Mei")
        self.assertEqual(profile.contact_id.phone, "13800000000")
        self.assertEqual(profile.role_ids, self.role)
        self.assertEqual(
            (profile.birthday_calendar, profile.birthday_year, profile.birthday_month),
            ("lunar", 1975, "08"),
        )

    def _get_tier(self, code):
        return self.membership.tier_ids.filtered(lambda tier: tier.code == code)

    def test_opening_points_are_a_sealed_run(self):
        """Rules A14, B7, B9, B14: by kind and last day, appended once, spent as any."""
        document = self._apply()
        run = document.sudo().run_id
        self.assertRecordValues(
            run, [{"kind": "opening", "state": "posted", "points": 2100.5}]
        )
        self.assertTrue(run.seal)
        account = self._find("Taken 1")
        self.assertEqual(
            [
                (entry.kind, entry.points, entry.valid_until, entry.reason)
                for entry in run.entry_ids.sorted("id")
            ],
            [
                ("opening", 1200.5, date(2026, 12, 31), f"{document.name}: Revenue"),
                ("opening", 800, date(2027, 12, 31), f"{document.name}: Revenue"),
                ("bonus", 100, date(2026, 12, 31), f"{document.name}: Bonus"),
            ],
        )
        balance = self.env["club.points.entry"]._get_balances(self.program, account)
        self.assertEqual(float(balance[account.id].available), 2100.5)
        self.assertFalse(self.program._find_broken_run())

    def test_integrity_check_finds_nothing(self):
        """What came in follows from a signed document: nothing is out of order."""
        self._apply()
        check = self.env["club.integrity.check"]._run(self.program)
        self.assertFalse(check.line_ids.filtered(lambda line: line.severity == "error"))

    def test_applying_twice_applies_once(self):
        document = self._apply()
        with self.assertRaisesRegex(UserError, "isn't approved"):
            document.action_apply()
        self.assertEqual(len(self._find("Taken 1")), 1)

    def test_two_take_ons_in_a_row(self):
        """Rule A14: another account comes in, the first one is refused, naming why."""
        first = self._apply()
        second = self._draw_up({**self._get_rows(1, agreement="TA-9")})
        told = second.fault_ids.filtered(lambda f: "taken on before" in f.problem)
        self.assertEqual(len(told), 1)
        self.assertIn(first.name, told.wanted)
        with self.assertRaisesRegex(UserError, first.name):
            second.action_submit()
        self._apply(self._get_rows(2))
        self.assertEqual(len(self._find("Taken 2")), 1)

    def test_known_accounts_are_not_doubled(self):
        """By tax id, by code, by exact name; what they have stays."""
        self.account_b.vat = "91-TAX"
        rows = [
            {"name": "Anchor Mills Ltd", "ref": "Ｃ-Ａ", "tax": "91A"},
            {"name": "Beacon", "tax": "91 TAX", "unit": "Quay"},
            {"name": self._create_account("Cedar").name},
        ]
        count = self.env["res.partner"].search_count([])
        document = self._apply({"accounts": rows})
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        self.assertEqual((document.account_count, document.new_count), (3, 0))
        self.assertEqual(self.account_a.name, "Anchor Mills")
        self.assertEqual(self.account_a.vat, "91A")
        self.assertEqual(self.account_b.ref, "C-B")
        self.assertEqual(
            self.account_b.with_company(self.company).club_unit_id, self.unit
        )

    def test_known_person_is_not_doubled(self):
        person = self.env["res.partner"].create(
            {"name": "Li Mei", "parent_id": self.account_a.id}
        )
        sheets = {
            "accounts": [{"name": "Anchor Mills"}],
            "contacts": [{"account": "Anchor Mills", "name": "Li Mei"}],
        }
        self._apply(sheets)
        profile = self.env["club.contact.profile"].search(
            [("account_id", "=", self.account_a.id)]
        )
        self.assertEqual(profile.contact_id, person)

    def test_first_year_begins_in_any_month(self):
        """Rule A14: not before the program's first month."""
        self.program.date_start = date(2026, 5, 1)
        document = self._draw_up()
        with self.assertRaisesRegex(UserError, "begins in 2026-05"):
            document.action_submit()
        self.program.date_start = date(2026, 4, 1)
        self._sign(document).action_apply()
        self.assertEqual(document.sudo().run_id.month, date(2026, 4, 1))

    def test_first_year_of_a_member_begins_in_any_month(self):
        """Rule A14: its term is as signed, and so is the day its points end on."""
        for month in range(1, 13):
            with self.subTest(month=month):
                self.program.date_start = first = date(2025, month, 1)
                sheets = self._get_rows(month, agreement_from=None)
                sheets["tiers"][0] |= {
                    "date_from": f"{first}",
                    "date_to": f"{windows.term_end(first, 18)}",
                }
                self._apply(sheets)
                account = self._find(f"Taken {month}")
                self.assertEqual(account.club_agreement_ids.date_from, first)
                term = account.club_membership_ids.filtered(
                    lambda m: m.group_id == self.membership
                )
                self.assertEqual(
                    (term.date_from, term.date_to),
                    (first, windows.term_end(first, 18)),
                )
                shown = account.with_company(self.company).club_tier_id
                self.assertEqual(shown, self._get_tier("gold"))
                balances = self.env["club.points.entry"]._get_balances(
                    self.program, account
                )
                self.assertEqual(float(balances[account.id].available), 2100.5)
        self.assertFalse(self.program._find_broken_run())
        check = self.env["club.integrity.check"]._run(self.program)
        self.assertFalse(check.line_ids.filtered(lambda line: line.severity == "error"))

    def test_card_comes_in_with_its_tier(self):
        """Rules A13, A14: as written, handed over when the membership began."""
        self._apply(self._get_rows(1, card="ｖip-000 123"))
        account = self._find("Taken 1")
        card = self.env["club.card"].search([("account_id", "=", account.id)])
        self.assertRecordValues(
            card,
            [
                {
                    "number": "VIP-000123",
                    "state": "handed_over",
                    "is_taken_on": True,
                    "membership_id": account.club_membership_ids.filtered(
                        lambda m: m.group_id == self.membership
                    ).id,
                    "handed_over_on": date(2025, 9, 1),
                }
            ],
        )

    def test_cards_that_cannot_be(self):
        """Rules A13, A14: no number, twice, registered already, of no membership."""
        self._apply(self._get_rows(1, card="VIP-1"))
        sheets = {
            "accounts": [
                {"name": f"Card {number}", "card": card}
                for number, card in enumerate(
                    ("; --", "VIP-2", "vip-2", "ＶＩＰ－１", "VIP-5", "VIP-6", 1e20)
                )
            ],
            "tiers": [
                {
                    "account": f"Card {number}",
                    "group": group,
                    "tier": tier,
                    "date_from": "2025-09-01",
                    "date_to": "2026-08-31",
                }
                for number, group, tier in (
                    *((number, "Membership", "Gold") for number in range(4)),
                    (4, "Grade", self.grade.tier_ids[0].name),
                )
            ],
        }
        document = self._draw_up(sheets)
        self.assertEqual(
            [(fault.row, fault.problem) for fault in document.fault_ids],
            [
                (2, "It is no number of a card."),
                (4, "It is listed twice."),
                (5, "The register has a card of this number."),
                (6, "A card belongs to a tier, and the account has none here."),
                (7, "A card belongs to a tier, and the account has none here."),
                (8, "The spreadsheet has changed it, so it can be read in two ways."),
            ],
        )

    def test_account_with_a_card_in_use_gets_no_other(self):
        """Rule A13: whose membership is over may have a card of it still."""
        self._apply(self._get_rows(1, card="VIP-1"))
        account = self._find("Taken 1")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_membership SET state = 'superseded' WHERE account_id = %s;"
            "DELETE FROM club_take_on_account WHERE account_id = %s",
            [account.id] * 2,
        )
        self.env.invalidate_all()
        sheets = self._get_rows(1, agreement=None, agreement_from=None, card="VIP-9")
        sheets["contacts"] = []
        (fault,) = self._draw_up(sheets).fault_ids
        self.assertIn("VIP-1", fault.wanted)

    def test_points_that_a_tier_multiplied_never_qualify(self):
        """Rule B14: not even where opening points and bonus count; they expire."""
        kinds = self.env["club.points.kind"].search([])
        self.program.qualifying_kind_ids = kinds.filtered(
            lambda kind: kind.code in ("revenue", "opening", "bonus")
        )
        self._apply()
        account = self._find("Taken 1")
        assessed = self.program._assess(account)
        found = assessed[account.id, self.membership.id]
        self.assertEqual(float(found.measures.points), 2000.5)
        expiring = self.env["club.points.entry"]._get_balances(self.program, account)
        self.assertEqual(float(expiring[account.id].available), 2100.5)

    # === Faults === #

    def test_leap_month_of_a_solar_birthday_is_told(self):
        """Rules A8, A14: it would be refused when the sheet is applied."""
        sheets = self._get_rows()
        sheets["contacts"][0] |= {"calendar": "阳历", "leap": "是"}
        document = self._draw_up(sheets)
        self.assertEqual(self._get_faults(document), [("Contacts", 2, "Leap Month")])
        sheets["contacts"][0]["calendar"] = "农历"
        self._apply(sheets)
        profile = self._find("Taken 1").club_contact_profile_ids
        self.assertTrue(profile.birthday_leap_month)

    def test_all_faults_are_told_at_once(self):
        """Rule A14: sheet, row, column, what is wrong, what would be right."""
        sheets = self._get_rows()
        sheets["accounts"] += [
            {"name": "Taken 2", "unit": "Nowhere", "manager": "nobody"},
            {"tax": 9.13e20, "ref": "T-1"},
            {"name": "Taken 1"},
            {"name": "Taken 5", "agreement_from": "2026-02-30"},
        ]
        sheets["contacts"].append(
            {"account": "T-1", "name": "Wang", "birthday": "2001-02-30"}
        )
        sheets["tiers"] += [
            {
                "account": "Taken 2",
                "group": "Membership",
                "tier": "Copper",
                "date_from": "2025-09-01",
                "date_to": "2025-08-31",
            },
            {
                "account": "Taken 2",
                "group": "Grade",
                "tier": "Gold",
                "date_from": "2024-09-01",
                "date_to": "2025-08-31",
            },
        ]
        sheets["points"] += [
            {
                "account": "Who",
                "kind": "Expiry",
                "points": -1,
                "valid_until": "2026-04-09",
            }
        ]
        document = self._draw_up(sheets)
        self.assertEqual(
            set(self._get_faults(document)),
            {
                ("Accounts", 3, "Unit"),
                ("Accounts", 3, "Manager"),
                ("Accounts", 4, "Name"),
                ("Accounts", 4, "Tax ID"),
                ("Accounts", 4, "Customer Code"),
                ("Accounts", 5, "Name"),
                ("Accounts", 6, "Agreement From"),
                ("Contacts", 3, "Birthday"),
                ("Tiers", 3, "Tier"),
                ("Tiers", 3, "To"),
                ("Tiers", 4, "To"),
                ("Points", 5, "Account"),
                ("Points", 5, "Kind"),
                ("Points", 5, "Points"),
                ("Points", 5, "Valid Until"),
            }
            | {("Points", number, "Account") for number in (2, 3, 4)}
            | {("Tiers", 2, "Account"), ("Contacts", 2, "Account")}
            | {("Contacts", 3, "Account")},
        )
        unit = document.fault_ids.filtered(lambda fault: "Unit" in fault.column)
        self.assertIn("Quay", unit.wanted)
        self.assertEqual(unit.value, "Nowhere")
        with self.assertRaisesRegex(UserError, "Nothing of TKO/.* is applied"):
            document.action_submit()

    def test_corrected_file_is_uploaded_again(self):
        """The file to correct has its faulty rows first, and is read again as it is."""
        sheets = self._get_rows()
        sheets["accounts"].append({"name": "Taken 2", "unit": "Nowhere"})
        document = self._draw_up(sheets)
        content = self.env["club.xlsx.take.on"]._build(document)
        book = Workbook(content)
        rows = list(book.rows(book.sheets[0]))
        self.assertEqual(rows[1][1][0], "Taken 2")
        self.assertIn("none of this name", rows[1][1][-1])
        document.file = base64.b64encode(content)
        self.assertEqual(self._get_faults(document), [("Accounts", 2, "Unit")])
        self.unit.copy({"name": "Nowhere", "club_level": "branch"})
        document.action_check()
        self.assertFalse(document.fault_count)
        self._sign(document).action_apply()
        self.assertTrue(self._find("Taken 2"))

    def test_each_fault_of_a_row_stands_on_a_line_and_no_heading_is_cut(self):
        """Rule A14: what is wrong in a row is read in Excel as it was written."""
        sheets = self._get_rows()
        sheets["accounts"].append(
            {"name": "Taken 2", "unit": "Nowhere", "class": "No Such"}
        )
        content = self.env["club.xlsx.take.on"]._build(self._draw_up(sheets))
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        told = [*sheet.iter_rows(min_row=2, max_row=2)][0][-1]
        self.assertEqual(len(told.value.splitlines()), 2)
        self.assertTrue(told.alignment.wrap_text)
        # Columns of one width are told once, by the first of them.
        for cell in sheet[1]:
            told = [
                size
                for size in sheet.column_dimensions.values()
                if size.min <= cell.column <= size.max
            ]
            self.assertGreater(told[0].width, measure(cell.value), cell.value)

    def test_what_is_no_sheet_is_refused(self):
        for content in (b"PK\x03\x04", b"name", make_sheet(points=[])):
            with self.subTest(content=content[:8]):
                try:
                    document = self._draw_up()
                    document.file = base64.b64encode(content)
                except UserError:
                    continue
                self.assertEqual(document.fault_count, 1)

    def test_names_of_another_company_are_unknown(self):
        """Rule E2: another company's unit, class and manager can't be named."""
        other = self._create_club_company("Other Post")
        self.env["crm.team"].create({"name": "Far", "company_id": other.id})
        self.env["club.account.class"].create(
            {"name": "Far Class", "code": "far", "company_id": other.id}
        )
        stranger = self._create_user("user", "far_manager", other)
        document = self._draw_up(
            self._get_rows(
                1, **{"unit": "Far", "class": "Far Class", "manager": stranger.login}
            )
        )
        self.assertEqual(
            self._get_faults(document),
            [("Accounts", 2, column) for column in ("Unit", "Manager", "Class")],
        )

    # === Signed === #

    def test_signed_file_stays(self):
        """What was submitted isn't replaced, by the form or past it."""
        document = self._draw_up()
        document.action_submit()
        with self.assertRaisesRegex(UserError, "was submitted and is fixed"):
            document.file = base64.b64encode(make_sheet(**self._get_rows(2)))
        for name in ("key_accounts", "finance", "leader"):
            document.with_user(self.signers[name]).action_sign()
        attachment = self.env["ir.attachment"].search(
            [
                *(("res_model", "=", document._name), ("res_id", "=", document.id)),
                ("res_field", "=", "file"),
            ]
        )
        attachment.raw = make_sheet(**self._get_rows(2))
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            document.action_apply()
        self.assertFalse(self._find("Taken 2"))

    def test_file_and_faults_are_nobodys_to_change_past_the_document(self):
        faulty = self._draw_up(self._get_rows(2, unit="Nowhere"))
        for name in ("write", "unlink"):
            args = [{"problem": "x"}] if name == "write" else []
            with self.subTest(name), self.assertRaises(UserError):
                getattr(faulty.fault_ids.with_user(self.officer), name)(*args)
        with self.assertRaises(UserError):
            faulty.write({"fault_ids": [(5, 0, 0)]})
        for values in ({"fault_count": 0}, {"digest": "x"}, {"applied_at": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                faulty.write(values)
        with self.assertRaisesRegex(UserError, "Faults: 1"):
            faulty.action_submit()
        document = self._draw_up()
        document.action_submit()
        file = self.env["ir.attachment"].search(
            [
                *(("res_model", "=", document._name), ("res_id", "=", document.id)),
                ("res_field", "=", "file"),
            ]
        )
        mine = file.with_user(self.officer)
        for act in (
            lambda: mine.write({"raw": b"x"}),
            lambda: mine.write({"res_field": False}),
            lambda: mine.write({"res_id": faulty.id}),
            lambda: mine.unlink(),
            lambda: mine.copy({"raw": b"x"}),
        ):
            with (
                self.subTest(),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                act()
                self.env.flush_all()
            self.env.invalidate_all(flush=False)

    def test_a_draft_says_what_its_file_says(self):
        """What signers read of it follows the file, by whatever way that changed."""
        document = self._draw_up()
        file = self.env["ir.attachment"].search(
            [
                *(("res_model", "=", document._name), ("res_id", "=", document.id)),
                ("res_field", "=", "file"),
            ]
        )
        sheets = self._get_rows()
        sheets["points"][0]["points"] = 9_000
        file.with_user(self.officer).raw = make_sheet(**sheets)
        self.assertEqual(document.points_total, 9_900)

    def test_who_leaves_between_check_and_apply_is_told(self):
        document = self._sign(self._draw_up())
        for record, name in ((self.unit, "Unit"), (self.manager, "Manager")):
            with self.subTest(name):
                record.sudo().active = False
                with self.assertRaisesRegex(UserError, f"row 2, {name} "):
                    document.action_apply()
                record.sudo().active = True
        document.action_apply()

    def test_what_became_wrong_is_told_when_it_is_applied(self):
        document = self._sign(self._draw_up())
        self.unit.sudo().name = "Renamed"
        with self.assertRaisesRegex(UserError, "row 2, Unit 单位 “Quay”"):
            document.action_apply()
        self.assertFalse(self._find("Taken 1"))
        self.unit.sudo().name = "Quay"
        document.action_apply()
        self.assertTrue(self._find("Taken 1"))

    def test_who_may(self):
        """Rule E2: an officer draws up and applies; who signs reads it."""
        for user in (self.manager, self.clerk, self.lead, self.finance, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._draw_up(user=user)
        document = self._sign(self._draw_up())
        with self.assertRaises(AccessError):
            document.with_user(self.signers["leader"]).action_apply()
        self.assertTrue(document.with_user(self.signers["leader"]).file)
        with self.assertRaises(AccessError):
            document.with_user(self.manager).read(["name"])

    def test_opening_runs_are_made_by_documents(self):
        with self.assertRaisesRegex(AccessError, "signed take-on only"):
            self.env["club.points.run"].with_user(self.officer).create(
                {
                    "program_id": self.program.id,
                    "kind": "opening",
                    "month": date(2026, 4, 1),
                }
            )

    def test_no_run_becomes_an_opening_one(self):
        run = self._create_run("2026-03").with_user(self.officer)
        with self.assertRaises(UserError):
            run.kind = "opening"
        posted = self._apply().run_id.with_user(self.officer)
        for name in ("action_compute", "action_reset", "action_post", "unlink"):
            with self.subTest(name), self.assertRaises(UserError):
                getattr(posted, name)()

    def test_figures_that_nobody_can_have(self):
        """Negative, none, beyond all bounds, of spending, over, or far away."""
        for number, (column, values) in enumerate(
            (
                ("Points", {"points": -1}),
                ("Points", {"points": 0}),
                ("Points", {"points": "NaN"}),
                ("Points", {"points": "1e400"}),
                ("Points", {"points": 10**10}),
                ("Points", {"points": "=1+1"}),
                ("Kind", {"kind": "Redemption"}),
                ("Kind", {"kind": "Expiry"}),
                ("Valid Until", {"valid_until": "2026-04-08"}),
                ("Valid Until", {"valid_until": "9999-12-31"}),
            )
        ):
            sheets = self._get_rows(number + 1)
            sheets["points"] = [{**sheets["points"][0], **values}]
            with self.subTest(values=values):
                document = self._draw_up(sheets)
                ((sheet, row, found),) = self._get_faults(document)
                self.assertEqual((sheet, row), ("Points", 2))
                self.assertEqual(found, column)

    def test_program_says_what_is_still_to_do(self):
        program = self.program.with_user(self.officer)
        self.assertFalse(program.is_set_up)
        before = [step["done"] for step in program._get_set_up_steps()]
        self._apply()
        after = [step["done"] for step in program._get_set_up_steps()]
        self.assertEqual((before[3], after[3]), (False, True))
        self.assertIn("club_take_on_action", program.set_up_html)
