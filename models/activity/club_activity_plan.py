"""Activities inside a signed line of the plan. Rule C2."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..approval.states import APPROVED, DONE, EDITABLE, WAITING
from ..record.groups import OFFICER
from ..record.rpc import for_records
from .club_activity import CANCELLED
from .club_plan_line import EXECUTIVE

EXECUTIVE_BODY = "executive"


class ClubActivity(models.Model):
    _inherit = "club.activity"

    is_planned = fields.Boolean(
        "In the Plan", compute="_compute_is_planned", store=True
    )
    plan_left = fields.Monetary(
        "Left on the Line",
        compute="_compute_plan_left",
        help="Of the line's budget, beside what its other activities take.",
    )

    @api.depends("plan_line_id")
    def _compute_is_planned(self):
        for activity in self:
            activity.is_planned = bool(activity.plan_line_id)

    @api.depends("plan_line_id", "plan_line_id.budget")
    def _compute_plan_left(self):
        lines = self.plan_line_id
        taken = lines and self._get_taken_from(lines)
        for activity in self:
            line = activity.plan_line_id
            own = activity._origin
            others = sum(
                amount
                for other_id, amount in (taken and taken.get(line.id) or {}).items()
                if other_id != own.id
            )
            activity.plan_left = line.budget - float(others)

    # === Actions === #

    @for_records
    def action_submit(self):
        """Submit; what lies within a signed line of the plan takes effect. Rule C2.

        That is what the executive group organises itself, is submitted by one of it or
        a club officer, and costs no more, together with the line's other activities,
        than its budget. Anything else goes by the amount bands. Rule C3.
        """
        self = self._without_client_context()
        self.check_access("write")
        foreseen = self.filtered(lambda activity: activity._is_foreseen())
        for activity in foreseen:
            activity._check_can_submit()
        taken = foreseen._take_from_plan() if foreseen else foreseen
        others = self - taken
        return super(ClubActivity, others).action_submit() if others else True

    # === The plan === #

    def _is_foreseen(self):
        """Tell whether the plan may stand for signatures, whatever it costs."""
        line = self.plan_line_id
        return bool(
            self.approval_state in EDITABLE
            and self._is_executive()
            and line.organiser == EXECUTIVE
            and line.in_force
            and self._acts_for_executive()
        )

    def _acts_for_executive(self):
        """Tell whether the user is of the executive group of the company today."""
        self.ensure_one()
        if self.env.user.has_group(OFFICER):
            return True
        # sudo: who sits where is no secret, and who asks needn't see bodies
        bodies_sudo = self.env["club.body"].sudo()
        body = bodies_sudo.search(
            [
                ("code", "=", EXECUTIVE_BODY),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        holders = body._get_holders_today().get(body, [])
        return any(holder.user_id == self.env.uid for holder in holders)

    def _take_from_plan(self):
        """Let what fits into the budget of its line take effect, one by one.

        :return: the activities that did
        """
        self._hold_plan_lines()
        done = self.browse()
        for activity in self:
            line = activity.plan_line_id
            taken = self._get_taken_from(line).get(line.id, {})
            taken.pop(activity.id, None)
            left = Decimal(str(line.budget)) - sum(taken.values())
            own = Decimal(str(activity._count_approval_amount()[0]))
            if round(own, 2) <= round(left, 2):
                activity._set_opening(activity._get_plan_reason(own, left))
                done |= activity
        return done

    def _hold_plan_lines(self):
        """Hold the lines until the transaction ends: nobody else takes from them.

        They are written, not only locked: who waited for them judges by what was taken
        before, fails, and is started anew by Odoo.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH held AS (
                SELECT id FROM club_plan_line WHERE id = ANY(%s) ORDER BY id
                   FOR NO KEY UPDATE)
            UPDATE club_plan_line l SET budget = l.budget FROM held
             WHERE l.id = held.id
            """,
            [self.plan_line_id.ids],
        )

    @api.model
    def _get_taken_from(self, lines):
        """Return what activities take from lines: ``{line id: {activity id: amount}}``.

        Estimates that were submitted, or what it came to where that is more; of what
        was cancelled only what it cost all the same.
        """
        self.flush_model(
            ["plan_line_id", "approval_state", "stage", "cost_estimate", "cost_actual"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT plan_line_id, id,
                       CASE WHEN stage = %(cancelled)s THEN coalesce(cost_actual, 0)
                            ELSE greatest(cost_estimate, cost_actual, 0) END::text
                  FROM club_activity
                 WHERE plan_line_id = ANY(%(lines)s)
                   AND approval_state = ANY(%(states)s)
                """,
                cancelled=CANCELLED,
                lines=lines.ids,
                states=[WAITING, APPROVED, DONE],
            )
        )
        result = {}
        for line_id, activity_id, amount in rows:
            result.setdefault(line_id, {})[activity_id] = Decimal(amount)
        return result

    def _get_plan_reason(self, own, left):
        """Return the evidence why no signature was asked. Rule C2."""
        line, currency = self.plan_line_id, self.currency_id
        return self.env._(
            "Inside “%(line)s” of the plan %(year)s, signed before: %(own)s of "
            "%(left)s that were left of its budget.",
            line=line.name,
            year=line.plan_id.year,
            own=formatLang(self.env, float(own), currency_obj=currency),
            left=formatLang(self.env, float(left), currency_obj=currency),
        )
