"""Mails to guests with their tickets: a few at a time, and what is sent is kept. C4."""

from odoo import models
from odoo.tools import split_every

from ..record.ir_actions_report import SELF_CONTAINED

# Each mail may carry a PDF. What fits easily into a second or two of a job that is
# ended after two minutes, and then begins with what isn't committed.
AT_ONCE = 5


class EventMailRegistration(models.Model):
    _inherit = "event.mail.registration"

    def _execute_on_registrations(self):
        """Commit after every few mails to guests of the club. Odoo does after fifty: a
        job that ends before has sent none. Tickets are printed as our papers are.

        The job goes on for as long as it may, and is called once more for the rest.
        """
        guests = self.registration_id._filter_club()
        ours = self.filtered(lambda mail: mail.registration_id in guests)
        others = self - ours
        done = super(EventMailRegistration, others)._execute_on_registrations()
        cron = self.env["ir.cron"]
        printing = ours.with_context(**{SELF_CONTAINED: True})
        for few in split_every(AT_ONCE, printing.ids, printing.browse):
            done |= super(EventMailRegistration, few)._execute_on_registrations()
            if not cron._commit_progress(len(few)) and len(done) < len(self):
                # sudo: the job is called once more, whoever began it
                self.env.ref("event.event_mail_scheduler").sudo()._trigger()
                break
        return done.with_env(self.env)
