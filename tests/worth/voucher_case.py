"""Batches of vouchers for a channel partner that the tests share."""

from datetime import timedelta

from ..common import TODAY

LAST_DAY = TODAY + timedelta(20)


class VoucherMixin:
    """Issues vouchers, and redeems them by their codes."""

    @classmethod
    def _draw_up_batch(cls, quantity=3, **values):
        partner = values.pop("partner", None) or cls._create_channel()
        return (
            cls.env["club.voucher.batch"]
            .with_user(cls.officer)
            .with_context(allowed_company_ids=cls.company.ids)
            .create(
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "subject": "A month of city courier",
                    "quantity": quantity,
                    "value": 50,
                    "date_from": TODAY,
                    "date_to": LAST_DAY,
                    **values,
                }
            )
        )

    @classmethod
    def _create_channel(cls, name="Harbour Bank"):
        return cls.env["res.partner"].create({"name": name, "is_company": True})

    @classmethod
    def _issue(cls, quantity=3, **values):
        batch = cls._draw_up_batch(quantity, **values)
        batch.action_issue()
        return batch

    @classmethod
    def _get_vouchers(cls, batch):
        return cls.env["club.voucher"].search([("batch_id", "=", batch.id)], order="id")

    def _as(self, user, name):
        return (
            self.env[name]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
        )

    def _redeem(self, code, user=None, account=None):
        """Redeem in the dialog; return the voucher as the test reads it."""
        dialog = self._as(user or self.manager, "club.voucher.redemption").create(
            {"code": code, "account_id": account and account.id}
        )
        action = dialog.action_redeem()
        return self.env["club.voucher"].browse(action["res_id"])
