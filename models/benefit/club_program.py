from odoo import models

from ..record.copies import copy_each


class ClubProgram(models.Model):
    """A program brings what its tiers are owed. Rules A9, D12."""

    _inherit = "club.program"

    def _get_quotas(self):
        """Return the quotas of benefits for the program's tiers."""
        # sudo: the model's quotas may be another company's
        quotas = self.env["club.benefit.quota"].sudo()
        return quotas.search([("tier_id", "in", self.group_ids.tier_ids.ids)])

    def _count_contents(self, with_benefits=True, **parts):
        found = super()._count_contents(**parts)
        if with_benefits:
            found.append((self.env._("quotas of benefits"), len(self._get_quotas())))
        return found

    def _take_over(self, source, with_benefits=True, **parts):
        # sudo: the model may be another company's
        tiers = super()._take_over(source, **parts)
        if with_benefits:
            source.sudo()._copy_quotas(self, tiers)
        return tiers

    def _copy_quotas(self, program, tiers):
        """Owe another program's tiers the same; its company gets benefits it lacks.

        What hangs on a type of activities hangs on the company's own type of that code.
        """
        # sudo: whoever makes a program gets its benefits, officer or not
        company = program.company_id
        quotas = self._get_quotas().filtered(lambda quota: quota.tier_id in tiers)
        there = self.env["club.benefit"].sudo().with_context(active_test=False)
        known = {b.code: b for b in there.search([("company_id", "=", company.id)])}
        missing = quotas.benefit_id.filtered(lambda benefit: benefit.code not in known)
        types = self.env["club.activity.type"].sudo().with_context(active_test=False)
        types = types.search([("company_id", "=", company.id)])
        by_code = {kind.code: kind.id for kind in types}
        copies = copy_each(
            missing.with_company(company),
            [
                {
                    "company_id": company.id,
                    "code": benefit.code,
                    "quota_ids": [],
                    "activity_type_id": by_code.get(benefit.activity_type_id.code),
                }
                for benefit in missing
            ],
        )
        known |= {copied.code: copied for copied in copies}
        quotas.create(
            [
                {
                    "benefit_id": known[quota.benefit_id.code].id,
                    "tier_id": tiers[quota.tier_id].id,
                    "times": quota.times,
                    "is_unlimited": quota.is_unlimited,
                }
                for quota in quotas
            ]
        )
