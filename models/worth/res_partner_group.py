"""A group on the pages of its accounts. Rule A12."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..membership.heads import ALONE, get_below
from ..record.groups import READERS
from ..record.rpc import for_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_branch_count = fields.Integer(
        "Branches",
        compute="_compute_club_branches",
        search="_search_club_branch_count",
        groups=READERS,
        help="Accounts below this one, through all levels.",
    )
    club_branch_ids = fields.Many2many(
        "res.partner",
        string="Branches of the Group",
        compute="_compute_club_branches",
        groups=READERS,
    )
    club_own_points = fields.Float(
        "Own Qualifying Points",
        digits=(16, 2),
        compute="_compute_club_own",
        groups=READERS,
        help="Posted points of the qualification window, those of this account alone.",
    )
    club_own_revenue = fields.Monetary(
        "Own Revenue",
        compute="_compute_club_own",
        groups=READERS,
        help="Revenue booked in the qualification window, that of this account alone.",
    )
    club_group_points = fields.Float(
        "Points of the Group",
        digits=(16, 2),
        compute="_compute_club_group_sums",
        groups=READERS,
        help="The sum of this account and its branches, of those whose points the user "
        "may see.",
    )
    club_group_revenue = fields.Monetary(
        "Revenue of the Group",
        compute="_compute_club_group_sums",
        groups=READERS,
        help="The sum of this account and its branches, of those whose points the user "
        "may see.",
    )

    # === Computes === #

    @api.depends("club_head_id")
    @api.depends_context("company", "uid")
    def _compute_club_branches(self):
        self.env["club.account.head"].flush_model()
        below = get_below(self.env, self.env.company, self._origin.ids)
        ids = {account for accounts in below.values() for account in accounts}
        # Those that the user may read.
        found = self.with_context(active_test=False).search([("id", "in", [*ids])])
        for partner in self:
            branches = below.get(partner._origin.id, ())
            partner.club_branch_count = len(branches)
            partner.club_branch_ids = found.filtered(
                lambda account, branches=branches: account.id in branches
            )

    def _search_club_branch_count(self, operator, value):
        """Find heads: ``> 0``; and who is none: ``= 0``."""
        if (operator, value) not in ((">", 0), ("in", {0}), ("in", [0])):
            return NotImplemented
        self.env["club.account.head"].flush_model()
        heads = SQL(
            "(SELECT head_id FROM club_account_head"
            " WHERE company_id = %s AND date_to IS NULL)",
            self.env.company.id,
        )
        return [("id", "in" if operator == ">" else "not in", heads)]

    @api.depends("club_points", "club_revenue", "club_head_id", "club_branch_ids")
    @api.depends_context("company", "uid")
    def _compute_club_own(self):
        """Measure each account by itself, as the program measures its tier.

        Who belongs to no group has what its page says.
        """
        grouped = self.filtered(lambda p: p.club_head_id or p.club_branch_ids)
        for partner in self - grouped:
            partner.club_own_points = partner.club_points
            partner.club_own_revenue = partner.club_revenue
        readable = grouped.commercial_partner_id._origin._filter_club_readable()
        # Who may read all entries of an account may know what they come to.
        program_sudo = self.env["club.program"].sudo()._get_main()
        found = {}
        if readable and program_sudo:
            group = program_sudo._get_shown_group("membership")
            group = group or program_sudo._get_shown_group("grade")
            assessed = program_sudo._assess(readable, grouped_on=ALONE, is_shown=True)
            found = {
                account: figures.measures
                for (account, group_id), figures in assessed.items()
                if group_id == group.id
            }
        for partner in grouped:
            measures = found.get(partner.commercial_partner_id._origin.id)
            partner.club_own_points = measures and float(measures.points)
            partner.club_own_revenue = measures and float(measures.revenue)

    @api.depends("club_branch_ids")
    @api.depends_context("company", "uid")
    def _compute_club_group_sums(self):
        heads = self.filtered("club_branch_ids")
        accounts = heads | heads.club_branch_ids
        accounts.mapped("club_own_points")  # all at once
        for partner in self:
            group = (
                (partner | partner.club_branch_ids) if partner in heads else heads[:0]
            )
            partner.club_group_points = sum(group.mapped("club_own_points"))
            partner.club_group_revenue = sum(group.mapped("club_own_revenue"))

    # === Actions === #

    @for_one
    def action_open_club_branches(self):
        """Open the head and its branches, with their figures. Rule A12."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_branch_action"
        )
        ids = (self | self.club_branch_ids).ids
        return {**action, "domain": [("id", "in", ids)]}
