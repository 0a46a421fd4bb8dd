"""What the partner shows of its standing, computed for all of ``self`` at once."""

from odoo import api, fields, models

from ..record.groups import OFFICER, READERS
from ..record.rpc import for_one
from .standing import Standings

FINANCE = "crm_club.crm_club_group_finance"
AUDITOR = "crm_club.crm_club_group_auditor"


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_tier_color = fields.Integer("Tier Color", related="club_tier_id.color")
    club_grade_color = fields.Integer("Grade Color", related="club_grade_id.color")

    club_can_assign = fields.Boolean(
        compute="_compute_club_can_assign",
        help="Whether the user may set the account's unit and manager.",
    )

    # === Figures of the account, for those who may read its entries === #
    club_is_readable = fields.Boolean(
        "Figures Visible",
        compute="_compute_club_standing",
        groups=READERS,
        help="Whether the user may see the points of this account.",
    )
    club_window_from = fields.Date(
        "Counted From", compute="_compute_club_standing", groups=READERS
    )
    club_window_to = fields.Date(
        "Counted To", compute="_compute_club_standing", groups=READERS
    )
    club_points = fields.Float(
        "Qualifying Points",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Posted points of the qualification window that count for the tier.",
    )
    club_revenue = fields.Monetary(
        "Recognised Revenue",
        compute="_compute_club_standing",
        groups=READERS,
        help="Revenue that Finance booked in the qualification window.",
    )
    club_earned = fields.Float(
        "Points Earned",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="All points ever posted, with corrections and what was given or taken by "
        "hand.",
    )
    club_spent = fields.Float(
        "Points Spent",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points redeemed, less what was given back.",
    )
    club_expired = fields.Float(
        "Points Expired",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points past their last day, also those that no run has taken off yet.",
    )
    club_reserved = fields.Float(
        "Points Reserved",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points that redemptions hold.",
    )
    club_available = fields.Float(
        "Points Available",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What can be spent: earned, less spent, expired and reserved. Below zero: "
        "a debt after a correction.",
    )
    club_next_tier_id = fields.Many2one(
        "club.tier", "Next Tier", compute="_compute_club_standing", groups=READERS
    )
    club_tier_missing_points = fields.Float(
        "Points Missing",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What is missing to the threshold of the next membership tier.",
    )
    club_tier_missing_revenue = fields.Monetary(
        "Revenue Missing", compute="_compute_club_standing", groups=READERS
    )
    club_next_grade_id = fields.Many2one(
        "club.tier", "Next Grade", compute="_compute_club_standing", groups=READERS
    )
    club_grade_missing_points = fields.Float(
        "Points Missing to Grade",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
    )
    club_grade_missing_revenue = fields.Monetary(
        "Revenue Missing to Grade",
        compute="_compute_club_standing",
        groups=READERS,
        help="What is missing to the threshold of the next customer grade.",
    )
    club_unmet_bars = fields.Char(
        "Also Needed",
        compute="_compute_club_standing",
        groups=READERS,
        help="Further bars of the next membership tier that the account doesn't clear.",
    )
    club_is_projected = fields.Boolean(
        compute="_compute_club_standing",
        groups=READERS,
        help="Whether a month of the window is posted, so that a pace is known.",
    )
    club_projected_points = fields.Float(
        "Points at This Pace",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What the posted months come to by the end of the window, day for day.",
    )
    club_projected_tier_id = fields.Many2one(
        "club.tier",
        "Tier at This Pace",
        compute="_compute_club_standing",
        groups=READERS,
        help="The membership tier that the pace of the posted months leads to.",
    )
    club_is_at_risk = fields.Boolean(
        "Downgrade Ahead",
        compute="_compute_club_standing",
        groups=READERS,
        help="At this pace the account would end below the tier that it holds.",
    )

    # === Terms, for those who may read its memberships === #
    club_tier_valid_until = fields.Date(
        "Tier Valid Until", compute="_compute_club_terms", groups=READERS
    )
    club_grade_valid_until = fields.Date(
        "Grade Valid Until", compute="_compute_club_terms", groups=READERS
    )
    club_membership_count = fields.Integer(
        "Memberships", compute="_compute_club_terms", groups=READERS
    )

    @api.depends("commercial_partner_id", "club_unit_id")
    @api.depends_context("company", "uid")
    def _compute_club_can_assign(self):
        """Say in the form what writing would say. Rule E2."""
        if self.env.su or self.env.user.has_group(OFFICER):
            self.club_can_assign = True
            return
        led = self._get_club_led_units()
        for partner in self:
            partner.club_can_assign = led and (
                not partner._origin or partner._origin.sudo().club_unit_id in led
            )

    @api.depends("commercial_partner_id", "club_manager_id", "club_unit_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_club_standing(self):
        readable = self.commercial_partner_id._origin._filter_club_readable()
        # Who may read all entries of an account may know what they come to.
        program_sudo = self.env["club.program"].sudo()._get_main()
        standings = readable and program_sudo and Standings(program_sudo, readable)
        nothing = {
            name: False
            for name, field in self._fields.items()
            if field.compute == "_compute_club_standing"
        }
        readable_ids = set(readable.ids)
        for partner in self:
            account = partner.commercial_partner_id._origin
            is_readable = account.id in readable_ids
            found = standings.get(account) if is_readable and standings else {}
            partner.update({**nothing, **found, "club_is_readable": is_readable})

    @api.depends("commercial_partner_id", "club_tier_id", "club_grade_id")
    @api.depends_context("company", "uid")
    def _compute_club_terms(self):
        """Follow the record rules of memberships: who can't read them sees none."""
        accounts = self.commercial_partner_id._origin
        program = self.env["club.program"]._get_main()
        today = program._today()
        found = (
            self.env["club.membership"]
            .search_fetch(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                [
                    *("account_id", "program_id", "group_id"),
                    *("state", "date_from", "date_to"),
                ],
            )
            .grouped("account_id")
        )
        for partner in self:
            account = partner.commercial_partner_id._origin
            memberships = found.get(account, self.env["club.membership"])
            begun = memberships.filtered(
                lambda m: m.program_id == program
                and m.state == "valid"
                and m.date_from <= today
            )
            tier = begun.filtered(lambda m: m.purpose != "grade")[:1]
            grade = begun.filtered(lambda m: m.purpose != "membership")[:1]
            partner.club_tier_valid_until = partner.club_tier_id and tier.date_to
            partner.club_grade_valid_until = partner.club_grade_id and grade.date_to
            partner.club_membership_count = len(memberships)

    def _filter_club_readable(self):
        """Return the accounts whose points the user may read. Rule E2.

        The record rules of points entries, said of accounts: one may have none yet.
        """
        user = self.env.user
        if self.env.su or any(map(user.has_group, (OFFICER, FINANCE, AUDITOR))):
            return self
        units = self._get_club_led_units() | self._get_club_kept_units()
        readable = self.sudo().filtered(
            lambda account: account.club_manager_id == user
            or account.club_unit_id in units
        )
        return readable.sudo(False)

    # === Actions === #

    @for_one
    def action_open_club_entries(self):
        return self._get_club_action(
            "club_points_entry_action", search_default_posted=1
        )

    @for_one
    def action_open_club_memberships(self):
        return self._get_club_action("club_membership_action")

    def _get_club_action(self, name, **context):
        """Return the action of that name, on the records of the account."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
        account = self.commercial_partner_id
        return {
            **action,
            "domain": [
                ("account_id", "=", account.id),
                ("company_id", "=", self.env.company.id),
            ],
            "context": context,
        }
