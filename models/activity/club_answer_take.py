from odoo import fields, models
from odoo.tools import SQL

from ..lock import opened
from ..rpc import without_client_context
from .club_answer import ANSWERED, WAITING
from .holds import hold_records
from .survey_question import CALL_BACK, NEED, REMARK, SATISFACTION


class ClubAnswer(models.Model):
    """Taking over what a guest has entered into the survey. Rule C5."""

    _inherit = "club.answer"

    def _take_over(self, entered):
        """Copy what counts from the survey's paper, state needs, count anew.

        :param entered: the paper, just completed
        """
        self.ensure_one()
        answer_sudo = opened(without_client_context(self.sudo()))
        hold_records(answer_sudo)
        if answer_sudo.state != WAITING and not entered.club_is_correction:
            return
        said = answer_sudo._read_paper(entered.sudo())
        if answer_sudo.state != WAITING:
            answer_sudo._log_correction(said)
        user = self.env.user
        is_guest = user._is_public() or user.partner_id == self.contact_id
        answer_sudo.write(
            {
                "state": ANSWERED,
                "answered_at": fields.Datetime.now(),
                "entered_by_id": False if is_guest else user.id,
                "wants_call": said[CALL_BACK],
                "remark": said[REMARK] or False,
            }
        )
        # The ORM would write 0 for no mark, which isn't one.
        self.env.execute_query(
            SQL(
                "UPDATE club_answer SET satisfaction = %s WHERE id = %s RETURNING id",
                said[SATISFACTION],
                self.id,
            )
        )
        answer_sudo.invalidate_recordset(["satisfaction"])
        answer_sudo._state_need(said)
        answer_sudo.activity_id._refresh_satisfaction()

    def _read_paper(self, entered):
        """Return what was entered, by purpose of the question."""
        lines = entered.user_input_line_ids.filtered(lambda line: not line.skipped)
        by_purpose = lines.grouped(lambda line: line.question_id.club_purpose)
        none = lines.browse()
        marks = by_purpose.get(SATISFACTION, none)
        chosen = by_purpose.get(CALL_BACK, none).suggested_answer_id
        return {
            SATISFACTION: marks[:1].value_scale or None,
            CALL_BACK: bool(
                chosen and chosen == chosen.question_id.suggested_answer_ids[:1]
            ),
            **{
                purpose: "\n".join(
                    line.value_text_box or line.value_char_box or ""
                    for line in by_purpose.get(purpose, none)
                ).strip()
                for purpose in (NEED, REMARK)
            },
        }

    def _log_correction(self, said):
        """Tell in the chatter what was said before a correction."""
        self._message_log(
            body=self.env._(
                "Entered anew after a call. Satisfaction was %(before)s and is "
                "%(after)s. Remarks were: %(remark)s",
                before=self.satisfaction or "–",
                after=said[SATISFACTION] or "–",
                remark=self.remark or "–",
            )
        )

    def _state_need(self, said):
        """Put down what the guest needs, once; ask its owner to call who wants it."""
        self.ensure_one()
        if not said[NEED] and not said[CALL_BACK]:
            return
        text = said[NEED] or self.env._("Asked to be called")
        need = self.need_ids.filtered(lambda n: n.name == text)[:1]
        if not need:
            need = self.env["club.need"].create(
                {
                    "name": text,
                    "invitation_id": self.invitation_id.id,
                    "company_id": self.company_id.id,
                    "answer_id": self.id,
                }
            )
        if said[CALL_BACK] and need.owner_id:
            need.action_schedule_follow_up()
