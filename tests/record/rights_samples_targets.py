from odoo import Command, fields

from ..common import month


class TargetSamples:
    """The rights table: targets, scorecards."""

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
        self._make_scorecard()

    def _make_scorecard(self):
        """Make a template with one indicator, and a card of the place's unit."""
        template = self.make(
            "club.scorecard.template",
            name="Rights",
            indicator_ids=[Command.create({"code": "visits", "goal": 1, "weight": 100})],
        )
        self.add(template.indicator_ids)
        cards = self.case.env["club.scorecard"]
        there = cards.search_count([("unit_id", "=", self.unit.id)])
        card = self.make(
            "club.scorecard",
            company_id=self.company,
            unit_id=self.unit,
            year=2024 - there,
            template_id=template,
        )
        self.add(card.line_ids)
