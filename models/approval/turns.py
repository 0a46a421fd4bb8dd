"""Whose turn it is: who holds a seat today, may sign a request, and is asked to."""

from collections import defaultdict

from odoo.tools import SQL

from ..record.mail_message import BY_SYSTEM
from ..record.names import join, join_clauses
from ..record.reader import as_reader
from .club_approval_policy import OTHER
from .states import LATER, OPEN, SIGNED, WAITING

# What is read of activities that are handed on or taken back.
ACTIVITY_FIELDS = (
    *("res_model", "res_id", "user_id", "summary"),
    *("date_deadline", "date_done", "active"),
)


def filter_able(holders, barred):
    """Return the holders who are none of the users ``barred``, nor sit in their seats:
    a seat of the applicant's is nobody's to use, his substitute would sign for him.
    """
    return [h for h in holders if not barred & {h.user_id, h.seat_user_id}]


def find_turns(user):
    """Return all signatures that ``user`` may give now, in two or three queries."""
    bodies = user.env["club.body"]
    signatures_sudo = user.env["club.approval.signature"].sudo()
    companies = user.env["res.company"].browse(user._get_company_ids())
    days = {company._club_today() for company in companies}
    candidates = {held for day in days for held in bodies._get_holdings(user, day)}
    if not candidates:
        return signatures_sudo
    signatures_sudo.flush_model()
    signatures_sudo.request_id.flush_model()
    rows = user.env.execute_query(
        SQL(
            """
            SELECT s.id, bool_or(r.is_countersigned OR r.double_seat = %(other)s
                   AND EXISTS (
                       SELECT FROM club_approval_signature d
                        WHERE d.request_id = r.id AND d.state = %(signed)s
                          AND d.signer_id = %(user)s))
              FROM unnest(%(bodies)s::int[], %(units)s::int[], %(seats)s::int[])
                   AS mine(body_id, unit_id, seat_user)
              JOIN club_approval_signature s
                ON s.state = %(open)s
               AND coalesce(s.body_id, 0) = mine.body_id
               AND coalesce(s.unit_id, 0) = mine.unit_id
              JOIN club_approval_request r
                ON r.id = s.request_id AND r.state = %(waiting)s
             WHERE %(user)s <> r.applicant_id
               AND %(user)s IS DISTINCT FROM r.author_id
               AND mine.seat_user <> r.applicant_id
               AND mine.seat_user IS DISTINCT FROM r.author_id
             GROUP BY s.id
            """,
            other=OTHER,
            signed=SIGNED,
            open=OPEN,
            waiting=WAITING,
            user=user.id,
            bodies=[kind == "body" and key_id or 0 for (kind, key_id), _ in candidates],
            units=[kind == "unit" and key_id or 0 for (kind, key_id), _ in candidates],
            seats=[seat_user for _key, seat_user in candidates],
        )
    )
    sure = signatures_sudo.browse([key for key, again in rows if not again])
    # Of those who signed for another body already it depends on who else could; of
    # sides, on who signed for the other one.
    again = signatures_sudo.browse([key for key, again in rows if again])
    return sure | (again & Turns(again.request_id).get_own(user))


class Turns:
    """Who may sign requests today, and is asked to. Who holds the seats is read once.

    :param requests: `club.approval.request`; they are looked at as superuser
    :param holders: who holds the seats today, when it is known:
        ``{company: {key: [Holder]}}``
    """

    def __init__(self, requests, holders=None):
        # sudo: nobody has rights on requests; whose turn it is they say
        self._requests = requests.sudo()
        self._env = self._requests.env
        self._holders = dict(holders or {})

    # === Who === #

    def get_holders(self, company):
        """Return who holds the seats that requests of the company still wait for."""
        if company not in self._holders:
            left = self._requests.signature_ids.filtered(
                lambda s: s.state in (OPEN, LATER) and s.company_id == company
            )
            keys = {signature._get_key() for signature in left}
            self._holders[company] = self._env["club.body"]._get_holders_of(
                company, keys
            )
        return self._holders[company]

    def get_eligible(self, signatures=None):
        """Return who may sign each of the signatures today.

        Who signed for another body already leaves it to others, where the policy says
        so and there are others. Where units are sides, nobody signs for two of them.

        :param signatures: of the requests; those that are waited for by default
        :return: ``{signature: [Holder]}``
        """
        if signatures is None:
            signatures = self._requests._get_open()
        result = {}
        for signature in signatures:
            request = signature.request_id
            holders = self.get_holders(signature.company_id)
            able = filter_able(
                holders.get(signature._get_key(), ()), request._get_barred_users()
            )
            if request.double_seat == OTHER:
                signed = set(request._get_signed().signer_id.ids)
                able = [h for h in able if h.user_id not in signed] or able
            if request.is_countersigned and signature.unit_id:
                given = request._get_signed().filtered("unit_id")
                sided = {*given.signer_id.ids, *given.on_behalf_of_id.ids}
                able = filter_able(able, sided)
            result[signature] = able
        return result

    def get_own(self, user):
        """Return the signatures that ``user`` may give now."""
        signatures = self._env["club.approval.signature"]
        return signatures.union(
            *(
                signature
                for signature, holders in self.get_eligible().items()
                if signature.request_id.state == WAITING
                and any(holder.user_id == user.id for holder in holders)
            )
        )

    def get_texts(self):
        """Return whom each request waits for, in words: ``{request: text}``.

        Where nobody could sign it says who must be seated.
        """
        bodies = self._env["club.body"]
        eligible = self.get_eligible()
        acting = {
            signature: bodies._get_acting(holders)
            for signature, holders in eligible.items()
        }
        asked = {user_id for found in acting.values() for user_id in found}
        names = {u.id: u.name for u in self._env["res.users"].browse(asked)}
        parts = defaultdict(list)
        for signature, user_ids in acting.items():
            parts[signature.request_id].append(
                self._env._(
                    "%(body)s (%(people)s)",
                    body=signature.label,
                    people=join(self._env, [names[user_id] for user_id in user_ids]),
                )
                if user_ids
                else signature._get_vacancy_text()
            )
        return {
            request: join_clauses(self._env, found) for request, found in parts.items()
        }

    # === Activities: only those whose turn it is === #

    def ask_first(self):
        """Give an activity to those whose turn it is in a round that just began."""
        users = self._hand_on(self._get_asked(), {})
        users._bus_send("club_to_sign", {})

    def ask(self):
        """Give those whose turn it is an activity on the document, and nobody else.

        Who is asked already keeps his. Others are handed on to those asked next, from
        desk to desk, and what is left over is taken back.
        """
        there = self._get_activities().grouped(lambda a: (a.res_model, a.res_id))
        there = {key: list(found) for key, found in there.items()}
        missing = []
        for request, user_id, summary in self._get_asked():
            here = there.get((request.res_model, request.res_id), [])
            kept = [a for a in here if (a.user_id.id, a.summary) == (user_id, summary)]
            if kept:
                here.remove(kept[0])
            else:
                missing.append((request, user_id, summary))
        users = self._hand_on(missing, there)
        users |= self._take_back([a for found in there.values() for a in found])
        users._bus_send("club_to_sign", {})

    def stop_asking(self):
        """Take back what was asked for; the signatures tell what came of it."""
        users = self._take_back(self._get_activities())
        users._bus_send("club_to_sign", {})

    def _get_asked(self):
        """Return who is asked for what: ``[(request, user id, summary)]``."""
        users = self._env["res.users"]
        asked = []
        for signature, holders in self.get_eligible().items():
            if signature.request_id.state != WAITING:
                continue
            for user_id in self._env["club.body"]._get_acting(holders):
                signs = as_reader(signature, users.browse(user_id))
                summary = signs.env._("Sign for %s", signs.label)
                asked.append((signature.request_id, user_id, summary))
        return asked

    def _hand_on(self, missing, there):
        """Hand on activities of the same document or make new ones.

        :param missing: for whom: ``[(request, user id, summary)]``
        :param there: activities to hand on, ``{(model, id): [activity]}``; those that
            are taken leave it
        :return: the users who got or lost one
        """
        # Nobody follows a document that he may read only while it is his turn.
        quick = self._env["mail.activity"].with_context(
            mail_activity_quick_update=True, club_no_follow=BY_SYSTEM
        )
        users = self._env["res.users"]
        vals_list = []
        for request, user_id, summary in missing:
            users |= users.browse(user_id)
            values = {
                "user_id": user_id,
                "summary": summary,
                "date_deadline": request.company_id._club_today(),
            }
            here = there.get((request.res_model, request.res_id))
            if here:
                activity = here.pop()
                users |= activity.user_id
                if activity.date_deadline == values["date_deadline"]:
                    del values["date_deadline"]  # else calendars look for its meeting
                activity.with_env(quick.env).write({**values, "note": False})
                continue
            values.update(
                activity_type_id=self._get_activity_type_id(),
                res_model_id=self._env["ir.model"]._get_id(request.res_model),
                res_id=request.res_id,
                automated=True,
            )
            vals_list.append(values)
        if vals_list:
            quick.create(vals_list)
        return users

    def _take_back(self, activities):
        """Archive what the user has done, as Odoo does; delete what he needn't do."""
        activities = self._env["mail.activity"].union(*activities)
        done = activities.filtered(lambda activity: activity.user_id == self._env.user)
        users = activities.user_id
        if done:
            done.action_archive()
        if activities - done:
            (activities - done).unlink()
        return users

    def _get_activities(self):
        """Return the activities that ask for signatures."""
        activities = self._env["mail.activity"]
        for model, found in self._requests.grouped("res_model").items():
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
        return self._env["ir.model.data"]._xmlid_to_res_id(
            "crm_club.mail_act_club_sign", raise_if_not_found=True
        )
