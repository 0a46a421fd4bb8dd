from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...kernel import tier_rules
from ...kernel.written import get_written
from ..points.guards import GuardedMany2one
from ..record.rpc import is_id
from .guards import CREATE_TIER_GUARDS


class ClubRequalificationLine(models.Model):
    """What becomes of one membership at its term's end. Rules A6, A10."""

    _name = "club.requalification.line"
    _description = "Requalification Line"
    _inherit = ["club.record.mixin"]
    _order = "requalification_id, group_id, current_sequence desc, score desc, id"
    _rec_name = "account_id"
    _club_keeps = "account_id"

    _club_parent = "requalification_id"

    requalification_id = fields.Many2one(
        "club.requalification",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    state = fields.Selection(related="requalification_id.state")
    # These follow from the membership, and the tiers are guarded by statement.
    company_id = GuardedMany2one(related="requalification_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    membership_id = fields.Many2one(
        "club.membership",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    group_id = GuardedMany2one(related="membership_id.group_id", store=True)
    account_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", readonly=True
    )
    date_end = fields.Date(related="membership_id.date_to", string="Term Ends")
    current_tier_id = GuardedMany2one("club.tier", ondelete="restrict", readonly=True)
    current_sequence = fields.Integer(
        related="current_tier_id.sequence", store=True, aggregator=None
    )
    earned_tier_id = GuardedMany2one("club.tier", ondelete="restrict", readonly=True)
    floor_tier_id = GuardedMany2one(
        "club.tier",
        "Floor",
        ondelete="restrict",
        help="Granted by the account's class.",
        readonly=True,
    )
    proposed_tier_id = GuardedMany2one("club.tier", ondelete="restrict", readonly=True)
    decided_tier_id = GuardedMany2one(
        "club.tier",
        ondelete="restrict",
        domain="[('group_id', '=', group_id)]",
        help="As proposed, unless set otherwise with a reason. Empty: lapses.",
    )
    override_reason = fields.Char(
        help="Why the decision differs from the proposal; needed when it does."
    )
    outcome = fields.Selection(
        [
            ("renewed", "Renewed"),
            ("upgraded", "Upgraded"),
            ("downgraded", "Downgraded"),
            ("lapsed", "Lapsed"),
        ],
        compute="_compute_outcome",
        store=True,
    )
    happens = fields.Char(
        "What Happens",
        compute="_compute_happens",
        help="The tier now and then, in words: also that it lapses.",
    )
    # A text, for lists break its lines.
    why = fields.Text(
        "Because",
        compute="_compute_happens",
        help="What the figures come to against what the tier needs; the reason where "
        "it is decided otherwise.",
    )
    date_grace = fields.Date(related="membership_id.date_grace", string="Grace Until")
    points = fields.Float(digits=(16, 2), readonly=True)
    revenue = fields.Monetary(readonly=True)
    score = fields.Float(digits=(6, 2), aggregator=None, readonly=True)
    window_from = fields.Date("Measured From", readonly=True)
    window_to = fields.Date("Measured To", readonly=True)
    evidence = fields.Json(readonly=True)
    evidence_html = fields.Html("Why", compute="_compute_evidence_html")
    begun_ids = fields.One2many(
        "club.membership", "requalification_line_id", readonly=True
    )
    applied_membership_id = fields.Many2one(
        "club.membership",
        "New Membership",
        compute="_compute_applied_membership_id",
        search="_search_applied_membership_id",
    )

    def init(self):
        """Guard the tiers that lines name."""
        self.env.cr.execute(CREATE_TIER_GUARDS)

    @api.depends("current_tier_id", "decided_tier_id")
    def _compute_outcome(self):
        for line in self:
            decided = line.decided_tier_id
            line.outcome = tier_rules.outcome_of(
                line.current_tier_id.sequence, decided.sequence if decided else None
            )

    @api.depends("begun_ids")
    def _compute_applied_membership_id(self):
        for line in self:
            line.applied_membership_id = line.begun_ids[:1]

    def _search_applied_membership_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("begun_ids", "in", [each for each in value if is_id(each)])
        if False in value:
            domain |= Domain("begun_ids", "=", False)
        return domain

    @api.depends(
        *("current_tier_id", "proposed_tier_id", "decided_tier_id"),
        *("evidence", "override_reason", "outcome"),
    )
    @api.depends_context("lang")
    def _compute_happens(self):
        names = {group: group._get_tier_names() for group in self.group_id}
        for line in self:
            values = {
                "current": line.current_tier_id.name,
                "decided": line.decided_tier_id.name,
            }
            if line.outcome == tier_rules.OUTCOME_LAPSED:
                line.happens = self.env._("%(current)s lapses", **values)
            elif line.outcome == tier_rules.OUTCOME_RENEWED:
                line.happens = self.env._("Stays %(current)s", **values)
            else:
                line.happens = f"{values['current']} → {values['decided']}"
            line.why = line._get_reason(names.get(line.group_id, {}))

    def _get_reason(self, names):
        """Return in a sentence why it comes to what it does. Rules A6, A10."""
        differs = self.decided_tier_id != self.proposed_tier_id
        if differs and get_written(self.override_reason):
            return self.env._("By hand: %s", get_written(self.override_reason))
        return bool(self.evidence) and self.group_id._get_line_reason(
            self.evidence, self.current_tier_id, self.proposed_tier_id, names
        )

    @api.depends("evidence", "group_id", "decided_tier_id", "override_reason")
    @api.depends_context("lang")
    def _compute_evidence_html(self):
        for line in self:
            decision = {"override": line.override_reason or None}
            line.evidence_html = line.group_id._render_evidence(
                line.evidence and {**line.evidence, **decision}, line.decided_tier_id
            )

    @api.constrains("decided_tier_id", "override_reason")
    def _check_override(self):
        for line in self:
            if line.decided_tier_id and line.decided_tier_id.group_id != line.group_id:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is not a tier of %(group)s.",
                        tier=line.decided_tier_id.name,
                        group=line.group_id.name,
                    )
                )
            differs = line.decided_tier_id != line.proposed_tier_id
            if differs and not get_written(line.override_reason):
                raise ValidationError(
                    self.env._(
                        "%(account)s is decided otherwise than proposed: "
                        "enter the reason.",
                        account=line.account_id.display_name,
                    )
                )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._club_check_guarded(["requalification_id"])
