import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ...kernel import windows
from ..points import bonus_sql, ledger_sql
from ..points.beyond_window import beyond_window
from ..program.club_points_kind import REVENUE
from ..record.groups import AUDITOR, OFFICER
from ..record.rpc import for_one
from . import integrity_queries
from .membership_check import MembershipCheck

_logger = logging.getLogger(__name__)

ERROR, PENDING, CLEAN = "error", "pending", "clean"

LINE_KINDS = [
    ("ledger", "Points on the ledger"),
    ("revenue", "Revenue on the ledger"),
    ("window", "Revenue older than the correction window"),
    ("seal", "Seal of a run"),
    ("run", "Totals of a run"),
    ("reference", "Entry of a deleted record"),
    ("balance", "Balance below zero"),
    ("attendance", "Attendance points of an activity"),
    ("bonus", "Bonus of a tier"),
    ("overlap", "Overlapping memberships"),
    ("dates", "Dates of a membership"),
    ("undecided", "Term undecided past its grace"),
    ("evidence", "Membership without evidence"),
    ("membership", "Tier of a membership"),
    ("measured", "Points of a membership's evidence"),
    ("group", "Group of a membership's evidence"),
    ("override", "Tier set by hand, as signed"),
    ("tier", "Tier shown on the partner"),
    ("grade", "Grade shown on the partner"),
    ("head", "Head shown on the partner"),
]

CAUSES = [
    ("invoice", "Invoice changed after the last run"),
    ("import", "Import after the last run"),
    ("rate", "Rate signed after the last run"),
    ("agreement", "Agreement changed after the last run"),
    ("unit", "Unit was late for the last run"),
    ("merge", "Accounts merged after the last run"),
    ("membership", "Membership changed after the last run"),
    ("daily", "Daily job hasn't come by yet"),
    ("reversal", "Debt left by a correction"),
    ("attendance", "Attendance corrected after its points were posted"),
    ("window", "No run corrects its month any more: a signed adjustment does"),
]

TODO = "mail.mail_activity_data_todo"

CHECKERS = (OFFICER, AUDITOR)


class ClubIntegrityCheck(models.Model):
    """A comparison of facts, ledger, balances, memberships and mirrors. Rule B6.

    Runs every night and at the press of a button; nobody writes it.
    """

    _name = "club.integrity.check"
    _description = "Integrity Check"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _order = "id desc"
    _club_months = ("month_from", "month_to")
    _mail_post_access = "read"

    program_id = fields.Many2one(
        "club.program", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    checked_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, help="Empty: the nightly job."
    )
    month_from = fields.Date(
        readonly=True, help="First month in which facts and ledger were compared."
    )
    month_to = fields.Date(readonly=True, help="The last closed month.")
    line_ids = fields.One2many(
        "club.integrity.line", "check_id", "Differences", readonly=True
    )
    error_count = fields.Integer("Errors", readonly=True, aggregator=None)
    pending_count = fields.Integer("Pending", readonly=True, aggregator=None)
    state = fields.Selection(
        [("clean", "In order"), ("pending", "Pending"), ("error", "Differences")],
        readonly=True,
        default="clean",
        required=True,
    )
    digest = fields.Char(
        readonly=True, help="Tells whether the errors are those of the check before."
    )

    # Running an integrity check: a fixed number of statements over all accounts.
    # Of each program; one that somebody is asked to look at stays, too.
    _checks_kept = 60

    @api.depends("program_id", "checked_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            zone = check.company_id._club_zone()
            moment = format_datetime(
                self.env, check.checked_at, tz=zone, dt_format="short"
            )
            check.display_name = f"{check.program_id.name} {moment}"

    @for_one
    def action_open_lines(self):
        """Open the differences in a list of their own."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_integrity_line_action"
        )
        return {**action, "domain": [("check_id", "=", self.id)], "context": {}}

    # Running an integrity check: a fixed number of statements over all accounts.

    @api.model
    def _cron_check(self):
        """Check every program, and ask officers and auditors to look.

        One that can't be checked doesn't keep the others from it.
        """
        programs = self.env["club.program"].search([])  # pylint: disable=no-search-all
        for program in programs:
            try:
                with self.env.cr.savepoint():
                    self._run(program)
            except (UserError, ValueError, psycopg2.Error):
                _logger.exception("The integrity check of %s failed", program)

    @api.model
    def _run(self, program, user=None):
        """Compare everything of a program and list every difference.

        :return: the check
        """
        # sudo: it compares all there is, whoever asks for it
        program = program.sudo().with_company(program.company_id)
        self.env.flush_all()
        checks_sudo = self.sudo()
        before = checks_sudo.search([("program_id", "=", program.id)], limit=1)
        check = checks_sudo._create_guarded(
            {
                "program_id": program.id,
                "checked_at": fields.Datetime.now(),
                "user_id": user and user.id,
            }
        )
        check.flush_recordset()
        for query in check._get_queries(program):
            check._insert_differences(query)
        check._set_result()
        check._tell(before)
        check._drop_old()
        return check.sudo(False)

    def _get_queries(self, program):
        """Yield what is compared; facts and ledger only once a month is closed."""
        today = program._today()
        last = self.env["club.points.run"].search(
            [
                ("program_id", "=", program.id),
                ("kind", "=", REVENUE),
                ("state", "=", "posted"),
            ],
            order="month desc, chain_no desc",
            limit=1,
        )
        start = program.date_start or None
        if last and not (start and start > last.month):
            window = windows.correction_window(
                last.month, program.correction_months, start
            )
            self._write_guarded({"month_from": window.start, "month_to": last.month})
            self.flush_recordset()
            ledger_sql.collect_facts(program, window.start, window.end)
            yield integrity_queries.ledger(
                program, last, window.start, window.end, ledger_sql.FACTS
            )
            months = bonus_sql.get_months(program, window.start, window.end)
            if months:
                yield integrity_queries.bonus(program, last, months)
            late = beyond_window(program, window.start)
            if late:
                yield integrity_queries.window(late)
        broken = program._find_broken_run()
        if broken:
            yield integrity_queries.seal(broken)
        yield integrity_queries.runs(program)
        yield integrity_queries.references(program)
        yield integrity_queries.balances(program)
        yield integrity_queries.attendance(program)
        yield integrity_queries.memberships(program, today)
        decided = MembershipCheck(program)
        yield decided.run()
        if program == program._get_main(program.company_id):
            yield integrity_queries.mirrors(program, today, decided.get_accounts())
            yield integrity_queries.heads(program)

    def _insert_differences(self, query):
        columns = SQL(", ").join(
            SQL.identifier(name) for name in integrity_queries.COLUMNS
        )
        values = SQL(", ").join(
            # A doctored row may name an account that isn't there any more.
            SQL("p.id") if name == "account_id" else SQL.identifier("d", name)
            for name in integrity_queries.COLUMNS
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_integrity_line (check_id, company_id, %s)
                SELECT %s, %s, %s
                  FROM (%s) d
             LEFT JOIN res_partner p ON p.id = d.account_id
                 ORDER BY d.account_id, d.month, d.res_id
                """,
                columns,
                self.id,
                self.company_id.id,
                values,
                query,
            )
        )

    def _set_result(self):
        """Count the differences; the digest tells errors apart from those before."""
        self.env["club.integrity.line"].invalidate_model()
        self.env.cr.execute(
            """
            SELECT count(*) FILTER (WHERE severity = 'error'),
                   count(*) FILTER (WHERE severity = 'pending'),
                   md5(string_agg(row(kind, res_model, res_id, month, category_id,
                                      product_id, expected, found)::text, '|'
                                  ORDER BY kind, res_model, res_id, month, category_id,
                                           product_id, expected, found)
                       FILTER (WHERE severity = 'error'))
              FROM club_integrity_line
             WHERE check_id = %s
            """,
            [self.id],
        )
        errors, pending, digest = self.env.cr.fetchone()
        self._write_guarded(
            {
                "error_count": errors,
                "pending_count": pending,
                "digest": digest,
                "state": ERROR if errors else PENDING if pending else CLEAN,
            }
        )

    def _tell(self, before):
        """Ask officers and auditors to look at errors, once for the same ones."""
        if self.digest == before.digest:
            return
        self.search([("program_id", "=", self.program_id.id)]).activity_unlink([TODO])
        if not self.digest:
            return
        groups = [self.env.ref(name).id for name in CHECKERS]
        users = self.env["res.users"].search(
            [
                ("all_group_ids", "in", groups),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ]
        )
        for user in users:
            check = self.with_context(lang=user.lang)
            check.activity_schedule(
                TODO,
                date_deadline=self.company_id._club_today(),
                user_id=user.id,
                summary=check.env._(
                    "Differences in %(program)s: %(count)s",
                    count=self.error_count,
                    program=check.program_id.name,
                ),
            )

    def _drop_old(self):
        """Keep the last checks of the program, and those that are still to be seen."""
        old = self.search(
            [("program_id", "=", self.program_id.id)], offset=self._checks_kept
        )
        old.filtered(lambda check: not check.activity_ids).unlink()
