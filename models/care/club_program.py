from odoo import api, models


class ClubProgram(models.Model):
    _inherit = "club.program"

    def _club_after_create(self):
        """A company's first program brings rules of duties to start with."""
        super()._club_after_create()
        self.env["club.duty.rule"]._ensure_defaults(self.company_id)

    @api.model
    def _give_defaults(self):
        companies = super()._give_defaults()
        self.env["club.duty.rule"]._ensure_defaults(companies)
        return companies

    def _take_over(self, source, with_rates=True, **parts):
        """Give tiers that come from another program its duties, if there are any."""
        tiers = super()._take_over(source, with_rates=with_rates, **parts)
        self.env["club.duty.rule"]._ensure_defaults(self.company_id)
        return tiers

    def _refresh_mirrors(self, accounts=None):
        """Memberships have changed, and with them what is owed. Rule D3."""
        result = super()._refresh_mirrors(accounts)
        self.env["club.duty"]._refresh(accounts, self.company_id)
        return result
