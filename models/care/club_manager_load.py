from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ..contact.looked_after import unit_of
from ..record.hold import hold

# The working days of a year, by which contacts are counted (assumed).
WORKING_DAYS = 248
FULL = 100


class ClubManagerLoad(models.Model):
    """How much each account manager has to look after: a row for each tier and unit.

    An account takes its tier's share of a manager: 100 per cent divided by how many
    accounts of the tier one can look after. Rule D2.
    """

    _name = "club.manager.load"
    _description = "Load of an Account Manager"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "load_total desc, user_id, tier_id"
    _club_by_code = True
    _depends = {
        "club.account.team": ["account_id", "user_id", "company_id", "role", "date_to"],
        "club.duty.rule": ["active", "count", "kind", "tier_ids", "trigger", "unit"],
        "club.tier": ["accounts_per_manager"],
        "res.partner": ["active", "club_grade_id", "club_tier_id", "club_unit_id"],
    }

    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    unit_id = fields.Many2one(
        "crm.team", readonly=True, help="The unit of the accounts."
    )
    tier_id = fields.Many2one("club.tier", readonly=True)
    accounts = fields.Integer(readonly=True)
    per_manager = fields.Integer(
        "One Can Look After",
        readonly=True,
        aggregator=None,
        help="Accounts of this tier, as the tier says.",
    )
    load = fields.Float(
        "Load (%)",
        digits=(16, 1),
        readonly=True,
        help="Accounts of the tier divided by how many one can look after.",
    )
    load_total = fields.Float(
        "Load in All (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="max",
        help="Of all tiers and units together. Rule D2: at most 100 per cent.",
    )
    contacts_a_day = fields.Float(
        "Contacts a Working Day",
        digits=(16, 1),
        readonly=True,
        help="Personal contacts that the tier is owed in a year, over 248 working days "
        "(assumed).",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(s.id) AS id, s.company_id, s.user_id, s.unit_id, s.tier_id,
                   count(*) AS accounts, max(s.per_manager) AS per_manager,
                   coalesce(sum(100.0 / nullif(s.per_manager, 0)), 0)::float8 AS load,
                   (sum(coalesce(sum(100.0 / nullif(s.per_manager, 0)), 0)) OVER (
                        PARTITION BY s.company_id, s.user_id))::float8 AS load_total,
                   (count(*) * coalesce(max(s.contacts), 0) / %(days)s)::float8
                       AS contacts_a_day
              FROM (%(accounts)s) s
          GROUP BY s.company_id, s.user_id, s.unit_id, s.tier_id
            """,
            accounts=self._get_accounts_query(),
            days=WORKING_DAYS,
        )

    @api.model
    def _get_accounts_query(self):
        """Return a row for each account that has a manager in a company."""
        tier_id, grade_id = (
            SQL("(a.%s ->> l.company_id::text)::int", SQL.identifier(name))
            for name in ("club_tier_id", "club_grade_id")
        )
        return SQL(
            """
            SELECT l.id, l.company_id, l.user_id, %(unit)s AS unit_id, t.id AS tier_id,
                   t.accounts_per_manager AS per_manager,
                   greatest(c.contacts, g.contacts) AS contacts
              FROM club_account_team l
              JOIN res_partner a ON a.id = l.account_id AND a.active
         LEFT JOIN LATERAL (
                   SELECT t.id, t.accounts_per_manager
                     FROM club_tier t
                    WHERE t.id IN (%(tier)s, %(grade)s)
                    ORDER BY coalesce(t.accounts_per_manager, 0) > 0 DESC,
                             t.id = %(tier)s DESC NULLS LAST
                    LIMIT 1) t ON TRUE
         LEFT JOIN (%(contacts)s) c ON c.tier_id = %(tier)s
         LEFT JOIN (%(contacts)s) g ON g.tier_id = %(grade)s
             WHERE l.role = 'lead' AND l.date_to IS NULL
            """,
            unit=unit_of(SQL("a"), SQL("l.company_id")),
            tier=tier_id,
            grade=grade_id,
            contacts=SQL(
                """SELECT l.tier_id, max(12.0 / nullif(r.count, 0)) AS contacts
                     FROM club_duty_rule r
                     JOIN club_duty_rule_tier_rel l ON l.rule_id = r.id
                    WHERE r.active AND r.kind = 'contact'
                      AND r.trigger = 'cadence' AND r.unit = 'month'
                    GROUP BY l.tier_id"""
            ),
        )

    @api.depends("user_id", "tier_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            # sudo: who reads the row may know whom it names
            row_sudo = row.sudo()
            row.display_name = self.env._(
                "%(manager)s: %(tier)s",
                manager=row_sudo.user_id.name,
                tier=row_sudo.tier_id.name or "–",
            )

    # === Who can take which accounts. Rule D2 === #

    @api.model
    def _get_loads(self, company):
        """Return the load of each manager of a company: ``{user id: per cent}``."""
        # sudo: a load may be of accounts that whoever asks doesn't see
        rows = self.sudo()._read_group(
            [("company_id", "=", company.id)], ["user_id"], ["load:sum"]
        )
        return {user.id: load for user, load in rows}

    @api.model
    def _get_shares(self, accounts, company):
        """Return what each account takes of a manager: ``{account id: per cent}``."""
        # sudo: tiers of accounts that whoever asks doesn't see
        shares = {}
        for account in accounts.sudo().with_company(company):
            number = (
                account.club_tier_id.accounts_per_manager
                or account.club_grade_id.accounts_per_manager
            )
            shares[account.id] = FULL / number if number else 0.0
        return shares

    @api.model
    def _get_refusal(self, user, accounts, company):
        """Return why a user can't take what isn't his yet; None if he can.

        Above a full load nobody is given more, and a trainee the lowest tiers only.
        """
        accounts_sudo = accounts.sudo().with_company(company)
        others = accounts_sudo.filtered(lambda account: account.club_manager_id != user)
        return self._get_trainee_refusal(
            user, others, company
        ) or self._get_load_refusal(user, others, company)

    @api.model
    def _get_load_refusal(self, user, others, company):
        """As :meth:`_get_refusal`, of accounts that aren't his."""
        more = sum(self._get_shares(others, company).values())
        if not more:
            return None
        # sudo: a refusal names him; two who load him at once are told of each other
        hold(user.sudo())
        load = self._get_loads(company).get(user.id, 0.0)
        if round(load + more, 6) <= FULL:
            return None
        return UserError(
            self.env._(
                "%(user)s looks after %(load)s %% of what one can look after; with "
                "these accounts it would be %(total)s %%: choose somebody with less to "
                "do, or fewer accounts.",
                user=user.sudo().name,
                load=f"{load:.1f}",
                total=f"{load + more:.1f}",
            )
        )

    @api.model
    def _get_trainee_refusal(self, user, others, company):
        # sudo: who is a trainee, and to name him
        members_sudo = self.env["crm.team.member"].sudo()
        until = members_sudo._get_trainees(company).get(user.id)
        if not until:
            return None
        above = [
            account
            for account in others
            for tier in (account.club_tier_id or account.club_grade_id,)
            if tier and not tier._is_lowest()
        ]
        if not above:
            return None
        return UserError(
            self.env._(
                "%(user)s is a trainee until %(day)s and looks after the lowest tier "
                "only: %(accounts)s.",
                user=user.sudo().name,
                day=fields.Date.to_string(until),
                accounts=format_list(
                    self.env, [account.display_name for account in above[:3]]
                ),
            )
        )
