from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_list

from ..contact.looked_after import lead_of
from ..contact.owner import check_may_manage
from ..record.groups import LEAD, OFFICER
from ..record.hold import hold, hold_rows
from ..record.lock import opened
from ..record.number import number
from ..record.rpc import for_one, for_records
from .following import pass_on, refresh_duties

DRAFT, WAITING, DONE, CANCELLED = "draft", "waiting", "done", "cancelled"
STATES = [
    (DRAFT, "Draft"),
    (WAITING, "To Be Confirmed"),
    (DONE, "Handed Over"),
    (CANCELLED, "Cancelled"),
]
LEAVER, MISSED, LEVEL, OTHER = "leaver", "missed", "level", "other"
CAUSES = [
    (LEAVER, "Manager Leaves"),
    (MISSED, "Missed Duties"),
    (LEVEL, "Change of Level"),
    (OTHER, "Change of Manager"),
]


class ClubHandover(models.Model):
    """Accounts go from one manager to another, with what is open. Rules D1, D9.

    Both confirm; then managers, teams, standing duties and open papers change in one
    transaction. Who did what until then stays in the records. A change of level is one
    that names the unit which has the accounts afterwards.
    """

    _name = "club.handover"
    _description = "Hand-Over of Accounts"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _order = "id desc"
    _club_sequence = "HDO"
    _club_draft = DRAFT
    _club_fixed = (
        *("company_id", "user_from_id", "user_to_id", "unit_to_id", "cause"),
        *("date_due", "line_ids", "remarks"),
    )
    _club_closed = (DONE, CANCELLED)

    name = number(required=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        STATES,
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    cause = fields.Selection(
        CAUSES,
        required=True,
        default=OTHER,
        help="Of a manager who leaves, of missed duties and of a change of level the "
        "lead of the unit may confirm in the giver's place.",
    )
    user_from_id = fields.Many2one(
        "res.users",
        "Giver",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        context={"active_test": False},
    )
    user_to_id = fields.Many2one(
        "res.users", "Taker", index=True, domain=[("share", "=", False)], tracking=True
    )
    unit_id = fields.Many2one(
        "crm.team",
        compute="_compute_unit_id",
        store=True,
        index=True,
        help="The unit of the accounts; its lead reads the hand-over.",
    )
    unit_to_id = fields.Many2one(
        "crm.team",
        "New Unit",
        check_company=True,
        ondelete="restrict",
        help="Only of a change of level or unit: who has the accounts afterwards. "
        "Empty: they stay where they are.",
    )
    date_due = fields.Date(
        "To Be Done by",
        required=True,
        default=lambda self: fields.Date.add(self.env.company._club_today(), days=7),
        help="A week from the day that it is drawn up (assumed).",
    )
    remarks = fields.Text(help="Why, and what the next one ought to know.")
    line_ids = fields.One2many("club.handover.line", "handover_id", "Accounts")
    account_count = fields.Integer("Number of Accounts", compute="_compute_counts")
    open_count = fields.Integer(
        "Open in All",
        compute="_compute_counts",
        help="Duties, needs, cases and services booked of the accounts.",
    )
    given_by_id = fields.Many2one(
        "res.users", "Confirmed by Giver", readonly=True, copy=False
    )
    given_at = fields.Datetime("Given On", readonly=True, copy=False)
    taken_by_id = fields.Many2one(
        "res.users", "Confirmed by Taker", readonly=True, copy=False
    )
    taken_at = fields.Datetime("Taken On", readonly=True, copy=False)
    done_at = fields.Datetime("Handed Over On", readonly=True, copy=False)
    can_give = fields.Boolean(compute="_compute_can")
    can_take = fields.Boolean(compute="_compute_can")
    # What a night has proposed once: the quarter, or that somebody left.
    proposed_for = fields.Char(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")
    _proposed_uniq = models.UniqueIndex(
        "(company_id, user_from_id, unit_id, cause, proposed_for)"
        " WHERE proposed_for IS NOT NULL",
        "This hand-over was proposed already.",
    )
    _two = models.Constraint(
        "CHECK(user_to_id <> user_from_id)", "A hand-over goes to somebody else."
    )

    # === Computes === #

    @api.depends("line_ids.account_id", "company_id")
    def _compute_unit_id(self):
        for handover in self:
            # sudo: whose lead reads it, whoever draws it up
            account_sudo = handover.line_ids[:1].account_id.sudo()
            account_sudo = account_sudo.with_company(handover.company_id)
            handover.unit_id = account_sudo.club_unit_id.sudo(False)

    @api.depends("line_ids.account_id")
    @api.depends_context("uid", "company")
    def _compute_counts(self):
        """Count by SQL: a list of eighty has thousands of lines. What a form changes is
        counted by the lines that it shows.
        """
        saved = self.filtered("id")
        lines = self.env["club.handover.line"]
        counts, open_counts = lines._count_of(saved)
        for handover in saved:
            handover.account_count = counts.get(handover.id, 0)
            handover.open_count = open_counts.get(handover.id, 0)
        for handover in self - saved:
            lines = handover.line_ids
            handover.account_count = len(lines)
            handover.open_count = sum(
                line.duty_count + line.need_count + line.case_count + line.booking_count
                for line in lines
            )

    @api.depends("state", "given_at", "taken_at", "user_from_id", "user_to_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for handover in self:
            waits = handover.state == WAITING
            handover.can_give = (
                waits
                and not handover.given_at
                and handover.taken_by_id != self.env.user
                and handover._may_give()
            )
            handover.can_take = (
                waits
                and not handover.taken_at
                and handover.given_by_id != self.env.user
                and handover._may_take()
            )

    # === Who may what === #

    def _get_accounts_sudo(self):
        """Return the accounts, in the company's eyes.

        sudo: whoever confirms need not look after them yet, or any more.
        """
        self.ensure_one()
        return self.sudo().line_ids.account_id.with_company(self.company_id)

    def _leads_all(self):
        """Tell whether the user leads the units of all accounts, or is an officer."""
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        if scope.has_all:
            return True
        led = set(scope.led.ids)
        units = self._get_accounts_sudo().mapped(lambda a: a.club_unit_id.id)
        return bool(units) and {*units} <= led

    def _may_give(self):
        if self.env.user == self.user_from_id:
            return True
        # sudo: whether he has left
        has_left = not self.user_from_id.sudo().active
        return (has_left or self.cause in (LEAVER, MISSED, LEVEL)) and self._leads_all()

    def _may_take(self):
        return self.env.user == self.user_to_id

    def _check_may_draw_up(self):
        """Refuse to hand over what is neither one's own nor one's unit's.

        :raises AccessError: also for a new unit that isn't the user's to fill
        """
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        if not (self.env.user == self.user_from_id or self._leads_all()):
            raise AccessError(
                self.env._(
                    "%s: accounts are handed over by their manager, by the lead of "
                    "their unit or by a club officer.",
                    self.display_name,
                )
            )
        if self.unit_to_id and not (scope.has_all or self.unit_to_id in scope.led):
            raise AccessError(
                self.env._(
                    "%(handover)s: into %(unit)s its lead or a club officer moves "
                    "accounts.",
                    handover=self.display_name,
                    unit=self.unit_to_id.name,
                )
            )

    def _check_may_change(self):
        """Refuse that a manager changes what was proposed about his accounts.

        :raises AccessError: but for the lead of the unit and officers
        """
        if self.env.su:
            return
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        for handover in self.filtered("proposed_for"):
            leads = scope.has_all or handover.unit_id in scope.led
            if handover.user_from_id == self.env.user or not leads:
                raise AccessError(
                    self.env._(
                        "%(handover)s was proposed for the accounts of %(user)s: "
                        "another lead of the unit or a club officer changes, submits "
                        "or cancels it.",
                        handover=handover.display_name,
                        user=handover.user_from_id.sudo().name,  # sudo: to name him
                    )
                )

    def _check_can_apply(self):
        """Refuse what couldn't be done now, naming the accounts.

        :raises UserError: for accounts that another one manages, a taker who can't
            open them, is a trainee, or would have more than he can look after. D2
        """
        # sudo: a refusal names accounts and users
        accounts = self._get_accounts_sudo()
        if not accounts:
            raise UserError(
                self.env._("%s names no account: add some.", self.display_name)
            )
        if not self.user_to_id:
            raise UserError(
                self.env._(
                    "%s doesn't say who takes the accounts: name him.",
                    self.display_name,
                )
            )
        check_may_manage(self.user_to_id, self.company_id)
        gone = accounts.filtered(
            lambda account: account.club_manager_id != self.user_from_id
        )
        if gone:
            raise UserError(
                self.env._(
                    "%(handover)s: %(user)s doesn't manage %(accounts)s any more. Take "
                    "them out, or cancel it.",
                    handover=self.display_name,
                    user=self.user_from_id.sudo().name,
                    accounts=format_list(self.env, gone[:5].mapped("display_name")),
                )
            )
        refusal = self.env["club.manager.load"]._get_refusal(
            self.user_to_id, accounts, self.company_id
        )
        if refusal:
            raise refusal

    # === Steps === #

    @api.model
    def _draw_up(self, accounts):
        """Make a draft for accounts of one manager, and return the action to open it.

        :raises UserError: when they have several managers, or none
        """
        # sudo: whose they are, before he is asked whether he may hand them over
        managers = accounts.sudo().club_manager_id
        bare = accounts.sudo().filtered(lambda account: not account.club_manager_id)
        if len(managers) != 1 or bare:
            raise UserError(
                self.env._(
                    "Choose accounts of one manager for a hand-over; those without one "
                    "are allocated."
                )
            )
        handover = self.create(
            {
                "user_from_id": managers.id,
                "cause": OTHER if managers.active else LEAVER,
                "line_ids": [
                    fields.Command.create({"account_id": account.id})
                    for account in accounts
                ],
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_handover_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": handover.id,
        }

    @for_one
    def action_add_accounts(self):
        """Add all accounts of the giver that the user may hand over."""
        self.check_access("write")
        self._check_state(DRAFT)
        accounts_sudo = self.env["res.partner"].sudo().with_company(self.company_id)
        found_sudo = accounts_sudo.search(
            [
                ("club_manager_id", "=", self.user_from_id.id),
                ("is_company", "=", True),
                ("id", "not in", self.line_ids.account_id.ids),
            ]
        )
        found_sudo = found_sudo.filtered(
            lambda account: account.commercial_partner_id == account
        )
        if self.env.user != self.user_from_id:
            scope = self.env["res.partner"]._get_my_scope(OFFICER)
            found_sudo = found_sudo.filtered(
                lambda account: scope.has_all or account.club_unit_id in scope.led
            )
        self.line_ids = [
            fields.Command.create({"account_id": number}) for number in found_sudo.ids
        ]
        return True

    @for_records
    def action_submit(self):
        """Ask both to confirm."""
        for handover in self:
            hold(handover)
            handover._check_state(DRAFT)
            handover._check_may_change()
            handover._check_may_draw_up()
            handover._check_can_apply()
            handover._set_state([DRAFT], WAITING)
        return True

    @for_records
    def action_give(self):
        """Confirm as the one who hands over, or for him as lead of the unit."""
        for handover in self:
            handover._confirm("given", handover._may_give)
        return True

    @for_records
    def action_take(self):
        """Confirm as the one who takes over."""
        for handover in self:
            handover._confirm("taken", handover._may_take)
        return True

    def _confirm(self, name, is_allowed):
        """Note who confirms; with the second one the accounts change hands."""
        self.check_access("read")
        hold(self)
        self._check_state(WAITING)
        if self[f"{name}_at"]:
            raise UserError(
                self.env._("%s is confirmed on this side already.", self.display_name)
            )
        if not is_allowed():
            raise AccessError(
                self.env._(
                    "%s is confirmed by the one who gives and the one who takes; of a "
                    "manager who leaves, or missed duties, by the lead of the unit.",
                    self.display_name,
                )
            )
        if self.env.user in (self.given_by_id, self.taken_by_id):
            raise AccessError(
                self.env._(
                    "%s: you have confirmed the other side, and two confirm a "
                    "hand-over: the giver, or somebody above you, confirms this one.",
                    self.display_name,
                )
            )
        # sudo: who takes doesn't change the paper otherwise
        self.sudo()._write_guarded(
            {f"{name}_by_id": self.env.uid, f"{name}_at": fields.Datetime.now()}
        )
        if self.given_at and self.taken_at:
            self._apply()

    def _apply(self):
        """Change managers, teams, duties and owners of what is open. Rule D9."""
        accounts = self._get_accounts_sudo()
        hold(accounts)
        self._check_can_apply()
        accounts._assign_club(
            dict.fromkeys(accounts.ids, self.user_to_id.id), self.unit_to_id
        )
        pass_on(accounts, self.user_from_id, self.user_to_id)
        # sudo: as above
        opened(self.sudo()).write({"state": DONE, "done_at": fields.Datetime.now()})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        refresh_duties(accounts)

    @for_records
    def action_reset(self):
        """Take it back to change it: both confirm anew."""
        for handover in self:
            hold(handover)
            handover._check_may_change()
            handover._check_may_draw_up()
            handover._set_state(
                [WAITING],
                DRAFT,
                given_by_id=False,
                given_at=False,
                taken_by_id=False,
                taken_at=False,
            )
        return True

    @for_records
    def action_cancel(self):
        """Cancel it: by who gives, who takes, or the lead of the unit."""
        for handover in self:
            hold(handover)
            handover._check_may_change()
            users = handover.user_from_id | handover.user_to_id | handover.create_uid
            if self.env.user not in users and not handover._leads_all():
                handover._check_may_draw_up()
            handover._set_state([DRAFT, WAITING], CANCELLED)
            # sudo: the to-do is the lead's
            handover.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _check_lines_open(self, lines):
        """Accounts and remarks are what both confirm."""
        super()._check_lines_open(lines)
        hold_rows(self)  # both confirm what is there when it is submitted
        self._check_may_change()
        for handover in self:
            if handover.state != DRAFT:
                raise handover._get_fixed_refusal(["line_ids"])

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._(
                "%s was submitted: take it back to draft to change it.",
                self.display_name,
            )
        )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if self._get_club_names(vals):
            self._check_may_change()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_may_change()
        for handover in self:
            if handover.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s was submitted and stays: cancel it.", handover.display_name
                    )
                )

    # === Proposed by the club itself. Rule D9 === #

    @api.model
    def _cron_propose(self):
        """Ask for hand-overs of leavers and of accounts with missed duties, once."""
        # sudo: all managers and accounts
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        gone = (
            self.env["club.account.team"]
            .sudo()
            ._read_group(
                [
                    *(("role", "=", "lead"), ("date_to", "=", False)),
                    ("user_id", "in", users_sudo._search([("active", "=", False)])),
                ],
                ["user_id"],
            )
        )
        self.sudo()._propose_for_leavers(users_sudo.union(*(user for (user,) in gone)))
        self.sudo()._propose_for_missed()

    @api.model
    def _propose_for_leavers(self, users):
        """Draw up what leavers have to hand over: one for each of them and unit."""
        rows = self.env["club.account.team"]._read_group(
            [
                *(("role", "=", "lead"), ("date_to", "=", False)),
                ("user_id", "in", users.ids),
            ],
            ["user_id", "company_id"],
            ["account_id:recordset"],
        )
        for user, company, accounts in rows:
            self._propose(company, user, accounts, LEAVER, "left")

    @api.model
    def _propose_for_missed(self):
        """Draw up those of accounts with as many missed duties in this quarter as the
        program says.
        """
        self.env["club.duty"].flush_model()
        # pylint: disable-next=no-search-all
        companies = self.env["club.program"].search([]).company_id
        for company in companies:
            program = self.env["club.program"]._get_main(company)
            number = program.handover_missed
            if not number:
                continue
            today = company._club_today()
            first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            rows = self.env.execute_query(
                SQL(
                    """SELECT l.user_id, array_agg(l.account_id ORDER BY l.account_id)
                         FROM (SELECT account_id, user_id FROM club_duty
                                WHERE company_id = %(company)s AND state = 'missed'
                                  AND date_due >= %(first)s
                             GROUP BY account_id, user_id
                               HAVING count(*) >= %(number)s) d
                         JOIN club_account_team l ON l.account_id = d.account_id
                              AND l.user_id = d.user_id
                              AND l.company_id = %(company)s
                        WHERE l.role = 'lead' AND l.date_to IS NULL
                     GROUP BY l.user_id ORDER BY l.user_id""",
                    company=company.id,
                    first=first,
                    number=number,
                )
            )
            quarter = f"{first:%Y}-Q{(first.month + 2) // 3}"
            for user_id, account_ids in rows:
                user = self.env["res.users"].browse(user_id)
                accounts = self.env["res.partner"].browse(account_ids)
                self._propose(company, user, accounts, MISSED, quarter)

    @api.model
    def _propose(self, company, user, accounts, cause, proposed_for):
        """Draw up a draft for each unit of the accounts, and tell its lead.

        Accounts that wait in another hand-over of this user are left out; his own
        drafts, of which nobody hears, keep none from being proposed.
        """
        there = self.search(
            [
                *(("company_id", "=", company.id), ("user_from_id", "=", user.id)),
                "|",
                *("|", ("state", "=", WAITING)),
                *("&", ("state", "=", DRAFT), ("create_uid", "!=", user.id)),
                *("&", ("cause", "=", cause), ("proposed_for", "=", proposed_for)),
            ]
        )
        if cause == LEAVER:
            there = there.filtered(lambda handover: handover.state != CANCELLED)
            done = there.filtered(lambda handover: handover.state == DONE)
            opened(done).write({"proposed_for": False})  # he came back, and left again
            there -= done
        accounts = (accounts - there.line_ids.account_id).with_company(company)
        taken_units = there.filtered("proposed_for").unit_id
        for unit, found in accounts.grouped("club_unit_id").items():
            draft = there.filtered(
                lambda handover, unit=unit: (
                    handover.state == DRAFT and handover.unit_id == unit
                )
            )
            lines = [
                fields.Command.create({"account_id": account.id}) for account in found
            ]
            if draft:
                draft[0].line_ids = lines
                continue
            if unit in taken_units:
                continue
            handover = self.with_company(company)._create_guarded(
                {
                    "company_id": company.id,
                    "user_from_id": user.id,
                    "cause": cause,
                    "proposed_for": proposed_for,
                    "line_ids": lines,
                }
            )
            handover._tell_lead()

    def _tell_lead(self):
        """Ask the nearest lead of the unit, who can open it, to see to it."""
        self.ensure_one()
        reader = self.unit_id._get_nearest_lead(self.company_id)
        if not (reader and reader.has_group(LEAD)):
            return
        records = self.with_context(lang=reader.lang or self.env.lang)
        records.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_due,
            user_id=reader.id,
            summary=records.env._(
                "%(user)s: accounts to hand over: %(count)s",
                user=self.user_from_id.name,
                count=len(self.line_ids),
            ),
        )

    # === What is owed === #

    @api.model
    def _get_today_sql(self):
        """What was proposed waits for the unit's lead; else for who hasn't confirmed,
        the giver first.
        """
        lead = lead_of(SQL("h.unit_id"))
        return SQL(
            """
            SELECT h.id AS res_id, %(kind)s::varchar AS kind,
                   CASE WHEN h.state = 'draft' THEN %(lead)s
                        WHEN h.given_at IS NOT NULL THEN h.user_to_id
                        WHEN g.active THEN h.user_from_id
                        ELSE %(lead)s END AS user_id,
                   NULL::int AS account_id, NULL::int AS contact_id, h.company_id,
                   h.unit_id, NULL::date AS date_from, h.date_due
              FROM club_handover h
              JOIN res_users g ON g.id = h.user_from_id
             WHERE h.state = 'waiting'
                OR (h.state = 'draft' AND h.proposed_for IS NOT NULL)
            """,
            kind="handover",
            lead=lead,
        )

    def _get_today_texts(self):
        return {
            handover.id: self.env._(
                "Hand over accounts of %(user)s (%(count)s): %(handover)s",
                count=handover.account_count,
                user=handover.user_from_id.name,
                handover=handover.name,
            )
            for handover in self
        }
