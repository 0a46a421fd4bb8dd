from odoo import api, fields, models
from odoo.exceptions import UserError

# What the categories of the lines that come with the add-on hang on.
ROOT = "crm_club.product_category_club"


class ClubBusinessLine(models.Model):
    """A line of business, such as letters or logistics: a product category by a name
    that each reader sees in his language, and the unit that proposes its rates. B2.

    What is below its category is of the line, too; of several the nearest counts.
    """

    _name = "club.business.line"
    _description = "Business Line"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "sequence, id"
    # Whose rate revenue gets, and who proposes it.
    _club_logged = ("code", "active", "company_id", "category_id", "unit_id")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for all companies. A company's own line comes before a shared "
        "one.",
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        required=True,
        index=True,
        ondelete="restrict",
        help="The categories below it are of the line, too, unless they have their "
        "own.",
    )
    unit_id = fields.Many2one(
        "crm.team",
        "Proposing Unit",
        company_dependent=True,
        check_company=True,
        help="Its lead, members and points clerk propose the line's conversion rates, "
        "and besides them only a club officer. Each company names its own. Empty: "
        "points clerks, unit leads and Finance propose them.",
    )

    _code_uniq = models.UniqueIndex(
        "(coalesce(company_id, 0), code)", "Each code of a business line exists once."
    )
    _category_uniq = models.UniqueIndex(
        "(coalesce(company_id, 0), category_id) WHERE active",
        "This product category is a business line already.",
    )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self._renew_rates()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {"active", "category_id", "company_id"}.isdisjoint(vals):
            self._renew_rates()

    @api.model
    def _renew_rates(self):
        """Let rates name their line anew: there are few of them."""
        # sudo: rates that the user may not see follow as well
        rates_sudo = self.env["club.points.rate"].sudo()
        rates_sudo = rates_sudo.search([])  # pylint: disable=no-search-all
        self.env.add_to_compute(rates_sudo._fields["business_line_id"], rates_sudo)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: rates that the user may not see name it, too
        rates_sudo = self.env["club.points.rate"].sudo()
        used = rates_sudo.search([("business_line_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%(line)s has rates, such as %(rate)s: archive the business line "
                    "instead of deleting it.",
                    line=used.business_line_id.name,
                    rate=used.display_name,
                )
            )

    # === Reading === #

    @api.model
    def _get_by_category(self, company, categories):
        """Return ``{category: line}``: the nearest line at or above each category."""
        # sudo: which line a category is of doesn't hang on who asks
        lines_sudo = self.sudo().search([("company_id", "in", (company.id, False))])
        own_last = lines_sudo.sorted(lambda line: bool(line.company_id))
        found = {line.category_id.id: line for line in own_last}
        nearest = {}
        for category in categories:
            path = map(int, reversed((category.parent_path or "").split("/")[:-1]))
            line = next((found[key] for key in path if key in found), self.browse())
            nearest[category] = line.with_env(self.env)
        return nearest

    # === Names of the categories that came with the add-on === #

    @api.model
    def _name_categories(self):
        """Call the categories as the lines are called in the company's language.

        Odoo doesn't translate categories. Only what is named as it was installed is
        renamed, and only where the company's language is not English.
        """
        language = self._get_categories_language()
        root = self.env.ref(ROOT, raise_if_not_found=False)
        if not language or not root:
            return
        lines = self.with_context(active_test=False).search(
            [("category_id", "child_of", root.id)]
        )
        lines.invalidate_recordset(["name"])  # translations are loaded by SQL
        installed, named = (
            {line.category_id: line.name for line in lines.with_context(lang=code)}
            for code in ("en_US", language)
        )
        installed[root] = "Club Business Lines (examples)"
        named[root] = self.with_context(lang=language).env._(
            "Club Business Lines (examples)"
        )
        for category, name in installed.items():
            if category.name == name != named[category]:
                category.name = named[category]

    @api.model
    def _get_categories_language(self):
        """Return the language of the company that the categories came for, if it is
        another one than English and was loaded.
        """
        # sudo: the installation asks, for everybody
        company = self.env.ref("base.main_company").sudo()
        languages = self.env["res.lang"].get_installed()
        loaded = [code for code, _name in languages if not code.startswith("en")]
        if company.partner_id.lang in loaded:
            return company.partner_id.lang
        return (
            "zh_CN" if company.country_id.code == "CN" and "zh_CN" in loaded else False
        )
