from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel.guest_states import ATTENDED, PROPOSED
from ...kernel.windows import half_start
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.hold import hold
from ..record.rpc import for_one, for_records, without_client_context
from .club_hosting_mixin import CANCELLED, HELD

PREPARING, INVITING = "preparing", "inviting"

STATES = [
    (PREPARING, "Preparing"),
    (INVITING, "Inviting"),
    (HELD, "Held"),
    (CANCELLED, "Cancelled"),
]


class ClubRoundTable(models.Model):
    """Accounts talk with the club, and what they need is followed up. Rule C7."""

    _name = "club.round.table"
    _description = "Customer Round Table"
    _inherit = ["club.hosting.mixin", "club.membership.tier.mixin"]
    _order = "date_begin desc, id desc"
    _club_sequence = "RT"
    _club_texts = ("theme", "agenda", "minutes")

    _club_tier_fields = ("tier_ids",)
    _club_draft = PREPARING
    _club_subject = "theme"
    _club_fixed = ("company_id",)
    _club_free = ("minutes",)

    theme = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        STATES,
        default=PREPARING,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_begin = fields.Datetime("Begins", required=True, index=True, tracking=True)
    date_end = fields.Datetime("Ends", required=True)
    place = fields.Char(tracking=True)
    agenda = fields.Text()

    # Who is asked.
    tier_ids = fields.Many2many(
        "club.tier",
        string="Tiers",
        domain=MEMBERSHIP_TIERS,
        check_company=True,
        help="Accounts that have one of these tiers on the day. Empty: any account.",
    )
    industry_ids = fields.Many2many(
        "res.partner.industry", string="Industries", help="Empty: all."
    )
    unit_ids = fields.Many2many(
        "crm.team",
        string="Units",
        check_company=True,
        help="Accounts that these units or those below look after. Empty: all.",
    )
    role_ids = fields.Many2many(
        "club.contact.role",
        string="Roles",
        help="Whom to ask first of an account, as far as I may see it. Empty: its "
        "first contact.",
    )
    invitee_ids = fields.One2many(
        "club.round.table.invitee", "round_table_id", "Invitees"
    )
    invitee_count = fields.Integer(compute="_compute_counts")
    attended_count = fields.Integer("Attended", compute="_compute_counts")
    minutes = fields.Html(copy=False)
    need_ids = fields.One2many("club.need", "round_table_id", "Needs")
    need_count = fields.Integer(compute="_compute_need_count")

    # Rule C7: how often.
    half_year = fields.Char(compute="_compute_cadence")
    cadence = fields.Char(compute="_compute_cadence")
    held_count = fields.Integer(
        "Held in the Half-Year",
        compute="_compute_cadence",
        help="Round tables of the company that were held in the half-year of this one.",
    )
    target_count = fields.Integer(
        "To Hold in a Half-Year",
        compute="_compute_cadence",
        help="As the program says.",
    )

    _dates = models.Constraint(
        "CHECK(date_begin <= date_end)", "A round table can't end before it begins."
    )

    @api.depends("invitee_ids.state")
    def _compute_counts(self):
        found = self.env["club.round.table.invitee"]._read_group(
            [("round_table_id", "in", self._origin.ids)],
            ["round_table_id", "state"],
            ["__count"],
        )
        counts = {(table.id, state): count for table, state, count in found}
        for table in self:
            of_table = {
                state: count
                for (table_id, state), count in counts.items()
                if table_id == table._origin.id
            }
            table.invitee_count = sum(of_table.values())
            table.attended_count = of_table.get(ATTENDED, 0)

    @api.depends("need_ids")
    @api.depends_context("uid")
    def _compute_need_count(self):
        """Count the needs that the user may see."""
        found = self.env["club.need"]._read_group(
            [("round_table_id", "in", self._origin.ids)],
            ["round_table_id"],
            ["__count"],
        )
        counts = {table.id: count for table, count in found}
        for table in self:
            table.need_count = counts.get(table._origin.id, 0)

    @api.depends("date_begin", "state", "company_id")
    def _compute_cadence(self):
        held = self._get_held_halves()
        programs_sudo = self.env["club.program"].sudo()
        for table in self:
            company = table.company_id or self.env.company
            begin = table.date_begin or fields.Datetime.now()
            first = half_start(company._club_day(begin))
            table.half_year = (
                self.env._("first half-year of %s", first.year)
                if first.month == 1
                else self.env._("second half-year of %s", first.year)
            )
            table.held_count = held[company, first]
            program_sudo = programs_sudo._get_main(company)
            table.target_count = program_sudo.round_tables_per_half
            table.cadence = self.env._(
                "%(half_year)s: %(held)s held of %(target)s",
                half_year=table.half_year,
                held=table.held_count,
                target=table.target_count,
            )

    def _get_held_halves(self):
        """Count the round tables held by company and half-year, with one query.

        Whoever draws one up may know how many there were, if not what was said.
        """
        begun = self.filtered("date_begin").mapped("date_begin")
        begun = begun or [fields.Datetime.now()]
        margin = timedelta(days=200)
        held_sudo = self.sudo().search_fetch(
            [
                ("company_id", "in", (self.company_id or self.env.company).ids),
                ("state", "=", HELD),
                ("date_begin", ">=", min(begun) - margin),
                ("date_begin", "<=", max(begun) + margin),
            ],
            ["company_id", "date_begin"],
        )
        return Counter(
            (
                table.company_id,
                half_start(table.company_id._club_day(table.date_begin)),
            )
            for table in held_sudo
        )

    @api.constrains("date_begin")
    def _check_nobody_came(self):
        """Refuse a day to come once it is noted who came. Rule C7."""
        # sudo: whoever came, seen or not
        for table in self.sudo():
            company = table.company_id
            if table.attended_count and (
                company._club_today() < company._club_day(table.date_begin)
            ):
                raise ValidationError(
                    self.env._(
                        "%s can't be put off: it is noted who came already. Say of "
                        "them that they are absent first.",
                        table.display_name,
                    )
                )

    # === Buttons === #

    @for_records
    def action_invite(self):
        """Begin inviting: the list is drawn up."""
        self.check_access("write")
        for table in self:
            if not table.invitee_ids:
                raise UserError(
                    self.env._(
                        "%s has no invitees yet: propose or add them.", table.name
                    )
                )
        return self._set_state((PREPARING,), INVITING)

    @for_records
    def action_hold(self):
        """Say that it took place; who isn't marked as come was absent."""
        result = self._set_state((INVITING,), HELD)
        self.invitee_ids._set_absent()
        return result

    @for_one
    def action_open_needs(self):
        """Show what was stated there, as far as the user may see it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_need_action"
        )
        return {
            **action,
            "domain": [("round_table_id", "=", self.id)],
            "context": {"default_round_table_id": self.id},
        }

    # === Whom a round table asks: accounts by tier, industry and unit. Rule C7 === #

    @for_records
    def action_propose_invitees(self):
        """Put a contact of each entitled account on the list that isn't on it. C7."""
        tables = without_client_context(self)
        tables.check_access("write")
        tables._check_club_open()
        hold(tables)
        for table in tables:
            table._do_propose_invitees()
        return True

    def _do_propose_invitees(self):
        """Insert the invitees by one statement, however many there are.

        Of an account, who has one of the roles comes first, as far as the user may read
        who has; then its first contact; then the account itself.
        """
        self.ensure_one()
        invitees = self.env["club.round.table.invitee"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_round_table_invitee
                       (round_table_id, company_id, account_id, contact_id, state,
                        create_uid, write_uid, create_date, write_date)
                SELECT %(table)s, %(company)s, a.id, coalesce(c.id, a.id), %(state)s,
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM res_partner a
                  LEFT JOIN LATERAL (
                           SELECT p.id FROM res_partner p
                            WHERE p.commercial_partner_id = a.id AND p.id <> a.id
                              AND p.active AND NOT coalesce(p.is_company, FALSE)
                              AND coalesce(p.type, 'contact') = 'contact'
                            ORDER BY p.id IN (%(by_role)s) DESC, p.id
                            LIMIT 1
                       ) c ON TRUE
                 WHERE a.id IN (%(accounts)s)
                   AND NOT EXISTS (SELECT FROM club_round_table_invitee i
                                    WHERE i.round_table_id = %(table)s
                                      AND i.account_id = a.id)
                 ORDER BY a.id
                ON CONFLICT (round_table_id, contact_id) DO NOTHING
                """,
                table=self.id,
                company=self.company_id.id,
                state=PROPOSED,
                user=self.env.uid,
                by_role=self._get_contacts_by_role(),
                accounts=self._get_entitled_accounts(),
            )
        )
        invitees.invalidate_model()
        self.invalidate_recordset()

    def _get_entitled_accounts(self):
        """Return the query of accounts that the filters name."""
        domain = [("parent_id", "=", False), ("is_company", "=", True)]
        if self.industry_ids:
            domain.append(("industry_id", "in", self.industry_ids.ids))
        if self.unit_ids:
            domain.append(("club_unit_id", "child_of", self.unit_ids.ids))
        # Members only. sudo: whoever may read an account may know its tier
        memberships_sudo = self.env["club.membership"].sudo()
        day = self.company_id._club_day(self.date_begin)
        in_force = memberships_sudo._domain_on(day)
        in_force.append(("company_id", "=", self.company_id.id))
        in_force.append(("group_id.purpose", "in", ("membership", "both")))
        if self.tier_ids:
            in_force.append(("tier_id", "in", self.tier_ids.ids))
        query = memberships_sudo._search(in_force)
        domain.append(("id", "in", query.subselect("account_id")))
        partners = self.env["res.partner"].with_company(self.company_id)
        return partners._search(domain).select()

    def _get_contacts_by_role(self):
        """Return the query of persons in one of the roles whom the user may know."""
        profiles = self.env["club.contact.profile"]
        if not self.role_ids or not profiles.has_access("read"):
            return SQL("NULL")
        query = profiles._search(
            [
                ("role_ids", "in", self.role_ids.ids),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return query.select(SQL.identifier(query.table, "contact_id"))

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those to which he or others of his account were asked. Rule D11."""
        return Domain("invitee_ids.contact_id", "in", ids) | Domain(
            "invitee_ids.account_id", "=", account_id
        )
