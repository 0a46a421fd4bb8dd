"""Any method that RPC may call, with any arguments, as anybody. Issue 4."""

import inspect
import json
import random
import re
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger
from odoo.tools.json import json_default

from ..approval.rpc_case import AttackCase
from ..attempts import Attempts
from ..common import GROUPS, TODAY
from ..shared_world import shared
from . import rpc_methods
from .rights_case import RightsCase
from .rpc_clock import TooLong, clock, time_limit
from .rpc_values import Values
from .rpc_watch import Watch

ROLES = {
    "Employee": "base.group_user",
    **{
        role.title(): f"{GROUPS}{role}"
        for role in (
            *("signer", "user", "clerk", "lead", "finance", "auditor", "officer"),
            "admin",
        )
    },
    "Odoo Manager": "sales_team.group_sale_manager,account.group_account_manager,"
    "base.group_partner_manager",
    "Portal": "base.group_portal",
    "Public": "base.group_public",
}
OUTSIDERS = ("Portal", "Public")
CALLS = 4  # one after the other, each on what those before have left
BLOCK = 40  # episodes in a row as the same role
SECONDS = 10  # of a statement, and of a call
MUTED = (
    *("odoo.sql_db", "odoo.models", "odoo.fields", "odoo.domains", "odoo.orm"),
    *("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
    *("odoo.addons.mail", "odoo.addons.base", "odoo.api", "odoo.service.model"),
    *("odoo.addons.web", "odoo.tools", "odoo.addons.base_import", "py.warnings"),
)


class Call(NamedTuple):
    """A call as a client sends it."""

    user: Any
    method: rpc_methods.Method
    args: list
    kwargs: dict

    def __str__(self):
        told = json.dumps([self.args, self.kwargs], ensure_ascii=True)
        told = re.sub(r"\[{9,}", "[…", re.sub(r"\]{9,}", "…]", told))
        name = f"{self.method.model}.{self.method.name}"
        return f"{name} {re.sub(r'a{9,}', 'a…', told)[:500]}"


class _Undo(Exception):
    """Takes back what an episode did."""


@freeze_time(TODAY)
class RpcFuzzCase(RightsCase):
    """Records of each model in each place, documents at each step, a posted month.

    An *episode* is a few calls by one user, drawn from a number, its seed.
    """

    SEATS = AttackCase.SEATS
    _attempts = None
    _create_document = AttackCase._create_document
    _prepare_document = AttackCase._prepare_document
    _set_up_documents = AttackCase._set_up_documents

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls._set_up_fuzz()

    @classmethod
    @shared
    def _set_up_fuzz(cls):
        cls.signers["unit"] = cls.lead
        names = [f"Account {number}" for number in range(3)]
        cls.accounts = [*cls._create_accounts(names, club_unit_id=cls.unit.id)]
        for account in (cls.account_a, *cls.accounts):
            cls._add_revenue(account, 60_000)
        cls("_set_up_documents")._set_up_documents()
        cls._seat_the_user()
        cls.outsiders = {
            role: new_test_user(cls.env, f"rpc_{role.lower()}", groups=ROLES[role])
            for role in OUTSIDERS
        }
        cls.env.flush_all()
        cls.cr.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        cls.methods = rpc_methods.find_methods(cls.env)
        cls.own = [m for m in cls.methods if m.is_own and not m.is_generic]
        cls.overridden = [m for m in cls.methods if m.is_own and m.is_generic]
        cls.own_keys = rpc_methods.find_own_keys()
        cls.records = cls._find_records()
        cls.parameters = {}
        cls.watch = Watch(cls.env(su=True), cls.other)
        cls.figures, cls.faults, cls.odoos = Counter(), {}, Counter()
        cls.tried = set()
        cls.role = None

    def setUp(self):
        super().setUp()
        type(self).role = None  # what the last test made of the user is undone

    @classmethod
    def _seat_the_user(cls):
        """Let him sign as anybody's substitute."""
        seats = cls.env["club.body.seat"].search(
            [
                ("body_id.company_id", "=", cls.company.id),
                ("user_id", "!=", cls.user.id),
            ]
        )
        cls.env["club.body.substitute"].create(
            [
                {
                    "seat_id": seat.id,
                    "user_id": cls.user.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": TODAY + timedelta(days=300),
                }
                for seat in seats
                if not seat.substitute_ids
            ]
        )

    @classmethod
    def _find_records(cls):
        """Return ``{model: ids}`` of what calls are about; a foreign company last."""
        records = {
            "res.company": [cls.company.id, cls.other.id],
            "res.users": [cls.user.id, cls.lead.id, cls.stranger.id],
            "crm.team": [cls.unit.id, cls.other_unit.id],
            "product.category": [cls.categ_letters.id, cls.categ_parcels.id],
            "res.partner": [cls.account_a.id, cls.account_b.id, cls.lead.partner_id.id]
            + [account.id for account in cls.accounts],
        }
        documents = [d for kind in (cls.drafts, cls.waiting) for d in kind.values()]
        records["ir.attachment"] = (
            cls.env["ir.attachment"]
            .create(
                [
                    {"name": "a", "raw": b"a", "res_model": d._name, "res_id": d.id}
                    for d in documents
                ]
            )
            .ids
        )
        records["crm.lead"] = cls.env["crm.lead"].create({"name": "A lead"}).ids
        for model, places in cls.samples.items():
            sampled = [record.id for record in places.values()]
            if not cls.env[model]._auto:
                records[model] = sampled
                continue
            found = cls.env[model].sudo().with_context(active_test=False)
            records[model] = (
                sampled
                + found.search(
                    [("id", "not in", sampled)], limit=40, order="id desc"
                ).ids
            )
        return records

    # === Roles === #

    def _take_role(self, role):
        if role == self.role:
            return
        type(self).role = role
        if role not in OUTSIDERS:
            self._take_groups(ROLES[role])
        self.env.flush_all()
        self.env.invalidate_all()
        type(self).watch = Watch(self.env(su=True), self.other)

    # === Episodes === #

    def fuzz(self, seed, episodes=None, seconds=None):
        """Try episodes from ``seed`` on, so many or so long."""
        began = clock()
        number = 0
        while number != episodes and not (seconds and clock() - began > seconds):
            self.try_episode(seed + number)
            number += 1
        if self.watch.print_all() != self.watch.all:
            self._note_fault(seed, "an episode wasn't undone", None)
        self.figures["episodes"] += number

    def get_result(self):
        """Return figures and faults, as `./dev fuzz` reports them."""
        return {
            "methods": len(self.methods),
            "methods of ours": len(self.own) + len(self.overridden),
            "roles": len({method[0] for method in self.tried}),
            "methods tried": len({method[1:] for method in self.tried}),
            "methods tried as a role": len(self.tried),
            "examples": self.figures["calls"],
            **self.figures,
            "refused by Odoo's own code, most often": dict(self.odoos.most_common(30)),
            "faults": sorted(self.faults.values()),
        }

    @mute_logger(*MUTED)
    def try_episode(self, seed):
        roles = list(ROLES)
        self._take_role(roles[seed // BLOCK % len(roles)])
        user = self.outsiders.get(self.role, self.user)
        draw = random.Random(seed)
        values = Values(draw, self.env(su=True), self.records, self.own_keys)
        with suppress(_Undo), self.env.cr.savepoint():
            with Attempts(self.env.cr) as self._attempts:
                for _ in range(CALLS):
                    self._try_call(seed, self._draw_call(user, values))
            raise _Undo
        self._attempts = None
        self._forget()

    def _draw_call(self, user, values):
        pools = (self.own, self.own, self.overridden, self.methods)
        method = values.pick(values.pick(pools))
        if method not in self.parameters:
            self.parameters[method] = rpc_methods.get_parameters(self.env, method)
        args = [values.ids(method.model)] if method.takes_ids else []
        kwargs = {}
        for name, default in self.parameters[method].items():
            if default is not inspect.Parameter.empty and values.chance(0.5):
                continue
            kwargs[name] = values.argument(method.model, name)
        if method.name == "create":
            # Odoo looks at the first positional argument.
            args.append(kwargs.pop("vals_list", {}))
        if context := values.context(method.model):
            kwargs["context"] = context
        # As it arrives.
        args, kwargs = json.loads(json.dumps([args, kwargs]))
        return Call(user, method, args, kwargs)

    def _try_call(self, seed, call):
        self.tried.add((self.role, *call.method[:2]))
        self.figures["calls"] += 1
        before = self.watch.count_writes()
        began = clock()
        error = self._dispatch(call)
        seconds = clock() - began
        if seconds > SECONDS:
            self._note_fault(seed, f"took {seconds:.0f} s", call)
        if error is None:
            self.figures["accepted"] += 1
            if self.watch.count_writes() != before:
                self.figures["writes"] += 1
                may_write = self.role not in OUTSIDERS
                for fault in self.watch.find_faults(call.user, may_write):
                    self._note_fault(seed, fault, call)
        elif rpc_methods.is_refusal(error):
            self.figures["refused"] += 1
        elif self._is_odoos(call, error):
            self.figures["refused by Odoo's own code"] += 1
            self.odoos[f"{call.method.name}: {rpc_methods.describe(error)}"] += 1
        else:
            self._note_fault(seed, f"{rpc_methods.describe(error)}: {error}", call)

    def _note_fault(self, seed, what, call):
        self.figures["faults"] += 1
        # One of a kind is enough to mend it.
        key = (what.partition(":")[0], call and call.method.name)
        told = f"seed {seed} as {self.role}: {what.strip()[:300]} | {call}"
        self.faults.setdefault(" ".join(map(str, key)), told)

    # === Calls === #

    def _attempting(self, cr):
        """Return the context of a call: with a savepoint of its own, unless the test
        has one for many calls.
        """
        return self._attempts.attempt() if self._attempts else cr.savepoint()

    def _dispatch(self, call, function=call_kw, keep=True, forget=True):
        """Call as `odoo.service.model.retrying` does; return the error, if any.

        :param keep: whether what it did stays
        :param forget: whether what was read is read anew after an error
        """
        env = self.env(user=call.user.id, context={}, su=False)
        cr = env.cr
        self.env.transaction.default_env = env
        try:
            with time_limit(2 * SECONDS), self._attempting(cr):
                method = call.method
                model = env[method.model]
                result = function(model, method.name, call.args, call.kwargs)
                json.dumps(result, default=json_default)
                cr.flush()
                if not keep:
                    raise _Undo
        except IntegrityError as error:
            self._forget()
            # Names the constraint that it broke, or fails.
            cls = [
                c for c in self.registry.values() if c._table == error.diag.table_name
            ]
            model = env[cls[0]._name] if cls else env["base"]
            try:
                model._sql_error_to_message(error)
            except Exception as unclear:
                return unclear
            return UserError(str(error))
        except _Undo:
            self._forget()
        except (Exception, TooLong) as error:
            if forget:
                self._forget()
            return error
        return None

    def _forget(self):
        """Forget what a call left in memory that was undone."""
        self.env.cr.clear()
        self.env.transaction.clear()
        self.registry.reset_changes()

    def _is_odoos(self, call, error):
        """Tell whether Odoo alone would have failed too: then it isn't ours to mend.

        It is asked as superuser: rights don't hide that the arguments are nonsense.
        """
        if isinstance(error, TooLong):
            return False
        if not rpc_methods.get_own_frames(error) or self._has_broken_context(call):
            return True
        method = call.method
        if _has_broken_values(call.kwargs):
            return True
        if not method.is_own and not method.is_generic:
            return False
        cls = type(self.env[method.model])
        theirs = [
            vars(base)[method.name]
            for base in cls.mro()
            if not base.__module__.startswith(rpc_methods.OURS)
            and method.name in vars(base)
        ]
        if not theirs:
            return False

        def without_ours(model, _name, args, kwargs):
            kwargs = dict(kwargs)
            recs = model = model.sudo()
            if method.takes_ids:
                recs, args = model.browse(args[0]), args[1:]
            context = kwargs.pop("context", None) or {}
            recs = recs.with_context(context)  # pylint: disable=context-overridden
            return theirs[0](recs, *args, **kwargs)

        alone = self._dispatch(call, without_ours, keep=False)
        return alone is not None and not rpc_methods.is_refusal(alone)

    def _has_broken_context(self, call):
        """Tell whether Odoo itself stumbles over the language or the companies."""

        def look(model, _name, _args, kwargs):
            context = kwargs.get("context") or {}
            asked = model.with_context(context)  # pylint: disable=context-overridden
            env = asked.env
            str((env.lang, env.tz, env.company.name, env.companies.ids))

        def look_as_superuser(model, *args):
            look(model.sudo(), *args)

        errors = [
            self._dispatch(call, f, keep=False) for f in (look, look_as_superuser)
        ]
        return any(e is not None and not rpc_methods.is_refusal(e) for e in errors)


def _has_broken_values(kwargs):
    """Tell whether what is to be written isn't written as values at all."""
    values = [kwargs[key] for key in ("vals", "values", "update_vals") if key in kwargs]
    rows = kwargs.get("vals_list", [])
    values += rows if isinstance(rows, list) else [rows]
    return not all(isinstance(value, dict) for value in values)
