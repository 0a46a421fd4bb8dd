"""Who signs a requalification, and when it may be applied. Rules A6, E1."""

from odoo import models
from odoo.exceptions import UserError

from ...kernel import tier_rules
from ..approval.document_types import REQUALIFICATION, REQUALIFICATION_TOP

LOWERED = (tier_rules.OUTCOME_DOWNGRADED, tier_rules.OUTCOME_LAPSED)


class ClubRequalification(models.Model):
    _inherit = "club.requalification"

    def _get_approval_type(self):
        """Return the type: another one where an account of the top tier is lowered."""
        groups = self.program_id.group_ids
        top_tiers = groups.tier_ids.browse(
            [group.tier_ids.sorted("sequence")[-1:].id for group in groups]
        )
        lowered = self.env["club.requalification.line"].search_count(
            [
                ("requalification_id", "=", self.id),
                ("current_tier_id", "in", top_tiers.ids),
                ("outcome", "in", LOWERED),
            ],
            limit=1,
        )
        return REQUALIFICATION_TOP if lowered else REQUALIFICATION

    def _get_approval_subject(self):
        counts = (
            (self.lapsed_count, self.env._("%s lapsed", self.lapsed_count)),
            (self.downgraded_count, self.env._("%s downgraded", self.downgraded_count)),
            (self.upgraded_count, self.env._("%s upgraded", self.upgraded_count)),
            (self.renewed_count, self.env._("%s renewed", self.renewed_count)),
        )
        return ", ".join(text for count, text in counts if count)

    def _has_lines(self):
        """Tell without reading them all."""
        lines = self.env["club.requalification.line"].sudo()
        return bool(lines.search([("requalification_id", "in", self.ids)], limit=1))

    def _approval_is_ready(self):
        return self._has_lines()

    def _check_can_submit(self):
        if not self._has_lines():
            raise UserError(self.env._("%s has no lines: prepare it first.", self.name))

    def _approval_execute(self, request):
        self._do_apply()
