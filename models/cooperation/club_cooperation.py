from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ..approval.states import APPROVED, DONE, EDITABLE
from ..record.groups import READERS
from ..record.hold import hold
from ..record.names import join
from ..record.rpc import for_one, for_records
from .club_program import AFTER, BEFORE, ORDERS, TERMS, WEIGHTS
from .limit import GROSS, NET, get_used
from .tender import AWARDED, NONE, OPEN, TENDER_STATES, Tender, get_own_seats

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


class ClubCooperation(models.Model):
    """A contract with a third party: request, tender, signatures, limit. Rule C6.

    What one supplier gets for one purpose within the policy's window adds up, over all
    units. Once it is in effect, call-offs and vendor bills use it up.
    """

    _name = "club.cooperation"
    _description = "Third-Party Cooperation"
    _inherit = ["club.document.mixin"]
    _order = "date_from desc, id desc"
    _club_sequence = "COOP"
    _club_fixes_currency = True
    _club_keeps = "partner_id"
    _club_about = "partner_id"
    _rec_names_search = ["name", "subject", "partner_id"]

    _approval_type = "cooperation"
    _approval_guarded = (
        *("company_id", "unit_id", "partner_id", "purpose", "subject", "description"),
        *("date_from", "date_to", "amount", "amount_basis", "user_id"),
        "exemption_reason",
    )
    _approval_spans_units = True

    # === Request === #
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
    added_amount = fields.Monetary(
        "With Earlier Requests",
        compute="_compute_added_amount",
        compute_sudo=True,
        help="Amounts of this supplier and purpose within the policy's window, over "
        "all units: who signs, and whether there is a tender, goes by them.",
    )

    # === Tender === #
    is_tender_due = fields.Boolean(
        "Needs a Tender", compute="_compute_added_amount", compute_sudo=True
    )
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
    is_on_panel = fields.Boolean(
        "I Sit on Its Panel",
        compute="_compute_is_on_panel",
        search="_search_is_on_panel",
        help="I hold a seat of the tender panel today, or stand in for somebody who "
        "does, and there is a tender.",
    )
    tender_body_ids = fields.Many2many(
        "club.body",
        "club_cooperation_tender_body_rel",
        "cooperation_id",
        "body_id",
        "Opened and Awarded by",
        readonly=True,
        copy=False,
        help="Each of these bodies consents, by who sits for it on the panel. As the "
        "program said when the opening was asked for.",
    )
    consent_ids = fields.One2many(
        "club.cooperation.consent", "cooperation_id", "Consents of the Panel"
    )
    missing_bodies = fields.Char(
        "Still to Consent", compute="_compute_missing_bodies", compute_sudo=True
    )
    may_consent = fields.Boolean(
        "I May Consent to the Opening", compute="_compute_may_consent"
    )
    is_tender_fixed = fields.Boolean(
        "Bids Are Fixed", compute="_compute_is_tender_fixed", compute_sudo=True
    )
    unscored_names = fields.Char(
        "Still to Score", compute="_compute_unscored_names", compute_sudo=True
    )

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
    supplement_ids = fields.One2many(
        "club.cooperation.supplement", "cooperation_id", "Supplements"
    )
    calloff_ids = fields.One2many(
        "club.cooperation.calloff",
        "cooperation_id",
        "Call-Offs",
        groups=READERS,
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

    # === Computes: request === #

    @api.depends(
        *("amount", "partner_id", "purpose", "company_id", "approval_state"),
        *("approval_request_id", "tender_above"),
    )
    def _compute_added_amount(self):
        policies_sudo = self.env["club.approval.policy"].sudo()
        by_company = policies_sudo.search(
            [
                ("document_type", "=", self._approval_type),
                ("company_id", "in", self.company_id.ids),
            ]
        ).grouped("company_id")
        drafts = self.filtered(
            lambda c: c.approval_state in EDITABLE and c.company_id in by_company
        )
        added = drafts._find_added_requests(
            {draft: by_company[draft.company_id] for draft in drafts}
        )
        limits = {
            company: self._get_program_sudo(company).tender_above
            for company in self.company_id
        }
        for cooperation in self:
            limit = cooperation.tender_above
            if cooperation.approval_state in EDITABLE:
                others = added.get(cooperation, ())
                total = cooperation.amount + sum(r.amount for r in others)
                # As submitting fixes it: a new request has no limit of its own yet.
                limit = limits.get(cooperation.company_id, limit)
            else:
                # A contract that was taken on has no sum of its own.
                request = cooperation.approval_request_id
                total = request.amount_total or cooperation.amount
            cooperation.added_amount = total
            cooperation.is_tender_due = _is_above(total, limit)

    # === Computes: tender === #

    @api.depends("tender_state", "company_id")
    @api.depends_context("uid")
    def _compute_is_on_panel(self):
        domain = Domain("is_on_panel", "=", True) & Domain("id", "in", self.ids)
        # sudo: one's own, by the domain
        mine = self.sudo().with_context(active_test=False).search(domain)
        for cooperation in self:
            cooperation.is_on_panel = cooperation._origin in mine

    def _search_is_on_panel(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = [company for company, _seats in get_own_seats(self.env)]
        return Domain("tender_state", "!=", NONE) & Domain(
            "company_id", "in", [company.id for company in companies]
        )

    @api.depends("tender_state", "score_ids.scored_at", "bid_ids.is_disqualified")
    @api.depends_context("lang")
    def _compute_unscored_names(self):
        for cooperation in self:
            left = self.env["res.users"]
            if cooperation.tender_state == OPEN:
                left = Tender(cooperation).get_unscored()
            cooperation.unscored_names = join(self.env, left.mapped("name"))

    @api.depends("tender_state", "tender_body_ids", "consent_ids.is_taken_back")
    @api.depends_context("lang")
    def _compute_missing_bodies(self):
        for cooperation in self:
            left = Tender(cooperation).find_missing_bodies()
            cooperation.missing_bodies = join(self.env, left.mapped("name"))

    @api.depends("tender_state", "consent_ids.is_taken_back")
    @api.depends_context("uid")
    def _compute_may_consent(self):
        for cooperation in self:
            cooperation.may_consent = Tender(cooperation).may_consent()

    @api.depends("tender_state", "tender_order", "approval_state")
    def _compute_is_tender_fixed(self):
        for cooperation in self:
            state = cooperation.approval_state
            after = cooperation.tender_order == AFTER and state != DONE
            cooperation.is_tender_fixed = cooperation.tender_state == AWARDED or not (
                after or state in EDITABLE
            )

    # === Computes: contract === #

    @api.depends("contract_amount", "supplement_ids.approval_state")
    def _compute_limit_amount(self):
        supplements_sudo = self.env["club.cooperation.supplement"].sudo()
        signed = dict(
            supplements_sudo._read_group(
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
        found = get_used(self)
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

    # === Created, written, deleted === #

    def _club_prepare(self, values, is_new=False):
        """Let the program say what bids are marked by, unless the request does."""
        values = super()._club_prepare(values, is_new=is_new)
        if not is_new or any(name in values for name in WEIGHTS):
            return values
        company = self.env["res.company"].browse(values.get("company_id"))
        program_sudo = self._get_program_sudo(company or self.env.company)
        return {**program_sudo._get_tender_values(WEIGHTS), **values}

    def _club_after_create(self):
        super()._club_after_create()
        self._set_terms()

    def _get_program_sudo(self, company):
        """Return the program whose terms hold; whoever draws up need not read it."""
        return self.env["club.program"].sudo()._get_main(company)

    def _set_terms(self):
        """Copy the program's terms of tenders, which then stay as they are."""
        for company, cooperations in self.grouped("company_id").items():
            terms = self._get_program_sudo(company)._get_tender_values(TERMS)
            cooperations.sudo()._write_guarded(terms)  # sudo: nobody's to write

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if set(vals) & set(WEIGHTS):
            for cooperation in self.filtered(lambda c: c.tender_state != NONE):
                raise UserError(
                    self.env._(
                        "The tender of %s has been opened: what bids are marked by "
                        "stays as it is.",
                        cooperation.name,
                    )
                )

    def _check_lines_open(self, lines):
        """Refuse to change the bids and scores of a tender that is decided. C6."""
        super()._check_lines_open(lines)
        for cooperation in self:
            Tender(cooperation).check_editable()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_tender(self):
        for cooperation in self.filtered(lambda c: c.tender_state != NONE):
            raise UserError(
                self.env._(
                    "%s has a tender: it stays with its bids as history.",
                    cooperation.name,
                )
            )

    # === Approval === #

    def _get_approval_amount(self):
        return self.amount, self.currency_id

    def _get_approval_key(self):
        """Return supplier and purpose, whatever the unit. Rule C6."""
        supplier = self.partner_id.commercial_partner_id
        if not supplier or not self.purpose:
            return False
        return (
            f"{self._approval_type}:{supplier._origin.id or supplier.id}:{self.purpose}"
        )

    @property
    def _approval_auto(self):
        """The last signature puts it into effect, unless a tender is still to come."""
        return not Tender(self).is_to_come()

    def _create_approval_requests(self):
        """Fix the terms; then look at the tender once it is known what adds up.

        Two requests that are submitted together count along like two in a row.
        """
        self._set_terms()
        requests = super()._create_approval_requests()
        for cooperation, request in zip(self, requests, strict=True):
            Tender(cooperation).check_at_submission(request.amount_total)
        return requests

    def _get_approval_contents(self):
        """Also what the tender says, where it came first."""
        contents = super()._get_approval_contents()
        for cooperation_sudo in self.sudo():
            if cooperation_sudo.tender_order == BEFORE:
                tender = Tender(cooperation_sudo).get_content()
                contents[cooperation_sudo.id]["tender"] = tender
        return contents

    def _check_can_submit(self):
        super()._check_can_submit()
        cooperation_sudo = self.sudo()
        cooperation_sudo._check_supplier()
        if self.approval_state not in EDITABLE:
            request = cooperation_sudo.approval_request_id
            Tender(self).check_at_execution(request.amount_total)

    def _check_supplier(self):
        supplier = self.partner_id
        if supplier != supplier.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s belongs to %(company)s: the contract is made with the "
                    "company.",
                    contact=supplier.display_name,
                    company=supplier.commercial_partner_id.display_name,
                )
            )

    def _approval_execute(self, request):
        """Open the contract for call-offs and bills, up to its amount. Rule C6."""
        self.ensure_one()
        today = self.company_id._club_today()
        values = {"contract_amount": self.amount, "effective_on": today}
        if self.tender_state == AWARDED:
            winner = self.winner_id
            values["contract_amount"] = float(
                min(Decimal(str(self.amount)), Decimal(str(winner.amount)))
            )
            values["partner_id"] = winner.partner_id.id
        self._write_guarded(values)
        key = self._get_approval_key()
        if request and request.key != key:
            # The tender found the supplier: what it gets counts along from now on.
            request._write_guarded({"key": key})

    def _needs_tender(self, total):
        """Tell whether an added-up amount is above what goes without a tender."""
        self.ensure_one()
        return _is_above(total, self.tender_above)

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # === Tender === #

    @for_records
    def action_start_tender(self):
        """Ask the panel to open the tender; its members are told. Rule C6.

        :raises UserError: when one of the panel's bodies has nobody on it
        """
        self = self._without_client_context()
        self.check_access("write")
        self._hold()
        for cooperation in self:
            Tender(cooperation).start()
        return True

    @for_one
    def action_consent(self):
        """Consent to the opening for the body for which one sits. Rule C6.

        With the last consent the tender is open, and the panel is asked for its marks.

        :raises AccessError: for who sits for none of the bodies
        :raises UserError: when it isn't to be opened
        """
        self = self._without_client_context()
        self.check_access("read")
        self._hold()
        tender = Tender(self)
        tender.check_on_panel()
        tender.consent_to_opening()
        return True

    @for_one
    def action_award(self, bid_id, reason=None):
        """Consent to a bid as the winner: the best one, or another for a reason.

        Once all bodies of the panel consent to the same one, the tender is decided.
        Where the request is signed first and waits for its tender, it takes effect.

        :param bid_id: id of one of the bids
        :param reason: why not the best one
        :raises AccessError: for who isn't on the panel
        :raises UserError: with too few bids, missing scores, or no reason
        """
        self = self._without_client_context()
        self.check_access("read")
        self._hold()
        tender = Tender(self)
        tender.check_on_panel()
        tender.award(bid_id, reason)
        if self.tender_state != AWARDED:
            return True  # others of the panel are still to consent
        if self.tender_order == AFTER and self.approval_state == APPROVED:
            self._approval_carry_out()
        return True

    @for_records
    def action_reopen_tender(self):
        """Take an award back while its request may still be changed."""
        self = self._without_client_context()
        self.check_access("write")
        self._hold()
        for cooperation in self:
            Tender(cooperation).reopen()
        return True

    @for_one
    def action_open_award(self):
        """Open the dialog in which the panel decides."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Award"),
            "res_model": "club.tender.award",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_cooperation_id": self.id},
        }

    @for_one
    def action_open_scores(self):
        """Show the marks that the user gives."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_cooperation_score_action"
        )
        domain = [("cooperation_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    # === Limit: what call-offs and bills use of a contract === #

    def _check_limit(self):
        """Refuse what takes a contract past its limit; its row is held. Rule C6.

        :raises UserError: with the amount by which it would
        """
        found = get_used(self)
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

    def _hold(self):
        """Hold the rows until the transaction ends: who waited starts anew."""
        if self:
            hold(self)

    # === Actions === #

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


def _is_above(total, limit):
    """Tell whether an amount is above a limit by 0.01 at least. Rule C6."""
    return float_compare(total, limit, precision_digits=2) > 0
