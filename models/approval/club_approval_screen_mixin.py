"""What the form of a document to sign shows: where it stands, who signs, buttons."""

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models

from ..record.rpc import for_one, for_records, to_text
from .form_parts import insert_parts, set_guarded_readonly
from .preview import get_asked, get_preview
from .states import APPROVED, DRAFT, EDITABLE, REJECTED, STATES, WAITING
from .turns import Turns


class ClubApprovalScreenMixin(models.AbstractModel):
    """Of `club.approval.mixin`, whose hooks it asks; a document inherits that one."""

    _name = "club.approval.screen.mixin"
    _description = "Screen of a Document to Sign"

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
    approval_preview = fields.Html(
        "Who Will Sign",
        compute="_compute_approval_preview",
        sanitize=False,  # rendered by our template, which escapes
    )
    approval_asked = fields.Html(
        "What You Sign",
        compute="_compute_approval_asked",
        sanitize=False,  # rendered by our template, which escapes
    )
    approval_digest = fields.Char(
        "What Was Submitted",
        compute="_compute_approval_digest",
        compute_sudo=True,
        help="The digest of what is signed, to compare it with what was looked at.",
    )
    approval_can_submit = fields.Boolean(compute="_compute_approval_can")
    approval_can_sign = fields.Boolean(compute="_compute_approval_can")
    approval_can_withdraw = fields.Boolean(compute="_compute_approval_can")
    approval_has_next = fields.Boolean(
        "More to Sign",
        compute="_compute_approval_has_next",
        help="I have signed this one, and others wait for me.",
    )
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

    @api.depends("approval_can_submit")
    @api.depends_context("lang", "uid")
    def _compute_approval_preview(self):
        for document in self:
            # What is typed isn't judged before it is saved.
            is_saved = document == document._origin
            ready = is_saved and document.approval_can_submit
            data = get_preview(document._without_client_context()) if ready else None
            document.approval_preview = data and self.env["ir.qweb"]._render(
                "crm_club.club_approval_preview", data
            )

    @api.depends("approval_can_sign")
    @api.depends_context("lang", "uid")
    def _compute_approval_asked(self):
        for document in self:
            # sudo: whose turn it is, reads what he is asked
            request_sudo = document.approval_request_id.sudo()
            document.approval_asked = document.approval_can_sign and self.env[
                "ir.qweb"
            ]._render("crm_club.club_approval_asked", get_asked(request_sudo))

    @api.depends("approval_request_id.digest")
    def _compute_approval_digest(self):
        for document in self:
            document.approval_digest = document.approval_request_id.digest

    def _get_approval_rounds(self):
        """Return the requests of each document, the last round first."""
        # sudo: nobody has rights on the requests of a document that he may read
        requests_sudo = self.env["club.approval.request"].sudo()
        found = requests_sudo.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            order="round desc",
        )
        return found.grouped("res_id")

    @api.depends("approval_state", "approval_request_id.signature_ids.state")
    @api.depends_context("uid")
    def _compute_approval_can(self):
        turns = Turns(self.approval_request_id).get_own(self.env.user).request_id
        # sudo: one's own signatures, on requests that nobody has rights on
        requests_sudo = self.env["club.approval.request"].sudo()
        signed = requests_sudo.search_fetch(
            [
                *(("res_model", "=", self._name), ("res_id", "in", self.ids)),
                ("is_signed_by_me", "=", True),
            ],
            ["res_id"],
        )
        signed_ids = set(signed.mapped("res_id"))
        writable = self.browse()
        if self.browse().has_access("write"):
            writable = self._filtered_access("write")
        for document in self:
            request_sudo = document.approval_request_id.sudo()
            may_write = not document.id or document in writable
            document.approval_can_submit = (
                document.approval_state in EDITABLE
                and may_write
                and document._approval_is_ready()
            )
            document.approval_can_sign = request_sudo in turns
            document.approval_can_withdraw = document._approval_may_withdraw(may_write)
            document.approval_is_mine = (
                request_sudo in turns or document._origin.id in signed_ids
            )

    def _search_approval_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: rules ask it, of requests that nobody has rights on
        requests_sudo = self.env["club.approval.request"].sudo()
        query = requests_sudo._search(
            [
                ("res_model", "=", self._name),
                "|",
                ("is_my_turn", "=", True),
                ("is_signed_by_me", "=", True),
            ]
        )
        return fields.Domain("id", "in", query.subselect("res_id"))

    @api.depends("approval_is_mine", "approval_can_sign")
    @api.depends_context("uid")
    def _compute_approval_has_next(self):
        signed = self.filtered(lambda d: d.approval_is_mine and not d.approval_can_sign)
        requests = self.env["club.approval.request"]
        waiting = requests._get_to_sign() if signed else requests
        for document in self:
            document.approval_has_next = bool(waiting) and document in signed

    # === Buttons: what they do is judged by the document === #

    @for_one
    def action_open_decision(self):
        """Open the dialog in which one signs, rejects or withdraws."""
        titles = {
            "sign": self.env._("Sign"),
            "reject": self.env._("Reject"),
            "withdraw": self.env._("Withdraw"),
        }
        asked = self.env.context.get("club_decision")
        decision = asked if isinstance(asked, str) and asked in titles else "sign"
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": "club.approval.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_decision": decision,
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_seen": to_text(self.env.context.get("club_seen")),
            },
        }

    @for_one
    def action_open_next(self):
        """Open what waits longest for the user's signature, this one aside; the list
        where nothing does.
        """
        waiting = self.env["club.approval.request"]._get_to_sign()
        waiting = waiting.filtered(lambda request: request != self.approval_request_id)
        if waiting:
            return waiting[0].action_open_document()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_approval_request_action_to_sign"
        )

    @for_records
    def action_print_signatures(self):
        """Print what was applied for and who signed it, with the seals. Rule E3."""
        self.check_access("read")
        report = self.env.ref("crm_club.club_signature_sheet_report")
        requests_sudo = self.approval_request_id.sudo()
        return report.report_action(requests_sudo.ids, config=False)

    # === Buttons, banner and trail on every form === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._insert_approval_parts(arch)
            set_guarded_readonly(arch, self)
        return arch, view

    @api.model
    def _insert_approval_parts(self, arch):
        # sudo: who looks at a form needn't read views
        template_sudo = self.env.ref("crm_club.club_approval_form_parts").sudo()
        insert_parts(arch, etree.fromstring(template_sudo.arch).find("parts"))
