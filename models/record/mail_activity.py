from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from .groups import OFFICER
from .lock import MODULE, checked, is_open
from .names import get_model_name

# What one does with a to-do without taking it from who has it.
FREE = {"attachment_ids"}


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        """
        :raises AccessError: for another's to-do that the club's own methods gave him
        """
        if not FREE.issuperset(vals):
            self.check_access("write")  # a refusal names whom it asks for what
            self._check_club_given()
        return super().write(vals)

    def unlink(self):
        return super(MailActivity, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        self._check_club_given()

    def _check_club_given(self):
        """Leave to each one what the system asks of him: to sign, to mark, to say
        whether it was held. Whoever may write the document could take it from him.
        """
        if self.env.su or is_open(self.env) or self.env.user.has_group(OFFICER):
            return
        others_sudo = self.sudo().filtered(
            lambda todo: todo.automated and todo.user_id != self.env.user
        )
        names = others_sudo.activity_type_id._get_external_ids()
        for todo in others_sudo:
            given = names.get(todo.activity_type_id.id, ())
            if any(name.startswith(f"{MODULE}.") for name in given):
                raise AccessError(
                    self.env._(
                        "“%(todo)s” was asked of %(user)s: only he does it, or a club "
                        "officer takes it from him.",
                        todo=todo.display_name,
                        user=todo.user_id.name,
                    )
                )

    @api.constrains("res_model_id")
    def _check_club_has_activities(self):
        """Refuse to-dos where the club has no place to show them: Odoo fails there only
        when it looks for the followers.
        """
        for model in set(self.filtered("res_model").mapped("res_model")):
            is_clubs = model.startswith("club.") and model in self.env
            if is_clubs and "activity_ids" not in self.env[model]._fields:
                raise ValidationError(
                    self.env._(
                        "%s has no to-dos: schedule one on the account instead.",
                        get_model_name(self.env[model]),
                    )
                )
