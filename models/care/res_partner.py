from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..contact.club_account_team import LEAD
from ..record.groups import OFFICER, READERS
from ..record.lock import is_open
from ..record.rpc import for_records

LACKS = [("manager", "No Manager"), ("team", "No Team")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Who looks after it. Rules D1, D2, D14 === #
    club_lacks = fields.Selection(
        LACKS,
        "Lacks",
        compute="_compute_club_lacks",
        search="_search_club_lacks",
        groups=READERS,
        help="A tier asks for a named manager, or for a team beside him, and the "
        "account has none.",
    )
    club_first_contacts = fields.Text(
        "First Contacts",
        compute="_compute_club_first_contacts",
        groups=READERS,
        help="Who had the earliest recorded contact, by contact log and lead: a new "
        "account goes to him. Rule D1.",
    )

    @api.depends("club_manager_id", "club_tier_id", "club_team_ids.date_to")
    @api.depends_context("company")
    def _compute_club_lacks(self):
        lines_sudo = self.env["club.account.team"].sudo()  # the team as a whole
        found = lines_sudo._read_group(
            [
                ("account_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("role", "!=", LEAD),
                *lines_sudo._domain_in_force(self.env.company._club_today()),
            ],
            ["account_id"],
        )
        with_team = {account.id for (account,) in found}
        for partner in self:
            tier = partner.club_tier_id
            if tier.is_named and not partner.club_manager_id:
                partner.club_lacks = "manager"
            elif tier.has_team and partner._origin.id not in with_team:
                partner.club_lacks = "team"
            else:
                partner.club_lacks = False

    def _search_club_lacks(self, operator, value):
        if operator != "in":
            return NotImplemented
        key = str(self.env.company.id)
        tiers = self.env["club.tier"]._fields
        self.env["club.account.team"].flush_model()
        no_manager = SQL(
            "NOT EXISTS (SELECT FROM res_users u"
            " WHERE u.id::text = p.club_manager_id ->> %s)",
            key,
        )
        no_team = SQL(
            "NOT EXISTS (SELECT FROM club_account_team l WHERE l.account_id = p.id"
            " AND l.company_id = %(company)s AND l.role <> 'lead'"
            " AND l.date_from <= %(day)s"
            " AND (l.date_to IS NULL OR l.date_to >= %(day)s))",
            company=self.env.company.id,
            day=self.env.company._club_today(),
        )
        lacking = {
            "manager": SQL("(t.is_named AND %s)", no_manager),
            "team": SQL(
                "(t.has_team AND NOT (t.is_named AND %s) AND %s)", no_manager, no_team
            ),
        }
        domains = []
        for terms, is_in in (
            ([lacking[code] for code in value if code in lacking], True),
            (list(lacking.values()) if False in value else [], False),
        ):
            if terms:
                query = SQL(
                    "(SELECT p.id FROM res_partner p"
                    " JOIN club_tier t ON t.id = (%s ->> %s)::int WHERE %s)",
                    SQL.identifier(
                        "p",
                        "club_tier_id",
                        to_flush=self._fields["club_tier_id"],
                    ),
                    key,
                    SQL(" OR ").join(terms),
                    to_flush=tiers["is_named"],
                )
                domains.append(Domain("id", "in" if is_in else "not in", query))
        return Domain.OR(domains)

    @api.depends("club_manager_id")
    @api.depends_context("company", "lang")
    def _compute_club_first_contacts(self):
        """Say both sources of accounts that have no manager yet."""
        accounts = self.filtered(
            lambda partner: partner.is_company and not partner.club_manager_id
        )
        firsts = accounts._origin._get_club_first_contacts()
        for partner in self:
            partner.club_first_contacts = "\n".join(
                self.env._(
                    "%(day)s: %(user)s (%(source)s)", day=day, user=user.name, source=name
                )
                for day, user, name in firsts.get(partner._origin.id, ())
            )

    def _get_club_first_contacts(self):
        """Return ``{account id: [(day, user, source)]}``, the earliest first."""
        sources = [
            (
                self.env._("lead"),
                SQL(
                    """SELECT DISTINCT ON (p.commercial_partner_id)
                              p.commercial_partner_id, l.create_date::date, l.user_id
                         FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                        WHERE p.commercial_partner_id = ANY(%s)
                          AND l.user_id IS NOT NULL
                          AND (l.company_id IS NULL OR l.company_id = %s)
                        ORDER BY p.commercial_partner_id, l.create_date, l.id""",
                    self.ids,
                    self.env.company.id,
                ),
            )
        ]
        if "club.contact.log" in self.env:
            sources.append(
                (
                    self.env._("contact log"),
                    SQL(
                        """SELECT DISTINCT ON (account_id)
                                  account_id, held_on, user_id
                             FROM club_contact_log
                            WHERE account_id = ANY(%s) AND company_id = %s
                            ORDER BY account_id, held_on, id""",
                        self.ids,
                        self.env.company.id,
                    ),
                )
            )
        if not self.ids:
            return {}
        self.env.flush_all()
        users_sudo = self.env["res.users"].sudo()  # to name them
        found = {}
        for name, query in sources:
            for account_id, day, user_id in self.env.execute_query(query):
                found.setdefault(account_id, []).append(
                    (day, users_sudo.browse(user_id), name)
                )
        return {key: sorted(rows, key=lambda row: row[0]) for key, rows in found.items()}

    # === Assigned by hand. Rule D2 === #

    def write(self, vals):
        """
        :raises UserError: when a manager is given more than he can look after, a
            trainee more than the lowest tier, or an account that needs one none
        """
        asks = "club_manager_id" in vals and not self.env.su and not is_open(self.env)
        if asks:
            self._check_club_manager(vals["club_manager_id"])
        return super().write(vals)

    def _check_club_manager(self, user_id):
        """Ask of a manager set by hand what a hand-over asks.

        An officer may load somebody beyond what he can look after, and sees it in the
        list of loads; nobody gives a trainee more than the lowest tier.
        """
        self.check_access("write")  # a refusal names the account
        accounts = self.filtered(lambda partner: partner.commercial_partner_id == partner)
        if not accounts:
            return
        if not user_id:
            for account in accounts:
                tier = account.club_tier_id
                if tier.is_named and account.club_manager_id:
                    raise UserError(
                        self.env._(
                            "%(account)s is %(tier)s and needs a named manager: choose "
                            "another one instead of none.",
                            account=account.display_name,
                            tier=tier.name,
                        )
                    )
            return
        user = self.env["res.users"].browse(user_id)
        loads = self.env["club.manager.load"]
        others = accounts.sudo().filtered(
            lambda account: account.club_manager_id != user
        )
        company = self.env.company
        refusal = loads._get_trainee_refusal(user, others, company)
        if not refusal and not self._get_my_scope(OFFICER).has_all:
            refusal = loads._get_load_refusal(user, others, company)
        if refusal:
            raise refusal

    @for_records
    def action_club_hand_over(self):
        """Draw up a hand-over of the chosen accounts; they have one manager."""
        return self.env["club.handover"]._draw_up(self.commercial_partner_id)
