from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...kernel.written import get_written
from ..record.groups import AUDITOR, READERS
from ..record.reader import as_reader
from ..record.rpc import for_records

OPEN, CORRECTED, CLOSED = "open", "corrected", "closed"
STATES = [(OPEN, "Open"), (CORRECTED, "Corrected"), (CLOSED, "Closed")]
SEVERITIES = [("minor", "Minor"), ("major", "Major"), ("critical", "Critical")]
# What a signed-off sample says stays; who follows it up and until when may change.
SAID = {"name", "description", "severity", "sample_id", "line_id"}
TODO = "mail.mail_activity_data_todo"


class ClubAuditFinding(models.Model):
    """What an auditor found, who mends it, and what became of it. Rule B6.

    Auditors write findings; the owner writes nothing but the answer.
    """

    _name = "club.audit.finding"
    _description = "Audit Finding"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "club.record.mixin",
        "club.due.mixin",
    ]
    _order = "state desc, date_deadline, id desc"
    _club_about = "account_id"
    _club_due = "date_deadline"
    _club_unsettled = (OPEN,)
    _mail_post_access = "read"

    name = fields.Char("What Is Wrong", required=True, tracking=True)
    description = fields.Text()
    sample_id = fields.Many2one(
        "club.audit.sample", required=True, index=True, ondelete="restrict"
    )
    line_id = fields.Many2one(
        "club.audit.line",
        "Entry",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('sample_id', '=', sample_id)]",
        help="Empty: the finding is about the sample as a whole.",
    )
    company_id = fields.Many2one(related="sample_id.company_id", store=True, index=True)
    # Copies, since the owner doesn't read samples.
    account_id = fields.Many2one(
        related="line_id.account_id", store=True, compute_sudo=True
    )
    unit_id = fields.Many2one(related="line_id.unit_id", store=True, compute_sudo=True)
    severity = fields.Selection(
        SEVERITIES, required=True, default="minor", tracking=True
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Who mends it and answers.",
    )
    date_deadline = fields.Date(
        "Answer Until",
        required=True,
        tracking=True,
        default=lambda self: fields.Date.add(
            self.env["club.program"]._today(), days=14
        ),
    )
    state = fields.Selection(
        STATES, default=OPEN, required=True, readonly=True, copy=False, tracking=True
    )
    is_owner = fields.Boolean(compute="_compute_is_owner")
    is_auditor = fields.Boolean(compute="_compute_is_owner")
    answer = fields.Text(copy=False, help="What was done about it.")
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("owner_id")
    @api.depends_context("uid")
    def _compute_is_owner(self):
        auditor = self.env.user.has_group(AUDITOR)
        for finding in self:
            finding.is_owner = finding.owner_id == self.env.user
            finding.is_auditor = auditor

    @api.constrains("line_id", "sample_id")
    def _check_line(self):
        for finding in self:
            line = finding.line_id
            if line and line.sample_id != finding.sample_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s is not an entry of %(sample)s.",
                        line=line.display_name,
                        sample=finding.sample_id.name,
                    )
                )

    @api.constrains("owner_id", "company_id")
    def _check_owner(self):
        """The owner must be able to open what he is to answer."""
        for finding in self:
            owner = finding.owner_id
            if (
                not owner.has_groups(READERS)
                or finding.company_id not in owner.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(owner)s has no role in the club of %(company)s and couldn't "
                        "open the finding: choose another owner.",
                        owner=owner.name,
                        company=finding.company_id.name,
                    )
                )

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        if is_new and values.get("answer"):
            raise AccessError(self.env._("A finding is answered by its owner."))
        return super()._club_prepare(values, is_new=is_new)

    def _club_after_create(self):
        super()._club_after_create()
        self.sample_id._check_not_signed()
        self.sample_id._check_drawn()
        self.line_id.result = "finding"
        for finding in self:
            finding._ask_owner()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not self.env.su:
            self._check_may_write(vals)
        if SAID & set(vals):
            self.sample_id._check_not_signed()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if {"owner_id", "date_deadline"} & set(vals):
            for finding in self.filtered(lambda f: f.state == OPEN):
                finding._ask_owner()

    def _check_may_write(self, vals):
        """Auditors write all but the answer; the owner the answer, while it is open."""
        auditor = self.env.user.has_group(AUDITOR)
        ours = self._get_guarded_names()
        others = {name for name in vals if name in self._fields} - {"answer"} - ours
        if others and not auditor:
            raise AccessError(
                self.env._("Of a finding, its owner writes the answer only.")
            )
        if "answer" in vals:
            for finding in self:
                if finding.owner_id != self.env.user:
                    raise AccessError(self.env._("A finding is answered by its owner."))
                if finding.state != OPEN:
                    raise UserError(
                        self.env._("%s has been answered already.", finding.name)
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Findings stay: close one that came to nothing."))

    # === Actions === #

    @for_records
    def action_correct(self):
        """The owner says that it is mended, and how."""
        for finding in self:
            if finding.owner_id != self.env.user:
                raise AccessError(self.env._("A finding is answered by its owner."))
            finding._check_state(OPEN)
            if not get_written(finding.answer):
                raise UserError(
                    self.env._("Write what was done about %s first.", finding.name)
                )
            finding._set_state(
                [OPEN],
                CORRECTED,
                answered_by_id=self.env.uid,
                answered_at=fields.Datetime.now(),
            )
            finding._stop_asking()
            author = finding.create_uid
            finding._ask(
                author, as_reader(finding, author).env._("Look at the correction")
            )
        return True

    @for_records
    def action_close(self):
        """The auditor agrees, or lets it rest."""
        self._check_auditor()
        self._set_state(
            [OPEN, CORRECTED],
            CLOSED,
            closed_by_id=self.env.uid,
            closed_at=fields.Datetime.now(),
        )
        self._stop_asking()
        return True

    @for_records
    def action_reopen(self):
        """The auditor isn't satisfied: the owner is asked again."""
        self._check_auditor()
        self._set_state(
            [CORRECTED, CLOSED],
            OPEN,
            answered_by_id=False,
            answered_at=False,
            closed_by_id=False,
            closed_at=False,
        )
        for finding in self:
            finding._ask_owner()
        return True

    # === Checks and helpers === #

    def _check_auditor(self):
        if not self.env.user.has_group(AUDITOR):
            raise AccessError(
                self.env._("Only an auditor closes and reopens findings.")
            )
        self.check_access("write")

    def _ask_owner(self):
        """Ask the owner, once: a new owner or date takes the old request's place."""
        self._stop_asking()
        owner = self.owner_id
        self._ask(owner, as_reader(self, owner).env._("Answer the audit finding"))

    def _stop_asking(self):
        # sudo: what was asked for is another user's
        self.sudo().activity_unlink([TODO])

    def _ask(self, user, summary):
        # sudo: whom it is asked of needn't be one whom the user sees
        self.sudo().activity_schedule(
            TODO,
            date_deadline=self.date_deadline,
            summary=summary,
            note=self.name,
            user_id=user.id,
        )
