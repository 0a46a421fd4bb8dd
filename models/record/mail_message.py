"""What is said beside the club's records: where, and what stays as it was said."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .derived import differs
from .ir_rule import BESIDE
from .lock import checked, is_open
from .names import get_model_name

# What one does with a message for oneself.
FREE = {"starred_partner_ids", "reaction_ids", "notification_ids"}
# Who said something, when, where, and whether it was somebody or the system.
SAID = {
    *("author_id", "author_guest_id", "email_from", "date", "message_type"),
    *("subtype_id", "tracking_value_ids", "model", "res_id"),
}
# In the context of what the system itself tells: an object, which no client can send.
BY_SYSTEM = object()
# How far a message may be dated from the moment in which it is said.
LATENCY = timedelta(minutes=1)


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
        # sudo: where it stands is asked before he may read it
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
                        model=get_model_name(self.env[name]),
                    )
                )


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "club.talk.mixin"]
    _club_talk = "mail.thread"
    _club_talk_model = "model"

    @api.model_create_multi
    def create(self, vals_list):
        """
        :raises AccessError: for what a user has others say of the club's records, or
            has said at another time
        """
        tracked = any(values.get("tracking_value_ids") for values in vals_list)
        messages = super().create(vals_list)
        messages._check_club_speaker(tracked)
        return messages

    def write(self, vals):
        if not FREE.issuperset(vals):
            self.check_access("write")  # a refusal names the record
            self._check_club_told()
        if not SAID.isdisjoint(vals):
            self._check_club_said(vals)
        return super().write(vals)

    def _filter_records_for_message_operation(self, doc_model, doc_res_ids, operation):
        """Keep what is said of a company's records from companies above. Rule E5."""
        beside = self.with_context(club_beside=BESIDE)
        allowed = super(MailMessage, beside)._filter_records_for_message_operation(
            doc_model, doc_res_ids, operation
        )
        return allowed.with_env(self.env)

    def _filter_club_spoken(self):
        """Return what a user himself says of the club's records."""
        # sudo: where it stands is asked before he may read it
        if self.env.su or is_open(self.env):
            return self.browse()
        return self.sudo().filtered(
            lambda message: (message.model or "").startswith("club.")
        )

    def _check_club_speaker(self, tracked):
        """Let users speak for themselves, and now; changed values the system tells.

        :param tracked: whether changed values were given along
        """
        if self.env.context.get("club_told") is BY_SYSTEM:
            return
        now, speaker = fields.Datetime.now(), self.env.user.partner_id
        for message_sudo in self._filter_club_spoken():
            is_now = abs(message_sudo.date - now) <= LATENCY
            if tracked or message_sudo.author_id != speaker or not is_now:
                raise message_sudo._get_speaker_refusal()

    def _check_club_said(self, vals):
        """Refuse to say afterwards that it was said by another, or at another time."""
        for message_sudo in self._filter_club_spoken():
            if any(differs(message_sudo, name, vals[name]) for name in SAID & {*vals}):
                raise message_sudo._get_speaker_refusal()

    def _get_speaker_refusal(self):
        return AccessError(
            self.env._(
                "What is said of “%(record)s” is said in one's own name, at the time "
                "at which it is said: add a message of your own.",
                record=self.record_name or self.model,
            )
        )

    def unlink(self):
        return super(MailMessage, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        self._check_club_told()

    def _check_club_told(self):
        """Refuse to change how the system tells what happened to the club's records.

        What somebody said himself is his, as far as Odoo lets him change it.
        """
        # sudo: what was told stays, whoever would change it
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


class MailScheduledMessage(models.Model):
    """What is to be said stays with the company, as what is said. Rule E5."""

    _inherit = "mail.scheduled.message"

    @api.model
    def _search(self, domain, *args, **kwargs):
        beside = self.with_context(club_beside=BESIDE)
        return super(MailScheduledMessage, beside)._search(domain, *args, **kwargs)

    @api.model
    def _check(self, values=None):
        beside = self.with_context(club_beside=BESIDE)
        return super(MailScheduledMessage, beside)._check(values)


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    def write(self, vals):
        self.check_access("write")  # a refusal names the record
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
