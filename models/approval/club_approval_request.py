from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import formatLang

from ..record.lock import is_open
from ..record.rpc import for_one
from .club_approval_policy import EACH, OTHER
from .document_types import MEASURES, MONEY, POINTS, TYPES
from .guards import CREATE_REQUEST_GUARDS
from .states import OPEN, REQUEST_STATES, SIGNED, WAITING

# What a request may change after it was made; the rest is what was submitted.
CHANGES = {
    "state",
    "waiting_since",
    "decided_at",
    "done_at",
    "done_by_id",
    "closing_reason",
    "closed_by_id",
    "reminded_on",
    "escalated_on",
    "unescalated_on",
    # The purpose, once a tender after the signatures has found the supplier. C6.
    "key",
}


class ClubApprovalRequest(models.Model):
    """One round of a document through its signatures. Rules C3, E2.

    Band, stages, bodies and what the document said are copied at submission: neither
    editing the policy nor the document changes a running request. Written by the
    document's methods only and never deleted.
    """

    _name = "club.approval.request"
    _description = "Approval Request"
    _inherit = ["club.record.mixin"]
    _order = "submitted_at desc, id desc"

    # What it was called at submission; whoever reads it sees `document_name`.
    name = fields.Char("Document", required=True, readonly=True)
    document_name = fields.Char(
        "Document Called", compute="_compute_document_name", compute_sudo=True
    )
    subject = fields.Char(readonly=True, help="What it is about, in a line.")
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document No.", model_field="res_model", required=True, readonly=True
    )
    document_type = fields.Selection(TYPES, required=True, readonly=True)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(REQUEST_STATES, "Status", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team", "Applying Unit", readonly=True, ondelete="restrict"
    )
    applicant_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    author_id = fields.Many2one(
        "res.users",
        "Drawn Up by",
        readonly=True,
        ondelete="restrict",
        help="Who made the document; like the applicant he never signs it.",
    )

    # === Amount and band, as they were at submission === #
    measure = fields.Selection(
        [(MONEY, "Company currency"), (POINTS, "Points")],
        "Amount In",
        compute="_compute_measure",
    )
    amount = fields.Float(
        "Own Amount",
        digits=(16, 2),
        readonly=True,
        help="In the company's currency on the day of submission, or in points.",
    )
    amount_document = fields.Float(
        "Amount in Document", digits=(16, 2), readonly=True, aggregator=None
    )
    currency_document_id = fields.Many2one(
        "res.currency", "Document Currency", readonly=True
    )
    key = fields.Char("Purpose", readonly=True)
    added_ids = fields.Many2many(
        "club.approval.request",
        "club_approval_request_added",
        "request_id",
        "added_id",
        "Added Up",
        readonly=True,
        help="Documents of the same unit and purpose whose amounts count along.",
    )
    amount_total = fields.Float(
        "Amount for the Band", digits=(16, 2), readonly=True, aggregator=None
    )
    amount_text = fields.Char("Amount", compute="_compute_amount_text")
    band_above = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    band_to = fields.Float(digits=(16, 2), readonly=True, aggregator=None)

    # === Rules, as they were at submission === #
    policy_id = fields.Many2one(
        "club.approval.policy", readonly=True, ondelete="set null"
    )
    double_seat = fields.Selection(
        [(EACH, "Asked once for each body"), (OTHER, "Another seat or substitute")],
        "Two Seats",
        readonly=True,
    )
    remind_days = fields.Integer(readonly=True, aggregator=None)
    escalate_days = fields.Integer(readonly=True, aggregator=None)
    escalate_body_id = fields.Many2one("club.body", readonly=True, ondelete="restrict")

    # === What was submitted === #
    content = fields.Json("What Was Submitted", readonly=True)
    digest = fields.Char(readonly=True, help="SHA-256 of what was submitted.")

    # === Its way === #
    signature_ids = fields.One2many(
        "club.approval.signature", "request_id", "Signatures", readonly=True
    )
    submitted_at = fields.Datetime("Submitted", required=True, readonly=True)
    waiting_since = fields.Datetime(readonly=True)
    waiting_for = fields.Char(compute="_compute_waiting_for", compute_sudo=True)
    decided_at = fields.Datetime("Decided", readonly=True)
    done_at = fields.Datetime("Took Effect", readonly=True)
    done_by_id = fields.Many2one("res.users", "Carried Out by", readonly=True)
    closing_reason = fields.Char(
        "Reason", readonly=True, help="Why it was rejected, withdrawn or opened."
    )
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    reminded_on = fields.Date(readonly=True)
    escalated_on = fields.Date(readonly=True)
    unescalated_on = fields.Date(
        "Nobody Found On",
        readonly=True,
        help="The day on which nobody was found to tell that it waits too long.",
    )
    is_my_turn = fields.Boolean(
        "To Sign by Me",
        compute="_compute_is_my_turn",
        search="_search_is_my_turn",
        help="A signature of mine is waited for.",
    )
    is_signed_by_me = fields.Boolean(
        compute="_compute_is_signed_by_me", search="_search_is_signed_by_me"
    )

    _round_uniq = models.UniqueIndex(
        "(res_model, res_id, round)",
        "This document was submitted at the same moment: reload the page.",
    )
    # To add up amounts of one purpose.
    _key_idx = models.Index(
        "(company_id, document_type, key, submitted_at) WHERE key IS NOT NULL"
    )
    _waiting_idx = models.Index("(company_id) WHERE state = 'waiting'")

    def init(self):
        self.env.cr.execute(CREATE_REQUEST_GUARDS)

    @api.depends("name", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_document_name(self):
        """Say it in the reader's language where the document's name is made of words;
        else as it was called when it was submitted.
        """
        for model, requests in self.grouped("res_model").items():
            named = getattr(self.env.get(model), "_approval_named_by_reader", False)
            documents = (
                self.env[model].browse(requests.mapped("res_id")) if named else []
            )
            found = {d.id: d.display_name for d in documents and documents.exists()}
            for request in requests:
                request.document_name = found.get(request.res_id) or request.name

    @api.depends("document_name", "round")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            name = request.document_name
            request.display_name = (
                f"{name} #{request.round}" if request.round > 1 else name
            )

    @api.depends("document_type")
    def _compute_measure(self):
        for request in self:
            request.measure = MEASURES.get(request.document_type, False)

    @api.depends("amount", "document_type")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for request in self:
            request.amount_text = request._format_amount(request.amount)

    def _format_amount(self, amount):
        """Return an amount with its unit: money, points, or nothing."""
        self.ensure_one()
        measure = MEASURES.get(self.document_type)
        if measure == MONEY:
            return formatLang(self.env, amount, currency_obj=self.currency_id)
        if measure == POINTS:
            return self.env._("%s points", formatLang(self.env, amount, digits=2))
        return ""

    @api.depends("state", "signature_ids.state")
    @api.depends_context("lang")
    def _compute_waiting_for(self):
        waiting = self.filtered(lambda request: request.state == WAITING)
        texts = waiting._get_waiting_texts()
        for request in self:
            request.waiting_for = texts.get(request, "")

    @api.depends_context("uid")
    def _compute_is_my_turn(self):
        mine = self.sudo()._get_my_turns(self.env.user).request_id
        for request in self:
            request.is_my_turn = request in mine

    def _search_is_my_turn(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.sudo()._get_my_turns(self.env.user)
        return [("id", "in", mine.request_id.ids)]

    @api.depends("signature_ids.signer_id")
    @api.depends_context("uid")
    def _compute_is_signed_by_me(self):
        for request in self:
            signers = request.sudo().signature_ids.signer_id
            request.is_signed_by_me = self.env.user in signers

    def _search_is_signed_by_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        signatures = self.env["club.approval.signature"].sudo()
        query = signatures._search([("signer_id", "=", self.env.uid)])
        return fields.Domain("id", "in", query.subselect("request_id"))

    # === CRUD === #

    # No `super`, and no leave at uninstall either: the tables go as a whole.
    # pylint: disable=method-required-super,no-raise-unlink
    @api.model
    def default_get(self, fields):
        """Return nothing: neither a client's context nor a user's own defaults
        (`ir.default`) fill in what others are to decide.
        """
        return {}

    @api.model_create_multi
    def create(self, vals_list):
        if not is_open(self.env):
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):
        if not is_open(self.env) or set(vals) - CHANGES:
            raise self._refusal()
        return super().write(vals)

    def unlink(self):
        raise self._refusal()

    # pylint: enable=method-required-super,no-raise-unlink

    def _refusal(self):
        return AccessError(
            self.env._(
                "Requests and signatures come from the buttons of the document only, "
                "and stay as history."
            )
        )

    def copy_data(self, default=None):
        raise self._refusal()

    # === Actions === #

    @for_one
    def action_open_document(self):
        """Open the document that is to be signed."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.model
    def get_to_sign_count(self):
        """Return how many documents wait for a signature of the user's."""
        if not self.has_access("read"):
            return 0
        mine = self.sudo()._get_my_turns(self.env.user).request_id
        return len(
            mine.filtered(lambda request: request.company_id in self.env.companies)
        )

    # === Reading === #

    def _get_document(self):
        """Return the document, whatever the user may read."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _get_signed(self):
        """Return the signatures that were given, in order."""
        return self.signature_ids.filtered(
            lambda signature: signature.state == SIGNED
        ).sorted(lambda signature: (signature.signed_at, signature.id))

    def _get_open(self):
        """Return the signatures that are waited for now."""
        return self.signature_ids.filtered(lambda signature: signature.state == OPEN)
