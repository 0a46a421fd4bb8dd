from odoo import models
from odoo.models import MAGIC_COLUMNS

from ..record.rpc import for_records


class ClubSurveyPartMixin(models.AbstractModel):
    """A survey, a question or a choice: it keeps its meaning while in use. Rule C5.

    A survey is in use once an activity names it or a guest was sent it. From then on
    what is asked can be worded better, and nothing else changes: purpose, type, scale
    and what its ends are called, choices with their words and order, conditions,
    order of questions, who gets in and until when. Nothing is added or deleted either.
    What a guest answered would mean something else, or his link would end.
    """

    _name = "club.survey.part.mixin"
    _description = "Part of a Survey That Keeps Its Meaning"
    _inherit = ["club.guard.mixin"]

    # Fields that may be corrected while the survey is in use.
    _club_wording = ()

    def _get_club_surveys(self):
        """Return the surveys to which the records belong; each model says which."""
        return self.env["survey.survey"]

    def _club_after_create(self):
        super()._club_after_create()
        self._get_club_surveys()._check_not_in_use()

    def write(self, vals):
        """Compare what the parts mean before and after."""
        if self.env.su:
            return super().write(vals)
        used = self._get_club_surveys()._filter_in_use()
        fixed = self.filtered(lambda part: part._get_club_surveys() & used)
        meaning = {part: part._get_club_meaning() for part in fixed}
        result = super().write(vals)
        if any(part._get_club_meaning() != meaning[part] for part in fixed):
            used._check_not_in_use()
        # What was moved into a survey from elsewhere.
        (self - fixed)._get_club_surveys()._check_not_in_use()
        return result

    @for_records
    def update_field_translations(self, field_name, translations, source_lang=""):
        self.check_access("write")
        if field_name not in self._club_wording:
            self._get_club_surveys()._check_not_in_use()
        return super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )

    def _get_club_meaning(self):
        """Return what stays as it is, by name of the field."""
        self.ensure_one()
        kept = {*self._club_wording, *MAGIC_COLUMNS}
        part_sudo = self.sudo()  # also what the user may not read
        return {
            name: part_sudo[name]
            for name, field in self._fields.items()
            if field.store and field.type != "one2many" and name not in kept
        }
