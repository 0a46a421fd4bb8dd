"""Submitting: which band, which stages, who signs. Rule C3."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...kernel import approval_plan
from .states import APPROVED, DONE, LATER, OMITTED, OPEN, WAITING

# Who confirms a document that names no unit: nobody can.
NO_UNIT = ("unit", False)


class ClubApprovalMixin(models.AbstractModel):
    _inherit = "club.approval.mixin"

    def _create_approval_requests(self):
        """Copy band, stages and content of each document into a request.

        Of documents with one purpose the later ones count the earlier ones' amounts,
        also when they are submitted together. Rules C3, C6.
        """
        policies = self._get_approval_policies()
        requests = {}
        for documents in self._split_by_purpose(policies):
            created = documents._create_requests_at_once(policies)
            requests.update(zip(documents, created, strict=True))
        return self.env["club.approval.request"].union(
            *(requests[document] for document in self)
        )

    def _get_approval_policies(self):
        """Return ``{document: policy}``."""
        policies = self.env["club.approval.policy"]
        found, result = {}, {}
        for document in self:
            kind = document._get_approval_type(), document.company_id
            if kind not in found:
                found[kind] = policies._get_for(*kind)
            result[document] = found[kind]
        return result

    def _split_by_purpose(self, policies):
        """Return the documents in batches: in none does a purpose occur twice."""
        batches = defaultdict(self.browse)
        met = Counter()
        for document in self:
            key = policies[document].add_up and document._get_approval_key()
            purpose = policies[document], document._get_adding_unit(), key
            batches[met[purpose] if key else 0] |= document
            met[purpose] += 1
        return list(batches.values())

    def _create_requests_at_once(self, policies):
        contents = self._get_approval_contents()
        digests = self._get_approval_digests(contents)
        rounds = self._get_approval_rounds()
        added = self._get_added_requests(policies)
        holders = self._get_policy_holders(policies)
        now = fields.Datetime.now()
        alike = {}
        vals_list, rows_list = [], []
        for document in self:
            policy, company = policies[document], document.company_id
            unit = document._get_approval_unit()
            barred = frozenset({self.env.uid, document.create_uid.id} - {False})
            values, band = document._prepare_approval(policy, added[document])
            kind = policy, band, unit, company, barred
            if kind not in alike:
                plan = document._plan_signers(*kind[:3], barred, holders[company])
                alike[kind] = document._prepare_signatures(
                    plan, holders[company], barred
                )
            rows_list.append(alike[kind])
            past = rounds.get(document.id)
            vals_list.append(
                {
                    **values,
                    "unit_id": unit.id,
                    "round": (past[0].round if past else 0) + 1,
                    "submitted_at": now,
                    "waiting_since": now,
                    "content": contents[document.id],
                    "digest": digests[document.id],
                }
            )
        requests = self.env["club.approval.request"].sudo()._create_guarded(vals_list)
        self.env["club.approval.signature"].sudo()._create_guarded(
            [
                {**row, "request_id": request.id, "company_id": request.company_id.id}
                for request, rows in zip(requests, rows_list, strict=True)
                for row in rows
            ]
        )
        return requests.with_context(club_lock=None)

    def _prepare_approval(self, policy, added):
        """Return the values of the request and the band.

        :param added: requests whose amounts count along
        """
        self.ensure_one()
        amount, currency = self._count_approval_amount()
        own = self._convert_approval_amount(amount, currency)
        total = own + sum(abs(Decimal(str(request.amount))) for request in added)
        band = policy._get_band_of(total)
        values = {
            "name": self.display_name,
            "subject": self._get_approval_subject(),
            "res_model": self._name,
            "res_id": self.id,
            "document_type": policy.document_type,
            "state": WAITING,
            "company_id": self.company_id.id,
            "applicant_id": self.env.uid,
            "author_id": self.create_uid.id,
            "amount": float(own),
            "amount_document": float(abs(Decimal(str(amount)))),
            "currency_document_id": currency.id if currency else False,
            "key": self._get_approval_key(),
            "added_ids": [Command.set(added.ids)],
            "amount_total": float(total),
            "band_above": band.amount_above,
            "band_to": band.amount_to,
            "policy_id": policy.id,
            "double_seat": policy.double_seat,
            "remind_days": policy.remind_days,
            "escalate_days": policy.escalate_days,
            "escalate_body_id": policy.escalate_body_id.id,
        }
        return values, band

    def _count_approval_amount(self):
        """Return amount and currency, of all lines, whatever the user may read."""
        if self._approval_lines:
            self.invalidate_recordset(list(self._approval_lines))
        return self.sudo()._get_approval_amount()

    def _convert_approval_amount(self, amount, currency, day=None):
        """Return the amount's size in company currency on the day, or in points."""
        amount = abs(Decimal(str(amount)))
        own = self.company_id.currency_id
        if not currency or currency == own or not amount:
            return amount
        day = day or self._get_approval_today()
        rates = self.env["res.currency.rate"].sudo()
        if not rates.search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, self.company_id.root_id.id)),
                ("name", "<=", day),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%(document)s is in %(currency)s, which has no exchange rate to "
                    "%(own)s: enter one first.",
                    document=self.display_name,
                    currency=currency.name,
                    own=own.name,
                )
            )
        converted = currency._convert(float(amount), own, self.company_id, day)
        return Decimal(str(own.round(converted)))

    def _get_approval_today(self):
        return self.env["club.approval.request"]._get_today(self.company_id)

    def _get_added_requests(self, policies):
        """Return other documents' requests whose amounts count along. Rules C3, C6.

        Whoever submits for the same purpose at the same moment waits: writing the
        policy's row makes the second start anew, and see the first.

        :return: ``{document: requests}``
        """
        for policy in self._get_adding(policies):
            self.env.cr.execute(
                "UPDATE club_approval_policy SET window_days = window_days"
                " WHERE id = %s",
                [policy.id],
            )
        return self._find_added_requests(policies)

    def _get_adding(self, policies):
        """Return the documents whose amounts add up with those of others, by policy."""
        adding = self.filtered(lambda d: policies[d].add_up and d._get_approval_key())
        return adding.grouped(policies.get)

    def _get_adding_unit(self):
        """Return the unit within which amounts add up: none, where over all units."""
        units = self.env["crm.team"]
        return units if self._approval_spans_units else self._get_approval_unit()

    def _find_added_requests(self, policies):
        """Return the same as `_get_added_requests` without holding anybody up."""
        requests = self.env["club.approval.request"].sudo()
        spans, everywhere = self._approval_spans_units, self.env["crm.team"]
        result = dict.fromkeys(self, requests)
        for policy, documents in self._get_adding(policies).items():
            since = fields.Datetime.now() - timedelta(days=policy.window_days)
            found = requests.search(
                [
                    ("company_id", "=", policy.company_id.id),
                    ("document_type", "=", policy.document_type),
                    ("key", "in", [d._get_approval_key() for d in documents]),
                    ("submitted_at", ">=", since),
                    ("state", "in", (WAITING, APPROVED, DONE)),
                ]
            ).grouped(lambda r: (r.key, everywhere if spans else r.unit_id))
            for document in documents:
                purpose = document._get_approval_key(), document._get_adding_unit()
                own = self._name, document.id
                result[document] = found.get(purpose, requests).filtered(
                    lambda r, own=own: (r.res_model, r.res_id) != own
                )
        return result

    def _get_policy_holders(self, policies):
        """Return who holds the seats today that may have to sign, in any band.

        :return: ``{company: {key: [Holder]}}``
        """
        kinds = {
            (d.company_id, policies[d], d._get_approval_unit().id): d for d in self
        }
        keys = defaultdict(set)
        for (company, policy, _unit), document in kinds.items():
            unit = document._get_approval_unit()
            for stage in policy.band_ids.stage_ids:
                keys[company].update(stage._get_keys(unit))
            if policy.fallback_body_id:
                keys[company].add(("body", policy.fallback_body_id.id))
        requests_sudo = self.env["club.approval.request"].sudo()
        return {
            company: requests_sudo._get_holders_today(company, found - {NO_UNIT})
            for company, found in keys.items()
        }

    def _plan_signers(self, policy, band, unit, barred_users, holders):
        """Return the kernel's plan of who signs this document.

        :param holders: who holds the seats today, by key
        """
        stages = [stage._get_keys(unit) for stage in band.stage_ids.sorted("sequence")]
        ladder = [
            key
            for other in policy.band_ids.sorted("amount_above")
            if other.amount_above > band.amount_above
            for stage in other.stage_ids.sorted("sequence")
            for key in stage._get_keys(unit)
        ]
        fallback = policy.fallback_body_id
        if any(NO_UNIT in stage for stage in stages):
            raise UserError(
                self.env._(
                    "%s: choose the applying unit, whose head confirms first.",
                    self.display_name,
                )
            )
        barred = frozenset(
            key
            for key, found in holders.items()
            if found and all(barred_users & {h.user_id, h.seat_user_id} for h in found)
        )
        try:
            return approval_plan.plan(
                stages,
                [key for key in ladder if key != NO_UNIT],
                barred,
                ("body", fallback.id) if fallback else None,
            )
        except approval_plan.NobodyLeft as error:
            raise UserError(
                self.env._(
                    "%(document)s would be signed by its own applicant, who alone sits "
                    "in %(body)s: seat somebody else there, or name a body that signs "
                    "in the applicant's place in the policy %(policy)s.",
                    document=self.display_name,
                    body=self._get_key_label(error.key),
                    policy=policy.name,
                )
            ) from error

    def _get_key_label(self, key):
        kind, record_id = key
        model = "club.body" if kind == "body" else "crm.team"
        return self.env[model].sudo().browse(record_id).name

    def _prepare_signatures(self, plan, holders, barred):
        """Return the values of the signatures; the lowest stage is asked at once."""
        requests_sudo = self.env["club.approval.request"].sudo()
        first = min(signer.stage for signer in plan.signers)
        columns = {"body": "body_id", "unit": "unit_id"}
        rows = [
            {
                "stage": omission.stage,
                columns[omission.key[0]]: omission.key[1],
                "state": OMITTED,
                "comment": self.env._(
                    "Nobody but the applicant could sign: %s signs in its place.",
                    ", ".join(self._get_key_label(key) for key in omission.by),
                ),
            }
            for omission in plan.omissions
        ]
        for signer in plan.signers:
            row = {
                "stage": signer.stage,
                columns[signer.key[0]]: signer.key[1],
                "state": LATER,
                "instead_of": self._get_key_label(signer.instead_of)
                if signer.instead_of
                else False,
            }
            if signer.stage == first:
                able = requests_sudo._filter_able(holders[signer.key], barred)
                row.update(
                    state=OPEN,
                    asked_since=fields.Datetime.now(),
                    asked_names=requests_sudo._get_asked_names(able),
                )
            rows.append(row)
        return rows
