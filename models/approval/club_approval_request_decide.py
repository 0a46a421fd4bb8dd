"""Signing, rejecting, withdrawing: one decision at a time, each by who may."""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..record.reader import as_reader
from .states import (
    APPROVED,
    DONE,
    LATER,
    OPEN,
    REFUSED,
    REJECTED,
    SIGNED,
    VOID,
    WAITING,
    WITHDRAWN,
)

# What is read of activities that are handed on or taken back.
ACTIVITY_FIELDS = (
    *("res_model", "res_id", "user_id", "summary"),
    *("date_deadline", "date_done", "active"),
)


class ClubApprovalRequest(models.Model):
    _inherit = "club.approval.request"

    # === Whether === #

    def _lock(self):
        """See to it that of two who decide at the same moment one begins anew.

        Both write the request's row, even where nothing in it changes, and PostgreSQL
        lets only one of them: the other's transaction fails and Odoo runs it again,
        after the first. What is read before and after this is of one moment.
        """
        for request in self:
            request._write_guarded({"waiting_since": request.waiting_since})

    def _get_turn(self, user, holders):
        """Return the signature that ``user`` may give now and the seat he does it by.

        Who sits in two bodies gives one at a time.

        :param holders: who holds the seats today, by key
        :raises UserError, AccessError: saying why he may not
        """
        self.ensure_one()
        if self.state != WAITING:
            raise UserError(
                self.env._(
                    "%(document)s no longer waits for signatures: it is %(state)s.",
                    document=self.name,
                    state=self._get_state_label(),
                )
            )
        if user.id in self._get_barred_users():
            raise AccessError(
                self.env._(
                    "You applied for %s or drew it up: somebody else signs it.",
                    self.name,
                )
            )
        for signature, able in self._get_eligible(self._get_open(), holders).items():
            own = [h for h in able if h.user_id == user.id]
            if own:
                own.sort(key=lambda holder: holder.seat_user_id != user.id)
                return signature, own[0]
        if user in self._get_signed().signer_id:
            raise UserError(self.env._("You have signed %s already.", self.name))
        raise AccessError(
            self.env._(
                "%(document)s isn't yours to sign now: it waits for %(waiting)s.",
                document=self.name,
                waiting=self.waiting_for,
            )
        )

    def _get_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _check_unchanged(self):
        """Refuse a document that doesn't say any more what was submitted."""
        for request in self:
            document = request._get_document().sudo()
            if document._get_approval_digests()[document.id] != request.digest:
                raise UserError(
                    self.env._(
                        "%s doesn't say any more what was submitted (merging partners "
                        "changes it too): withdraw it and submit it again.",
                        request.name,
                    )
                )

    # === What it does === #

    def _do_sign(self, user, holders, comment=None):
        """Give the signature of ``user``; then ask the next, or approve.

        :param holders: who holds the seats today, by key
        """
        self.ensure_one()
        self._lock()
        signature, holder = self._get_turn(user, holders)
        self._check_unchanged()
        signature._set_given(SIGNED, holder, comment)
        asked = self._get_open() or self._open_stage(holders)
        if asked:
            self._refresh_activities(self._get_eligible(asked, holders))
        else:
            self._close(APPROVED)

    def _do_reject(self, user, holders, reason):
        """Refuse in the name of a body; the document goes back to its applicant."""
        self.ensure_one()
        self._lock()
        signature, holder = self._get_turn(user, holders)
        signature._set_given(REFUSED, holder, reason)
        self._close(REJECTED, reason, user)

    def _do_withdraw(self, user, reason=None):
        self.ensure_one()
        self._lock()
        if self.state not in (WAITING, APPROVED):
            raise UserError(
                self.env._(
                    "%(document)s can't be withdrawn: it is %(state)s.",
                    document=self.name,
                    state=self._get_state_label(),
                )
            )
        self._close(WITHDRAWN, reason, user)

    def _open_stage(self, holders):
        """Ask for the signatures of the next stage; return them, if there is one.

        :param holders: who holds the seats today, by key
        """
        self.ensure_one()
        later = self.signature_ids.filtered(lambda s: s.state == LATER)
        stage = min(later.mapped("stage"), default=0)
        asked = later.filtered(lambda s: s.stage == stage)
        if not asked:
            return asked
        now = fields.Datetime.now()
        for signature, able in self._get_eligible(asked, holders).items():
            signature._write_guarded(
                {
                    "state": OPEN,
                    "asked_since": now,
                    "asked_names": self._get_asked_names(able),
                }
            )
        self._write_guarded(
            {"waiting_since": now, "reminded_on": False, "escalated_on": False}
        )
        return asked

    def _get_asked_names(self, holders):
        """Return the names of those who are asked, for the record."""
        asked = self.env["club.body"]._get_acting(holders)
        users = self.env["res.users"].browse(asked)
        self._fetch_narrow(users)
        return ", ".join(users.mapped("name"))

    def _close(self, state, reason=None, user=None):
        """End the round, or, approved, leave it to be carried out."""
        now = fields.Datetime.now()
        left = self.signature_ids.filtered(lambda s: s.state in (OPEN, LATER))
        if left:
            left._write_guarded({"state": VOID})
        values = {"state": state, "waiting_since": False, "decided_at": now}
        if state in (REJECTED, WITHDRAWN):
            values.update(closing_reason=reason, closed_by_id=user.id)
        self._write_guarded(values)
        for request in self:
            request._get_document().sudo()._approval_follow(request)
        self._drop_activities()

    def _set_done(self):
        self._write_guarded(
            {
                "state": DONE,
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
            }
        )

    # === Activities: only those whose turn it is === #

    def _refresh_activities(self, eligible=None):
        """Give those whose turn it is an activity on the document, and nobody else.

        Who is asked already keeps his. Others are handed on to those asked next, from
        desk to desk, and what is left over is taken back.

        :param eligible: who may sign what is waited for, when that is known
        """
        if eligible is None:
            waiting = self.filtered(lambda request: request.state == WAITING)
            eligible = self._get_eligible(waiting._get_open())
        there = defaultdict(list)
        for activity in self._get_activities():
            there[activity.res_model, activity.res_id].append(activity)
        missing = []
        signatures = self.env["club.approval.signature"].union(*eligible)
        signatures.body_id.sudo().fetch(["name"])
        users_sudo = self.env["res.users"].sudo()
        for signature, holders in eligible.items():
            request = signature.request_id
            here = there[request.res_model, request.res_id]
            for user_id in self.env["club.body"]._get_acting(holders):
                signs = as_reader(signature, users_sudo.browse(user_id))
                asked = (user_id, signs.env._("Sign for %s", signs.label))
                kept = [a for a in here if (a.user_id.id, a.summary) == asked]
                if kept:
                    here.remove(kept[0])
                else:
                    missing.append((request, *asked))
        users = self._ask(missing, there)
        users |= self._take_back([a for found in there.values() for a in found])
        users._bus_send("club_to_sign", {})

    def _ask(self, missing, there):
        """Hand on activities of the same document or make new ones.

        :param missing: for whom: ``[(request, user id, summary)]``
        :param there: activities to hand on, ``{(model, id): [activity]}``; those that
            are taken leave it
        :return: the users who got or lost one
        """
        # Nobody follows a document that he may read only while it is his turn.
        activities = self.env["mail.activity"].sudo()
        quick = activities.with_context(
            mail_activity_quick_update=True, club_no_follow=True
        )
        users = self.env["res.users"]
        vals_list = []
        for request, user_id, summary in missing:
            users |= users.browse(user_id)
            values = {
                "user_id": user_id,
                "summary": summary,
                "date_deadline": self._get_today(request.company_id),
            }
            here = there[request.res_model, request.res_id]
            if here:
                activity = here.pop()
                users |= activity.user_id
                if activity.date_deadline == values["date_deadline"]:
                    del values["date_deadline"]  # else calendars look for its meeting
                activity.with_env(quick.env).write({**values, "note": False})
                continue
            values.update(
                activity_type_id=self._get_activity_type_id(),
                res_model_id=self.env["ir.model"]._get_id(request.res_model),
                res_id=request.res_id,
                automated=True,
            )
            vals_list.append(values)
        if vals_list:
            quick.create(vals_list)
        return users

    def _drop_activities(self):
        """Take back what was asked for; the signatures tell what came of it."""
        users = self._take_back(self._get_activities())
        users._bus_send("club_to_sign", {})

    def _take_back(self, activities):
        """Archive what the user has done, as Odoo does; delete what he needn't do."""
        activities = self.env["mail.activity"].sudo().union(*activities)
        done = activities.filtered(lambda activity: activity.user_id == self.env.user)
        users = activities.user_id
        if done:
            done.action_archive()
        if activities - done:
            (activities - done).unlink()
        return users

    def _get_activities(self):
        """Return the activities that ask for signatures."""
        activities = self.env["mail.activity"].sudo()
        for model, found in self.grouped("res_model").items():
            activities |= activities.search_fetch(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", found.mapped("res_id")),
                    ("activity_type_id", "=", self._get_activity_type_id()),
                ],
                ACTIVITY_FIELDS,
            )
        return activities

    def _get_activity_type_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_club.mail_act_club_sign", raise_if_not_found=True
        )


class ClubApprovalSignature(models.Model):
    _inherit = "club.approval.signature"

    def _set_given(self, state, holder, comment):
        """Write the decision of a seat, once and for good. Rules C3, E1."""
        self.ensure_one()
        signed = state == SIGNED
        body = self.body_id or self.unit_id.club_head_body_id
        values = {
            "state": state,
            "signer_id": holder.user_id,
            "on_behalf_of_id": holder.seat_user_id != holder.user_id
            and holder.seat_user_id,
            "office": holder.office,
            "position": holder.position or False,
            "signed_at": fields.Datetime.now(),
            "comment": comment,
            "digest": self.request_id.digest,
        }
        if signed and (self.unit_id or body.seal_image):
            values.update(is_sealed=True, seal_image=body.seal_image)
        self.sudo()._write_guarded(values)
