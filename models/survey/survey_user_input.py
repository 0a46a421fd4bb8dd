from odoo import api, fields, models
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

    @api.model_create_multi
    def create(self, vals_list):
        if any(values.get("club_answer_id") for values in vals_list):
            self._check_club_su()
        return super().create(vals_list)

    def write(self, vals):
        if "club_answer_id" in vals or self._is_clubs():
            self._check_club_su()
        return super().write(vals)

    def unlink(self):
        if self._is_clubs():
            self._check_club_su()
        return super().unlink()

    def _is_clubs(self):
        return any(entered.sudo().club_answer_id for entered in self)

    def _check_club_su(self):
        """Raise but for the survey's own pages, which know the guest by his link."""
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "What guests of an activity answer comes from their own links, or "
                    "from Enter Answers after a call: nobody writes it otherwise."
                )
            )


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_club_su()
        return lines

    def write(self, vals):
        self._check_club_su()
        result = super().write(vals)
        self._check_club_su()
        return result

    def unlink(self):
        self._check_club_su()
        return super().unlink()

    def _check_club_su(self):
        if not self.env.su and self.sudo().user_input_id._is_clubs():
            self.user_input_id._check_club_su()
