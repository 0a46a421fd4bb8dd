from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError

from ...kernel import quota as quotas
from ..care.greeting_sql import LEFT_OUT
from ..record.navigate import open_list
from ..record.rpc import for_one, without_client_context
from .gift_states import CONFIRMED, DRAFT, GIVEN


class ClubGreeting(models.Model):
    """Gifts for those who are greeted. Rule D17."""

    _inherit = "club.greeting"

    gift_list_ids = fields.One2many(
        "club.gift.list", "greeting_id", "Gift Lists", readonly=True
    )
    gift_list_count = fields.Integer(
        "Number of Gift Lists", compute="_compute_gift_list_count"
    )

    def _compute_gift_list_count(self):
        counts = dict(
            self.env["club.gift.list"]._read_group(
                [("greeting_id", "in", self.ids)], ["greeting_id"], ["__count"]
            )
        )
        for greeting in self:
            greeting.gift_list_count = counts.get(greeting._origin, 0)

    @for_one
    def action_make_gift_list(self):
        """Draw up a list of gifts for those whom the user may greet. Rule D17.

        Whoever is on a list of this greeting already isn't put down again. For
        birthdays the gift is the one that the account is owed, while one is left.

        :raises UserError: when nobody is left
        """
        self.check_access("read")
        greeting = without_client_context(self)
        lines = greeting._get_lines_without_gift()
        if not lines:
            raise UserError(
                self.env._(
                    "Nobody of %s is left without a gift: open its gift lists.",
                    self.display_name,
                )
            )
        today = self.company_id._club_today()
        gift_list = greeting.env["club.gift.list"].create(
            {
                "greeting_id": self.id,
                "company_id": self.company_id.id,
                "date": max(self.date, today),
            }
        )
        benefits = greeting._get_birthday_benefits(lines, today)
        greeting.env["club.gift"].create(
            [
                {
                    "list_id": gift_list.id,
                    "account_id": line.account_id.id,
                    "contact_id": line.contact_id.id,
                    "date": max(line.date, today),
                    "benefit_id": benefits.get(line),
                }
                for line in lines
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "club.gift.list",
            "res_id": gift_list.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_open_gift_lists(self):
        return open_list(self, "club_gift_list_action", "greeting_id")

    def _get_lines_without_gift(self):
        """Return the lines that the user reads, of those who are greeted."""
        lines = self.env["club.greeting.line"].search(
            [
                *(("greeting_id", "=", self.id), ("contact_id", "!=", False)),
                ("state", "!=", LEFT_OUT),
            ],
            order="account_id, id",
        )
        # sudo: others' lists count, too
        gifts_sudo = self.env["club.gift"].sudo()
        rows = gifts_sudo._read_group(
            [
                ("list_id.greeting_id", "=", self.id),
                ("contact_id", "in", lines.contact_id.ids),
                ("state", "in", (DRAFT, CONFIRMED, GIVEN)),
            ],
            ["contact_id"],
        )
        given = {contact.id for (contact,) in rows}
        return lines.filtered(lambda line: line.contact_id.id not in given)

    def _get_birthday_benefits(self, lines, today):
        """Return ``{line: benefit id}`` of who is owed a birthday gift. Rule D12."""
        if self.kind != "birthday":
            return {}
        benefit = self.env["club.benefit"]._find_birthday_gift(self.company_id)
        if not benefit:
            return {}
        keys = {
            line: (line.account_id.id, benefit.id, max(line.date, today))
            for line in lines
        }
        figures = benefit._get_figures(keys.values())
        found, before = {}, Counter()
        for line, key in keys.items():
            quota, _tier, counted = figures[key]
            of_year = (line.account_id, key[2].year)
            if benefit._is_given_on(key[2]) and quotas.is_enough(
                quota, counted.total + before[of_year]
            ):
                found[line] = benefit.id
                before[of_year] += 1
        return found
