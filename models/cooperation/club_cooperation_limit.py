"""What a contract may cost, and what call-offs and bills use of it. Rule C6."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare

from ..approval.states import DONE
from ..record.rpc import for_one
from .club_cooperation import GROSS

# What a bill's line counts, in company currency: with its tax where amounts are so.
# Credit notes come out negative.
BILLED = SQL(
    """
    CASE WHEN c.amount_basis = %s AND l.price_subtotal <> 0
         THEN round((l.balance * l.price_total / l.price_subtotal)::numeric, 2)
         ELSE l.balance END
    """,
    GROSS,
)


class ClubCooperation(models.Model):
    _inherit = "club.cooperation"

    limit_amount = fields.Monetary(
        "Limit",
        compute="_compute_limit_amount",
        store=True,
        help="The contract and the supplements that were signed.",
    )
    called_amount = fields.Monetary(
        "Called Off, Not Billed",
        compute="_compute_used",
        compute_sudo=True,
        help="What confirmed call-offs leave to be billed.",
    )
    billed_amount = fields.Monetary(
        "Billed",
        compute="_compute_used",
        compute_sudo=True,
        help="Posted lines of vendor bills that name the contract, less credit notes, "
        "in company currency at the bills' dates.",
    )
    available_amount = fields.Monetary(
        "Still Available", compute="_compute_used", compute_sudo=True
    )
    calloff_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    bill_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    settlement_count = fields.Integer(compute="_compute_counts", compute_sudo=True)

    @api.depends("contract_amount", "supplement_ids.approval_state")
    def _compute_limit_amount(self):
        signed = dict(
            self.env["club.cooperation.supplement"]
            .sudo()
            ._read_group(
                [("cooperation_id", "in", self.ids), ("approval_state", "=", DONE)],
                ["cooperation_id"],
                ["amount:sum"],
            )
        )
        for cooperation in self:
            more = signed.get(cooperation._origin, 0)
            cooperation.limit_amount = cooperation.contract_amount + more

    @api.depends("calloff_ids.state", "calloff_ids.amount", "limit_amount")
    def _compute_used(self):
        found = self._get_used()
        for cooperation in self:
            called, billed = found.get(cooperation._origin.id, (0, 0))
            cooperation.called_amount = called
            cooperation.billed_amount = billed
            cooperation.available_amount = cooperation.limit_amount - called - billed

    def _compute_counts(self):
        posted = [("parent_state", "=", "posted")]
        sources = {
            "calloff": ("club.cooperation.calloff", "cooperation_id", [], "__count"),
            "settlement": ("club.settlement", "cooperation_id", [], "__count"),
            "bill": (
                *("account.move.line", "club_cooperation_id"),
                *(posted, "move_id:count_distinct"),
            ),
        }
        counts = {}
        for name, (model, column, terms, measure) in sources.items():
            domain = [(column, "in", self.ids), *terms]
            found = self.env[model]._read_group(domain, [column], [measure])
            counts[name] = dict(found)
        for cooperation in self:
            for name, found in counts.items():
                cooperation[f"{name}_count"] = found.get(cooperation._origin, 0)

    def _get_used(self):
        """Return what is called off but not billed, and what is billed, by id.

        A call-off counts until bills that name it have reached it, or it is closed;
        what was settled counts whatever becomes of its call-off or bill.
        """
        self.env["account.move.line"].flush_model()
        self.env["club.cooperation.calloff"].flush_model()
        self.env["club.settlement.line"].flush_model()
        self.flush_model(["amount_basis"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH bill AS MATERIALIZED (
                    SELECT l.club_cooperation_id AS id, l.club_calloff_id AS calloff_id,
                           sum(%(billed)s) AS amount
                      FROM account_move_line l
                      JOIN club_cooperation c ON c.id = l.club_cooperation_id
                     WHERE l.club_cooperation_id = ANY(%(ids)s)
                       AND (l.parent_state = 'posted' OR EXISTS (
                           SELECT FROM club_settlement_line s
                            WHERE s.move_line_id = l.id AND s.is_settled))
                     GROUP BY 1, 2),
                part AS (
                    SELECT o.cooperation_id AS id, 0 AS billed,
                           least(o.amount,
                                 greatest(o.amount - coalesce(b.amount, 0), 0))
                               AS called
                      FROM club_cooperation_calloff o
                 LEFT JOIN bill b ON b.calloff_id = o.id
                     WHERE o.cooperation_id = ANY(%(ids)s)
                       AND (o.state = 'confirmed' OR EXISTS (
                           SELECT FROM club_settlement_line s
                            WHERE s.calloff_id = o.id AND s.is_settled))
                     UNION ALL
                    SELECT id, amount, 0 FROM bill)
                SELECT id, sum(called), sum(billed) FROM part GROUP BY id
                """,
                billed=BILLED,
                ids=self.ids,
            )
        )
        return {key: (float(called), float(billed)) for key, called, billed in rows}

    def _check_limit(self):
        """Refuse what takes a contract past its limit; its row is held. Rule C6.

        :raises UserError: with the amount by which it would
        """
        found = self._get_used()
        for cooperation in self:
            used = sum(found.get(cooperation.id, (0, 0)))
            limit = cooperation.limit_amount
            if float_compare(used, limit, precision_digits=2) > 0:
                raise UserError(
                    self.env._(
                        "%(cooperation)s may cost %(limit)s; with this it would cost "
                        "%(used)s, %(excess)s too much: have a supplement signed "
                        "first.",
                        cooperation=cooperation.name,
                        limit=cooperation._format_amount(limit),
                        used=cooperation._format_amount(used),
                        excess=cooperation._format_amount(used - limit),
                    )
                )

    def _check_in_effect(self):
        for cooperation in self:
            if cooperation.approval_state != DONE:
                raise UserError(
                    self.env._(
                        "%s isn't in effect: all signatures come first.",
                        cooperation.name,
                    )
                )

    # === Smart buttons === #

    @for_one
    def action_open_calloffs(self):
        return self._get_action("club_cooperation_calloff_action")

    @for_one
    def action_open_supplements(self):
        return self._get_action("club_cooperation_supplement_action")

    @for_one
    def action_open_settlements(self):
        return self._get_action("club_settlement_action")

    def _get_action(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
        return {
            **action,
            "domain": [("cooperation_id", "=", self.id)],
            "context": {
                "default_cooperation_id": self.id,
                "default_unit_id": self.unit_id.id,
            },
        }

    @for_one
    def action_open_bills(self):
        """Show the lines of the supplier's bills, to who may read bills."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_bill_line_action"
        )
        return {
            **action,
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("display_type", "=", "product"),
                ("move_id.move_type", "in", self._get_bill_types()),
            ],
            "context": {"search_default_linked": 1},
        }

    def _get_bill_types(self):
        return self.env["account.move"].get_purchase_types(include_receipts=True)
