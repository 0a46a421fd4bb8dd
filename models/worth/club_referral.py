from odoo import api, fields, models
from odoo.tools import SQL

from ..points.facts import fact_lines
from ..record.figure_source import FigureSource
from ..record.rpc import for_one
from .crm_lead import SOURCES

OPEN, WON, LOST = "pending", "won", "lost"
STATES = [(OPEN, "Under Way"), (WON, "Won"), (LOST, "Not Won")]


class ClubReferral(models.Model):
    """What came of each lead that somebody brought: won, member, revenue. Rule D13.

    A read-only view. An account that several leads were won for counts as a member
    once, with its revenue, under the lead that was won first.
    """

    _name = "club.referral"
    _description = "Referral"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Brought On", readonly=True)
    source = fields.Selection(SOURCES, "Brought by", readonly=True)
    brought_by_account_id = fields.Many2one(
        "res.partner", "Member or Partner", readonly=True
    )
    brought_by_user_id = fields.Many2one("res.users", "Colleague", readonly=True)
    activity_id = fields.Many2one("club.activity", "Club Activity", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    field_officer_id = fields.Many2one("res.users", readonly=True)
    accepted_by_id = fields.Many2one("res.users", "Accepted by", readonly=True)
    accepted_on = fields.Date(readonly=True)
    unit_id = fields.Many2one("crm.team", readonly=True)
    state = fields.Selection(STATES, "What Came of It", readonly=True)
    won_on = fields.Date(readonly=True)
    account_id = fields.Many2one("res.partner", readonly=True)
    lead_count = fields.Integer("Leads", readonly=True)
    won_count = fields.Integer("Won Leads", readonly=True)
    member_since = fields.Date(readonly=True)
    member_count = fields.Integer("New Members", readonly=True)
    revenue = fields.Monetary(
        "Revenue Since",
        readonly=True,
        help="Of the account, in the company's currency, since the lead was won.",
    )

    _depends = {
        "account.move.line": [
            *("balance", "club_account_id", "company_id", "date", "parent_state"),
        ],
        "club.membership": [
            *("account_id", "company_id", "date_from", "group_id", "state"),
        ],
        "club.revenue.line": ["account_id", "amount", "month", "state"],
        "crm.lead": [
            *("club_source", "club_referrer_id", "club_referrer_user_id"),
            *("club_referrer_partner_id", "club_referrer_activity_id"),
            *("club_field_officer_id", "club_accepted_by_id", "club_accepted_on"),
            *("company_id", "team_id", "user_id", "partner_id"),
            *("won_status", "date_closed"),
        ],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH zone AS (
                SELECT id AS company_id, coalesce(club_timezone, 'UTC') AS name
                  FROM res_company WHERE active),
            brought AS (
                SELECT l.*, coalesce(l.company_id, t.company_id) AS of_company_id,
                       p.commercial_partner_id AS account_id,
                       (l.create_date AT TIME ZONE 'UTC' AT TIME ZONE z.name)::date
                           AS brought_on,
                       CASE WHEN l.won_status = 'won' THEN
                           (l.date_closed AT TIME ZONE 'UTC' AT TIME ZONE z.name)::date
                       END AS won_on
                  FROM crm_lead l
             LEFT JOIN crm_team t ON t.id = l.team_id
                  JOIN zone z
                    ON z.company_id = coalesce(l.company_id, t.company_id)
             LEFT JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.club_source IS NOT NULL),
            -- Asked of the tables, by their indexes: of few leads it looks at few.
            judged AS (
                SELECT b.*,
                       b.won_on IS NOT NULL AND NOT EXISTS (
                           SELECT FROM res_partner q
                             JOIN crm_lead o ON o.partner_id = q.id
                        LEFT JOIN crm_team t ON t.id = o.team_id
                            WHERE q.commercial_partner_id = b.account_id
                              AND o.club_source IS NOT NULL AND o.won_status = 'won'
                              AND coalesce(o.company_id, t.company_id)
                                  = b.of_company_id
                              AND (o.date_closed, o.id) < (b.date_closed, b.id))
                       AS is_first
                  FROM brought b)
            SELECT b.id, b.id AS lead_id, b.of_company_id AS company_id,
                   b.brought_on AS date, b.club_source AS source,
                   coalesce(b.club_referrer_id, by.commercial_partner_id)
                       AS brought_by_account_id,
                   b.club_referrer_user_id AS brought_by_user_id,
                   b.club_referrer_activity_id AS activity_id, b.user_id,
                   b.club_field_officer_id AS field_officer_id,
                   b.club_accepted_by_id AS accepted_by_id,
                   b.club_accepted_on AS accepted_on, b.team_id AS unit_id,
                   b.won_status AS state, b.won_on, b.account_id,
                   1 AS lead_count, (b.won_on IS NOT NULL)::int AS won_count,
                   member.since AS member_since,
                   (member.since IS NOT NULL)::int AS member_count,
                   coalesce(earned.amount, 0) AS revenue
              FROM judged b
         LEFT JOIN res_partner by ON by.id = b.club_referrer_partner_id
         LEFT JOIN LATERAL (
                SELECT min(m.date_from) AS since
                  FROM club_membership m
                  JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
                 WHERE b.is_first AND m.account_id = b.account_id
                   AND m.company_id = b.of_company_id AND m.state = 'valid'
                HAVING min(m.date_from) >= b.brought_on) member ON TRUE
         LEFT JOIN LATERAL (
                SELECT sum(f.amount) AS amount
                  FROM (%(facts)s) f
                 WHERE b.is_first AND f.account_id = b.account_id
                   AND f.company_id = b.of_company_id
                   AND f.date_end >= b.won_on) earned ON TRUE
            """,
            facts=fact_lines(),
        )

    @api.model
    def _get_figure_sources(self):
        return [FigureSource("referrals", rows=self._select_counted)]

    @api.model
    def _select_counted(self, span):
        """Return what was brought, in its month, and what was won, in its own."""
        self.env.flush_all()
        return SQL(
            """
            SELECT f.id, f.company_id, NULL::int AS account_id, f.unit_id,
                   date_trunc('month', e.day::timestamp)::date AS month,
                   NULL::int AS tier_id, e.value, e.base
              FROM (%(referrals)s) f
             CROSS JOIN LATERAL (VALUES (f.date, 0, 1), (f.won_on, 1, 0)
                   ) e (day, value, base)
             WHERE f.company_id = ANY(%(companies)s)
               AND e.day BETWEEN %(start)s AND %(end)s
            """,
            referrals=self._table_query,
            companies=list(span.company_ids),
            start=span.start,
            end=span.end,
        )

    @api.readonly
    @for_one
    def action_open_lead(self):
        """Open the lead that it tells of."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
