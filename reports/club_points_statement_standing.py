"""The head of a statement: tiers, what is missing to the next, agreements."""

from odoo import models

from ..kernel import tier_rules, windows
from .points_statement import Standing


class ClubPointsStatement(models.AbstractModel):
    _inherit = "club.points.statement"

    def _get_agreements(self, accounts, program, date_from, date_to):
        agreements_sudo = (
            self.env["club.agreement"]
            .sudo()
            .search(
                [
                    ("account_id", "in", accounts.ids),
                    ("program_id", "=", program.id),
                    ("date_from", "<=", date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", date_from),
                ],
                order="date_from",
            )
        )
        found = agreements_sudo.grouped("account_id")
        return {
            account: tuple(
                found.get(account, agreements_sudo.browse()).mapped("number")
            )
            for account in accounts
        }

    def _get_standings(self, accounts, program, on):
        """Return ``{account: (Standing,)}`` and ``{account: (window, points)}``."""
        memberships_sudo = self.env["club.membership"].sudo()
        live = {}
        for membership in memberships_sudo.search(
            [
                ("account_id", "in", accounts.ids),
                ("program_id", "=", program.id),
                *memberships_sudo._domain_on(on),
            ]
        ):
            live.setdefault(
                (membership.account_id.id, membership.group_id.id), membership
            )
        assessed = program._assess(accounts, on)
        main = program.group_ids.filtered(lambda g: g.purpose != "grade")[:1]
        main = main or program.group_ids[:1]
        empty = windows.qualification_window(program.window, on)
        standings, measured = {}, {}
        for account in accounts:
            standings[account] = tuple(
                self._prepare_standing(
                    group,
                    live.get((account.id, group.id), memberships_sudo.browse()),
                    assessed[account.id, group.id],
                )
                for group in program.group_ids
            )
            found = assessed.get((account.id, main.id))
            measured[account] = (
                (found.window, float(found.measures.points)) if found else (empty, 0.0)
            )
        return standings, measured

    def _prepare_standing(self, group, membership, assessed):
        tier = membership.tier_id
        gap = tier_rules.missing_to_next(
            assessed.group, tier._get_rule() if tier else None, assessed.measures
        )
        tiers = {record.id: record for record in group.tier_ids}
        return Standing(
            group=group.name,
            purpose=group.purpose,
            tier=tier.with_env(self.env).name or "",
            valid_until=membership.date_to or None,
            next_tier=tiers[gap.tier.id].name if gap else "",
            missing_points=float(gap.points) if gap else 0.0,
            missing_revenue=float(gap.revenue) if gap else 0.0,
            missing_bars=self._get_bar_texts(group.program_id, gap.bars if gap else ()),
        )

    def _get_bar_texts(self, program, bars):
        names = {i.code: i.name for i in program.indicator_ids}
        texts = []
        for bar in bars:
            values = {"name": names[bar.indicator], "bound": f"{float(bar.bound):g}"}
            texts.append(
                self.env._("%(name)s: at most %(bound)s", **values)
                if bar.at_most
                else self.env._("%(name)s: at least %(bound)s", **values)
            )
        return tuple(texts)
