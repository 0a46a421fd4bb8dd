"""What of guests is counted as figures of a month."""

from ...kernel.guest_states import ATTENDED, SEATED
from ..activity.stages import PAST
from ..record.figure_source import FigureSource


def get_attendance_sources():
    """Return who came of those that had confirmed, of activities that were held, in
    their month and unit. Rule C4.
    """
    return [
        FigureSource(
            "attendance",
            (("state", "in", SEATED), ("activity_id.stage", "in", PAST)),
            "activity_id.date_begin",
            unit="activity_id.unit_id",
            counted=(("state", "=", ATTENDED),),
        )
    ]
