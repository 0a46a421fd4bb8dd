"""Picking list and delivery note of ordered rewards. Rules B13, E3."""

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.points.club_redemption import CANCELLED, DRAFT, RESERVED


@dataclass(frozen=True, slots=True)
class Order:
    """What is handed over to an account, by whom, and who took it over."""

    company: models.BaseModel
    program: str  # whose points it takes, where the company has several
    number: str
    reward: str
    quantity: int
    points: float
    account: str
    address: str
    unit: str
    ordered_on: str
    ordered_by: str
    received_by: str
    received_on: str
    signature: bytes | bool


@dataclass(frozen=True, slots=True)
class PickingList:
    """What is taken from the store for a company's orders, in the rewards' order."""

    company: models.BaseModel
    totals: tuple[tuple[str, int], ...]
    orders: tuple[Order, ...]


class ClubRewardPapers(models.AbstractModel):
    """Collects what is printed of orders; the prints only walk it."""

    _name = "club.reward.papers"
    _description = "Papers of Reward Orders"

    @api.model
    def _get_orders(self, redemptions, states, refusal):
        """Return the orders among redemptions, if they are in one of the states.

        :param refusal: what to say where none is
        """
        redemptions.check_access("read")
        found = redemptions.filtered(
            lambda order: order.reward_id and order.state in states
        )
        if not found:
            raise UserError(refusal)
        return found.sorted(lambda order: (order.reward_id.name, order.name))

    @api.model
    def _prepare_order(self, order):
        """Return the `Order` of an order that was asked for."""
        # sudo: a paper names units, people and companies, whoever prints it
        order_sudo = order.sudo()
        account = order_sudo.account_id
        return Order(
            company=order_sudo.company_id,
            program=order_sudo.program_id._get_distinguishing_name(),
            number=order.name,
            reward=order_sudo.reward_id.name,
            quantity=order.quantity,
            points=order.points,
            account=account.name,
            address=" ".join(account._display_address(without_company=True).split()),
            unit=order_sudo.unit_id.name or "",
            ordered_on=format_date(self.env, order.reserved_on),
            ordered_by=order_sudo.reserved_by_id.name or "",
            received_by=order.received_by or "",
            received_on=format_date(self.env, order.received_on),
            signature=order.receipt_signature,
        )


class ClubPickingListReport(models.AbstractModel):
    _name = "report.crm_club.club_reward_picking"
    _description = "Picking List of Rewards"
    _inherit = ["club.report.mixin", "club.reward.papers"]
    _source = "club.redemption"
    _papers = "lists"

    @api.model
    def _get_papers(self, records, data):
        orders = self._get_orders(
            records,
            (RESERVED,),
            self.env._("None of these orders waits to be delivered: nothing to pick."),
        )
        lists = []
        # sudo: a letterhead shows its company, whoever prints it
        for company_sudo, found in orders.sudo().grouped("company_id").items():
            totals = {}
            for order in found:
                name = order.reward_id.name
                totals[name] = totals.get(name, 0) + order.quantity
            lists.append(
                PickingList(
                    company=company_sudo,
                    totals=tuple(sorted(totals.items())),
                    orders=tuple(map(self._prepare_order, found)),
                )
            )
        return lists


class ClubDeliveryNoteReport(models.AbstractModel):
    _name = "report.crm_club.club_reward_delivery"
    _description = "Delivery Note of Rewards"
    _inherit = ["club.report.mixin", "club.reward.papers"]
    _source = "club.redemption"
    _papers = "notes"

    @api.model
    def _get_papers(self, records, data):
        states = set(dict(records._fields["state"].selection)) - {DRAFT, CANCELLED}
        orders = self._get_orders(
            records,
            states,
            self.env._("A delivery note is printed of reserved or delivered orders."),
        )
        return [self._prepare_order(order) for order in orders]
