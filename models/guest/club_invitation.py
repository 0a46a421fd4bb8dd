from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL, format_date

from ...kernel.guest_states import (
    ABSENT,
    ATTENDED,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    INVITED,
    LIVE,
    PROPOSED,
    UNSEATED,
    WAITING,
)
from ..activity.club_activity import HELD, INVITING, PREPARING
from ..contact.looked_after import asked_for, unit_of
from ..record.by_company import ByCompany
from ..record.derived import differs
from ..record.lock import is_open
from ..record.rpc import for_one, for_records, without_client_context
from . import invitation_link as links
from .consent import check_can_consent, check_consented
from .figure_sources import get_attendance_sources
from .guest_list import GuestList, tell_obstacle
from .guest_todos import EXCEPTION
from .invitation_card import write_card
from .told import tell_seats

STATES = [
    (PROPOSED, "Proposed"),
    (INVITED, "Invited"),
    (CONFIRMED, "Confirmed"),
    (WAITING, "Waiting List"),
    (DECLINED, "Declined"),
    (CANCELLED, "Cancelled"),
    (ATTENDED, "Attended"),
    (ABSENT, "Absent"),
]
# Who comes although his tier doesn't entitle him. Rule C10.
COMPANION, PROSPECT = "companion", "prospect"
PARTNER_GUEST, BELOW_TIER = "partner_guest", "below_tier"
EXCEPTION_KINDS = [
    (COMPANION, "Companion of a Guest"),
    (PROSPECT, "Prospect"),
    (PARTNER_GUEST, "Partner's Guest"),
    (BELOW_TIER, "Member below the Tier"),
]


class ClubInvitation(models.Model):
    """A guest of an activity: who is asked, what he answered, whether he came. C4."""

    _name = "club.invitation"
    _description = "Guest of an Activity"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("club.guest.mixin", "club.record.mixin"),
    ]
    _order = "activity_id desc, tier_rank desc, id"
    _rec_name = "contact_id"
    _club_about = "contact_id"
    _club_is_his = True
    _club_texts = ("exception_reason",)
    _club_copies = {"contact_id": ("note",)}
    _rec_names_search = ("contact_id.name", "account_id.name")
    _mail_post_access = "read"
    _guest_list = "activity_id"

    # Who is invited to what never changes.
    _club_identity = ("activity_id", "contact_id")

    activity_id = fields.Many2one(
        "club.activity",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="activity_id.company_id", store=True, precompute=True
    )
    contact_id = fields.Many2one(string="Guest", domain=[("is_company", "=", False)])
    account_id = fields.Many2one(
        help="The company for which the guest comes, as on the day of invitation.",
    )
    state = fields.Selection(
        STATES, default=PROPOSED, required=True, readonly=True, copy=False, index=True
    )
    note = fields.Char(help="What to mind: where to be picked up, with whom to sit.")

    # === Entitlement, as on the day of invitation === #
    tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        readonly=True,
        ondelete="restrict",
        help="Of the account, on the day of invitation.",
    )
    tier_rank = fields.Integer(readonly=True, aggregator=None)
    tier_name = fields.Char(
        "Tier That Day", readonly=True, help="As it was called on that day."
    )
    judged_on = fields.Date(
        readonly=True, help="The day on which the tier was looked up."
    )

    # === Who did what, and when === #
    invited_at = fields.Datetime(readonly=True, copy=False)
    invited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    is_own_answer = fields.Boolean(
        "Answered by the Guest",
        readonly=True,
        copy=False,
        help="By the link of the invitation.",
    )
    waiting_since = fields.Datetime(
        "On the Waiting List Since", readonly=True, copy=False
    )
    registration_id = fields.Many2one(
        "event.registration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === His own link, which his account manager forwards === #
    # What opens it: nobody reads it but in the link.
    token = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    link_answers = fields.Integer(
        "Answers by the Link", readonly=True, copy=False, aggregator=None
    )
    link = fields.Char(
        "Link of the Invitation",
        compute="_compute_link",
        help="The guest answers by it himself. Whoever has it answers for the guest: "
        "forward it to nobody else.",
    )
    link_text = fields.Char("To Forward", compute="_compute_link")
    link_code = fields.Binary("QR Code", compute="_compute_link_code")
    link_card = fields.Text("Invitation as a Picture", compute="_compute_link_card")
    link_card_name = fields.Char(compute="_compute_link")

    # === Exception, rule C10 === #
    exception_kind = fields.Selection(
        EXCEPTION_KINDS, "Kind of Exception", readonly=True
    )
    exception_reason = fields.Char(readonly=True)
    host_id = fields.Many2one(
        "club.invitation",
        "Accompanies",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The guest whose companion it is.",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    requested_at = fields.Datetime(readonly=True)
    consented_by_id = fields.Many2one("res.users", readonly=True)
    consented_at = fields.Datetime(readonly=True)

    # === Of account and activity, for lists === #
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    date_begin = fields.Datetime(related="activity_id.date_begin")
    confirm_until = fields.Date(related="activity_id.confirm_until")
    stage = fields.Selection(related="activity_id.stage", string="Stage of Activity")
    waiting_place = fields.Integer(
        "Place on the List",
        compute="_compute_waiting_place",
        compute_sudo=True,
        help="Place on the waiting list: by tier, then by time.",
    )
    may_attend = fields.Boolean(
        "May Have Come",
        compute="_compute_may_attend",
        help="Has a seat, or was invited and came without one.",
    )

    # Whoever was cancelled may be proposed again. Also serves "merge partners".
    _contact_uniq = models.UniqueIndex(
        "(activity_id, contact_id) WHERE state <> 'cancelled'",
        "This person is on the list already.",
    )
    _token_uniq = models.UniqueIndex("(token) WHERE token IS NOT NULL")
    # The seats that are taken, and who waits: asked whenever somebody answers.
    _state_idx = models.Index("(activity_id, state)")

    # === Computes === #

    @api.depends("contact_id", "host_id")
    def _compute_account_id(self):
        """Take the company as it is now, and not again. Companions come for that of
        their host.
        """
        for invitation in self:
            invitation.account_id = (
                invitation.host_id.account_id
                or invitation.contact_id.commercial_partner_id
            )

    @api.depends("state", "tier_rank", "waiting_since")
    def _compute_waiting_place(self):
        places = GuestList(self.activity_id).get_waiting_places()
        for guest in self:
            guest.waiting_place = places.get(guest._origin.id, 0)

    @api.depends("state", "invited_at", "activity_id.stage", "activity_id.date_end")
    def _compute_may_attend(self):
        for guest in self:
            guest.may_attend = guest.stage in (INVITING, HELD) and (
                guest.state in (CONFIRMED, ABSENT) or guest._may_have_come()
            )

    def _may_have_come(self):
        """Tell whether a guest without a seat may have come all the same."""
        self.ensure_one()
        # sudo: which of one's guests came, whoever may see the activity
        return (
            self.state in UNSEATED
            and bool(self.invited_at)
            and self.activity_id.sudo()._are_doors_closed()
        )

    # === Created, written, deleted === #

    def _club_after_create(self):
        """List guests: those whose tier entitles them, today. Rules C4, C10."""
        super()._club_after_create()
        if not is_open(self.env):
            self.activity_id._check_guest_officer()
            self.activity_id._check_guests_open((PREPARING, INVITING))
            self._judge()
            self._check_entitled()

    def _club_check_write(self, vals):
        """Refuse to change guests of what is closed; their chatter stays open. C5."""
        super()._club_check_write(vals)
        self._check_identity(vals)
        if self._get_club_names(vals):
            self.activity_id._check_club_open()

    def _check_identity(self, vals):
        names = set(self._club_identity).intersection(vals)
        if any(differs(guest, name, vals[name]) for guest in self for name in names):
            raise UserError(
                self.env._(
                    "Who is invited to what doesn't change: cancel the invitation "
                    "and make another one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invited(self):
        for invitation in self:
            if invitation.state != PROPOSED or invitation.exception_kind:
                raise UserError(
                    self.env._(
                        "%(guest)s stays on the guest list of %(activity)s as history: "
                        "cancel the invitation instead of deleting it.",
                        guest=invitation.contact_id.name,
                        activity=invitation.activity_id.theme,
                    )
                )

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("Guests aren't copied: propose them again."))

    # === What is owed: an answer. Rule C4 === #

    @api.model
    def _get_today_sql(self):
        """Ask whoever asks the guests (`GuestTodos`): due on the day of invitation."""
        account, company = SQL("a"), SQL("g.company_id")
        return SQL(
            """
            SELECT g.id AS res_id, %(kind)s::varchar AS kind, %(asked)s AS user_id,
                   g.account_id, g.contact_id, g.company_id, %(unit)s AS unit_id,
                   NULL::date AS date_from,
                   (coalesce(g.invited_at, g.create_date)
                    AT TIME ZONE 'UTC' AT TIME ZONE
                    coalesce(c.club_timezone, 'UTC'))::date AS date_due
              FROM club_invitation g
              JOIN club_activity e ON e.id = g.activity_id AND e.stage = %(inviting)s
              JOIN res_partner a ON a.id = g.account_id
              JOIN res_company c ON c.id = g.company_id
             WHERE g.state = %(invited)s AND e.confirm_until IS NOT NULL
            """,
            kind="guest",
            asked=asked_for(account, company, SQL("g.requested_by_id")),
            unit=unit_of(account, company),
            inviting=INVITING,
            invited=INVITED,
        )

    def _get_today_texts(self):
        return {
            guest.id: self.env._(
                "Ask %(guest)s until %(deadline)s: %(activity)s, %(day)s",
                guest=guest.contact_id.name,
                deadline=format_date(self.env, guest.activity_id.confirm_until),
                activity=guest.activity_id.theme,
                day=format_date(
                    self.env, guest.company_id._club_day(guest.activity_id.date_begin)
                ),
            )
            for guest in self
        }

    # === Invited: entitled as on that day. Rules C1, C4 === #

    @for_records
    def action_invite(self):
        """Let the account managers invite: the tier is judged today. Rule C4.

        :raises UserError: when somebody's tier has become too low meanwhile
        """
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_officer()
        self.activity_id._check_guests_open((INVITING,))
        self._check_state(PROPOSED)
        check_consented(self)
        guest_list.invite(self)
        return True

    def _check_officer(self):
        """The executive group fixes the guest list. Rule C4."""
        self.check_access("write")
        self.activity_id._check_guest_officer()

    def _judge(self):
        """Note the tier that each account has today. Rule C4: judged on the day of
        invitation.
        """
        for activities, invitations in self._group_by_company():
            today = activities.company_id[:1]._club_today()
            tiers = activities._get_tiers(invitations.account_id, today)
            for tier, found in invitations.grouped(
                lambda guest, tiers=tiers: tiers.get(
                    (guest.activity_id, guest.account_id)
                )
            ).items():
                found._write_guarded(
                    {
                        "tier_id": tier and tier.id,
                        "tier_rank": tier.sequence if tier else 0,
                        "tier_name": tier and tier.name,
                        "judged_on": today,
                    }
                )

    def _group_by_company(self):
        """Yield activities and invitations of each company, working there."""
        for company, invitations in self.grouped("company_id").items():
            invitations = invitations.with_company(company)
            yield invitations.activity_id, invitations

    def _is_entitled(self):
        """Tell whether the tier noted is high enough for the activity. Rule C1."""
        self.ensure_one()
        lowest = self.activity_id.tier_id
        return bool(self.tier_id) and self.tier_rank >= lowest.sequence

    def _check_entitled(self):
        """Refuse whose tier is too low, unless it is a recorded exception. C10."""
        for invitation in self:
            if invitation.exception_kind or invitation._is_entitled():
                continue
            values = {
                "guest": invitation.contact_id.display_name,
                "activity": invitation.activity_id.theme,
                "tier": invitation.tier_id.name,
                "lowest": invitation.activity_id.tier_id.name,
            }
            if not invitation.tier_id:
                raise UserError(
                    self.env._(
                        "%(guest)s is of no member account, so not entitled to "
                        "“%(activity)s”: request an exception with a reason.",
                        **values,
                    )
                )
            raise UserError(
                self.env._(
                    "%(guest)s is %(tier)s, and “%(activity)s” is from %(lowest)s up: "
                    "request an exception with a reason.",
                    **values,
                )
            )

    # === Answered: confirmed or waiting, declined, cancelled. Rule C4 === #

    @for_records
    def action_confirm(self):
        """Give seats to guests who come; who finds none waits. Rule C4."""
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_can_answer()
        self._check_state(INVITED, WAITING, DECLINED)
        self._check_in_time()
        return tell_seats(self, guest_list.confirm(self))

    @for_records
    def action_wait(self):
        """Put guests who can't say yet on the waiting list: their seats are free."""
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_can_answer()
        now = fields.Datetime.now()
        guest_list.leave(self, (INVITED, CONFIRMED), WAITING, waiting_since=now)
        return True

    @for_records
    def action_decline(self):
        """Note that guests won't come; whoever waits moves up."""
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_can_answer()
        guest_list.leave(self, (INVITED, CONFIRMED, WAITING), DECLINED)
        return True

    @for_records
    def action_cancel(self):
        """Take guests off the list; whoever waits moves up."""
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_officer()
        guest_list.leave(self, (*LIVE, DECLINED), CANCELLED)
        return True

    def _check_can_answer(self):
        """One answers for the accounts that one looks after: record rules say so."""
        self.check_access("write")
        # sudo: whoever looks after an account needn't see what it is invited to
        self.activity_id.sudo()._check_guests_open((INVITING,))

    def _check_in_time(self):
        """After the deadline it is the unit's lead or a club officer who confirms."""
        led = self.env["res.partner"]._get_club_led_units()
        # sudo: as above
        for activities, invitations in self.sudo()._group_by_company():
            today = activities.company_id[:1]._club_today()
            for invitation in invitations:
                deadline = invitation.activity_id.confirm_until
                if not deadline or today <= deadline:
                    continue
                unit = invitation.account_id.club_unit_id
                if activities._is_guest_officer(self.env.user) or (
                    unit and unit in led
                ):
                    continue
                raise UserError(
                    self.env._(
                        "Guests of “%(activity)s” were to be confirmed until "
                        "%(deadline)s: ask the lead of your unit or a club officer to "
                        "confirm %(guest)s.",
                        activity=invitation.activity_id.theme,
                        deadline=deadline,
                        guest=invitation.contact_id.name,
                    )
                )

    def _prepare_answer(self):
        return {
            "answered_at": fields.Datetime.now(),
            "answered_by_id": self.env.uid,
            "is_own_answer": False,
        }

    # === Answered by the guest himself: his own link. Rule C4 === #

    @for_one
    def action_share(self):
        """Show the link by which the guest answers himself, to forward it.

        :raises UserError: when he can't answer any more, or wasn't invited yet
        """
        self = without_client_context(self)
        self._check_can_share()
        # sudo: nobody reads tokens
        if not self.sudo().token:
            self._make_link()
        view = self.env.ref("crm_club.club_invitation_view_form_share")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invitation to Forward"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    @for_one
    def action_renew_link(self):
        """Give the guest another link: the one that was forwarded opens nothing."""
        self = without_client_context(self)
        self._check_can_share()
        self._make_link()
        return self.action_share()

    def _make_link(self):
        # sudo: tokens are nobody's to write; the caller has asked for the right to it
        self.sudo()._write_guarded({"token": links.make_token(), "link_answers": 0})

    def _check_can_share(self):
        self._check_can_answer()
        # sudo: whoever answers for a guest needn't see the whole activity
        if not links.GuestAnswer(self.sudo()).is_open():
            raise UserError(
                self.env._(
                    "%(guest)s can't answer by a link: guests who are invited do so "
                    "until the deadline for confirming them.",
                    guest=self.contact_id.name,
                )
            )

    @api.depends("token", "activity_id.theme", "activity_id.date_begin")
    @api.depends_context("uid")
    def _compute_link(self):
        """Only who may answer for a guest has his link."""
        mine = self._origin._filtered_access("write")
        for guest in self:
            is_mine = guest._origin in mine
            guest.link = is_mine and links.get_link(guest)
            guest.link_text = guest.link and links.get_text_to_forward(guest)
            guest.link_card_name = guest.link and f"{guest.contact_id.name}.png"

    @api.depends("link")
    def _compute_link_code(self):
        for guest in self:
            guest.link_code = guest.link and links.draw_code(guest)

    @api.depends("link")
    def _compute_link_card(self):
        for guest in self:
            guest.link_card = guest.link and write_card(guest)

    # === Admitted by exception: requested with a reason, consented to. Rule C10 === #

    @for_records
    def action_consent(self):
        """Admit exceptions, within the share of seats; never one's own. Rule C10."""
        self = without_client_context(self)
        self._check_officer()
        self.activity_id._check_guests_open((PREPARING, INVITING))
        GuestList(self.activity_id).hold()
        self._check_state(PROPOSED)
        for guest in self:
            check_can_consent(guest)
            guest._do_consent()
        return True

    def _do_consent(self):
        """Admit the exception; where invitations are open, it is invited at once."""
        self.ensure_one()
        self._write_guarded(
            {"consented_by_id": self.env.uid, "consented_at": fields.Datetime.now()}
        )
        self._message_log(
            body=self.env._(
                "%(officer)s consents to the exception that %(requester)s requested.",
                officer=self.env.user.name,
                requester=self.requested_by_id.name,
            )
        )
        # sudo: the to-dos of other officers
        self.sudo().activity_unlink([f"crm_club.{EXCEPTION}"])
        if self.activity_id.stage == INVITING:
            GuestList(self.activity_id).invite(self)

    # === Came: by check-in at the event, or put right on the list. Rule C4 === #

    @for_records
    def action_attend(self):
        """Note that guests came, as checking in at the event does; after the doors
        have closed also those who had no seat.
        """
        return self._do_attend((CONFIRMED, ABSENT), "done")

    @for_records
    def action_miss(self):
        """Note that guests weren't there after all."""
        return self._do_attend((ATTENDED,), "open")

    def _do_attend(self, states, registered):
        self = without_client_context(self)
        guest_list = GuestList(self.activity_id).hold_first()
        self._check_officer()
        self.activity_id._check_guests_open((INVITING, HELD))
        self.activity_id._check_day_has_come()
        late = self.filtered(
            lambda guest: registered == "done" and guest._may_have_come()
        )
        (self - late)._check_state(*states)
        if late:
            guest_list.seat_late(late)
        guest_list.check_in(self, registered)
        return True

    def _do_walk_in(self):
        """Give a seat to somebody at the door, and note that he came.

        After the doors have closed no-shows hold seats: he came all the same. The
        activity is held.

        :raises UserError: when there is no seat, or before the day
        """
        self.ensure_one()
        self.activity_id._check_day_has_come()
        guest_list = GuestList(self.activity_id)
        if self.activity_id._are_doors_closed():
            guest_list.seat_late(self)
        elif obstacles := guest_list.confirm(self):
            raise UserError(
                self.env._(
                    "There is no seat for %(guest)s. %(reason)s",
                    guest=self.contact_id.name,
                    reason=tell_obstacle(self.env, obstacles[self]),
                )
            )
        guest_list.check_in(self, "done")

    def _follow_registrations(self, registered):
        """Follow what was done to registrations in Odoo's Events.

        :param registered: their state now: done or open
        :raises UserError: when the activity is closed, or doesn't invite yet
        """
        if self:
            self.activity_id._check_guests_open((INVITING, HELD))
            GuestList(self.activity_id).hold().follow(self, registered)

    # === States === #

    def _set_state(self, allowed, target, **values):
        """Make one transition of many guests, and say so in each one's chatter."""
        if not self:
            return True
        result = super()._set_state(allowed, target, **values)
        self._log_state()
        return result

    def _log_state(self):
        """Say in the chatter what became of guests; one insert for all of them."""
        labels = self._get_club_labels()
        # As the user who did it, also where it was done for him.
        self._message_log_batch(
            bodies={guest.id: labels[guest.state] for guest in self}
        )

    @api.model
    def _search_guests(self, activities, states):
        """Return guests of activities, with what placing them asks for."""
        return self.search_fetch(
            [("activity_id", "in", activities._origin.ids), ("state", "in", states)],
            [
                *("activity_id", "account_id", "contact_id", "state", "tier_id"),
                *("tier_rank", "waiting_since", "exception_kind", "registration_id"),
            ],
        )

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        return get_attendance_sources()

    # === Persons === #

    @api.model
    def _forget_persons(self, ids):
        """Let nobody answer any more for who asked to be forgotten. Rule A8."""
        self.flush_model(["token"])
        self.env.cr.execute(
            "UPDATE club_invitation SET token = NULL WHERE contact_id = ANY(%s)",
            [list(ids)],
        )
        self.invalidate_model(["token"])

    # === Merged persons === #

    @api.model
    def _domain_of_listed(self):
        return [("state", "!=", CANCELLED)]

    def _give_up_place(self, kept):
        """The seats of the others are free."""
        states = [state for state, _label in STATES]
        GuestList(self.activity_id).hold().leave(self, states, CANCELLED)
