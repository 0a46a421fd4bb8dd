from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.written import get_written
from ..approval.measures import MONEY
from ..approval.states import APPROVED, DONE, EDITABLE, WAITING
from ..record.number import number


class ClubCooperationSupplement(models.Model):
    """A contract's limit raised, once that is signed. Rule C6.

    The band goes by the contract, its other supplements and what else the supplier gets
    for the purpose: a contract in parts is signed by whom the whole would be.
    """

    _name = "club.cooperation.supplement"
    _description = "Supplement to a Cooperation"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "id desc"

    _approval_type = "cooperation"
    _approval_guarded = ("cooperation_id", "amount", "reason", "exemption_reason")
    _approval_measure = MONEY
    _approval_spans_units = True
    _club_sequence = "SUP"

    name = number()
    cooperation_id = fields.Many2one(
        "club.cooperation",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("approval_state", "=", "done")],
    )
    company_id = fields.Many2one(related="cooperation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(related="cooperation_id.unit_id", store=True, index=True)
    partner_id = fields.Many2one(related="cooperation_id.partner_id", store=True)
    amount = fields.Monetary("Increase", required=True)
    reason = fields.Text(required=True)
    exemption_reason = fields.Text(
        "Reason for No Tender",
        copy=False,
        help="Above the limit for tenders: why this supplier goes on and no other.",
    )
    limit_amount = fields.Monetary(related="cooperation_id.limit_amount")

    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e12)",
        "A supplement raises the limit: enter by how much, to two decimals.",
    )

    # === Approval === #

    @api.model
    def _get_approval_types(self):
        return self.env["club.cooperation"]._get_approval_types()

    def _get_approval_amount(self):
        return self.amount, self.currency_id

    def _get_approval_subject(self):
        return f"{self.cooperation_id.name}: {' '.join(self.reason.split())}"

    def _get_approval_unit(self):
        return self.unit_id

    def _get_approval_key(self):
        cooperation_sudo = self.cooperation_id.sudo()  # who signs need not read it
        return cooperation_sudo._get_approval_key()

    def _find_added_requests(self, policies):
        """Also the contract itself and its supplements, however long ago. PEERS 9."""
        result = super()._find_added_requests(policies)
        # sudo: what adds up is of all units
        contracts_sudo = self.sudo().cooperation_id
        requests_sudo = self.env["club.approval.request"].sudo()
        found = requests_sudo.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", contracts_sudo.supplement_ids.ids),
                ("state", "in", (WAITING, APPROVED, DONE)),
            ]
        ).grouped("res_id")
        for supplement in self:
            contract_sudo = supplement.cooperation_id.sudo()
            others = (contract_sudo.supplement_ids - supplement).ids
            result[supplement] |= contract_sudo.approval_request_id.union(
                *(found.get(number, requests_sudo) for number in others)
            )
        return result

    def _get_adding_text(self, policy):
        return self.env._(
            "The contract, its supplements and what else the supplier was given for "
            "the purpose within %(days)s days count together: a contract in parts is "
            "signed by whom the whole would be.",
            days=policy.window_days,
        )

    def _create_approval_requests(self):
        requests = super()._create_approval_requests()
        # sudo: the contract decides, whoever may read it
        for supplement_sudo, request in zip(self.sudo(), requests, strict=True):
            supplement_sudo._check_exemption(request.amount_total)
        return requests

    def _check_exemption(self, total):
        """Refuse to go past the limit for tenders without a word. Rule C6."""
        contract = self.cooperation_id
        if contract._needs_tender(total) and not get_written(self.exemption_reason):
            raise UserError(
                self.env._(
                    "%(supplement)s brings %(cooperation)s to %(total)s, above "
                    "%(limit)s: say why there is no tender.",
                    supplement=self.name,
                    cooperation=contract.name,
                    total=contract._format_amount(total),
                    limit=contract._format_amount(contract.tender_above),
                )
            )

    def _check_can_submit(self):
        self.ensure_one()
        supplement_sudo = self.sudo()
        if self.approval_state in EDITABLE:
            supplement_sudo.unit_id._check_can_apply(
                self.name, self._get_approval_applicant()
            )
        supplement_sudo.cooperation_id._check_in_effect()

    def _approval_execute(self, request):
        """Raise the limit: it is the contract and what supplements are signed."""
        self.ensure_one()
        self.cooperation_id._hold()
