"""What the simulated club's units and people are to reach. Runs inside Odoo.

A year's targets are set in its January from what the year before brought, and add up:
a unit's is the sum of its people's and of the units right below it. Rule D10.
"""

from datetime import date
from typing import Any

from .club import QUIETLY, Club
from .plan import add_months
from .world import MANAGERS, UNITS, World

GROWTH = 1.06
STEP = 10_000  # yuan to which targets are rounded
VISITS = 9  # of a manager in a month
HALF = 6


class Targets:
    """The targets of one year after the other."""

    def __init__(self, club: Club, world: World) -> None:
        self._club = club
        self._world = world
        self._is_there = "club.target" in club.env
        self._set_for: set[int] = set()

    def pass_month(self, day: date) -> None:
        """In the first month that is lived of a year, set its targets."""
        if not self._is_there or day.year in self._set_for:
            return
        self._set_for.add(day.year)
        for start in (date(day.year, 1, 1), date(day.year, 7, 1)):
            if add_months(start, HALF) > day:
                self._set_revenue(start)

    def reach_today(self) -> None:
        """Set the visits of the month, and reckon what was reached."""
        if not self._is_there:
            return
        month = self._world.day.replace(day=1)
        units = self._get_units()
        self._create(
            {
                "unit_id": units[unit],
                "holder": "person",
                "user_id": self._club.users[login].id,
                "kind": "visits",
                "date_from": month,
                "amount": VISITS,
            }
            for login, unit, _name in MANAGERS
        )
        self._club.env["club.target"]._cron_reckon()

    def _set_revenue(self, start: date) -> None:
        """Set a half-year's revenue, for people and for units, lowest first."""
        before = self._sum_by_manager(add_months(start, -2 * HALF))
        units = self._get_units()
        people = {
            login: max(round(before.get(login, 0) * GROWTH / STEP), 1) * STEP
            for login, _unit, _name in MANAGERS
        }
        sums = dict.fromkeys(units, 0)
        for login, unit, _name in MANAGERS:
            sums[unit] += people[login]
        for unit in reversed(UNITS):  # those below come after the one above
            if unit.above:
                sums[unit.above] += sums[unit.key]
        shared = {"kind": "revenue", "span": "half", "date_from": start}
        self._create(
            {**shared, "unit_id": units[key], "holder": "unit", "amount": amount}
            for key, amount in sums.items()
        )
        self._create(
            {
                **shared,
                "unit_id": units[unit],
                "holder": "person",
                "user_id": self._club.users[login].id,
                "amount": people[login],
            }
            for login, unit, _name in MANAGERS
        )

    def _create(self, rows: Any) -> None:
        targets = self._club.as_user("officer", "club.target")
        targets.with_context(**QUIETLY).create(list(rows))

    def _get_units(self) -> dict[str, int]:
        teams = self._club.env["crm.team"].search([("club_level", "!=", False)])
        ids = {team.name: team.id for team in teams.with_context(lang="en_US")}
        return {unit.key: ids[unit.name] for unit in UNITS}

    def _sum_by_manager(self, start: date) -> dict[str, float]:
        """Return what each manager's accounts brought in a half-year."""
        end = add_months(start, HALF)
        managers = {account.code: account.manager for account in self._world.accounts}
        found: dict[str, float] = {}
        for row in self._world.rows:
            if start <= row.month < end:
                login = managers[row.account]
                found[login] = found.get(login, 0) + float(row.amount)
        return found
