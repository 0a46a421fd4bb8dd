"""The activities of the simulated club: held, under way, waiting. Runs inside Odoo.

Past ones come in as taken on, since nobody applies for what is over; who came, what it
cost, the attendance points and the closing are the product's own.
"""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from markupsafe import Markup

from . import story
from .club import QUIETLY, Club
from .months import sign
from .story import Held
from .world import World

AFTERNOON = time(6)  # two in the afternoon in China, in UTC
HOURS = 3
PLANNED_FROM = 10  # the month in which next year's plan is submitted
REPORT = ("report_achievements", "report_shortcomings", "report_outlook")
LAST_HELD_DAYS = 5
CAME, DECLINED = 0.72, 0.88  # of draws: came, declined, else stayed away
# Which units organise them, in turn; the centre's are the executive group's.
ORGANISERS = ("Key-Account Centre", "Siming Branch Office", "Huli Branch Office")
ANSWERED = 9  # guests of an activity who answer the survey
SCORES = (5, 5, 5, 4, 4, 4, 4, 3, 3, 2)


class Activities:
    """What is held, one month after the other."""

    def __init__(self, club: Club, world: World) -> None:
        self._club = club
        self._world = world
        self._env = club.env(context={**club.env.context, **QUIETLY})
        teams = self._env["crm.team"].search([("club_level", "!=", False)])
        self._units = {team.name: team for team in teams.with_context(lang="en_US")}
        self._lines: dict[tuple[int, str], Any] = {}
        first = club.program._today().year
        for year in range(first, world.day.year + 1):
            self._plan_year(year)

    def _plan_year(self, year: int) -> None:
        """Have the year's plan in effect, with a line for each activity. Rule C2."""
        rng = self._world.random(f"plan/{year}")
        lines = [(held, date(year, held.month, 1)) for held in story.YEAR]
        last = self._world.day - timedelta(days=LAST_HELD_DAYS)
        lines.append((story.LAST_HELD, last.replace(day=1)))
        for days, stage, held in story.AHEAD:
            day = self._world.day + timedelta(days=days)
            if stage != "waiting":
                lines.append((held, day.replace(day=1)))
        plan = self._env["club.plan"].create(
            {
                "company_id": self._club.program.company_id.id,
                "year": year,
                "note": story.PLAN_AIMS,
                "shortfall": story.PLAN_SHORTFALL,
                "line_ids": [
                    (0, 0, self._prepare_line(rng, held, month))
                    for held, month in lines
                    if month.year == year
                ],
            }
        )
        plan._set_opening("Signed at the beginning of the year")
        for line in plan.line_ids:
            self._lines[year, line.name] = line

    def _prepare_line(self, rng: random.Random, held: Held, month: date) -> dict:
        unit = rng.choice(ORGANISERS)
        values = {
            "type_id": self._env.ref(f"crm_club.club_activity_type_{held.type}").id,
            "name": held.theme,
            "month": month,
            "budget": round(held.cost * 1.1, -2),
            "headcount": max(held.guests, 20),
        }
        if unit != ORGANISERS[0] and held in story.YEAR:
            values |= {"organiser": "unit", "unit_id": self._units[unit].id}
        return values

    def plan_next_year(self) -> None:
        """In autumn, submit the next year's plan, to the presidium. Rule C2."""
        if self._world.day.month < PLANNED_FROM:
            return
        officer = self._club.users["officer"]
        year = self._world.day.year + 1
        plan = (
            self._env["club.plan"]
            .with_user(officer)
            .create(
                {
                    "year": year,
                    "shortfall": story.PLAN_SHORTFALL,
                    **dict(zip(REPORT, story.REPORT, strict=True)),
                }
            )
        )
        plan.action_copy_last_year()
        plan.action_fill_report()
        plan.action_submit()

    def hold_month(self, month: date) -> None:
        """Hold what the year has for a month; report and close it."""
        for held in story.YEAR:
            if held.month == month.month:
                rng = self._world.random(f"activity/{month}/{held.theme}")
                day = month + timedelta(days=rng.randrange(7, 24))
                self._hold(rng, held, day)

    def hold_last(self) -> None:
        """Leave one that was held some days ago and isn't reported yet."""
        rng = self._world.random("activity/last")
        held = story.LAST_HELD
        day = self._world.day - timedelta(days=LAST_HELD_DAYS)
        activity = self._take_place(rng, held, day)
        self._ask(rng, activity)

    def plan_ahead(self) -> None:
        """Apply for what is ahead; invite to the nearest ones."""
        officer = self._club.users["officer"]
        for days, stage, held in story.AHEAD:
            rng = self._world.random(f"activity/ahead/{held.theme}")
            day = self._world.day + timedelta(days=days)
            values = self._prepare(held, day)
            activity = self._env["club.activity"].with_user(officer).create(values)
            activity.with_context(lang="zh_CN").action_submit()
            if stage == "waiting":
                continue
            sign(self._club, activity)
            if stage == "inviting":
                self._invite(rng, activity, held.guests)

    def _prepare(self, held: Held, day: date) -> dict[str, Any]:
        begin = datetime.combine(day, AFTERNOON)
        line = self._lines.get((day.year, held.theme))
        unit = line.unit_id if line else None
        return {
            "company_id": self._club.program.company_id.id,
            "unit_id": (unit or self._units[ORGANISERS[0]]).id,
            "plan_line_id": line.id if line else False,
            "type_id": self._env.ref(f"crm_club.club_activity_type_{held.type}").id,
            "user_id": self._club.users["officer"].id,
            "theme": held.theme,
            "form": held.form,
            "reason": "年度计划安排，会员单位多次提出需求"
            if line
            else "会员单位近期多次提出需求，年度计划中未列入",
            "place": held.place,
            "headcount": max(held.guests, 20),
            "date_begin": begin,
            "date_end": begin + timedelta(hours=HOURS),
            "cost_ids": [
                (
                    0,
                    0,
                    {"kind": "venue", "name": "场地与茶歇", "amount": held.cost * 0.6},
                ),
                (
                    0,
                    0,
                    {
                        "kind": "material",
                        "name": "资料与纪念品",
                        "amount": held.cost * 0.4,
                    },
                ),
            ],
        }

    # === What is over === #

    def _hold(self, rng: random.Random, held: Held, day: date) -> None:
        activity = self._take_place(rng, held, day)
        if held.month % 2:
            self._ask(rng, activity)
        spent = round(held.cost * rng.uniform(0.82, 1.02), 2)
        self._env["club.activity.expense"].create(
            {
                "activity_id": activity.id,
                "date": day,
                "kind": "venue",
                "name": "据实报销",
                "amount": spent,
            }
        )
        activity.summary = Markup("<p>%s</p>") % rng.choice(story.SUMMARIES)
        own = activity.with_user(self._club.users["officer"])
        if activity.type_id.attendance_points:
            own.action_post_attendance()
        own.action_close()

    def _take_place(self, rng: random.Random, held: Held, day: date) -> Any:
        activity = self._env["club.activity"].create(self._prepare(held, day))
        activity._set_opening("Held before it was entered")
        if held.guests:
            guests = self._draw_guests(rng, held.guests, day)
            invitations = self._env["club.invitation"]._create_guarded(
                [
                    {
                        "activity_id": activity.id,
                        "contact_id": contact,
                        "state": self._draw_state(rng),
                        "invited_at": datetime.combine(day, AFTERNOON)
                        - timedelta(days=9),
                        "answered_at": datetime.combine(day, AFTERNOON)
                        - timedelta(days=5),
                    }
                    for contact in guests
                ]
            )
            invitations._judge()
        activity._write_guarded({"stage": "held"})
        return activity

    def _draw_state(self, rng: random.Random) -> str:
        draw = rng.random()
        if draw < CAME:
            return "attended"
        return "declined" if draw < DECLINED else "absent"

    def _draw_guests(self, rng: random.Random, count: int, day: date) -> list[int]:
        """Return people of members, those of higher tiers more often."""
        self._env.cr.execute(
            """
            SELECT c.id, t.sequence
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id AND g.purpose = 'membership'
              JOIN club_tier t ON t.id = m.tier_id
              JOIN res_partner p ON p.id = m.account_id AND p.ref LIKE 'XM%%'
              JOIN LATERAL (SELECT c.id FROM res_partner c
                             WHERE c.commercial_partner_id = p.id AND NOT c.is_company
                             ORDER BY c.id DESC LIMIT 1) c ON TRUE
             WHERE m.state = 'valid' AND %s BETWEEN m.date_from AND m.date_grace
             ORDER BY p.ref
            """,
            [day],
        )
        keyed = [
            (rng.random() ** (1 / rank**1.6), contact)
            for contact, rank in self._env.cr.fetchall()
        ]
        return [contact for _key, contact in sorted(keyed, reverse=True)[:count]]

    def _ask(self, rng: random.Random, activity: Any) -> None:
        """Let guests who came answer the survey, on paper. Rule C5."""
        dialog = self._env["club.survey.send"].create(
            {"activity_id": activity.id, "mode": "paper"}
        )
        if not dialog.line_ids:
            return
        dialog.action_print()
        answers = self._env["club.answer"].search([("activity_id", "=", activity.id)])
        question = self._env.ref("crm_club.club_survey_question_overall")
        need = self._env.ref("crm_club.club_survey_question_need")
        inputs = self._env["survey.user_input"].search(
            [("club_answer_id", "in", answers[:ANSWERED].ids)], order="id"
        )
        lines = []
        for number, answer in enumerate(inputs):
            lines.append(
                {
                    "user_input_id": answer.id,
                    "question_id": question.id,
                    "answer_type": "scale",
                    "value_scale": rng.choice(SCORES),
                }
            )
            if number < 2:
                lines.append(
                    {
                        "user_input_id": answer.id,
                        "question_id": need.id,
                        "answer_type": "text_box",
                        "value_text_box": rng.choice(story.NEEDS),
                    }
                )
        self._env["survey.user_input.line"].create(lines)
        inputs._mark_done()

    # === What is ahead === #

    def _invite(self, rng: random.Random, activity: Any, count: int) -> None:
        activity.action_start_inviting()
        contacts = self._draw_guests(rng, count, self._world.day)
        guests = self._env["club.invitation"].create(
            [
                {"activity_id": activity.id, "contact_id": contact}
                for contact in contacts
            ]
        )
        activity.action_invite_guests()
        coming = guests.filtered(lambda guest: guest.state == "invited")
        coming[: count // 2].action_confirm()
        coming[count // 2 : count // 2 + 2].action_decline()
