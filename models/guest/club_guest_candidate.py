from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel.guest_states import CANCELLED, PROPOSED
from ..record.rpc import for_records
from .again import find_contacts_again
from .club_invitation import STATES

# What the statement writes, in its order.
COLUMNS = (
    *("activity_id", "company_id", "contact_id", "account_id", "tier_id", "tier_rank"),
    *("manager_id", "unit_id", "is_contact", "invited", "attended", "missed"),
    *("declined", "attended_type", "last_attended", "state", "was_guest"),
    *("create_uid", "create_date"),
)


class ClubGuestCandidate(models.TransientModel):
    """Persons whose account's tier entitles them to an activity, to choose from. C4.

    A row for each person of an entitled account, written by one statement whenever
    somebody proposes guests; nobody else sees it, and Odoo forgets it within hours.
    """

    _name = "club.guest.candidate"
    _description = "Entitled Member Contact"
    _inherit = ["club.record.mixin"]
    _order = "tier_rank desc, attended_type, attended, account_id, id"
    _rec_name = "contact_id"
    _rec_names_search = ("contact_id.name", "account_id.name")

    activity_id = fields.Many2one(
        "club.activity", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    contact_id = fields.Many2one(
        "res.partner", "Guest", readonly=True, ondelete="cascade"
    )
    function = fields.Char(related="contact_id.function", string="Job Position")
    role_ids = fields.Many2many(
        related="contact_id.club_profile_ids.role_ids", string="Roles"
    )
    account_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    tier_id = fields.Many2one(
        "club.tier", "Membership Tier", readonly=True, ondelete="cascade"
    )
    tier_rank = fields.Integer(readonly=True, aggregator=None)
    manager_id = fields.Many2one(
        "res.users", "Account Manager", readonly=True, ondelete="cascade"
    )
    unit_id = fields.Many2one("crm.team", readonly=True, ondelete="cascade")
    is_contact = fields.Boolean(
        "Member Contact",
        readonly=True,
        help="The person is a member contact of the account.",
    )
    invited = fields.Integer(readonly=True, help="How often, to any activity.")
    attended = fields.Integer(readonly=True)
    missed = fields.Integer(
        readonly=True, help="Had a seat and wasn't there, so often."
    )
    declined = fields.Integer(readonly=True)
    attended_type = fields.Integer(
        "Attended This Type",
        readonly=True,
        help="Came to activities of the same type, so often.",
    )
    last_attended = fields.Date(readonly=True)
    was_guest = fields.Boolean(
        "Guest Last Time",
        readonly=True,
        help="Was asked to the activity that is held again, and can be reached.",
    )
    state = fields.Selection(
        STATES, "On the List", readonly=True, help="Empty: not on this guest list yet."
    )

    # === Collecting === #

    @api.model
    def _collect(self, activity):
        """List the persons who are entitled today, in place of those listed before.

        The caller has checked that the user may fix the guest list.
        """
        self.env.flush_all()
        # sudo: entitlement doesn't depend on who asks
        activity_sudo = activity.sudo()
        mine = SQL("create_uid = %s", self.env.uid)
        self.env.cr.execute(SQL("DELETE FROM club_guest_candidate WHERE %s", mine))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_guest_candidate (%s) %s
                """,
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                self._select(activity_sudo, activity.company_id),
            )
        )
        self.invalidate_model()

    def _select(self, activity, company):
        return SQL(
            """
            WITH history AS MATERIALIZED (
                SELECT i.contact_id, count(i.invited_at) AS invited,
                       count(*) FILTER (WHERE i.state = 'attended') AS attended,
                       count(*) FILTER (WHERE i.state = 'absent') AS missed,
                       count(*) FILTER (WHERE i.state = 'declined') AS declined,
                       count(*) FILTER (WHERE i.state = 'attended'
                                          AND x.type_id = %(type)s) AS attended_type,
                       max(x.date_begin) FILTER (WHERE i.state = 'attended')
                           AS last_attended
                  FROM club_invitation i JOIN club_activity x ON x.id = i.activity_id
                 WHERE i.company_id = %(company)s AND i.activity_id <> %(activity)s
                 GROUP BY i.contact_id),
            standing AS (
                SELECT DISTINCT ON (m.account_id) m.account_id, m.tier_id, t.sequence
                  FROM club_membership m
                  JOIN club_tier t ON t.id = m.tier_id AND t.sequence >= %(lowest)s
                 WHERE m.group_id = ANY(%(groups)s) AND m.state = 'valid'
                   AND m.date_from <= %(today)s AND m.date_grace >= %(today)s
                 ORDER BY m.account_id, t.sequence DESC,
                          array_position(%(groups)s, m.group_id))
            SELECT %(activity)s, %(company)s, c.id, a.id, m.tier_id, m.sequence,
                   u.id, w.id,
                   EXISTS (SELECT FROM club_contact_profile p
                            WHERE p.contact_id = c.id AND p.account_id = a.id
                              AND p.company_id = %(company)s),
                   coalesce(h.invited, 0), coalesce(h.attended, 0),
                   coalesce(h.missed, 0), coalesce(h.declined, 0),
                   coalesce(h.attended_type, 0), h.last_attended::date, l.state,
                   c.id = ANY(%(again)s), %(user)s, now() AT TIME ZONE 'UTC'
              FROM standing m
              JOIN res_partner a ON a.id = m.account_id
              JOIN res_partner c ON c.commercial_partner_id = a.id
               AND c.active AND c.is_company IS NOT TRUE AND c.type = 'contact'
         LEFT JOIN res_users u ON u.id = (a.club_manager_id ->> %(key)s)::int
         LEFT JOIN crm_team w ON w.id = (a.club_unit_id ->> %(key)s)::int
         LEFT JOIN history h ON h.contact_id = c.id
         LEFT JOIN club_invitation l ON l.activity_id = %(activity)s
               AND l.contact_id = c.id AND l.state <> 'cancelled'
            """,
            activity=activity.id,
            company=company.id,
            key=str(company.id),
            type=activity.type_id.id,
            lowest=activity.tier_id.sequence,
            groups=activity._get_tier_groups().ids,
            today=activity.company_id._club_today(),
            again=find_contacts_again(activity.guests_from_id).ids
            if activity.guests_from_id
            else [],
            user=self.env.uid,
        )

    # === Actions === #

    @for_records
    def action_propose(self):
        """Put those chosen on the guest list who aren't there yet. Rule C4."""
        self.check_access("read")
        chosen = self._filter_new()
        activity = chosen.activity_id
        if not chosen:
            raise UserError(
                self.env._("Choose persons who aren't on the guest list yet.")
            )
        guests = self.env["club.invitation"].create(
            [
                {"activity_id": activity.id, "contact_id": row.contact_id.id}
                for row in chosen
            ]
        )
        # sudo: the dialog's rows are nobody's to write
        chosen.sudo()._write_guarded({"state": PROPOSED})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Guests proposed: %s.", len(guests)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _filter_new(self):
        """Return the rows of persons who aren't on the guest list by now."""
        listed = self.env["club.invitation"].search_fetch(
            [
                ("activity_id", "in", self.activity_id.ids),
                ("contact_id", "in", self.contact_id.ids),
                ("state", "!=", CANCELLED),
            ],
            ["contact_id"],
        )
        return self.filtered(lambda row: row.contact_id not in listed.contact_id)
