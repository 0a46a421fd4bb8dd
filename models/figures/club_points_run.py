from odoo import models


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    def _do_post(self):
        """What is posted shows in the months' figures in a moment, by their job."""
        result = super()._do_post()
        # sudo: whoever posts needn't read the jobs
        self.env.ref("crm_club.ir_cron_club_figure").sudo()._trigger()
        return result
