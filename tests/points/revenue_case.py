import base64
import io

import openpyxl

from ..common import ClubCommon
from ..shared_world import shared

HEADER = "account,category,month,amount"


class RevenueCase(ClubCommon):
    """What the tests of imported revenue share: names, files and uploading them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_revenue()

    @classmethod
    @shared
    def _set_up_revenue(cls):
        cls.account_a.write({"name": "Alpha Post (Group)", "ref": "K001"})
        cls.account_b.write({"name": "Beta Trading", "ref": "K002"})
        cls.categ_letters.name = "Letters of the Test"
        cls.categ_parcels.name = "Parcels of the Test"
        cls.letters = cls.categ_letters.name
        cls.parcels = cls.categ_parcels.name

    def statement(self, *rows, header=HEADER):
        return "\n".join((header, *rows)).encode()

    def workbook(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()

    def open_upload(self, content, *, user=None, **values):
        """Return the upload's dialog of the user, Finance by default."""
        return (
            self.env["club.revenue.upload"]
            .with_user(user or self.finance)
            .create({"file": base64.b64encode(content), "filename": "s", **values})
        )

    def upload(self, content, *, user=None, **values):
        """Upload a file as the user and return the import; rows that other imports
        have already are added.
        """
        action = (
            self.env["club.revenue.upload"]
            .with_user(user or self.finance)
            .create(
                {
                    "file": base64.b64encode(content),
                    "filename": "s",
                    "decision": "add",
                    "reason": "Test",
                    **values,
                }
            )
            .action_import()
        )
        return self.env["club.revenue.import"].browse(action["res_id"])

    def settle(self, lines, *, user=None, **values):
        return (
            self.env["club.revenue.settle"]
            .with_user(user or self.finance)
            .create({"line_ids": lines.ids, **values})
            .action_settle()
        )

    def facts(self, *accounts):
        self.env.flush_all()
        return sum(
            self.env["club.revenue"]
            .search([("account_id", "in", [account.id for account in accounts])])
            .mapped("amount")
        )
