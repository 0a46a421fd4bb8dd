from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..activity.stages import PAST
from ..record.derived import differs
from ..record.navigate import open_list
from ..record.rpc import for_one
from .club_answer import ANSWERED
from .satisfaction import get_satisfaction


class ClubActivity(models.Model):
    """Asking the guests afterwards. Rule C5."""

    _inherit = "club.activity"

    survey_id = fields.Many2one(
        "survey.survey",
        compute="_compute_survey_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What guests are asked afterwards: the one of the type, unless another is "
        "chosen. Fixed once somebody was asked.",
    )
    sent_count = fields.Integer("Guests Asked", readonly=True, copy=False)
    response_rate = fields.Float(
        compute="_compute_response_rate",
        help="How many of those who were asked have answered.",
    )
    answer_ids = fields.One2many("club.answer", "activity_id", "Answers of Guests")
    need_ids = fields.One2many("club.need", "activity_id", "Needs of Guests")
    need_count = fields.Integer("Number of Needs", compute="_compute_need_count")
    satisfaction_html = fields.Html(
        "Satisfaction Figures", compute="_compute_satisfaction_html", sanitize=False
    )

    @api.depends("type_id")
    def _compute_survey_id(self):
        for activity in self:
            type_sudo = activity.type_id.sudo()  # past the rights on surveys
            activity.survey_id = type_sudo.survey_id

    @api.depends("sent_count", "answer_count")
    def _compute_response_rate(self):
        for activity in self:
            asked = activity.sent_count
            activity.response_rate = activity.answer_count / asked if asked else 0

    @api.depends("need_ids")
    def _compute_need_count(self):
        """Count what the user may read."""
        counts = dict(
            self.env["club.need"]._read_group(
                [("activity_id", "in", self.ids)], ["activity_id"], ["__count"]
            )
        )
        for activity in self:
            activity.need_count = counts.get(activity._origin, 0)

    @api.depends("answer_count", "sent_count")
    @api.depends_context("lang")
    def _compute_satisfaction_html(self):
        figures = get_satisfaction(self._origin)
        for activity in self:
            data = figures.get(activity._origin)
            activity.satisfaction_html = data and self.env["ir.qweb"]._render(
                "crm_club.club_satisfaction_figures", {"data": data}
            )

    @api.constrains("survey_id")
    def _check_survey_id(self):
        self.survey_id._check_club_use()

    def _check_club_fixed(self, vals):
        """Refuse another survey than that which guests were asked with already."""
        super()._check_club_fixed(vals)
        changed = self.filtered(
            lambda activity: (
                "survey_id" in vals
                and differs(activity, "survey_id", vals["survey_id"])
            )
        )
        # sudo: whoever may read what guests answered
        answers_sudo = self.env["club.answer"].sudo()
        if asked := answers_sudo.search([("activity_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Guests of “%s” were asked already: its survey stays.",
                    asked.activity_id.theme,
                )
            )

    # === Actions === #

    @for_one
    def action_send_survey(self):
        """Open the dialog that asks the guests. Rule C5."""
        self.check_access("read")
        self._check_can_ask()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Survey"),
            "res_model": "club.survey.send",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_activity_id": self.id},
        }

    @for_one
    def action_open_answers(self):
        return open_list(self, "club_answer_action", "activity_id")

    @for_one
    def action_open_needs(self):
        return open_list(self, "club_need_action", "activity_id")

    def _check_can_ask(self):
        """Raise unless the guests of the activity can be asked now. Rule C5."""
        self.ensure_one()
        if self.stage not in PAST:
            raise UserError(
                self.env._(
                    "“%s” wasn't held yet: guests are asked afterwards.", self.theme
                )
            )
        if not self.survey_id:
            raise UserError(
                self.env._(
                    "“%s” has no survey: choose one on the activity, or on its type "
                    "for the next ones.",
                    self.theme,
                )
            )

    # === Figures === #

    def _refresh_satisfaction(self):
        """Count who was asked, who answered and the mean anew, for all at once."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_activity a
                   SET sent_count = s.sent,
                       answer_count = s.answered,
                       satisfaction_mean = s.mean
                  FROM (SELECT i.id,
                               count(w.sent_at) AS sent,
                               count(*) FILTER (WHERE w.state = %(answered)s)
                                   AS answered,
                               coalesce(round(avg(w.satisfaction), 2), 0) AS mean
                          FROM club_activity i
                     LEFT JOIN club_answer w ON w.activity_id = i.id
                         WHERE i.id = ANY(%(ids)s)
                         GROUP BY i.id) s
                 WHERE a.id = s.id
                """,
                answered=ANSWERED,
                ids=self.ids,
            )
        )
        self.invalidate_recordset()
