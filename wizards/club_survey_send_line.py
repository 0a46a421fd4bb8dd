from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel import survey_channels
from ..models.guest.reach import get_reach
from ..models.record.names import get_labels, join
from ..models.survey.club_answer import CHANNELS


class ClubSurveySendLine(models.TransientModel):
    """A guest to ask, and by which channel."""

    _name = "club.survey.send.line"
    _description = "Guest to Ask"
    _inherit = ["club.guard.mixin"]
    _club_parent = "dialog_id"

    dialog_id = fields.Many2one(
        "club.survey.send", required=True, index=True, ondelete="cascade"
    )
    invitation_id = fields.Many2one(
        "club.invitation", required=True, ondelete="cascade"
    )
    # As the user: the id of the guest comes from the client.
    contact_id = fields.Many2one(related="invitation_id.contact_id", related_sudo=False)
    account_id = fields.Many2one(related="invitation_id.account_id", related_sudo=False)
    channel = fields.Selection(CHANNELS, "Ask by", help="Empty: not asked this time.")
    open_channels = fields.Char("Can Be Asked by", compute="_compute_open_channels")
    sent_at = fields.Datetime("Asked Last", compute="_compute_sent_at")

    @api.depends("invitation_id")
    @api.depends_context("lang")
    def _compute_open_channels(self):
        answers = self.env["club.answer"]
        labels = get_labels(answers, "channel")
        reached = get_reach(self.invitation_id)
        for line in self:
            if not line.invitation_id:
                line.open_channels = False
                continue
            said, reachable, _preferred = reached[line.invitation_id]
            line.open_channels = join(
                self.env,
                [
                    label
                    for code, label in labels.items()
                    if survey_channels.is_open(code, said, reachable)
                ],
            )

    @api.depends("invitation_id")
    def _compute_sent_at(self):
        answers = self.env["club.answer"].search(
            [("invitation_id", "in", self.invitation_id.ids)]
        )
        sent = {answer.invitation_id: answer.sent_at for answer in answers}
        for line in self:
            line.sent_at = sent.get(line.invitation_id, False)

    def _check_can_ask(self):
        """Raise unless each may be asked by the channel chosen, by the user. C5."""
        guests = self.invitation_id
        guests.check_access("write")
        allowed = self.dialog_id._get_guests()
        reached = get_reach(guests)
        for line in self:
            guest = line.invitation_id
            if guest not in allowed:
                raise UserError(
                    self.env._(
                        "%s didn't come to this activity, or has answered already: "
                        "open the dialog anew.",
                        guest.contact_id.display_name,
                    )
                )
            said, reachable, _preferred = reached[guest]
            if not survey_channels.is_open(line.channel, said, reachable):
                raise UserError(
                    self.env._(
                        "%(guest)s can't be asked by %(channel)s: he refused it, or "
                        "has no address for it.",
                        guest=guest.contact_id.display_name,
                        channel=get_labels(self, "channel")[line.channel],
                    )
                )
