"""Where a lead came from, who is credited for it, and how it reaches the manager."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...kernel.written import get_written
from ..contact.owner import check_may_manage
from ..record.derived import differs
from ..record.groups import OFFICER, READERS
from ..record.names import get_labels
from ..record.rpc import for_one, is_id, without_client_context

MEMBER, EXECUTIVE, STAFF = "member", "executive", "staff"
PARTNER, EVENT, CHANNEL = "partner", "event", "channel"
SOURCES = [
    (MEMBER, "Club Member"),
    (EXECUTIVE, "Executive"),
    (STAFF, "Staff"),
    (PARTNER, "Business Partner"),
    (EVENT, "Activity"),
    (CHANNEL, "Channel"),
]
# Which field says who it was, by kind.
WHO = {
    MEMBER: "club_referrer_id",
    EXECUTIVE: "club_referrer_user_id",
    STAFF: "club_referrer_user_id",
    PARTNER: "club_referrer_partner_id",
    CHANNEL: "club_referrer_partner_id",
    EVENT: "club_referrer_activity_id",
}
SOURCE_FIELDS = ("club_source", *dict.fromkeys(WHO.values()))
# What the field officer enters before he hands the lead over.
APPOINTMENT = ("club_handed_to_id", "club_appointment_at", "club_appointment_place")
ACCEPT = "mail.mail_activity_data_meeting"


class CrmLead(models.Model):
    """What came of a lead hangs on it: once it is won or accepted, who is credited for
    it stays. Rule D13.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "club.logged.mixin"]
    _club_logged = SOURCE_FIELDS

    club_source = fields.Selection(
        SOURCES,
        "Brought by",
        compute="_compute_club_source",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
        groups=READERS,
        help="Who brought this customer. Once the lead is won or accepted, a club "
        "officer changes it.",
    )
    club_referrer_id = fields.Many2one(tracking=True)
    club_referrer_user_id = fields.Many2one(
        "res.users",
        "Brought by Colleague",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain=[("share", "=", False)],
        tracking=True,
        groups=READERS,
    )
    club_referrer_partner_id = fields.Many2one(
        "res.partner",
        "Brought by Partner",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        groups=READERS,
    )
    club_referrer_activity_id = fields.Many2one(
        "club.activity",
        "Brought by Activity",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        groups=READERS,
    )
    # === From the field officer to the account manager === #
    club_handed_to_id = fields.Many2one(
        "res.users",
        "Handed Over To",
        copy=False,
        ondelete="restrict",
        domain=[("share", "=", False)],
        groups=READERS,
        help="The account manager who takes the lead on; empty: the account's manager.",
    )
    club_appointment_at = fields.Datetime("Appointment", copy=False, groups=READERS)
    club_appointment_place = fields.Char("Meeting Place", copy=False, groups=READERS)
    club_field_officer_id = fields.Many2one(
        "res.users",
        "Field Officer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups=READERS,
        help="Who handed the lead over, and is credited with the manager who accepted.",
    )
    club_handed_over_on = fields.Date(
        "Lead Handed Over On", readonly=True, copy=False, groups=READERS
    )
    club_accepted_by_id = fields.Many2one(
        "res.users",
        "Accepted by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups=READERS,
    )
    club_accepted_on = fields.Date(
        readonly=True, copy=False, groups=READERS, string="Accepted On"
    )
    club_can_accept = fields.Boolean(
        compute="_compute_club_can", compute_sudo=True, groups=READERS
    )
    club_can_take_back = fields.Boolean(
        compute="_compute_club_can", compute_sudo=True, groups=READERS
    )

    _club_credited_twice = models.Constraint(
        "CHECK(club_field_officer_id <> club_accepted_by_id"
        " AND club_field_officer_id <> club_handed_to_id"
        " AND club_referrer_user_id <> club_field_officer_id"
        " AND club_referrer_user_id <> club_accepted_by_id)",
        "Who brought a lead, who handed it over and who accepted it are different "
        "people: nobody is credited for it twice.",
    )

    @api.depends("club_referrer_id")
    def _compute_club_source(self):
        """Whoever names a member needn't say that it was one."""
        for lead in self:
            if lead.club_referrer_id:
                lead.club_source = MEMBER
            elif lead.club_source == MEMBER:
                lead.club_source = False
            else:
                lead.club_source = lead.club_source

    @api.depends(
        *("club_field_officer_id", "club_handed_to_id", "club_accepted_by_id"),
        "won_status",
    )
    @api.depends_context("uid")
    def _compute_club_can(self):
        for lead in self:
            waits = bool(lead.club_field_officer_id and not lead.club_accepted_by_id)
            mine = lead.club_handed_to_id == self.env.user
            lead.club_can_accept = waits and mine and lead.won_status != "lost"
            lead.club_can_take_back = waits and lead._may_take_back()

    @api.onchange("club_source")
    def _onchange_club_source(self):
        """Empty what names somebody of another kind."""
        for name in {*WHO.values()} - {WHO.get(self.club_source)}:
            self[name] = False

    @api.constrains(*SOURCE_FIELDS, "partner_id")
    def _check_club_source(self):
        labels = get_labels(self, "club_source")
        for lead_sudo in self.sudo():  # not every salesperson reads who brought it
            wanted = WHO.get(lead_sudo.club_source)
            if wanted and not lead_sudo[wanted]:
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” was brought by the kind “%(kind)s”: name who it "
                        "was in “%(field)s”.",
                        lead=lead_sudo.name,
                        kind=labels[lead_sudo.club_source],
                        field=self._get_club_label(wanted),
                    )
                )
            for name in {*WHO.values()} - {wanted}:
                if lead_sudo[name]:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of “%(lead)s” doesn't fit the kind that "
                            "brought it: empty it, or choose the kind that it names.",
                            lead=lead_sudo.name,
                            field=self._get_club_label(name),
                        )
                    )
            brought_by = lead_sudo.club_referrer_partner_id.commercial_partner_id
            if brought_by and brought_by == lead_sudo.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s can't have brought itself: name another one in "
                        "“%(lead)s”.",
                        account=brought_by.display_name,
                        lead=lead_sudo.name,
                    )
                )

    @api.model
    def _get_club_label(self, name):
        return self._fields[name]._description_string(self.env)

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        self._check_club_named(values)
        if is_new and any(map(values.get, SOURCE_FIELDS)):
            self._check_date_closed(values)
        return values

    @api.model
    def _check_club_named(self, values):
        """Let nobody name what he can't read: the lead would show it.

        :raises AccessError:
        """
        for name in ("club_referrer_activity_id", "club_referrer_partner_id"):
            if not self.env.su and is_id(values.get(name)):
                model = self.env[self._fields[name].comodel_name]
                model.browse(values[name]).check_access("read")

    def _club_after_create(self):
        super()._club_after_create()
        # sudo: who wrote it is asked, whatever he may read
        credited_sudo = self.sudo().filtered("club_source")
        credited_sudo.with_env(self.env)._check_can_name_referrer()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        leads_sudo = self.sudo()  # the check is of what is there, whoever asks
        for name in SOURCE_FIELDS:
            if name in vals:
                changed = leads_sudo.filtered(
                    lambda one, name=name: differs(one, name, vals[name])
                )
                changed.with_env(self.env)._check_can_name_referrer()
        if any(map(vals.get, SOURCE_FIELDS)) or any(leads_sudo.mapped("club_source")):
            self._check_date_closed(vals)
        self._check_appointment_kept(vals)
        if "partner_id" in vals:
            self._check_account_kept(vals["partner_id"])

    def _check_appointment_kept(self, vals):
        """Refuse to change what a lead was handed over with. Rule D13."""
        for lead_sudo in self.sudo():  # whoever asks
            changes = any(
                name in vals and differs(lead_sudo, name, vals[name])
                for name in APPOINTMENT
            )
            if changes and lead_sudo.club_field_officer_id:
                raise UserError(
                    self.env._(
                        "“%(lead)s” was handed over by %(user)s with its appointment: "
                        "take it back first.",
                        lead=lead_sudo.name,
                        user=lead_sudo.club_field_officer_id.name,
                    )
                    if not lead_sudo.club_accepted_by_id
                    else self.env._(
                        "“%(lead)s” was accepted by %(user)s: its appointment stays.",
                        lead=lead_sudo.name,
                        user=lead_sudo.club_accepted_by_id.name,
                    )
                )

    def _check_account_kept(self, partner_id):
        """Let a lead that is won stay with its account: what came of it is the
        account's membership and revenue.

        :raises AccessError: to all but officers
        """
        if self._is_referral_free():
            return
        for lead in self._filter_referred():
            lead_sudo = lead.sudo()  # whoever asks
            if lead_sudo.partner_id and differs(lead_sudo, "partner_id", partner_id):
                raise lead._get_won_refusal()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for lead_sudo in self.sudo():  # whoever deletes
            if lead_sudo.club_accepted_by_id:
                raise UserError(
                    self.env._(
                        "“%(lead)s” was handed over by %(giver)s and accepted by "
                        "%(taker)s, who are credited for it: mark it as lost instead.",
                        lead=lead_sudo.name,
                        giver=lead_sudo.club_field_officer_id.name,
                        taker=lead_sudo.club_accepted_by_id.name,
                    )
                )

    def _filter_referred(self):
        """Return those that are won and credited to somebody."""
        # sudo: not every salesperson reads who brought it
        credited_sudo = self.sudo().filtered(
            lambda lead: lead.club_source and lead.won_status == "won"
        )
        return super()._filter_referred() | credited_sudo.with_env(self.env)

    def _get_won_refusal(self):
        lead_sudo = self.sudo()  # which rule it is, whoever asks
        if lead_sudo.club_referrer_id:
            return super()._get_won_refusal()
        return AccessError(
            self.env._(
                "“%s” is won, and who brought it is credited for that: a club officer "
                "alone changes it.",
                self.name,
            )
        )

    def _check_can_name_referrer(self):
        """
        :raises AccessError: to all but officers, also once the lead was accepted
        """
        if self._is_referral_free():
            return
        for lead in self:
            lead_sudo = lead.sudo()  # whoever asks
            if lead_sudo.club_accepted_by_id:
                raise AccessError(
                    self.env._(
                        "“%s” was accepted with who brought it: a club officer changes "
                        "that.",
                        lead.name,
                    )
                )
            if lead.won_status == "won" and not lead_sudo.club_referrer_id:
                raise lead._get_won_refusal()
        super()._check_can_name_referrer()

    # === Handing over === #

    def _get_club_company(self):
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.env.company

    def _may_take_back(self):
        concerned = self.club_field_officer_id | self.club_handed_to_id
        return self.env.user in concerned or self.env.user.has_group(OFFICER)

    @for_one
    def action_club_hand_over(self):
        """Hand the lead over to the account manager, with an appointment. Rule D13.

        Whoever presses it is credited as the field officer.

        :raises UserError: without an appointment to come, or a manager who can take it
        """
        self = without_client_context(self)
        self.check_access("write")
        lead_sudo = self.sudo()  # the lead may be out of his reach afterwards
        company = lead_sudo._get_club_company()
        manager = self._get_club_taker(lead_sudo, company)
        if lead_sudo.club_field_officer_id or lead_sudo.won_status != "pending":
            raise UserError(
                self.env._("“%s” was handed over, won or lost already.", lead_sudo.name)
            )
        at = lead_sudo.club_appointment_at
        today = company._club_today()
        if not (
            at
            and get_written(lead_sudo.club_appointment_place)
            and company._club_day(at) >= today
        ):
            raise UserError(
                self.env._(
                    "“%s” is handed over with an appointment: enter a day to come and "
                    "the place where the customer is met.",
                    lead_sudo.name,
                )
            )
        if self.env.user in (manager, lead_sudo.club_referrer_user_id):
            raise UserError(
                self.env._(
                    "“%s” is handed over by somebody else than who brought it or takes "
                    "it on: nobody is credited for it twice.",
                    lead_sudo.name,
                )
            )
        if manager == lead_sudo.club_referrer_user_id:
            raise UserError(
                self.env._(
                    "%(user)s brought “%(lead)s” and is credited for that: hand it "
                    "over to somebody else.",
                    user=manager.name,
                    lead=lead_sudo.name,
                )
            )
        lead_sudo._write_guarded(
            {
                "club_field_officer_id": self.env.uid,
                "club_handed_to_id": manager.id,
                "club_handed_over_on": today,
                "user_id": manager.id,
            }
        )
        lead_sudo.activity_schedule(
            ACCEPT,
            company._club_day(at),
            summary=self.env._("Accept the lead: %s", lead_sudo.club_appointment_place),
            user_id=manager.id,
        )
        return True

    def _get_club_taker(self, lead_sudo, company):
        """Return the manager who takes the lead on: that of its account, if it has one.

        :raises UserError: for another one
        """
        account_sudo = lead_sudo.partner_id.commercial_partner_id.with_company(company)
        manager, named = account_sudo.club_manager_id, lead_sudo.club_handed_to_id
        if manager and named and named != manager:
            raise UserError(
                self.env._(
                    "%(account)s is looked after by %(manager)s: hand “%(lead)s” over "
                    "to that manager.",
                    account=account_sudo.name,
                    manager=manager.name,
                    lead=lead_sudo.name,
                )
            )
        taker = named or manager
        if not taker:
            raise UserError(
                self.env._(
                    "“%s” doesn't say to which account manager it is handed over: "
                    "name one.",
                    lead_sudo.name,
                )
            )
        check_may_manage(taker, company)
        return taker

    @for_one
    def action_club_accept(self):
        """Accept the lead: from now on both are credited, for good. Rule D13.

        :raises UserError: unless it was handed over to the user
        """
        self = without_client_context(self)
        self.check_access("read")
        lead_sudo = self.sudo()  # whatever else he may write of it
        if not lead_sudo.club_can_accept:
            raise UserError(
                self.env._(
                    "“%s” is accepted by the account manager to whom it was handed "
                    "over, once.",
                    lead_sudo.name,
                )
            )
        lead_sudo._write_guarded(
            {
                "club_accepted_by_id": self.env.uid,
                "club_accepted_on": lead_sudo._get_club_company()._club_today(),
            }
        )
        lead_sudo.activity_feedback([ACCEPT], user_id=self.env.uid)
        return True

    @for_one
    def action_club_take_back(self):
        """Undo a hand-over that wasn't accepted: the lead is the field officer's again.

        :raises UserError: once it was accepted, or for whom it doesn't concern
        """
        self = without_client_context(self)
        self.check_access("read")
        lead_sudo = self.sudo()  # it need not be the user's to write any more
        if not lead_sudo.club_can_take_back:
            raise UserError(
                self.env._(
                    "The hand-over of “%s” is taken back by who handed it over or "
                    "should accept it, or by a club officer, and only until it is "
                    "accepted.",
                    lead_sudo.name,
                )
            )
        manager, giver = lead_sudo.club_handed_to_id, lead_sudo.club_field_officer_id
        lead_sudo._write_guarded(
            {
                "club_field_officer_id": False,
                "club_handed_over_on": False,
                "user_id": giver.id,
            }
        )
        lead_sudo.activity_unlink([ACCEPT], user_id=manager.id)
        return True

    # === Merging === #

    def _merge_dependences(self, opportunities):
        """Let what vouchers came to follow the lead that stays. Rule D19."""
        result = super()._merge_dependences(opportunities)
        # sudo: nobody may write vouchers, whoever merges
        vouchers_sudo = self.env["club.voucher"].sudo()
        vouchers_sudo.search([("lead_id", "in", opportunities.ids)])._write_guarded(
            {"lead_id": self.id}
        )
        return result
