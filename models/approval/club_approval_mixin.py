"""What a document gets that needs signatures: state, locks, buttons, trail.

A document names its guarded fields and lines and implements the hooks below; all else
is here, in the request, and in `Submission` and `Turns`.
"""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..record.hold import hold_rows
from ..record.names import get_model_name
from ..record.rpc import (
    for_records,
    to_reason,
    to_text,
    without_client_context,
)
from .amounts import count_again
from .states import (
    APPROVED,
    DONE,
    EDITABLE,
    REJECTED,
    WAITING,
    WITHDRAWN,
)
from .submission import Submission
from .turns import Turns


class ClubApprovalMixin(models.AbstractModel):
    _name = "club.approval.mixin"
    _description = "Document to Sign"
    _inherit = [
        "club.approval.screen.mixin",
        *("mail.thread", "mail.activity.mixin", "club.record.mixin"),
    ]
    _mail_post_access = "read"

    # The code of its type, which has a policy in each company.
    _approval_type = ""
    # Fields of the document that are fixed once it is submitted.
    _approval_guarded = ()
    # Its child lines that are fixed too: {"line_ids": columns that are signed}.
    _approval_lines = {}
    # What its amount is in, MONEY or POINTS: bands go by it. None: it has no amount.
    _approval_measure = None
    # Whether the last signature carries it out; else a button of the document does.
    _approval_auto = True
    # Whether its name is made of words, so that each reader sees it in his language.
    _approval_named_by_reader = False
    # Whether amounts of one purpose add up over all units, not within each one.
    _approval_spans_units = False
    # Whether its units are sides of which nobody signs for two.
    _approval_countersigned = False

    # === Hooks: self is one document === #

    @api.model
    def _get_approval_types(self):
        """Return what policies call the types of these documents, by code: mostly as
        the document itself.
        """
        return {self._approval_type: get_model_name(self)}

    def _get_approval_type(self):
        """Return the code of the document's type, one of `_get_approval_types`."""
        return self._approval_type

    def _get_approval_amount(self):
        """Return the amount that bands go by, and its currency (None: points)."""
        return 0, None

    def _get_approval_subject(self):
        """Return in a line what it is about, for the list of what is to be signed."""
        return False

    def _get_approval_unit(self):
        """Return the applying unit, whose head confirms and seals."""
        return self.env["crm.team"]

    def _get_approval_units(self):
        """Return the units whose heads sign where the policy says “applying unit”."""
        return self._get_approval_unit()

    def _get_approval_key(self):
        """Return the purpose under which amounts of a unit add up, or False."""
        return False

    def _get_adding_text(self, policy):
        """Return why amounts of one purpose count together, for the applicant."""
        values = {"unit": self._get_approval_unit().name, "days": policy.window_days}
        if self._approval_spans_units:
            return self.env._(
                "What was submitted for the same purpose within %(days)s days counts "
                "together, whichever the unit: splitting doesn't lower the band.",
                **values,
            )
        return self.env._(
            "What %(unit)s submitted for the same purpose within %(days)s days counts "
            "together: splitting doesn't lower the band.",
            **values,
        )

    def _get_unsigned_text(self):
        """Return why the document takes effect without signatures, or False."""
        return False

    def _check_can_submit(self):
        """Raise one clear sentence when the document says too little or too much."""

    def _approval_execute(self, request):
        """Make the document take effect; it is called once, after all signatures."""
        raise NotImplementedError

    def _approval_is_ready(self):
        """Tell whether there is something to submit yet; for the button only."""
        return True

    def _approval_may_withdraw(self, may_write):
        """The applicant, the author, or who may write the document. PEERS 8."""
        self.ensure_one()
        request_sudo = self.approval_request_id.sudo()
        return self.approval_state in (WAITING, APPROVED) and (
            self.env.uid in request_sudo._get_barred_users() or may_write
        )

    # === Locks === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_approval_guarded(vals)

    def _check_lines_open(self, lines):
        """Refuse to change lines that are signed, once the document is submitted."""
        signed = {self._fields[name].comodel_name for name in self._approval_lines}
        if lines._name not in signed:
            super()._check_lines_open(lines)
            return
        # What is submitted meanwhile has these lines, or they come too late.
        hold_rows(self)
        for document in self:
            document._check_approval_editable()

    def _check_approval_guarded(self, vals):
        """Refuse to change what is submitted, by anyone, superuser included."""
        if not set(self._approval_guarded).isdisjoint(vals):
            for document in self:
                document._check_approval_editable()

    def _check_approval_editable(self):
        self.ensure_one()
        if self.approval_state in EDITABLE:
            return
        if self.approval_state == DONE:
            raise UserError(
                self.env._(
                    "%s is in effect and stays as it was signed: submit another "
                    "document for what changes.",
                    self.display_name,
                )
            )
        raise UserError(
            self.env._(
                "%s was submitted and is fixed: withdraw it to change it.",
                self.display_name,
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for document in self:
            if document.approval_request_id or document.approval_state == DONE:
                raise UserError(
                    self.env._(
                        "%s was submitted: it stays with its signatures as history.",
                        document.display_name,
                    )
                )

    @api.model
    def _check_files_open(self, files):
        """Refuse to change the papers of a document that is submitted or signed.

        What is added later comes along with what is said, and may be taken back.
        """
        for paper in files.filtered(lambda file: not file.res_field):
            document = self.browse(paper.res_id).exists()
            # What was in effect before signatures came was never submitted.
            request = document.approval_request_id
            # A moment is stored with its fraction, that of submitting without.
            if (
                request
                and document.approval_state not in EDITABLE
                and paper.create_date.replace(microsecond=0) <= request.submitted_at
            ):
                raise UserError(
                    self.env._(
                        "%(paper)s was submitted along with %(document)s and stays "
                        "with it: add another file instead.",
                        paper=paper.name,
                        document=document.display_name,
                    )
                )

    # === Buttons: each checks the user who really calls === #

    @for_records
    def action_submit(self):
        """Ask for the signatures that the policy of the company calls for. Rule C3.

        :raises UserError: when it is under way already, or says too little
        """
        self = self._without_client_context()
        self.check_access("write")
        for document in self:
            if document.approval_state not in EDITABLE:
                document._check_approval_editable()
            document._check_can_submit()
        requests = self._create_approval_requests()
        for document, request in zip(self, requests, strict=True):
            # sudo: submitted, it may no longer be the user's to write
            document.sudo()._write_guarded(
                {"approval_state": WAITING, "approval_request_id": request.id}
            )
        # sudo: what was submitted may be out of the user's reach by now
        self.sudo()._message_log_batch(
            {
                document.id: self.env._(
                    "Submitted for signatures, round %s.", request.round
                )
                for document, request in zip(self, requests, strict=True)
            }
        )
        return True

    @for_records
    def action_sign(self, comment=None, seen=None):
        """Sign as the body whose turn it is.

        :param comment: what the signatory adds, if anything
        :param seen: the digest of what he looked at, where it is known
        :raises UserError, AccessError: when it isn't the user's to sign now
        """
        self = self._without_client_context()
        for document in self:
            request, turns = document._get_request_to_decide(seen)
            request._do_sign(self.env.user, turns, to_text(comment))
        return True

    @for_records
    def action_reject(self, reason, seen=None):
        """Refuse, with a reason, as the body whose turn it is.

        :param seen: the digest of what he looked at, where it is known
        """
        self = self._without_client_context()
        reason = to_reason(reason)
        for document in self:
            request, turns = document._get_request_to_decide(seen)
            if not reason:
                raise UserError(
                    self.env._("Say why you reject %s.", document.display_name)
                )
            request._do_reject(self.env.user, turns, reason)
        return True

    @for_records
    def action_withdraw(self, reason=None):
        """Take the document back, to change it; its signatures stay as history."""
        self = self._without_client_context()
        self.check_access("read")
        may_write = self.has_access("write")
        for document in self:
            request = document._get_approval_request()
            if not (
                self.env.uid in request._get_barred_users()
                or (may_write and document.has_access("write"))
            ):
                raise AccessError(
                    self.env._(
                        "%s can be withdrawn by its applicant or who looks after it.",
                        document.display_name,
                    )
                )
            request._do_withdraw(self.env.user, to_reason(reason))
        return True

    def _without_client_context(self):
        return without_client_context(self)

    def _get_request_to_decide(self, seen=None):
        """Return the request and whose turn it is, if the user may read the document.

        Whose turn it is may, by the record rule: it need not be found out once more.

        :raises UserError: when another round says something else than was ``seen``
        """
        self.ensure_one()
        # sudo: it decides whether he may read the document
        turns = Turns(self.sudo().approval_request_id)
        if turns.get_own(self.env.user):
            # Rules look at records as superuser.
            self._fields["approval_is_mine"]._update_cache(self.sudo(), True)
        self.check_access("read")
        self.invalidate_recordset(["approval_is_mine"], flush=False)
        request_sudo = self._get_approval_request()
        if seen and seen != request_sudo.digest:
            raise UserError(
                self.env._(
                    "%s was changed since you looked at it: look at it again before "
                    "you decide.",
                    self.display_name,
                )
            )
        return request_sudo, turns

    def _get_approval_request(self):
        """Return the request under way, as superuser: nobody has rights on it."""
        self.ensure_one()
        request_sudo = self.approval_request_id.sudo()
        if not request_sudo:
            raise UserError(
                self.env._("%s hasn't been submitted yet.", self.display_name)
            )
        return request_sudo

    def _get_approval_applicant(self):
        """Return who applied; before that, who is about to."""
        self.ensure_one()
        if self.approval_state in EDITABLE:
            return self.env.user
        request_sudo = self.approval_request_id.sudo()
        return request_sudo.applicant_id

    # === What is counted === #

    def _create_approval_requests(self):
        """Copy band, stages and content of each document into a request. Rule C3."""
        return Submission(self).create_requests()

    def _find_added_requests(self, policies):
        """Return other documents' requests whose amounts count along. Rules C3, C6.

        :param policies: ``{document: policy}``
        :return: ``{document: requests}``
        """
        return Submission(self, policies).find_added_requests()

    def _count_approval_amount(self):
        """Return amount and currency, of all lines, whatever the user may read."""
        if self._approval_lines:
            self.invalidate_recordset(list(self._approval_lines))
        document_sudo = self.sudo()
        return document_sudo._get_approval_amount()

    # === What is signed: guarded fields and lines, and their digest === #

    def _get_approval_digests(self, contents=None):
        """Return ``{id: SHA-256}`` of what the documents say now.

        :param contents: from `_get_approval_contents`, when they are known
        """
        return {
            key: self._get_content_digest(content)
            for key, content in (contents or self._get_approval_contents()).items()
        }

    @api.model
    def _get_content_digest(self, content):
        """Return the SHA-256 of what a document says."""
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_approval_contents(self):
        """Return ``{id: {field: value}}`` of the guarded fields and lines."""
        # sudo: what is signed is the same for all who sign
        lines = {
            name: self._get_line_digests(name, columns)
            for name, columns in self._approval_lines.items()
        }
        result = {}
        for document in self.sudo():
            content = {
                name: document._get_signed_value(name)
                for name in self._approval_guarded
            }
            for name, digests in lines.items():
                content[name] = digests.get(document.id, [0, ""])
            content["type"] = document._get_approval_type()
            result[document.id] = content
        return result

    def _get_signed_value(self, name):
        """Return a field's value in a form that is the same whenever it is asked."""
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.id
        if field.type in ("many2many", "one2many"):
            return sorted(value.ids)
        if field.type == "float":
            digits = field.get_digits(self.env)
            return f"{value:.{digits[1] if digits else 6}f}"
        if field.type == "monetary":
            return f"{value:.2f}"
        if field.type in ("date", "datetime"):
            return field.to_string(value) if value else False
        return str(value) if value not in (False, None) else False

    def _get_line_digests(self, name, columns):
        """Return ``{id: [count, SHA-256]}`` of the lines, in one statement."""
        field = self._fields[name]
        lines = self.env[field.comodel_name]
        lines.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(parent)s, count(*),
                       encode(sha256(convert_to(string_agg(
                           ROW(%(columns)s)::text, E'\n' ORDER BY id), 'UTF8')), 'hex')
                  FROM %(table)s
                 WHERE %(parent)s = ANY(%(ids)s)
                 GROUP BY %(parent)s
                """,
                parent=SQL.identifier(field.inverse_name),
                columns=SQL(", ").join(SQL.identifier(column) for column in columns),
                table=SQL.identifier(lines._table),
                ids=self.ids,
            )
        )
        return {parent: [count, digest] for parent, count, digest in rows}

    # === Taking effect: if it still says what all have signed === #

    def _approval_follow(self, request):
        """Bring the document in step with its request, which was just decided."""
        self.ensure_one()
        self._write_guarded({"approval_state": request.state})
        texts = {
            APPROVED: self.env._("All have signed."),
            REJECTED: self.env._("Rejected: %s", request.closing_reason),
            WITHDRAWN: self.env._("Withdrawn. %s", request.closing_reason or ""),
        }
        if request.state == REJECTED:
            self.message_post(
                body=texts[REJECTED],
                partner_ids=request.applicant_id.partner_id.ids,
            )
        else:
            self._message_log(body=texts[request.state])
        if request.state == APPROVED and self._approval_auto:
            self._carry_out(request)

    def _approval_carry_out(self):
        """Let signed documents take effect, if they still say what was signed."""
        # sudo: whoever carries it out needn't have rights on all that follows
        for document in self._without_client_context().sudo():
            request = document._get_approval_request()
            request._lock()
            if document.approval_state != APPROVED:
                raise UserError(
                    self.env._(
                        "%s isn't approved: all signatures come first.",
                        document.display_name,
                    )
                )
            request._check_unchanged()
            document._carry_out(request)

    def _carry_out(self, request):
        """Let the document take effect.

        Its request is locked and approved, and it still says what was submitted.
        """
        self.ensure_one()
        self._check_approval_band(request)
        self._check_can_submit()
        self._approval_execute(request)
        request._set_done()
        self._write_guarded({"approval_state": DONE})

    def _check_approval_band(self, request):
        """Refuse what by now would need other signatures. PEERS 4."""
        inside = request._get_band().holds(count_again(self, request))
        if not inside or self._get_approval_type() != request.document_type:
            raise UserError(
                self.env._(
                    "%s would need other signatures by now than it has: withdraw it "
                    "and submit it again.",
                    self.display_name,
                )
            )

    def _set_opening(self, reason):
        """Put documents into effect without signatures, saying why.

        For what is there before anybody can sign: installation data and take-on. Code
        calls it; RPC can't.
        """
        vals_list = []
        contents = self._get_approval_contents()
        digests = self._get_approval_digests(contents)
        for document in self.sudo():  # nobody has rights on its requests
            vals_list.append(
                {
                    "name": document.display_name,
                    "res_model": self._name,
                    "res_id": document.id,
                    "document_type": document._get_approval_type(),
                    "round": document.approval_request_id.round + 1,
                    "state": APPROVED,
                    "company_id": document.company_id.id,
                    "applicant_id": self.env.uid,
                    "author_id": document.create_uid.id,
                    "submitted_at": fields.Datetime.now(),
                    "decided_at": fields.Datetime.now(),
                    "closing_reason": reason,
                    "content": contents[document.id],
                    "digest": digests[document.id],
                }
            )
        # sudo: nobody has rights on requests, and take-on asks for none on documents
        requests_sudo = self.env["club.approval.request"].sudo()
        requests = requests_sudo._create_guarded(vals_list)
        for document, request in zip(self.sudo(), requests, strict=True):
            document._approval_execute(request)
            request._set_done()
            document._write_guarded(
                {"approval_state": DONE, "approval_request_id": request.id}
            )
        return self
