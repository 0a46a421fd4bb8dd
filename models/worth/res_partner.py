from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..record.groups import READERS
from ..record.rpc import for_one

# By which a price list is chosen for a customer.
PRICELIST = {"property_product_pricelist", "specific_property_product_pricelist"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Discounts. Rule D18 === #

    club_discount_given = fields.Monetary(
        "Discount Given",
        compute="_compute_club_discount_given",
        groups=READERS,
        help="Discount on posted invoices of this calendar year, less credit notes.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_club_discount_given(self):
        """Follow the record rules of what was given: who can't read it sees none."""
        accounts = self.commercial_partner_id._origin
        found = dict(
            self.env["club.discount"]._read_group(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", self.env.company.id),
                    *self._get_club_year(),
                ],
                ["account_id"],
                ["amount:sum"],
            )
        )
        for partner in self:
            account = partner.commercial_partner_id._origin
            partner.club_discount_given = found.get(account, 0)

    @api.model
    def _get_club_year(self):
        """Return the domain of what has a date in this calendar year."""
        year = self.env.company._club_today().year
        return [("date", ">=", f"{year}-01-01"), ("date", "<=", f"{year}-12-31")]

    @for_one
    def action_open_club_discounts(self):
        """Open what discount the account was given this year. Rule D18."""
        self.check_access("read")
        return {
            **self._get_club_action("club_discount_action"),
            "domain": [
                ("account_id", "=", self.commercial_partner_id.id),
                *self._get_club_year(),
            ],
        }

    # === The price list of the tier === #

    def _club_after_create(self):
        super()._club_after_create()
        self._check_club_pricelist()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not PRICELIST.isdisjoint(vals):
            self._check_club_pricelist()

    def _check_club_pricelist(self):
        """Refuse a tier's price list for who isn't of that tier. Rule D18.

        :raises AccessError: whoever may choose price lists for customers
        """
        # sudo: which list is whose is no secret to who chooses one
        for partner_sudo in self.sudo():
            pricelist = partner_sudo.specific_property_product_pricelist
            tier = pricelist.club_tier_id
            if tier and tier != partner_sudo.commercial_partner_id.club_tier_id:
                raise AccessError(
                    self.env._(
                        "%(pricelist)s is for members of %(tier)s, and %(account)s "
                        "isn't one: the list follows the tier by itself.",
                        pricelist=pricelist.name,
                        tier=tier.name,
                        account=partner_sudo.display_name,
                    )
                )

    # === Rewards. Rule B13 === #

    @for_one
    def action_open_club_rewards(self):
        """Open the catalogue for this account, with what it can afford. Rule B13."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_reward_action"
        )
        return {
            **action,
            "context": {
                "default_account_id": self.commercial_partner_id.id,
                "search_default_offered": 1,
                "search_default_can_afford": 1,
            },
        }
