import base64
import io
from datetime import date

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from ...kernel.take_on import SHEETS
from ..common import ClubFixture
from .take_on_case import SIGNERS

TIMEOUT = 180  # seconds for a tour: machines that test are busy
ACCOUNTS = 30


@tagged("post_install", "-at_install")
class TestTakeOnTour(ClubFixture, HttpCase):
    """Thirty accounts from the template: three faults, corrected, signed, applied.

    Rules A14, E4. The browser knows no frozen clock: terms are counted from today.
    """

    # An officer's menus need more than 1366: Configuration would be under the plus.
    browser_size = "1600x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=TIMEOUT)
        self.env.invalidate_all()

    def _download(self, address):
        """Return the workbook that an address sends to the officer."""
        self.authenticate(self.officer.login, self.officer.login)
        response = self.url_open(address)
        response.raise_for_status()
        return load_workbook(io.BytesIO(response.content))

    def _offer(self, book, name):
        """Put a workbook where the tour finds it."""
        output = io.BytesIO()
        book.save(output)
        self.env["ir.attachment"].create(
            {
                "name": name,
                "url": f"/club_test/{name}",
                "datas": base64.b64encode(output.getvalue()),
                "public": True,
            }
        )

    def _fill_in(self, book):
        year = date.today().year
        rows = {key: [] for key in SHEETS}
        for number in range(1, ACCOUNTS + 1):
            account = {"account": f"PM-{number}"}
            rows["accounts"].append(
                {
                    "name": f"Paper Mill {number}",
                    "ref": f"PM-{number}",
                    "unit": "Quay",
                    "manager": self.manager.login,
                    "card": f"C-{number}",
                }
            )
            rows["contacts"].append(
                {**account, "name": f"Li {number}", "birthday": "1975-08-15"}
            )
            rows["tiers"].append(
                {
                    **account,
                    "group": "Membership",
                    "tier": "Gold",
                    "date_from": f"{year}-01-01",
                    "date_to": f"{year + 1}-12-31",
                }
            )
            rows["points"].append(
                {
                    **account,
                    "kind": "Revenue",
                    "points": "100",
                    "valid_until": f"{year + 1}-12-31",
                }
            )
        rows["accounts"][6]["unit"] = "Nowhere"
        rows["contacts"][13]["birthday"] = "2001-02-30"
        rows["points"][20]["points"] = "-5"
        for key, kind in SHEETS.items():
            sheet = book[kind.label]
            places = {
                column.key: place for place, column in enumerate(kind.columns, start=1)
            }
            for number, row in enumerate(rows[key], start=2):
                for name, value in row.items():
                    sheet.cell(number, places[name], value)

    def _correct(self, book):
        """Correct what the file says is wrong: it stands first on each sheet."""
        for key, name, wrong, right in (
            ("accounts", "unit", "Nowhere", "Quay"),
            ("contacts", "birthday", "2001-02-30", "2001-02-28"),
            ("points", "points", "-5", "5"),
        ):
            kind = SHEETS[key]
            columns = [column.key for column in kind.columns]
            sheet = book[kind.label]
            cell = sheet.cell(2, columns.index(name) + 1)
            self.assertEqual(cell.value, wrong)
            self.assertTrue(sheet.cell(2, len(columns) + 1).value)
            self.assertFalse(sheet.cell(3, len(columns) + 1).value)
            cell.value = right

    def test_from_the_template_to_the_club(self):
        book = self._download("/crm_club/take_on/template")
        self._fill_in(book)
        self._offer(book, "faulty.xlsx")
        self._tour("club_take_on_faulty", self.officer)
        document = self.env["club.take.on"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((document.account_count, document.fault_count), (ACCOUNTS, 3))
        book = self._download(f"/crm_club/xlsx/take_on?ids={document.id}")
        self._correct(book)
        self._offer(book, "corrected.xlsx")
        self._tour("club_take_on_corrected", self.officer)
        self.assertEqual(document.approval_state, "waiting")
        *first, last = SIGNERS
        for name in first:
            document.with_user(self.signers[name]).action_sign()
        self._tour("club_sign", self.signers[last])
        self.assertEqual(document.approval_state, "approved")
        self._tour("club_take_on_apply", self.officer)
        self.assertEqual(document.approval_state, "done")
        accounts = document.account_ids.account_id.with_company(self.company)
        self.assertEqual(len(accounts), ACCOUNTS)
        self.assertEqual(accounts.club_tier_id.mapped("code"), ["gold"])
        self.assertEqual(accounts.club_manager_id, self.manager)
        self.assertEqual(len(accounts.child_ids), ACCOUNTS)
        self.assertEqual(document.sudo().run_id.points, 29 * 100 + 5)
        cards = self.env["club.card"].search([("account_id", "in", accounts.ids)])
        self.assertEqual(len(cards), ACCOUNTS)
        self.assertFalse(self.program._find_broken_run())
