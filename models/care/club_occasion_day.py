from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...kernel.occasion_days import BY_HAND, OF_A_MONTH
from ..record.derived import differs
from ..record.lock import is_open
from ..record.names import format_month
from ..record.rpc import for_one


class ClubOccasionDay(models.Model):
    """A day on which an occasion is kept: the year's calendar. Rule D5.

    Most are worked out; those of occasions that follow no calendar are set by hand.
    """

    _name = "club.occasion.day"
    _description = "Day of an Occasion"
    _inherit = ["club.record.mixin"]
    _order = "date, occasion_id"
    _club_parent = "occasion_id"

    occasion_id = fields.Many2one(
        "club.occasion", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="occasion_id.company_id")
    date = fields.Date(required=True, index=True)
    is_made = fields.Boolean(
        "Worked Out",
        readonly=True,
        help="It follows from the occasion and moves with it.",
    )
    owner_level = fields.Selection(related="occasion_id.owner_level")
    color = fields.Integer(related="occasion_id.color")

    _day_uniq = models.UniqueIndex(
        "(occasion_id, date)", "The occasion has this day already."
    )

    @api.depends("occasion_id.name", "date", "occasion_id.kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for day in self:
            day.display_name = day._format()

    def _format(self):
        if not self.date:
            return self.occasion_id.name or ""
        shown = format_date(self.env, self.date)
        if self.occasion_id.kind in OF_A_MONTH:
            shown = format_month(self.env, self.date)
        return f"{self.occasion_id.name} · {shown}"

    def _club_after_create(self):
        super()._club_after_create()
        self._check_by_hand()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_by_hand()
        if any(differs(day, name, vals[name]) for day in self for name in vals):
            self._check_not_greeted()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_by_hand()
        self._check_not_greeted()

    def _check_not_greeted(self):
        """Whom one greeted on it would be greeted again when it is moved."""
        # sudo: greetings of all units and companies
        greetings_sudo = self.env["club.greeting"].sudo()
        for day in self:
            if greetings_sudo.search_count(
                [
                    ("occasion_id", "=", day.occasion_id.id),
                    *(("date", "=", day.date), ("state", "!=", "draft")),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "%s has been greeted for already and stays: put down another "
                        "day instead.",
                        day.display_name,
                    )
                )

    def _check_by_hand(self):
        """Refuse to set days that follow from a calendar."""
        for day in self:
            if not is_open(self.env) and day.occasion_id.kind not in BY_HAND:
                raise ValidationError(
                    self.env._(
                        "The days of %s follow from the calendar: change the occasion "
                        "instead.",
                        day.occasion_id.name,
                    )
                )

    @for_one
    def action_open_greeting(self):
        """Open the form of a greeting for this day."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_greeting_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "context": {
                "default_occasion_id": self.occasion_id.id,
                "default_date": self.date,
            },
        }
