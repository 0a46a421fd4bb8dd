from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..contact.channels import CHANNELS
from ..contact.club_account_team import LEAD
from ..contact.owner import check_may_manage
from ..record.club_figures_mixin import Figure
from ..record.groups import OFFICER, READERS, USER
from ..record.lock import is_open
from ..record.navigate import domain_here
from ..record.rpc import for_one, for_records, is_id
from .club_account_pulse import LEVELS
from .first_contacts import find_first_contacts

# Days of an account by which a list is sorted, though nothing stores them.
CLUB_DAYS = {
    *("club_tier_valid_until", "club_birthday_next"),
    *("club_last_contact_on", "club_duty_next"),
}
LACKS = [("manager", "No Manager"), ("team", "No Team")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Greetings. Rule D5 === #
    club_founded_on = fields.Date(
        "Founded On", help="Of a company, for the greeting of its anniversary."
    )
    club_greeting_count = fields.Integer(
        "Greetings", compute="_compute_club_figures", groups=USER
    )

    # === Contacts. Rule D4 === #
    club_log_count = fields.Integer(
        "Contacts", compute="_compute_club_last_contact", groups=READERS
    )
    club_last_contact_on = fields.Date(
        "Last Contact", compute="_compute_club_last_contact", groups=READERS
    )
    club_last_contact_channel = fields.Selection(
        CHANNELS,
        "Last Contact By",
        compute="_compute_club_last_contact",
        groups=READERS,
    )
    club_last_contact_user_id = fields.Many2one(
        "res.users",
        "Last Contact Made By",
        compute="_compute_club_last_contact",
        groups=READERS,
    )
    club_evaluation_ids = fields.One2many(
        "club.relationship.evaluation",
        "account_id",
        "Evaluations of the Relationship",
        groups=READERS,
    )

    # === Pulse. Rule D6 === #
    club_pulse_level = fields.Selection(
        LEVELS,
        "Activity Level",
        compute="_compute_club_figures",
        search="_search_club_pulse_level",
        groups=READERS,
    )
    club_pulse_reasons = fields.Text(
        "What the Level Comes From", compute="_compute_club_pulse", groups=READERS
    )
    club_is_cross_line = fields.Boolean(
        "Cross-Line",
        compute="_compute_club_pulse",
        search="_search_club_is_cross_line",
        groups=READERS,
        help="Revenue in at least 2 business lines in 12 months.",
    )

    # === Duties. Rules D3, D4 === #
    club_duty_count = fields.Integer(
        "Open Duties",
        compute="_compute_club_duties",
        groups=READERS,
        help="What is owed to the account today.",
    )
    club_duty_late_count = fields.Integer(
        "Late Duties", compute="_compute_club_duties", groups=READERS
    )
    club_duty_next = fields.Date(
        "Next Due",
        compute="_compute_club_duties",
        groups=READERS,
        help="The earliest deadline that hasn't passed.",
    )

    # === The list of accounts. Rules A8, D3, D4 === #
    club_birthday_next = fields.Date(
        "Next Birthday",
        compute="_compute_club_birthday_next",
        groups=USER,
        help="The nearest of the account's member contacts, as far as the user may "
        "know them.",
    )

    # === Who looks after it. Rules D1, D2, D14 === #
    club_has_team = fields.Boolean(
        "Has a Team Today",
        compute="_compute_club_figures",
        groups=READERS,
        help="Somebody beside its manager looks after it today.",
    )
    club_lacks = fields.Selection(
        LACKS,
        "Lacks",
        compute="_compute_club_lacks",
        search="_search_club_lacks",
        groups=READERS,
        help="A tier asks for a named manager, or for a team beside him, and the "
        "account has none.",
    )
    club_is_for_centre = fields.Boolean(
        "Candidate for the Centre",
        compute="_compute_club_is_for_centre",
        search="_search_club_is_for_centre",
        groups=READERS,
        help="From Gold up, revenue in at least 2 business lines, and its unit isn't "
        "the key-account centre. Rule D1.",
    )
    club_first_contacts = fields.Text(
        "First Contacts",
        compute="_compute_club_first_contacts",
        groups=READERS,
        help="Who had the earliest recorded contact, by contact log and lead: a new "
        "account goes to him. Rule D1.",
    )

    # === Contacts === #

    @api.depends_context("uid", "company")
    def _compute_club_last_contact(self):
        """Say when an account, or one of its people, was last in touch; as far as the
        user reads the contacts.
        """
        accounts = self.filtered(lambda p: p == p.commercial_partner_id)
        last = {
            **self._find_last_contacts("account_id", accounts._origin.ids),
            **self._find_last_contacts("contact_id", (self - accounts)._origin.ids),
        }
        for partner in self:
            count, day, channel, user_id = last.get(
                partner._origin.id, (0, False, False, False)
            )
            partner.club_log_count = count
            partner.club_last_contact_on = day
            partner.club_last_contact_channel = channel
            partner.club_last_contact_user_id = user_id

    def _find_last_contacts(self, link, ids):
        """Return ``{partner: (count, day, channel, user)}`` of the last contact.

        :param link: the field of a contact that leads to the partners
        """
        logs = self.env["club.contact.log"]
        if not ids or not logs.has_access("read"):
            return {}
        query = logs._search(
            [(link, "in", ids), ("company_id", "=", self.env.company.id)]
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (%(link)s) %(link)s,
                       count(*) OVER (PARTITION BY %(link)s), held_on, channel, user_id
                  FROM club_contact_log
                 WHERE id IN (%(ids)s)
                 ORDER BY %(link)s, held_on DESC, id DESC
                """,
                link=SQL.identifier(link),
                ids=query.select(),
            )
        )
        return {key: found for key, *found in self.env.cr.fetchall()}

    @for_one
    def action_open_club_contacts(self):
        """Show the contacts with the account or the person, the last one first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_log_action"
        )
        return {**action, **self._get_contact_scope(), "view_mode": "kanban,list,form"}

    @for_one
    def action_open_club_contact_dialog(self):
        """Open the dialog that records a contact with the account or the person."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_contact_log_action_record"
        )
        return {**action, "context": self._get_contact_scope()["context"]}

    def _get_contact_scope(self):
        """Return domain and defaults of contacts with the account or the person."""
        account = self.commercial_partner_id
        context = {"default_account_id": account.id}
        here = domain_here(self.env)
        if self == account:
            domain = [("account_id", "=", account.id), *here]
            return {"domain": domain, "context": context}
        return {
            "domain": [("contact_id", "=", self.id), *here],
            "context": {**context, "default_contact_id": self.id},
        }

    # === Pulse === #

    @api.depends_context("uid", "company", "lang")
    def _compute_club_pulse(self):
        """Follow the record rules of the pulse: who can't read it sees none."""
        pulses = self.env["club.account.pulse"].search_fetch(
            [
                ("account_id", "in", self.commercial_partner_id._origin.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        found = pulses.grouped("account_id")
        for partner in self:
            pulse = found.get(partner.commercial_partner_id._origin, pulses.browse())
            partner.club_pulse_reasons = pulse.reasons
            partner.club_is_cross_line = pulse.is_cross_line

    def _search_club_pulse_level(self, operator, value):
        if operator != "in":
            return NotImplemented
        levels = [level for level in value if level]
        found = self._domain_of_pulses([("level", "in", levels)])
        if len(levels) < len(value):  # those without a pulse, too
            found |= ~self._domain_of_pulses([])
        return found

    def _search_club_is_cross_line(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._domain_of_pulses([("is_cross_line", "=", True)])

    def _domain_of_pulses(self, domain):
        """Return the domain of the accounts whose pulse, as far as the user may read
        it, fits.
        """
        pulses = self.env["club.account.pulse"]._search(
            [("company_id", "=", self.env.company.id), *domain]
        )
        return Domain("id", "in", pulses.subselect("account_id"))

    @for_one
    def action_open_club_pulse(self):
        """Show the figures behind the account's activity level."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_account_pulse_action"
        )
        return {
            **action,
            "domain": [
                ("account_id", "=", self.commercial_partner_id.id),
                *domain_here(self.env),
            ],
            "context": {},
        }

    # === Duties and greetings === #

    def _compute_club_duties(self):
        """Count what the user sees of it: record rules hold. Rules D3, D4."""
        today = self.env.company._club_today()
        found = dict(
            self.env["club.duty"]._read_group(
                [
                    *(("account_id", "in", self.ids), ("state", "=", "open")),
                    ("company_id", "=", self.env.company.id),
                ],
                ["account_id"],
                ["date_due:array_agg"],
            )
        )
        for partner in self:
            days = found.get(partner._origin, ())
            ahead = [day for day in days if day >= today]
            partner.club_duty_count = len(days)
            partner.club_duty_late_count = len(days) - len(ahead)
            partner.club_duty_next = min(ahead, default=False)

    @for_one
    def action_open_club_duties(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_duty_action"
        )
        domain = [("account_id", "=", self.id), *domain_here(self.env)]
        return {**action, "domain": domain}

    @api.model
    def _get_club_figures(self):
        """Add what was sent to the account's people, or to the person; and how active
        the account is: who can't read its pulse sees none.
        """
        lines = self.env["club.account.team"]
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_greeting_count", "club.greeting.line"),
                [("state", "=", "sent")],
                contact="contact_id",
                is_of_company=False,
            ),
            Figure(
                *("club_has_team", "club.account.team"),
                [
                    ("role", "!=", LEAD),
                    *lines._domain_in_force(self.env.company._club_today()),
                ],
                is_sudo=True,  # the team as a whole
            ),
            Figure(
                *("club_pulse_level", "club.account.pulse"),
                value="level:max",
                is_shared=True,
            ),
        ]

    @for_one
    def action_open_club_greetings(self):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_greeting_line_action"
        )
        is_account = self.commercial_partner_id == self
        name = "account_id" if is_account else "contact_id"
        return {**action, "domain": [(name, "=", self.id)], "context": {}}

    # === Created, written === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if not self.env.su and not is_open(self.env):
            for manager in partners.filtered("is_company").club_manager_id:
                check_may_manage(manager, self.env.company)
        return partners

    def write(self, vals):
        """Let duties follow who looks after the account, and whether it is there.

        :raises UserError: when a manager is given more than he can look after, a
            trainee more than the lowest tier, or an account that needs one none
        """
        asks = "club_manager_id" in vals and not self.env.su and not is_open(self.env)
        if asks:
            self._check_club_manager(vals["club_manager_id"])
        result = super().write(vals)
        if {"club_unit_id", "club_manager_id", "active"} & vals.keys():
            # A person has no duties, and an account none before it is a member.
            accounts = self.filtered("is_company")
            if accounts:
                self.env["club.duty"]._refresh(accounts)
                if "club_manager_id" in vals:
                    self.env["club.greeting.line"]._follow_managers(accounts)
        return result

    # === The list of accounts === #

    @api.depends_context("uid", "company")
    def _compute_club_birthday_next(self):
        """Follow the record rules of member contacts: who can't read them sees none."""
        profiles = self.env["club.contact.profile"]
        domain = [
            ("account_id", "in", self._origin.ids),
            ("company_id", "=", self.env.company.id),
            ("birthday_next", ">=", self.env.company._club_today()),
        ]
        found = {}
        if profiles.has_access("read"):
            groups = profiles._read_group(domain, ["account_id"], ["birthday_next:min"])
            found = {account.id: day for account, day in groups}
        for partner in self:
            partner.club_birthday_next = found.get(partner._origin.id)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort accounts by days that are worked out of what the user may read."""
        if field_name not in CLUB_DAYS:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        self._check_field_access(self._fields[field_name], "read")
        model, domain, day = self._get_club_days()[field_name]
        records = self.env[model]._search(
            [("company_id", "=", self.env.company.id), *domain]
        )
        return SQL(
            "(SELECT %s FROM %s r WHERE r.account_id = %s AND r.id IN %s) %s %s",
            SQL(day),
            SQL.identifier(self.env[model]._table),
            SQL.identifier(alias, "id"),
            records.subselect(),
            direction,
            nulls,
        )

    def _get_club_days(self):
        """Return of which records an account's days are, and which day of theirs."""
        # sudo: whoever reads the day may know which program it is of
        program = self.env["club.program"].sudo()._get_main()
        today = self.env.company._club_today()
        return {
            "club_tier_valid_until": (
                "club.membership",
                [
                    *(("program_id", "=", program.id), ("state", "=", "valid")),
                    *(("date_from", "<=", today), ("date_grace", ">=", today)),
                    ("group_id.purpose", "!=", "grade"),
                ],
                "max(r.date_to)",
            ),
            "club_birthday_next": (
                "club.contact.profile",
                [("birthday_next", ">=", today)],
                "min(r.birthday_next)",
            ),
            "club_last_contact_on": ("club.contact.log", [], "max(r.held_on)"),
            "club_duty_next": (
                "club.duty",
                [("state", "=", "open"), ("date_due", ">=", today)],
                "min(r.date_due)",
            ),
        }

    @api.model
    def action_open_club_accounts(self):
        """Open the accounts: whoever has some of his own begins with them, but for
        officers.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_account_action"
        )
        if self.env.user.has_group(OFFICER):
            return action
        mine = self.search([("club_is_mine", "=", True)], limit=1)
        if not mine:
            return action
        context = {"search_default_club_mine": 1, "default_is_company": True}
        return {**action, "context": context}

    # === Who looks after it === #

    @api.depends("club_manager_id", "club_tier_id", "club_has_team")
    @api.depends_context("company")
    def _compute_club_lacks(self):
        for partner in self:
            is_account = partner.commercial_partner_id == partner
            tier = is_account and partner.club_tier_id or partner.club_tier_id.browse()
            if tier.is_named and not partner.club_manager_id:
                partner.club_lacks = "manager"
            elif tier.has_team and not partner.club_has_team:
                partner.club_lacks = "team"
            else:
                partner.club_lacks = False

    def _search_club_lacks(self, operator, value):
        if operator != "in":
            return NotImplemented
        key = str(self.env.company.id)
        tiers = self.env["club.tier"]._fields
        self.env["club.account.team"].flush_model()
        lacking = {
            "manager": SQL("(t.is_named AND u.id IS NULL)"),
            "team": SQL(
                "(t.has_team AND NOT (t.is_named AND u.id IS NULL)"
                " AND l.account_id IS NULL)"
            ),
        }
        domains = []
        for terms, is_in in (
            ([lacking[code] for code in value if code in lacking], True),
            (list(lacking.values()) if False in value else [], False),
        ):
            if terms:
                # Joined, not asked for each account: PostgreSQL guesses such questions
                # so dear that it no longer minds how it joins their answer.
                query = SQL(
                    """
                    (SELECT p.id FROM res_partner p
                       JOIN club_tier t ON t.id = (%(tier)s ->> %(key)s)::int
                  LEFT JOIN res_users u
                         ON u.id = (p.club_manager_id ->> %(key)s)::int
                  LEFT JOIN (SELECT DISTINCT account_id FROM club_account_team
                              WHERE company_id = %(company)s AND role <> 'lead'
                                AND date_from <= %(day)s
                                AND (date_to IS NULL OR date_to >= %(day)s)) l
                         ON l.account_id = p.id
                      WHERE p.commercial_partner_id = p.id AND (%(terms)s))
                    """,
                    tier=SQL.identifier(
                        "p",
                        "club_tier_id",
                        to_flush=self._fields["club_tier_id"],
                    ),
                    key=key,
                    company=self.env.company.id,
                    day=self.env.company._club_today(),
                    terms=SQL(" OR ").join(terms),
                    to_flush=tiers["is_named"],
                )
                domains.append(Domain("id", "in" if is_in else "not in", query))
        return Domain.OR(domains)

    @api.depends("club_tier_id", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_is_for_centre(self):
        for partner in self:
            partner.club_is_for_centre = (
                partner.club_tier_id.is_named
                and partner.club_is_cross_line
                and partner.club_unit_id.club_level != "centre"
            )

    def _search_club_is_for_centre(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: which units are the centre's, and which tiers are from Gold up
        centres = self.env["crm.team"].sudo().search([("club_level", "=", "centre")])
        tiers = self.env["club.tier"].sudo().search([("is_named", "=", True)])
        return Domain.AND(
            [
                [("club_is_cross_line", "=", True)],
                [("club_tier_id", "in", tiers.ids)],
                [("club_unit_id", "not in", centres.ids)],
            ]
        )

    @api.depends("club_manager_id")
    @api.depends_context("company", "lang")
    def _compute_club_first_contacts(self):
        """Say both sources of accounts that have no manager yet."""
        accounts = self.filtered(
            lambda partner: partner.is_company and not partner.club_manager_id
        )
        firsts = find_first_contacts(accounts._origin)
        for partner in self:
            partner.club_first_contacts = "\n".join(
                self.env._(
                    "%(day)s: %(user)s (%(origin)s)",
                    day=day,
                    user=user.name,
                    origin=name,
                )
                for day, user, name in firsts.get(partner._origin.id, ())
            )

    # === Assigned by hand. Rule D2 === #

    def _check_club_manager(self, user_id):
        """Ask of a manager set by hand what a hand-over asks.

        An officer may load somebody beyond what he can look after, and sees it in the
        list of loads; nobody gives a trainee more than the lowest tier.
        """
        self.check_access("write")  # a refusal names the account
        accounts = self.filtered(
            lambda partner: partner.commercial_partner_id == partner
        )
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
        if not is_id(user_id):
            return  # Odoo refuses it
        user = self.env["res.users"].browse(user_id)
        check_may_manage(user, self.env.company)
        loads = self.env["club.manager.load"]
        # sudo: their tiers
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
