from odoo import api, fields, models

from ..program.club_account_class import ClubAccountClass


class ClubAccountClassGifts(models.Model):
    """What accounts of a class may be given in a year. Rule D17."""

    _inherit = "club.account.class"
    _club_logged = (*ClubAccountClass._club_logged, "gift_is_limited", "gift_limit")

    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    gift_is_limited = fields.Boolean(
        "Gifts Limited",
        help="Accounts of this class are given gifts up to a value a year only. Of "
        "several classes the strictest counts.",
    )
    gift_limit = fields.Monetary(
        "Gifts a Year",
        aggregator=None,
        help="The value up to which an account of this class is given gifts in a "
        "calendar year, in each company, in its currency. 0: none at all.",
    )

    _gift_limit = models.Constraint(
        "CHECK(coalesce(gift_limit, 0) >= 0 AND coalesce(gift_limit, 0) < 1e12)",
        "The limit of gifts can't be below 0.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for record in self:
            company = record.company_id or self.env.company
            record.currency_id = company.currency_id
