from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel import revenue_rows, similar_names
from ..models.record.rpc import for_one

# Told at once, those with the most rows first; the others follow them.
NAMES_SHOWN = 100
# A name that resembles one thing this much, and no other, is marked beforehand.
CLEAR = 0.9
# What of a row names what, and what stands beside it.
NAMED = {
    "account": ["raw_account", "raw_account_name"],
    "category": ["raw_category"],
    "product": ["raw_product"],
}


class ClubRevenueNaming(models.TransientModel):
    """The unknown names of all parked rows, of accounts, categories and products, and
    what they resemble.

    Who accepts some of them has them remembered as aliases, which settles all parked
    rows of the company with these names at once. Rule B15.
    """

    _name = "club.revenue.naming"
    _description = "Names of Parked Rows"
    _inherit = ["club.guard.mixin"]

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("club.revenue.naming.line", "naming_id", "Names")
    kinds = fields.Char(compute="_compute_kinds", help="Of which there are names.")
    more = fields.Integer(
        "Further Names", readonly=True, help="They are shown once these are settled."
    )

    @api.depends("line_ids.kind")
    def _compute_kinds(self):
        for naming in self:
            naming.kinds = " ".join(sorted(set(naming.line_ids.mapped("kind"))))

    # === ACTIONS === #

    @for_one
    def action_accept(self):
        """Remember what the marked names stand for, and settle their rows.

        :raise UserError: when none is marked, or nothing is chosen for a marked one
        """
        self.check_access("write")
        accepted = self.line_ids.filtered("is_accepted")
        if not accepted:
            raise UserError(self.env._("Mark the names that you accept first."))
        targets = {(line.kind, line.name): line._get_target() for line in accepted}
        lines = self.env["club.revenue.line"]
        return lines._notify_settled(lines._settle_names(self.company_id, targets))

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, company):
        """Return the action with the unknown names of a company's parked rows.

        :raise UserError: when no parked row has one
        """
        self.check_access("create")
        names = self._get_names(company)
        if not names:
            raise UserError(
                self.env._("No parked row waits for a name that is to be settled.")
            )
        naming = self._create_guarded(
            {"company_id": company.id, "more": max(0, len(names) - NAMES_SHOWN)}
        )
        naming._add_lines(dict(list(names.items())[:NAMES_SHOWN]))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Names of Parked Rows"),
            "res_model": self._name,
            "res_id": naming.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_names(self, company):
        """Return ``{(kind, key): (name, name beside it, rows, amount)}``, the most rows
        first.

        As the rows that the user may read have them; a code that lost digits is none.
        """
        names = {}
        for kind, by in NAMED.items():
            groups = self.env["club.revenue.line"]._read_group(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "parked"),
                    (f"{kind}_id", "=", False),
                    (by[0], "!=", False),
                ],
                by,
                ["__count", "amount:sum"],
                order=f"__count DESC, {by[0]}",
            )
            for name, *beside, count, amount in groups:
                key = kind, revenue_rows.alias_key(name)
                if not key[1] or not revenue_rows.is_sure_code(name):
                    continue
                beside = beside[0] if beside else ""
                name, beside, *sums = names.get(key, (name, beside or "", 0, 0))
                names[key] = name, beside, sums[0] + count, sums[1] + (amount or 0)
        return dict(sorted(names.items(), key=lambda item: (-item[1][2], item[0])))

    def _add_lines(self, names):
        self.ensure_one()
        found, called = {}, {}
        for kind in {kind for kind, _key in names}:
            texts = {key: names[key][:2] for key in names if key[0] == kind}
            found |= similar_names.suggest(texts, getattr(self, f"_get_{kind}_names")())
            model = self.env["club.alias"]._fields[f"{kind}_id"].comodel_name
            # sudo: a name means the same thing, whoever reads the file
            targets_sudo = self.env[model].sudo()
            targets_sudo = targets_sudo.browse(
                {number for key in texts for _score, number in found[key]}
            )
            called |= {(kind, each.id): each.display_name for each in targets_sudo}
        values = []
        # Those that resemble something come first.
        for key in sorted(names, key=lambda key: not found[key]):
            kind = key[0]
            name, beside, count, amount = names[key]
            pairs = found[key]
            is_clear = [score >= CLEAR for score, _id in pairs] == [True] or (
                len(pairs) > 1 and pairs[0][0] >= CLEAR > pairs[1][0]
            )
            values.append(
                {
                    "naming_id": self.id,
                    "kind": kind,
                    "name": name,
                    "beside": beside,
                    "row_count": count,
                    "amount": amount,
                    "suggestions": " · ".join(
                        self.env._(
                            "%(account)s (%(share)s %%)",
                            account=called[kind, number],
                            share=round(score * 100),
                        )
                        for score, number in pairs
                    ),
                    f"{kind}_id": pairs[0][1] if pairs else False,
                    "is_accepted": is_clear,
                }
            )
        self.env["club.revenue.naming.line"]._create_guarded(values)

    def _get_account_names(self):
        """Return id and name of each account that the user and the company may use."""
        partners = self.env["res.partner"]
        partners.flush_model(["commercial_partner_id", "name"])
        query = partners._search(
            [
                ("company_id", "in", (self.company_id.id, False)),
                ("name", "!=", False),
                "|",
                ("is_company", "=", True),
                ("parent_id", "=", False),
            ]
        )
        number, name, account = (
            SQL.identifier(query.table, column)
            for column in ("id", "name", "commercial_partner_id")
        )
        query.add_where(SQL("%s = %s", number, account))
        return self.env.execute_query(query.select(number, name))

    def _get_category_names(self):
        """Return id and a name of each category, those of its business lines too."""
        # sudo: a name means the same thing, whoever reads the file
        categories_sudo = self.env["product.category"].sudo()
        categories_sudo = categories_sudo.search_fetch([], ["name"])
        lines_sudo = self.env["club.business.line"].sudo()
        lines_sudo = lines_sudo.search_fetch(
            [("company_id", "in", (self.company_id.id, False))], ["name", "category_id"]
        )
        return [
            *((category.id, category.name) for category in categories_sudo),
            *((line.category_id.id, line.name) for line in lines_sudo),
        ]

    def _get_product_names(self):
        """Return id and name of each product that the company may use."""
        # sudo: a name means the same thing, whoever reads the file
        products_sudo = self.env["product.product"].sudo()
        products_sudo = products_sudo.search_fetch(
            [("company_id", "in", (self.company_id.id, False))], ["name"]
        )
        return [(product.id, product.name) for product in products_sudo]
