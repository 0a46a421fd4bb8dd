"""What accounts reach while a tier set by hand, or granted by their class, counts.

Such a tier lies over what is earned and never replaces it. What an account reaches
meanwhile begins a term of its own, on the posting day as ever (Rule A5), which is kept
as a membership underneath. As soon as it is known when the tier above ends, the one
underneath is put behind it, so that the answer for any day is right even when no job
runs on that day. Rules A6, A10.
"""

from datetime import date, timedelta

from odoo.tools import SQL

from ...kernel import tier_evidence, tier_rules, windows
from .club_membership import UNDERNEATH
from .heads import above_query

ONE_DAY = timedelta(days=1)


class Underneath:
    """The tiers that lie over others on a day, and what lies underneath.

    :param program: the program, as superuser: a review sees everything
    :param day: the day on which what is reached begins to count
    :param live: what `_get_live` returns for the day
    :param future: what `_get_future` returns for the day
    :param ids: of the accounts, all when None
    """

    def __init__(self, program, day, live, future, ids=None):
        self._program = program
        self._day = day
        self._future = future
        self._ids = ids
        self._over = self._fetch_over(live)
        self._kept = self._fetch_kept()
        self._tiers = {}

    # === Reaching === #

    def reach(self, key, found, shared):
        """Return the row of the membership that begins underneath, and what it ends.

        :param key: account and tier group
        :param found: the `Assessed`, which is no upgrade of the tier that counts
        :param shared: common texts of evidence, see `Assessed.evidence_parts`
        :return: ``(row, ends)``; None when nothing new was reached
        """
        over = self._over.get(key)
        if over is None:
            return None
        self._tiers.update((tier.id, tier) for tier in found.group.tiers)
        reached = self._get_reached(over, found)
        kept = self._kept.get(key, [])
        known = [
            self._get_base(over, found),
            *(self._get_tier(row) for row in kept),
            *(self._get_tier(row) for row in self._future.get(key, [])),
        ]
        best = max(filter(None, known), key=lambda tier: tier.rank, default=None)
        if not tier_rules.is_upgrade(best, reached.result):
            return None
        row = {
            "account_id": key[0],
            "group_id": key[1],
            "tier_id": reached.result.id,
            "date_from": self._day,
            "date_to": windows.term_end(self._day, self._program.term_months),
            "state": UNDERNEATH,
            "origin": "upgraded" if best else "enrolled",
            **reached.evidence_parts(
                found.window.end, shared, reached=self._day.isoformat()
            ),
            "score": reached.score,
        }
        return row, [(r["id"], self._day - ONE_DAY, "upgraded") for r in kept]

    def _get_reached(self, over, found):
        """Return what the figures come to; a floor counts when it was granted since a
        tier was set by hand.
        """
        if over["origin"] == "override" and found.floor:
            then = (over["evidence"] or {}).get("floor")
            ranks = {tier.code: tier.rank for tier in found.group.tiers}
            if found.floor.rank > ranks.get(then, -1):
                return found
        return found.without_floor()

    def _get_base(self, over, found):
        """Return the tier that the figures had reached when the one above began.

        Where the window has started anew since then, nothing of it counts any more.
        """
        then = over["evidence"] or {}
        first = (then.get("window") or [None])[0]
        if (
            self._program.window != windows.WINDOW_ROLLING
            and first
            and found.window.start > date.fromisoformat(first)
        ):
            return None
        try:
            code = tier_evidence.decide(then).reached
        except ValueError:
            return None
        tiers = {tier.code: tier for tier in found.group.tiers}
        return tiers.get(code)

    def _get_tier(self, row):
        """Return the kernel's view of a row's tier, in use or not."""
        tier_id = row["tier_id"]
        if tier_id not in self._tiers:
            self._tiers[tier_id] = self._program._get_archived(tier_id)
        return self._tiers[tier_id]

    # === Surfacing === #

    def leave(self, key):
        """Note that the tier above has ended by an upgrade; return what that ends."""
        self._over.pop(key, None)
        return [
            (row["id"], self._day - ONE_DAY, "upgraded")
            for row in self._kept.pop(key, [])
        ]

    def surface(self):
        """Put what lies underneath behind the tier above, where its end is known."""
        self._kept = self._fetch_kept()
        followed = self._over.keys() & self._kept.keys()
        if not followed:
            return
        floors = self._fetch_floors([account for account, _group in followed])
        ends, starts = [], []
        for key in sorted(followed):
            over = self._over[key]
            row = max(self._kept[key], key=lambda r: self._get_tier(r).rank)
            tier = self._get_tier(row)
            first = windows.day_to_follow(
                row["date_from"], over["date_to"], over["date_grace"], self._day
            )
            later = self._future.get(key, [])
            if (
                row["date_to"] < first
                or any(self._get_tier(other).rank > tier.rank for other in later)
                or self._is_granted(over, floors.get(key, ()), first, tier)
            ):
                continue
            outcome = tier_rules.outcome_of(self._get_tier(over).rank, tier.rank)
            ends.append((over["id"], first - ONE_DAY, outcome))
            ends += [(other["id"], self._day - ONE_DAY, "replaced") for other in later]
            starts.append((row["id"], first))
        memberships = self._program.env["club.membership"]
        memberships._end(ends)
        memberships._surface(self._program, starts)

    def _is_granted(self, over, floors, day, tier):
        """Tell whether the class goes on granting as much as lies underneath: then the
        account is requalified like any other.
        """
        return over["origin"] != "override" and any(
            rank >= tier.rank and first <= day and (last is None or last >= day)
            for rank, first, last in floors
        )

    # === Reading === #

    def _fetch_over(self, live):
        """Return ``{(account_id, group_id): row}`` of what lies over something."""
        cr = self._program.env.cr
        cr.execute(
            """
            SELECT m.id, m.account_id, m.group_id, m.tier_id, m.date_to, m.date_grace,
                   m.origin, m.evidence
              FROM club_membership m
              JOIN club_tier t ON t.id = m.tier_id
             WHERE m.program_id = %s AND m.state = 'valid' AND m.date_from <= %s
               AND (m.outcome IS NULL OR m.date_to >= %s)
               AND (%s::int[] IS NULL OR m.account_id = ANY(%s::int[]))
               AND (m.origin = 'override'
                    OR (m.evidence ->> 'floor' = t.code
                        AND m.evidence ->> 'earned' IS DISTINCT FROM t.code))
            """,
            [self._program.id, self._day, self._day, self._ids, self._ids],
        )
        rows = {(row["account_id"], row["group_id"]): row for row in cr.dictfetchall()}
        return {
            key: row
            for key, row in rows.items()
            if key in live and live[key]["id"] == row["id"]
        }

    def _fetch_kept(self):
        """Return ``{(account_id, group_id): [row]}`` of what lies underneath."""
        cr = self._program.env.cr
        cr.execute(
            """
            SELECT id, account_id, group_id, tier_id, date_from, date_to
              FROM club_membership
             WHERE program_id = %s AND state = %s AND outcome IS NULL AND date_to >= %s
               AND (%s::int[] IS NULL OR account_id = ANY(%s::int[]))
            """,
            [self._program.id, UNDERNEATH, self._day, self._ids, self._ids],
        )
        found = {}
        for row in cr.dictfetchall():
            found.setdefault((row["account_id"], row["group_id"]), []).append(row)
        return found

    def _fetch_floors(self, accounts):
        """Return ``{(account_id, group_id): [(rank, first, last day)]}`` of classes,
        the account's own and those that reach it from above. Rule A12.
        """
        program = self._program
        above = reached = SQL()
        if program.floor_reaches_branches:
            above = SQL("WITH RECURSIVE %s", above_query(program.company_id, accounts))
            reached = SQL(
                """
                UNION ALL
                SELECT a.account_id, c.class_id, greatest(c.date_from, a.date_from),
                       least(c.date_to, a.date_to)
                  FROM above a
                  JOIN club_account_classification c ON c.account_id = a.head_id
                   AND c.company_id = %s AND c.approval_state = 'done'
                """,
                program.company_id.id,
            )
        cr = program.env.cr
        cr.execute(
            SQL(
                """
                %s
                SELECT c.account_id, f.group_id, t.sequence, c.date_from, c.date_to
                  FROM (SELECT account_id, class_id, date_from, date_to
                          FROM club_account_classification
                         WHERE company_id = %s AND approval_state = 'done'
                           AND account_id = ANY(%s)
                               %s) c
                  JOIN club_account_class_floor f ON f.class_id = c.class_id
                  JOIN club_tier t ON t.id = f.tier_id AND t.active
                  JOIN club_tier_group g ON g.id = f.group_id AND g.program_id = %s
                """,
                above,
                program.company_id.id,
                accounts,
                reached,
                program.id,
            )
        )
        found = {}
        for account, group, rank, first, last in cr.fetchall():
            found.setdefault((account, group), []).append((rank, first, last))
        return found
