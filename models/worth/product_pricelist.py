"""Price lists of tiers: written by signed tariffs, and by nobody else. Rule D18."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..record.lock import is_open
from ..record.rpc import for_one

PRICELISTS = "product.group_product_pricelist"
DISCOUNTS = "sale.group_discount_per_so_line"  # where Sales is installed
# What is said of a list and done about it changes no price.
TALK = ("message_", "activity_", "website_message_", "rating_")
LAST_OF_ALL = 1_000


class ProductPricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "club.guard.mixin"]

    club_tier_id = fields.Many2one(
        "club.tier",
        "Tier of the Club",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose members follow this list; signed tariffs alone write it.",
    )

    _club_tier_uniq = models.UniqueIndex(
        "(club_tier_id) WHERE club_tier_id IS NOT NULL", "A tier has one price list."
    )

    @api.model
    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        """Never let a tier's list be what everybody gets who has none."""
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        return Domain.AND([domain, [("club_tier_id", "=", False)]])

    @api.model
    def _get_club_lists(self, tiers):
        """Return ``{tier: its list}``, archived ones too."""
        # sudo: whoever reads a tariff may know which list it writes
        lists_sudo = self.sudo().with_context(active_test=False)
        found_sudo = lists_sudo.search([("club_tier_id", "in", tiers.ids)])
        return {one.club_tier_id.with_env(self.env): one for one in found_sudo}

    @api.model
    def _get_or_create_club_list(self, tier):
        """Return the price list of a tier, made now if there is none, and in use."""
        pricelist = self._get_club_lists(tier).get(tier)
        if not pricelist:
            company = tier.company_id
            return self._create_guarded(
                [
                    {
                        "name": self.env._(
                            "%(club)s: %(tier)s",
                            club=tier.program_id.name,
                            tier=tier.name,
                        ),
                        "club_tier_id": tier.id,
                        "company_id": company.id,
                        "currency_id": company.currency_id.id,
                        "country_group_ids": False,
                        "sequence": LAST_OF_ALL,
                    }
                ]
            )
        if not pricelist.active:
            pricelist._write_guarded({"active": True})
        return pricelist

    @api.model
    def _switch_on_for_club(self):
        """Switch on what tariffs need, as the settings do: price lists, without which
        no account has one, and, where Sales is installed, discounts on order lines:
        without them a tariff lowers the price, and nobody could count what it gave.

        Every company keeps a list of its own beside the tiers'.
        """
        groups = self.env["res.groups"]
        # sudo: who signs last need not change settings
        employees_sudo = self.env.ref("base.group_user").sudo()
        for name in (PRICELISTS, DISCOUNTS):
            group = self.env.ref(name, raise_if_not_found=False)
            if not group or groups._is_feature_enabled(name):
                continue
            employees_sudo._apply_group(group)
            if name == PRICELISTS:
                self.env["res.company"].sudo()._activate_or_create_pricelists()

    # === Written by tariffs only === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not all(name.startswith(TALK) for name in vals):
            self._check_not_of_club()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_not_of_club()

    @for_one
    def update_field_translations(self, field_name, translations, source_lang=""):
        """Ask of a name in another language what a write of it asks."""
        self.check_access("write")
        self._check_not_of_club()
        return super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )

    def _check_club_customer(self, customer):
        """Refuse a tier's list for who isn't of that tier. Rule D18.

        :raises AccessError: whoever may choose price lists for customers
        """
        # sudo: which list is whose is no secret to who chooses one
        pricelist_sudo, customer_sudo = self.sudo(), customer.sudo()
        tier = pricelist_sudo.club_tier_id
        customer_sudo = customer_sudo.with_company(tier.company_id)
        if tier and tier != customer_sudo.commercial_partner_id.club_tier_id:
            raise AccessError(
                self.env._(
                    "%(pricelist)s is for members of %(tier)s, and %(account)s "
                    "isn't one: the list follows the tier by itself.",
                    pricelist=pricelist_sudo.name,
                    tier=tier.name,
                    account=customer_sudo.display_name,
                )
            )

    def _check_not_of_club(self):
        """
        :raises AccessError: for lists of tiers, whoever may write price lists
        """
        if self.env.su or is_open(self.env):
            return
        # sudo: whoever writes price lists need not read tiers
        for pricelist_sudo in self.sudo():
            if pricelist_sudo.club_tier_id:
                raise AccessError(
                    self.env._(
                        "%(pricelist)s is the price list of %(tier)s, which signed "
                        "tariffs of the club write: propose a tariff, or end one.",
                        pricelist=pricelist_sudo.name,
                        tier=pricelist_sudo.club_tier_id.name,
                    )
                )


class ProductPricelistItem(models.Model):
    _name = "product.pricelist.item"
    _inherit = ["product.pricelist.item", "club.guard.mixin"]

    club_tariff_id = fields.Many2one(
        "club.tariff",
        "Tariff of the Club",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The signed tariff that wrote it.",
    )

    def _club_after_create(self):
        super()._club_after_create()
        self.pricelist_id._check_not_of_club()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self.pricelist_id._check_not_of_club()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "pricelist_id" in vals:
            self.pricelist_id._check_not_of_club()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self.pricelist_id._check_not_of_club()
