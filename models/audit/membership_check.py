"""What the integrity check asks of memberships: is each what its evidence says?

A tier follows from figures and rules, or from a signed document; evidence says which
(Rule A10). So each membership is decided anew from its own evidence by the kernel, its
figures are summed anew from the ledger as it was then, and its days follow from those
of its decision. Whoever doctors one of them would have to doctor them all, and the
sealed ledger too.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation

from odoo.tools import SQL, split_every

from ...kernel import tier_evidence, windows
from ..membership.club_membership import CHUNK, SUPERSEDED
from ..membership.heads import signed_query
from .integrity_queries import COLUMNS

OVERRIDE, OPENING = "override", "opening"
# Ended before its day by a higher tier or by hand, or by merging accounts.
CUT = ("upgraded", "replaced")
TYPES = {
    **dict.fromkeys(("res_id", "account_id", "category_id", "product_id"), "int4"),
    "month": "date",
    "difference": "numeric",
}


class MembershipCheck:
    """The memberships of a program against what they follow from.

    :param program: the program, as superuser
    """

    def __init__(self, program):
        self._program = program
        self._cr = program.env.cr
        self._found = []
        self._posted_on = self._fetch_posting_days()
        self._merged = self._fetch_merged()
        self._heads_of = self._fetch_heads()

    def run(self):
        """Return the SELECT of the differences, as those of `integrity_queries`."""
        for ids in split_every(CHUNK, self._fetch_ids()):
            rows = self._fetch_rows(list(ids))
            for row in rows:
                self._check_tier(row)
                self._check_days(row)
                self._check_group(row)
            self._check_points(rows)
        return self._get_query()

    def get_accounts(self):
        """Return the ids of accounts whose tier isn't what it follows from: nothing
        can be said of what their partners show.
        """
        return [row["account_id"] for row in self._found if row["kind"] != "measured"]

    # === Tier === #

    def _check_tier(self, row):
        """Compare the tier with what was signed, or with figures and rules."""
        if row["origin"] == OVERRIDE:
            if not row["signed_tier"]:
                self._tell(row, "override", None, row["tier"])
            elif row["signed_tier"] != row["tier"]:
                self._tell(row, "override", row["signed_tier"], row["tier"])
            elif row["signed_to"] and (
                row["date_to"] > row["signed_to"]
                or (row["outcome"] not in CUT and row["date_to"] != row["signed_to"])
            ):
                self._tell(row, "dates", row["signed_to"], row["date_to"])
            return
        expected = self._get_expected(row)
        if expected != row["tier"]:
            self._tell(row, "membership", expected, row["tier"])

    def _get_expected(self, row):
        """Return the code of the tier that the decision comes to."""
        try:
            result = tier_evidence.decide(row["evidence"]).result
        except ValueError:
            return None
        if not row["line_id"]:
            return result
        # Decided otherwise than proposed, with a reason, or lowered by one tier.
        if row["override_reason"] or row["decided_tier"] != result:
            return row["decided_tier"]
        return result

    # === Days === #

    def _check_days(self, row):
        """Compare first and last day with those of the decision, where it says them."""
        evidence = row["evidence"]
        if row["date_from"] not in self._get_first_days(row):
            return self._tell(row, "dates", evidence.get("on"), row["date_from"])
        months, grace = evidence.get("term_months"), evidence.get("grace_days")
        if not isinstance(months, int) or not isinstance(grace, int) or months < 1:
            return None  # from before evidence said so
        start = _to_date(evidence.get("reached")) or row["date_from"]
        if row["origin"] == OVERRIDE:
            last = row["date_to"]  # as signed
        else:
            last = windows.term_end(start, months)
        cut = row["outcome"] in CUT
        if row["date_to"] > last or (row["date_to"] != last and not cut):
            self._tell(row, "dates", last, row["date_to"])
        elif not row["outcome"] and (row["date_grace"] - row["date_to"]).days != grace:
            self._tell(row, "dates", f"+ {grace}", row["date_grace"])
        return None

    def _get_first_days(self, row):
        """Return the days on which it may have begun."""
        evidence = row["evidence"]
        if row["line_id"]:
            if row["state"] == SUPERSEDED and row["date_from"] > row["eve"]:
                # It never began: the tier that replaced it cut short the term before
                # it, after whose end it would have.
                return {row["date_from"]}
            return {row["eve"] + windows.ONE_DAY}
        if "after" not in evidence:
            return {row["date_from"]}  # from before evidence said so
        on = _to_date(evidence.get("on"))
        decided = {on, self._posted_on.get(evidence["after"])}
        reached = _to_date(evidence.get("reached"))
        if reached is None:
            return decided
        # It followed the tier that lay over it, whenever that ended.
        fits = reached in decided and row["date_from"] >= reached
        return {row["date_from"]} if fits else {reached}

    # === Figures === #

    def _check_group(self, row):
        """Compare whom the evidence measured together with who was under that head at
        some time. Rule A12.
        """
        together = row["evidence"].get("together")
        if not together:
            return
        head, accounts = _read_together(together)
        if not self._merged.isdisjoint({head, *accounts}):
            return
        strangers = sorted(
            account
            for account in {row["account_id"], *accounts} - {head}
            if head not in self._climb(account)
        )
        if strangers or row["account_id"] not in {head, *accounts}:
            self._tell(row, "group", head, ", ".join(map(str, strangers)))

    def _climb(self, account):
        """Return the ids of all that ever stood above an account."""
        found, waiting = set(), [account]
        while waiting:
            above = self._heads_of.get(waiting.pop(), set()) - found
            found |= above
            waiting += above
        return found

    def _check_points(self, rows):
        """Compare the points of the evidence with the ledger as it was then; of a
        group, those of all that were measured as one.
        """
        asked = defaultdict(list)
        for row in rows:
            evidence = row["evidence"]
            window = [_to_date(day) for day in evidence.get("window") or ()]
            after = evidence.get("after")
            if (
                not row["is_merged"]
                and self._merged.isdisjoint(self._get_measured(row))
                and isinstance(after, int)
                and len(window) == 2
                and all(window)
            ):
                kinds = tuple(map(str, evidence.get("kinds") or ()))
                asked[kinds].append((row, *window, after))
        for kinds, found in asked.items():
            sums = self._sum_points(kinds, found)
            for row, *_window in found:
                said = _to_decimal(row["evidence"].get("points"))
                if said != sums[row["id"]]:
                    self._tell(row, "measured", sums[row["id"]], said)

    def _sum_points(self, kinds, found):
        columns = zip(
            *(
                (row["id"], account, *values)
                for row, *values in found
                for account in self._get_measured(row)
            ),
            strict=True,
        )
        self._cr.execute(
            """
            SELECT a.id, coalesce(sum(e.points) FILTER (
                       WHERE r.id IS NOT NULL AND r.chain_no <= a.after), 0.00)::text
              FROM unnest(%s::int[], %s::int[], %s::date[], %s::date[], %s::int[])
                   AS a(id, account_id, first_day, last_day, after)
         LEFT JOIN club_points_entry e ON e.account_id = a.account_id
               AND e.kind = ANY(%s) AND e.date BETWEEN a.first_day AND a.last_day
         LEFT JOIN club_points_run r ON r.id = e.run_id AND r.program_id = %s
               AND r.state = 'posted'
             GROUP BY a.id
            """,
            [*map(list, columns), list(kinds), self._program.id],
        )
        return {key: Decimal(points) for key, points in self._cr.fetchall()}

    def _get_measured(self, row):
        """Return the ids of the accounts whose points the evidence counted."""
        together = row["evidence"].get("together")
        if not together:
            return {row["account_id"]}
        return _read_together(together)[1] or {row["account_id"]}

    # === Reading === #

    def _fetch_merged(self):
        """Return the ids of all accounts that were ever merged."""
        self._cr.execute(
            "SELECT src FROM club_points_merge UNION SELECT dst FROM club_points_merge"
        )
        return {account for (account,) in self._cr.fetchall()}

    def _fetch_heads(self):
        """Return ``{account_id: ids of its signed heads, whenever}``."""
        self._cr.execute(
            SQL(
                "SELECT account_id, array_agg(head_id) FROM (%s) t GROUP BY account_id",
                signed_query(self._program.company_id),
            )
        )
        return {account: {*found} for account, found in self._cr.fetchall()}

    def _fetch_ids(self):
        self._cr.execute(
            """
            SELECT id FROM club_membership
             WHERE program_id = %s AND origin <> 'opening'
               AND coalesce(evidence, 'null') NOT IN ('null', '{}')
             ORDER BY id
            """,
            [self._program.id],
        )
        return [key for (key,) in self._cr.fetchall()]

    def _fetch_rows(self, ids):
        """Return memberships with the documents that they come from.

        PostgreSQL may read what was signed of documents of any kind before it joins
        them: an activity without a tier says `false`.
        """
        self._cr.execute(
            """
            SELECT m.id, m.account_id, m.origin, m.outcome, m.state, m.date_from,
                   m.date_to, m.date_grace, m.evidence, t.code AS tier,
                   l.id AS line_id, l.override_reason, d.code AS decided_tier,
                   eve.date_to AS eve, s.code AS signed_tier,
                   substring(q.content ->> 'date_to'
                             FROM '^[0-9]+-[0-9]+-[0-9]+$')::date AS signed_to,
                   EXISTS (SELECT FROM club_points_merge x
                            WHERE m.account_id IN (x.src, x.dst)
                               OR m.origin_id IN (x.src, x.dst)) AS is_merged
              FROM club_membership m
              JOIN club_tier t ON t.id = m.tier_id
         LEFT JOIN club_requalification_line l ON l.id = m.requalification_line_id
         LEFT JOIN club_tier d ON d.id = l.decided_tier_id
         LEFT JOIN club_membership eve ON eve.id = l.membership_id
         LEFT JOIN club_tier_override o ON o.membership_id = m.id
         LEFT JOIN club_approval_request q ON q.id = o.approval_request_id
         LEFT JOIN club_tier s
                ON s.id = substring(q.content ->> 'tier_id' FROM '^[0-9]+$')::int
             WHERE m.id = ANY(%s)
             ORDER BY m.id
            """,
            [ids],
        )
        rows = self._cr.dictfetchall()
        for row in rows:
            if not isinstance(row["evidence"], dict):
                row["evidence"] = {}
        return rows

    def _fetch_posting_days(self):
        """Return ``{place in the chain: day on which it was posted}``."""
        self._cr.execute(
            "SELECT chain_no, posted_on FROM club_points_run"
            " WHERE program_id = %s AND state = 'posted'",
            [self._program.id],
        )
        return dict(self._cr.fetchall())

    # === Telling === #

    def _tell(self, row, kind, expected, found):
        sums = isinstance(expected, Decimal) and isinstance(found, Decimal)
        self._found.append(
            {
                "kind": kind,
                "severity": "error",
                "res_model": "club.membership",
                "res_id": row["id"],
                "account_id": row["account_id"],
                "expected": None if expected is None else str(expected),
                "found": None if found is None else str(found),
                "difference": found - expected if sums else 0,
            }
        )

    def _get_query(self):
        return SQL(
            "SELECT * FROM unnest(%s) AS d(%s)",
            SQL(", ").join(
                SQL(
                    "%s::%s[]",
                    [row.get(name) for row in self._found],
                    SQL(TYPES.get(name, "text")),
                )
                for name in COLUMNS
            ),
            SQL(", ").join(map(SQL.identifier, COLUMNS)),
        )


def _read_together(together):
    """Return head and accounts, none where evidence was doctored beyond reading."""
    try:
        return int(together["head"]), {int(key) for key in together["accounts"]}
    except (KeyError, TypeError, ValueError):
        return 0, set()


def _to_date(text):
    """Return the day, None where evidence names none."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _to_decimal(text):
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        return None
