from odoo import api, fields, models

from ..record.names import get_labels, join
from ..record.rpc import for_records
from .positions import MEMBER, POSITIONS


class ClubBodySeat(models.Model):
    """A seat in a body, tied to an office held, from one day to another. Rule E1."""

    _name = "club.body.seat"
    _description = "Seat in a Body"
    _inherit = ["club.body.term"]
    _order = "body_id, sequence, date_from desc, id"
    _club_parent = "body_id"

    _term_fixed = ("user_id", "date_from", "body_id")

    body_id = fields.Many2one(
        "club.body", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="body_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("share", "=", False)],
    )
    office = fields.Char(
        "Office Held",
        required=True,
        help="What the seat is tied to, such as director or head of key accounts.",
    )
    position = fields.Selection(
        POSITIONS,
        required=True,
        default=MEMBER,
        index=True,
        help="What the person is in the body; printed beside the office, unless it is "
        "a plain member.",
    )
    represents_id = fields.Many2one(
        "club.body",
        "Sits For",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('id', '!=', body_id)]",
        help="On the tender panel: the body for which this person decides.",
    )
    sequence = fields.Integer(default=10)
    signs = fields.Boolean(
        "Signs for the Body",
        default=True,
        help="Otherwise a member who reviews but doesn't sign.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env["club.program"]._today(),
    )
    date_to = fields.Date("To", help="The last day. Empty: until further notice.")
    substitute_ids = fields.One2many("club.body.substitute", "seat_id", "Substitutes")
    substitute_today = fields.Char(
        "Stands in Today", compute="_compute_substitute_today"
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A seat must not end before it begins.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(body_id, body_id, '[]') WITH =,"
        " int4range(user_id, user_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "One person can't hold two seats of a body at the same time: end the earlier "
        "one before the later one begins.",
    )

    @api.depends("user_id.name", "office")
    def _compute_display_name(self):
        for seat in self:
            seat.display_name = f"{seat.user_id.name or ''} · {seat.office or ''}"

    @api.depends(
        "date_from",
        "date_to",
        "substitute_ids.user_id.name",
        "substitute_ids.date_from",
        "substitute_ids.date_to",
    )
    def _compute_substitute_today(self):
        for seat in self:
            today = seat.company_id._club_today()
            in_force = seat.substitute_ids.filtered_domain(
                [("date_from", "<=", today), ("date_to", ">=", today)]
            )
            seat.substitute_today = join(self.env, in_force.user_id.mapped("name"))

    @api.constrains("user_id")
    def _check_substitutes(self):
        self.substitute_ids._check_other_person()

    @for_records
    def unlink(self):
        # By the ORM, not by the database, so that what has begun is kept and told.
        self.substitute_ids.unlink()
        return super().unlink()

    @api.model
    def _get_office_text(self, office, position):
        """Return an office with what its holder is in the body. Rule E1."""
        if not office or position in (False, "", MEMBER):
            return office
        return self.env._(
            "%(office)s (%(position)s)",
            office=office,
            position=get_labels(self, "position")[position],
        )

    def _get_body(self):
        self.ensure_one()
        return self.body_id

    def _get_term_text(self):
        self.ensure_one()
        office = self._get_office_text(self.office, self.position)
        if self.represents_id:
            office = self.env._(
                "%(office)s for %(body)s", office=office, body=self.represents_id.name
            )
        values = {
            "user": self.user_id.name,
            "office": office,
            "period": self._get_period_text(),
        }
        if self.signs:
            return self.env._("%(user)s as %(office)s, %(period)s", **values)
        return self.env._(
            "%(user)s as %(office)s, without signature, %(period)s", **values
        )

    @api.model
    def _get_news(self, event, text):
        sentences = {
            "given": self.env._("Seat given: %s", text),
            "changed": self.env._("Seat changed: %s", text),
            "removed": self.env._("Seat taken back before it began: %s", text),
        }
        return sentences[event]
