from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ...kernel import windows
from ...kernel.written import get_written
from ..record.groups import OFFICER
from ..record.lock import opened
from ..record.mail_message import BY_SYSTEM
from ..record.names import join
from ..record.reader import as_reader, by_language
from ..record.rpc import for_one, for_records
from .figure_sources import get_verified_sources
from .run_states import COMPUTED, POSTED, VERIFIED
from .unit_changes import find_unit_exceptions, read_changes

NOT_VERIFIED = {"state": "waiting", "user_id": False, "verified_at": False}
EMPTY = {"entry_count": 0, "revenue": 0, "points": 0}
TODO = "mail.mail_activity_data_todo"


class ClubPointsRunUnit(models.Model):
    """A unit's part of a run, verified by its points clerk. Rule B5."""

    _name = "club.points.run.unit"
    _description = "Unit of a Points Run"
    _inherit = ["club.record.mixin"]
    _order = "run_id, unit_id, id"
    _rec_name = "unit_id"
    _club_months = ("month",)

    run_id = fields.Many2one(
        "club.points.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    run_state = fields.Selection(related="run_id.state", string="Run Status")
    run_is_stale = fields.Boolean(related="run_id.is_stale")
    month = fields.Date(related="run_id.month", store=True, precompute=True)
    date_deadline = fields.Date(related="run_id.date_deadline")
    company_id = fields.Many2one(
        related="run_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="run_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        readonly=True,
        ondelete="restrict",
        help="Empty: the accounts that no unit looks after.",
    )
    state = fields.Selection(
        [("waiting", "To verify"), (VERIFIED, "Verified")],
        default="waiting",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Verified by", readonly=True)
    verified_at = fields.Datetime(readonly=True)
    note = fields.Char()
    attachment_ids = fields.Many2many("ir.attachment", string="Source Records")
    no_records_reason = fields.Char(
        "Why Without Source Records",
        help="A unit without source records is verified only with the reason, which "
        "then stays as it is.",
    )
    entry_count = fields.Integer("Entries", readonly=True)
    revenue = fields.Monetary(readonly=True)
    points = fields.Float(digits=(16, 2), readonly=True)
    digest = fields.Char(readonly=True)
    left_out_count = fields.Integer(
        "Entries Left Out",
        readonly=True,
        help="What the run would have posted, had the unit been verified in time.",
    )
    left_out_points = fields.Float("Points Left Out", digits=(16, 2), readonly=True)
    can_verify = fields.Boolean(compute="_compute_can_verify")
    changes_html = fields.Html(
        "This Month Against Last",
        compute="_compute_changes_html",
        help="Revenue by account and product category, the largest changes first.",
    )
    exception_ids = fields.Many2many(
        "club.points.exception",
        string="Exceptions of the Unit",
        compute="_compute_exception_ids",
        help="Revenue of the unit's accounts that earns no points yet, and why.",
    )
    exception_count = fields.Integer(compute="_compute_exception_ids")

    _unit_uniq = models.UniqueIndex(
        "(run_id, coalesce(unit_id, 0))", "A run has one line per unit."
    )

    @api.model
    def _get_figure_sources(self):
        return get_verified_sources()

    @api.depends("unit_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for unit in self:
            unit.display_name = unit.unit_id.name or self.env._("Without a unit")

    def _compute_can_verify(self):
        clerks = self._find_clerks()
        for unit in self:
            unit.can_verify = not unit._get_cannot_verify_reason(clerks)

    def _compute_changes_html(self):
        """Show the largest changes of each; the form asks, lists don't."""
        for unit in self:
            rows = read_changes(unit) if unit.ids and unit.run_id else []
            unit.changes_html = bool(rows) and self.env["ir.qweb"]._render(
                "crm_club.club_unit_changes", unit._get_changes_data(rows)
            )

    def _get_changes_data(self, rows):
        """Return what the table of changes shows: names, amounts, sums."""
        money = self.currency_id.format
        # sudo: the names on the unit's own lines, wherever their accounts are now
        accounts_sudo = self.env["res.partner"].sudo()
        accounts_sudo = accounts_sudo.browse(row["account_id"] for row in rows)
        names = dict(zip(accounts_sudo.ids, accounts_sudo.mapped("name"), strict=True))
        categories = self.env["product.category"].browse(
            {row["category_id"] for row in rows if row["category_id"]}
        )
        lines = {category.id: category.display_name for category in categories}

        names_of_sums = ("this", "older", "last")

        def show(row):
            this, older, last = (row[name] for name in names_of_sums)
            change = this + older - last
            return {
                "this": this and money(this),
                "older": older and money(older),
                "last": last and money(last),
                "change": money(change),
                "is_less": change < 0,
            }

        return {
            "month": f"{self.month:%Y-%m}",
            "last_month": f"{windows.add_months(self.month, -1):%Y-%m}",
            "rows": [
                {
                    "account": names[row["account_id"]],
                    "category": lines.get(row["category_id"], ""),
                    **show(row),
                }
                for row in rows
            ],
            "has_older": rows[0]["has_older"],
            "left": rows[0]["line_count"] - len(rows),
            "total": show({name: rows[0][f"all_{name}"] for name in names_of_sums}),
        }

    @api.depends("run_id.exception_ids")
    @api.depends_context("uid", "company")
    def _compute_exception_ids(self):
        exceptions = self.env["club.points.exception"]
        exceptions = exceptions.search([("run_id", "in", self.run_id.ids)])
        for run, units in self.grouped("run_id").items():
            found = find_unit_exceptions(
                run,
                [unit.unit_id.id for unit in units],
                exceptions.filtered(lambda each, run=run: each.run_id == run._origin),
            )
            for unit in units:
                unit.exception_ids = found[unit.unit_id.id]
                unit.exception_count = len(unit.exception_ids)

    # === In step with the run's entries. Rule B5 === #

    def _bring_in_step(self, run, sums):
        """Bring the units of a run, which these are, in step with its entries; keep
        what is verified.

        A verification whose lines have changed is withdrawn, which the chatter says. A
        unit that has no lines any more stays when somebody has put papers there.

        :param sums: what the entries come to, as `ledger_sql.unit_sums` reads them
        :return: the units of the run now
        """
        found = {unit.unit_id.id: unit for unit in self}
        changes, missing = [], []
        for row in sums:
            names = ("entry_count", "revenue", "points", "digest")
            values = {name: row[name] for name in names}
            unit = found.pop(row["unit_id"] or False, None)
            if unit is None:
                missing.append({"run_id": run.id, "unit_id": row["unit_id"], **values})
            elif unit.digest != values["digest"]:
                changes.append((unit, values))
        emptied = self.browse()
        for unit in found.values():
            if (
                unit.attachment_ids
                or unit.note
                or unit.no_records_reason
                or unit.state == VERIFIED
            ):
                changes.append((unit, {**EMPTY, "digest": False}))
            else:
                emptied |= unit
        for unit, values in changes:
            if unit.state == VERIFIED:
                unit._tell_withdrawn(run)
                # Why it had no papers was said of other lines.
                values = {**values, "no_records_reason": False}
            unit._write_guarded({**values, **NOT_VERIFIED})
        emptied.unlink()
        return self - emptied + self._create_guarded(missing)

    def _tell_withdrawn(self, run):
        run.message_post(
            body=self.env._(
                "%(user)s's verification of %(unit)s is withdrawn, since its lines "
                "have changed.",
                user=self.user_id.name,
                unit=self.display_name,
            )
        )

    def _get_run_state(self):
        """Return the state of a computed run that has these units."""
        late = self.filtered(lambda unit: unit.entry_count and unit.state != VERIFIED)
        return COMPUTED if late or not any(self.mapped("entry_count")) else VERIFIED

    def _ask_clerks(self, run):
        """Ask each waiting unit's clerks, once; who is asked already isn't anew."""
        waiting = self.filtered(lambda unit: unit.state != VERIFIED)
        asked = waiting._get_asked(run)
        activities = run.activity_search([TODO])
        kept = activities.filtered(lambda todo: (todo.user_id, todo.summary) in asked)
        (activities - kept).unlink()
        asked -= {(todo.user_id, todo.summary) for todo in kept}
        if asked:
            self._create_todos(run, asked)

    def _get_asked(self, run):
        """Return who is asked for these units, and how: `{(user, summary)}`."""
        return {
            (
                clerk,
                as_reader(run, clerk).env._(
                    "Verify the points of %s",
                    part.unit_id.sudo().name,  # sudo: who is asked may know it
                ),
            )
            for part, clerks in self._find_clerks().items()
            for clerk in clerks
        }

    def _create_todos(self, run, asked):
        """Make the to-dos and tell the clerks: all by one message in each language, not
        each by his own, as Odoo would.
        """
        clerks = self.env["res.users"].union(*(clerk for clerk, _summary in asked))
        run.message_subscribe(partner_ids=clerks.partner_id.ids)
        quick = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True, club_no_follow=BY_SYSTEM
        )
        todo = self.env.ref(TODO)
        quick.create(
            [
                {
                    "activity_type_id": todo.id,
                    "automated": True,
                    "date_deadline": run.date_deadline,
                    "res_id": run.id,
                    "res_model_id": self.env["ir.model"]._get_id(run._name),
                    "summary": summary,
                    "user_id": clerk.id,
                }
                for clerk, summary in sorted(
                    asked, key=lambda each: (each[0].id, each[1])
                )
            ]
        )
        for told, readers in by_language(run, clerks - self.env.user):
            told.message_notify(
                partner_ids=readers.partner_id.ids,
                subject=told.env._("%s: verify your units' points", told.name),
                body=told.env._(
                    "The points of your units wait for you to verify them until "
                    "%(date)s.",
                    date=format_date(told.env, told.date_deadline),
                ),
                email_layout_xmlid="mail.mail_notification_layout",
            )

    def _end_asking(self, run):
        """Mark what the user was asked for these units as done; nobody else is asked
        for them any more. The chatter says it once.
        """
        asked = self._get_asked(run)
        over = run.activity_search([TODO])
        if run.state != VERIFIED:
            over = over.filtered(lambda todo: (todo.user_id, todo.summary) in asked)
        own = over.filtered(lambda todo: todo.user_id == self.env.user)
        own.action_archive()
        (over - own).unlink()
        run._message_log(
            body=self.env._(
                "%(user)s verified %(units)s.",
                user=self.env.user.name,
                units=format_list(self.env, self.mapped("display_name")),
            )
        )

    def _set_left_out(self):
        """Note what posting leaves out: the totals have it no more."""
        self.ensure_one()
        self._write_guarded(
            {
                "left_out_count": self.entry_count,
                "left_out_points": self.points,
                **EMPTY,
            }
        )

    # === Verifying. Rule B5 === #

    def _find_clerks(self):
        """Return ``{part: users}``: who its unit's points clerks are today.

        Of a unit that companies share, those who work in the part's company.
        """
        # sudo: whoever computes or verifies need not read who the clerks are
        clerks_sudo = self.env["club.unit.clerk"].sudo()
        today = self.env["res.company"]._club_domain_today
        found = dict(
            clerks_sudo._read_group(
                Domain("unit_id", "in", self.unit_id.ids)
                & today(clerks_sudo._domain_in_force),
                ["unit_id"],
                ["user_id:recordset"],
            )
        )
        clerks = {}
        for part in self.filtered(lambda part: part.unit_id in found):
            users, company = found[part.unit_id], part.company_id
            if not part.unit_id.sudo().company_id:  # sudo: as above
                users = users.filtered(lambda one, own=company: own in one.company_ids)
            clerks[part] = users
        return clerks

    def _get_cannot_verify_reason(self, found=None):
        """Return why the user can't verify this unit now, or False.

        :param found: the clerks of many parts, where they are known
        """
        self.ensure_one()
        if self.run_id.state == POSTED:
            return self.env._("%s is posted already.", self.run_id.name)
        if self.state == VERIFIED:
            return self.env._("The unit is verified already.")
        found = self._find_clerks() if found is None else found
        clerks = found.get(self, self.env["res.users"])
        officer = self.env.user.has_group(OFFICER)
        if self.env.user in clerks or (officer and not clerks):
            return False
        return self.env._(
            "Only the points clerk of %(unit)s verifies its lines%(who)s.",
            unit=self.unit_id.name or self.env._("accounts without a unit"),
            who=f" ({join(self.env, clerks.mapped('name'))})" if clerks else "",
        )

    def _check_access(self, operation):
        """What is posted keeps its papers: Odoo asks this for attachments too."""
        refused = super()._check_access(operation)
        if operation != "write" or self.env.su or refused:
            return refused
        # sudo: Odoo asks this of records that it has read past the rules
        posted_sudo = self.sudo().filtered(lambda unit: unit.run_id.state == POSTED)
        if not posted_sudo:
            return None
        posted = posted_sudo.with_env(self.env)
        name = posted_sudo[0].run_id.name
        return posted, lambda: AccessError(
            self.env._("%s is posted: its papers stay.", name)
        )

    def _check_club_open(self):
        """Refuse to change the source records of what is posted by their files."""
        for run in self.run_id.filtered(lambda run: run.state == POSTED):
            raise AccessError(self.env._("%s is posted: its papers stay.", run.name))

    def _check_shown_files_open(self):
        self._check_club_open()
        for unit in self:
            if unit.state == VERIFIED and not get_written(unit.no_records_reason):
                raise UserError(
                    self.env._(
                        "%s was verified by these source records: they stay as long "
                        "as it is.",
                        unit.display_name,
                    )
                )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "no_records_reason" in vals:
            for unit in self:
                if unit.state == VERIFIED:
                    raise UserError(
                        self.env._(
                            "%s is verified: why it has no source records stays as "
                            "it was said.",
                            unit.display_name,
                        )
                    )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "attachment_ids" in vals:
            for unit in self:
                if unit.state == VERIFIED:
                    unit._check_has_records()
            # sudo: papers belong to the unit, not to whoever uploaded them; those of
            # others, which everybody may read, don't become the unit's to change
            for unit in self:
                loose_sudo = unit.attachment_ids.sudo().filtered(
                    lambda paper: not paper.res_id and paper.create_uid == self.env.user
                )
                opened(loose_sudo).write({"res_model": self._name, "res_id": unit.id})

    def _check_has_records(self):
        """Refuse to verify what has neither source records nor the reason. Rule B5."""
        # sudo: papers that the user can't see are there, too
        papers_sudo = self.sudo().attachment_ids
        if not papers_sudo and not get_written(self.no_records_reason):
            raise UserError(
                self.env._(
                    "%s has no source records: attach them, or say there why it is "
                    "verified without.",
                    self.display_name,
                )
            )

    @for_records
    def action_verify(self):
        """Confirm that the unit's lines agree with its source records. Rule B5.

        :raise UserError: without source records and without the reason
        """
        self.check_access("read")
        for run, units in self.grouped("run_id").items():
            run_sudo = run.sudo()  # the clerk may verify, not write the run
            run_sudo._lock_run()
            clerks = units._find_clerks()
            for unit in units:
                reason = unit._get_cannot_verify_reason(clerks)
                if reason:
                    raise AccessError(reason)
                unit._check_has_records()
            units_sudo = units.sudo()  # who is their clerk was asked
            units_sudo._write_guarded(
                {
                    "state": VERIFIED,
                    "user_id": self.env.uid,
                    "verified_at": fields.Datetime.now(),
                }
            )
            run_sudo._refresh_verified()
            units_sudo._end_asking(run_sudo)
        return True

    @for_one
    def action_open_verifying(self):
        """Open the dialog that asks for all that verifying needs at once."""
        reason = self._get_cannot_verify_reason()
        if reason:
            raise AccessError(reason)
        view = self.env.ref("crm_club.club_points_run_unit_view_form_verifying")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verify this unit?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [[view.id, "form"]],
            "target": "new",
        }

    @for_one
    def action_open_exceptions(self):
        return self.run_id._action_of(
            "crm_club.club_points_exception_action",
            [("id", "in", self.exception_ids.ids)],
        )

    @for_one
    def action_open_comparison(self):
        """Open the unit's lines of this month and the last, side by side."""
        last = windows.add_months(self.month, -1)
        action = self.run_id._action_of(
            "crm_club.club_points_entry_action_analysis",
            [
                ("program_id", "=", self.run_id.program_id.id),
                ("unit_id", "=", self.unit_id.id),
                ("kind", "=", "revenue"),
                ("revenue_month", "in", (self.month, last)),
                "|",
                ("run_id", "=", self.run_id.id),
                ("state", "=", POSTED),
            ],
            {
                "pivot_row_groupby": ["account_id", "category_id"],
                "pivot_column_groupby": ["revenue_month:month"],
                "pivot_measures": ["revenue", "points"],
            },
        )
        return {**action, "name": self.env._("This Month Against Last")}

    @for_one
    def action_open_entries(self):
        return self.run_id._action_of(
            "crm_club.club_points_entry_action",
            [("run_id", "=", self.run_id.id), ("unit_id", "=", self.unit_id.id)],
        )
