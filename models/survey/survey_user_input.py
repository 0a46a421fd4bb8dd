from odoo import fields, models
from odoo.exceptions import AccessError


class SurveyUserInput(models.Model):
    """What one guest enters into a survey: Odoo's paper behind the club's answer."""

    _name = "survey.user_input"
    _inherit = ["survey.user_input", "club.guard.mixin"]

    club_answer_id = fields.Many2one(
        "club.answer",
        "Answer of a Guest",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    club_is_correction = fields.Boolean(
        "Correction",
        readonly=True,
        copy=False,
        help="Entered after a call, in place of what the guest had answered.",
    )

    _club_answer_uniq = models.UniqueIndex(
        "(club_answer_id) WHERE club_is_correction IS NOT TRUE",
        "This guest has a link of his own already.",
    )
    _club_correction_uniq = models.UniqueIndex(
        "(club_answer_id) WHERE club_is_correction AND state <> 'done'",
        "Somebody is correcting this answer already.",
    )

    def _mark_done(self):
        """Hand over what a guest has answered. Rule C5."""
        result = super()._mark_done()
        for entered in self.filtered("club_answer_id"):
            entered.club_answer_id._take_over(entered)
        return result

    # === What guests said is nobody's to change === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_club_su()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_club_su()

    def _check_club_su(self):
        """Raise but for the survey's own pages, which know the guest by his link."""
        # sudo: whose answer it is, is asked before he may read it
        if not self.env.su and any(self.sudo().mapped("club_answer_id")):
            raise AccessError(
                self.env._(
                    "What guests of an activity answer comes from their own links, or "
                    "from Enter Answers after a call: nobody writes it otherwise."
                )
            )


class SurveyUserInputLine(models.Model):
    _name = "survey.user_input.line"
    _inherit = ["survey.user_input.line", "club.guard.mixin"]

    def _club_after_create(self):
        super()._club_after_create()
        self._check_club_su()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_club_su()

    def _club_after_write(self, vals):
        """What was moved into a guest's paper from elsewhere."""
        super()._club_after_write(vals)
        self._check_club_su()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_club_su()

    def _check_club_su(self):
        lines_sudo = self.sudo()  # whoever may read the paper
        lines_sudo.user_input_id.sudo(self.env.su)._check_club_su()
