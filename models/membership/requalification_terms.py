"""The set-based half of a requalification: a fixed number of statements and loops.

What a membership comes to is decided by the kernel, an account at a time, from figures
that one statement brought; the lines are written 5,000 at a time, and applied by one
statement over all of them.
"""

from datetime import timedelta
from heapq import merge
from operator import itemgetter

from odoo.tools import SQL, split_every

from ...kernel import tier_rules, windows
from ..program.club_program import Rules
from ..record.columns import unnest
from .club_membership import CHUNK, number_texts

# What a prepared line says for itself, and how PostgreSQL reads it.
PREPARED = {
    **dict.fromkeys(("membership_id", "account_id", "group_id"), "int4"),
    **dict.fromkeys(("current_tier_id", "current_sequence"), "int4"),
    **dict.fromkeys(
        ("earned_tier_id", "floor_tier_id", "proposed_tier_id", "decided_tier_id"),
        "int4",
    ),
    **dict.fromkeys(("points", "revenue", "score"), "numeric"),
    **dict.fromkeys(("window_from", "window_to"), "date"),
    **dict.fromkeys(("override_reason", "outcome"), "text"),
}


class Terms:
    """The terms that a requalification decides on, and those that it begins.

    :param record: the requalification; its methods have judged who asks
    """

    def __init__(self, record):
        self._record = record
        self._program = record.program_id
        self._env = record.env
        self._cr = record.env.cr

    # === Preparing === #

    def prepare(self):
        """Replace the lines by what the accounts come to now; keep the overrides.

        :return: the last days of the terms on the lines
        """
        # sudo: the lines follow from figures, whoever may read them
        lines_sudo = self._env["club.requalification.line"].sudo()
        overridden_sudo = lines_sudo.search(
            [
                ("requalification_id", "=", self._record.id),
                ("override_reason", "!=", False),
            ]
        )
        kept = {
            line.membership_id.id: (line.decided_tier_id, line.override_reason)
            for line in overridden_sudo
        }
        self._env.flush_all()
        self._cr.execute(
            "DELETE FROM club_requalification_line WHERE requalification_id = %s",
            [self._record.id],
        )
        due = self._get_due()
        for part in split_every(CHUNK, self._decide_due(due, kept)):
            self._insert_lines(part)
        lines_sudo.invalidate_model()
        self._record.invalidate_recordset()
        return sorted({row["date_to"] for rows in due.values() for row in rows})

    def _get_last_days(self):
        """Return the last days of the terms on the lines."""
        self._cr.execute(
            """
            SELECT DISTINCT m.date_to
              FROM club_requalification_line l
              JOIN club_membership m ON m.id = l.membership_id
             WHERE l.requalification_id = %s
             ORDER BY m.date_to
            """,
            [self._record.id],
        )
        return [day for (day,) in self._cr.fetchall()]

    def _get_due(self):
        """Return ``{group_id: [row]}`` of the terms that end undecided in the period.

        Highest tier first: rows have id, account_id, tier_id, date_from and date_to.
        """
        self._cr.execute(
            """
            SELECT m.group_id, m.id, m.account_id, m.tier_id, m.date_from, m.date_to
              FROM club_membership m
             WHERE m.program_id = %s AND m.state = 'valid' AND m.outcome IS NULL
               AND m.date_to BETWEEN %s AND %s
             ORDER BY m.account_id, m.id
            """,
            [self._program.id, self._record.date_from, self._record.date_to],
        )
        due = {}
        for row in self._cr.dictfetchall():
            due.setdefault(row["group_id"], []).append(row)
        return due

    def _decide_due(self, due, kept):
        """Yield the values of the lines, by account: as what comes of them is indexed.

        :param due: the terms, see `_get_due`
        :param kept: ``{membership_id: (decided tier, reason)}`` of overrides
        """
        for rules, rows_of, scope, last in self._plan_assessments(due):
            accounts = self._env["res.partner"].browse(scope)
            assessed = self._program._assess(accounts, last, rules=rules, scope=scope)
            assessed |= self._get_reached_since(rules, rows_of, scope, last, assessed)
            yield from merge(
                *(
                    self._decide_group(group, rows_of[group.id], assessed, kept)
                    for group in rules.groups
                ),
                key=itemgetter("account_id"),
            )

    def _get_reached_since(self, rules, rows_of, scope, last, assessed):
        """Return what short terms come to by what was reached in them, where more.

        A term that began after its window was over would be judged by nothing that the
        account did in it: what it reached since holds, as it would at once if the
        account were in no tier. Rules A5, A6.
        """
        short = {
            (row["account_id"], group_id)
            for group_id, rows in rows_of.items()
            for row in rows
            if scope[row["account_id"]].end < row["date_from"]
        }
        if not short:
            return {}
        accounts = self._env["res.partner"].browse({account for account, _g in short})
        since = self._program._assess(
            accounts, min(last, self._record._today()), rules=rules
        )
        return {
            key: since[key]
            for key in short
            if tier_rules.is_upgrade(assessed[key].result, since[key].result)
        }

    def _plan_assessments(self, due):
        """Yield what to assess at once: rules, rows by group, windows, last day.

        All groups together, unless an account's terms call for two windows or the
        groups' last days differ.
        """
        kind = self._program.requalification_window
        found = {}
        plans = []
        for group in self._env["club.tier.group"].browse(due).sorted("sequence"):
            rows = due[group.id]
            days = {row["date_to"] for row in rows}
            ends = {day: windows.requalification_window(kind, day) for day in days}
            scope = {row["account_id"]: ends[row["date_to"]] for row in rows}
            plans.append((group._get_rules(), rows, scope, max(days)))
        together = len({last for *_plan, last in plans}) == 1
        for _rule, _rows, scope, _last in plans:
            together = together and all(
                found.setdefault(account, window) == window
                for account, window in scope.items()
            )
        if together:
            rules = Rules(tuple(rule for rule, *_plan in plans))
            rows_of = {rule.id: rows for rule, rows, _scope, _last in plans}
            yield rules, rows_of, found, plans[0][-1]
            return
        for rule, rows, scope, last in plans:
            yield Rules((rule,)), {rule.id: rows}, scope, last

    def _decide_group(self, rule, rows, assessed, kept):
        """Yield the values of the lines of one tier group."""
        policy = self._program.downgrade_policy
        tiers = {tier.id: tier for tier in rule.tiers}
        shared = {}
        for row in rows:
            found = assessed[row["account_id"], rule.id]
            current = tiers.get(row["tier_id"])
            if current is None:
                current = tiers[row["tier_id"]] = self._program._get_archived(
                    row["tier_id"]
                )
            proposed = tier_rules.requalify(rule, current, found.result, policy)
            tier_id = proposed.tier and proposed.tier.id
            outcome, reason = proposed.outcome, None
            if row["id"] in kept:
                decided, reason = kept[row["id"]]
                outcome = tier_rules.outcome_of(
                    current.rank, decided.sequence if decided else None
                )
            yield {
                "membership_id": row["id"],
                "account_id": row["account_id"],
                "group_id": rule.id,
                "current_tier_id": row["tier_id"],
                "current_sequence": current.rank,
                "earned_tier_id": found.earned and found.earned.id,
                "floor_tier_id": found.floor and found.floor.id,
                "proposed_tier_id": tier_id,
                "decided_tier_id": decided.id or None if reason else tier_id,
                "points": found.measures.points,
                "revenue": found.measures.revenue,
                "score": found.score,
                "window_from": found.window.start,
                "window_to": found.window.end,
                "override_reason": reason,
                "outcome": outcome,
                **found.evidence_parts(row["date_to"], shared),
            }

    def _insert_lines(self, rows):
        """Insert lines; who wrote one is whoever decides otherwise later on."""
        texts, places = number_texts(row["evidence_shared"] for row in rows)
        columns = {name: [row[name] for row in rows] for name in PREPARED}
        self._cr.execute(
            SQL(
                """
                INSERT INTO club_requalification_line
                       (requalification_id, company_id, evidence, %(names)s)
                SELECT %(record)s, %(company)s,
                       (%(texts)s::jsonb[])[n.shared] || n.evidence, %(picked)s
                  FROM %(rows)s
                """,
                record=self._record.id,
                company=self._record.company_id.id,
                texts=texts,
                names=SQL(", ").join(map(SQL.identifier, PREPARED)),
                picked=SQL(", ").join(SQL.identifier("n", name) for name in PREPARED),
                rows=unnest(
                    {**columns, "shared": places},
                    {**PREPARED, "shared": "int4"},
                    {"evidence": [row["evidence"] for row in rows]},
                ),
            )
        )

    # === Applying === #

    def begin(self, yesterday):
        """Decide the old terms and insert the new ones, each with its line.

        Terms that were upgraded or replaced since the line was prepared stay as they
        are. One that lapses counts until the day before, when its days of grace had
        begun; the dates of a term never change here.
        """
        terms = []
        for day in self._get_last_days():
            start = day + timedelta(days=1)
            terms.append(
                (day, start, windows.term_end(start, self._program.term_months))
            )
        if not terms:
            return
        self._env["club.membership"]._execute_insert(
            SQL(
                """
                -- lines just written have no statistics: taken for one line, all would
                -- be looked for among all (minutes instead of seconds)
                SET LOCAL enable_nestloop = off;
                SET LOCAL work_mem = '64MB';
                WITH term(eve, first, last) AS (VALUES %(terms)s),
                due AS MATERIALIZED (
                    SELECT l.id AS line_id, m.id AS membership_id, m.account_id,
                           m.group_id, l.outcome, term.first, term.last
                      FROM club_requalification_line l
                      JOIN club_membership m ON m.id = l.membership_id
                      JOIN term ON term.eve = m.date_to
                     WHERE l.requalification_id = %(record)s
                       AND m.state = 'valid' AND m.outcome IS NULL),
                decided AS (
                    UPDATE club_membership m
                       SET outcome = due.outcome,
                           date_grace = least(m.date_grace,
                               CASE WHEN due.outcome = %(lapsed)s
                                    THEN greatest(m.date_to, %(yesterday)s)
                                    ELSE m.date_to END),
                           write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
                      FROM due
                     WHERE m.id = due.membership_id)
                INSERT INTO club_membership
                       (account_id, origin_id, group_id, tier_id, program_id,
                        company_id, date_from, date_to, date_grace, state, origin,
                        evidence, score, reason, requalification_line_id,
                        decided_by_id, create_uid, write_uid, create_date, write_date)
                SELECT due.account_id, due.account_id, due.group_id, l.decided_tier_id,
                       %(program)s, %(company)s, first, last, last + %(grace)s,
                       'valid', due.outcome,
                       coalesce(nullif(l.evidence, 'null'), '{}')
                       || jsonb_build_object('term_months', %(months)s,
                                             'grace_days', %(grace)s)
                       || CASE WHEN l.override_reason <> ''
                               THEN jsonb_build_object('override', l.override_reason)
                               ELSE '{}' END,
                       l.score, l.override_reason, l.id, %(user)s, %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  -- read as they lie, by account: as the indexes are, and without
                  -- sorting all evidence
                  FROM club_requalification_line l
                  JOIN due ON due.line_id = l.id
                 WHERE l.decided_tier_id IS NOT NULL;
                SET LOCAL enable_nestloop = on
                """,
                terms=SQL(", ").join(
                    SQL("(%s::date, %s::date, %s::date)", *term) for term in terms
                ),
                record=self._record.id,
                lapsed=tier_rules.OUTCOME_LAPSED,
                yesterday=yesterday,
                user=self._env.uid,
                program=self._program.id,
                company=self._program.company_id.id,
                grace=self._program.grace_days,
                months=self._program.term_months,
            )
        )
