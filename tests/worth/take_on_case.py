"""Sheets, documents and signatures that the tests of taking on share."""

import base64
import io

import xlsxwriter

from odoo.tests import freeze_time

from ...kernel.take_on import SHEETS
from ..common import TODAY, ClubCommon
from ..shared_world import shared

SIGNERS = ("key_accounts", "finance", "leader")


def make_sheet(**sheets):
    """Return a workbook: rows by sheet, each a dict or a list of cells."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        for key, kind in SHEETS.items():
            if key not in sheets:
                continue
            sheet = book.add_worksheet(kind.label)
            keys = [column.key for column in kind.columns]
            sheet.write_row(0, 0, [column.label for column in kind.columns])
            for number, row in enumerate(sheets[key], start=1):
                for name, cell in row.items():
                    sheet.write(number, keys.index(name), cell)
    return output.getvalue()


@freeze_time(TODAY)
class TakeOnCase(ClubCommon):
    """Three bodies sign what an officer draws up and applies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_take_on()

    @classmethod
    @shared
    def _set_up_take_on(cls):
        cls._set_up_seats()
        cls.role = cls.env["club.contact.role"].create({"name": "Test Liaison"})
        cls.account_class = cls.env["club.account.class"].create(
            {"name": "Test Class", "code": "test_class", "company_id": cls.company.id}
        )

    def _get_rows(self, number=1, **account):
        """Return the sheets of one account with all that a sheet can say."""
        name = f"Taken {number}"
        return {
            "accounts": [
                {
                    "name": name,
                    "tax": f"9132000{number:04}",
                    "ref": f"T-{number}",
                    "unit": "Quay",
                    "manager": self.manager.login,
                    "class": "Test Class",
                    "agreement": f"TA-{number}",
                    "agreement_from": "2026-02-01",
                    **account,
                }
            ],
            "contacts": [
                {
                    "account": f"T-{number}",
                    "name": "Li Mei",
                    "roles": "Test Liaison",
                    "phone": "13800000000",
                    "calendar": "农历",
                    "birthday": "1975-08-15",
                }
            ],
            "tiers": [
                {
                    "account": name,
                    "group": "Membership",
                    "tier": "Gold",
                    "date_from": "2025-09-01",
                    "date_to": "2026-08-31",
                }
            ],
            "points": [
                {
                    "account": name,
                    "kind": kind,
                    "points": points,
                    "valid_until": until,
                }
                for kind, points, until in (
                    ("Revenue", 1200.5, "2026-12-31"),
                    ("Revenue", 800, "2027-12-31"),
                    ("Bonus", 100, "2026-12-31"),
                )
            ],
        }

    def _draw_up(self, sheets=None, user=None, **values):
        user = user or self.officer
        content = make_sheet(**(sheets or self._get_rows()))
        return (
            self.env["club.take.on"]
            .with_user(user)
            .with_context(allowed_company_ids=self.company.ids)
            .create(
                {
                    "program_id": self.program.id,
                    "file": base64.b64encode(content),
                    "filename": "club.xlsx",
                    **values,
                }
            )
        )

    def _sign(self, document):
        document.action_submit()
        for name in SIGNERS:
            document.with_user(self.signers[name]).action_sign()
        return document

    def _apply(self, sheets=None):
        document = self._sign(self._draw_up(sheets))
        document.action_apply()
        return document

    def _find(self, name):
        return self.env["res.partner"].search([("name", "=", name)])

    def _get_faults(self, document):
        """Return ``(sheet, row, column)`` of the faults, in English."""
        return [
            (fault.sheet.split()[0], fault.row, fault.column.rpartition(" ")[0])
            for fault in document.fault_ids
        ]
