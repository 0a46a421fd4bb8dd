"""What became of a year's activities, by type: one statement for all of them. C2."""

from dataclasses import dataclass
from datetime import datetime

from odoo.tools import SQL

from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CONFIRMED,
    DECLINED,
    INVITED,
    WAITING,
)
from ..approval.states import DONE
from .stages import AHEAD, CANCELLED, PAST

# Guests who were asked, whatever came of it.
ASKED = (INVITED, CONFIRMED, WAITING, DECLINED, ATTENDED, ABSENT)

_STATEMENT = """
WITH activity AS MATERIALIZED (
    SELECT id, type_id, stage, plan_line_id, cost_actual, name, theme,
           satisfaction_mean, answer_count, stage IN %(past)s AS is_past
      FROM club_activity
     WHERE company_id = %(company)s
       AND date_begin >= %(start)s AND date_begin < %(end)s
), fact AS (
    SELECT type_id,
           count(*) FILTER (WHERE is_past) AS held,
           count(*) FILTER (WHERE stage IN %(ahead)s) AS ahead,
           count(*) FILTER (WHERE stage = %(cancelled)s) AS cancelled,
           count(*) FILTER (WHERE is_past AND plan_line_id IS NULL) AS unplanned,
           string_agg(name || ' ' || theme, E'\\n' ORDER BY id)
               FILTER (WHERE is_past AND plan_line_id IS NULL) AS unplanned_names,
           sum(cost_actual) AS cost,
           sum(cost_actual) FILTER (WHERE is_past) AS cost_held,
           sum(answer_count) FILTER (WHERE is_past) AS answers,
           sum(satisfaction_mean * answer_count) FILTER (WHERE is_past) AS marks
      FROM activity
     GROUP BY type_id
), guest AS (
    SELECT activity.type_id,
           count(*) FILTER (WHERE guest.state IN %(asked)s) AS invited,
           count(*) FILTER (WHERE guest.state = %(attended)s) AS attended
      FROM activity
      JOIN club_invitation guest ON guest.activity_id = activity.id
     WHERE activity.is_past
     GROUP BY activity.type_id
), line AS (
    SELECT line.type_id, sum(line.budget) AS budget,
           array_agg(extract(month FROM line.month)::int ORDER BY line.month) AS months
      FROM club_plan_line line
      JOIN club_plan plan ON plan.id = line.plan_id
     WHERE plan.company_id = %(company)s AND plan.year = %(year)s
       AND plan.approval_state = %(done)s AND line.dropped_by_id IS NULL
     GROUP BY line.type_id
)
SELECT kind.id, line.months, line.budget, fact.held, fact.ahead, fact.cancelled,
       fact.unplanned, fact.unplanned_names, guest.invited, guest.attended,
       fact.answers, fact.marks, fact.cost, fact.cost_held
  FROM club_activity_type kind
  LEFT JOIN line ON line.type_id = kind.id
  LEFT JOIN fact ON fact.type_id = kind.id
  LEFT JOIN guest ON guest.type_id = kind.id
 WHERE kind.company_id = %(company)s
"""


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A type's year: what signed plans foresee, what took place, what it cost."""

    months: tuple[int, ...] = ()
    budget: float = 0.0
    held: int = 0
    ahead: int = 0
    cancelled: int = 0
    unplanned: int = 0
    unplanned_names: str = ""
    invited: int = 0
    attended: int = 0
    answers: int = 0
    marks: float = 0.0
    cost: float = 0.0
    cost_held: float = 0.0

    @property
    def planned(self) -> int:
        return len(self.months)

    @property
    def satisfaction(self) -> float:
        """Mean mark of all who answered, from 1 to 5; 0: nobody did."""
        return round(self.marks / self.answers, 2) if self.answers else 0.0

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.months or self.held or self.ahead or self.cancelled)


NOTHING = YearFacts()


def read_year(company, year):
    """Return ``{type id: YearFacts}`` of a company's year, whoever may read what.

    Sums by type only: who may read a plan may know them.
    """
    if not company or not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    env = company.env
    env["club.activity"].flush_model()
    env["club.invitation"].flush_model(["activity_id", "state"])
    env["club.plan.line"].flush_model()
    env["club.plan"].flush_model(["company_id", "year", "approval_state"])
    env["club.activity.type"].flush_model(["company_id"])
    start, end = (get_start(company, each) for each in (year, year + 1))
    rows = env.execute_query(
        SQL(
            _STATEMENT,
            company=company.id,
            year=year,
            start=start,
            end=end,
            past=PAST,
            ahead=AHEAD,
            cancelled=CANCELLED,
            asked=ASKED,
            attended=ATTENDED,
            done=DONE,
        )
    )
    return {
        type_id: YearFacts(
            tuple(months or ()),
            float(budget or 0),
            *(number or 0 for number in counts),
            names or "",
            *(number or 0 for number in guests),
            *(float(number or 0) for number in sums),
        )
        for type_id, months, budget, *counts, names, guests, sums in (
            (*row[:7], row[7], row[8:11], row[11:]) for row in rows
        )
    }


def get_start(company, year):
    """Return when the year begins where the company is, in UTC as Odoo stores it."""
    return company._club_utc(datetime(year, 1, 1))
