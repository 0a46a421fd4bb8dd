from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rpc import for_records, is_id
from .club_activity import INVITING, PREPARING
from .club_invitation import STATES


class ClubGuestCandidate(models.Model):
    """Persons whose account's tier entitles them to an activity, to choose from. C4.

    A row for each person of an entitled account, read by one statement; which activity
    it is about stands in the context. The id is that of the contact.
    """

    _name = "club.guest.candidate"
    _description = "Entitled Member Contact"
    _auto = False
    _order = "tier_rank desc, attended_type, attended, account_id, id"
    _rec_name = "contact_id"
    _rec_names_search = ("contact_id.name", "account_id.name")

    activity_id = fields.Many2one("club.activity", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    contact_id = fields.Many2one("res.partner", "Guest", readonly=True)
    function = fields.Char(related="contact_id.function", string="Job Position")
    role_ids = fields.Many2many(
        related="contact_id.club_profile_ids.role_ids", string="Roles"
    )
    account_id = fields.Many2one("res.partner", readonly=True)
    tier_id = fields.Many2one("club.tier", "Membership Tier", readonly=True)
    tier_rank = fields.Integer(readonly=True, aggregator=None)
    manager_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    unit_id = fields.Many2one("crm.team", readonly=True)
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
    state = fields.Selection(
        STATES, "On the List", readonly=True, help="Empty: not on this guest list yet."
    )

    _depends = {
        "club.invitation": ["activity_id", "contact_id", "invited_at", "state"],
        "club.contact.profile": ["account_id", "contact_id"],
        "club.activity": ["date_begin", "type_id"],
        "club.tier": ["sequence"],
        "res.partner": [
            *("active", "club_manager_id", "club_unit_id", "commercial_partner_id"),
            *("is_company", "type"),
        ],
    }

    @property
    def _table_query(self):
        """Without an activity there is no tier group, so no row."""
        activity_sudo = self._get_activity()
        return self._select(activity_sudo, activity_sudo.company_id)

    @api.model
    def _get_activity(self):
        """Return the activity that the context names, if it is there."""
        activities_sudo = self.env["club.activity"].sudo()
        activity_id = self.env.context.get("club_activity_id")
        return activities_sudo.browse(activity_id if is_id(activity_id) else []).exists()

    def _select(self, activity, company):
        group_id = activity._get_tier_group().id if activity else 0
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
                 GROUP BY i.contact_id)
            SELECT c.id, c.id AS contact_id, %(activity)s::int AS activity_id,
                   %(company)s::int AS company_id, a.id AS account_id, m.tier_id,
                   t.sequence AS tier_rank,
                   (a.club_manager_id ->> %(key)s)::int AS manager_id,
                   (a.club_unit_id ->> %(key)s)::int AS unit_id,
                   EXISTS (SELECT FROM club_contact_profile p
                            WHERE p.contact_id = c.id AND p.account_id = a.id
                              AND p.company_id = %(company)s) AS is_contact,
                   coalesce(h.invited, 0) AS invited,
                   coalesce(h.attended, 0) AS attended,
                   coalesce(h.missed, 0) AS missed,
                   coalesce(h.declined, 0) AS declined,
                   coalesce(h.attended_type, 0) AS attended_type,
                   h.last_attended::date AS last_attended, l.state
              FROM club_membership m
              JOIN club_tier t ON t.id = m.tier_id AND t.sequence >= %(lowest)s
              JOIN res_partner a ON a.id = m.account_id
              JOIN res_partner c ON c.commercial_partner_id = a.id
               AND c.active AND c.is_company IS NOT TRUE AND c.type = 'contact'
         LEFT JOIN history h ON h.contact_id = c.id
         LEFT JOIN club_invitation l ON l.activity_id = %(activity)s
               AND l.contact_id = c.id AND l.state <> 'cancelled'
             WHERE m.group_id = %(group)s AND m.state = 'valid'
               AND m.date_from <= %(today)s AND m.date_grace >= %(today)s
            """,
            activity=activity.id or 0,
            company=company.id or 0,
            key=str(company.id),
            type=activity.type_id.id or 0,
            lowest=activity.tier_id.sequence or 0,
            group=group_id or 0,
            today=activity._get_club_today(),
        )

    # === Actions === #

    @for_records
    def action_propose(self):
        """Put those chosen on the guest list who aren't there yet. Rule C4."""
        self.check_access("read")
        chosen = self.search([("id", "in", self.ids), ("state", "=", False)])
        activity = chosen.activity_id.with_context(club_activity_id=None)
        if not chosen:
            raise UserError(
                self.env._("Choose persons who aren't on the guest list yet.")
            )
        activity._check_guest_officer()
        activity._check_guests_open((PREPARING, INVITING))
        guests = self.env["club.invitation"].create(
            [
                {"activity_id": activity.id, "contact_id": contact.id}
                for contact in chosen.contact_id
            ]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s guests proposed.", len(guests)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
