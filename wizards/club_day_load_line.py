from datetime import date, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.working_days import Holiday, is_weekday
from ..models.program.club_day import OCCASIONS

MADE_UP = ("made_up_1", "made_up_2", "made_up_3")
# No holiday was ever longer.
LONGEST = timedelta(days=15)


class ClubDayLoadLine(models.TransientModel):
    """A holiday of the notice: off from one day to another, made up on weekends."""

    _name = "club.day.load.line"
    _description = "Holiday of a Year"
    _inherit = ["club.guard.mixin"]
    _order = "date_from, id"
    _club_parent = "load_id"

    load_id = fields.Many2one(
        "club.day.load", required=True, index=True, ondelete="cascade"
    )
    occasion = fields.Selection(
        lambda self: self._select_occasion(), "Holiday", required=True
    )
    date_from = fields.Date("Off From", required=True)
    date_to = fields.Date("Off To", required=True)
    made_up_1 = fields.Date("Made Up On")
    made_up_2 = fields.Date("And On")
    made_up_3 = fields.Date("As Well As On")

    def _select_occasion(self):
        return [(code, self.env._(label)) for code, label in OCCASIONS.items()]

    def _to_holiday(self):
        """Return the line as the kernel takes it."""
        self.ensure_one()
        made_up = tuple(self[name] for name in MADE_UP if self[name])
        return Holiday(self.occasion, self.date_from, self.date_to, made_up)

    def _check_days(self):
        """Refuse lines that contradict each other, the year or the week."""
        seen = set()
        for line in self:
            holiday = line._to_holiday()
            if not timedelta() <= holiday.last - holiday.first < LONGEST:
                raise UserError(
                    self.env._(
                        "%(holiday)s is off from %(first)s to %(last)s: mend the days.",
                        holiday=line._get_name(),
                        first=format_date(self.env, holiday.first),
                        last=format_date(self.env, holiday.last),
                    )
                )
            line._check_made_up(holiday.made_up)
            length = (holiday.last - holiday.first).days + 1
            off = [holiday.first + timedelta(days=each) for each in range(length)]
            for day in (*off, *holiday.made_up):
                line._check_year(day)
                if day in seen:
                    raise UserError(
                        self.env._(
                            "%s stands in the notice twice: a day is off, or made up, "
                            "for one holiday only.",
                            format_date(self.env, day),
                        )
                    )
                seen.add(day)

    def _check_made_up(self, days):
        for day in days:
            if is_weekday(day):
                raise UserError(
                    self.env._(
                        "%(day)s (%(holiday)s) is a %(weekday)s: only Saturdays and "
                        "Sundays are worked to make up for days off.",
                        day=format_date(self.env, day),
                        holiday=self._get_name(),
                        weekday=format_date(self.env, day, date_format="EEEE"),
                    )
                )

    def _check_year(self, day):
        """Refuse days of other years; New Year reaches back into December."""
        year = self.load_id.year
        if not date(year - 1, 12, 20) <= day <= date(year, 12, 31):
            raise UserError(
                self.env._(
                    "%(day)s (%(holiday)s) isn't a day of %(year)s.",
                    day=format_date(self.env, day),
                    holiday=self._get_name(),
                    year=str(year),
                )
            )

    def _get_name(self):
        return dict(self._select_occasion())[self.occasion]
