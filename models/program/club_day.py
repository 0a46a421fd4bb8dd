"""The calendar of working days. Rules B5, D3."""

import json
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date, ormcache
from odoo.tools.translate import LazyTranslate

from ...kernel import lunar, published_days, working_days
from ..record.forget import forget
from ..record.lock import closed
from ..record.reader import as_reader, get_officers

_lt = LazyTranslate(__name__)

FIRST_YEAR, LAST_YEAR = min(published_days.PUBLISHED), 2099
OCCASIONS = {
    working_days.NEW_YEAR: _lt("New Year"),
    working_days.SPRING: _lt("Spring Festival"),
    working_days.TOMBS: _lt("Tomb-Sweeping Day"),
    working_days.LABOUR: _lt("Labour Day"),
    working_days.DRAGON_BOAT: _lt("Dragon Boat Festival"),
    working_days.MID_AUTUMN: _lt("Mid-Autumn Festival"),
    working_days.NATIONAL: _lt("National Day"),
}
# From this day on the State Council's notice of next year is out, or soon will be.
NOTICE_DUE = (11, 15)
TODO = "mail.mail_activity_data_todo"
# The day's word for it is stored whether or not the language is in use already.
LANGUAGES = ("en_US", "zh_CN")


class ClubDay(models.Model):
    """A day of the Chinese calendar: whether one works, and the how many-th it is.

    One row a day from the first published year on to the end of next year at least,
    the same for all companies. ``number`` counts the working days up to and including
    the day, so "n working days after" is one join. Of a year that the State Council
    hasn't spoken of yet only the festivals are known: its days are provisional, until
    somebody loads the notice.
    """

    _name = "club.day"
    _description = "Calendar Day"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _order = "date"

    date = fields.Date("Day", required=True, readonly=True)
    is_working = fields.Boolean(
        "Working Day",
        tracking=True,
        help="A make-up day on a weekend is one, a day off in the week isn't. Change "
        "it where the State Council or your place has decided otherwise: open "
        "deadlines follow.",
    )
    number = fields.Integer(
        "Working Days So Far",
        readonly=True,
        aggregator=None,
        help="Working days from the calendar's first one up to this day.",
    )
    occasion = fields.Char(
        translate=True, help="The holiday that it belongs to, or is made up for."
    )
    weekday = fields.Char(compute="_compute_words")
    lunar_date = fields.Char(compute="_compute_words", help="By the Chinese calendar.")
    is_provisional = fields.Boolean(
        "Provisional",
        readonly=True,
        default=True,
        help="The State Council hasn't published this year's days yet, or nobody has "
        "loaded them: weekends and the festivals themselves are off, days moved for "
        "them aren't known. Deadlines may move once they are.",
    )

    # Also serves `working_days.after_sql` and the calendar view.
    _date_uniq = models.UniqueIndex("(date)", "Each day is in the calendar once.")
    # Serves `working_days.after_sql`.
    _number_idx = models.Index("(number) WHERE is_working")

    @api.depends("date", "occasion", "is_working")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for day in self:
            words = [format_date(self.env, day.date)]
            if day.occasion:
                words.append(day.occasion)
                words.append(
                    self.env._("work") if day.is_working else self.env._("off")
                )
            day.display_name = " · ".join(words)

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_words(self):
        for day in self:
            day.weekday = format_date(self.env, day.date, date_format="EEEE")
            _year, *lunar_day = lunar.to_lunar(day.date) if day.date else (0,)
            day.lunar_date = lunar_day and lunar.format_chinese(*lunar_day)

    # === Written === #

    def _club_after_create(self):
        super()._club_after_create()
        closed(self)._renumber(min(self.mapped("date")))

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "is_working" in vals and self:
            closed(self)._renumber(min(self.mapped("date")))

    @api.model
    def _renumber(self, date_from):
        """Count the working days anew, after days from ``date_from`` on have changed.

        One statement, however many days.
        """
        self.flush_model(["date", "is_working", "number"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_day day
                   SET number = counted.number
                  FROM (SELECT id,
                               count(*) FILTER (WHERE is_working)
                                   OVER (ORDER BY date) AS number
                          FROM club_day) counted
                 WHERE counted.id = day.id
                   AND counted.number IS DISTINCT FROM day.number
                """
            )
        )
        self.invalidate_model(["number"])
        forget(self.env)
        self._after_change(date_from)
        # Who is at work at this moment sees the days as they were, and may keep them.
        cron = self.env.ref("crm_club.ir_cron_club_day", raise_if_not_found=False)
        if cron:
            cron._trigger()

    def _follow_last_change(self):
        """Let follow what was made by the days as they were, while others changed them
        in the last day.
        """
        since = fields.Datetime.now() - timedelta(days=1)
        changed = self.search([("write_date", ">=", since)], order="date", limit=1)
        if changed:
            forget(self.env)
            self._after_change(changed.date)

    @api.model
    def _after_change(self, date_from):
        """Let what counts working days follow: days from ``date_from`` on are others.

        A hook for whatever stores a deadline.
        """

    # === Years === #

    @api.model
    def _cron_ensure_years(self):
        """Make next year's days, and ask an officer for its notice once it is due; let
        those follow a change who were at work while it was made.
        """
        self._ensure_years()
        self._follow_last_change()
        today = self.env.company._club_today()
        if (today.month, today.day) >= NOTICE_DUE:
            self.search(
                [
                    ("date", "=", date(today.year + 1, 1, 1)),
                    ("is_provisional", "=", True),
                ]
            )._ask_for_notice(today)

    def _ask_for_notice(self, today):
        """Ask the officers, once, to load the year of the day."""
        # sudo: what was asked and done already counts, too
        programs_sudo = self.env["club.program"].sudo()
        programs_sudo = programs_sudo.search([])  # pylint: disable=no-search-all
        officers = self.env["res.users"].union(
            *(get_officers(self.env, company) for company in programs_sudo.company_id)
        )
        todos_sudo = self.env["mail.activity"].sudo().with_context(active_test=False)
        for day in self:
            if todos_sudo.search_count(
                [("res_model", "=", self._name), ("res_id", "=", day.id)], limit=1
            ):
                continue
            for officer in officers:
                day.activity_schedule(
                    TODO,
                    date_deadline=date(today.year, 12, 31),
                    summary=as_reader(day, officer).env._(
                        "Load the days off and make-up days of %s", str(day.date.year)
                    ),
                    user_id=officer.id,
                )

    @api.model
    def _ensure_years(self):
        """Make the days that are missing up to the end of next year.

        What is there stays, as it came or as its users have changed it.
        """
        # sudo: the cron, an upgrade, or whoever installs
        days_sudo = self.sudo()
        last = min(days_sudo.env.company._club_today().year + 1, LAST_YEAR)
        there = {day.year for (day,) in days_sudo._read_group([], ["date:year"])}
        missing = [year for year in range(FIRST_YEAR, last + 1) if year not in there]
        if missing:
            days_sudo._make_years(missing)

    def _make_years(self, years):
        for year in years:
            holidays = published_days.PUBLISHED.get(year, ())
            self._put(working_days.plan(year, holidays), is_provisional=not holidays)
        self._renumber(date(min(years), 1, 1))

    @api.model
    def _load(self, year, holidays):
        """Make a year certain, as the State Council's notice says.

        :param holidays: of `kernel.working_days.Holiday`
        """
        planned = working_days.plan(year, holidays)
        self._put(planned, is_provisional=False)
        self._renumber(min(planned))
        first = self.search([("date", "=", date(year, 1, 1))])
        first.activity_unlink([TODO])
        first.message_post(
            body=self.env._("The days off of %s were loaded.", str(year))
        )

    def _put(self, planned, is_provisional):
        """Write days as they are planned, those that aren't there yet, too."""
        words = self._get_words()
        days = list(planned)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_day AS day
                           (date, is_working, occasion, is_provisional,
                            create_uid, create_date, write_uid, write_date)
                SELECT date, is_working, occasion::jsonb, %(is_provisional)s,
                       %(user)s, %(now)s, %(user)s, %(now)s
                  FROM unnest(%(days)s::date[], %(working)s::boolean[],
                              %(occasions)s::text[])
                       AS planned (date, is_working, occasion)
                    ON CONFLICT (date) DO UPDATE
                   SET is_working = excluded.is_working,
                       occasion = excluded.occasion,
                       is_provisional = excluded.is_provisional,
                       write_uid = excluded.write_uid,
                       write_date = excluded.write_date
                """,
                is_provisional=is_provisional,
                user=self.env.uid,
                now=fields.Datetime.now(),
                days=days,
                working=[planned[day][0] for day in days],
                occasions=[words.get(planned[day][1]) for day in days],
            )
        )
        self.invalidate_model()

    @api.model
    def _get_words(self):
        """Return what each holiday is called, as it is stored: in each language."""
        # `env._` refuses languages that nobody uses yet.
        return {
            occasion: json.dumps({code: label._translate(code) for code in LANGUAGES})
            for occasion, label in OCCASIONS.items()
        }

    @api.model
    def _get_holidays(self, year):
        """Return the holidays of a year as the calendar has them, for a notice.

        What somebody has named otherwise isn't among them.

        :rtype: list[working_days.Holiday]
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return []
        codes = {label._translate("en_US"): code for code, label in OCCASIONS.items()}
        days = self.with_context(lang="en_US").search(
            [("date", ">=", date(year, 1, 1)), ("date", "<=", date(year, 12, 31))]
        )
        named = days.grouped(lambda day: codes.get(day.occasion))
        holidays = []
        for code, found in named.items():
            off = found.filtered(lambda day: not day.is_working).mapped("date")
            if code and off:
                made_up = found.filtered("is_working").mapped("date")
                holidays.append(
                    working_days.Holiday(code, off[0], off[-1], tuple(made_up))
                )
        return sorted(holidays, key=lambda holiday: holiday.first)

    # === Counting === #

    @api.model
    @ormcache()
    def _get_working_days(self):
        """Return first and last year of the calendar and its working days."""
        self.env.cr.execute(
            SQL(
                """
                SELECT min(date), max(date),
                       array_agg(date ORDER BY date) FILTER (WHERE is_working)
                  FROM club_day
                """
            )
        )
        first, last, days = self.env.cr.fetchone()
        if not first:
            return FIRST_YEAR, FIRST_YEAR - 1, ()
        return first.year, last.year, tuple(days or ())

    @api.model
    def _get_calendar(self):
        """Return the calendar to count many deadlines by, without a query for each.

        :rtype: working_days.WorkingDays
        """
        return working_days.WorkingDays(*self._get_working_days())

    @api.model
    def _get_deadline(self, day, count):
        """Return the working day that lies ``count`` working days after ``day``.

        Below 0 before it; 0 is the day itself or the next working day. Of days that
        the calendar doesn't have weekends and festivals are taken to be off.
        """
        return self._get_calendar().get_deadline(day, count)

    @api.model
    def _count_working(self, day_from, day_to):
        """Count the working days after ``day_from`` up to ``day_to``."""
        return self._get_calendar().count(day_from, day_to)

    @api.model
    @ormcache()
    def _get_provisional_years(self):
        """Return the years with provisional days, and the last year of the calendar."""
        self.env.cr.execute(
            SQL(
                """
                SELECT array_agg(DISTINCT extract(year FROM date)::int)
                           FILTER (WHERE is_provisional),
                       max(extract(year FROM date))::int
                  FROM club_day
                """
            )
        )
        years, last = self.env.cr.fetchone()
        return frozenset(years or ()), last or 0

    @api.model
    def _is_provisional(self, day):
        """Tell whether a deadline on this day may still move with its year's notice."""
        years, last = self._get_provisional_years()
        return bool(day) and (day.year > last or day.year in years)
