import random

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lock import opened
from ..program.club_points_kind import KINDS
from ..rpc import for_one, for_records, to_date

DRAFT, DRAWN, SIGNED = "draft", "drawn", "signed"
STATES = [(DRAFT, "Draft"), (DRAWN, "Drawn"), (SIGNED, "Signed Off")]
# PostgreSQL's integer, which the seed is stored in.
MAX_SEED = 2**31 - 1


class ClubAuditSample(models.Model):
    """A random sample of posted entries, checked one by one and signed off. Rule B6.

    The seed decides what is drawn: the same seed over the same posted ledger draws the
    same entries, so that anybody can draw the sample again.
    """

    _name = "club.audit.sample"
    _description = "Audit Sample"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "club.scope.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False)
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, tracking=True
    )
    purpose = fields.Char(help="What this audit is about.")

    # === What is drawn from === #
    month_from = fields.Date(help="Of the accounting date. Empty: from the beginning.")
    month_to = fields.Date(help="Of the accounting date. Empty: to the last entry.")
    tier_id = fields.Many2one(
        "club.tier",
        ondelete="restrict",
        domain="[('group_id.program_id', '=', program_id)]",
        help="Entries of accounts that had this tier on the accounting date.",
    )
    unit_id = fields.Many2one(
        "crm.team",
        ondelete="restrict",
        check_company=True,
        help="Entries of this unit and of the units below it.",
    )
    kind = fields.Selection(KINDS, help="Empty: entries of all kinds.")

    # === How many, and which === #
    size_min = fields.Integer(
        "At Least",
        default=25,
        required=True,
        help="Entries, or the share below, whichever is more (assumed).",
    )
    percentage = fields.Float(
        "Share (%)", default=1.0, required=True, digits=(5, 2), aggregator=None
    )
    seed = fields.Integer(
        default=lambda self: random.SystemRandom().randint(1, MAX_SEED),
        required=True,
        copy=False,
        aggregator=None,
        help="Decides which entries are drawn. The same seed draws the same entries "
        "from the same ledger.",
    )

    # === What was drawn === #
    line_ids = fields.One2many("club.audit.line", "sample_id", "Entries", readonly=True)
    population = fields.Integer(
        readonly=True, copy=False, help="Posted entries that the sample is drawn from."
    )
    population_points = fields.Float(digits=(16, 2), readonly=True, copy=False)
    ledger_run_id = fields.Many2one(
        "club.points.run",
        "Ledger up to",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The last run that was posted when the sample was drawn.",
    )
    ledger_seal = fields.Char(readonly=True, copy=False)
    drawn_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    drawn_at = fields.Datetime(readonly=True, copy=False)
    signed_off_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    signed_off_at = fields.Datetime(readonly=True, copy=False)
    conclusion = fields.Text(
        copy=False, help="What the audit comes to; goes onto the print."
    )

    # === Findings and counts === #
    finding_ids = fields.One2many("club.audit.finding", "sample_id", "Findings")
    line_count = fields.Integer("Entries Drawn", compute="_compute_counts")
    unchecked_count = fields.Integer("Unchecked", compute="_compute_counts")
    difference_count = fields.Integer("With Difference", compute="_compute_counts")
    finding_count = fields.Integer("Findings Recorded", compute="_compute_counts")
    open_finding_count = fields.Integer("Findings Open", compute="_compute_counts")

    _size = models.Constraint(
        "CHECK(size_min >= 0 AND percentage >= 0 AND percentage <= 100"
        " AND size_min + percentage > 0)",
        "A sample has a least size, or a share of 0 to 100 %, or both.",
    )
    _months = models.Constraint(
        "CHECK(month_from <= month_to)", "The first month comes before the last."
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "This number is taken."
    )

    @api.depends("line_ids.result", "line_ids.difference", "finding_ids.state")
    def _compute_counts(self):
        lines = self.env["club.audit.line"]
        domain = [("sample_id", "in", self.ids)]
        total = dict(lines._read_group(domain, ["sample_id"], ["__count"]))
        unchecked, different = (
            dict(lines._read_group([*domain, term], ["sample_id"], ["__count"]))
            for term in (("result", "=", "unchecked"), ("difference", "!=", 0))
        )
        findings = self.env["club.audit.finding"]
        found = dict(findings._read_group(domain, ["sample_id"], ["__count"]))
        unsettled = dict(
            findings._read_group(
                [*domain, ("state", "!=", "closed")], ["sample_id"], ["__count"]
            )
        )
        for sample in self:
            sample.line_count = total.get(sample, 0)
            sample.unchecked_count = unchecked.get(sample, 0)
            sample.difference_count = different.get(sample, 0)
            sample.finding_count = found.get(sample, 0)
            sample.open_finding_count = unsettled.get(sample, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_first_days(values) for values in vals_list]
        samples = super().create(vals_list)
        for sample in samples:
            number = self.env["ir.sequence"].sudo().next_by_code("club.audit.sample")
            opened(sample).name = number
        return samples

    @for_records
    def write(self, vals):
        frozen = set(vals) & self._get_frozen_fields()
        for sample in self:
            if frozen and sample.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s is drawn: what it was drawn from stays. Create another "
                        "sample.",
                        sample.name,
                    )
                )
            if {"purpose", "conclusion"} & set(vals):
                sample._check_not_signed()
        return super().write(self._with_first_days(vals))

    @api.model
    def _get_frozen_fields(self):
        """Return the names of what decides the drawing."""
        return {
            *("program_id", "month_from", "month_to", "tier_id", "unit_id", "kind"),
            *("size_min", "percentage", "seed"),
        }

    @api.model
    def _with_first_days(self, values):
        """Let any day of a month stand for its first."""
        values = dict(values)
        for name in ("month_from", "month_to"):
            if values.get(name):
                values[name] = to_date(self.env, values[name]).replace(day=1)
        return values

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        for sample in self:
            if sample.state != DRAFT:
                raise UserError(
                    self.env._("%s is drawn: drawn samples stay.", sample.name)
                )

    # === Actions === #

    @for_records
    def action_draw(self):
        """Draw the entries, recompute them and collect what is behind them."""
        self._check_auditor()
        for sample in self:
            sample._lock_sample()
            if sample.state != DRAFT:
                raise UserError(self.env._("%s is drawn already.", sample.name))
            sample._do_draw()
        return True

    @for_records
    def action_recompute(self):
        """Compare drawn entries with the facts and rates of now."""
        self._check_auditor()
        for sample in self:
            sample._lock_sample()
            sample._check_not_signed()
            sample._recompute_lines()
        return True

    @for_records
    def action_sign_off(self):
        """Fix the sample for good, once each of its entries was checked."""
        self._check_auditor()
        for sample in self:
            sample._lock_sample()
            sample._check_can_sign_off()
            opened(sample).write(
                {
                    "state": SIGNED,
                    "signed_off_by_id": self.env.uid,
                    "signed_off_at": fields.Datetime.now(),
                }
            )
        return True

    @for_records
    def action_print(self):
        return self.env.ref("crm_club.club_audit_sheet_report").report_action(self)

    @for_one
    def action_open_lines(self):
        return self._open_related("crm_club.club_audit_line_action")

    @for_one
    def action_open_findings(self):
        return self._open_related("crm_club.club_audit_finding_action")

    def _open_related(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {
            **action,
            "domain": [("sample_id", "=", self.id)],
            "context": {"default_sample_id": self.id},
        }

    # === Checks === #

    @api.model
    def _check_auditor(self):
        if not self.env.user.has_group("crm_club.crm_club_group_auditor"):
            raise AccessError(
                self.env._("Only an auditor draws, checks and signs off samples.")
            )
        self.check_access("write")

    def _check_not_signed(self):
        for sample in self:
            if sample.state == SIGNED:
                raise UserError(
                    self.env._(
                        "%s is signed off: nobody changes it any more.", sample.name
                    )
                )

    def _check_can_sign_off(self):
        self._check_not_signed()
        if self.state != DRAWN:
            raise UserError(self.env._("Draw %s before signing it off.", self.name))
        lines = self.line_ids
        unchecked = lines.filtered(lambda line: line.result == "unchecked")
        if unchecked:
            raise UserError(
                self.env._(
                    "%(count)s entries of %(sample)s are unchecked: say of each "
                    "whether it is in order.",
                    count=len(unchecked),
                    sample=self.name,
                )
            )
        unsaid = lines.filtered(
            lambda line: line.result == "finding" and not line.finding_ids
        )
        if unsaid:
            raise UserError(
                self.env._(
                    "Record what is wrong with %(line)s, or say that it is in order.",
                    line=unsaid[0].display_name,
                )
            )

    def _lock_sample(self):
        """Hold the sample's row: who presses a button at the same time waits."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT FROM club_audit_sample WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset()
