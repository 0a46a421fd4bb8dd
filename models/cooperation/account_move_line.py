from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.derived import differs
from ..record.groups import FINANCE, OFFICER
from .club_cooperation_calloff import CLOSED, CONFIRMED

LINKS = {"club_cooperation_id", "club_calloff_id"}
# What a line's amount follows from.
AMOUNTS = {
    *("price_unit", "quantity", "discount", "tax_ids", "currency_id"),
    *("balance", "debit", "credit", "amount_currency"),
}
SHARERS = (FINANCE, OFFICER)


class AccountMoveLine(models.Model):
    """A vendor bill's line that a contract pays for. Rule C6."""

    _inherit = "account.move.line"

    club_cooperation_id = fields.Many2one(
        "club.cooperation",
        "Cooperation",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('approval_state', '=', 'done'), ('company_id', '=', company_id),"
        " ('partner_id', '=', partner_id)]",
        help="The contract whose limit this line uses up once the bill is posted.",
    )
    club_calloff_id = fields.Many2one(
        "club.cooperation.calloff",
        "Call-Off",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('cooperation_id', '=', club_cooperation_id),"
        " ('state', 'in', ('confirmed', 'closed'))]",
    )

    def write(self, vals):
        """
        :raises UserError: when who isn't Finance takes a posted line from its contract
            or changes its amount, when it goes past the limit, or when it isn't any
            more what was settled
        """
        self.check_access("write")  # a refusal names bill and contract
        # sudo: who keeps the books need not read contracts
        intact_sudo = self.sudo()._find_intact()
        changing_sudo = self.sudo()._filter_posted_on_contract(changed=vals)
        changing_sudo.club_cooperation_id._hold()  # nobody settles them meanwhile
        changing_sudo._find_settled()._refuse_settled()
        changing_sudo.with_env(self.env)._check_may_leave_contract()
        result = super().write(vals)
        if (LINKS | AMOUNTS) & vals.keys():
            self.sudo()._filter_posted_on_contract()._count_towards_cooperation()
        intact_sudo._refuse_outdated()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        """Odoo deletes posted lines for a key that any client can send."""
        # sudo: who keeps the books need not read contracts
        self.sudo().club_cooperation_id._hold()
        self._find_settled()._refuse_settled()
        self._check_may_leave_contract()

    def _filter_posted_on_contract(self, changed=None):
        """Return the lines that use up a contract.

        :param changed: values to write: only those whose contract, call-off or amount
            they would change
        """
        found = self.filtered(
            lambda line: (line.club_cooperation_id or line.club_calloff_id)
            and line.parent_state == "posted"
        )
        if changed is None:
            return found
        amounts, links = AMOUNTS & changed.keys(), LINKS & changed.keys()
        return found.filtered(
            lambda line: any(differs(line, name, changed[name]) for name in amounts)
            or any(line[name] and differs(line, name, changed[name]) for name in links)
        )

    def _check_may_leave_contract(self):
        """Only Finance changes for which contract a posted line counts, and how much.

        :raises UserError: naming the bill
        """
        if self.env.su or any(map(self.env.user.has_group, SHARERS)):
            return
        for line_sudo in self.sudo()._filter_posted_on_contract():
            raise UserError(
                self.env._(
                    "%(bill)s is posted and counts for its contract: Finance or a "
                    "club officer changes that, or reset the bill to draft.",
                    bill=line_sudo.move_id.display_name,
                )
            )

    def _find_intact(self):
        """Return the lines of settlements that settle these as they are. Rule C6."""
        linked = self.filtered(
            lambda line: line.club_cooperation_id or line.club_calloff_id
        )
        settled_sudo = linked._find_settled()
        return settled_sudo - settled_sudo._find_outdated()

    def _find_settled(self):
        """Return the lines of settlements, waiting or signed, that settle these."""
        settled_sudo = self.env["club.settlement.line"].sudo()
        if not self.ids:
            return settled_sudo
        return settled_sudo.search(
            [("move_line_id", "in", self.ids), ("is_settled", "=", True)]
        )

    def _count_towards_cooperation(self):
        """Refuse posted lines that their contract doesn't cover; hold it. Rule C6."""
        if not self:
            return
        cooperations = self.club_cooperation_id
        cooperations._hold()
        cooperations._check_in_effect()
        for line in self:
            line._check_cooperation()
        # Credit notes only give back.
        charged = self.filtered(lambda line: line.balance > 0)
        charged.club_cooperation_id._check_limit()

    def _check_cooperation(self):
        cooperation, calloff = self.club_cooperation_id, self.club_calloff_id
        bill = self.move_id.display_name
        if not cooperation:
            raise UserError(
                self.env._(
                    "%(bill)s names the call-off %(calloff)s without its contract: "
                    "enter that, too.",
                    bill=bill,
                    calloff=calloff.name,
                )
            )
        if not self.move_id.is_purchase_document(include_receipts=True) or (
            self.display_type != "product"
        ):
            raise UserError(
                self.env._(
                    "%(bill)s: only lines of vendor bills and their credit notes count "
                    "towards %(cooperation)s.",
                    bill=bill,
                    cooperation=cooperation.name,
                )
            )
        if self.move_id.commercial_partner_id != cooperation.partner_id:
            raise UserError(
                self.env._(
                    "%(bill)s is a bill of %(partner)s, but %(cooperation)s is a "
                    "contract with %(supplier)s.",
                    bill=bill,
                    partner=self.move_id.commercial_partner_id.display_name,
                    cooperation=cooperation.name,
                    supplier=cooperation.partner_id.display_name,
                )
            )
        if calloff and (
            calloff.cooperation_id != cooperation
            or calloff.state not in (CONFIRMED, CLOSED)
        ):
            raise UserError(
                self.env._(
                    "%(bill)s: %(calloff)s isn't a confirmed call-off of "
                    "%(cooperation)s.",
                    bill=bill,
                    calloff=calloff.name,
                    cooperation=cooperation.name,
                )
            )
