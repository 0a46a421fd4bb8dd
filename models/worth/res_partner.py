from functools import partial
from operator import ge, gt, le, lt

from odoo import api, fields, models
from odoo.fields import Domain

from ...kernel import budgets, gift_limit
from ..approval.states import STATES
from ..membership.heads import ALONE, get_below
from ..record.club_figures_mixin import Figure
from ..record.groups import READERS
from ..record.navigate import domain_here, open_list
from ..record.rpc import for_one
from .gift_limits import NOTHING, read_standings

# With the number first: `value < count` where the search says `count > value`.
COMPARED = {">": lt, ">=": le, "<": gt, "<=": ge}

# Which unit an account is of follows from these.
OF_A_UNIT = {"club_unit_id", "parent_id", "is_company"}

# By which a price list is chosen for a customer.
PRICELIST = {"property_product_pricelist", "specific_property_product_pricelist"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Its group === #
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

    @api.model
    def _get_club_figures(self):
        """Add plans, cards, discounts, what it brought, who shares its revenue."""
        this_year = [
            ("year", "=", self.env.company._club_today().year),
            ("number", "=", 0),
        ]
        return [
            *super()._get_club_figures(),
            *(
                Figure(name, "club.account.plan", this_year, value=value)
                for name, value in (
                    ("club_account_plan_id", "id:max"),
                    ("club_account_plan_state", "approval_state:max"),
                )
            ),
            Figure(
                *("club_card_count", "club.card", [("is_valid", "=", True)]),
                contact="holder_id",
            ),
            Figure(
                *("club_referral_count", "club.referral"),
                account="brought_by_account_id",
            ),
            Figure("club_share_count", "club.revenue.share"),
            Figure(
                *("club_discount_given", "club.discount", self._get_club_year()),
                value="amount:sum",
                is_shared=True,
            ),
        ]

    # === Account plans. Rule D15 === #
    club_account_plan_id = fields.Many2one(
        "club.account.plan",
        "Account Plan of the Year",
        compute="_compute_club_figures",
        groups=READERS,
    )
    club_account_plan_state = fields.Selection(
        STATES,
        "Account Plan",
        compute="_compute_club_figures",
        groups=READERS,
        help="Where this year's plan stands.",
    )
    club_needs_plan = fields.Boolean(
        "Needs an Account Plan", related="club_tier_id.has_plan", groups=READERS
    )

    @for_one
    def action_open_club_account_plan(self):
        """Open this year's plan, or the form in which it is drawn up. Rule D15."""
        self.check_access("read")
        account = self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account Plan"),
            "res_model": "club.account.plan",
            "res_id": account.club_account_plan_id.id,
            "views": [(False, "form")],
            "context": {"default_account_id": account.id},
        }

    # === Referrals and revenue shares === #

    club_referral_count = fields.Integer(
        "Leads It Brought", compute="_compute_club_figures", groups=READERS
    )
    club_share_count = fields.Integer(
        "Revenue Shares", compute="_compute_club_figures", groups=READERS
    )

    # === Gifts. Rule D17 === #
    club_last_gift_on = fields.Date(
        "Last Gift On", compute="_compute_club_gifts", groups=READERS
    )
    club_gift_is_limited = fields.Boolean(
        "Gifts Limited",
        compute="_compute_club_gifts",
        groups=READERS,
        help="Its class of today limits what it is given in a year.",
    )
    club_gift_limit = fields.Monetary(
        "Gifts a Year",
        compute="_compute_club_gifts",
        groups=READERS,
        help="What the account may be given this year, where that is limited; 0 may be "
        "a limit, too.",
    )
    club_gift_given = fields.Monetary(
        "Gifts of the Year",
        compute="_compute_club_gifts",
        groups=READERS,
        help="Given to the account this year, or promised.",
    )
    club_gift_left = fields.Monetary(
        "Gifts Left",
        compute="_compute_club_gifts",
        groups=READERS,
        help="What the account may still be given this year; 0 where it isn't limited.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_gifts(self):
        """Say it of whole accounts, in the company in use, to who may know it."""
        company = self.env.company
        accounts = self.commercial_partner_id._origin._filter_club_readable()
        standings = read_standings(company, accounts, company._club_today())
        for partner in self:
            account = partner.commercial_partner_id._origin
            standing = standings.get(account.id, NOTHING)
            left = gift_limit.get_left(standing.limit, standing.counted)
            partner.club_last_gift_on = standing.last
            partner.club_gift_is_limited = standing.limit is not None
            partner.club_gift_limit = float(standing.limit or 0)
            partner.club_gift_given = float(standing.counted)
            partner.club_gift_left = float(left or 0)

    # === Discounts. Rule D18 === #

    club_discount_given = fields.Monetary(
        "Discount Given",
        compute="_compute_club_figures",
        groups=READERS,
        help="Discount on posted invoices of this calendar year, less credit notes.",
    )

    @api.model
    def _get_club_year(self):
        """Return the domain of what has a date in this calendar year."""
        year = self.env.company._club_today().year
        return [("date", ">=", f"{year}-01-01"), ("date", "<=", f"{year}-12-31")]

    @for_one
    def action_open_club_discounts(self):
        """Open what discount the account was given this year. Rule D18."""
        self.check_access("read")
        return {
            **self._get_club_action("club_discount_action"),
            "domain": [
                ("account_id", "=", self.commercial_partner_id.id),
                *domain_here(self.env),
                *self._get_club_year(),
            ],
        }

    # === The price list of its tier, its units over time === #

    def _club_prepare(self, values, is_new=False):
        """Leave a tier's list out of what is new, a member's copy for one."""
        values = super()._club_prepare(values, is_new=is_new)
        named = PRICELIST.intersection(values) if is_new else ()
        lists = self.env["product.pricelist"]
        for name in named:
            # sudo: which list is whose is no secret to who chooses one
            chosen_sudo = lists.sudo().browse(values[name] or ()).exists()
            if chosen_sudo.club_tier_id:
                values = {key: each for key, each in values.items() if key != name}
        return values

    def _club_after_create(self):
        super()._club_after_create()
        self._check_club_pricelist()
        of_units = self.filtered("club_unit_id")
        if of_units:
            # sudo: it follows, whoever writes the account
            self.env["club.account.unit"].sudo()._follow_units(of_units)

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not OF_A_UNIT.isdisjoint(vals):
            # Odoo writes to the people of an account, too; they are of no unit.
            accounts = self._filter_commercial()
            if accounts:
                # sudo: it follows, whoever writes the account
                self.env["club.account.unit"].sudo()._follow_units(accounts)
        if not PRICELIST.isdisjoint(vals):
            self._check_club_pricelist()

    def _check_club_pricelist(self):
        """Refuse a tier's price list for who isn't of that tier. Rule D18.

        :raises AccessError: whoever may choose price lists for customers
        """
        # sudo: which list is whose is no secret to who chooses one
        for partner_sudo in self.sudo():
            pricelist_sudo = partner_sudo.specific_property_product_pricelist
            pricelist_sudo.with_env(self.env)._check_club_customer(partner_sudo)

    # === Rewards. Rule B13 === #

    @for_one
    def action_open_club_rewards(self):
        """Open the catalogue for this account, with what it can afford. Rule B13."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_reward_action"
        )
        return {
            **action,
            "context": {
                "default_account_id": self.commercial_partner_id.id,
                "search_default_offered": 1,
                "search_default_can_afford": 1,
            },
        }

    # === Its group: head and branches. Rule A12 === #

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
        if operator == "in":
            counts = [each for each in value if isinstance(each, int)]
            fits = counts.__contains__
        elif operator in COMPARED and isinstance(value, int | float):
            fits = partial(COMPARED[operator], value)
        else:
            return NotImplemented
        heads = self.env["club.account.head"].sudo()
        company = self.env.company
        # sudo: who heads a group is no secret to who reads the account
        held = heads._read_group(
            [("company_id", "=", company.id), ("date_to", "=", False)], ["head_id"]
        )
        below = get_below(self.env, company, [head.id for (head,) in held])
        fitting = [head for head, ids in below.items() if fits(len(ids))]
        found = Domain("id", "in", fitting)
        return found | Domain("id", "not in", [*below]) if fits(0) else found

    @api.depends("club_measured_head_id", "club_points", "club_revenue")
    @api.depends_context("company", "uid")
    def _compute_club_own(self):
        """Measure who counts with a group by himself; the others are measured so."""
        grouped = self.filtered("club_measured_head_id")
        found = {}
        if grouped:
            # Who may read all entries of an account may know what they come to.
            program_sudo = self.env["club.program"].sudo()._get_main()
            group = program_sudo._get_shown_group("membership")
            group = group or program_sudo._get_shown_group("grade")
            assessed = program_sudo._assess(
                grouped.commercial_partner_id._origin, grouped_on=ALONE, is_shown=True
            )
            found = {
                account: figures.measures
                for (account, group_id), figures in assessed.items()
                if group_id == group.id
            }
        for partner in self:
            if partner in grouped:
                measures = found[partner.commercial_partner_id._origin.id]
                partner.club_own_points = float(measures.points)
                partner.club_own_revenue = float(measures.revenue)
            else:
                partner.club_own_points = partner.club_points
                partner.club_own_revenue = partner.club_revenue

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

    @for_one
    def action_open_club_branches(self):
        """Open the head and its branches, with their figures. Rule A12."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_account_action_branch"
        )
        ids = (self | self.club_branch_ids).ids
        return {**action, "domain": [("id", "in", ids)]}

    # === Referrals and revenue shares === #

    @for_one
    def action_open_club_referrals(self):
        """Open what this account brought, and what came of it. Rule D13."""
        return self._open_club_list("club_referral_action", "brought_by_account_id")

    @for_one
    def action_open_club_shares(self):
        """Open the shares of this account's revenue. Rule B11."""
        return self._open_club_list("club_revenue_share_action", "account_id")

    def _open_club_list(self, name, link):
        action = open_list(self, name, link)
        return {**action, "domain": [*action["domain"], *domain_here(self.env)]}

    @for_one
    def action_open_club_redemptions(self):
        """Open what the account redeemed, and what it has reserved. Rule B13."""
        return self._get_club_action("club_redemption_action")

    @for_one
    def action_open_club_gifts(self):
        """Open the account's gifts. Rule D17."""
        self.check_access("read")
        account = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_gift_action"
        )
        return {
            **action,
            "domain": [
                ("account_id", "=", account.id),
                ("company_id", "=", self.env.company.id),
            ],
            "context": {"default_account_id": account.id},
        }

    # === Cards. Rule A13 === #

    club_card_count = fields.Integer(
        "Valid Cards",
        compute="_compute_club_figures",
        groups=READERS,
        help="Membership cards that are valid today.",
    )

    @for_one
    def action_open_club_cards(self):
        """List the account's cards, or those that the person holds."""
        is_account = self.commercial_partner_id == self
        link = "account_id" if is_account else "holder_id"
        return {**self._open_club_list("club_card_action", link), "context": {}}

    # === Its budget of this year. Rule B8 === #

    club_budget_granted = fields.Monetary(
        "Budget Granted",
        compute="_compute_club_budget",
        groups=READERS,
        help="For this year, by signed sheets.",
    )
    club_budget_spent = fields.Monetary(
        "Amount Spent",
        compute="_compute_club_budget",
        groups=READERS,
        help="On the account this year.",
    )
    club_budget_left = fields.Monetary(
        "Left of Budget", compute="_compute_club_budget", groups=READERS
    )
    club_is_over_budget = fields.Boolean(
        "Over Budget",
        compute="_compute_club_budget",
        groups=READERS,
        help="More was spent this year than signed sheets granted.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_budget(self):
        """Follow the record rules of costs: who can't read them sees none."""
        company = self.env.company
        year = company._club_today().year
        accounts = self.commercial_partner_id._origin
        costs = self.env["club.account.cost"]
        found = costs._get_sums(accounts, company, [year]) if accounts else {}
        for partner in self:
            account = partner.commercial_partner_id._origin
            granted, spent = found.get((account.id, company.id, year), (None, 0))
            partner.club_budget_granted = granted or 0
            partner.club_budget_spent = spent
            partner.club_budget_left = budgets.get_left(granted, spent)
            partner.club_is_over_budget = budgets.is_over(granted, spent)

    @for_one
    def action_open_club_budget(self):
        """Open what was granted for the account and spent on it this year."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_account_cost_action"
        )
        return {
            **action,
            "domain": [
                ("account_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
            ],
            "context": {"search_default_this_year": 1},
        }
