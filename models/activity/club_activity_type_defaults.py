"""A further company starts with a copy of the catalogue. Rules A9, C1."""

from odoo import api, models

from ..copies import copy_each


class ClubActivityType(models.Model):
    _inherit = "club.activity.type"

    @api.model
    def _ensure_defaults(self, companies, tier_codes=None, since=None):
        """Give companies the types of the first company's catalogue that they lack.

        A type that begins with a tier comes once the company has that tier, by code:
        without it, everybody would be entitled. Each company then edits its own.

        :param tier_codes: only types that begin with one of these; None: all types
        :param since: only types that came at this moment or later: what was there
            before, a company may have given up
        """
        types_sudo = self.sudo().with_context(active_test=False)
        # Theirs is the model who had a catalogue first.
        model = types_sudo.search([], order="id", limit=1).company_id
        catalogue = types_sudo.search(
            [("company_id", "=", model.id), ("active", "=", True)]
        )
        if tier_codes is not None:
            catalogue = catalogue.filtered(lambda kind: kind.tier_id.code in tier_codes)
        if since is not None:
            catalogue = catalogue.filtered(lambda kind: kind.create_date >= since)
        if not catalogue:
            return
        for company in companies - model:
            taken = types_sudo.search([("company_id", "=", company.id)]).mapped("code")
            tiers = self._get_membership_tiers(company)
            missing = catalogue.filtered(
                lambda kind, taken=taken, tiers=tiers: (
                    kind.code not in taken
                    and (not kind.tier_id or kind.tier_id.code in tiers)
                )
            )
            missing._copy_to(company, tiers)

    def _copy_to(self, company, tiers):
        """Copy types to a company, whose membership tiers are given by code."""
        return copy_each(
            self.with_company(company),
            [
                {
                    "company_id": company.id,
                    "code": kind.code,
                    "tier_id": kind.tier_id and tiers[kind.tier_id.code].id,
                }
                for kind in self
            ],
        )

    def _get_membership_tiers(self, company):
        """Return ``{code: tier}`` of the company's main program's membership group."""
        # sudo: whoever makes a program or a tier gets the catalogue, officer or not
        program_sudo = self.env["club.program"].sudo()._get_main(company)
        groups_sudo = program_sudo.group_ids.filtered(
            lambda group: group.purpose in ("membership", "both")
        )
        return {tier.code: tier for tier in groups_sudo[:1].tier_ids}
