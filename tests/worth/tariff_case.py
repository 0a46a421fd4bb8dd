"""Tariffs that are drawn up, signed and ended, and members who follow them."""

from datetime import date

from ..common import TODAY


class TariffMixin:
    @classmethod
    def _draw_up_tariff(cls, discount=5, tier=None, **values):
        return (
            cls.env["club.tariff"]
            .with_user(cls.officer)
            .with_context(allowed_company_ids=cls.company.ids)
            .create(
                {
                    "program_id": cls.program.id,
                    "tier_id": (tier or cls.gold).id,
                    "discount": discount,
                    "date_from": TODAY,
                    "reason": "They send much",
                    **values,
                }
            )
        )

    @classmethod
    def _put_in_force(cls, discount=5, tier=None, **values):
        tariff = cls._draw_up_tariff(discount, tier, **values)
        tariff.action_submit()
        cls._sign_all(tariff)
        return tariff

    @classmethod
    def _get_list(cls, tier=None):
        lists = cls.env["product.pricelist"].with_context(active_test=False)
        return lists.search([("club_tier_id", "=", (tier or cls.gold).id)])

    @classmethod
    def _make_member(cls, account, tier, first=TODAY, last=date(2027, 4, 9)):
        row = {"account_id": account.id, "group_id": tier.group_id.id}
        row |= {"tier_id": tier.id, "date_from": first, "date_to": last}
        row |= {"origin": "opening"}
        cls.env["club.membership"]._insert(cls.program, [row])
        cls.program._refresh_mirrors(account)
