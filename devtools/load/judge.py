"""Whether all that was answered with success stands once, and nothing beside it.

Plain SQL over the bare tables, apart from Odoo. Each write leaves a deed: what it was,
and a key by which it is found again. What was refused must not be there; of what got no
answer nobody knows, so that it may stand once or not at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .tally import DONE, REFUSED

MARK = "load-"  # what is written by people at work begins with it
CONTACT, COUPON, BOOKED = "contact", "coupon drawn up", "coupon booked"
CONFIRMED, SIGNED = "guest confirmed", "document signed"
REDEMPTION, RESERVED = "redemption drawn up", "points reserved"
DEBITED = "points debited"
# Key and how often it is there; the parameters are what was there before.
QUERIES = {
    CONTACT: """
        SELECT conversation, count(*) FROM club_contact_log
         WHERE id > %(club_contact_log)s GROUP BY 1""",
    COUPON: """
        SELECT coupon_code, count(*) FROM club_benefit_booking
         WHERE id > %(club_benefit_booking)s GROUP BY 1""",
    BOOKED: """
        SELECT id, 1 FROM club_benefit_booking
         WHERE id > %(club_benefit_booking)s AND state <> 'draft'""",
    CONFIRMED: """
        SELECT i.id, CASE i.state WHEN 'confirmed' THEN count(r.id) ELSE 9 END
          FROM club_invitation i
          JOIN club_activity a ON a.id = i.activity_id AND a.theme LIKE 'Load %%'
     LEFT JOIN event_registration r ON r.club_invitation_id = i.id
               AND r.state <> 'cancel'
         WHERE i.state <> 'invited' GROUP BY i.id""",
    SIGNED: """
        SELECT request_id || '/' || signer_id, count(DISTINCT signed_at)
          FROM club_approval_signature
         WHERE state = 'signed' AND signed_at > %(started)s::timestamp GROUP BY 1""",
    REDEMPTION: """
        SELECT reason, count(*) FROM club_redemption
         WHERE id > %(club_redemption)s GROUP BY 1""",
    RESERVED: """
        SELECT id, 1 FROM club_redemption
         WHERE id > %(club_redemption)s AND state <> 'draft'""",
    # Posted once, and as many points as were asked for.
    DEBITED: """
        SELECT d.id, CASE WHEN sum(e.points) = -d.points
                          THEN count(DISTINCT r.id) ELSE 9 END
          FROM club_redemption d
          JOIN club_points_run r ON r.redemption_id = d.id AND r.state = 'posted'
          JOIN club_points_entry e ON e.run_id = r.id
         WHERE d.id > %(club_redemption)s GROUP BY d.id""",
}


class Deed(NamedTuple):
    """A write: what it was, by which key it is found, how it was answered."""

    kind: str
    key: str
    outcome: str


def compare(deeds: Iterable[Deed], found: dict[str, dict[str, int]]) -> list[str]:
    """Return a line for each fault: what is lost, doubled, or there beside.

    >>> compare([Deed("contact", "a", "done")], {"contact": {"a": 1}})
    []
    >>> compare([Deed("contact", "a", "refused")], {"contact": {"a": 1}})
    ['contact a: there once, answered with success 0 times']
    """
    told: dict[str, dict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
    for deed in deeds:
        told[deed.kind][deed.key][deed.outcome] += 1
    faults = []
    for kind in sorted(found.keys() | told.keys()):
        there = found.get(kind, {})
        for key in sorted(there.keys() | told[kind].keys()):
            counts = told[kind][key]
            least = counts[DONE]
            most = counts.total() - counts[REFUSED]
            if not least <= there.get(key, 0) <= most:
                faults.append(
                    f"{kind} {key}: there {_times(there.get(key, 0))}, answered with "
                    f"success {_times(least)}"
                )
    return faults


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def find(cr, tops: dict[str, int | str]) -> dict[str, dict[str, int]]:
    """Return what stands in the database, by kind and key.

    :param tops: the highest ids of before, and when that was
    """
    found = {}
    for kind, query in QUERIES.items():
        cr.execute(query, tops)
        found[kind] = {str(key): count for key, count in cr.fetchall()}
    return found


def count(deeds: Iterable[Deed]) -> dict[str, dict[str, int]]:
    """Return how many deeds of each kind were answered how."""
    counted: dict[str, Counter] = defaultdict(Counter)
    for deed in deeds:
        counted[deed.kind][deed.outcome] += 1
    return {kind: dict(counts) for kind, counts in sorted(counted.items())}
