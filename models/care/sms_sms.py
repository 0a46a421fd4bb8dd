from odoo import fields, models

from .greeting_sql import FAILED
from .res_company import SmsApiOff


class SmsSms(models.Model):
    """Text messages of greetings: by their company's gateway, and what became of them.
    Rule D5.
    """

    _name = "sms.sms"
    # The guard first: Odoo's creation wakes the queue before it asks for rights.
    _inherit = ["club.guard.mixin", "sms.sms"]

    _club_guard_trusts_su = True

    club_greeting_line_id = fields.Many2one(
        "club.greeting.line",
        "Greeting",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    def _get_sms_company(self):
        return self.club_greeting_line_id.company_id[:1] or super()._get_sms_company()

    def _split_by_company(self):
        return self.grouped(lambda sms: sms._get_sms_company()).items()

    def _split_by_api(self):
        """Keep from Odoo's provider what its company doesn't give it."""
        for company, messages in self._split_by_company():
            if company._get_sms_api_class() is SmsApiOff:
                yield SmsApiOff(self.env), messages
            else:
                yield from super(SmsSms, messages)._split_by_api()

    # pylint: disable-next=missing-return
    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Send those of each company by its own gateway."""
        options = {
            "unlink_failed": unlink_failed,
            "unlink_sent": unlink_sent,
            "raise_exception": raise_exception,
        }
        for _company, messages in self._split_by_company():
            super(SmsSms, messages)._send(**options)

    def _handle_call_result_hook(self, results):
        """Note which greetings weren't delivered."""
        result = super()._handle_call_result_hook(results)
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        failed = self.filtered(
            lambda sms: sms.state == "error" and sms.club_greeting_line_id
        )
        for failure, messages in failed.grouped("failure_type").items():
            messages.club_greeting_line_id._write_by_sql(
                state=FAILED, failure=labels.get(failure)
            )
        return result
