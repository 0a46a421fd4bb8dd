from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..record.names import add_remark
from ..record.rpc import to_date
from .owner import has_role

LEAD, DEPUTY, SPECIALIST = "lead", "deputy", "specialist"
ROLES = [
    (LEAD, "Lead Manager"),
    (DEPUTY, "Deputy"),
    (SPECIALIST, "Specialist"),
]


class ClubAccountTeam(models.Model):
    """Who looks after an account, from when to when. Rules D9, D14, E2.

    The lead is the account's manager: these lines follow `club_manager_id`, by
    statement, and keep who it was before. Deputies and specialists are named by hand.
    Whoever is on the team today has the manager's reach.
    """

    _name = "club.account.team"
    _description = "Account Team"
    _inherit = ["club.record.mixin"]
    _order = "account_id, date_from desc, id desc"
    _club_keeps = "account_id"
    _club_accounts = ("account_id",)

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_company", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Team Member",
        required=True,
        index=True,
        domain=[("share", "=", False)],
    )
    role = fields.Selection(
        ROLES,
        required=True,
        default=DEPUTY,
        help="The lead is the account's manager and follows him. A deputy stands in "
        "for him, a specialist knows one of the products: both see the account and "
        "record what they do.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._club_today()
    )
    date_to = fields.Date("To", help="The last day. Empty: until further notice.")
    is_current = fields.Boolean(
        "On the Team Today",
        compute="_compute_is_current",
        search="_search_is_current",
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A time on an account's team must not end before it begins.",
    )
    _lead_uniq = models.UniqueIndex(
        "(account_id, company_id) WHERE role = 'lead' AND date_to IS NULL",
        "An account has one lead at a time.",
    )
    _member_uniq = models.UniqueIndex(
        "(account_id, company_id, user_id, role) WHERE date_to IS NULL",
        "This person is on the team of the account in this role already.",
    )

    # === Computes === #

    @api.depends("company_id", "date_from", "date_to")
    def _compute_is_current(self):
        for line in self:
            today = line.company_id._club_today()
            line.is_current = (
                bool(line.date_from)
                and line.date_from <= today
                and (not line.date_to or line.date_to >= today)
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["res.company"]._club_domain_today(self._domain_in_force)

    @api.model
    def _domain_in_force(self, on):
        """Return the domain of the lines that hold on the day ``on``."""
        return [
            ("date_from", "<=", on),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", on),
        ]

    @api.depends("user_id", "account_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            # sudo: who reads the line may know whom it names
            line_sudo = line.sudo()
            line.display_name = add_remark(
                self.env, line_sudo.user_id.name, line_sudo.account_id.name
            )

    # === Checks === #

    @api.constrains(
        *("account_id", "company_id", "user_id", "role", "date_from", "date_to")
    )
    def _check_overlap(self):
        """Refuse to name a person twice for the same days. Rule D14."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT l.id FROM club_account_team l"
                " JOIN club_account_team o ON o.account_id = l.account_id"
                " AND o.company_id = l.company_id AND o.user_id = l.user_id"
                " AND o.role = l.role AND o.id <> l.id"
                " AND o.date_from <= COALESCE(l.date_to, 'infinity')"
                " AND COALESCE(o.date_to, 'infinity') >= l.date_from"
                " WHERE l.id = ANY(%s) LIMIT 1",
                self.ids,
            )
        )
        for (number,) in rows:
            line_sudo = self.sudo().browse(number)  # a refusal names both
            raise ValidationError(
                self.env._(
                    "%(user)s is on the team of %(account)s in this role for some of "
                    "these days already: end that time first.",
                    user=line_sudo.user_id.name,
                    account=line_sudo.account_id.name,
                )
            )

    @api.constrains("user_id", "role", "company_id")
    def _check_user_id(self):
        for line in self:
            # sudo: which roles somebody has
            user_sudo = line.user_id.sudo()
            if not (user_sudo.active and has_role(user_sudo, line.company_id)):
                raise ValidationError(
                    self.env._(
                        "%(user)s needs the role Account Manager in %(company)s before "
                        "joining the team of %(account)s: give it in the user's "
                        "settings.",
                        user=user_sudo.name,
                        company=line.company_id.sudo().name,
                        account=line.account_id.sudo().name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        for line in self:
            if line.role == LEAD:
                raise line._get_lead_refusal()

    def _club_check_write(self, vals):
        """Refuse to rewrite who was there: a time is ended, and another one begun."""
        super()._club_check_write(vals)
        end = to_date(self.env, vals.get("date_to"))
        for line in self:
            if line.role == LEAD:
                raise line._get_lead_refusal()
            if {*self._get_club_names(vals)} - {"date_to"}:
                # sudo: a refusal names the account
                raise UserError(
                    self.env._(
                        "The team of %s says who was there when: end this line and add "
                        "another one.",
                        line.account_id.sudo().name,
                    )
                )
            if "date_to" in vals:
                line._check_end(end)

    def _check_end(self, end):
        """Refuse to say anew until when somebody was there: it ends yesterday at the
        earliest, and what has ended stays.
        """
        today = self.company_id._club_today()
        has_ended = self.date_to and self.date_to < today
        if has_ended or end and end < today - timedelta(days=1):
            raise UserError(
                # sudo: a refusal names both
                self.env._(
                    "%(user)s was on the team of %(account)s until then or longer: a "
                    "time ends yesterday at the earliest, and one that has ended "
                    "stays. Add another line for a new time.",
                    user=self.user_id.sudo().name,
                    account=self.account_id.sudo().name,
                )
            )

    def _get_lead_refusal(self):
        # sudo: a refusal names the account
        return UserError(
            self.env._(
                "The lead of %s is its account manager: change that one, and the team "
                "follows.",
                self.account_id.sudo().name,
            )
        )

    # === The lead follows the account's manager === #

    @api.model
    def _follow_managers(self, accounts=None):
        """Let what is kept of accounts follow who assigns them by SQL.

        :param accounts: partners, all when left out; people of an account are skipped
        """
        self._follow_leads(accounts)

    @api.model
    def _follow_leads(self, accounts=None, *, are_new=False):
        """Let the lead lines say who manages the accounts. Rules D9, D14.

        What has changed is ended yesterday and begun today; what was begun today is
        corrected in place. Four statements, for one account or for all.

        :param accounts: partners, all when left out; people of an account are skipped
        :param are_new: whether they have no lines yet: one statement
        """
        names = ["club_manager_id", "commercial_partner_id"]
        self.env["res.partner"].flush_model(names)
        self.flush_model()
        chosen = of_chosen = SQL()
        if accounts is not None:
            chosen = SQL("AND p.id = ANY(%s)", accounts.ids)
            of_chosen = SQL("AND t.account_id = ANY(%s)", accounts.ids)
        # sudo: the day of each company
        # pylint: disable-next=no-search-all
        companies_sudo = self.env["res.company"].sudo().search([])
        parts = {
            "wanted": SQL(
                """wanted AS MATERIALIZED (
                    SELECT p.id AS account_id, d.company_id, u.id AS user_id, d.day
                      FROM res_partner p
                     CROSS JOIN LATERAL jsonb_each_text(p.club_manager_id) k
                      JOIN days d ON d.company_id = k.key::int
                      JOIN res_users u ON u.id::text = k.value
                     WHERE p.club_manager_id IS NOT NULL
                       AND p.commercial_partner_id = p.id %s)""",
                chosen,
            ),
            "days": SQL(
                "days (company_id, day) AS"
                " (SELECT * FROM unnest(%s::int[], %s::date[]))",
                companies_sudo.ids,
                [company._club_today() for company in companies_sudo],
            ),
            "gone": SQL(
                """gone AS MATERIALIZED (
                    SELECT t.id, t.date_from, d.day
                      FROM club_account_team t
                      JOIN days d USING (company_id)
                      LEFT JOIN wanted w USING (account_id, company_id)
                     WHERE t.role = 'lead' AND t.date_to IS NULL
                       AND w.user_id IS DISTINCT FROM t.user_id %s)""",
                of_chosen,
            ),
            "uid": self.env.uid,
        }
        statements = (
            """WITH %(days)s, %(wanted)s
               UPDATE club_account_team t
                  SET user_id = w.user_id, write_uid = %(uid)s,
                      write_date = now() AT TIME ZONE 'UTC'
                 FROM wanted w
                WHERE w.account_id = t.account_id AND w.company_id = t.company_id
                  AND t.role = 'lead' AND t.date_to IS NULL AND t.date_from >= w.day
                  AND w.user_id <> t.user_id""",
            """WITH %(days)s, %(wanted)s, %(gone)s
               DELETE FROM club_account_team t USING gone g
                WHERE g.id = t.id AND g.date_from >= g.day""",
            """WITH %(days)s, %(wanted)s, %(gone)s
               UPDATE club_account_team t
                  SET date_to = g.day - 1, write_uid = %(uid)s,
                      write_date = now() AT TIME ZONE 'UTC'
                 FROM gone g
                WHERE g.id = t.id""",
            """WITH %(days)s, %(wanted)s
               INSERT INTO club_account_team (account_id, company_id, user_id, role,
                   date_from, create_uid, create_date, write_uid, write_date)
               SELECT w.account_id, w.company_id, w.user_id, 'lead', w.day, %(uid)s,
                      now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                 FROM wanted w
                WHERE NOT EXISTS (
                    SELECT FROM club_account_team t
                     WHERE t.account_id = w.account_id
                       AND t.company_id = w.company_id
                       AND t.role = 'lead' AND t.date_to IS NULL)
                ORDER BY w.account_id, w.company_id""",
        )
        for statement in statements[-1:] if are_new else statements:
            self.env.cr.execute(SQL(statement, **parts))
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["club_team_ids", "club_is_mine"])

    # === Merging partners === #

    @api.model
    def _settle_merge(self, sources, target):
        """End what two accounts have at once: one account has one lead, and a person
        is on its team once in a role.
        """
        accounts = (sources | target).ids
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE club_account_team t
                      SET date_to = GREATEST(t.date_from, %(day)s::date - 1)
                    WHERE t.account_id = ANY(%(sources)s) AND t.date_to IS NULL
                      AND (t.role = 'lead' OR EXISTS (
                          SELECT FROM club_account_team o
                           WHERE o.account_id = ANY(%(accounts)s)
                             AND o.company_id = t.company_id
                             AND o.user_id = t.user_id AND o.role = t.role
                             AND o.date_to IS NULL
                             AND (o.account_id = %(target)s OR o.id < t.id)
                             AND o.id <> t.id))""",
                day=self.env.company._club_today(),
                sources=sources.ids,
                accounts=accounts,
                target=target.id,
            )
        )
        self.invalidate_model()
