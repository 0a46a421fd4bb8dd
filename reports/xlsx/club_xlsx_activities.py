from odoo import api, models

from .workbook import COUNT, DATE, NUMBER, Column


class ClubXlsxActivities(models.AbstractModel):
    """What came of many activities, a row each. Rule E4."""

    _name = "club.xlsx.activities"
    _description = "Activity Summary Spreadsheet"
    _inherit = ["club.xlsx"]

    _kind = "activities"
    _source = "club.activity"
    _limit = 5_000

    @api.model
    def _get_file_name(self, records):
        return self.env._("Activity Summary %s", self.env["club.program"]._today())

    @api.model
    def _fill(self, book, records, **options):
        sheet = book.sheet(self.env._("Activities"), landscape=True)
        sheet.title(self.env._("Activity Summary"))
        sheet.text()
        summaries = self.env["club.activity.sheets"]._get_summary_data(records)
        sheet.table(self._get_columns(), map(self._prepare_row, summaries))

    def _get_columns(self):
        return (
            Column(self.env._("Number")),
            Column(self.env._("Theme"), 32),
            Column(self.env._("Type"), 20),
            Column(self.env._("Unit"), 20),
            Column(self.env._("Organised by")),
            Column(self.env._("Plan")),
            Column(self.env._("Begins"), 12, DATE),
            Column(self.env._("Ends"), 12, DATE),
            Column(self.env._("Lowest Tier")),
            Column(self.env._("Stage")),
            Column(self.env._("Guest Seats"), 10, COUNT),
            Column(self.env._("Invited"), 10, COUNT),
            Column(self.env._("Confirmed"), 10, COUNT),
            Column(self.env._("Attended"), 10, COUNT),
            Column(self.env._("Accounts"), 10, COUNT),
            Column(self.env._("Estimated Cost"), 14, NUMBER),
            Column(self.env._("Actual Cost"), 14, NUMBER),
            Column(self.env._("Over Estimate"), 14, NUMBER),
            Column(self.env._("Currency"), 10),
            Column(self.env._("Satisfaction"), 12, NUMBER),
            Column(self.env._("Answers"), 10, COUNT),
        )

    def _prepare_row(self, summary):
        activity = summary.activity
        planned, outside = self.env._("In the plan"), self.env._("Outside the plan")
        answered = activity.answer_count
        return (
            activity.name,
            activity.theme,
            summary.type_name,
            summary.unit,
            summary.organiser,
            planned if activity.is_planned else outside,
            summary.date_begin.replace(tzinfo=None),
            summary.date_end.replace(tzinfo=None),
            summary.tier,
            summary.stage,
            activity.headcount,
            summary.invited,
            summary.confirmed,
            summary.attended,
            summary.accounts,
            activity.cost_estimate,
            activity.cost_actual,
            activity.cost_difference,
            activity.currency_id.name,
            activity.satisfaction_mean if answered else None,
            answered,
        )
