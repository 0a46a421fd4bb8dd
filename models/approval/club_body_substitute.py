from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ClubBodySubstitute(models.Model):
    """Who signs on behalf of a seat, from one day to another. Rule E1."""

    _name = "club.body.substitute"
    _description = "Substitute of a Seat"
    _inherit = ["club.body.term"]
    _order = "seat_id, date_from desc, id"
    _club_parent = "seat_id"

    _term_fixed = ("user_id", "date_from", "seat_id")

    seat_id = fields.Many2one(
        "club.body.seat", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="seat_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        "Substitute",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("share", "=", False)],
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env["club.program"]._today(),
    )
    date_to = fields.Date("To", required=True, help="The last day.")
    reason = fields.Char(help="For example: on leave.")

    _dates = models.Constraint(
        "CHECK(date_to >= date_from)",
        "A substitute's time must not end before it begins.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(seat_id, seat_id, '[]') WITH =,"
        " int4range(user_id, user_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "This person is a substitute of the seat in these days already: "
        "change the end of that entry.",
    )

    @api.depends("user_id.name", "seat_id.user_id.name")
    def _compute_display_name(self):
        for substitute in self:
            substitute.display_name = self.env._(
                "%(user)s for %(holder)s",
                user=substitute.user_id.name or "",
                holder=substitute.seat_id.user_id.name or "",
            )

    @api.constrains("user_id", "seat_id")
    def _check_other_person(self):
        for substitute in self:
            if substitute.user_id == substitute.seat_id.user_id:
                raise ValidationError(
                    self.env._(
                        "%s holds the seat: choose somebody else as substitute.",
                        substitute.user_id.name,
                    )
                )

    def _get_body(self):
        self.ensure_one()
        return self.seat_id.body_id

    def _get_term_text(self):
        self.ensure_one()
        values = {
            "user": self.user_id.name,
            "holder": self.seat_id.user_id.name,
            "office": self.seat_id.office,
            "period": self._get_period_text(),
            "reason": self.reason,
        }
        if self.reason:
            return self.env._(
                "%(user)s for %(holder)s (%(office)s), %(period)s: %(reason)s", **values
            )
        return self.env._("%(user)s for %(holder)s (%(office)s), %(period)s", **values)

    @api.model
    def _get_news(self, event, text):
        sentences = {
            "given": self.env._("Substitute named: %s", text),
            "changed": self.env._("Substitute changed: %s", text),
            "removed": self.env._("Substitute taken back before it began: %s", text),
        }
        return sentences[event]
