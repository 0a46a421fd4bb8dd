from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from ...kernel import windows
from ...kernel.written import get_written
from ..contact.owner import has_role
from ..record.derived import differs
from ..record.rpc import for_records

OPEN, DONE = "open", "done"
STATES = [(OPEN, "Open"), (DONE, "Done")]


class ClubImprovement(models.Model):
    """What is done about a frequent cause of a month's complaints. Rule D8.

    One for each cause of a month that was complained of often enough; the night makes
    them when the month is over.
    """

    _name = "club.improvement"
    _description = "Improvement after Complaints"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "month desc, complaint_count desc, id"
    _club_closed = (DONE,)
    _club_months = ("month",)

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    month = fields.Date(required=True, help="The month of the complaints.")
    cause_id = fields.Many2one(
        "club.complaint.cause", required=True, ondelete="restrict"
    )
    complaint_count = fields.Integer(
        "Complaints", readonly=True, copy=False, help="Of this cause in the month."
    )
    measure = fields.Text(
        "Measure Taken", help="What is changed so that it doesn't happen again."
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
    )
    date_due = fields.Date("Due", tracking=True)
    state = fields.Selection(
        STATES, default=OPEN, required=True, readonly=True, copy=False, tracking=True
    )
    result = fields.Text("Result of the Measure", copy=False)
    done_on = fields.Date(readonly=True, copy=False)

    # The statement that makes them relies on it.
    _cause_uniq = models.UniqueIndex(
        "(company_id, month, cause_id)", "A cause has one improvement for a month."
    )

    @api.depends("month", "cause_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            record.display_name = (
                f"{format_date(self.env, record.month, date_format='yyyy-MM')} "
                f"{record.cause_id.name or ''}".strip()
            )

    @api.constrains("user_id", "company_id")
    def _check_user_id(self):
        for record in self:
            owner_sudo = record.user_id.sudo()
            if owner_sudo and not has_role(owner_sudo, record.company_id):
                raise ValidationError(
                    self.env._(
                        "%(owner)s has no role in the club of %(company)s: choose "
                        "another owner.",
                        owner=owner_sudo.name,
                        company=record.company_id.name,
                    )
                )

    def _club_check_write(self, vals):
        """What was counted stays what it was counted of."""
        super()._club_check_write(vals)
        names = {"company_id", "month", "cause_id"}.intersection(vals)
        for record in self if names else ():
            if any(differs(record, name, vals[name]) for name in names):
                raise UserError(
                    self.env._(
                        "Month and cause of “%s” stay: draw up another one instead.",
                        record.display_name,
                    )
                )

    @for_records
    def action_done(self):
        """Say that the measure is taken, and what it changed."""
        for record in self:
            if not get_written(record.measure) or not get_written(record.result):
                raise UserError(
                    self.env._(
                        "Write the measure of “%s” and what it changed first.",
                        record.display_name,
                    )
                )
            record._set_state((OPEN,), DONE, done_on=record.company_id._club_today())
        return True

    @for_records
    def action_reopen(self):
        return self._set_state((DONE,), OPEN, done_on=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        for record in self:
            if record.state == DONE:
                raise UserError(
                    self.env._("“%s” was done and stays.", record.display_name)
                )

    # === Making === #

    @api.model
    def _make_last_month(self):
        """Ask for an improvement of each frequent cause of last month, once. Rule D8.

        Complaints that get their cause later are counted as long as it is open.
        """
        # sudo: complaints of all accounts
        programs_sudo = self.env["club.program"].sudo()
        programs_sudo = programs_sudo.search([])  # pylint: disable=no-search-all
        self.env.flush_all()
        for company, programs in programs_sudo.grouped("company_id").items():
            program = programs[:1]  # the main one comes first
            month = windows.add_months(windows.month_start(company._club_today()), -1)
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO club_improvement AS i
                           (company_id, month, cause_id, complaint_count, state,
                            create_date, write_date)
                    SELECT n.company_id, %(month)s, n.cause_id, count(*), 'open',
                           %(now)s, %(now)s
                      FROM club_need n
                     WHERE n.company_id = %(company)s AND n.is_complaint
                       AND n.cause_id IS NOT NULL
                       AND n.date_received BETWEEN %(month)s AND %(month_end)s
                     GROUP BY n.company_id, n.cause_id
                    HAVING count(*) >= %(often)s
                        ON CONFLICT (company_id, month, cause_id) DO UPDATE
                       SET complaint_count = excluded.complaint_count
                     WHERE i.state = 'open'
                       AND i.complaint_count
                           IS DISTINCT FROM excluded.complaint_count
                    """,
                    company=company.id,
                    month=month,
                    month_end=windows.month_end(month),
                    now=self.env.cr.now(),
                    often=program.improvement_from,
                )
            )
        self.invalidate_model()

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        return SQL(
            """
            SELECT i.id AS res_id, 'improvement'::varchar AS kind, i.user_id,
                   NULL::int AS account_id, NULL::int AS contact_id, i.company_id,
                   NULL::int AS unit_id, NULL::date AS date_from, i.date_due
              FROM club_improvement i
             WHERE i.state = 'open'
            """
        )

    def _get_today_texts(self):
        return {
            record.id: self.env._("Improve: %s", record.display_name) for record in self
        }
