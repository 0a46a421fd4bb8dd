from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from ...kernel.approval_bands import read_band
from ..record.club_figures_mixin import TURNS
from ..record.names import join
from ..record.rpc import for_one
from .amounts import format_amount
from .club_approval_policy import EACH, OTHER
from .guards import CREATE_REQUEST_GUARDS
from .measures import MEASURES
from .reminder import Reminder
from .states import (
    APPROVED,
    DONE,
    LATER,
    OPEN,
    REFUSED,
    REJECTED,
    REQUEST_STATES,
    SIGNED,
    VOID,
    WAITING,
    WITHDRAWN,
)
from .turns import Turns, find_turns

BATCH = 200
# Guarded fields in which documents say why, the first that says something.
REASONS = ("reason", "description", "note")


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

    _club_by_code = True
    # What changes after it was made; the rest is what was submitted.
    _club_rewritable = (
        *("state", "waiting_since", "decided_at", "done_at", "done_by_id"),
        *("closing_reason", "closed_by_id"),
        *("reminded_on", "escalated_on", "unescalated_on"),
        # The purpose, once a tender after the signatures has found the supplier. C6.
        "key",
    )

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
    document_type = fields.Selection(
        lambda self: self.env["club.approval.policy"]._get_document_types(),
        required=True,
        readonly=True,
    )
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
        MEASURES,
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
    total_text = fields.Char(
        "With What Counts Along",
        compute="_compute_amount_text",
        help="What goes by the band, where amounts of other documents were added.",
    )
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
    is_countersigned = fields.Boolean(
        readonly=True, help="Its units are sides: nobody signs for two of them."
    )
    remind_days = fields.Integer(readonly=True, aggregator=None)
    escalate_days = fields.Integer(readonly=True, aggregator=None)
    escalate_body_id = fields.Many2one("club.body", readonly=True, ondelete="restrict")

    # === What was submitted === #
    content = fields.Json("What Was Submitted", readonly=True)
    reason_text = fields.Char(
        "Reason Given",
        compute="_compute_reason_text",
        help="What the document says why, as it was submitted.",
    )
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
        measures = self.env["club.approval.policy"]._get_measures()
        for request in self:
            request.measure = measures.get(request.document_type, False)

    @api.depends("amount", "amount_total", "document_type")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for request in self:
            request.amount_text = request._format_amount(request.amount)
            is_added = request.amount_total != request.amount
            request.total_text = is_added and self.env._(
                "with what counts along: %s",
                request._format_amount(request.amount_total),
            )

    def _format_amount(self, amount):
        """Return an amount with its unit: money, points, or nothing."""
        self.ensure_one()
        return format_amount(self.env, self.measure, amount, self.currency_id)

    @api.depends("content", "subject")
    def _compute_reason_text(self):
        for request in self:
            content = request.content or {}
            told = next((content[name] for name in REASONS if content.get(name)), "")
            told = " ".join(told.split())
            subject = " ".join((request.subject or "").split())
            # Often it is what the document is about: that is told once.
            request.reason_text = told if told != subject else False

    @api.depends("state", "signature_ids.state")
    @api.depends_context("lang")
    def _compute_waiting_for(self):
        waiting = self.filtered(lambda request: request.state == WAITING)
        texts = Turns(waiting).get_texts()
        for request in self:
            request.waiting_for = texts.get(request, "")

    @api.depends_context("uid")
    def _compute_is_my_turn(self):
        mine = Turns(self).get_own(self.env.user).request_id
        for request in self:
            request.is_my_turn = request in mine

    def _search_is_my_turn(self, operator, value):
        if operator != "in":
            return NotImplemented
        kept = self.env.cr.cache.get(TURNS)
        if kept is None:
            return [("id", "in", find_turns(self.env.user).request_id.ids)]
        if self.env.uid not in kept:
            kept[self.env.uid] = find_turns(self.env.user).request_id.ids
        return [("id", "in", kept[self.env.uid])]

    @api.depends("signature_ids.signer_id")
    @api.depends_context("uid")
    def _compute_is_signed_by_me(self):
        for request in self:
            request_sudo = request.sudo()  # as rules look at it
            signers = request_sudo.signature_ids.signer_id
            request.is_signed_by_me = self.env.user in signers

    def _search_is_signed_by_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: rules ask it, of signatures that the user has no rights on
        signatures_sudo = self.env["club.approval.signature"].sudo()
        query = signatures_sudo._search([("signer_id", "=", self.env.uid)])
        return fields.Domain("id", "in", query.subselect("request_id"))

    # === CRUD === #

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
        """Open the document; for whom it is out of reach, what is kept of it."""
        if not self._get_document().has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @for_one
    def action_sign(self):
        """Sign what its card shows, and no other round; the document judges who."""
        self._check_waiting()
        return self._get_document().action_sign(seen=self.digest)

    @for_one
    def action_open_rejection(self):
        """Open the dialog that asks why; it rejects what the card shows."""
        self._check_waiting()
        document = self._get_document()
        seeing = {"club_decision": "reject", "club_seen": self.digest}
        return document.with_context(**seeing).action_open_decision()

    @api.model
    def get_to_sign_count(self):
        """Return how many documents wait for a signature of the user's."""
        if not self.has_access("read"):
            return 0
        return len(self._get_to_sign())

    @api.model
    def _get_to_sign(self):
        """Return what waits for the user in his companies, the oldest first."""
        mine = find_turns(self.env.user).request_id
        own = mine.filtered(lambda request: request.company_id in self.env.companies)
        own = own.sorted(lambda r: (r.waiting_since or r.submitted_at, r.id))
        return own.with_env(self.env)

    # === What is owed: the reader's signatures === #

    @api.model
    def _get_today_sql(self):
        """Who holds which seat is worked out for one user, so it is the reader's turns.

        Late is what is passed up.
        """
        return SQL(
            """
            SELECT r.id AS res_id, %(kind)s::varchar AS kind, %(user)s::int AS user_id,
                   NULL::int AS account_id, NULL::int AS contact_id, r.company_id,
                   NULL::int AS unit_id, NULL::date AS date_from,
                   (r.waiting_since AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                   + coalesce(r.escalate_days, 0) AS date_due
              FROM club_approval_request r
             WHERE r.id = ANY(%(requests)s) AND r.waiting_since IS NOT NULL
            """,
            kind="signature",
            user=self.env.uid,
            zone=self.env.company._club_zone(),
            requests=find_turns(self.env.user).request_id.ids,
        )

    def _get_today_texts(self):
        return {
            request.id: self.env._("Sign %s", request.document_name) for request in self
        }

    # === Reading === #

    def _get_document(self):
        """Return the document, as the user."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _get_document_sudo(self):
        """Return the document: requests judge and move it, whatever the user may."""
        return self._get_document().sudo()

    def _get_signed(self):
        """Return the signatures that were given, in order."""
        return self.signature_ids.filtered(
            lambda signature: signature.state == SIGNED
        ).sorted(lambda signature: (signature.signed_at, signature.id))

    def _get_open(self):
        """Return the signatures that are waited for now."""
        return self.signature_ids.filtered(lambda signature: signature.state == OPEN)

    def _get_state_label(self):
        return self._get_club_labels()[self.state]

    def _get_band(self):
        """Return the band that it was submitted in."""
        return read_band(self.band_above, self.band_to)

    def _get_barred_users(self):
        """Return the ids of those who never sign it: applicant and author. Rule E2."""
        self.ensure_one()
        return {self.applicant_id.id, self.author_id.id} - {False}

    def _get_submission_day(self):
        """Return the day of submission where the company is."""
        return self.company_id._club_day(self.submitted_at)

    # === Deciding: whether === #

    def _lock(self):
        """See to it that of two who decide at the same moment one begins anew.

        Both write the request's row, even where nothing in it changes, and PostgreSQL
        lets only one of them: the other's transaction fails and Odoo runs it again,
        after the first. What is read before and after this is of one moment.
        """
        for request in self:
            request._write_guarded({"waiting_since": request.waiting_since})

    def _check_waiting(self):
        """Refuse to decide a round that is over.

        :raises UserError: saying what came of it
        """
        if self.state != WAITING:
            raise UserError(
                self.env._(
                    "%(document)s no longer waits for signatures: it is %(state)s.",
                    document=self.document_name,
                    state=self._get_state_label(),
                )
            )

    def _get_turn(self, user, turns):
        """Return the signature that ``user`` may give now and the seat he does it by.

        Who sits in two bodies gives one at a time.

        :param turns: `Turns` of the request
        :raises UserError, AccessError: saying why he may not
        """
        self.ensure_one()
        self._check_waiting()
        if user.id in self._get_barred_users():
            raise AccessError(
                self.env._(
                    "You applied for %s or drew it up: somebody else signs it.",
                    self.name,
                )
            )
        for signature, able in turns.get_eligible().items():
            own = [h for h in able if h.user_id == user.id]
            if own:
                own.sort(key=lambda holder: holder.seat_user_id != user.id)
                return signature, own[0]
        if user in self._get_signed().signer_id:
            raise UserError(self.env._("You have signed %s already.", self.name))
        raise AccessError(
            self.env._(
                "%(document)s isn't yours to sign now: it waits for %(waiting)s.",
                document=self.name,
                waiting=self.waiting_for,
            )
        )

    def _check_unchanged(self):
        """Refuse a document that doesn't say any more what was submitted."""
        for request in self:
            if not request._is_as_submitted(request._get_document_sudo()):
                raise UserError(
                    self.env._(
                        "%s doesn't say any more what was submitted (merging partners "
                        "changes it too): withdraw it and submit it again.",
                        request.name,
                    )
                )

    def _is_as_submitted(self, document):
        """Tell whether a document says what was submitted.

        A later version may sign more than the one in which it was submitted: of what
        is new nothing was submitted, and since nobody writes it in a document that
        waits, it came by the upgrade.
        """
        content = document._get_approval_contents()[document.id]
        if document._get_content_digest(content) == self.digest:
            return True
        submitted = self.content or {}
        return document._get_content_digest(submitted) == self.digest and all(
            name in content and content[name] == value
            for name, value in submitted.items()
        )

    # === Deciding: what it does === #

    def _do_sign(self, user, turns, comment=None):
        """Give the signature of ``user``; then ask the next, or approve."""
        self.ensure_one()
        self._lock()
        signature, holder = self._get_turn(user, turns)
        self._check_unchanged()
        signature._set_given(SIGNED, holder, comment)
        if self._get_open() or self._open_stage(turns):
            turns.ask()
        else:
            self._close(APPROVED)

    def _do_reject(self, user, turns, reason):
        """Refuse in the name of a body; the document goes back to its applicant."""
        self.ensure_one()
        self._lock()
        signature, holder = self._get_turn(user, turns)
        signature._set_given(REFUSED, holder, reason)
        self._close(REJECTED, reason, user)

    def _do_withdraw(self, user, reason=None):
        self.ensure_one()
        self._lock()
        if self.state not in (WAITING, APPROVED):
            raise UserError(
                self.env._(
                    "%(document)s can't be withdrawn: it is %(state)s.",
                    document=self.name,
                    state=self._get_state_label(),
                )
            )
        self._close(WITHDRAWN, reason, user)

    def _open_stage(self, turns):
        """Ask for the signatures of the next stage; return them, if there is one."""
        self.ensure_one()
        later = self.signature_ids.filtered(lambda s: s.state == LATER)
        stage = min(later.mapped("stage"), default=0)
        asked = later.filtered(lambda s: s.stage == stage)
        if not asked:
            return asked
        now = fields.Datetime.now()
        for signature, able in turns.get_eligible(asked).items():
            signature._write_guarded(
                {
                    "state": OPEN,
                    "asked_since": now,
                    "asked_names": self.env["club.body"]._get_acting_names(able),
                }
            )
        self._write_guarded(
            {"waiting_since": now, "reminded_on": False, "escalated_on": False}
        )
        return asked

    def _close(self, state, reason=None, user=None):
        """End the round, or, approved, leave it to be carried out."""
        now = fields.Datetime.now()
        left = self.signature_ids.filtered(lambda s: s.state in (OPEN, LATER))
        if left:
            left._write_guarded({"state": VOID})
        values = {"state": state, "waiting_since": False, "decided_at": now}
        if state in (REJECTED, WITHDRAWN):
            values.update(closing_reason=reason, closed_by_id=user.id)
        self._write_guarded(values)
        for request in self:
            request._get_document_sudo()._approval_follow(request)
        Turns(self).stop_asking()

    def _set_done(self):
        self._write_guarded(
            {
                "state": DONE,
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    # === Reminders to those whose turn it is, and escalation. Rule E1 === #

    @api.model
    def _cron_remind(self):
        """Follow seats that changed, remind, escalate; in batches.

        Those seated since yesterday get the activity, those who left lose it.
        """
        waiting = self.search([("state", "=", WAITING)], order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH].try_lock_for_update()
            batch = batch.filtered_domain([("state", "=", WAITING)])
            Turns(batch).ask()
            batch._remind()
            if not cron._commit_progress(BATCH):
                break

    def _remind(self):
        """Remind and escalate what has waited long enough."""
        for request in self:
            Reminder(request).send_due()

    # === In words: for the page of the document, the print and the register === #

    def _get_trail_data(self):
        """Return a round as ready-made texts; templates only walk it."""
        self.ensure_one()
        signatures = self.signature_ids.sorted(lambda s: (s.stage, s.id))
        return {
            "title": self.env._(
                "Round %(round)s: %(state)s",
                round=self.round,
                state=self._get_state_label(),
            ),
            "applied": self._get_applied_text(),
            "amount": self._get_band_text(),
            "closing": self._get_closing_text(),
            "rows": [signature._get_trail_row() for signature in signatures],
            "has_seals": any(signatures.mapped("is_sealed")),
        }

    def _get_applied_text(self):
        return self.env._(
            "%(user)s, %(date)s",
            user=join(
                self.env, filter(None, [self.applicant_id.name, self.unit_id.name])
            ),
            date=format_datetime(
                self.env,
                self.submitted_at,
                tz=self.company_id._club_zone(),
                dt_format="short",
            ),
        )

    def _get_band_text(self):
        """Name the amount, and the documents that were added to it. Rule C3."""
        if not self.amount_total:
            return False
        if not self.added_ids:
            return self._format_amount(self.amount_total)
        return self.env._(
            "%(own)s, with %(added)s: %(total)s",
            own=self._format_amount(self.amount),
            added=join(self.env, self.added_ids.mapped("name")),
            total=self._format_amount(self.amount_total),
        )

    def _get_closing_text(self):
        if not self.closing_reason and self.state != WITHDRAWN:
            return False
        if not self.closed_by_id:
            return self.env._("In effect without signatures: %s", self.closing_reason)
        return ": ".join(filter(None, [self.closed_by_id.name, self.closing_reason]))
