from odoo.tests import freeze_time, tagged

from ..common import TODAY, ClubCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBudget(ClubCommon):
    def test_first(self):
        sheet = self.env["club.budget"].create({"program_id": self.program.id})
        sheet.action_prepare()
        sheet.action_prepare()
        self.env["club.account.cost"].search([]).mapped("name")
        self.env["club.account.cost"].formatted_read_group(
            [], ["unit_id"], ["granted:sum", "amount:sum"]
        )
        self.env["club.marketing.budget"].search([("is_over", "=", True)])
