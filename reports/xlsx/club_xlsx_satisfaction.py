from itertools import starmap

from odoo import api, models

from ...models.record.names import get_labels
from ...models.survey.satisfaction import MARKS, get_satisfaction
from .workbook import COUNT, DATE, NUMBER, Column


class ClubXlsxSatisfaction(models.AbstractModel):
    """The satisfaction summary: activities, then what guests said and need. C5, E4."""

    _name = "club.xlsx.satisfaction"
    _description = "Satisfaction Summary"
    _inherit = ["club.xlsx"]

    _kind = "satisfaction"
    _source = "club.activity"
    _limit = 5_000

    @api.model
    def _get_file_name(self, records):
        return self.env._("Satisfaction %s", self.env["club.program"]._today())

    @api.model
    def _get_default_domain(self):
        return [("sent_count", ">", 0)]

    @api.model
    def _fill(self, book, records, **options):
        figures = get_satisfaction(records)
        book.sheet(self.env._("Activities"), landscape=True).table(
            self._get_activity_columns(),
            starmap(self._prepare_activity, figures.items()),
        )
        book.sheet(self.env._("Answers"), landscape=True).table(
            self._get_answer_columns(),
            (
                self._prepare_answer(a)
                for data in figures.values()
                for a in data.answers
            ),
        )
        states = get_labels(self.env["club.need"], "state")
        book.sheet(self.env._("Needs"), landscape=True).table(
            self._get_need_columns(),
            (
                self._prepare_need(need, states)
                for data in figures.values()
                for need in data.needs
            ),
        )

    # === Activities === #

    def _get_activity_columns(self):
        return (
            Column(self.env._("Number"), 16),
            Column(self.env._("Theme"), 32),
            Column(self.env._("Activity Type"), 20),
            Column(self.env._("Unit"), 20),
            Column(self.env._("Date"), 12, DATE),
            Column(self.env._("Guests Who Came"), 10, COUNT),
            Column(self.env._("Guests Asked"), 10, COUNT),
            Column(self.env._("Answered"), 10, COUNT),
            Column(self.env._("Response Rate (%)"), 10, NUMBER),
            Column(self.env._("Satisfaction"), 12, NUMBER),
            *(Column(self.env._("Mark %s", mark), 8, COUNT) for mark in MARKS),
        )

    def _prepare_activity(self, activity, data):
        return (
            activity.name,
            activity.theme,
            activity.type_id.name,
            activity.unit_id.name,
            activity.company_id._club_day(activity.date_begin),
            data.attended,
            data.asked,
            data.answered,
            data.rate * 100,
            data.mean if data.answered else None,
            *(count for _mark, count, _share in data.marks),
        )

    # === Answers === #

    def _get_answer_columns(self):
        return (
            Column(self.env._("Activity"), 32),
            Column(self.env._("Guest"), 20),
            Column(self.env._("Account"), 28),
            Column(self.env._("Answered"), 12, DATE),
            Column(self.env._("Satisfaction"), 12, COUNT),
            Column(self.env._("Remarks"), 48),
            Column(self.env._("Entered by"), 20),
        )

    def _prepare_answer(self, answer):
        return (
            answer.activity_id.theme,
            answer.contact_id.name,
            answer.account_id.name,
            answer.activity_id.company_id._club_day(answer.answered_at),
            answer.satisfaction or None,
            answer.remark,
            answer.entered_by_id.name,
        )

    # === Needs === #

    def _get_need_columns(self):
        return (
            Column(self.env._("Activity"), 32),
            Column(self.env._("Need"), 48),
            Column(self.env._("Guest"), 20),
            Column(self.env._("Account"), 28),
            Column(self.env._("Owner"), 20),
            Column(self.env._("Due"), 12, DATE),
            Column(self.env._("Status"), 12),
            Column(self.env._("Result of the Need"), 48),
        )

    def _prepare_need(self, need, states):
        return (
            need.activity_id.theme,
            need.name,
            need.contact_id.name,
            need.account_id.name,
            need.owner_id.name,
            need.date_due,
            states[need.state],
            need.result,
        )
