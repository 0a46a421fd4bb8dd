"""Classes with limits, and gifts, that the tests share."""

from odoo import Command
from odoo.tests import freeze_time

from ..benefit.benefit_case import BenefitMixin
from ..common import TODAY, ClubCommon, ClubFixture
from .reward_case import RewardMixin


class GiftMixin(RewardMixin, ClubFixture):
    """Draws up gift lists, confirms them and gives them out."""

    @classmethod
    def _classify(cls, account, limit, date_from="2020-01-01", date_to=False, **values):
        """Give an account a class that limits its gifts; None limits nothing."""
        kept = values.pop("account_class", None) or cls.env[
            "club.account.class"
        ].create(
            {
                "name": f"Class {limit}",
                "code": f"{account.id}_{limit}_{date_from}",
                "company_id": cls.company.id,
                "gift_is_limited": limit is not None,
                "gift_limit": limit or 0,
            }
        )
        given = cls.env["club.account.classification"].create(
            {
                "account_id": account.id,
                "class_id": kept.id,
                "company_id": cls.company.id,
                "reason": "Decree 7",
                "date_from": date_from,
                "date_to": date_to,
                **values,
            }
        )
        given._set_opening("Test")
        return given

    def _prepare_gift(self, value=100, account=None, **values):
        of_catalogue = "reward_id" in values
        return {
            "account_id": (account or self.account_a).id,
            **({} if of_catalogue else {"item": "Fruit basket", "value": value}),
            **({} if of_catalogue else {"value_source": "Invoice 7"}),
            **values,
        }

    def _draw_up_list(self, *gifts, user=None, company=None, **values):
        """Return a draft with these gifts, each as `_prepare_gift` returns it."""
        user = user or self.officer
        company = company or self.company
        return (
            self.env["club.gift.list"]
            .with_user(user)
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "purpose": "Mid-Autumn",
                    "gift_ids": [Command.create(gift) for gift in gifts],
                    **values,
                }
            )
        )

    def _promise(self, value=100, account=None, user=None, **values):
        """Return a gift of a list that was confirmed."""
        found = self._draw_up_list(
            self._prepare_gift(value, account, **values), user=user
        )
        found.action_confirm()
        return found.gift_ids

    def _give(self, gift, **values):
        gift.write({"received_by": "Ms Lin", **values})
        gift.action_give()
        return gift


@freeze_time(TODAY)
class GiftCase(GiftMixin, BenefitMixin, ClubCommon):
    """Anchor Mills is given 500 a year at most."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_benefits()
        cls.limited = cls._classify(cls.account_a, 500)
