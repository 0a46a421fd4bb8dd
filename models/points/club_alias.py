from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel import revenue_rows

ALIAS_KINDS = [
    ("account", "Account"),
    ("category", "Category"),
    ("product", "Product"),
]


class ClubAlias(models.Model):
    """A name or code of Finance's and what it stands for here. Rule B15."""

    _name = "club.alias"
    _description = "Revenue Alias"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "kind, name, id"
    _club_logged = ("name", "kind", "account_id", "category_id", "product_id")

    name = fields.Char(
        "Name or Code", required=True, help="As the statements of Finance have it."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(ALIAS_KINDS, required=True, default="account")
    key = fields.Char(
        compute="_compute_key",
        store=True,
        precompute=True,
        required=True,
        help="The name without what doesn't matter: width, case, white space.",
    )
    account_id = fields.Many2one(
        "res.partner",
        ondelete="cascade",
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    category_id = fields.Many2one(
        "product.category", "Product Category", ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", ondelete="cascade", check_company=True
    )
    origin_line_id = fields.Many2one(
        "club.revenue.line",
        "Learned from",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    # Looks up all names of a file, and keeps what a name stands for unambiguous.
    _key_uniq = models.UniqueIndex(
        "(company_id, kind, key)", "This name stands for something already."
    )
    _key_filled = models.Constraint(
        "CHECK(key <> '')", "An alias needs a name with at least one visible letter."
    )
    _one_target = models.Constraint(
        "CHECK(num_nonnulls(account_id, category_id, product_id) = 1 AND CASE kind"
        " WHEN 'account' THEN account_id IS NOT NULL"
        " WHEN 'category' THEN category_id IS NOT NULL"
        " ELSE product_id IS NOT NULL END)",
        "An alias stands for an account, a category or a product, as its kind says.",
    )
    # "Merge partners" and deleting a partner look for its aliases.
    _account_idx = models.Index("(account_id) WHERE account_id IS NOT NULL")

    @api.depends("name")
    def _compute_key(self):
        for alias in self:
            alias.key = revenue_rows.alias_key(alias.name or "")

    @api.constrains("name")
    def _check_sure(self):
        for alias in self:
            if not revenue_rows.is_sure_code(alias.name or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” lost digits in a spreadsheet and may stand for several "
                        "accounts: take the whole code.",
                        alias.name,
                    )
                )

    @api.model
    def _learn(self, lines, values):
        """Remember what the open names of parked ``lines`` stand for.

        :param dict values: account_id, category_id and product_id, where chosen
        :return: pairs of kind and key that are remembered now
        :rtype: set
        """
        if not lines:
            return set()
        wanted = {}
        for kind, _label in ALIAS_KINDS:
            if not values.get(f"{kind}_id"):
                continue
            for line in lines:
                text = line[f"raw_{kind}"]
                key = revenue_rows.alias_key(text or "")
                # A code that lost digits would settle the rows of others.
                is_sure = text and revenue_rows.is_sure_code(text)
                if key and is_sure and not line[f"{kind}_id"]:
                    target = values[f"{kind}_id"]
                    wanted.setdefault((kind, key), (text, target, line.id))
        return self._remember(lines.company_id, wanted)

    @api.model
    def _remember(self, company, wanted):
        """Remember what names stand for from now on, whatever they stood for before.

        :param dict wanted: name, id of what it stands for and of the row that it was
            learned from, by kind and key
        :return: the pairs of kind and key
        :rtype: set
        """
        domain = [
            ("company_id", "=", company.id),
            ("key", "in", [key for _kind, key in wanted]),
        ]
        known = {(alias.kind, alias.key): alias for alias in self.search(domain)}
        missing = []
        for (kind, key), (name, target_id, line_id) in wanted.items():
            target = {f"{kind}_id": target_id, "origin_line_id": line_id}
            if (kind, key) in known:
                alias = known[kind, key]
                if alias[f"{kind}_id"].id != target_id:
                    # sudo: a clerk changes none by hand; who did it is logged.
                    alias.sudo()._write_guarded(target)
            else:
                missing.append(
                    {"kind": kind, "name": name, "company_id": company.id, **target}
                )
        self._create_guarded(missing)
        return set(wanted)
