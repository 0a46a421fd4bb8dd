from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...kernel.written import get_written
from ..contact.looked_after import unit_of
from ..contact.owner import has_role, propose_owner
from ..record.derived import differs
from ..record.hold import hold
from ..record.reader import as_reader
from ..record.rpc import for_records, without_client_context

# Stated, somebody sees to it, came to something, came to nothing.
OPEN, TAKEN, DONE, DROPPED = "open", "taken", "done", "dropped"
STATES = [(OPEN, "Open"), (TAKEN, "Taken Up"), (DONE, "Done"), (DROPPED, "Dropped")]
UNSETTLED, SETTLED = (OPEN, TAKEN), (DONE, DROPPED)
FOLLOW_UP = "mail.mail_activity_data_call"


class ClubNeed(models.Model):
    """What an account needs from us, who sees to it, and what came of it. C5, C7.

    A guest writes it into a survey, or somebody hears it and notes it down. Where it
    comes from is fixed; other sources add a link of their own.
    """

    _name = "club.need"
    _description = "Need of an Account"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        *("club.record.mixin", "club.due.mixin"),
    ]
    _order = "date_due, id"
    _club_about = "contact_id"
    _club_texts = ("name", "result")
    _club_unsettled = UNSETTLED
    _mail_post_access = "read"

    name = fields.Text("Need", required=True, help="In the guest's own words.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    invitation_id = fields.Many2one(
        "club.invitation",
        "Stated as Guest",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    activity_id = fields.Many2one(
        "club.activity",
        compute="_compute_from_invitation",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Stated by",
        compute="_compute_from_invitation",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    owner_id = fields.Many2one(
        "res.users",
        compute="_compute_owner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
        help="Who sees to it: the account's manager, unless somebody else is named.",
    )
    date_due = fields.Date(
        "Due", required=True, tracking=True, default=lambda self: self._default_due()
    )
    state = fields.Selection(
        STATES,
        default=OPEN,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    result = fields.Text(
        "Result of the Need", copy=False, tracking=True, help="What came of it."
    )
    settled_at = fields.Datetime("Settled On", readonly=True, copy=False)
    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
    )

    def _default_due(self):
        days = self.env["club.program"]._get_main().need_days
        return fields.Date.add(self.env.company._club_today(), days=days)

    @api.depends("invitation_id")
    def _compute_from_invitation(self):
        for need in self:
            if need.invitation_id:
                need.activity_id = need.invitation_id.activity_id
                need.contact_id = need.invitation_id.contact_id

    @api.depends("invitation_id", "contact_id")
    def _compute_account_id(self):
        for need in self:
            need.account_id = (
                need.invitation_id.account_id
                or need.contact_id.commercial_partner_id
                or need.account_id
            )

    @api.depends("account_id", "company_id")
    def _compute_owner_id(self):
        for need in self:
            need.owner_id = propose_owner(need.account_id, need.company_id)

    @api.depends("name")
    def _compute_display_name(self):
        for need in self:
            need.display_name = shorten(need.name or "", 60, placeholder="…")

    @api.constrains("invitation_id", "activity_id", "contact_id", "account_id")
    def _check_source(self):
        """A need is its guest's, and a guest's need his account's."""
        for need in self:
            guest = need.invitation_id
            contact_sudo = guest.contact_id.sudo()  # to name him
            if guest and (
                (guest.activity_id, guest.contact_id, guest.account_id)
                != (need.activity_id, need.contact_id, need.account_id)
            ):
                raise ValidationError(
                    self.env._(
                        "%(need)s was stated by %(guest)s: activity, contact and "
                        "account are those of the guest.",
                        need=need.display_name,
                        guest=contact_sudo.display_name,
                    )
                )

    @api.constrains("owner_id", "company_id")
    def _check_owner_id(self):
        """The owner must be able to open what he is to see to."""
        for need in self:
            owner_sudo = need.owner_id.sudo()
            if owner_sudo and not has_role(owner_sudo, need.company_id):
                raise ValidationError(
                    self.env._(
                        "%(owner)s has no role in the club of %(company)s and couldn't "
                        "open the need: choose another owner.",
                        owner=owner_sudo.name,
                        company=need.company_id.name,
                    )
                )

    # === CRUD === #

    def _club_check_write(self, vals):
        """What came of it stays said."""
        super()._club_check_write(vals)
        if "result" in vals and not get_written(vals["result"]):
            for need in self:
                if need.state in SETTLED:
                    raise need._get_result_refusal()

    def _get_result_refusal(self):
        return UserError(
            self.env._("Write what came of “%s” first.", self.display_name)
        )

    def _check_club_fixed(self, vals):
        """Refuse to change whose need it is, or what the guest wrote."""
        super()._check_club_fixed(vals)
        for need in self:
            names = set(need._get_fixed()).intersection(vals)
            if any(differs(need, name, vals[name]) for name in names):
                raise UserError(
                    self.env._(
                        "Whose need “%s” is, and what the guest wrote, stays: note "
                        "down another need instead.",
                        need.display_name,
                    )
                )

    def _get_fixed(self):
        """Return the fields that say whose need it is, and where it was stated."""
        return (
            *("company_id", "account_id", "contact_id"),
            *("activity_id", "invitation_id"),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Needs stay: drop one that came to nothing."))

    # === What is owed === #

    @api.model
    def _get_today_sql(self):
        return SQL(
            """
            SELECT n.id AS res_id, %(kind)s::varchar AS kind, n.owner_id AS user_id,
                   n.account_id, n.contact_id, n.company_id, %(unit)s AS unit_id,
                   NULL::date AS date_from, n.date_due
              FROM club_need n
              JOIN res_partner a ON a.id = n.account_id
             WHERE n.state IN %(states)s
            """,
            kind="need",
            unit=unit_of(SQL("a"), SQL("n.company_id")),
            states=UNSETTLED,
        )

    def _get_today_texts(self):
        return {need.id: self.env._("See to “%s”", need.display_name) for need in self}

    # === Actions === #

    @for_records
    def action_make_lead(self):
        """Make an opportunity of each that has none, and open it. Rule C7."""
        needs = self._get_to_change(UNSETTLED)
        for need in needs.filtered(lambda n: not n.lead_id):
            # sudo: its owner gets it, whoever presses the button
            leads_sudo = self.env["crm.lead"].sudo()
            lead_sudo = leads_sudo.create(need._prepare_lead())
            need._set_state(UNSETTLED, TAKEN, lead_id=lead_sudo.id)
        return needs._get_lead_action()

    @for_records
    def action_open_lead(self):
        """Open what became of it, for whoever may read it."""
        self.check_access("read")
        return self._get_lead_action()

    @for_records
    def action_schedule_follow_up(self):
        """Ask each one's owner to call, once. Rule C7."""
        needs = self._get_to_change(UNSETTLED)
        for need in needs.filtered(lambda n: not n._get_follow_ups()):
            if not need.owner_id:
                raise UserError(
                    self.env._(
                        "Nobody sees to “%s” yet: name an owner first.",
                        need.display_name,
                    )
                )
            # sudo: to ask the owner, one needs no right on his to-dos
            need_sudo = need.sudo()
            need_sudo.activity_schedule(
                FOLLOW_UP,
                date_deadline=need.date_due,
                summary=as_reader(need, need.owner_id).env._("Follow up on the need"),
                note=need.name,
                user_id=need.owner_id.id,
            )
            if need.state == OPEN:
                need._set_state((OPEN,), TAKEN)
        return True

    @for_records
    def action_done(self):
        """Say that it came to something, and what. Rule C7."""
        return self._do_settle(DONE)

    @for_records
    def action_drop(self):
        """Say that nothing comes of it, and why."""
        return self._do_settle(DROPPED)

    @for_records
    def action_reopen(self):
        for need in self._get_to_change(SETTLED):
            state = TAKEN if need.lead_id else OPEN
            need._set_state(SETTLED, state, settled_at=False)
        return True

    def _do_settle(self, state):
        needs = self._get_to_change(UNSETTLED)
        for need in needs:
            if not get_written(need.result):
                raise need._get_result_refusal()
            need._set_state(UNSETTLED, state, settled_at=fields.Datetime.now())
            need._get_follow_ups().unlink()
        return True

    # === Helpers === #

    def _get_to_change(self, states):
        """Return the needs, held until the transaction ends, free of the client's
        context; raise unless the user may change them and all are in `states`.
        """
        self.check_access("write")
        needs = without_client_context(self)
        hold(needs)
        needs._check_state(*states)
        return needs

    def _get_follow_ups(self):
        follow_up = self.env.ref(FOLLOW_UP)
        # sudo: those of the owner, too
        return self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == follow_up
        )

    def _prepare_lead(self):
        """Return the values of the opportunity: the owner's, of the account's unit."""
        self.ensure_one()
        account = self.account_id.with_company(self.company_id)
        source = self.env.ref("crm_club.club_need_source", raise_if_not_found=False)
        tag = self.env.ref("crm_club.club_need_tag", raise_if_not_found=False)
        return {
            "type": "opportunity",
            "name": self.display_name,
            "description": self.name,
            "partner_id": (self.contact_id or account).id,
            "user_id": self.owner_id.id,
            "team_id": account.club_unit_id.id,
            "company_id": self.company_id.id,
            "source_id": source and source.id,
            "tag_ids": tag and tag.ids,
            "referred": self._get_source_name(),
        }

    def _get_source_name(self):
        """Return the name of where it was stated, None when nowhere in particular."""
        return self.activity_id.theme or None

    def _get_lead_action(self):
        """Open the opportunities as far as the user may; else tell that they are."""
        leads = self.lead_id._filtered_access("read")
        if not leads:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("The owner has it among his opportunities."),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Opportunities"),
            "res_model": leads._name,
        }
        if len(leads) == 1:
            return {**action, "res_id": leads.id, "views": [(False, "form")]}
        return {
            **action,
            "domain": [("id", "in", leads.ids)],
            "views": [(False, "list"), (False, "form")],
        }
