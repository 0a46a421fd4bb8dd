from odoo import api, fields, models
from odoo.fields import Domain

from .club_body import BODY, UNIT


class ClubBody(models.Model):
    """Who may sign today, for people to see. Rule E1."""

    _inherit = "club.body"

    holder_ids = fields.Many2many(
        "res.users", string="Signatories Today", compute="_compute_holders"
    )
    holder_names = fields.Char(
        "Who May Sign Today",
        compute="_compute_holders",
        help="Seats and substitutes in force; of a unit also its leader.",
    )
    is_vacant = fields.Boolean(
        "Nobody Seated",
        compute="_compute_holders",
        search="_search_is_vacant",
        help="Nobody may sign for the body today.",
    )
    is_mine = fields.Boolean(
        "I Sign Here",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="I may sign for the body today, or stand in for somebody who may.",
    )

    @api.depends(
        "active",
        "is_unit_head",
        "unit_id.user_id",
        "seat_ids.date_from",
        "seat_ids.date_to",
        "seat_ids.office",
        "seat_ids.signs",
        "seat_ids.user_id.active",
        "seat_ids.substitute_ids.date_from",
        "seat_ids.substitute_ids.date_to",
        "seat_ids.substitute_ids.user_id.active",
    )
    @api.depends_context("lang")
    def _compute_holders(self):
        # In an unsaved form as it is in the database: seats count once saved.
        holders = self._origin._get_holders_today()
        users = self.env["res.users"]
        user_ids = {
            user_id
            for found in holders.values()
            for holder in found
            for user_id in (holder.user_id, holder.seat_user_id)
        }
        # sudo: names of colleagues, perhaps of another company
        names = {user.id: user.name for user in users.sudo().browse(user_ids)}
        for body in self:
            found = holders.get(body._origin, [])
            body.holder_ids = users.browse(
                dict.fromkeys(holder.user_id for holder in found)
            )
            body.holder_names = "; ".join(
                body._get_holder_text(holder, names) for holder in found
            )
            body.is_vacant = not found

    def _search_is_vacant(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the search adds the user's own rules
        bodies = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "in", self.env.companies.ids)])
        )
        holders = bodies._get_holders_today()
        return [("id", "in", [body.id for body in bodies if not holders[body]])]

    @api.depends_context("uid")
    def _compute_is_mine(self):
        domain = Domain("is_mine", "=", True) & Domain("id", "in", self.ids)
        mine = self.with_context(active_test=False).search(domain)
        for body in self:
            body.is_mine = body._origin in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        keys = [
            key
            for key, _seat_user_id in self._get_holdings(
                self.env.user, self.env["club.program"]._today()
            )
        ]
        bodies = [key_id for kind, key_id in keys if kind == BODY]
        units = [key_id for kind, key_id in keys if kind == UNIT]
        return Domain("id", "in", bodies) | (
            Domain("is_unit_head", "=", True) & Domain("unit_id", "in", units)
        )

    def _get_holders_today(self):
        """Return who may sign for each body today, where its company is."""
        holders = {}
        for company, bodies in self.grouped("company_id").items():
            today = self.env["club.program"].with_company(company)._today()
            heads = bodies.filtered(lambda body: body.is_unit_head and body.active)
            found = self._get_holders(today, bodies - heads, heads.unit_id)
            for body in bodies:
                key = (UNIT, body.unit_id.id) if body in heads else (BODY, body.id)
                holders[body] = found[key]
        return holders

    def _get_holder_text(self, holder, names):
        """Return a holder in words; ``names`` by the ids of users."""
        values = {
            "name": names[holder.user_id],
            "holder": names[holder.seat_user_id],
            "office": holder.office or self.env._("unit leader"),
        }
        if holder.user_id == holder.seat_user_id:
            return self.env._("%(name)s (%(office)s)", **values)
        return self.env._("%(name)s for %(holder)s (%(office)s)", **values)
