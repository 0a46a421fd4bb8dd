"""Who looks after an account, and what that lets a user see and do. Rule E2."""

import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import create_index

from ..record.club_figures_mixin import Figure
from ..record.groups import OFFICER, READERS, USER
from ..record.lock import is_open
from .scope import Scope

# Whether a partner is an account follows from these, and with its manager who leads.
MOVED_BY = {"parent_id", "is_company"}
ASSIGNED_BY = MOVED_BY | {"club_manager_id"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        *("res.partner", "club.derived.mixin", "club.guard.mixin"),
        *("club.ledger.named.mixin", "club.records.mixin", "club.figures.mixin"),
    ]

    _club_guard_trusts_su = True
    _club_ledger_column = "account_id"

    # === Who looks after it === #
    club_unit_id = fields.Many2one(
        "crm.team",
        company_dependent=True,
        copy=False,
        help="The unit that looks after the account and verifies its points.",
    )
    club_manager_id = fields.Many2one(
        "res.users",
        "Account Manager",
        company_dependent=True,
        copy=False,
        domain=[("share", "=", False)],
        help="The named manager, who sees the account's points and memberships.",
    )
    club_team_ids = fields.One2many(
        "club.account.team",
        "account_id",
        "Account Team",
        groups=READERS,
        help="Who looks after the account besides its manager, and who did.",
    )
    _club_whose = ("club_is_mine", "club_is_of_my_unit")
    # Record rules ask these. A search names the accounts by a subquery of their own, so
    # that the database goes from them to their papers and not from each paper to its
    # account; archived accounts are among them.
    club_is_mine = fields.Boolean(
        "My Account",
        compute="_compute_club_is_mine",
        search="_search_club_is_mine",
        compute_sudo=True,
        help="I am its account manager, or on its team today.",
    )
    club_is_of_my_unit = fields.Boolean(
        "Of My Units",
        compute="_compute_club_is_of",
        search="_search_club_is_of_my_unit",
        compute_sudo=True,
        help="I lead its unit, or one above that.",
    )
    club_is_of_kept_unit = fields.Boolean(
        "Of the Unit Whose Papers I Keep",
        compute="_compute_club_is_of",
        search="_search_club_is_of_kept_unit",
        compute_sudo=True,
        help="I am the office clerk of its unit.",
    )
    club_is_of_verified_unit = fields.Boolean(
        "Of a Unit That I Verify",
        compute="_compute_club_is_of",
        search="_search_club_is_of_verified_unit",
        compute_sudo=True,
        help="I am the points clerk of its unit today.",
    )
    club_can_assign = fields.Boolean(
        compute="_compute_club_can_assign",
        help="Whether the user may set the account's unit and manager.",
    )
    club_is_cared_for = fields.Boolean(
        "Looked After by Me",
        compute="_compute_club_is_cared_for",
        groups=USER,
        help="I am the account's manager or on its team, lead its unit, or am a club "
        "officer.",
    )

    # === Its people === #
    # Record rules decide which of them one reads; the group, who may at all.
    club_profile_ids = fields.One2many(
        "club.contact.profile", "contact_id", "Member Contact", groups=USER
    )
    club_contact_profile_ids = fields.One2many(
        "club.contact.profile", "account_id", "Member Contacts", groups=USER
    )
    club_is_anonymised = fields.Boolean("Anonymised", compute="_compute_club_figures")

    # === Computes === #

    @api.depends("commercial_partner_id", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_can_assign(self):
        """Say in the form what writing would say. Rule E2."""
        scope = self._get_my_scope(OFFICER)
        for partner in self:
            account = partner._origin
            partner.club_can_assign = scope.has_all or (
                bool(scope.led) and (not account or scope.leads(account))
            )

    @api.depends(
        *("club_manager_id", "club_team_ids.user_id"),
        *("club_team_ids.date_from", "club_team_ids.date_to"),
    )
    @api.depends_context("company", "uid")
    def _compute_club_is_mine(self):
        lines = self.env["club.account.team"]
        today = self.env.company._club_today()
        managed = self.filtered(lambda p: p.club_manager_id == self.env.user)
        found = lines._read_group(
            [
                ("account_id", "in", (self - managed)._origin.ids),
                ("company_id", "=", self.env.company.id),
                ("user_id", "=", self.env.uid),
                *lines._domain_in_force(today),
            ],
            ["account_id"],
        )
        mine = {account.id for (account,) in found}
        for partner in self:
            partner.club_is_mine = partner in managed or partner._origin.id in mine

    def _search_club_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["club.account.team"]._fields
        return [
            (
                "id",
                "in",
                SQL(
                    "(SELECT id FROM res_partner WHERE %(managers)s @> %(mine)s::jsonb"
                    " UNION SELECT account_id FROM club_account_team"
                    " WHERE %(user)s = %(me)s AND company_id = %(company)s"
                    " AND %(date_from)s <= %(day)s"
                    " AND (%(date_to)s IS NULL OR %(date_to)s >= %(day)s))",
                    managers=self._get_club_column("club_manager_id"),
                    mine=self._get_club_value(self.env.uid),
                    user=SQL.identifier("user_id", to_flush=lines["user_id"]),
                    me=self.env.uid,
                    company=self.env.company.id,
                    date_from=SQL.identifier("date_from", to_flush=lines["date_from"]),
                    date_to=SQL.identifier("date_to", to_flush=lines["date_to"]),
                    day=self.env.company._club_today(),
                ),
            )
        ]

    @api.depends("club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_is_of(self):
        for partner in self:
            unit = partner.club_unit_id
            partner.club_is_of_my_unit = unit.club_is_led
            partner.club_is_of_kept_unit = unit.club_is_kept
            partner.club_is_of_verified_unit = unit.club_is_verified

    def _search_club_is_of_my_unit(self, operator, value):
        return self._search_club_is_of("club_is_led", operator)

    def _search_club_is_of_kept_unit(self, operator, value):
        return self._search_club_is_of("club_is_kept", operator)

    def _search_club_is_of_verified_unit(self, operator, value):
        return self._search_club_is_of("club_is_verified", operator)

    def _search_club_is_of(self, name, operator):
        """Return the domain of the accounts of units that are mine in a way."""
        if operator != "in":
            return NotImplemented
        # sudo: record rules ask this; archived units have accounts, too
        units_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
        units = units_sudo._search([(name, "=", True)])
        if units.is_empty():
            # Beside whose accounts are mine, a subquery that finds nothing keeps
            # PostgreSQL from any index: it would go through the whole ledger.
            return Domain.FALSE
        return [
            (
                "id",
                "in",
                SQL(
                    "(SELECT id FROM res_partner WHERE %(units)s @> ANY(ARRAY("
                    "SELECT jsonb_build_object(%(company)s::text, unit.id)"
                    " FROM (%(mine)s) unit(id))))",
                    units=self._get_club_column("club_unit_id"),
                    company=str(self.env.company.id),
                    mine=units.subselect(),
                ),
            )
        ]

    def _get_club_column(self, name):
        return SQL.identifier(name, to_flush=self._fields[name])

    def _get_club_value(self, number):
        """Return what a company-dependent column has where it names a record here."""
        return json.dumps({str(self.env.company.id): number})

    def init(self):
        """Index what the searches above ask: who is named, by company."""
        result = super().init()
        for name in ("club_manager_id", "club_unit_id"):
            create_index(
                self.env.cr,
                f"res_partner_{name}_gin",
                self._table,
                [f"{name} jsonb_path_ops"],
                method="gin",
            )
        return result

    @api.depends("commercial_partner_id", "club_is_mine", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_is_cared_for(self):
        """Say in the form what the record rules of member contacts say. Rule A8."""
        scope = self._get_my_scope(OFFICER)
        for partner in self:
            account = partner.commercial_partner_id._origin
            partner.club_is_cared_for = scope.holds(account)

    @api.model
    def _filter_whose(self, partners, name):
        """Ask of units what the search does: archived ones have accounts, too."""
        if name != "club_is_of_my_unit":
            return super()._filter_whose(partners, name)
        # sudo: as Odoo asks record rules
        units_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
        led = set(units_sudo._get_led_ids())
        return partners.sudo().filtered(lambda partner: partner.club_unit_id.id in led)

    @api.model
    def _get_club_figures(self):
        """Add whether it was anonymised, which whoever opens it is told."""
        return [
            *super()._get_club_figures(),
            Figure(
                *("club_is_anonymised", "club.anonymisation"),
                account="contact_number",
                contact="contact_number",
                is_of_company=False,
                is_sudo=True,
            ),
        ]

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "club_unit_id", "club_manager_id"]

    # === Whose accounts they are === #

    @api.model
    def _get_my_scope(self, *groups):
        """Return the `Scope` of the user: which accounts he looks after.

        :param groups: whose members have all accounts
        """
        return Scope(self.env, groups)

    @api.model
    def _get_club_led_units(self):
        """Return the units that the user leads, and those below them."""
        return self._get_my_scope().led

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            self._check_club_assignment(values)
        partners = super().create(vals_list)
        if any(values.get("club_manager_id") for values in vals_list):
            accounts = partners._filter_commercial()
            if accounts:
                self.env["club.account.team"]._follow_leads(accounts, are_new=True)
        return partners

    def write(self, vals):
        self._check_club_assignment(vals)
        result = super().write(vals)
        if not ASSIGNED_BY.isdisjoint(vals):
            self._follow_club_managers(may_move=not MOVED_BY.isdisjoint(vals))
        return result

    def _filter_commercial(self):
        """Leave out the people of other partners."""
        return self.filtered(lambda partner: partner.commercial_partner_id == partner)

    def _follow_club_managers(self, *, may_move):
        """Let the accounts' teams follow who manages them. Rule D14.

        :param may_move: whether they may have been accounts and be so no longer
        """
        accounts = self._filter_commercial()
        moved = self - accounts
        if moved and may_move:
            # sudo: lines of the company that a partner was until now
            lines_sudo = self.env["club.account.team"].sudo()
            found = lines_sudo._read_group(
                [("account_id", "in", moved.ids)], ["account_id"]
            )
            accounts = accounts.union(*(account for (account,) in found))
        if accounts:
            self.env["club.account.team"]._follow_leads(accounts)

    def _assign_club(self, managers, unit=None):
        """Give the accounts managers, in the company in use: one statement for all.

        Their people take the values over, as they do in a form.

        :param managers: user ids by account id
        :param unit: the unit that they are all to have; None: they keep theirs
        """
        key = str(self.env.company.id)
        names = ["club_manager_id", "club_unit_id", "commercial_partner_id"]
        self.flush_model(names)
        moved = SQL()
        if unit:
            moved = SQL(
                ", club_unit_id = coalesce(p.club_unit_id, '{}')"
                " || jsonb_build_object(%s::text, %s::int)",
                key,
                unit.id,
            )
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p
                      SET club_manager_id = coalesce(p.club_manager_id, '{}')
                          || jsonb_build_object(%(key)s::text, w.user_id) %(moved)s,
                          write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC'
                     FROM unnest(%(accounts)s::int[], %(users)s::int[])
                          AS w(account_id, user_id)
                    WHERE p.commercial_partner_id = w.account_id""",
                key=key,
                moved=moved,
                uid=self.env.uid,
                accounts=list(managers),
                users=list(managers.values()),
            )
        )
        self.invalidate_model(["club_manager_id", "club_unit_id"])
        self.env["club.account.team"]._follow_managers(self.browse(managers))

    def _check_club_assignment(self, vals):
        """Unit and manager decide who sees points: officers set them for all accounts,
        unit leads for those of their units. Rule E2.

        :raises AccessError: for anybody else
        """
        if not {"club_unit_id", "club_manager_id"} & vals.keys() or is_open(self.env):
            return
        scope = self._get_my_scope(OFFICER)
        if scope.has_all:
            return
        wanted = {vals["club_unit_id"]} if "club_unit_id" in vals else set()
        is_his = all(map(scope.leads, self)) and wanted <= {*scope.led.ids}
        if not (scope.led and is_his):
            raise AccessError(
                self.env._(
                    "Unit and account manager are set by the club officer, or by the "
                    "lead of the unit for its own accounts."
                )
            )
