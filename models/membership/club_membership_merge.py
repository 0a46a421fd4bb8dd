from datetime import timedelta

from odoo import api, models


class ClubMembership(models.Model):
    _inherit = "club.membership"

    @api.model
    def _settle_merge(self, sources, target):
        """Make way for the memberships of accounts that are merged into ``target``.

        Where two overlap in a tier group the higher tier stays; the other ends the day
        before, or is superseded when it began later. Nothing is deleted.
        """
        memberships = self.search(
            [("account_id", "in", (sources | target).ids), ("state", "=", "valid")]
        )
        ends = []
        for _group, found in memberships.grouped("group_id").items():
            kept = []
            for membership in found.sorted(
                lambda m: (m.tier_id.sequence, m.account_id == target, m.date_to),
                reverse=True,
            ):
                first, last = membership.date_from, membership.date_to
                hit = [k for k in kept if k[0] <= last and k[1] >= first]
                if hit:
                    last = min(start for start, _end in hit) - timedelta(days=1)
                    ends.append((membership.id, last, "replaced"))
                if last >= first:
                    kept.append((first, last))
        self._end(ends)
