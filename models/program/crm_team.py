from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..record.derived import differs
from ..record.groups import OFFICER, READERS
from ..record.names import join

_LED = "club_led_units"

# What makes a team a unit of the club.
UNIT = ("club_level", "parent_id")
# Who signs for a unit and reads its accounts follows from these.
NAMED_BY_CLUB = ("user_id", "active", "company_id")


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = [
        *("crm.team", "club.guard.mixin"),
        *("club.ledger.named.mixin", "club.records.mixin"),
    ]
    _parent_store = True
    _club_ledger_column = "unit_id"

    parent_id = fields.Many2one(
        "crm.team",
        string="Parent Unit",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Units Below")
    club_level = fields.Selection(
        [
            ("centre", "Key-Account Centre"),
            ("line", "Business-Line Company"),
            ("branch", "Branch Office"),
        ],
        help="Who looks after accounts on which level.",
    )
    clerk_ids = fields.One2many("club.unit.clerk", "unit_id", string="Points Clerks")
    club_path = fields.Char(
        "Unit", compute="_compute_club_path", help="The units above, and the unit."
    )
    club_clerk_ids = fields.Many2many(
        "res.users",
        string="Points Clerks Today",
        compute="_compute_club_clerk_ids",
        groups=READERS,
    )

    # Record rules ask these two. A search is made anew each time, whereas the ids that
    # a rule's domain names stay in a cache after the leader or the clerk has changed.
    club_is_led = fields.Boolean(
        "Led by Me",
        compute="_compute_club_is_mine",
        search="_search_club_is_led",
        help="A unit whose team leader I am, or one below it.",
    )
    club_is_verified = fields.Boolean(
        "Verified by Me",
        compute="_compute_club_is_mine",
        search="_search_club_is_verified",
        help="A unit whose points clerk I am today. Rule B5.",
    )

    club_is_kept = fields.Boolean(
        "Kept by Me",
        compute="_compute_club_is_mine",
        search="_search_club_is_kept",
        help="A unit whose papers I keep as its office clerk. Rule E2.",
    )
    club_can_name = fields.Boolean(
        "Named by Me",
        compute="_compute_club_can_name",
        help="Whether I say who leads units, and where they hang.",
    )

    @api.depends_context("uid")
    def _compute_club_can_name(self):
        self.club_can_name = self._is_club_officer()

    @api.depends_context("uid")
    def _compute_club_is_mine(self):
        led = self.search([("club_is_led", "=", True)])
        verified = self.search([("club_is_verified", "=", True)])
        kept = self.search([("club_is_kept", "=", True)])
        for unit in self:
            unit.club_is_led = unit in led
            unit.club_is_verified = unit in verified
            unit.club_is_kept = unit in kept

    # Numbers, not subqueries: they are few, and the database plans by them.

    def _search_club_is_led(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = SQL(
            "(SELECT unit.id FROM crm_team unit JOIN crm_team led"
            " ON starts_with(unit.%(path)s, led.%(path)s)"
            " WHERE led.%(leader)s = %(me)s AND led.%(active)s)",
            path=SQL.identifier("parent_path", to_flush=self._fields["parent_path"]),
            leader=SQL.identifier("user_id", to_flush=self._fields["user_id"]),
            active=SQL.identifier("active", to_flush=self._fields["active"]),
            me=self.env.uid,
        )
        return [("id", "in", found)]

    def _search_club_is_verified(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.env.execute_query(self._find_verified())
        return [("id", "in", [unit_id for (unit_id,) in found])]

    @api.model
    def _find_verified(self):
        """Return the query of the units whose points clerk the user is today."""
        # sudo: record rules ask this, so it can't ask them
        clerks_sudo = self.env["club.unit.clerk"].sudo()
        today = self.env["res.company"]._club_domain_today
        query = clerks_sudo._search(
            Domain("user_id", "=", self.env.uid) & today(clerks_sudo._domain_in_force)
        )
        return query.subselect("unit_id")

    def _search_club_is_kept(self, operator, value):
        # sudo: record rules ask this, so it can't ask them
        if operator != "in":
            return NotImplemented
        members_sudo = self.env["crm.team.member"].sudo()
        return [("id", "in", members_sudo._get_kept_units(self.env.user))]

    @api.model
    def _get_led_ids(self):
        """Return the ids of the units that the user leads, and of those below them.

        Read once until a unit changes: screens ask it many times in one call.
        """
        kept = self.env.cr.cache.setdefault(_LED, {})
        is_active = self.env.context.get("active_test", True)
        key = (self.env.uid, tuple(self.env.companies.ids), is_active)
        if key not in kept:
            kept[key] = self.search([("club_is_led", "=", True)]).ids
        return kept[key]

    def modified(self, fnames, create=False, before=False):
        self.env.cr.cache.pop(_LED, None)
        return super().modified(fnames, create=create, before=before)

    def unlink(self):
        result = super().unlink()
        self.env.cr.cache.pop(_LED, None)
        return result

    @api.depends("name", "parent_path")
    @api.depends_context("lang")
    def _compute_club_path(self):
        """Name all units above with one read."""
        above = {
            int(unit_id)
            for unit in self
            for unit_id in (unit.parent_path or "").split("/")
            if unit_id
        }
        above_sudo = self.sudo().browse(above)  # the path tells their names only
        names = {unit.id: unit.name for unit in above_sudo}
        for unit in self:
            path = [int(key) for key in (unit.parent_path or "").split("/") if key]
            unit.club_path = " / ".join(names[key] for key in path) or unit.name

    @api.depends("clerk_ids.user_id", "clerk_ids.date_from", "clerk_ids.date_to")
    def _compute_club_clerk_ids(self):
        today = self.env["res.company"]._club_domain_today
        clerks = self.env["club.unit.clerk"]
        seats = dict(
            clerks._read_group(
                Domain("unit_id", "in", self.ids) & today(clerks._domain_in_force),
                ["unit_id"],
                ["user_id:recordset"],
            )
        )
        for unit in self:
            unit.club_clerk_ids = seats.get(unit, self.env["res.users"])

    def _get_nearest_lead(self, company=None):
        """Return who leads the unit, else the nearest one above that has a lead.

        :param company: the company that it is about: who leads a unit that companies
            share may work in another one only
        """
        unit = self
        while unit and not unit._get_lead(company):
            unit = unit.parent_id
        return unit._get_lead(company)

    def _get_lead(self, company):
        lead = self.user_id.filtered("active")
        if company and not self.company_id:
            # sudo: where somebody works isn't his colleague's to read
            lead = lead.filtered(lambda user: company in user.sudo().company_ids)
        return lead

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A unit can't stand above itself: choose another parent for %s.",
                    join(self.env, self.mapped("name")),
                )
            )

    # === What only the club says. Rules E1, E2 === #

    def _club_after_create(self):
        """
        :raises AccessError: when who isn't a club officer makes a unit
        """
        super()._club_after_create()
        if not self._is_club_officer():
            for unit in self.filtered(lambda unit: any(unit[name] for name in UNIT)):
                unit._refuse_naming()

    def _club_check_write(self, vals):
        """
        :raises AccessError: when who isn't a club officer says who leads a unit, where
            it hangs, or whether it is one
        """
        super()._club_check_write(vals)
        if not self._is_club_officer():
            self.check_access("write")  # a refusal names the unit
            self._check_club_names(vals)

    def _club_after_write(self, vals):
        """
        :raises ValidationError: when it is given to another company than its records
        """
        super()._club_after_write(vals)
        if vals.get("company_id"):
            for company, units in self.grouped("company_id").items():
                units._check_club_company(company)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_club(self):
        if not self._is_club_officer():
            for unit in self._filter_club_units():
                unit._refuse_naming()

    def _is_club_officer(self):
        return self.env.su or self.env.user.has_group(OFFICER)

    def _check_club_names(self, vals):
        """Refuse what makes a team a unit, or what says who signs for one."""
        made = self._filter_changed(UNIT, vals)
        named = self._filter_changed(NAMED_BY_CLUB, vals)._filter_club_units()
        for unit in made | named:
            unit._refuse_naming()

    def _filter_changed(self, names, vals):
        names = [name for name in names if name in vals]
        return self.filtered(
            lambda unit: any(differs(unit, name, vals[name]) for name in names)
        )

    def _refuse_naming(self):
        raise AccessError(
            self.env._(
                "%s belongs to the units of the club: who leads it, where it hangs and "
                "whether it is one is said by a club officer.",
                self.name,
            )
        )

    def _filter_club_units(self):
        """Return those that are units of the club, were, or stand above one."""
        if not self:
            return self
        # sudo: units below that the user may not see count, too
        units_sudo = self.sudo().with_context(active_test=False)
        units_sudo = units_sudo.filtered(
            lambda unit: unit.club_level or unit.parent_id or unit.child_ids
        )
        others = self - units_sudo.with_env(self.env)
        return self - (
            others - others._filter_club_kept() - others._filter_with_accounts()
        )

    def _filter_with_accounts(self):
        """Return those that look after accounts, in any company."""
        if not self.ids:
            return self
        self.env["res.partner"].flush_model(["club_unit_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT k.value::int FROM res_partner p,"
                " jsonb_each_text(p.club_unit_id) k WHERE k.value = ANY(%s)",
                [str(number) for number in self.ids],
            )
        )
        return self.browse(key for (key,) in rows)
