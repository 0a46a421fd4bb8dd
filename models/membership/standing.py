"""What accounts have, what they lack and where they are heading, for many at once."""

from functools import cached_property

from odoo.tools import format_list

from ...kernel import points_lots, tier_rules, windows


class Standings:
    """The figures of accounts in a program today, read with a fixed number of queries.

    :param program: the program, as superuser: the caller has judged who may see what
    :param accounts: the partners
    """

    def __init__(self, program, accounts):
        today = program._today()
        self._program = program
        self._live = program._get_live(today, accounts.ids)
        self._members = {account_id for account_id, _group in self._live}
        self._figures = program._assess(
            accounts, today, members=self._live, is_shown=True
        )
        self._closed = self._get_last_posted_day(today)
        self._paces = {}
        if self._closed:  # what was measured by then, whatever tier it came to
            self._paces = program._assess(
                accounts,
                self._closed,
                members=None if program.window == "membership" else {},
                grouped_on=today,
                floors={},
                is_shown=True,
            )
        entries = program.env["club.points.entry"]
        self._balances = entries._get_balances(program, accounts, today)
        self._accounts = accounts
        self._tiers = program._get_shown_group("membership")
        self._grades = program._get_shown_group("grade")

    @property
    def tiers(self):
        """The tiers and grades there are."""
        groups = {found.group for found in self._figures.values()}
        return self._program.env["club.tier"].browse(
            tier.id for group in groups for tier in group.tiers
        )

    def get(self, account):
        """Return the values of the partner's fields; empty for who isn't in the club.

        In the club is who has points, revenue, a class, a membership or an agreement.
        """
        found = self._figures.get(
            (account.id, self._tiers.id),
            self._figures.get((account.id, self._grades.id)),
        )
        if not found or not self._is_in_club(account, found):
            return {}
        tier_gap = self._get_gap(account, self._tiers)
        grade_gap = self._get_gap(account, self._grades)
        return {
            "club_window_from": found.window.start,
            "club_window_to": found.window.end,
            "club_points": float(found.measures.points),
            "club_revenue": float(found.measures.revenue),
            "club_measured_head_id": found.together and found.together[0],
            **self._get_balance(account),
            "club_next_tier_id": tier_gap and tier_gap.tier.id,
            "club_tier_missing_points": tier_gap and float(tier_gap.points),
            "club_tier_missing_revenue": tier_gap and float(tier_gap.revenue),
            "club_unmet_bars": tier_gap and self._describe(tier_gap.bars),
            "club_next_grade_id": grade_gap and grade_gap.tier.id,
            "club_grade_missing_points": grade_gap and float(grade_gap.points),
            "club_grade_missing_revenue": grade_gap and float(grade_gap.revenue),
            **self._get_pace(account),
        }

    def _is_in_club(self, account, found):
        return (
            any((found.measures.points, found.measures.revenue, found.floor))
            or account.id in self._members
            or account.id in self._balances
            or account in self._registered
        )

    def _get_balance(self, account):
        """Return what became of the account's points: the figures of its statement."""
        balance = self._balances.get(account.id, points_lots.Balance())
        return {
            "club_earned": float(balance.earned),
            "club_spent": float(balance.spent),
            "club_expired": float(balance.expired),
            "club_reserved": float(balance.reserved),
            "club_available": float(balance.available),
        }

    def _get_current(self, account, group):
        """Return the kernel's view of the tier that the account holds, or None."""
        row = self._live.get((account.id, group.id))
        if not row:
            return None
        tiers = {
            tier.id: tier for tier in self._figures[account.id, group.id].group.tiers
        }
        return tiers.get(row["tier_id"]) or self._program._get_archived(row["tier_id"])

    def _get_gap(self, account, group):
        found = self._figures.get((account.id, group.id))
        return found and tier_rules.missing_to_next(
            found.group, self._get_current(account, group), found.measures
        )

    def _describe(self, bars):
        """Return the bars in words, False when there are none."""
        if not bars:
            return False
        names = {i.code: i.name for i in self._program.indicator_ids}
        return format_list(
            self._program.env,
            [
                f"{names[bar.indicator]} {'≤' if bar.at_most else '≥'} "
                f"{bar.bound.normalize():f}"
                for bar in bars
            ],
        )

    def _get_pace(self, account):
        """Return the early warning: what the posted months come to in the end.

        Months that are not posted yet have no points, so they would slow the pace: the
        projection stands on the last posted day. Before the first one of the window
        there is none.
        """
        found = self._figures.get((account.id, self._tiers.id))
        pace = self._paces.get((account.id, self._tiers.id))
        if not found or not pace or self._closed not in found.window:
            return {}
        row = self._live.get((account.id, self._tiers.id))
        program = self._program
        whole = windows.full_window(
            program.window, self._closed, row and row["date_from"], program.term_months
        )
        measures = tier_rules.Measures(
            windows.run_rate(pace.measures.points, pace.window, whole),
            windows.run_rate(pace.measures.revenue, pace.window, whole),
            pace.measures.indicators,
        )
        tier = tier_rules.resulting_tier(found.group, measures, found.floor)
        current = self._get_current(account, self._tiers)
        return {
            "club_is_projected": True,
            "club_projected_points": float(measures.points),
            "club_projected_tier_id": tier and tier.id,
            "club_is_at_risk": current is not None
            and (tier is None or tier.rank < current.rank),
        }

    # === Reading === #

    def _get_last_posted_day(self, today):
        """Return the last day of the last posted month, if it counts today."""
        ((month,),) = self._program.env["club.points.run"]._read_group(
            [
                ("program_id", "=", self._program.id),
                ("kind", "=", "revenue"),
                ("state", "=", "posted"),
            ],
            [],
            ["month:max"],
        )
        return month and min(windows.month_end(month), today)

    @cached_property
    def _registered(self):
        """The accounts that have an agreement with the program: asked of those that
        have nothing else.
        """
        return {
            account
            for (account,) in self._program.env["club.agreement"]._read_group(
                [
                    ("account_id", "in", self._accounts.ids),
                    ("program_id", "=", self._program.id),
                ],
                ["account_id"],
            )
        }
