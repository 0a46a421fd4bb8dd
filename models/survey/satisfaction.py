"""What guests said of activities: figures for all, words for who may read them. C5."""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo.tools import SQL

from ...kernel.guest_states import ATTENDED
from .club_answer import ANSWERED
from .survey_question import ASPECT, BEST, WORST

MARKS = range(BEST, WORST - 1, -1)


@dataclass(slots=True)
class Satisfaction:
    """What guests said of one activity: figures for all, words for who may read them.

    ``marks`` are (mark, how many, share of all marks), the best first; ``aspects`` are
    (question, how many, mean); ``answers`` and ``needs`` are those that the user may
    read.
    """

    attended: int
    asked: int
    answered: int
    rate: float
    mean: float
    marks: list = field(default_factory=list)
    aspects: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    needs: list = field(default_factory=list)


def get_satisfaction(activities):
    """Return ``{activity: Satisfaction}`` with a constant number of queries. C5.

    Figures are of all guests, whoever asks; answers and needs are the user's.
    """
    marks, aspects = _get_marks(activities), _get_aspects(activities)
    guests_sudo = activities.env["club.invitation"].sudo()  # a count names nobody
    attended = dict(
        guests_sudo._read_group(
            [("activity_id", "in", activities.ids), ("state", "=", ATTENDED)],
            ["activity_id"],
            ["__count"],
        )
    )
    answers = _get_by_activity(activities, "club.answer", [("state", "=", ANSWERED)])
    needs = _get_by_activity(activities, "club.need", [])
    return {
        activity: Satisfaction(
            attended=attended.get(activity, 0),
            asked=activity.sent_count,
            answered=activity.answer_count,
            rate=activity.response_rate,
            mean=activity.satisfaction_mean,
            marks=marks[activity.id],
            aspects=aspects[activity.id],
            answers=list(answers.get(activity, ())),
            needs=list(needs.get(activity, ())),
        )
        for activity in activities
    }


def _get_marks(activities):
    """Return ``{id: [(mark, how many, share)]}``, the best mark first."""
    answers_sudo = activities.env["club.answer"].sudo()  # a count names nobody
    groups = answers_sudo._read_group(
        [("activity_id", "in", activities.ids), ("satisfaction", ">=", WORST)],
        ["activity_id", "satisfaction"],
        ["__count"],
    )
    counts = {(activity.id, mark): count for activity, mark, count in groups}
    marks = {}
    for key in activities.ids:
        total = sum(counts.get((key, mark), 0) for mark in MARKS)
        marks[key] = [
            (mark, count, count / total if total else 0)
            for mark in MARKS
            for count in (counts.get((key, mark), 0),)
        ]
    return marks


def _get_aspects(activities):
    """Return ``{id: [(question, how many, mean)]}`` of single things, as asked."""
    activities.env["survey.user_input.line"].flush_model()
    activities.env["survey.user_input"].flush_model()
    rows = activities.env.execute_query(
        SQL(
            """
            WITH paper AS (
                SELECT DISTINCT ON (w.id) u.id, w.activity_id
                  FROM club_answer w
                  JOIN survey_user_input u
                    ON u.club_answer_id = w.id AND u.state = 'done'
                 WHERE w.activity_id = ANY(%(ids)s)
                 ORDER BY w.id, u.id DESC)
            SELECT p.activity_id, q.id, count(*), avg(l.value_scale)
              FROM paper p
              JOIN survey_user_input_line l
                ON l.user_input_id = p.id AND l.skipped IS NOT TRUE
              JOIN survey_question q
                ON q.id = l.question_id AND q.club_purpose = %(aspect)s
             GROUP BY p.activity_id, q.id, q.sequence
             ORDER BY q.sequence, q.id
            """,
            ids=activities.ids,
            aspect=ASPECT,
        )
    )
    # sudo: what was asked is no secret of those who edit surveys
    questions_sudo = activities.env["survey.question"].sudo()
    asked_sudo = questions_sudo.browse(row[1] for row in rows)
    titles = {question.id: question.title for question in asked_sudo}
    aspects = defaultdict(list)
    for activity_id, question_id, count, mean in rows:
        aspects[activity_id].append((titles[question_id], count, float(mean)))
    return aspects


def _get_by_activity(activities, model, domain):
    """Return ``{activity: records}`` of those that the user may read, if any."""
    records = activities.env[model]
    if not records.has_access("read"):
        return {}
    found = records.search([("activity_id", "in", activities.ids), *domain])
    return found.grouped("activity_id")
