"""The gift list: who is given what, and who signed for it. Rules D17, E3, E4."""

from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.tools import format_date

from ..models.record.names import get_labels
from ..models.worth.gift_states import (
    CALLED_OFF,
    CONFIRMED,
    DRAFT,
    GIVEN,
    NOT_ACCEPTED,
    RETURNED,
)

# What doesn't count in a sum: it wasn't given, or it came back.
UNDONE = (CALLED_OFF, NOT_ACCEPTED, RETURNED)


@dataclass(frozen=True, slots=True)
class Gift:
    """A line: for whom, what, what it is worth, and who took it over."""

    number: int
    contact: str
    function: str
    account: str
    item: str
    quantity: int
    value: float
    is_cash_like: bool
    is_undone: bool
    state: str
    way: str
    given_on: date | bool
    given_by: str
    receipt: str
    signature: bytes | bool


@dataclass(frozen=True, slots=True)
class GiftSheet:
    """A list with those of its gifts that one may read, and what they add up to."""

    company: models.BaseModel
    currency: models.BaseModel
    number: str
    purpose: str
    date: str
    unit: str
    owner: str
    state: str
    gifts: tuple[Gift, ...]
    pieces: int
    total: float
    given: float


class ClubGiftSheet(models.AbstractModel):
    """Collects what is printed of gift lists; print and spreadsheet only walk it."""

    _name = "club.gift.sheet"
    _description = "Sheet of Gifts"

    @api.model
    def _get_sheets(self, lists):
        """Return the `GiftSheet` of each list."""
        lists.check_access("read")
        gifts = self.env["club.gift"].search(
            [("list_id", "in", lists.ids)], order="list_id, account_id, id"
        )
        by_list = gifts.grouped("list_id")
        return [
            self._prepare_sheet(record, by_list.get(record, gifts.browse()))
            for record in lists
        ]

    @api.model
    def _prepare_sheet(self, record, gifts):
        counted = gifts.filtered(lambda gift: gift.state not in UNDONE)
        given = gifts.filtered(lambda gift: gift.state == GIVEN)
        labels = {name: get_labels(gifts, name) for name in ("state", "way")}
        # sudo: a paper names units, people and companies, whoever prints it
        record_sudo = record.sudo()
        return GiftSheet(
            company=record_sudo.company_id,
            currency=record_sudo.currency_id,
            number=record.name,
            purpose=record.purpose,
            date=format_date(self.env, record.date),
            unit=record_sudo.unit_id.name or "",
            owner=record_sudo.user_id.name,
            state=get_labels(record, "state")[record.state],
            gifts=tuple(
                self._prepare_gift(number, gift, labels)
                for number, gift in enumerate(gifts, 1)
            ),
            pieces=sum(counted.mapped("quantity")),
            total=sum(counted.mapped("value")),
            given=sum(given.mapped("value")),
        )

    @api.model
    def _prepare_gift(self, number, gift, labels):
        # sudo: as above
        gift_sudo = gift.sudo()
        plain = (DRAFT, CONFIRMED, GIVEN)
        return Gift(
            number=number,
            contact=gift_sudo.contact_id.name or "",
            function=gift_sudo.contact_id.function or "",
            account=gift_sudo.account_id.name,
            item=gift_sudo.title or "",
            quantity=gift.quantity,
            value=gift.value,
            is_cash_like=gift.is_cash_like,
            is_undone=gift.state in UNDONE,
            state="" if gift.state in plain else labels["state"][gift.state],
            way=labels["way"][gift.way],
            given_on=gift.given_on,
            given_by=gift_sudo.given_by_id.name or "",
            receipt=" ".join(filter(None, (gift.received_by, gift.tracking_no))),
            signature=gift.receipt_signature,
        )


class ClubGiftSheetReport(models.AbstractModel):
    _name = "report.crm_club.club_gift_sheet"
    _description = "Gift List"
    _inherit = ["club.report.mixin", "club.gift.sheet"]
    _source = "club.gift.list"
    _papers = "sheets"

    @api.model
    def _get_papers(self, records, data):
        return self._get_sheets(records)
