from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..approval.states import EDITABLE
from ..contact.looked_after import unit_of
from ..record.rpc import for_one

STEP = 16384  # a row's id: its account's, times this, and its company's


class ClubAccountPlanDue(models.Model):
    """Accounts without a plan for this year, though their tier asks for one. Rule D15.

    A read-only view: an account is in it until its plan is submitted. It is due by the
    end of the month that the program says; who came up to the tier later has a month.
    """

    _name = "club.account.plan.due"
    _description = "Account without a Plan"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date_due, id"
    _rec_name = "account_id"

    account_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    tier_id = fields.Many2one("club.tier", "Membership Tier", readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    unit_id = fields.Many2one("crm.team", readonly=True)
    year = fields.Integer(readonly=True, aggregator=None)
    date_due = fields.Date("Due", readonly=True)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    plan_id = fields.Many2one(
        "club.account.plan", "Plan Begun", readonly=True, help="Not submitted yet."
    )

    _depends = {
        "club.account.plan": [
            *("account_id", "approval_state", "company_id", "number", "year"),
        ],
        "club.account.team": ["account_id", "company_id", "date_to", "role", "user_id"],
        "club.membership": ["account_id", "date_from", "state", "tier_id"],
        "club.program": ["account_plan_month"],
        "club.tier": ["active", "has_plan", "program_id"],
        "res.partner": ["active", "club_tier_id", "club_unit_id"],
    }

    @property
    def _table_query(self):
        """Numbers are an account's (31 bits) and a company's (14), which JavaScript
        holds exactly, those of the list of today, too.
        """
        today = self.env.company._club_today()
        return SQL(
            """
            SELECT a.id::bigint * %(step)s + t.company_id AS id, a.id AS account_id,
                   t.company_id, t.id AS tier_id, l.user_id, %(unit)s AS unit_id,
                   %(year)s AS year, p.id AS plan_id, due.date_due
              FROM club_tier t
              JOIN club_program g ON g.id = t.program_id AND g.active
              JOIN res_partner a
                ON (a.club_tier_id ->> t.company_id::text)::int = t.id
               AND a.active AND a.commercial_partner_id = a.id
         LEFT JOIN club_account_team l
                ON l.account_id = a.id AND l.company_id = t.company_id
               AND l.role = 'lead' AND l.date_to IS NULL
         LEFT JOIN club_account_plan p
                ON p.account_id = a.id AND p.company_id = t.company_id
               AND p.year = %(year)s AND p.number = 0
        CROSS JOIN LATERAL (
            SELECT greatest(
                       make_date(%(year)s, coalesce(g.account_plan_month, 1), 1)
                           + interval '1 month - 1 day',
                       (SELECT max(m.date_from) + interval '1 month'
                          FROM club_membership m
                         WHERE m.account_id = a.id AND m.tier_id = t.id
                           AND m.state = 'valid' AND m.date_from <= %(today)s)
                   )::date AS date_due
            OFFSET 0) due  -- worked out once, however often it is asked for
             WHERE t.has_plan AND (p.id IS NULL OR p.approval_state IN %(open)s)
            """,
            unit=unit_of(SQL("a"), SQL("t.company_id")),
            step=STEP,
            year=today.year,
            today=today,
            open=EDITABLE,
        )

    @api.depends("company_id", "date_due")
    def _compute_is_overdue(self):
        todays = {company: company._club_today() for company in self.company_id}
        for due in self:
            today = todays.get(due.company_id)
            due.is_overdue = bool(due.date_due) and due.date_due < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["res.company"]._club_domain_today(
            lambda today: [("date_due", "<", today)]
        )

    # === What is owed === #

    def _get_today_sql(self):
        """Owed from the first of the year on, by the account's manager."""
        return SQL(
            """
            SELECT d.id AS res_id, 'account_plan'::varchar AS kind, d.user_id,
                   d.account_id, NULL::int AS contact_id, d.company_id, d.unit_id,
                   make_date(d.year, 1, 1) AS date_from, d.date_due
              FROM (%s) d
             WHERE d.user_id IS NOT NULL
            """,
            self._table_query,
        )

    def _get_today_texts(self):
        return {
            due.id: self.env._("Draw up the account plan of %s", str(due.year))
            for due in self
        }

    # === Buttons === #

    @for_one
    def action_draw_up(self):
        """Open the account's plan of the year, which is drawn up where there is none.

        :raises AccessError: for who may not draw up plans of the account
        """
        self.check_access("read")
        plans = self.env["club.account.plan"].with_company(self.company_id)
        plan = self.plan_id or plans.create(
            {
                "account_id": self.account_id.id,
                "company_id": self.company_id.id,
                "year": self.year,
            }
        )
        return plan._get_form_action()

    @api.model
    def _get_today_ids_domain(self, res_ids):
        """A row's id is worked out; its account has an index. The list of today asks
        for each row that it shows.
        """
        accounts = [number // STEP for number in res_ids]
        return super()._get_today_ids_domain(res_ids) & Domain(
            "account_id", "in", accounts
        )
