"""Who signs, when the applicant himself would have to. Rule C3.

A body whose only seats are the applicants' is barred. In its place signs a later stage
of the same band, which it then leaves out; else the next body of the bands above; else
the body that the policy names for this. Bodies are any hashable keys.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Key = Hashable


@dataclass(frozen=True, slots=True)
class Signer:
    """A body that signs in a stage (1, 2, …), perhaps in place of another."""

    stage: int
    key: Key
    instead_of: Key | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """A body that is left out, since a later stage signs in its place."""

    stage: int
    key: Key
    by: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that sign, in order, and who is left out."""

    signers: tuple[Signer, ...]
    omissions: tuple[Omission, ...] = ()


class NobodyLeft(ValueError):
    """Only the applicant could sign; ``key`` is the body."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


def plan(
    stages: Sequence[Sequence[Key]],
    ladder: Sequence[Key] = (),
    barred: frozenset[Key] = frozenset(),
    fallback: Key | None = None,
) -> Plan:
    """Return who signs.

    :param stages: the bodies of each stage of the band, lowest first
    :param ladder: the bodies of the bands above, lowest first
    :param barred: the bodies in which nobody but the applicants could sign
    :param fallback: the body that signs when none of these can
    :raises NobodyLeft: when nobody could sign in place of a barred body

    >>> plan([["unit"], ["office"]], barred=frozenset(["unit"])).signers
    (Signer(stage=2, key='office', instead_of=None),)
    >>> plan([["unit"], ["dept"]], ["office"], frozenset(["dept"])).signers[1]
    Signer(stage=2, key='office', instead_of='dept')
    """
    asked = {key for stage in stages for key in stage}
    signers: list[Signer] = []
    omissions: list[Omission] = []
    replacing: dict[Key, Key] = {}
    for number, stage in enumerate(stages, start=1):
        for key in dict.fromkeys(stage):
            if key not in barred:
                signers.append(Signer(number, key))
                continue
            later = _first_open(stages[number:], barred)
            if later:
                omissions.append(Omission(number, key, later))
                continue
            spare = [k for k in (*ladder, fallback) if k is not None]
            found = next((k for k in spare if k not in barred and k not in asked), None)
            if found is None:
                raise NobodyLeft(key)
            if found in replacing:
                omissions.append(Omission(number, key, (found,)))
                continue
            replacing[found] = key
            signers.append(Signer(number, found, key))
    return Plan(tuple(signers), tuple(omissions))


def _first_open(
    stages: Sequence[Sequence[Key]], barred: frozenset[Key]
) -> tuple[Key, ...]:
    """Return the bodies of the next stage that somebody but the applicants signs."""
    for stage in stages:
        keys = tuple(key for key in stage if key not in barred)
        if keys:
            return keys
    return ()
