"""Submitting: what counts, which band, which stages, who signs. Rule C3."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import Command, fields
from odoo.exceptions import UserError

from ...kernel import approval_plan
from ...kernel.approval_bands import Band, find_band
from ..record.names import join
from .amounts import convert
from .club_body import BODY, UNIT
from .states import APPROVED, DONE, LATER, OMITTED, OPEN, WAITING
from .turns import Turns, filter_able

# Who confirms a document that names no unit: nobody can.
NO_UNIT = (UNIT, False)
COLUMNS = {BODY: "body_id", UNIT: "unit_id"}


class Count(NamedTuple):
    """What a document counts: its amount as it says it, that of its own in the
    company's currency or points, that with all that counts along; and its band.
    """

    amount: float
    currency: object
    own: Decimal
    total: Decimal
    band: Band


class Foreseen(NamedTuple):
    """What submitting a document now would ask for.

    ``added``: requests, as superuser; ``names``: who is asked, by key.
    """

    count: Count
    added: object
    plan: approval_plan.Plan
    names: dict


class Submission:
    """Documents of one model that the user submits at the same moment.

    :param documents: they ask whatever the user may read; policies, requests and seats
        are looked at as superuser
    :param policies: ``{document: policy}`` where they are known
    """

    def __init__(self, documents, policies=None):
        # sudo: nobody has rights on requests; these are made for who submits
        self._documents = documents
        self._env = documents.env
        self._requests_sudo = self._env["club.approval.request"].sudo()
        self._policies = self._get_policies() if policies is None else policies
        self._stages = {}

    def _get_policies(self):
        policies = self._env["club.approval.policy"]
        kinds = {d: (d._get_approval_type(), d.company_id) for d in self._documents}
        found = {kind: policies._get_for(*kind) for kind in set(kinds.values())}
        return {document: found[kind] for document, kind in kinds.items()}

    # === Requests === #

    def create_requests(self):
        """Copy band, stages and content of each document into a request, and ask who
        signs first.

        Of documents with one purpose the later ones count the earlier ones' amounts,
        also when they are submitted together. Rules C3, C6.
        """
        contents = self._documents._get_approval_contents()
        digests = self._documents._get_approval_digests(contents)
        holders = self._get_holders()
        requests = {}
        for documents in self._split_by_purpose():
            created = self._create_at_once(documents, contents, digests, holders)
            requests.update(zip(documents, created, strict=True))
        result = self._requests_sudo.union(*(requests[d] for d in self._documents))
        Turns(result, holders).ask_first()
        return result

    def _split_by_purpose(self):
        """Return the documents in batches: in none does a purpose occur twice."""
        batches = defaultdict(self._documents.browse)
        met = Counter()
        for document in self._documents:
            policy = self._policies[document]
            key = policy.add_up and document._get_approval_key()
            purpose = policy, self._get_adding_unit(document), key
            batches[met[purpose] if key else 0] |= document
            met[purpose] += 1
        return list(batches.values())

    def _create_at_once(self, documents, contents, digests, holders):
        self._hold_policies(documents)
        policies = {document: self._policies[document] for document in documents}
        added = documents._find_added_requests(policies)
        now = fields.Datetime.now()
        alike = {}
        vals_list, rows_list = [], []
        for document in documents:
            policy, company = policies[document], document.company_id
            unit = document._get_approval_unit()
            units = document._get_approval_units()
            barred = self._get_barred(document)
            document_sudo = document.sudo()  # nobody has rights on its requests
            values, band = self._prepare_request(document, policy, added[document])
            kind = policy, band, units, company, barred
            if kind not in alike:
                plan = self._plan_signers(
                    document, policy, band, barred, holders[company]
                )
                alike[kind] = self._prepare_signatures(plan, holders[company], barred)
            rows_list.append(alike[kind])
            vals_list.append(
                {
                    **values,
                    "unit_id": unit.id,
                    "round": document_sudo.approval_request_id.round + 1,
                    "submitted_at": now,
                    "waiting_since": now,
                    "content": contents[document.id],
                    "digest": digests[document.id],
                }
            )
        requests = self._requests_sudo._create_guarded(vals_list)
        signatures_sudo = self._env["club.approval.signature"].sudo()
        signatures_sudo._create_guarded(
            [
                {**row, "request_id": request.id, "company_id": request.company_id.id}
                for request, rows in zip(requests, rows_list, strict=True)
                for row in rows
            ]
        )
        return requests

    def _prepare_request(self, document, policy, added):
        """Return the values of the request and the band.

        :param added: requests whose amounts count along
        """
        # sudo: the request's name is the same for all who read it
        count = self._count(document, policy, added)
        amount, currency, own, total, band = count
        values = {
            # As superuser, like the activities that will show it: Odoo keeps a name
            # apart for each, where it depends on who reads it.
            "name": document.sudo().display_name,
            "subject": document._get_approval_subject(),
            "res_model": document._name,
            "res_id": document.id,
            "document_type": policy.document_type,
            "state": WAITING,
            "company_id": document.company_id.id,
            "applicant_id": self._env.uid,
            "author_id": document.create_uid.id,
            "amount": float(own),
            "amount_document": float(abs(Decimal(str(amount)))),
            "currency_document_id": currency.id if currency else False,
            "key": document._get_approval_key(),
            "added_ids": [Command.set(added.ids)],
            "amount_total": float(total),
            "band_above": float(band.above),
            "band_to": float(band.up_to or 0),
            "policy_id": policy.id,
            "double_seat": policy.double_seat,
            "is_countersigned": document._approval_countersigned,
            "remind_days": policy.remind_days,
            "escalate_days": policy.escalate_days,
            "escalate_body_id": policy.escalate_body_id.id,
        }
        return values, band

    # === Before submitting === #

    def foresee(self):
        """Return what submitting the one document now would ask for. Rule C3.

        :raises UserError: when it couldn't be submitted: nobody could sign
        """
        (document,) = self._documents
        policy, company = self._policies[document], document.company_id
        added = document._find_added_requests(self._policies)[document]
        count = self._count(document, policy, added)
        barred, holders = self._get_barred(document), self._get_holders()[company]
        plan = self._plan_signers(document, policy, count.band, barred, holders)
        asked = {s.key: filter_able(holders[s.key], barred) for s in plan.signers}
        bodies_sudo = self._env["club.body"].sudo()
        names = {
            key: bodies_sudo._get_acting_names(found) for key, found in asked.items()
        }
        return Foreseen(count, added, plan, names)

    def _count(self, document, policy, added):
        amount, currency = document._count_approval_amount()
        own = convert(document, amount, currency)
        total = own + sum(abs(Decimal(str(request.amount))) for request in added)
        # Sums of floats leave dust.
        band = find_band(list(self._get_stages(policy)), round(total, 2))
        return Count(amount, currency, own, total, band)

    def _get_barred(self, document):
        """Return the ids of those who never sign it: applicant and author. Rule E2."""
        return frozenset({self._env.uid, document.create_uid.id} - {False})

    # === What counts along. Rules C3, C6 === #

    def _hold_policies(self, documents):
        """Let whoever submits for the same purpose at the same moment wait: writing the
        policy's row makes the second start anew, and see the first.
        """
        policies = self._get_adding(documents)
        if policies:
            self._env.cr.execute(
                "UPDATE club_approval_policy SET window_days = window_days"
                " WHERE id = ANY(%s)",
                [[policy.id for policy in policies]],
            )

    def _get_adding(self, documents):
        """Return the documents whose amounts add up with those of others, by policy."""
        return documents.filtered(
            lambda d: self._policies[d].add_up and d._get_approval_key()
        ).grouped(self._policies.get)

    def _get_adding_unit(self, document):
        """Return the unit within which amounts add up: none, where over all units."""
        if document._approval_spans_units:
            return self._env["crm.team"]
        return document._get_approval_unit()

    def find_added_requests(self):
        """Return other documents' requests whose amounts count along.

        :return: ``{document: requests}``
        """
        spans = self._documents._approval_spans_units
        everywhere = self._env["crm.team"]
        result = dict.fromkeys(self._documents, self._requests_sudo)
        for policy, documents in self._get_adding(self._documents).items():
            since = fields.Datetime.now() - timedelta(days=policy.window_days)
            found = self._requests_sudo.search_fetch(
                [
                    ("company_id", "=", policy.company_id.id),
                    ("document_type", "=", policy.document_type),
                    ("key", "in", [d._get_approval_key() for d in documents]),
                    ("submitted_at", ">=", since),
                    ("state", "in", (WAITING, APPROVED, DONE)),
                ],
                ("key", "unit_id", "res_model", "res_id", "amount"),
            ).grouped(lambda r: (r.key, everywhere if spans else r.unit_id))
            for document in documents:
                purpose = document._get_approval_key(), self._get_adding_unit(document)
                own = document._name, document.id
                result[document] = found.get(purpose, self._requests_sudo).filtered(
                    lambda r, own=own: (r.res_model, r.res_id) != own
                )
        return result

    # === Who signs === #

    def _get_stages(self, policy):
        if policy not in self._stages:
            self._stages[policy] = policy._get_stages()
        return self._stages[policy]

    def _get_holders(self):
        """Return who holds the seats today that may have to sign, in any band.

        :return: ``{company: {key: [Holder]}}``
        """
        keys = defaultdict(set)
        for document in self._documents:
            policy, found = self._policies[document], keys[document.company_id]
            unit_ids = document._get_approval_units().ids
            for stages in self._get_stages(policy).values():
                for stage in stages:
                    found.update(stage.get_keys(unit_ids))
            if policy.fallback_body_id:
                found.add((BODY, policy.fallback_body_id.id))
        bodies_sudo = self._env["club.body"].sudo()
        return {
            company: bodies_sudo._get_holders_of(company, found - {NO_UNIT})
            for company, found in keys.items()
        }

    def _plan_signers(self, document, policy, band, barred_users, holders):
        """Return the kernel's plan of who signs the document.

        :param holders: who holds the seats today, by key
        """
        unit_ids = document._get_approval_units().ids
        by_band = self._get_stages(policy)
        stages = [stage.get_keys(unit_ids) for stage in by_band[band]]
        ladder = [
            key
            for other, found in by_band.items()
            if other.above > band.above
            for stage in found
            for key in stage.get_keys(unit_ids)
        ]
        fallback = policy.fallback_body_id
        if any(NO_UNIT in stage for stage in stages):
            raise UserError(
                self._env._(
                    "%s: choose the applying unit, whose head confirms first.",
                    document.display_name,
                )
            )
        barred = frozenset(
            key
            for key, found in holders.items()
            if found and not filter_able(found, barred_users)
        )
        try:
            return approval_plan.plan(
                stages,
                [key for key in ladder if key != NO_UNIT],
                barred,
                (BODY, fallback.id) if fallback else None,
            )
        except approval_plan.NobodyLeft as error:
            raise UserError(
                self._env._(
                    "%(document)s would be signed by its own applicant, who alone sits "
                    "in %(body)s: seat somebody else there, or name a body that signs "
                    "in the applicant's place in the policy %(policy)s.",
                    document=document.display_name,
                    body=self.get_key_label(error.key),
                    policy=policy.name,
                )
            ) from error

    def get_key_label(self, key):
        kind, record_id = key
        # sudo: who signs is no secret on the paper that he signs
        model_sudo = self._env["club.body" if kind == BODY else "crm.team"].sudo()
        return model_sudo.browse(record_id).name

    def _prepare_signatures(self, plan, holders, barred):
        """Return the values of the signatures; the lowest stage is asked at once."""
        bodies_sudo = self._env["club.body"].sudo()
        first = min(signer.stage for signer in plan.signers)
        rows = [
            {
                "stage": omission.stage,
                COLUMNS[omission.key[0]]: omission.key[1],
                "state": OMITTED,
                "comment": self._env._(
                    "Nobody but the applicant could sign: %s signs in its place.",
                    join(self._env, [self.get_key_label(key) for key in omission.by]),
                ),
            }
            for omission in plan.omissions
        ]
        for signer in plan.signers:
            row = {
                "stage": signer.stage,
                COLUMNS[signer.key[0]]: signer.key[1],
                "state": LATER,
                "instead_of": self.get_key_label(signer.instead_of)
                if signer.instead_of
                else False,
            }
            if signer.stage == first:
                able = filter_able(holders[signer.key], barred)
                row.update(
                    state=OPEN,
                    asked_since=fields.Datetime.now(),
                    asked_names=bodies_sudo._get_acting_names(able),
                )
            rows.append(row)
        return rows
