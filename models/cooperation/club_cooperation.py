from odoo import api, fields, models

from ..record.values import check_values
from .club_program import CRITERIA, ORDERS, TERMS, WEIGHTS

PURPOSES = [
    ("venue", "Venue"),
    ("catering", "Catering"),
    ("health", "Health services"),
    ("transport", "Transport and travel"),
    ("gift", "Gifts"),
    ("media", "Printing and media"),
    ("training", "Speakers and training"),
    ("other", "Other"),
]
NET, GROSS = "net", "gross"
# The tender: none, the panel is to open it, bids are scored, decided.
NONE, ASKED, OPEN, AWARDED = "none", "asked", "open", "awarded"
TENDER_STATES = [
    (NONE, "No Tender"),
    (ASKED, "To Be Opened"),
    (OPEN, "Being Scored"),
    (AWARDED, "Awarded"),
]


class ClubCooperation(models.Model):
    """A contract with a third party: request, tender, signatures, limit. Rule C6.

    What one supplier gets for one purpose within the policy's window adds up, over all
    units. Once it is in effect, call-offs and vendor bills use it up.
    """

    _name = "club.cooperation"
    _description = "Third-Party Cooperation"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "subject", "partner_id"]
    _check_company_auto = True

    _approval_guarded = (
        *("company_id", "unit_id", "partner_id", "purpose", "subject", "description"),
        *("date_from", "date_to", "amount", "amount_basis", "user_id"),
        "exemption_reason",
    )
    _approval_spans_units = True
    _club_sequence = True

    # === Request === #
    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        "Applying Unit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["club.points.adjustment"]._default_unit_id(),
        help="The unit that applies; its head confirms first.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
        help="Empty only where the tender after the signatures finds it.",
    )
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        help="Amounts of one supplier and purpose add up.",
    )
    subject = fields.Char(required=True)
    description = fields.Text("What Is Procured")
    user_id = fields.Many2one(
        "res.users",
        "Negotiated by",
        check_company=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    amount = fields.Monetary(required=True)
    amount_basis = fields.Selection(
        [(NET, "Without tax"), (GROSS, "With tax")],
        "Amounts Are",
        required=True,
        default=GROSS,
        help="Vendor bills count towards the limit in the same way.",
    )

    # === Tender === #
    tender_above = fields.Monetary(readonly=True, copy=False)
    tender_order = fields.Selection(
        ORDERS, "Tender and Signatures", readonly=True, copy=False
    )
    tender_bids = fields.Integer("Bids at Least", readonly=True, copy=False)
    tender_weight_price = fields.Integer("Weight of the Price")
    tender_weight_quality = fields.Integer("Weight of Quality")
    tender_weight_service = fields.Integer("Weight of Service")
    tender_weight_references = fields.Integer("Weight of References")
    tender_state = fields.Selection(
        TENDER_STATES,
        "Tender",
        default=NONE,
        required=True,
        readonly=True,
        copy=False,
    )
    exemption_reason = fields.Text(
        "Reason for No Tender",
        copy=False,
        help="Single source: why this supplier and no other. It is signed along.",
    )
    bid_ids = fields.One2many("club.cooperation.bid", "cooperation_id", "Bids")
    score_ids = fields.One2many("club.cooperation.score", "cooperation_id", "Scores")
    winner_id = fields.Many2one(
        "club.cooperation.bid",
        "Winning Bid",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    deviation_reason = fields.Text("Why Not the Best Bid", readonly=True, copy=False)
    awarded_at = fields.Datetime(readonly=True, copy=False)
    awarded_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    # === Contract === #
    contract_number = fields.Char(copy=False, tracking=True)
    contract_file = fields.Binary("Contract", attachment=True, copy=False)
    contract_file_name = fields.Char(copy=False)
    contract_amount = fields.Monetary(
        readonly=True,
        copy=False,
        help="What was signed, or what the winning bid asks for when that is less.",
    )
    effective_on = fields.Date("In Effect Since", readonly=True, copy=False)
    supplement_ids = fields.One2many(
        "club.cooperation.supplement", "cooperation_id", "Supplements"
    )
    calloff_ids = fields.One2many(
        "club.cooperation.calloff",
        "cooperation_id",
        "Call-Offs",
        groups="crm_club.crm_club_group_user,crm_club.crm_club_group_auditor",
    )
    activity_link_ids = fields.Many2many(
        "club.activity",
        "club_cooperation_activity_rel",
        "cooperation_id",
        "activity_id",
        "Activities of the Club",
        check_company=True,
        help="Which activities it serves.",
    )

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "A cooperation can't end before it begins."
    )
    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e12)",
        "A cooperation costs something: enter how much, to two decimals.",
    )
    _weights = models.Constraint(
        f"CHECK(least({', '.join(WEIGHTS)}) >= 0)",
        "A weight can't be negative.",
    )

    # === Computes === #

    @api.depends("name", "subject")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for cooperation in self:
            subject = cooperation._origin not in untold and cooperation.subject
            parts = (cooperation.name, subject)
            cooperation.display_name = " · ".join(filter(None, parts))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        cooperations = super().create(
            [self._fill_in_weights(values) for values in vals_list]
        )
        cooperations._set_terms()
        return cooperations

    def _fill_in_weights(self, values):
        """Let the program say what bids are marked by, unless the request does."""
        check_values(self, values)
        if any(name in values for name in WEIGHTS):
            return values
        company = self.env["res.company"].browse(values.get("company_id"))
        program = self._get_program(company or self.env.company)
        return {**program._get_tender_values(WEIGHTS), **values}

    def _get_program(self, company):
        """Return the program whose terms hold; whoever draws up need not read it."""
        return self.env["club.program"].sudo()._get_main(company)

    def _set_terms(self):
        """Copy the program's terms of tenders, which then stay as they are."""
        for company, cooperations in self.grouped("company_id").items():
            terms = self._get_program(company)._get_tender_values(TERMS)
            cooperations.sudo()._write_guarded(terms)

    def _get_weights(self):
        """Return the weight of each criterion."""
        self.ensure_one()
        return {name: self[f"tender_weight_{name}"] for name in CRITERIA}
