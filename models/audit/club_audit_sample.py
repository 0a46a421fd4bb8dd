from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...kernel import windows
from ..points import bonus_sql
from ..program.club_points_kind import KINDS
from ..record.draw import get_seed, order_of_draw
from ..record.groups import AUDITOR
from ..record.hold import hold
from ..record.number import number
from ..record.rpc import for_one, for_records
from . import recompute

DRAFT, DRAWN, SIGNED = "draft", "drawn", "signed"

STATES = [(DRAFT, "Draft"), (DRAWN, "Drawn"), (SIGNED, "Signed Off")]


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
        "club.record.mixin",
    ]
    _order = "id desc"
    _club_sequence = "AUD"
    _club_months = ("month_from", "month_to")
    # What decides the drawing.
    _club_fixed = (
        *("program_id", "month_from", "month_to", "tier_id", "unit_id", "kind"),
        *("size_min", "percentage", "seed"),
    )

    name = number(required=False)
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
        default=lambda self: get_seed(),
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

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if {"purpose", "conclusion"} & set(vals):
            self._check_not_signed()

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._(
                "%s is drawn: what it was drawn from stays. Create another sample.",
                self.name,
            )
        )

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
            hold(sample)
            sample._check_state(DRAFT)
            sample._do_draw()
        return True

    @for_records
    def action_recompute(self):
        """Compare drawn entries with the facts and rates of now."""
        self._check_auditor()
        for sample in self:
            hold(sample)
            sample._check_not_signed()
            sample._recompute_lines()
        return True

    @for_records
    def action_sign_off(self):
        """Fix the sample for good, once each of its entries was checked."""
        self._check_auditor()
        for sample in self:
            hold(sample)
            sample._check_can_sign_off()
            sample._set_state(
                [DRAWN],
                SIGNED,
                signed_off_by_id=self.env.uid,
                signed_off_at=fields.Datetime.now(),
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
        if not self.env.user.has_group(AUDITOR):
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

    def _check_drawn(self):
        """Refuse to say what is wrong with what wasn't drawn yet."""
        for sample in self:
            if sample.state == DRAFT:
                raise UserError(
                    self.env._("Draw %s before recording what is wrong.", sample.name)
                )

    def _check_can_sign_off(self):
        self._check_state(DRAWN)
        lines = self.line_ids
        unchecked = lines.filtered(lambda line: line.result == "unchecked")
        if unchecked:
            raise UserError(
                self.env._(
                    "Unchecked entries of %(sample)s: %(count)s. Say of each whether"
                    " it is in order.",
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

    # === Drawing a sample: set-based, one statement each over all entries === #

    def _do_draw(self):
        """Draw, recompute, and note what the ledger was drawn up to."""
        self.ensure_one()
        self.env.flush_all()
        # Compiling these statements takes longer than it saves.
        self.env.cr.execute("SET LOCAL jit = off")
        total, points = self._insert_lines()
        if not total:
            raise UserError(
                self.env._(
                    "No posted entry answers to what %s is to be drawn from.", self.name
                )
            )
        run = self._get_last_run()
        self._set_state(
            [DRAFT],
            DRAWN,
            population=total,
            population_points=points,
            ledger_run_id=run.id,
            ledger_seal=run.seal,
            drawn_by_id=self.env.uid,
            drawn_at=fields.Datetime.now(),
        )
        self._recompute_lines()

    def _get_last_run(self):
        domain = [("program_id", "=", self.program_id.id), ("state", "=", "posted")]
        return self.env["club.points.run"].search(
            domain, order="chain_no desc", limit=1
        )

    def _insert_lines(self):
        """Insert the entries drawn; return how many there were, and their points.

        The entry's number is all that decides (`draw.py`).
        """
        self.env.cr.execute(
            SQL(
                """
                WITH population AS MATERIALIZED (
                    SELECT e.id, e.points
                      FROM club_points_entry e
                      JOIN club_points_run r ON r.id = e.run_id
                     WHERE r.state = 'posted' AND %(condition)s),
                size AS (
                    SELECT count(*) AS total, coalesce(sum(points), 0) AS points,
                           greatest(%(least)s, ceil(count(*) * %(share)s::numeric
                                                    / 100)) AS wanted
                      FROM population),
                drawn AS (
                    SELECT p.id, row_number() OVER (ORDER BY %(order)s) AS place
                      FROM (SELECT p.id FROM population p ORDER BY %(order)s
                             LIMIT (SELECT wanted FROM size)) p),
                line AS (
                    INSERT INTO club_audit_line
                           (sample_id, company_id, sequence, entry_id, run_id,
                            account_id, unit_id, kind, date, revenue_month,
                            category_id, product_id, revenue, rate, coefficient,
                            points, result, create_uid, write_uid, create_date,
                            write_date)
                    SELECT %(sample)s, %(company)s, d.place, e.id, e.run_id,
                           e.account_id, e.unit_id, e.kind, e.date, e.revenue_month,
                           e.category_id, e.product_id, e.revenue, e.rate,
                           e.coefficient, e.points, 'unchecked', %(user)s, %(user)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM drawn d
                      JOIN club_points_entry e ON e.id = d.id)
                SELECT total, points FROM size
                """,
                condition=self._get_draw_condition(),
                least=self.size_min,
                share=f"{self.percentage:.2f}",
                order=order_of_draw(self.seed, SQL("p.id")),
                sample=self.id,
                company=self.company_id.id,
                user=self.env.uid,
            )
        )
        found = self.env.cr.fetchone()
        # What was just inserted has no statistics: PostgreSQL would take it for one
        # line, and go through all facts for each of them.
        self.env.cr.execute("ANALYZE club_audit_line")
        self.env["club.audit.line"].invalidate_model()
        self.invalidate_recordset()
        return found

    def _get_draw_condition(self):
        """Return SQL on the entry ``e`` and its run ``r``."""
        terms = [SQL("r.program_id = %s", self.program_id.id)]
        if self.month_from:
            terms.append(SQL("e.date >= %s", self.month_from))
        if self.month_to:
            terms.append(SQL("e.date <= %s", windows.month_end(self.month_to)))
        if self.kind:
            terms.append(SQL("e.kind = %s", self.kind))
        if self.unit_id:
            units_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
            below = units_sudo.search([("id", "child_of", self.unit_id.id)])
            terms.append(SQL("e.unit_id = ANY(%s)", below.ids))
        if self.tier_id:
            terms.append(
                SQL(
                    """
                    EXISTS (SELECT FROM club_membership m
                             WHERE m.account_id = e.account_id AND m.tier_id = %s
                               AND m.state = 'valid'
                               AND e.date BETWEEN m.date_from AND m.date_grace)
                    """,
                    self.tier_id.id,
                )
            )
        return SQL(" AND ").join(terms)

    def _recompute_bonus(self):
        """Recompute what tiers multiplied. Rule B14."""
        self.env.cr.execute(
            """
            SELECT min(revenue_month), max(revenue_month),
                   array_agg(DISTINCT account_id)
              FROM club_audit_line
             WHERE sample_id = %s AND kind = 'bonus' AND revenue_month IS NOT NULL
            """,
            [self.id],
        )
        start, end, accounts = self.env.cr.fetchone()
        months = start and bonus_sql.get_months(
            self.program_id, start, windows.month_end(end)
        )
        if months:
            self.env.cr.execute(recompute.update_bonus(self, months, accounts))

    def _recompute_revenue(self):
        """Recompute what revenue called for. Rules B1, B6."""
        self.env.cr.execute(
            """
            SELECT account_id, revenue_month FROM club_audit_line
             WHERE sample_id = %s AND kind = 'revenue' GROUP BY 1, 2
            """,
            [self.id],
        )
        drawn = self.env.cr.fetchall()
        if drawn:
            recompute.stage_facts(self, drawn)
            self.env.cr.execute(recompute.update_revenue(self, drawn))
            self.env.cr.execute(recompute.update_rates(self))
            self.env.cr.execute(recompute.update_evidence(self))

    def _recompute_lines(self):
        """Recompute what the entries should come to and list what is behind them."""
        self.ensure_one()
        self.env.flush_all()
        self._recompute_revenue()
        self._recompute_bonus()
        self.env.cr.execute(recompute.update_adjustments(self))
        self.env.cr.execute(recompute.update_attendance(self))
        self.env.cr.execute(recompute.update_expiry(self))
        self.env["club.audit.line"].invalidate_model()
        self.invalidate_recordset()
