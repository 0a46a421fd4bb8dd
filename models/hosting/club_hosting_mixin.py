from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

from ..approval.crm_team import UNITS_TO_APPLY_FOR
from ..record.day import check_day_has_come
from ..record.names import join
from ..record.number import number
from ..record.rpc import for_records

HELD, CANCELLED = "held", "cancelled"
# What neither the document nor its lines change in any more.
CLOSED = (HELD, CANCELLED)


class ClubHostingMixin(models.AbstractModel):
    """What round tables, premises visits and banquets have in common. Rules C7, D11.

    A number, a unit, a state that only buttons change. Each implementor has a `state`
    whose first value is `_club_draft` and whose last ones are `HELD` and `CANCELLED`,
    and a `date_begin`.
    """

    _name = "club.hosting.mixin"
    _description = "Guests Received by the Club"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _mail_post_access = "read"

    _club_closed = CLOSED
    # The field that says what it is about.
    _club_subject = ""

    name = number()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=UNITS_TO_APPLY_FOR,
        default=lambda self: self.env["crm.team"]._get_default_club_unit(),
        help="The unit that receives the guests; its lead looks after this, too.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Organiser",
        default=lambda self: self.env.user,
        index="btree_not_null",
        domain=[("share", "=", False)],
        tracking=True,
    )
    has_begun = fields.Boolean(
        readonly=True,
        copy=False,
        help="It was more than a draft once: it isn't deleted any more.",
    )

    @api.depends(lambda self: ["name", *filter(None, [self._club_subject])])
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for document in self:
            subject = document._origin not in untold and document[self._club_subject]
            document.display_name = f"{document.name} {subject or ''}".strip()

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for document in self:
            if document.has_begun or document.state != document._club_draft:
                raise UserError(
                    self.env._(
                        "%s is no draft any more: cancel it, so that it stays known.",
                        document.display_name,
                    )
                )

    # === Buttons === #

    @for_records
    def action_cancel(self):
        """Call it off; it stays as history."""
        return self._set_state(self._get_open_states(), CANCELLED)

    @for_records
    def action_reset(self):
        """Take it back to the draft, to change what was fixed."""
        return self._set_state(
            {*self._get_open_states(), CANCELLED} - {self._club_draft},
            self._club_draft,
        )

    # === States === #

    def _get_open_states(self):
        """Return the states in which it is still to take place."""
        return {*self._get_club_labels()} - {*CLOSED}

    def _set_state(self, allowed, target, **values):
        """Bring documents from one of the states into another.

        :raises UserError: when one is in none of them, or would be held before its day
        """
        self.check_access("write")  # a refusal names the document
        self._check_state(*allowed)
        for document in self if target == HELD else ():
            check_day_has_come(document, document.date_begin)
        return super()._set_state(allowed, target, has_begun=True, **values)

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._(
                "%(fields)s of %(document)s is settled: take it back to the draft to "
                "change it.",
                fields=join(
                    self.env,
                    [
                        self._fields[name]._description_string(self.env)
                        for name in sorted(names)
                    ],
                ),
                document=self.display_name,
            )
        )

    def _format_moment(self, moment):
        """Return day and minute where the company is, in the user's language."""
        if not moment:
            return ""
        day = self.company_id._club_day(moment)
        day = format_date(self.env, day, date_format="medium")
        zone = self.company_id._club_zone()
        return f"{day} {format_time(self.env, moment, zone, 'short')}"
