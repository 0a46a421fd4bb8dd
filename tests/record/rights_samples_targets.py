from odoo import fields

from ..common import month


class TargetSamples:
    """The rights table: targets."""

    def make_targets(self):
        """Make a target of who has the place; who has several has one a month."""
        targets = self.case.env["club.target"]
        there = targets.search_count([("user_id", "=", self.owner.id)])
        is_his = self.company in self.owner.company_ids
        self.make(
            "club.target",
            company_id=self.company,
            unit_id=self.unit,
            holder="person" if is_his else "unit",
            user_id=self.owner if is_his else False,
            date_from=fields.Date.add(month("2026-03"), months=there),
            amount=1,
        )
