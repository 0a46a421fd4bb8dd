"""What the leaders of the simulated club are told. Runs inside Odoo.

Scorecards of the year that is over and of this one, a bulletin of the last quarter
whose points are posted, and a draft of the last month. Rules E9–E11.
"""

from datetime import date
from typing import Any

from .club import QUIETLY, Club
from .plan import add_months
from .world import World

QUARTER = 3
# Who reads the bulletin; the head of key accounts has it still before him.
READERS = ("director", "head", "lead", "lead2")
HAVE_READ = ("director", "lead")
# What is written once stays in the language in which it was written.
LANG = "zh_CN"


class Reports:
    """What is drawn up from the club's figures; none without them."""

    def __init__(self, club: Club, world: World) -> None:
        self._club = club
        self._day = world.day
        self._posted = world.posted_months[-1]

    def draw_up(self) -> None:
        """Draw up scorecards and bulletins as a club has them on any day."""
        if "club.scorecard" in self._club.env:
            self._draw_scorecards()
        if "club.bulletin" in self._club.env:
            self._draw_bulletins()

    def _draw_scorecards(self) -> None:
        """Issue those of the year that is over, and begin with this one's."""
        for year in (self._day.year - 1, self._day.year):
            dialog = self._as_officer("club.scorecard.draw").create({"year": year})
            dialog.action_draw_up()
        over = [("year", "<", self._day.year)]
        cards = self._as_officer("club.scorecard").search(over, order="id")
        cards.action_compute()
        cards.action_issue()

    def _draw_bulletins(self) -> None:
        """Issue one of a quarter, and leave one of a month as a draft."""
        users = self._club.users
        readers = [users[login].id for login in READERS]
        first = self._get_last_quarter()
        bulletin = self._draw_bulletin("quarter", first, readers)
        bulletin.action_issue()
        for login in HAVE_READ:
            bulletin.with_user(users[login]).action_mark_read()
        self._draw_bulletin("month", self._posted, readers)

    def _get_last_quarter(self) -> date:
        """Return the first month of the last quarter whose points are posted."""
        after = add_months(self._posted, 1)
        begun = add_months(after, -((after.month - 1) % QUARTER))
        return add_months(begun, -QUARTER)

    def _draw_bulletin(self, kind: str, month: date, readers: list[int]) -> Any:
        bulletin = self._as_officer("club.bulletin").create(
            {"kind": kind, "month": month, "user_ids": [(6, 0, readers)]}
        )
        bulletin.action_generate()
        return bulletin

    def _as_officer(self, model: str) -> Any:
        records = self._club.as_user("officer", model)
        return records.with_context(**QUIETLY, lang=LANG)
