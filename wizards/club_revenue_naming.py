from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..kernel import revenue_rows, similar_names
from ..models.record.rpc import for_one

# Told at once, those with the most rows first; the others follow them.
NAMES_SHOWN = 100
# A name that resembles an account this much, and no other, is marked beforehand.
CLEAR = 0.9


class ClubRevenueNaming(models.TransientModel):
    """The unknown names of all parked rows, and the accounts that they resemble.

    Who accepts some of them has them remembered as aliases, which settles all parked
    rows of the company with these names at once. Rule B15.
    """

    _name = "club.revenue.naming"
    _description = "Names of Parked Rows"
    _inherit = ["club.guard.mixin"]

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("club.revenue.naming.line", "naming_id", "Names")
    more = fields.Integer(
        "Further Names", readonly=True, help="They are shown once these are settled."
    )

    # === ACTIONS === #

    @for_one
    def action_accept(self):
        """Remember what the marked names stand for, and settle their rows.

        :raise UserError: when none is marked, or a marked one has no account
        """
        self.check_access("write")
        accepted = self.line_ids.filtered("is_accepted")
        if not accepted:
            raise UserError(self.env._("Mark the names that you accept first."))
        accounts = {line.name: line._get_account() for line in accepted}
        lines = self.env["club.revenue.line"]
        return lines._notify_settled(lines._settle_names(self.company_id, accounts))

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
                self.env._("No parked row waits for an account that is to be named.")
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
        """Return ``{key: (name, name beside it, rows, amount)}``, the most rows first.

        As the rows that the user may read have them; a code that lost digits is none.
        """
        groups = self.env["club.revenue.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "=", "parked"),
                ("account_id", "=", False),
                ("raw_account", "!=", False),
            ],
            ["raw_account", "raw_account_name"],
            ["__count", "amount:sum"],
            order="__count DESC, raw_account",
        )
        names = {}
        for name, beside, count, amount in groups:
            key = revenue_rows.alias_key(name)
            if not key or not revenue_rows.is_sure_code(name):
                continue
            name, beside, *sums = names.get(key, (name, beside or "", 0, 0))
            names[key] = name, beside, sums[0] + count, sums[1] + (amount or 0)
        return dict(sorted(names.items(), key=lambda item: (-item[1][2], item[0])))

    def _add_lines(self, names):
        self.ensure_one()
        texts = {key: [name, beside] for key, (name, beside, *_) in names.items()}
        found = similar_names.suggest(texts, self._get_candidates())
        accounts = self.env["res.partner"].browse(
            account_id for pairs in found.values() for _score, account_id in pairs
        )
        called = {account.id: account.display_name for account in accounts}
        values = []
        # Those that resemble an account come first.
        for key in sorted(names, key=lambda key: not found[key]):
            name, beside, count, amount = names[key]
            pairs = found[key]
            is_clear = [score >= CLEAR for score, _id in pairs] == [True] or (
                len(pairs) > 1 and pairs[0][0] >= CLEAR > pairs[1][0]
            )
            values.append(
                {
                    "naming_id": self.id,
                    "name": name,
                    "beside": beside,
                    "row_count": count,
                    "amount": amount,
                    "suggestions": " · ".join(
                        self.env._(
                            "%(account)s (%(share)s %%)",
                            account=called[account_id],
                            share=round(score * 100),
                        )
                        for score, account_id in pairs
                    ),
                    "account_id": pairs[0][1] if pairs else False,
                    "is_accepted": is_clear,
                }
            )
        self.env["club.revenue.naming.line"]._create_guarded(values)

    def _get_candidates(self):
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
