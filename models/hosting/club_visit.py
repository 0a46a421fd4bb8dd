from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..record.rpc import for_records
from .club_hosting_mixin import CANCELLED, HELD

REQUESTED, PREPARED = "requested", "prepared"
STATES = [
    (REQUESTED, "Requested"),
    (PREPARED, "Preparation Confirmed"),
    (HELD, "Held"),
    (CANCELLED, "Cancelled"),
]


class ClubVisit(models.Model):
    """An account's visit to the club's premises. Rule D11."""

    _name = "club.visit"
    _description = "Premises Visit"
    _inherit = ["club.hosting.mixin"]
    _order = "date_begin desc, id desc"
    _club_sequence = "VIS"
    _club_texts = ("subject", "needs", "feedback", "meeting_point")

    _club_draft = REQUESTED
    _club_subject = "subject"
    # Also what somebody else than who requested it has confirmed.
    _club_fixed = (
        *("company_id", "account_id"),
        *("date_begin", "date_end", "guide_id", "stop_ids"),
    )
    _club_free = ("feedback",)
    _club_accounts = ("account_id",)

    subject = fields.Char("Purpose of the Visit", required=True, tracking=True)
    state = fields.Selection(
        STATES,
        default=REQUESTED,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        "Visiting Account",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "club_visit_contact_rel",
        "visit_id",
        "contact_id",
        "Visitors",
        domain="[('commercial_partner_id', '=', account_id),"
        " ('is_company', '=', False)]",
    )
    requested_by_id = fields.Many2one(
        "res.users",
        "Requested by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    prepared_by_id = fields.Many2one(
        "res.users",
        "Preparation Confirmed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Somebody else than who requested it.",
    )
    prepared_at = fields.Datetime("Preparation Confirmed At", readonly=True, copy=False)
    visitor_count = fields.Integer(
        "Number of Visitors",
        compute="_compute_visitor_count",
        store=True,
        readonly=False,
        help="At least those who are named.",
    )
    date_begin = fields.Datetime("Begins", required=True, index=True, tracking=True)
    date_end = fields.Datetime("Ends", required=True)
    meeting_point = fields.Char()
    guide_id = fields.Many2one(
        "res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    companion_ids = fields.Many2many(
        "res.users",
        "club_visit_companion_rel",
        "visit_id",
        "user_id",
        "Companions",
        domain=[("share", "=", False)],
        help="Who goes along.",
    )
    stop_ids = fields.One2many("club.visit.stop", "visit_id", "Route", copy=True)
    valuable_ids = fields.One2many("club.visit.valuable", "visit_id", "Valuables")
    deposited_count = fields.Integer(
        "Items in Custody", compute="_compute_deposited_count"
    )
    needs = fields.Text("Reception Needs", help="Interpreter, car, wheelchair, tea…")
    feedback = fields.Text(copy=False, help="What the visitors said.")

    _dates = models.Constraint(
        "CHECK(date_begin <= date_end)", "A visit can't end before it begins."
    )
    _visitor_count = models.Constraint(
        "CHECK(visitor_count >= 0)", "The number of visitors can't be negative."
    )

    @api.depends("contact_ids")
    def _compute_visitor_count(self):
        for visit in self:
            visit.visitor_count = max(visit.visitor_count, len(visit.contact_ids))

    @api.depends("valuable_ids.returned_at")
    def _compute_deposited_count(self):
        for visit in self:
            kept = visit.valuable_ids.filtered(lambda item: not item.returned_at)
            visit.deposited_count = len(kept)

    @api.constrains("contact_ids", "account_id")
    def _check_contact_ids(self):
        for visit in self:
            for contact in visit.contact_ids:
                if contact.commercial_partner_id != visit.account_id:
                    raise ValidationError(
                        self.env._(
                            "%(contact)s doesn't belong to %(account)s, which visits: "
                            "take another contact, or make another visit.",
                            contact=contact.display_name,
                            account=visit.account_id.display_name,
                        )
                    )

    # === CRUD === #

    def _check_lines_open(self, lines):
        """Refuse another route than was confirmed; valuables come and go. Rule D11."""
        super()._check_lines_open(lines)
        if lines._name != "club.visit.stop":
            return
        for visit in self:
            if visit.state != self._club_draft:
                raise visit._get_fixed_refusal({"stop_ids"})

    # === Buttons === #

    @for_records
    def action_prepare(self):
        """Confirm that everything is prepared. Rule D11.

        :raises UserError: when nobody knows where to go, or who goes along, or when
            whoever asked for it would confirm it himself
        """
        self.check_access("write")
        for visit in self:
            if visit.requested_by_id.id == self.env.uid:
                raise UserError(
                    self.env._(
                        "%s was requested by you: somebody else confirms that it is "
                        "prepared.",
                        visit.name,
                    )
                )
            if not visit.stop_ids:
                raise UserError(
                    self.env._("%s has no route yet: add its stops.", visit.name)
                )
            if not visit.guide_id:
                raise UserError(
                    self.env._("%s has no guide yet: name who leads.", visit.name)
                )
        return self._set_state(
            (REQUESTED,),
            PREPARED,
            prepared_by_id=self.env.uid,
            prepared_at=fields.Datetime.now(),
        )

    @for_records
    def action_reset(self):
        """Take it back to the request: its preparation is confirmed anew."""
        self._set_state(
            (PREPARED, CANCELLED), REQUESTED, prepared_by_id=False, prepared_at=False
        )
        return True

    @for_records
    def action_hold(self):
        """Say that it took place. Rule D11.

        :raises UserError: when visitors' valuables are still in custody
        """
        self.check_access("write")
        for visit in self:
            if visit.deposited_count:
                raise UserError(
                    self.env._(
                        "%(visit)s: items still in custody: %(count)s. Return them "
                        "first.",
                        visit=visit.name,
                        count=visit.deposited_count,
                    )
                )
        return self._set_state((PREPARED,), HELD)

    @for_records
    def action_return_all(self):
        """Give all valuables back to their owners."""
        self.check_access("write")
        self.valuable_ids.filtered(lambda i: not i.returned_at).action_return()
        return True

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those to which he came, and those of his account. Rule D11."""
        return Domain("account_id", "in", [*ids, account_id]) | Domain(
            "contact_ids", "in", ids
        )
