"""Enrolment and upgrade at once, and the mirrors of standing on partners."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...kernel import tier_rules, windows
from .underneath import Underneath


class ClubProgram(models.Model):
    _inherit = "club.program"

    def _review(self, on, effective, accounts=None):
        """Enrol and upgrade whoever reached a tier; nobody is lowered. Rules A4, A5.

        A membership whose term is over but undecided still counts as the account's
        tier here: only its requalification may lower it. What is reached under a tier
        set by hand, or granted by the class, is kept underneath. Rule A6.

        :param on: the day to assess, the end of a run's month
        :param effective: the day on which a new term starts
        :param accounts: partners to review, all when None
        :return: number of memberships begun
        """
        self.ensure_one()
        self.env.flush_all()
        assessed = self._assess(accounts, on)
        ids = None if accounts is None else accounts.ids
        live = self._get_live(effective, ids)
        future = self._get_future(effective, ids)
        underneath = Underneath(self, effective, live, future, ids)
        ends, rows, kept, shared = [], [], [], {}
        term_end = windows.term_end(effective, self.term_months)
        for (account, group_id), found in assessed.items():
            if found.result is None:
                continue
            tiers = {tier.id: tier for tier in found.group.tiers}
            current = live.get((account, group_id))
            tier = current and (
                tiers.get(current["tier_id"]) or self._get_archived(current["tier_id"])
            )
            if not tier_rules.is_upgrade(tier, found.result):
                reached = underneath.reach((account, group_id), found, shared)
                if reached:
                    kept.append(reached[0])
                    ends += reached[1]
                continue
            ends += underneath.leave((account, group_id))
            date_to = term_end
            later = future.get((account, group_id), [])
            outcome = False
            for row in later:
                planned = tiers.get(row["tier_id"])
                if planned and planned.rank > found.result.rank:
                    date_to = min(date_to, row["date_from"] - timedelta(days=1))
                    outcome = "upgraded"  # the planned term follows it
                else:
                    ends.append((row["id"], effective - timedelta(days=1), "replaced"))
            if current:
                ends.append((current["id"], effective - timedelta(days=1), "upgraded"))
            rows.append(
                {
                    "account_id": account,
                    "group_id": group_id,
                    "tier_id": found.result.id,
                    "date_from": effective,
                    "date_to": date_to,
                    "origin": "upgraded" if current else "enrolled",
                    "outcome": outcome,
                    **found.evidence_texts(on, shared),
                    "score": found.score,
                }
            )
        self.env["club.membership"]._end(ends)
        self.env["club.membership"]._insert(self, rows + kept)
        underneath.surface()
        self._refresh_mirrors(accounts)
        return len(rows)

    def _get_archived(self, tier_id):
        """Return the kernel's view of a tier that its group no longer uses."""
        return self.env["club.tier"].browse(tier_id)._get_rule()

    def _get_future(self, after, ids=None):
        """Return ``{(account_id, group_id): [row]}`` of terms starting after a day."""
        self.env.cr.execute(
            """
            SELECT id, account_id, group_id, tier_id, date_from
              FROM club_membership
             WHERE program_id = %s AND state = 'valid' AND date_from > %s
               AND (%s::int[] IS NULL OR account_id = ANY(%s::int[]))
             ORDER BY date_from
            """,
            [self.id, after, ids, ids],
        )
        found = {}
        for row in self.env.cr.dictfetchall():
            found.setdefault((row["account_id"], row["group_id"]), []).append(row)
        return found

    def _refresh_mirrors(self, accounts=None):
        """Write what is in force today onto partners, where it differs.

        The company's main program shows on the partner; contacts carry their company's
        standing, so that leads and mailings can filter by it.
        """
        main = self._get_main(self.company_id)
        if self != main:
            return
        self.env.flush_all()
        today = self.with_company(self.company_id)._today()
        self.env.cr.execute(
            SQL(
                """
                WITH standing AS MATERIALIZED (
                    SELECT m.account_id,
                           max(m.tier_id) FILTER (WHERE g.purpose <> 'grade') AS tier,
                           max(m.tier_id) FILTER (WHERE g.purpose <> 'membership')
                               AS grade
                      FROM club_membership m
                      JOIN club_tier_group g ON g.id = m.group_id
                     WHERE m.program_id = %(program)s AND m.state = 'valid'
                       AND m.date_from <= %(today)s AND m.date_grace >= %(today)s
                     GROUP BY m.account_id),
                wanted AS (
                    SELECT p.id,
                           CASE WHEN s.tier IS NULL THEN '{}'::jsonb ELSE
                                jsonb_build_object(%(key)s::text, s.tier) END AS tier,
                           CASE WHEN s.grade IS NULL THEN '{}'::jsonb ELSE
                                jsonb_build_object(%(key)s::text, s.grade) END AS grade
                      FROM res_partner p
                 LEFT JOIN standing s ON s.account_id = p.commercial_partner_id
                     WHERE %(only)s
                       AND ((p.club_tier_id ->> %(key)s)::int
                                IS DISTINCT FROM s.tier
                            OR (p.club_grade_id ->> %(key)s)::int
                                IS DISTINCT FROM s.grade))
                UPDATE res_partner p
                   SET club_tier_id = nullif(
                           coalesce(p.club_tier_id, '{}') - %(key)s::text || w.tier,
                           '{}'),
                       club_grade_id = nullif(
                           coalesce(p.club_grade_id, '{}') - %(key)s::text || w.grade,
                           '{}')
                  FROM wanted w
                 WHERE w.id = p.id
                """,
                program=self.id,
                today=today,
                key=str(self.company_id.id),
                only=SQL("p.commercial_partner_id = ANY(%s)", accounts.ids)
                if accounts is not None
                else SQL("TRUE"),
            )
        )
        self.env["res.partner"].invalidate_model(["club_tier_id", "club_grade_id"])
