from odoo import fields, models
from odoo.exceptions import UserError

from .club_cooperation_calloff import CLOSED, CONFIRMED

LINKS = {"club_cooperation_id", "club_calloff_id"}


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
        if LINKS & vals.keys():
            self._check_not_settled(vals)
        result = super().write(vals)
        if LINKS & vals.keys():
            # sudo: who keeps the books need not read contracts
            linked = self.sudo().filtered(
                lambda line: line.parent_state == "posted"
                and (line.club_cooperation_id or line.club_calloff_id)
            )
            linked._count_towards_cooperation()
        return result

    def _check_not_settled(self, vals):
        """Refuse to take a settled line from its contract, whose limit it uses. C6."""
        names = LINKS & vals.keys()
        changed = self.filtered(
            lambda line: any(line[name].id != (vals[name] or False) for name in names)
        )
        lines_sudo = self.env["club.settlement.line"].sudo()
        settled = lines_sudo.search(
            [("move_line_id", "in", changed.ids), ("is_settled", "=", True)], limit=1
        )
        if settled:
            raise UserError(
                self.env._(
                    "%(bill)s is settled by %(settlement)s: it stays with its contract "
                    "and call-off.",
                    bill=settled.move_line_id.move_id.display_name,
                    settlement=settled.settlement_id.name,
                )
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
