"""The club in a company that has a chart of accounts, for tests with invoices."""

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import ClubFixture
from .shared_world import shared


class InvoicingCase(ClubFixture, AccountTestInvoicingCommon):
    @classmethod
    def _create_club_company(cls, name):
        company = cls.company_data["company"]
        # sudo: the test's user isn't the club's administrator yet
        company.sudo().club_timezone = "Asia/Shanghai"
        return company

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_invoicing()

    @classmethod
    @shared
    def _set_up_invoicing(cls):
        for group in ("crm_club.crm_club_group_admin", "base.group_system"):
            cls.env.user.sudo().group_ids |= cls.env.ref(group)
        cls._set_up_club()
