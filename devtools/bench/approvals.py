"""Submitting and signing against OCA's base_tier_validation, side by side.

Ours are classes of accounts; the peer's documents are their twin, field by field, in
the same database, with the same accounts and users: an applicant and, for two stages
one after the other, two signatories. ROUNDS rounds of BATCH documents, in alternating
order; every round is rolled back.

Requests: the applicant submits a whole round in one call, as from a list; both take
many records (`action_submit`, `request_validation`). Signatures: each signatory signs
the documents of his stage one by one (`action_sign`, `validate_tier`). Each call runs
as one over RPC does: in a transaction object of its own with nothing cached, and up to
and with the hooks before the commit, which write tracked values and bus messages; only
PostgreSQL's commit itself is left out. Queries are those of the cursor.

Each system tells what it tells by itself. Ours gives an activity to whose turn it is
and logs submission and approval in the chatter; with the last signature it compares the
document with what was submitted and puts it into effect. The peer's definitions tell
nobody unless they are asked to, and a button puts the document into effect
(`confirmations_…`): `documents_…` counts all of it, from submission to effect.
`peer_notifying` is the peer asked to tell whose turn it is, as ours does.
"""

import gc
import os
import statistics
import time

from odoo import Command

from .timing import as_user

ROUNDS = 5
BATCH = 200
WARM_UP = 20
TABLES = (
    *("club_account_classification", "club_approval_request"),
    *("club_approval_signature", "bench_tier_document", "tier_review"),
    *("mail_activity", "mail_message", "mail_followers", "mail_tracking_value"),
    "bus_bus",
)


def measure(env) -> dict:
    """Return the figures; the database is the bench's own."""
    club = _set_up(env)
    sides = [
        Ours(env, **club),
        Peer(env, **club),
        Peer(env, **club, notifying=True),
    ]
    env.cr.commit()
    runs = {side.name: [] for side in sides}
    for side in sides:
        side.run(env, WARM_UP)
    loads = []
    for number in range(ROUNDS):
        _vacuum(env)
        loads.append(round(os.getloadavg()[0], 2))
        for side in sides if number % 2 else reversed(sides):
            runs[side.name].append(side.run(env, BATCH))
            print(f"  {side.name}: {runs[side.name][-1]}", flush=True)
    return {
        "documents": ROUNDS * BATCH,
        "stages": 2,
        "requests": f"{BATCH} documents submitted in one call",
        "signatures": "one document in each call, nothing cached",
        "peer_module": env.ref("base.module_base_tier_validation").latest_version,
        "load_average": loads,
        **{name: _summarize(found) for name, found in runs.items()},
        "rounds": runs,
    }


class Side:
    """Documents of one system and how they are submitted and signed."""

    model = submit = sign = ""

    def __init__(self, env, applicant, signatories, accounts, klass):
        self.applicant = applicant.id
        self.signatories = signatories.ids
        self.accounts = accounts.ids
        self.klass = klass.id

    def run(self, env, count):
        """Return the figures of a round of documents, which is then rolled back."""
        ids = self._create(env, count)
        gc.collect()
        submitting = [_call(env, self.applicant, self.model, ids, self.submit)]
        signing = [
            _call(env, user_id, self.model, [document_id], self.sign)
            for user_id in self.signatories
            for document_id in ids
        ]
        figures = {
            "requests_per_second": count / _seconds(submitting),
            "signatures_per_second": len(signing) / _seconds(signing),
            "queries_per_request": _queries(submitting) / count,
            "queries_per_signature": _queries(signing) / len(signing),
        }
        confirming = self._finish(env, ids)
        if confirming:
            figures["confirmations_per_second"] = count / _seconds(confirming)
            figures["queries_per_confirmation"] = _queries(confirming) / count
        calls = submitting + signing + confirming
        figures["documents_per_second"] = count / _seconds(calls)
        figures["queries_per_document"] = _queries(calls) / count
        env.cr.rollback()
        env.invalidate_all(flush=False)
        return {name: round(value, 2) for name, value in figures.items()}

    def _create(self, env, count):
        with as_user(env, self.applicant) as user_env:
            records = user_env[self.model].create(
                [
                    {
                        "account_id": account_id,
                        "class_id": self.klass,
                        "reason": f"Bench {account_id}",
                    }
                    for account_id in self.accounts[:count]
                ]
            )
            user_env.cr.flush()
            return records.ids

    def _finish(self, env, ids):
        """Make sure that all was signed; return what it took to take effect then."""
        raise NotImplementedError


class Ours(Side):
    """Account classes under a policy of two stages, each of a body with one seat."""

    name = "ours"
    model = "club.account.classification"
    submit, sign = "action_submit", "action_sign"

    def __init__(self, env, applicant, signatories, **others):
        super().__init__(env, applicant, signatories, **others)
        bodies = env["club.body"].create(
            [
                {"name": f"Bench body {number}", "code": f"bench_{number}"}
                for number in (1, 2)
            ]
        )
        env["club.body.seat"].create(
            [
                {
                    "body_id": body.id,
                    "user_id": user.id,
                    "office": "Head",
                    "date_from": "2020-01-01",
                }
                for body, user in zip(bodies, signatories, strict=True)
            ]
        )
        policy = env["club.approval.policy"]._get_for("classification", env.company)
        policy.band_ids.stage_ids = [
            Command.clear(),
            *(
                Command.create(
                    {"sequence": sequence, "body_ids": [Command.set(body.ids)]}
                )
                for sequence, body in enumerate(bodies, start=1)
            ),
        ]

    def _finish(self, env, ids):
        states = set(env[self.model].browse(ids).mapped("approval_state"))
        assert states == {"done"}, states
        return []


class Peer(Side):
    """The twin documents under two definitions in sequence, each of one reviewer."""

    name = "peer"
    model = "bench.tier.document"
    submit, sign = "request_validation", "validate_tier"

    def __init__(self, env, applicant, signatories, notifying=False, **others):
        super().__init__(env, applicant, signatories, **others)
        if notifying:
            self.name = "peer_notifying"
        # The higher sequence is asked first. Those of the other side stay archived.
        self.definitions = (
            env["tier.definition"]
            .create(
                [
                    {
                        "name": f"Bench tier {number}",
                        "model_id": env["ir.model"]._get_id(self.model),
                        "reviewer_id": user.id,
                        "sequence": 30 - number,
                        "approve_sequence": True,
                        "notify_on_pending": notifying,
                        "active": False,
                    }
                    for number, user in enumerate(signatories)
                ]
            )
            .ids
        )

    def run(self, env, count):
        env["tier.definition"].browse(self.definitions).active = True
        env.flush_all()
        return super().run(env, count)

    def _finish(self, env, ids):
        states = set(env[self.model].browse(ids).mapped("validation_status"))
        assert states == {"validated"}, states
        confirmer = self.signatories[-1]
        return [
            _call(env, confirmer, self.model, [document_id], "action_confirm")
            for document_id in ids
        ]


def _set_up(env):
    """Make the users and accounts that both sides share."""
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": name,
                    "login": name.lower().replace(" ", "_"),
                    "group_ids": [Command.set([env.ref(group).id])],
                }
                for name, group in (
                    ("Bench applicant", "crm_club.crm_club_group_officer"),
                    ("Bench signatory one", "base.group_user"),
                    ("Bench signatory two", "base.group_user"),
                )
            ]
        )
    )
    accounts = env["res.partner"].create(
        [
            {"name": f"Bench account {number}", "is_company": True}
            for number in range(BATCH)
        ]
    )
    klass = env["club.account.class"].create({"name": "Bench", "code": "bench"})
    return {
        "applicant": users[0],
        "signatories": users[1:],
        "accounts": accounts,
        "klass": klass,
    }


def _call(env, user_id, model, ids, method):
    """Call a method as RPC does and return its seconds and queries."""
    before, started = env.cr.sql_log_count, time.perf_counter()
    with as_user(env, user_id) as user_env:
        getattr(user_env[model].browse(ids), method)()
        user_env.cr.flush()
    return time.perf_counter() - started, env.cr.sql_log_count - before


def _seconds(calls):
    return sum(seconds for seconds, _count in calls)


def _queries(calls):
    return sum(count for _seconds, count in calls)


def _summarize(runs):
    return {
        name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]
    }


def _vacuum(env):
    """Clear away what the last round left, as autovacuum does in time."""
    connection = env.cr._cnx
    connection.commit()
    connection.autocommit = True
    for table in TABLES:
        env.cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False
