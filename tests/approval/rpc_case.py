"""Both doors for RPC, and a document of each kind at each step to attack."""

import json
from datetime import timedelta
from itertools import count

import psycopg2

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.service.model import call_kw
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ..attempts import Attempts
from ..common import ClubFixture
from ..shared_world import forget_values, shared
from .documents import find_tables

REFUSALS = {
    f"odoo.exceptions.{name}"
    for name in ("AccessError", "UserError", "ValidationError", "MissingError")
}
# Whose tables are watched beside those of documents to sign: their trail, who signs,
# and what they bring about.
WATCHED = (
    *("club.approval.", "club.body", "club.membership", "club.program", "club.points."),
    *("mail.activity", "ir.default"),
)
# Context keys that open locks elsewhere, and those that sound like ours.
KEYS = {
    "club_lock": "LOCK",
    "club_policy_saved": True,
    "club_approval": True,
    "skip_validation_check": True,
    "_force_unlink": True,
    "install_mode": True,
    "active_test": False,
    "tracking_disable": True,
    "su": True,
    "default_approval_state": "done",
    "default_state": "done",
    "default_create_uid": 1,
}
DOORS = ("call_kw", "json/2")
# Where both doors lead to: the same call without a server and a wire in between.
DIRECT = "direct"


class RpcCase(ClubFixture, HttpCase):
    _turns = count()
    # Beginnings of the names of the models that an attacker might find to change.
    _watched = WATCHED

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tables = find_tables(cls.env, cls._watched)
        cls._knocked = set()  # what has gone through which door in this class
        cls._logins = {}

    def setUp(self):
        super().setUp()
        self._caller = None
        self._keys = {}

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule")
    def _call(self, door, user, model, method, ids=None, **kwargs):
        """Call a method through ``door``; return (result, name of the error).

        :param ids: the records; None calls a method of the model
        """
        self.env.flush_all()
        send = {
            "call_kw": self._call_kw,
            "json/2": self._call_json2,
            DIRECT: self._call_direct,
        }[door]
        result, error = send(user, model, method, ids, kwargs)
        forget_values(self.env)
        return result, error

    def _call_kw(self, user, model, method, ids, kwargs):
        """As the web client does, in a session."""
        if self._caller != user:
            self.authenticate(user.login, user.login)
            self._caller = user
        args = [] if ids is None else [ids]
        kwargs = dict(kwargs)
        if method == "create":
            args.append(kwargs.pop("vals_list"))
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()
        error = answer.get("error")
        return answer.get("result"), error and error["data"]["name"]

    def _call_direct(self, user, model, method, ids, kwargs):
        """As both doors do once they know the user, rolled back when it is refused."""
        args, kwargs = json.loads(json.dumps([[] if ids is None else [ids], kwargs]))
        if method == "create":
            args.append(kwargs.pop("vals_list"))
        env = self.env(user=user.id, su=False, context={})
        try:
            with self._attempts.attempt():
                result = call_kw(env[model], method, args, kwargs)
        except psycopg2.IntegrityError:  # the server says it in a sentence
            return None, f"{ValidationError.__module__}.{ValidationError.__name__}"
        except Exception as error:  # noqa: BLE001 (whatever it is, the test judges)
            return None, f"{type(error).__module__}.{type(error).__name__}"
        return result, None

    def _call_json2(self, user, model, method, ids, kwargs):
        """As a script does, with an API key and no session."""
        if self._caller:
            self.authenticate(None, None)
            self._caller = None
        if user not in self._keys:
            # Without an end: PostgreSQL's clock judges it, which no test freezes.
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            self._keys[user] = keys._generate(None, "test", None)
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(kwargs if ids is None else {"ids": ids, **kwargs}),
            headers={
                "Authorization": f"Bearer {self._keys[user]}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )
        if answer.status_code == 200:
            return answer.json(), None
        return None, answer.json()["name"]

    def _call_ok(self, user, model, method, ids=None, **kwargs):
        """Call what is allowed; return the result."""
        result, error = self._call("call_kw", user, model, method, ids, **kwargs)
        self.assertFalse(error, (user.login, model, method))
        return result

    def _get_login(self, user):
        """Return a user's login, which no call changes, without asking again."""
        if user.id not in self._logins:
            self._logins[user.id] = user.login
        return self._logins[user.id]

    # === Nothing may change === #

    def _get_prints(self):
        """Return the number and the fingerprint of the rows of each table."""
        self.env.flush_all()
        self.env.cr.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), md5(string_agg(t::text, '' ORDER BY t))"
                f" FROM {table} t"
                for table in self.tables
            )
        )
        return {table: found for table, *found in self.env.cr.fetchall()}

    def _assert_refused(self, users, model, method, ids=None, doors=DOORS, **kwargs):
        """Refused to each user, and nothing came of it; see `_assert_harmless`."""
        self._assert_harmless(users, model, method, ids, doors, REFUSALS, **kwargs)

    def _assert_harmless(
        self, users, model, method, ids=None, doors=DOORS, errors=None, **kwargs
    ):
        """Nothing came of it, whether or not it was refused.

        Each user calls directly; through each door goes one of them, in turn, where the
        class hasn't sent it these arguments of this method yet, so that every door sees
        every model, method and argument, and all users.
        """
        users = list(users)
        turn = next(self._turns)
        calls = [(DIRECT, user) for user in users]
        for number, door in enumerate(doors):
            what = (door, model, method, *sorted(kwargs))
            if what not in self._knocked:
                self._knocked.add(what)
                calls.append((door, users[(turn + number) % len(users)]))
        before = self._get_prints()
        tried = []

        def try_out(calls):
            for door, user in calls:
                result, error = self._call(door, user, model, method, ids, **kwargs)
                login = self._get_login(user)
                told = (door, login, model, method, ids, kwargs, result, error)
                tried.append(told)
                if errors:
                    self.assertIn(error, errors, told)

        with Attempts(self.env.cr) as self._attempts:
            try_out(calls[: len(users)])
        try_out(calls[len(users) :])
        after = self._get_prints()
        changed = {name for name in self.tables if before[name] != after[name]}
        self.assertFalse(changed, tried)


class AttackCase(RpcCase):
    """Five kinds of documents: draft, waiting for signatures, and signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_seats()
        cls._set_up_attacks()

    @classmethod
    @shared
    def _set_up_attacks(cls):
        cls.signers["unit"] = cls.lead
        cls.stranger = cls._create_employee("stranger")
        cls.other_manager = cls._create_user("user", "other_manager")
        cls.club_admin = cls._create_user("admin")
        cls.leader, cls.head = cls.signers["leader"], cls.signers["key_accounts"]
        names = [f"Account {number}" for number in range(3)]
        cls.accounts = [*cls._create_accounts(names, club_unit_id=cls.unit.id)]
        for account in (cls.account_a, *cls.accounts):
            cls._add_revenue(account, 60_000)
        case = cls("_set_up_documents")
        case._set_up_documents()
        cls.everybody = (
            *(cls.clerk, cls.officer, cls.lead, cls.finance, cls.auditor),
            *(cls.other_manager, cls.leader, cls.stranger),
        )

    def _set_up_documents(self):
        """Fill `drafts`, `waiting` and `signed`: a document by kind."""
        cls = type(self)
        self._post_run()
        self._end_terms()  # so that they can be requalified
        cls.klass = self.env["club.account.class"].create(
            {
                "name": "Partner",
                "code": "partner",
                "floor_ids": [
                    Command.create(
                        {
                            "group_id": self.membership.id,
                            "tier_id": self.membership.tier_ids[1].id,
                        }
                    )
                ],
            }
        )
        cls.kinds = {
            "adjustment": (self.clerk, "club.points.adjustment"),
            "rate": (self.lead, "club.points.rate"),
            "class": (self.officer, "club.account.classification"),
            "override": (self.officer, "club.tier.override"),
            "requalification": (self.officer, "club.requalification"),
        }
        cls.drafts, cls.waiting, cls.signed = {}, {}, {}
        for number, found in enumerate((cls.signed, cls.waiting, cls.drafts)):
            for kind in self.kinds:
                document = self._create_document(kind, number)
                if kind == "requalification":
                    document.action_prepare()
                    self._give_reasons(document)
                    # Their terms ended with a year in which they earned nothing.
                    for line in document.line_ids:
                        line.write(
                            {
                                "decided_tier_id": line.membership_id.tier_id.id,
                                "override_reason": "Kept by contract",
                            }
                        )
                found[kind] = document
                if found is not cls.drafts:
                    document.action_submit()
                if found is cls.signed:
                    self._sign_all(document)
        self.env.flush_all()

    def _create_document(self, kind, number=0, user=None, **values):
        applicant, model = self.kinds[kind]
        documents = self.env[model].with_user(user or applicant)
        return documents.create({**self._prepare_document(kind, number), **values})

    def _prepare_document(self, kind, number=0):
        """Return the values of a document that can be submitted."""
        account = self.accounts[number]
        today = fields.Date.today()
        first = (today + timedelta(days=32)).replace(day=1)
        return {
            "adjustment": {
                "program_id": self.program.id,
                "unit_id": self.unit.id,
                "reason": "Goodwill",
                "line_ids": [[0, 0, {"account_id": account.id, "points": 20_000}]],
            },
            "rate": {
                "program_id": self.program.id,
                "category_id": self.categ_letters.id,
                "value": 0.25 + number,
                "date_from": str(first),
                "note": "Costs went up",
            },
            "class": {
                "account_id": account.id,
                "class_id": self.klass.id,
                "company_id": self.company.id,
                "date_from": str(today),
                "reason": "Framework contract",
            },
            "override": {
                "account_id": account.id,
                "group_id": self.membership.id,
                "tier_id": self.membership.tier_ids[2].id,
                "reason": "Signed with the bureau",
            },
            "requalification": {
                "program_id": self.program.id,
                "date_from": str(today - timedelta(days=400)),
                "date_to": str(today),
            },
        }[kind]

    # === Signing === #

    def _sign(self, user, document, method="action_sign", door="call_kw", **kwargs):
        return self._call(door, user, document._name, method, document.ids, **kwargs)

    def _assert_signs(self, user, document):
        _result, error = self._sign(user, document)
        self.assertFalse(error, user.login)

    def _get_signatures(self, document):
        return document.sudo().approval_request_id.signature_ids

    def _assert_refused_to_decide(self, users, document):
        for method, kwargs in (
            ("action_sign", {}),
            ("action_sign", {"comment": "Agreed", "context": KEYS}),
            ("action_reject", {"reason": "No"}),
        ):
            self._assert_refused(users, document._name, method, document.ids, **kwargs)

    def _submit(self, kind, user):
        document = self._create_document(kind, user=user)
        document.action_submit()
        return document.with_env(self.env)

    def _create_substitute(self, seat, user):
        today = fields.Date.today()
        return self.env["club.body.substitute"].create(
            {
                "seat_id": seat.id,
                "user_id": user.id,
                "date_from": today - timedelta(days=1),
                "date_to": today + timedelta(days=1),
            }
        )

    def _get_values(self, record):
        """Return the values of a record, as RPC writes them."""
        names = [name for name, field in record._fields.items() if field.store]
        values = record.sudo().read(names, load=False)[0]
        return {
            name: str(value) if hasattr(value, "year") else value
            for name, value in values.items()
            if isinstance(value, (int, str, dict)) or hasattr(value, "year")
        }
