"""Whose turn it is: who holds a seat today, and may sign this document."""

from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from .club_approval_policy import OTHER
from .states import LATER, OPEN, SIGNED, WAITING


class ClubApprovalRequest(models.Model):
    _inherit = "club.approval.request"

    def _get_today(self, company):
        """Return today where the company is."""
        self._fetch_narrow(company)
        return self.env["club.program"].with_company(company)._today()

    def _fetch_narrow(self, owners):
        """Read of users or companies, and of their partners, what is needed here.

        One statement: to read all their columns would take longer than all the rest.
        """
        if not any(owners._fields["partner_id"]._cache_missing_ids(owners)):
            return
        partners = self.env["res.partner"]
        names = ("name", "email", "tz")
        more = (
            ("currency_id", "alias_domain_id", "club_timezone")
            if owners._name == "res.company"
            else ()
        )
        owners.flush_model(["partner_id", *more])
        partners.flush_model(names)
        columns = [SQL.identifier("o", name) for name in more]
        columns += [SQL.identifier("p", name) for name in names]
        rows = self.env.execute_query(
            SQL(
                "SELECT o.id, o.partner_id, %s FROM %s o JOIN res_partner p"
                " ON p.id = o.partner_id WHERE o.id = ANY(%s)",
                SQL(", ").join(columns),
                SQL.identifier(owners._table),
                owners.ids,
            )
        )
        for owner_id, partner_id, *values in rows:
            owner, partner = owners.browse(owner_id), partners.browse(partner_id)
            owners._fields["partner_id"]._insert_cache(owner, [partner_id])
            for name, value in zip((*more, *names), values, strict=True):
                record = owner if name in more else partner
                record._fields[name]._insert_cache(record, [value])

    def _fetch_signatures(self):
        """Read the signatures in one query instead of two."""
        field = self._fields["signature_ids"]
        if any(field._cache_missing_ids(self)):
            signatures = self.env["club.approval.signature"].search_fetch(
                [("request_id", "in", self.ids)]
            )
            found = signatures.grouped("request_id")
            field._insert_cache(
                self, [found.get(request, signatures[:0])._ids for request in self]
            )

    def _get_submission_day(self):
        """Return the day of submission where the company is."""
        return self._get_company_day(self.submitted_at)

    def _get_company_day(self, moment):
        """Return the day of a moment (UTC) where the company is."""
        self.ensure_one()
        return self.company_id._club_day(moment)

    def _get_holders_today(self, company, keys):
        """Return who holds the seats of bodies and units today."""
        bodies = self.env["club.body"].browse([i for kind, i in keys if kind == "body"])
        units = self.env["crm.team"].browse([i for kind, i in keys if kind == "unit"])
        return self.env["club.body"]._get_holders(
            self._get_today(company), bodies, units
        )

    def _get_holders_left(self):
        """Return who holds the seats today that are still to sign, now or later."""
        self.ensure_one()
        self._fetch_signatures()
        left = self.signature_ids.filtered(lambda s: s.state in (OPEN, LATER))
        keys = {signature._get_key() for signature in left}
        holders = self._get_holders_today(self.company_id, keys)
        ids = {holder.user_id for found in holders.values() for holder in found}
        self._fetch_narrow(self.env.user | self.env["res.users"].browse(ids))
        return holders

    def _get_barred_users(self):
        """Return the ids of those who never sign it: applicant and author. Rule E2."""
        self.ensure_one()
        return {self.applicant_id.id, self.author_id.id} - {False}

    def _get_eligible(self, signatures, known=None):
        """Return who may sign each of the signatures today.

        A seat of the applicant's is nobody's to use: his substitute would sign his own
        request on his behalf. Who signed for another body already leaves it to others,
        where the policy says so and there are others.

        :param known: who holds the seats today, by key, when that is known
        :return: ``{signature: [Holder]}``
        """
        result = {}
        for company, found in signatures.grouped("company_id").items():
            keys = {signature._get_key() for signature in found}
            holders = known or self._get_holders_today(company, keys)
            for signature in found:
                request = signature.request_id
                barred = request._get_barred_users()
                able = self._filter_able(holders.get(signature._get_key(), []), barred)
                if request.double_seat == OTHER:
                    signed = set(request._get_signed().signer_id.ids)
                    others = [h for h in able if h.user_id not in signed]
                    able = others or able
                result[signature] = able
        return result

    def _filter_able(self, holders, barred):
        """Return the holders who are none of these users, nor sit in their seats."""
        return [h for h in holders if not barred & {h.user_id, h.seat_user_id}]

    def _get_my_turns(self, user, known=None):
        """Return the signatures that ``user`` may give now, in two or three queries.

        :param user: whose turns on these requests; on all, when there are none. They
            are looked at as superuser
        :param known: who holds their seats today, by key, when that is known
        """
        if self:
            self._fetch_signatures()
            waiting = self.filtered(lambda request: request.state == WAITING)
            eligible = self._get_eligible(waiting._get_open(), known)
            return self.env["club.approval.signature"].union(
                *(
                    signature
                    for signature, holders in eligible.items()
                    if any(holder.user_id == user.id for holder in holders)
                )
            )
        signatures = self.env["club.approval.signature"]
        candidates = set()
        for company in user.company_ids:
            holdings = self.env["club.body"]._get_holdings(
                user, self._get_today(company)
            )
            candidates |= set(holdings)
        if not candidates:
            return signatures
        rows = [
            (kind == "body" and key_id or 0, kind == "unit" and key_id or 0, seat_user)
            for (kind, key_id), seat_user in candidates
        ]
        self.env["club.approval.signature"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT s.id, bool_or(r.double_seat = %(other)s AND EXISTS (
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
                bodies=[row[0] for row in rows],
                units=[row[1] for row in rows],
                seats=[row[2] for row in rows],
            )
        )
        found = self.env.cr.fetchall()
        sure = signatures.browse([key for key, again in found if not again])
        again = signatures.browse([key for key, again in found if again])
        for signature, holders in self._get_eligible(again).items():
            if any(holder.user_id == user.id for holder in holders):
                sure |= signature
        return sure

    def _get_waiting_texts(self):
        """Return for each request whom it waits for, in words.

        Where nobody could sign it says who must be seated.
        """
        users = self.env["res.users"].sudo()
        signatures = self.sudo().signature_ids.filtered(lambda s: s.state == OPEN)
        eligible = self._get_eligible(signatures)
        acting = {
            signature: self.env["club.body"]._get_acting(holders)
            for signature, holders in eligible.items()
        }
        names = {
            user.id: user.name
            for user in users.browse({u for found in acting.values() for u in found})
        }
        parts = defaultdict(list)
        for signature in signatures:
            people = [names[user] for user in acting[signature]]
            parts[signature.request_id.id].append(
                self.env._(
                    "%(body)s (%(people)s)",
                    body=signature.label,
                    people=", ".join(people),
                )
                if people
                else signature._get_vacancy_text()
            )
        return {
            request: "; ".join(parts[request.id])
            for request in self
            if request.id in parts
        }


class ClubApprovalSignature(models.Model):
    _inherit = "club.approval.signature"

    def _get_vacancy_text(self):
        """Say who must be seated, where nobody can sign today."""
        self.ensure_one()
        if self.unit_id:
            return self.env._(
                "%s: nobody but the applicant leads it: name a team leader or a deputy",
                self.label,
            )
        return self.env._(
            "%s: nobody but the applicant holds a seat today: an administrator of the "
            "club seats somebody",
            self.label,
        )
