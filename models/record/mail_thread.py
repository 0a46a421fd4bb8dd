"""What the system tells of the club's records, whatever a client's context says.

Odoo keeps quiet for keys of the context, which any RPC call can send: values would
change without a trace, and nobody would be asked to do what waits for him.
"""

from odoo import api, models

from .ir_rule import BESIDE
from .lock import is_open
from .mail_message import BY_SYSTEM
from .refused import WORKING, doing
from .rpc import for_records

TOLD = {"tracking_disable": False, "mail_notrack": False}
ASKED = {"mail_activity_automation_skip": False}


def _loud(records, keys):
    """Return the club's records without the keys that a user's client has sent."""
    if records.env.su or is_open(records.env) or not records._name.startswith("club."):
        return records
    if not any(map(records.env.context.get, keys)):
        return records
    return records.with_context(**keys)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model_create_multi
    def create(self, vals_list):
        records = super(MailThread, _loud(self, TOLD)).create(vals_list)
        return records.with_env(self.env)

    @doing(WORKING)  # it reads first what it tells has changed
    def write(self, vals):
        return super(MailThread, _loud(self, TOLD)).write(vals)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let what the club asks of people make no followers where its own code says
        so: one reads what it is one's turn to sign, or all follow already. No client
        says so.
        """
        if self.env.context.get("club_no_follow") is BY_SYSTEM:
            return True
        beside = self.with_context(club_beside=BESIDE)
        if getattr(self, "_club_from_above", False) and not beside.has_access("read"):
            return False  # as Odoo answers who can't read it
        return super().message_subscribe(partner_ids, subtype_ids)

    def _message_track(self, fields_iter, initial_values_dict):
        """Tell which values have changed: that is the system's to tell.

        Its own key, not the lock: what follows a message may be anybody's code.
        """
        told = self
        if self._name.startswith("club."):
            told = self.with_context(club_told=BY_SYSTEM)
        return super(MailThread, told)._message_track(fields_iter, initial_values_dict)


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    @for_records
    def activity_schedule(self, act_type_xmlid="", *args, **values):
        return super(MailActivityMixin, _loud(self, ASKED)).activity_schedule(
            act_type_xmlid, *args, **values
        )
