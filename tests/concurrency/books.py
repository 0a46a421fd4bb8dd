"""What booking invoices and bills takes, without a chart of accounts."""


class BooksMixin:
    """For classes with the club's fixture."""

    @classmethod
    def _set_up_books(cls):
        company = cls.company
        income, receivable, cls.expense, payable = cls.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "company_ids": company.ids,
                }
                for name, code, kind in (
                    ("Income", "600000", "income"),
                    ("Receivable", "112200", "asset_receivable"),
                    ("Expense", "660000", "expense"),
                    ("Payable", "220200", "liability_payable"),
                )
            ]
        )
        cls.journal, cls.purchases = cls.env["account.journal"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "type": kind,
                    "company_id": company.id,
                    "default_account_id": account.id,
                }
                for name, code, kind, account in (
                    ("Sales", "SAL", "sale", income),
                    ("Purchases", "PUR", "purchase", cls.expense),
                )
            ]
        )
        for name, account in (("receivable", receivable), ("payable", payable)):
            cls.env["ir.default"].set(
                "res.partner",
                f"property_account_{name}_id",
                account.id,
                company_id=company.id,
            )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Parcel",
                "categ_id": cls.categ_parcels.id,
                "property_account_income_id": income.id,
                "taxes_id": False,
            }
        )
