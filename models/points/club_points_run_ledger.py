"""The set-based half of a points run: one statement each over all accounts."""

from odoo import fields, models
from odoo.tools import SQL

from ...kernel import windows
from ..program.club_points_kind import ATTENDANCE, EXPIRY, REDEMPTION, REVENUE
from ..record.lock import opened
from . import facts
from .beyond_window import beyond_window
from .club_points_run import COMPUTED, VERIFIED
from .holds import hold_chain, lots_query
from .seal import seal_query

FACTS = "club_points_run_facts"  # a temporary table


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    def _do_compute(self):
        """Replace the entries of this run by the difference to what is posted."""
        self.ensure_one()
        self.env.flush_all()
        self._delete_entries()
        if self.kind == REVENUE:
            self._write_guarded({"computed_after": self._get_last_accrual().chain_no})
            self._insert_revenue_entries()
        elif self.kind == EXPIRY:
            self._insert_expiry_entries()
        sums = self._sum_units()
        self._set_totals(sums)
        self._write_guarded({"state": COMPUTED, "computed_at": fields.Datetime.now()})
        if self.kind == REVENUE:
            self._set_units(sums)
            self._refresh_verified()
            self._schedule_verification()

    def _refresh_verified(self):
        """A run whose units are all verified is verified."""
        units_sudo = self._get_units_sudo().filtered("entry_count")
        done = units_sudo and all(unit.state == VERIFIED for unit in units_sudo)
        self._write_guarded({"state": VERIFIED if done else COMPUTED})

    def _clear(self):
        """Empty the run; the units keep their notes and source records."""
        self._delete_entries()
        self._set_units([])
        self._set_totals([])

    def _delete_entries(self):
        self.env.cr.execute(
            "DELETE FROM club_points_entry WHERE run_id = %(run)s;"
            "DELETE FROM club_points_exception WHERE run_id = %(run)s",
            {"run": self.id},
        )
        self._invalidate_ledger()

    def _invalidate_ledger(self):
        self.env["club.points.entry"].invalidate_model()
        self.env["club.points.exception"].invalidate_model()
        self.invalidate_recordset()

    def _get_window(self):
        """Return the months whose differences this run posts. Rule B9."""
        program = self.program_id
        return windows.correction_window(
            self.month, program.correction_months, program.date_start or None
        )

    def _read_fingerprint(self, table=None):
        """Return the fingerprint of what the run is worked out from."""
        start, end = self._get_window()
        self.env.flush_all()
        self.env.cr.execute(facts.fingerprint(self.program_id, start, end, table))
        return self.env.cr.fetchone()[0]

    def _has_changed_facts(self):
        """Tell whether computing anew would start from other facts. Rule B9."""
        self.ensure_one()
        return self._read_fingerprint() != self.facts_seen

    def _insert_revenue_entries(self):
        """Insert entries and exceptions over the correction window. Rules B1–B4, B9."""
        program = self.program_id
        start, end = self._get_window()
        count = windows.months_between(start, end) + 1
        months = [windows.add_months(start, index) for index in range(count)]
        lives = [(month, program._valid_until(month)) for month in months]
        company_key = str(program.company_id.id)
        self._collect_facts(start, end)
        self._write_guarded({"facts_seen": self._read_fingerprint(FACTS)})
        self.env.cr.execute(
            SQL(
                """
                WITH %(eligible)s, %(rates)s, %(posted)s, %(due)s,
                life(month, valid_until) AS (VALUES %(lives)s),
                entry AS (
                    INSERT INTO club_points_entry
                           (run_id, account_id, origin_id, unit_id, kind,
                            revenue_month, category_id, product_id, revenue, rate,
                            coefficient, points, date, valid_until)
                    SELECT %(run)s, d.account_id, d.account_id, t.id, 'revenue',
                           d.month, d.category_id, d.product_id,
                           d.revenue - d.was_revenue, coalesce(d.rate, 0),
                           d.coefficient, d.points - d.was_points, %(date)s,
                           life.valid_until
                      FROM due d
                      JOIN life USING (month)
                 LEFT JOIN res_partner p ON p.id = d.account_id
                 LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
                     WHERE (d.rate IS NOT NULL OR d.revenue = 0)
                       AND (d.points <> d.was_points OR d.revenue <> d.was_revenue)
                     -- in the order of the indexes, which is what inserting waits for
                     ORDER BY d.account_id, d.month)
                INSERT INTO club_points_exception
                       (run_id, reason, month, account_id, category_id, revenue, points)
                %(exceptions)s
                """,
                eligible=facts.eligible(program, start, end, table=FACTS),
                rates=facts.rates(program.id, start, end),
                posted=facts.posted(program.id, start, end),
                due=facts.due(),
                lives=SQL(", ").join(
                    SQL("(%s::date, %s::date)", *row) for row in lives
                ),
                run=self.id,
                date=end,
                company=company_key,
                exceptions=self._exceptions_select(program),
            )
        )
        self._insert_beyond_window(start)
        self._invalidate_ledger()

    def _insert_beyond_window(self, start):
        """List revenue that is too old for this run, with what it would add. Rule B9.

        Read apart from the insert: a statement that writes is never run in parallel.
        """
        query = beyond_window(self.program_id, start)
        if query:
            self.env.cr.execute_values(
                "INSERT INTO club_points_exception (run_id, reason, account_id, month,"
                " category_id, revenue, points) VALUES %s",
                [(self.id, "window", *row) for row in self.env.execute_query(query)],
            )

    def _collect_facts(self, start, end):
        """Sum the facts of the window into a table that the transaction drops.

        Apart from the insert, since a statement that writes is never run in parallel;
        compiling it takes longer than it saves, the sums of a year would spill to disk
        with the stock 4 MB, and a merge join would go through all rates of a month for
        each group. All of it measured by `./dev bench posting`.
        """
        self.env.cr.execute(
            SQL(
                """
                SET LOCAL jit = off;
                SET LOCAL work_mem = '64MB';
                SET LOCAL parallel_tuple_cost = 0.001;
                SET LOCAL enable_mergejoin = off;
                DROP TABLE IF EXISTS %(table)s;
                CREATE TEMP TABLE %(table)s ON COMMIT DROP AS %(sums)s;
                ANALYZE %(table)s
                """,
                table=SQL.identifier(FACTS),
                sums=facts.fact_sums(self.program_id, start, end),
            )
        )

    def _exceptions_select(self, program):
        """Return the SELECT of what earns nothing yet: no category, rate, agreement."""
        unrated = SQL(
            """
            SELECT %s, CASE WHEN d.category_id IS NULL THEN 'category' ELSE 'rate' END,
                   d.month, CASE WHEN d.category_id IS NULL THEN d.account_id END,
                   d.category_id, sum(d.revenue), NULL::numeric
              FROM due d
             WHERE d.rate IS NULL AND d.revenue <> 0
             GROUP BY 2, 3, 4, 5
            """,
            self.id,
        )
        if not program.agreement_required:
            return unrated
        return SQL(
            """
            %(unrated)s
         UNION ALL
            SELECT %(run)s, 'agreement', u.month, u.account_id, NULL, sum(u.revenue),
                   sum(round(u.revenue * coalesce(o.rate, r.rate)
                             * coalesce(o.coefficient, r.coefficient, 1), 2))
              FROM (SELECT account_id, month, category_id, product_id,
                           sum(revenue) AS revenue
                      FROM (SELECT * FROM uncovered
                         UNION ALL
                            SELECT account_id, month, category_id, product_id, -revenue
                              FROM partly) s
                     GROUP BY 1, 2, 3, 4
                    HAVING sum(revenue) <> 0) u
         LEFT JOIN rate r USING (category_id, month)
         LEFT JOIN own_rate o ON o.product_id = u.product_id AND o.month = u.month
             GROUP BY 3, 4
            """,
            unrated=unrated,
            run=self.id,
        )

    def _insert_expiry_entries(self):
        """Expire the unused remainder of what has outlived its time. Rule B7.

        Per account: what the lots have that end with the run's month or earlier, minus
        what was spent or expired without naming a lot, and what any lot lacks. What a
        reservation holds counts as spent. `points_lots.remaining` says it of one.
        """
        end = windows.month_end(self.month)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_points_entry
                       (run_id, account_id, origin_id, kind, unit_id, points, date)
                SELECT %(run)s, b.account_id, b.account_id, 'expiry', t.id,
                       -b.unused, %(end)s
                  FROM (SELECT account_id,
                               coalesce(sum(points) FILTER (
                                   WHERE points > 0 AND valid_until <= %(end)s), 0)
                               + coalesce(sum(points) FILTER (WHERE points < 0), 0)
                               AS unused
                          FROM (%(lots)s) l
                         GROUP BY account_id) b
             LEFT JOIN res_partner p ON p.id = b.account_id
             LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
                 WHERE b.unused > 0
                """,
                run=self.id,
                lots=lots_query(self.program_id.id),
                end=end,
                company=str(self.company_id.id),
            )
        )
        self._invalidate_ledger()

    def _sum_units(self):
        """Return per unit: id, entries, accounts, revenue, points, digest of the lines.

        The digest only tells whether the lines are still those that were verified, so
        a sum of hashes is enough; the seal is the cryptographic one.
        """
        self.env.cr.execute(
            """
            SELECT unit_id, count(*) AS entry_count,
                   count(DISTINCT account_id) AS account_count,
                   coalesce(sum(revenue), 0) AS revenue, sum(points) AS points,
                   sum(hashtextextended(concat_ws('|', origin_id, revenue_month,
                       coalesce(category_id, 0), coalesce(product_id, 0), revenue,
                       points), 0))::text AS digest
              FROM club_points_entry
             WHERE run_id = %s
             GROUP BY unit_id
            """,
            [self.id],
        )
        return self.env.cr.dictfetchall()

    def _drop_unverified(self):
        """Leave out late units; their difference stays for the next run. Rule B5."""
        if self.kind != REVENUE:
            return
        late_sudo = self._get_units_sudo().filtered(lambda u: u.state != VERIFIED)
        if not late_sudo:
            return
        self.env.cr.execute(
            "DELETE FROM club_points_entry"
            " WHERE run_id = %s AND coalesce(unit_id, 0) = ANY(%s)",
            [self.id, [unit.unit_id.id or 0 for unit in late_sudo]],
        )
        for unit in late_sudo:
            opened(unit)._set_left_out()
        self._invalidate_ledger()
        self._set_totals(self._sum_units())

    def _set_totals(self, sums):
        """Keep what the units come to; an account is in one unit only."""
        self._write_guarded(
            {
                name: sum(row[name] for row in sums)
                for name in ("entry_count", "account_count", "revenue", "points")
            }
        )

    def _next_link(self):
        """Take the next place in the program's chain, until the transaction ends.

        :return: the values of the run's place: number, previous seal, and of a
            redemption its number in the month
        """
        hold_chain(self.env, self.program_id)
        links = [self._read_next_link(self.env.cr)]
        # This transaction may be from before the last link. While modules are loaded
        # nobody else posts, and the tables may be this transaction's own.
        if self.env.registry.ready:
            with self.env.registry.cursor() as cr:
                links.append(self._read_next_link(cr))
        return max(links, key=lambda link: link["chain_no"])

    def _read_next_link(self, cr):
        """Return the place after the last one that ``cr`` sees."""
        cr.execute(
            """
            SELECT chain_no + 1 AS chain_no, seal AS previous_seal,
                   (SELECT coalesce(max(number), 0) + 1 FROM club_points_run
                     WHERE program_id = %(program)s AND kind = 'redemption'
                       AND month = %(month)s) AS number
              FROM club_points_run
             WHERE program_id = %(program)s AND state = 'posted'
             ORDER BY chain_no DESC LIMIT 1
            """,
            {"program": self.program_id.id, "month": self.month},
        )
        first = {"chain_no": 1, "previous_seal": False, "number": 1}
        link = cr.dictfetchone() or first
        if self.kind != REDEMPTION:
            del link["number"]
        return link

    def _compute_seal(self):
        """Return the SHA-256 over this run's entries in order and the previous seal."""
        self.flush_recordset()
        # Of the one kind that such a run has: what its partial index asks for.
        own = {
            REDEMPTION: SQL("e.kind = 'redemption'"),
            ATTENDANCE: SQL("e.kind = 'attendance'"),
        }.get(self.kind)
        self.env.cr.execute(seal_query(SQL("r.id = %s", self.id), own))
        return self.env.cr.fetchone()[1]
