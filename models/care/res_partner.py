from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..contact.channels import CHANNELS
from ..record.groups import READERS, USER
from ..record.rpc import for_one
from .club_account_pulse import LEVELS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Greetings. Rule D5 === #
    club_founded_on = fields.Date(
        "Founded On", help="Of a company, for the greeting of its anniversary."
    )
    club_greeting_count = fields.Integer(
        "Greetings", compute="_compute_club_greeting_count", groups=USER
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
        compute="_compute_club_pulse",
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
        if self == account:
            return {"domain": [("account_id", "=", account.id)], "context": context}
        return {
            "domain": [("contact_id", "=", self.id)],
            "context": {**context, "default_contact_id": self.id},
        }

    @api.depends_context("uid", "company", "lang")
    def _compute_club_pulse(self):
        """Follow the record rules of the pulse: who can't read it sees none."""
        pulses = self.env["club.account.pulse"].search(
            [
                ("account_id", "in", self.commercial_partner_id._origin.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        found = pulses.grouped("account_id")
        for partner in self:
            pulse = found.get(partner.commercial_partner_id._origin, pulses.browse())
            partner.club_pulse_level = pulse.level
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
            "domain": [("account_id", "=", self.commercial_partner_id.id)],
            "context": {},
        }

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

    def _compute_club_duties(self):
        """Count what the user sees of it: record rules hold. Rules D3, D4."""
        duties = self.env["club.duty"]
        mine = [("account_id", "in", self.ids), ("state", "=", "open")]
        today = self.env.company._club_today()
        here = [*mine, ("company_id", "=", self.env.company.id)]
        late = dict(
            duties._read_group(
                [*here, ("date_due", "<", today)], ["account_id"], ["__count"]
            )
        )
        ahead = {
            account: (count, due)
            for account, count, due in duties._read_group(
                [*here, ("date_due", ">=", today)],
                ["account_id"],
                ["__count", "date_due:min"],
            )
        }
        for partner in self:
            count, due = ahead.get(partner._origin, (0, False))
            partner.club_duty_late_count = late.get(partner._origin, 0)
            partner.club_duty_count = count + partner.club_duty_late_count
            partner.club_duty_next = due

    @for_one
    def action_open_club_duties(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_duty_action"
        )
        return {**action, "domain": [("account_id", "=", self.id)]}

    def _compute_club_greeting_count(self):
        """Count what was sent to the account's people, or to the person."""
        lines = self.env["club.greeting.line"]
        counts = {}
        for name in ("account_id", "contact_id"):
            counts |= dict(
                lines._read_group(
                    [(name, "in", self._origin.ids), ("state", "=", "sent")],
                    [name],
                    ["__count"],
                )
            )
        for partner in self:
            partner.club_greeting_count = counts.get(partner._origin, 0)

    @for_one
    def action_open_club_greetings(self):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_greeting_line_action"
        )
        is_account = self.commercial_partner_id == self
        name = "account_id" if is_account else "contact_id"
        return {**action, "domain": [(name, "=", self.id)], "context": {}}

    def write(self, vals):
        """Let duties follow who looks after the account, and whether it is there."""
        result = super().write(vals)
        if {"club_unit_id", "club_manager_id", "active"} & vals.keys():
            # A person has no duties, and an account none before it is a member.
            self.env["club.duty"]._refresh(self.filtered("is_company"))
        return result
