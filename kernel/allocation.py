"""Who is given which accounts: even by class and value, drawn by a recorded seed.

Rule D9. The same accounts, managers and seed give the same answer, in whatever order
they come.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple


class Account(NamedTuple):
    """An account to give to somebody.

    ``share`` is the part of a manager's load that it takes, in per cent, ``is_lowest``
    whether a trainee may have it. Rule D2.
    """

    key: int
    group: tuple = ()
    value: float = 0.0
    share: float = 0.0
    is_lowest: bool = True


class Manager(NamedTuple):
    """Who may be given accounts; ``free`` is the load that he has left, in per cent."""

    key: int
    free: float = 100.0
    is_trainee: bool = False


def draw(seed: int, *parts: object) -> str:
    """Return what decides between equals: the same for the same seed.

    >>> draw(1, "a") == draw(1, "a"), draw(1, "a") == draw(2, "a")
    (True, False)
    """
    return sha256(":".join(map(str, (seed, *parts))).encode()).hexdigest()


def allocate(
    accounts: Iterable[Account], managers: Iterable[Manager], seed: int
) -> dict[int, int | None]:
    """Return the manager of each account; None where nobody has load left for it.

    Group by group (tier and class), the most valuable account first, each goes to who
    has the fewest of the group so far, then the least value, then the least load; the
    draw decides between equals.

    >>> dealt = allocate(
    ...     [Account(1, value=9), Account(2, value=5), Account(3, value=4)],
    ...     [Manager(7), Manager(8)],
    ...     seed=1,
    ... )
    >>> dealt[1] == dealt[2], dealt[2] == dealt[3]
    (False, True)
    >>> allocate([Account(1, share=20)], [Manager(7, free=19.9)], seed=1)
    {1: None}
    >>> allocate([Account(1, share=20)], [Manager(7, free=20)], seed=1)
    {1: 7}
    >>> allocate([Account(1, is_lowest=False)], [Manager(7, is_trainee=True)], seed=1)
    {1: None}
    >>> allocate([], [], seed=1)
    {}
    """
    managers = {manager.key: manager for manager in managers}
    value = dict.fromkeys(managers, 0.0)
    load = dict.fromkeys(managers, 0.0)
    counts: dict[tuple, int] = {}
    found: dict[int, int | None] = {}
    for account in sorted(
        accounts, key=lambda a: (a.group, -a.value, draw(seed, a.key))
    ):
        able = [
            key
            for key, manager in managers.items()
            if round(manager.free - load[key] - account.share, 6) >= 0
            and (account.is_lowest or not manager.is_trainee)
        ]
        if not able:
            found[account.key] = None
            continue
        chosen = min(
            able,
            key=lambda key, account=account: (
                counts.get((account.group, key), 0),
                value[key],
                load[key],
                draw(seed, account.key, key),
            ),
        )
        found[account.key] = chosen
        counts[account.group, chosen] = counts.get((account.group, chosen), 0) + 1
        value[chosen] += account.value
        load[chosen] += account.share
    return found
