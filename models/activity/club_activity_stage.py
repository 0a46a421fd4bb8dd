"""The stages of an approved activity until it was held. Rule C4."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.reader import as_reader, get_officers
from ..record.rpc import for_records
from .club_activity import AHEAD, HELD, INVITING, PREPARING

CHECK_HELD = "crm_club.mail_act_club_held"


class ClubActivity(models.Model):
    _inherit = "club.activity"

    is_over = fields.Boolean(
        "Over", compute="_compute_is_over", search="_search_is_over"
    )

    @api.depends("date_end")
    def _compute_is_over(self):
        now = fields.Datetime.now()
        for activity in self:
            activity.is_over = bool(activity.date_end) and activity.date_end <= now

    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("date_end", "<=", fields.Datetime.now())]

    # === Actions === #

    @for_records
    def action_open_invitations(self):
        """Let account managers invite: the preparations have come so far. Rule C4."""
        self = self._without_client_context()
        self.check_access("write")
        for activity in self:
            if activity.stage != PREPARING or activity.is_over:
                raise UserError(
                    self.env._(
                        "Invitations to %s can't be opened: it has to be approved, and "
                        "still ahead.",
                        activity.display_name,
                    )
                )
        self._set_stage(INVITING)
        return True

    @for_records
    def action_held(self):
        """Record that it took place. Rule C4."""
        self = self._without_client_context()
        self.check_access("write")
        self._check_ahead()
        for activity in self:
            if not activity.is_over:
                raise UserError(
                    self.env._(
                        "%s isn't over yet: it was held once its end has passed.",
                        activity.display_name,
                    )
                )
        self._set_stage(HELD)
        # sudo: whoever was asked, it is answered
        self.sudo().activity_feedback([CHECK_HELD])
        self._on_held()
        return True

    def _on_held(self):
        """Hook: the activity took place."""

    # === Scheduled === #

    @api.model
    def _cron_suggest_held(self, batch=100):
        """Ask whoever is responsible whether what is over was held, once."""
        asked = self.env.ref(CHECK_HELD)
        domain = [
            ("stage", "in", AHEAD),
            ("is_over", "=", True),
            ("activity_ids", "not any", [("activity_type_id", "=", asked.id)]),
        ]
        todo = self.search(domain, limit=batch, order="date_end, id")
        crons = self.env["ir.cron"]
        crons._commit_progress(
            remaining=len(todo) if len(todo) < batch else self.search_count(domain)
        )
        for activity in todo:
            users = (activity.user_id | activity.create_uid).filtered("active")
            user = (users or get_officers(self.env, activity.company_id))[:1]
            activity.activity_schedule(
                CHECK_HELD,
                date_deadline=activity.company_id._club_today(),
                user_id=user.id,
                summary=as_reader(activity, user).env._(
                    "Was it held? Then enter what it came to."
                ),
            )
            if not crons._commit_progress(1):
                break
