"""Who looks after an account, and what that lets a user see and do. Rule E2."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..record.groups import OFFICER, USER
from ..record.lock import is_open
from .scope import Scope


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        *("res.partner", "club.derived.mixin", "club.guard.mixin"),
        *("club.ledger.named.mixin", "club.records.mixin"),
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
    club_can_assign = fields.Boolean(
        compute="_compute_club_can_assign",
        help="Whether the user may set the account's unit and manager.",
    )
    club_is_cared_for = fields.Boolean(
        "Looked After by Me",
        compute="_compute_club_is_cared_for",
        groups=USER,
        help="I am the account's manager, lead its unit, or am a club officer.",
    )

    # === Its people === #
    # Record rules decide which of them one reads; the group, who may at all.
    club_profile_ids = fields.One2many(
        "club.contact.profile", "contact_id", "Member Contact", groups=USER
    )
    club_contact_profile_ids = fields.One2many(
        "club.contact.profile", "account_id", "Member Contacts", groups=USER
    )
    club_is_anonymised = fields.Boolean(
        "Anonymised", compute="_compute_club_is_anonymised", compute_sudo=True
    )

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

    @api.depends("commercial_partner_id", "club_manager_id", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_is_cared_for(self):
        """Say in the form what the record rules of member contacts say. Rule A8."""
        scope = self._get_my_scope(OFFICER)
        for partner in self:
            account = partner.commercial_partner_id._origin
            partner.club_is_cared_for = scope.holds(account)

    def _compute_club_is_anonymised(self):
        logged = self.env["club.anonymisation"]._read_group(
            [("contact_number", "in", self._origin.ids)], ["contact_number"]
        )
        numbers = {number for (number,) in logged}
        for partner in self:
            partner.club_is_anonymised = partner._origin.id in numbers

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
        return super().create(vals_list)

    def write(self, vals):
        self._check_club_assignment(vals)
        return super().write(vals)

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
