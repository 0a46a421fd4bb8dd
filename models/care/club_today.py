from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ..record.by_company import ByCompany
from ..record.groups import AUDITOR, LEAD, OFFICER
from ..record.rpc import for_one
from .club_duty_rule import KINDS as DUTIES
from .today_rows import STEP, TodayRows, name_branch, unite
from .today_todos import TodayTodos

KINDS = [
    *DUTIES,
    ("answer", "Wait for an Answer"),
    ("guest", "Guest to Confirm"),
    ("need", "Need"),
    ("complaint", "Complaint"),
    ("complaint_call", "Call after a Complaint"),
    ("retention", "At Risk"),
    ("greeting", "Greetings"),
    ("gift", "Gift to Give"),
    ("handover", "Hand-Over"),
    ("improvement", "Improvement"),
    ("log_returned", "Contact to Correct"),
    ("contact_sample", "Contacts to Check"),
    ("signature", "To Sign"),
    ("service", "Service Booked"),
    ("venue", "Venue Booked"),
    ("account_plan", "Account Plan"),
]
# What is done by getting in touch, and then recorded.
DUTY = "club.duty"
CONTACTS = (*dict(DUTIES), "complaint_call", "need", "retention")
# Whose rows: one's own, those of one's units, all that one may see.
MINE, UNIT, ALL = "mine", "unit", "all"
# The tiles, by the names of their filters: what they count, and of which models such
# rows are, where not of any. Beyond so many they say that there are more.
TILES = {
    "late": (("is_late", "=", True), None),
    "week": (("is_this_week", "=", True), None),
    "guests": (("kind", "=", "guest"), ("club.invitation",)),
    "greetings": (
        ("kind", "in", ("greeting", "birthday")),
        (DUTY, "club.greeting", "club.greeting.line"),
    ),
    "complaints": (("kind", "in", ("complaint", "complaint_call")), ("club.need",)),
    "at_risk": (("kind", "=", "retention"), ("club.retention",)),
}
TILE_LIMIT = 999


def get_sunday(today):
    """Return the last day of a day's week."""
    return today + timedelta(days=6 - today.weekday())


class ClubToday(models.Model):
    """What somebody owes an account, or the club, with a day. Rules D3, D4, D16.

    A read-only view of what other records say they owe (`_get_today_sql`): it has no
    state of its own. A row opens its document, and is gone once that one is settled.
    """

    _name = "club.today"
    _description = "Owed Today"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date_due, id"

    name = fields.Char("To Do", compute="_compute_name", compute_sudo=True)
    branch = fields.Integer(readonly=True, aggregator=None)
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document No.", model_field="res_model", readonly=True
    )
    kind = fields.Selection(KINDS, readonly=True)
    user_id = fields.Many2one("res.users", "Owed by", readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    unit_id = fields.Many2one("crm.team", readonly=True)
    date_from = fields.Date("Shown Since", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max")
    is_late = fields.Boolean(
        "Late", compute="_compute_is_late", search="_search_is_late"
    )
    is_this_week = fields.Boolean(
        "Due This Week",
        compute="_compute_is_late",
        search="_search_is_this_week",
        help="From today to Sunday.",
    )
    tier_id = ByCompany(related="account_id.club_tier_id", string="Membership Tier")
    is_contact = fields.Boolean(
        "Done by Contact",
        compute="_compute_is_contact",
        help="Getting in touch with the account is what is owed.",
    )
    can_waive = fields.Boolean(compute="_compute_can_waive")

    # === The view === #

    @property
    def _table_query(self):
        return unite(self._get_branches().values())

    def _get_branches(self):
        """Return the rows of each model that owes something: ``{name: SQL}``."""
        found = {}
        for number, name in enumerate(self._get_branch_models()):
            rows = self.env[name]._get_today_sql()
            if rows is not None:
                found[name] = name_branch(self.env, number, name, rows)
        return found

    @api.model
    @ormcache()
    def _get_branch_models(self):
        """Return the names of the models that say what they owe, in a fixed order."""
        return self._get_models_saying("_get_today_sql")[:STEP]

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        rows = TodayRows(self, not (self.env.su or bypass_access))
        return rows.query(domain, order, offset or 0, limit or None)

    # === Computes === #

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_name(self):
        # sudo: whoever reads that something is owed, reads what it is
        self.name = False
        for model, rows in self.filtered("res_id").grouped("res_model").items():
            documents_sudo = self.env[model].sudo().browse(rows.mapped("res_id"))
            texts = documents_sudo._get_today_texts()
            for row in rows:
                row.name = texts.get(row.res_id)

    @api.depends("name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name

    @api.depends("company_id", "date_due")
    def _compute_is_late(self):
        for company, rows in self.grouped("company_id").items():
            today = company._club_today()
            for row in rows:
                due = row.date_due or date.max
                row.is_late = due < today
                row.is_this_week = today <= due <= get_sunday(today)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["res.company"]._club_domain_today(
            lambda today: [("date_due", "<", today)]
        )

    def _search_is_this_week(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["res.company"]._club_domain_today(
            lambda today: [
                ("date_due", ">=", today),
                ("date_due", "<=", get_sunday(today)),
            ]
        )

    @api.depends("kind", "account_id")
    def _compute_is_contact(self):
        for row in self:
            row.is_contact = row.kind in CONTACTS and bool(row.account_id)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "company")
    def _compute_can_waive(self):
        """Offer it to leads; whether one is his to waive, the duty says."""
        is_lead = self.env.user.has_group(LEAD)
        for row in self:
            is_anothers = row.user_id != self.env.user
            row.can_waive = is_lead and is_anothers and row.res_model == DUTY

    # === Tiles === #

    @api.model
    @api.readonly
    def get_tiles(self, scope=MINE):
        """Return how many rows each tile stands for, one more than `TILE_LIMIT` at
        most, in one statement.

        :param scope: whose rows, one of "mine", "unit" and "all"
        """
        rows = TodayRows(self, not self.env.su)
        scopes = self._get_scopes().items()
        whose = next((found for name, found in scopes if name == scope), Domain.TRUE)
        counts = [
            SQL(
                "(SELECT count(*) FROM (%s) t)",
                rows.query(
                    whose & Domain(*condition), limit=TILE_LIMIT + 1, models=models
                ).select("1"),
            )
            for condition, models in TILES.values()
        ]
        [found] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        return dict(zip(TILES, found, strict=True))

    def _get_scopes(self):
        mine = Domain("user_id", "=", self.env.uid)
        return {MINE: mine, UNIT: mine | Domain("unit_id.club_is_led", "=", True)}

    # === The clock in the bar === #

    @api.model
    def _cron_tell(self):
        """Tell each user how much he owes today, in one to-do."""
        TodayTodos(self).refresh()

    # === Actions === #

    @api.model
    def action_open_today(self):
        """Open the list: an officer's and an auditor's on all, a lead's on his units',
        others' on what is theirs to do.
        """
        scope = next(
            (
                scope
                for group, scope in ((OFFICER, ALL), (LEAD, UNIT), (AUDITOR, ALL))
                if self.env.user.has_group(group)
            ),
            MINE,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_today_action"
        )
        return {**action, "context": {f"search_default_{scope}": 1}}

    @for_one
    def action_record_contact(self):
        """Open the dialog that records a contact, filled with whom it is owed to."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_log_action_record"
        )
        context = {
            "default_account_id": self.account_id.id,
            "default_contact_id": self.contact_id.id,
        }
        if self.res_model == DUTY:
            context["default_duty_id"] = self.res_id
        return {**action, "context": context}

    @for_one
    def action_open_waiver(self):
        """Open the dialog in which a lead lets nobody owe a duty any more. Rule D9."""
        self.check_access("read")
        duties, is_duty = self.env[DUTY], self.res_model == DUTY
        return duties.browse(self.res_id if is_duty else ()).action_open_waiver()

    @for_one
    def action_open_document(self):
        """Open what the row is about."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
