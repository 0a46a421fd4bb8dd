"""Members, their cards and days that the tests of cards share."""

from datetime import date

from odoo import fields
from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


class CardMixin(GuestMixin):
    """Issues cards, prints them and hands them over."""

    @classmethod
    def _enrol(cls, account, tier="gold", first=FIRST, last=LAST, **values):
        """Return a new membership of an account."""
        [number] = cls.env["club.membership"]._insert(
            values.pop("program", cls.program),
            [
                {
                    "account_id": account.id,
                    "group_id": cls.membership.id,
                    "tier_id": cls.tiers[tier].id,
                    "date_from": first,
                    "date_to": last,
                    "origin": "opening",
                    **values,
                }
            ],
        )
        return cls.env["club.membership"].browse(number)

    @classmethod
    def _create_card(cls, membership, user=None, **values):
        cards = cls.env["club.card"].with_user(user or cls.officer)
        card = cards.create({"membership_id": membership.id, **values})
        return card.with_env(cls.env)

    @classmethod
    def _hand_over(cls, card, user=None, received_by="Ms Lin", **values):
        """Print a card if need be, and hand it over in the dialog."""
        if card.state == "to_print":
            card.with_user(cls.officer).action_mark_printed()
        cls._take_step(card, "hand_over", user, received_by=received_by, **values)
        return card

    @classmethod
    def _take_step(cls, cards, kind, user=None, **values):
        dialog = (
            cls.env["club.card.step"]
            .with_user(user or cls.officer)
            .create({"kind": kind, "card_ids": cards.ids, **values})
        )
        return dialog.action_apply()

    def _is_valid_on(self, card, day):
        """Look at noon of a day, and say what card and search say."""
        with freeze_time(fields.Datetime.to_datetime(day).replace(hour=4)):
            card.invalidate_recordset()
            found = card.search([("id", "=", card.id), ("is_valid", "=", True)])
            self.assertEqual(bool(found), card.is_valid)
            return card.is_valid


@freeze_time(TODAY)
class CardCase(CardMixin, ClubCommon):
    """Anchor Mills is Gold in 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls.program.grace_days = 0
        cls.gold = cls._enrol(cls.account_a)
        cls.holder = cls.env["res.partner"].create(
            {"name": "Lin Xiaomei", "parent_id": cls.account_a.id}
        )
