from datetime import date

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.program.club_day import FIRST_YEAR, LAST_YEAR
from ..models.record.rpc import for_one


class ClubDayLoad(models.TransientModel):
    """The State Council's notice on a year: days off and make-up days. Rules B5, D3.

    As the notice has it, a line for each holiday. It starts with what the calendar
    says already; loading it makes the year certain and moves open deadlines.
    """

    _name = "club.day.load"
    _description = "Year's Days Off"
    _inherit = ["club.guard.mixin"]

    year = fields.Integer(
        required=True, aggregator=None, default=lambda self: self._default_year()
    )
    line_ids = fields.One2many(
        "club.day.load.line",
        "load_id",
        "Holidays",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_loaded = fields.Boolean(compute="_compute_is_loaded")

    @api.model
    def _default_year(self):
        """Take the first year that nobody has loaded, else this one."""
        days = self.env["club.day"]
        first = days.search([("is_provisional", "=", True)], order="date", limit=1)
        return (first.date or self.env.company._club_today()).year

    @api.depends("year")
    def _compute_line_ids(self):
        for load in self:
            holidays = self.env["club.day"]._get_holidays(load.year)
            load.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "occasion": holiday.name,
                            "date_from": holiday.first,
                            "date_to": holiday.last,
                            **{
                                f"made_up_{number}": day
                                for number, day in enumerate(holiday.made_up[:3], 1)
                            },
                        }
                    )
                    for holiday in holidays
                ),
            ]

    @api.depends("year")
    def _compute_is_loaded(self):
        days = self.env["club.day"]
        for load in self:
            is_there = FIRST_YEAR <= load.year <= LAST_YEAR
            load.is_loaded = is_there and not days._is_provisional(
                date(load.year, 12, 31)
            )

    @for_one
    def action_load(self):
        """Make the year certain.

        :raises UserError: when it isn't in the calendar, or its lines contradict
        """
        days = self.env["club.day"]
        days.check_access("write")
        self._check_year()
        self.line_ids._check_days()
        # sudo: he may write days; only ours say that they are certain
        days.sudo()._load(self.year, [line._to_holiday() for line in self.line_ids])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_day_action"
        )
        year = str(self.year)
        return {
            **action,
            "domain": [
                ("date", ">=", f"{year}-01-01"),
                ("date", "<=", f"{year}-12-31"),
            ],
            "context": {"search_default_special": 1},
            "target": "main",
        }

    def _check_year(self):
        self.ensure_one()
        first, last = self.env["club.day"]._get_working_days()[:2]
        if not first <= self.year <= last:
            raise UserError(
                self.env._(
                    "The calendar has the years from %(first)s to %(last)s, and not "
                    "%(year)s: a year is there from the year before on.",
                    first=str(first),
                    last=str(last),
                    year=str(self.year),
                )
            )
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "Enter the days off of %s first, a line for each holiday.",
                    str(self.year),
                )
            )
