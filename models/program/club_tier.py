from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel import tier_rules
from ..record.lock import LOCK
from ..record.names import get_model_name
from ..record.rpc import for_one
from .club_membership_tier_mixin import GRADE


class ClubTier(models.Model):
    """One level of a tier group, with its thresholds. Rules A1, A2, A3."""

    _name = "club.tier"
    _description = "Tier"
    _inherit = ["club.rules.mixin", "club.logged.mixin", "club.record.mixin"]
    _order = "group_id, sequence, id"
    _club_zeros = {"points_from": "", "revenue_from": "", "anniversary_points": ""}
    _club_logged = (
        *("code", "sequence", "active", "points_from", "revenue_from"),
        *("anniversary_points", "reward_multiplier", "budget_rate"),
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Fixed once memberships exist; the name may change."
    )
    sequence = fields.Integer(
        compute="_compute_sequence",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        aggregator=None,
        help="Lowest tier first; a new tier comes on top.",
    )
    active = fields.Boolean(default=True)
    color = fields.Integer()
    group_id = fields.Many2one(
        "club.tier.group", required=True, index=True, ondelete="restrict"
    )
    program_id = fields.Many2one(related="group_id.program_id", store=True, index=True)
    company_id = fields.Many2one(related="group_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    points_from = fields.Float(
        digits=(16, 2),
        aggregator=None,
        help="Points in the window from which the tier is earned, bound included.",
    )
    revenue_from = fields.Monetary(
        aggregator=None,
        help="Recognised revenue in the window from which the tier is earned, "
        "bound included, in company currency.",
    )
    accounts_per_manager = fields.Integer(
        aggregator=None,
        help="How many accounts of this tier one account manager can look after.",
    )
    anniversary_points = fields.Float(
        digits=(16, 2),
        aggregator=None,
        help="What a member of this tier is given on each anniversary of its "
        "membership, by a run of the month (assumed). 0: none.",
    )
    reward_multiplier = fields.Float(
        digits=(6, 2),
        default=1,
        required=True,
        aggregator=None,
        help="How many times the points of revenue count that a member of this tier "
        "earns from the next run of a month on: the extra is a bonus of its own, which "
        "never counts for the tier. 1: no bonus.",
    )
    budget_rate = fields.Float(
        "Budget per Point",
        digits=(16, 4),
        aggregator=None,
        help="What a point of a year proposes for an account of this tier as marketing "
        "budget of the year after, in company currency (assumed). 0: nothing.",
    )
    bar_ids = fields.One2many("club.tier.bar", "tier_id", string="Further Bars")
    membership_count = fields.Integer(compute="_compute_membership_count")

    _code_uniq = models.UniqueIndex(
        "(group_id, code)", "A tier group has each tier code once."
    )
    _thresholds = models.Constraint(
        "CHECK(points_from >= 0 AND revenue_from >= 0)",
        "A tier's threshold can't be negative.",
    )
    _anniversary_points = models.Constraint(
        "CHECK(anniversary_points >= 0)", "An anniversary can't cost points."
    )

    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _reward_multiplier = models.Constraint(
        "CHECK(reward_multiplier >= 1 AND reward_multiplier <= 100)",
        "A tier multiplies reward points by 1 (no bonus) up to 100.",
    )

    _budget_rate = models.Constraint(
        "CHECK(budget_rate >= 0 AND budget_rate <= 1000)",
        "A point proposes a budget from 0 to 1,000.",
    )

    @api.depends("group_id")
    def _compute_sequence(self):
        for tier in self:
            if not tier.sequence:
                others = tier.group_id.with_context(active_test=False).tier_ids - tier
                tier.sequence = max(others.mapped("sequence"), default=0) + 1

    @api.depends("name", "group_id.name", "program_id.name", "program_id.sequence")
    @api.depends_context("lang", "with_tier_group")
    def _compute_display_name(self):
        """Two programs of a company, and two groups, may have tiers of one name: those
        of a further program say which it is, and where several groups are shown all
        say whose they are.
        """
        with_group = self.env.context.get("with_tier_group")
        further = self._get_further_programs()
        for tier in self:
            tier.display_name = tier.name
            if with_group and tier.group_id:
                tier.display_name = self.env._(
                    "%(tier)s (%(group)s)",
                    tier=tier.name,
                    group=tier.group_id.display_name,
                )
            elif program := further.get(tier.program_id):
                tier.display_name = " · ".join(filter(None, (tier.name, program)))

    def _get_further_programs(self):
        """Return ``{program: name}`` of the programs of these tiers that aren't the
        main ones of their companies. Rule A9.
        """
        several = self.env["club.program"]._get_companies_with_several()
        if not several:
            return {}
        # sudo: which programs there are is no secret to who reads their tiers
        programs_sudo = self.program_id.sudo()
        return {
            program: program.name
            for program in programs_sudo
            if program.company_id.id in several
            and program != programs_sudo._get_main(program.company_id)
        }

    def _compute_membership_count(self):
        today = self.env.company._club_today()
        counts = dict(
            self.env["club.membership"]._read_group(
                [
                    ("tier_id", "in", self.ids),
                    *self.env["club.membership"]._domain_on(today),
                ],
                ["tier_id"],
                ["__count"],
            )
        )
        for tier in self:
            tier.membership_count = counts.get(tier, 0)

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "code" not in vals and "group_id" not in vals:
            return
        # sudo: a membership that the user may not see refers to it all the same
        memberships_sudo = self.env["club.membership"].sudo()
        used = memberships_sudo._read_group([("tier_id", "in", self.ids)], ["tier_id"])
        for (tier,) in used:
            if vals.get("code", tier.code) != tier.code or (
                vals.get("group_id", tier.group_id.id) != tier.group_id.id
            ):
                raise UserError(
                    self.env._(
                        "The code and group of %s are fixed, since memberships "
                        "refer to it: change the name instead.",
                        tier.name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        self._check_thresholds()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "group_id" in vals:
            self.filtered(lambda t: t.group_id.purpose == GRADE)._check_not_offered_by()
        if {"points_from", "revenue_from", "sequence", "active"} & set(vals):
            self._check_thresholds()

    def _check_thresholds(self):
        """Judge the ladder, unless its group is being written as a whole."""
        if self.env.context.get("club_tiers") is not LOCK:
            self.group_id._check_thresholds()

    def _check_not_offered_by(self):
        """Refuse tiers as customer grades while something goes by them. Rule A11."""
        for records in self.env["club.membership.tier.mixin"]._find_by_tiers(self):
            for record in records:
                raise ValidationError(
                    self.env._(
                        "“%(record)s” (%(model)s) goes by a tier of “%(group)s”, so "
                        "this isn't a customer grade: choose another tier there first.",
                        record=record.display_name,
                        model=get_model_name(record),
                        group=self.group_id[:1].name,
                    )
                )

    def _get_rule(self):
        """Return the kernel's view of this tier."""
        self.ensure_one()
        return tier_rules.Tier(
            id=self.id,
            code=self.code,
            rank=self.sequence,
            points_from=Decimal(str(self.points_from)),
            revenue_from=Decimal(str(self.revenue_from)),
            bars=tuple(bar._get_rule() for bar in self.bar_ids),
        )

    @for_one
    def action_open_memberships(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_membership_action"
        )
        action["domain"] = [("tier_id", "=", self.id)]
        action["context"] = {"search_default_current": 1}
        return action
