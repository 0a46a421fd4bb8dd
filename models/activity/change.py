"""What follows an activity when it is moved or cancelled. Rule C4.

Each capability that hangs something on an activity says what becomes of it, in
`club.activity._get_consequences`. The dialog shows it before one confirms, the chatter
keeps it, and whoever has a duty is told his part of it.
"""

from collections.abc import Callable
from typing import NamedTuple

from odoo import models


class Consequence(NamedTuple):
    """What becomes of one thing that hangs on an activity.

    `partners` have a duty in it and are told; `apply` does it, where it isn't done by
    changing the activity. What `stays` doesn't follow, and its text says why.
    """

    text: str
    partners: models.BaseModel | tuple = ()
    apply: Callable[[], None] | None = None
    stays: bool = False
