"""What is said beside the club's records: where, and what stays as it was said."""

from odoo import api, models
from odoo.exceptions import AccessError

from ..lock import checked, is_open

# What one does with a message for oneself.
FREE = {"starred_partner_ids", "reaction_ids", "notification_ids"}


class ClubTalkMixin(models.AbstractModel):
    """Messages, followers, meetings: only records with a discussion have them.

    A benefit booking says that something was used, never what was found (rule C9): it
    has no discussion, and neither has what hangs on a document.
    """

    _name = "club.talk.mixin"
    _description = "What Is Said Beside a Record"

    # The mixin that a model must have, and the field that names the model.
    _club_talk = ""
    _club_talk_model = "res_model"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_club_talk()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._check_club_talk()
        return result

    def _check_club_talk(self):
        """Refuse records of the club that have no place for this; superuser may."""
        if self.env.su or is_open(self.env):
            return
        for name in {record[self._club_talk_model] for record in self.sudo()}:
            model = self.pool.get(name or "")
            if model is None or not name.startswith("club."):
                continue
            if not issubclass(model, self.pool[self._club_talk]):
                raise AccessError(
                    self.env._(
                        "Nothing is noted beside %(model)s: write it where the record "
                        "has a place for it, or in the discussion of its document.",
                        model=self.env[name]._description,
                    )
                )


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "club.talk.mixin"]
    _club_talk = "mail.thread"
    _club_talk_model = "model"

    def write(self, vals):
        if not FREE.issuperset(vals):
            self._check_club_told()
        return super().write(vals)

    def unlink(self):
        return super(MailMessage, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        self._check_club_told()

    def _check_club_told(self):
        """Refuse to change how the system tells what happened to the club's records.

        What somebody said himself is his, as far as Odoo lets him change it.
        """
        if self.env.su or is_open(self.env):
            return
        for message in self.sudo():
            is_ours = (message.model or "").startswith("club.")
            is_said = message.message_type == "comment" and not (
                message.tracking_value_ids
            )
            if is_ours and not is_said:
                raise AccessError(
                    self.env._(
                        "This note tells what happened to “%(record)s”: it stays as it "
                        "is. Add a message to correct it.",
                        record=message.record_name or message.model,
                    )
                )


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    def write(self, vals):
        self.mail_message_id._check_club_told()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        self.mail_message_id._check_club_told()


class MailFollowers(models.Model):
    _name = "mail.followers"
    _inherit = ["mail.followers", "club.talk.mixin"]
    _club_talk = "mail.thread"


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "club.talk.mixin"]
    _club_talk = "mail.activity.mixin"
