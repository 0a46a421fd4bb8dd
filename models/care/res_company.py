from odoo import models

from odoo.addons.sms.tools.sms_api import SmsApi, SmsApiBase


class SmsApiOff(SmsApiBase):
    """Stands in for Odoo's paid foreign provider: calls nobody. Rule D5.

    Each message fails as one of an account that isn't registered.
    """

    PROVIDER_TO_SMS_FAILURE_TYPE = {
        **SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE,
        "unregistered": "sms_acc",
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return [
            {"uuid": number["uuid"], "state": "unregistered"}
            for message in messages
            for number in message["numbers"]
        ]


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        """Let no text message of a club go to Odoo's paid provider unless its program
        says so. A gateway of the bureau's own overrides this method.
        """
        found = super()._get_sms_api_class()
        if found is not SmsApi:
            return found
        # sudo: the setting holds whoever sends, in branches of the company, too
        programs_sudo = self.env["club.program"].sudo()
        for company in reversed(self.sudo().parent_ids):
            if program_sudo := programs_sudo._get_main(company):
                return found if program_sudo.sms_by_odoo else SmsApiOff
        return found

    def _club_sends_sms(self):
        """Tell whether text messages leave from here, by whichever gateway."""
        return self._get_sms_api_class() is not SmsApiOff
