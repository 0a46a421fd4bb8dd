from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..record.groups import READERS
from ..record.lock import is_open


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        *("res.partner", "club.derived.mixin", "club.guard.mixin"),
        *("club.ledger.named.mixin", "club.records.mixin"),
    ]

    _club_guard_trusts_su = True
    _club_ledger_column = "account_id"

    # Mirrors of what is in force today, for search and grouping; memberships decide.
    club_tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        company_dependent=True,
        copy=False,
        readonly=True,
    )
    club_is_member = fields.Boolean(
        "Club Member",
        compute="_compute_club_is_member",
        search="_search_club_is_member",
    )
    club_grade_id = fields.Many2one(
        "club.tier", "Customer Grade", company_dependent=True, copy=False, readonly=True
    )
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
    club_agreement_ids = fields.One2many(
        "club.agreement", "account_id", "Points Agreements", groups=READERS
    )
    club_classification_ids = fields.One2many(
        "club.account.classification", "account_id", "Account Classes", groups=READERS
    )
    club_membership_ids = fields.One2many(
        "club.membership", "account_id", groups=READERS
    )

    @api.depends("club_tier_id")
    @api.depends_context("company")
    def _compute_club_is_member(self):
        for partner in self:
            partner.club_is_member = bool(partner.club_tier_id)

    def _search_club_is_member(self, operator, value):
        """Find members by what stands in the column: to ask of each whether its tier is
        still there, as Odoo does, takes thirty times as long.
        """
        if operator != "in":
            return NotImplemented
        field = self._fields["club_tier_id"]
        company = str(self.env.company.id)
        return fields.Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s ->> %s) IS NOT NULL",
                SQL.identifier(alias, field.name, to_flush=field),
                company,
            ),
            predicate=lambda partner: bool(partner.club_tier_id),
        )

    @api.model
    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "club_tier_id",
            "club_grade_id",
            "club_unit_id",
            "club_manager_id",
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            self._check_club_assignment(values)
        return super().create(vals_list)

    def write(self, vals):
        self._check_club_assignment(vals)
        return super().write(vals)

    def _check_club_assignment(self, vals):
        """Unit and manager decide who sees points: officers set them for all accounts,
        unit leads for those of their units. Rule E2.
        """
        if not {"club_unit_id", "club_manager_id"} & vals.keys():
            return
        if is_open(self.env) or self.env.su:
            return
        if self.env.user.has_group("crm_club.crm_club_group_officer"):
            return
        led = self._get_club_led_units()
        units = self.sudo().mapped("club_unit_id").ids if self else []
        wanted = [vals["club_unit_id"]] if "club_unit_id" in vals else []
        outside = set(units + wanted) - set(led.ids)
        without_unit = any(not account.sudo().club_unit_id for account in self)
        if outside or without_unit or not led:
            raise AccessError(
                self.env._(
                    "Unit and account manager are set by the club officer, or by the "
                    "lead of the unit for its own accounts."
                )
            )

    @api.model
    def _get_club_kept_units(self):
        """Return the units whose papers the user keeps as their office clerk. E2."""
        units = self.env["crm.team"].sudo()
        if not self.env.user.has_group("crm_club.crm_club_group_user"):
            return units
        return units.search([("club_is_kept", "=", True)])

    @api.model
    def _get_club_led_units(self):
        """Return the units that the user leads, and those below them."""
        user = self.env.user
        units = self.env["crm.team"].sudo()
        if not user.has_group("crm_club.crm_club_group_lead"):
            return units
        return units.search([("club_is_led", "=", True)])
