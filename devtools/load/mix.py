"""Who is at work, and what each of them does: the mix, stated once.

People are dealt out by role, and each has screens that are opened most; now and then
any other of the menus is. A step is what somebody does before looking at the screen
for a while: open a list, a record in it, begin one, or see a task through.
"""

import random
from typing import NamedTuple

MANAGER, CLERK, LEAD, OFFICER = "manager", "clerk", "lead", "officer"
FINANCE, AUDITOR, SIGNER = "finance", "auditor", "signer"

OPEN, LOOK, FILTER, NEW, SEARCH = "open", "look", "filter", "new", "search"
RELOAD, PRINT = "reload", "print"
CONTACT, BOOK, CONFIRM, REDEEM, SIGN = "contact", "book", "confirm", "redeem", "sign"
TASKS = (CONTACT, BOOK, CONFIRM, REDEEM, SIGN)

ANY_ID = 0  # stands for the record that somebody opens
# Of what is opened: the role's own screens, else any.
LISTED = 0.85


class Role(NamedTuple):
    """A role: how many of a hundred people, its screens, weights of its steps."""

    share: int
    menus: tuple[str, ...]
    steps: dict[str, int]


READING = {OPEN: 34, LOOK: 26, FILTER: 8, NEW: 5, SEARCH: 5, RELOAD: 1, PRINT: 1}
ROLES = {
    MANAGER: Role(
        55,
        (
            *("club_today_menu", "club_account_menu", "club_contact_log_menu"),
            *("club_duty_menu", "club_invitation_menu", "club_opportunity_menu"),
            *("club_contact_profile_menu", "club_account_plan_menu"),
            "club_benefit_booking_menu",
        ),
        {**READING, CONTACT: 10, CONFIRM: 5, BOOK: 4},
    ),
    CLERK: Role(
        10,
        ("club_points_run_menu", "club_account_menu", "club_points_entry_menu"),
        {**READING, CONTACT: 4},
    ),
    LEAD: Role(
        8,
        (
            *("club_overview_menu", "club_account_menu", "club_points_entry_menu"),
            *("club_requests_menu", "club_duty_menu", "club_manager_load_menu"),
        ),
        {**READING, SIGN: 4},
    ),
    OFFICER: Role(
        9,
        (
            *("club_overview_menu", "club_account_menu", "club_activity_menu"),
            *("club_points_run_menu", "club_redemption_menu", "club_invitation_menu"),
        ),
        {**READING, REDEEM: 12, CONFIRM: 6, BOOK: 3},
    ),
    FINANCE: Role(
        5,
        ("club_revenue_import_menu", "club_points_run_menu", "club_points_entry_menu"),
        {**READING, SIGN: 3},
    ),
    AUDITOR: Role(
        4,
        ("club_audit_sample_menu", "club_points_entry_menu", "club_requests_menu"),
        READING,
    ),
    SIGNER: Role(9, ("club_to_sign_menu", "club_requests_menu"), {**READING, SIGN: 25}),
}


def deal(count: int, logins: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return role and login of so many people, by the shares of the roles there are.

    Of a role with more people than logins, some work in two browsers.

    >>> deal(3, {"manager": ["ann"], "finance": [], "officer": ["bob"]})[1:]
    [('manager', 'ann'), ('manager', 'ann')]
    >>> deal(4, {"manager": ["ann"], "officer": ["bob"]})[2:]
    [('manager', 'ann'), ('officer', 'bob')]
    """
    there = {role: ROLES[role].share for role in ROLES if logins.get(role)}
    total = sum(there.values())
    wanted = {role: share * count / total for role, share in there.items()}
    dealt = dict.fromkeys(there, 0)
    for _number in range(count):
        role = max(there, key=lambda name: wanted[name] - dealt[name])
        dealt[role] += 1
    return [
        (role, logins[role][number % len(logins[role])])
        for role in there
        for number in range(dealt[role])
    ]


def choose_step(rng: random.Random, role: str) -> str:
    """Return what somebody does next."""
    steps = ROLES[role].steps
    return rng.choices(list(steps), list(steps.values()))[0]


def choose_screen(rng: random.Random, role: str, screens: list[dict]) -> dict:
    """Return the screen that somebody opens: mostly one of the role's own."""
    own = [screen for screen in screens if screen["menu"] in ROLES[role].menus]
    return rng.choice(own if own and rng.random() < LISTED else screens)


def think(rng: random.Random, seconds: float) -> float:
    """Return how long somebody looks at a screen: about as long, seldom much longer.

    >>> think(random.Random(1), 0)
    0.0
    """
    return min(rng.expovariate(1 / seconds), 3 * seconds) if seconds else 0.0
