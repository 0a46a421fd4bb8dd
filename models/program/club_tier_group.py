from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import tier_rules
from ..record.lock import LOCK
from .club_membership_tier_mixin import GRADE

MEASURES = [
    ("points", "Points in the window"),
    ("revenue", "Recognised revenue in the window"),
    ("higher", "The higher tier of both"),
    ("lower", "The lower tier of both"),
]


class ClubTierGroup(models.Model):
    """A ladder of tiers: the customer grade or the membership tier. Rule A11."""

    _name = "club.tier.group"
    _description = "Tier Group"
    _inherit = ["club.rules.mixin", "club.record.mixin"]
    _order = "sequence, id"
    _club_zeros = {"automatic_revenue": ""}

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        "club.program", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    purpose = fields.Selection(
        [
            ("grade", "Customer grade"),
            ("membership", "Membership tier"),
            ("both", "Both in one"),
        ],
        required=True,
        default="membership",
        help="Customer grade decides who looks after the account, "
        "membership tier what the club gives it.",
    )
    measure = fields.Selection(MEASURES, required=True, default="points")
    automatic_revenue = fields.Monetary(
        "Automatic from Revenue",
        help="Accounts with at least this recognised revenue in the window are in the "
        "lowest tier at least, without agreement or points. 0: none.",
    )
    tier_ids = fields.One2many("club.tier", "group_id", string="Tiers", copy=True)

    _code_uniq = models.UniqueIndex(
        "(program_id, code)", "A program has each tier group code once."
    )

    @api.model
    def _get_several(self):
        """Return the ids of the groups of members that aren't the only ones of their
        company: an account may be a member by each. Rule A9.
        """
        # sudo: which groups there are decides, whoever may read them
        found = self.sudo()._read_group(
            [("purpose", "!=", GRADE)],
            ["company_id"],
            ["id:array_agg"],
            having=[("__count", ">", 1)],
        )
        return [key for _company, ids in found for key in ids]

    @api.depends("name", "program_id.name")
    def _compute_display_name(self):
        """Two programs of a company call their groups alike: name the program, too."""
        names = self.program_id._get_distinguishing_names()
        for group in self:
            program = names.get(group.program_id)
            group.display_name = " · ".join(filter(None, (group.name, program)))

    @api.model_create_multi
    def create(self, vals_list):
        return super(ClubTierGroup, self.with_context(club_tiers=LOCK)).create(
            vals_list
        )

    def write(self, vals):
        # Tiers edited together are judged together, once all of them are written.
        return super(ClubTierGroup, self.with_context(club_tiers=LOCK)).write(vals)

    @api.constrains("purpose")
    def _check_purpose(self):
        """What goes by membership tier keeps its tiers. Rule A11."""
        for group in self.filtered(lambda group: group.purpose == GRADE):
            group.with_context(active_test=False).tier_ids._check_not_offered_by()

    @api.constrains("measure", "tier_ids")
    def _check_thresholds(self):
        """Thresholds rise from tier to tier. Rules A2, A3."""
        for group in self:
            try:
                group._get_rules()
            except tier_rules.TierOrderError as error:
                names = {tier.id: tier.name for tier in group.tier_ids}
                raise ValidationError(
                    self.env._(
                        "%(high)s of %(group)s doesn't rise above %(low)s: give it a "
                        "higher threshold and sequence.",
                        high=names[error.high.id],
                        low=names[error.low.id],
                        group=group.name,
                    )
                ) from error

    def _get_rules(self):
        """Return the kernel's view of this group."""
        self.ensure_one()
        return tier_rules.make_group(
            id=self.id,
            code=self.code,
            measure=self.measure,
            tiers=[tier._get_rule() for tier in self.tier_ids.filtered("active")],
            automatic_revenue=(
                Decimal(str(self.automatic_revenue)) if self.automatic_revenue else None
            ),
        )
