"""Hostile calls over RPC; `./dev fuzz rpc` tries them for as long as one likes."""

import random

from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.record.lock import LOCK
from ..approval.rpc_case import DOORS, REFUSALS, RpcCase
from ..attempts import Attempts
from . import rpc_methods
from .rpc_fuzz_case import BLOCK, MUTED, ROLES, Call, RpcFuzzCase
from .rpc_values import OPERATORS, Values

EPISODES = 16  # of each role
# Ids that no record has, as JSON carries them.
NO_IDS = (["abc"], "abc", [0], [-(2**40)], [2**63], [True], [1.5], [[1]], [{}], [None])
# Odoo's own methods that we extend answer as Odoo does.
EXTENDED = {"message_subscribe", "update_db_foreign_key"}
# What stands in place of a dict, a domain, ids or a text.
JUNK = (5, 1.5, True, "abc", [5], ["abc"], [[1]], [["name"]], {"bogus": [1]}, {"a": {}})
ODD_VALUES = (
    *(True, False, None, 0, 1, -1, 2**63, 0.5, "", "abc", "\x00", "%s"),
    *([], [None], [True, False], [[1]], {}, ["a", 2**63], "2026-13-45"),
)


@tagged("post_install", "-at_install")
class TestRpcFuzz(RpcFuzzCase):
    """Any method, any arguments, anybody: refused in words, or done right. Issue 4."""

    def test_fixed_seeds(self):
        """As each role; a failure is tried again by `./dev fuzz rpc --seed N`."""
        for number in range(len(ROLES)):
            self.fuzz(number * BLOCK, episodes=EPISODES)
        result = self.get_result()
        self.assertFalse(result["faults"], "\n".join(result["faults"]))
        self.assertEqual(result["roles"], len(ROLES))
        self.assertGreater(result["accepted"], 100)
        self.assertGreater(result["refused"], 200)
        self.assertGreater(result["writes"], 5)

    def test_a_seed_draws_the_same_calls_again(self):
        self.try_episode(7)
        first, self.figures["calls"] = set(self.tried), 0
        self.tried.clear()
        self.try_episode(7)
        self.assertEqual(self.tried, first)

    # === What is tried === #

    def test_methods_are_found_by_odoos_rule(self):
        found = {(m.model, m.name) for m in self.methods}
        self.assertGreater(len(self.own), 80)
        for model, name in (
            ("club.points.run", "action_post"),
            ("club.approval.request", "get_to_sign_count"),
            ("club.alias", "write"),
            ("res.partner", "action_open_club_entries"),
            ("res.partner", "formatted_read_group"),
            ("club.points.rate", "message_post"),
        ):
            self.assertIn((model, name), found)
        for model, name in (
            ("club.points.run", "_do_post"),
            ("club.points.entry", "init"),
            ("res.partner", "_compute_club_standing"),
        ):
            self.assertNotIn((model, name), found)

    # === Ids === #

    @mute_logger(*MUTED)
    def test_our_methods_say_so_when_there_is_no_such_record(self):
        """Each of them, also one that nobody thought of here."""
        self._take_role("Admin")
        self._attempts = self.enterContext(Attempts(self.env.cr))
        for method in self.own:
            if not method.takes_ids or method.name in EXTENDED:
                continue
            for ids in NO_IDS:
                error = self._dispatch(Call(self.user, method, [ids], {}), keep=False)
                with self.subTest(method=method[:2], ids=ids):
                    self.assertTrue(rpc_methods.is_refusal(error), error)

    @mute_logger(*MUTED)
    def test_our_methods_answer_junk_in_words(self):
        """Whatever stands in place of a dict, a list of fields, ids or a text."""
        self._take_role("Admin")
        self._attempts = self.enterContext(Attempts(self.env.cr))
        odd = {}
        for method in (*self.own, *self.overridden):
            if not method.model.startswith("club.") or self.env[method.model]._abstract:
                continue
            if method.name in EXTENDED | {"activity_schedule"}:
                continue
            parameters = rpc_methods.get_parameters(self.env, method)
            ids = [self.records.get(method.model, [])[:1]] if method.takes_ids else []
            for name in parameters:
                for junk in JUNK:
                    kwargs = {**parameters, name: junk}
                    args = list(ids)
                    if method.name == "create":
                        args.append(kwargs.pop("vals_list"))
                    call = Call(self.user, method, args, kwargs)
                    error = self._dispatch(call, keep=False)
                    if rpc_methods.is_refusal(error) or not error:
                        continue
                    # Where nothing of ours has a part in it, Odoo answers.
                    if rpc_methods.get_own_frames(error):
                        odd[method.name, name] = f"{call}: {error!r}"
        self.assertFalse(odd, "\n".join(odd.values()))

    def test_the_same_record_twice_is_one(self):
        self._take_role("Officer")
        draft = self.drafts["class"].with_user(self.user)
        self.assertTrue(draft.browse(draft.ids * 2).action_submit())
        self.assertEqual(draft.approval_state, "waiting")
        action = draft.browse(draft.ids * 2).action_open_decision()
        self.assertEqual(action["context"]["default_res_id"], draft.id)

    def test_one_record_means_one(self):
        documents = self.env["club.points.adjustment"].search([], limit=2)
        for records in (documents.browse(), documents):
            with self.assertRaisesRegex(UserError, "Choose one record of Points Adj"):
                records.action_open_run()
        with self.assertRaises(MissingError):
            self.env["club.approval.mixin"].browse(1).action_submit()

    # === Values === #

    def test_what_can_not_be_stored_is_left_out_of_a_reason(self):
        document = self.waiting["class"].with_user(self.officer)
        document.action_withdraw("\x00Too early\ud800 ")
        request = document.sudo().approval_request_id
        self.assertEqual(request.closing_reason, "Too early")

    def test_a_month_that_is_none_is_refused_in_words(self):
        totals = self.env["club.control.total"].with_user(self.finance)
        for value in ("infinity", "20260301", 5, ["2026-03-01"]):
            with self.assertRaisesRegex(ValidationError, "Month of .* takes a d"):
                totals.create({"month": value, "amount": 1})

    def test_a_context_of_nonsense_opens_the_plain_dialogs(self):
        document = self.waiting["class"].with_context(club_decision={"a": []})
        action = document.action_open_decision()
        self.assertEqual(action["context"]["default_decision"], "sign")
        wizards = self.env["club.standing.wizard"].with_context(
            active_model="res.partner", active_id="abc"
        )
        self.assertFalse(wizards.default_get(["account_id"]).get("account_id"))

    # === Searches === #

    @mute_logger(*MUTED)
    def test_our_searches_take_any_operator_and_value(self):
        """Or are refused as a stored field would be."""
        self._take_role("Officer")
        searched = [
            (name, field)
            for name, cls in sorted(self.registry.items())
            for field in cls._fields.values()
            if field._module == "crm_club" and field.search and not field.store
            if not cls._abstract and not field.related
        ]
        self.assertGreater(len(searched), 8)
        plain = {
            **{"boolean": "active", "selection": "type", "char": "name"},
            **{"integer": "color", "many2one": "parent_id"},
        }
        draw = random.Random(0)
        self._attempts = self.enterContext(Attempts(self.env.cr))
        written = self.watch.count_writes()
        for model, field in searched:
            for operator in OPERATORS:
                for value in draw.sample(ODD_VALUES, 6):
                    error = self._search(model, field.name, operator, value)
                    if error is None or rpc_methods.is_refusal(error):
                        continue
                    theirs = self._search(
                        "res.partner", plain[field.type], operator, value
                    )
                    with self.subTest(f"{model}.{field.name} {operator!r} {value!r}"):
                        self.assertNotIsInstance(theirs, UserError | None, error)
        self.assertEqual(self.watch.count_writes(), written)

    def _search(self, model, name, operator, value):
        """Return the error of a search, if any; one that writes nothing leaves nothing
        to forget.
        """
        method = rpc_methods.Method(model, "search_count", False, True, False)
        domain = [[name, operator, value]]
        call = Call(self.user, method, [], {"domain": domain})
        return self._dispatch(call, forget=False)

    # === The fuzzer itself === #

    def test_what_should_not_be_is_noticed(self):
        self._take_role("Officer")
        opened = self.env(su=True, context={**self.env.context, "club_lock": LOCK})
        foreign = self.samples["club.alias"]["company"].with_env(opened)
        waiting = self.waiting["adjustment"].with_env(opened)
        signature = self.env["club.approval.signature"].search(
            [("request_id", "=", waiting.approval_request_id.id)], limit=1
        )
        doctored = {
            "changed in another company": lambda: foreign.write({"name": "x"}),
            "changed by who has no right": lambda: foreign.write({"name": "y"}),
            "changed while it waits": lambda: waiting.line_ids.write({"points": 1}),
            "in effect without signatures": lambda: self.drafts["class"]
            .with_env(opened)
            .write({"approval_state": "done"}),
            "signed for somebody else": lambda: self._run(
                "UPDATE club_approval_signature SET state = 'signed', signer_id = 1"
                " WHERE id = %s",
                signature.id,
            ),
            "posted entries changed": lambda: self._run(
                "ALTER TABLE club_points_entry DISABLE TRIGGER USER;"
                "UPDATE club_points_entry SET points = points + 1 WHERE run_id = %s",
                self.watch.posted[0],
            ),
        }
        for expected, doctor in doctored.items():
            with self.subTest(expected):
                savepoint = self.env.cr.savepoint()
                doctor()
                self.env.flush_all()
                faults = " ".join(self.watch.find_faults(self.user, False))
                savepoint.close(rollback=True)
                self.assertIn(expected, faults)
        self.assertFalse(self.watch.find_faults(self.user, False))

    def _run(self, query, *params):
        self.env.cr.execute(query, params)


@tagged("post_install", "-at_install")
class TestRpcFuzzDoors(RpcFuzzCase, HttpCase):
    """A share of the calls, as they come in over HTTP."""

    _call_kw = RpcCase._call_kw
    _call_json2 = RpcCase._call_json2
    _caller = None

    @mute_logger(*MUTED, "odoo.http")
    def test_both_doors_answer_in_words(self):
        self._keys = {}
        for role in ("User", "Officer"):
            self._take_role(role)
            for seed in range(30):
                for call in self._draw_calls(seed):
                    for door in DOORS:
                        self._try_door(door, call)

    def _draw_calls(self, seed):
        values = Values(
            random.Random(seed), self.env(su=True), self.records, self.own_keys
        )
        return [self._draw_call(self.user, values)]

    def _try_door(self, door, call):
        send = {"call_kw": self._call_kw, "json/2": self._call_json2}[door]
        kwargs, args = dict(call.kwargs), list(call.args)
        ids = args.pop(0) if call.method.takes_ids else None
        if call.method.takes_ids and ids is None:
            return  # to the doors, None stands for a method of the model
        if args:
            kwargs["vals_list"] = args.pop(0)
        error = self._dispatch(call, keep=False)
        before = self.watch.print_all()
        model, method = call.method[:2]
        _result, name = send(call.user, model, method, ids, kwargs)
        self.env.invalidate_all()
        if name is None:
            return
        self.assertEqual(self.watch.print_all(), before, (door, str(call)))
        self.assertNotEqual(name, "werkzeug.exceptions.Unauthorized")
        if name in REFUSALS or name.startswith("werkzeug."):
            return
        self.assertIsNotNone(error, (door, name, str(call)))
        self.assertTrue(self._is_odoos(call, error), (door, name, str(call)))
