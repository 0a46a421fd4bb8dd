"""What a document gets that needs signatures: state, locks, buttons, trail.

A document names its guarded fields and lines and implements the hooks below; all else
is in the files beside this one and in the request.
"""

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .states import APPROVED, DONE, DRAFT, EDITABLE, REJECTED, STATES, WAITING


class ClubApprovalMixin(models.AbstractModel):
    _name = "club.approval.mixin"
    _description = "Document to Sign"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _mail_post_access = "read"

    # Fields of the document that are fixed once it is submitted.
    _approval_guarded = ()
    # Its child lines that are fixed too: {"line_ids": columns that are signed}.
    _approval_lines = {}
    # Whether the last signature carries it out; else a button of the document does.
    _approval_auto = True
    # Whether its name is made of words, so that each reader sees it in his language.
    _approval_named_by_reader = False
    # Whether amounts of one purpose add up over all units, not within each one.
    _approval_spans_units = False

    approval_state = fields.Selection(
        STATES,
        "Approval",
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    approval_request_id = fields.Many2one(
        "club.approval.request",
        "Last Request",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    approval_banner = fields.Char(
        "Where It Stands", compute="_compute_approval_banner", compute_sudo=True
    )
    approval_trail = fields.Html(
        "Signatures",
        compute="_compute_approval_trail",
        compute_sudo=True,
        sanitize=False,  # rendered by our template, which escapes
    )
    approval_can_submit = fields.Boolean(compute="_compute_approval_can")
    approval_can_sign = fields.Boolean(compute="_compute_approval_can")
    approval_can_withdraw = fields.Boolean(compute="_compute_approval_can")
    approval_is_mine = fields.Boolean(
        "Mine to Sign",
        compute="_compute_approval_can",
        search="_search_approval_is_mine",
        help="Waits for my signature, or has it, in any round.",
    )

    # === Computes === #

    @api.depends("approval_state", "approval_request_id.signature_ids.state")
    @api.depends_context("lang")
    def _compute_approval_banner(self):
        for document in self:
            document.approval_banner = document._get_approval_banner()

    def _get_approval_banner(self):
        """Say in a sentence where the document stands and with whom."""
        request = self.approval_request_id
        if self.approval_state == WAITING:
            return self.env._("Waiting for %s", request.waiting_for)
        if self.approval_state == REJECTED:
            refusal = request.signature_ids.filtered(lambda s: s.state == "refused")
            return self.env._(
                "Rejected by %(user)s (%(body)s): %(reason)s",
                user=request.closed_by_id.name,
                body=refusal[:1].label,
                reason=request.closing_reason,
            )
        if self.approval_state == APPROVED:
            return self.env._("All have signed; it is still to be carried out.")
        return False

    @api.depends("approval_state", "approval_request_id.signature_ids.state")
    @api.depends_context("lang", "tz")
    def _compute_approval_trail(self):
        rounds = self._get_approval_rounds()
        for document in self:
            found = rounds.get(document.id)
            document.approval_trail = (
                self.env["ir.qweb"]._render(
                    "crm_club.club_approval_trail", {"requests": found}
                )
                if found
                else Markup()
            )

    def _get_approval_rounds(self):
        """Return the requests of each document, the last round first."""
        requests = self.env["club.approval.request"].sudo()
        found = requests.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            order="round desc",
        )
        return found.grouped("res_id")

    @api.depends("approval_state", "approval_request_id.signature_ids.state")
    @api.depends_context("uid")
    def _compute_approval_can(self):
        requests = self.approval_request_id.sudo()
        turns = requests._get_my_turns(self.env.user).request_id
        mine = self.sudo().search(
            [("id", "in", self.ids), ("approval_is_mine", "=", True)]
        )
        writable = self.browse()
        if self.browse().has_access("write"):
            writable = self._filtered_access("write")
        for document in self:
            request = document.approval_request_id.sudo()
            may_write = not document.id or document in writable
            document.approval_can_submit = (
                document.approval_state in EDITABLE
                and may_write
                and document._approval_is_ready()
            )
            document.approval_can_sign = request in turns
            document.approval_can_withdraw = document._approval_may_withdraw(may_write)
            document.approval_is_mine = document._origin in mine

    def _search_approval_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        requests = self.env["club.approval.request"].sudo()
        query = requests._search(
            [
                ("res_model", "=", self._name),
                "|",
                ("is_my_turn", "=", True),
                ("is_signed_by_me", "=", True),
            ]
        )
        return fields.Domain("id", "in", query.subselect("res_id"))

    def _approval_is_ready(self):
        """Tell whether there is something to submit yet; for the button only."""
        return True

    def _approval_may_withdraw(self, may_write):
        """The applicant, the author, or who may write the document. PEERS 8."""
        self.ensure_one()
        request = self.approval_request_id.sudo()
        return self.approval_state in (WAITING, APPROVED) and (
            self.env.uid in request._get_barred_users() or may_write
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
        for document in self if lines._name in signed else ():
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

    # === Hooks: self is one document === #

    def _get_approval_type(self):
        """Return the code of the document's type, see `document_types`."""
        raise NotImplementedError

    def _get_approval_amount(self):
        """Return the amount that bands go by, and its currency (None: points)."""
        return 0, None

    def _get_approval_subject(self):
        """Return in a line what it is about, for the list of what is to be signed."""
        return False

    def _get_approval_unit(self):
        """Return the applying unit, whose head confirms and seals."""
        return self.env["crm.team"]

    def _get_approval_key(self):
        """Return the purpose under which amounts of a unit add up, or False."""
        return False

    def _check_can_submit(self):
        """Raise one clear sentence when the document says too little or too much."""

    def _approval_execute(self, request):
        """Make the document take effect; it is called once, after all signatures."""
        raise NotImplementedError

    # === Buttons, banner and trail on every form === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._insert_approval_parts(arch)
        return arch, view

    @api.model
    def _insert_approval_parts(self, arch):
        """Put the shared parts where forms have their like."""
        template = self.env.ref("crm_club.club_approval_form_parts").sudo()
        parts = etree.fromstring(template.arch).find("parts")
        header, sheet = arch.find(".//header"), arch.find(".//sheet")
        if header is None:
            header = etree.Element("header")
            arch.insert(0, header)
        for index, node in enumerate(list(parts.find("buttons"))):
            header.insert(index, node)
        for node in reversed(list(parts.find("banner"))):
            header.addnext(node)
        if sheet is None:
            arch.append(parts.find("trail")[0])
            return
        notebook = sheet.find("./notebook")
        if notebook is None:
            sheet.append(parts.find("trail")[0])
        else:
            notebook.append(parts.find("page")[0])
