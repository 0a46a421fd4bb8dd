"""People are dealt out by the mix, calls counted, what is lost or doubled found."""

import ast
import random
import unittest
from collections import Counter

from devtools.home import CHECKOUT
from devtools.load import judge, mix, tally
from devtools.load.judge import Deed
from devtools.load.tally import DONE, FAILED, LOST, REFUSED, Sample

LOGINS = {role: [f"{role}{n}" for n in range(3)] for role in mix.ROLES}


class TestMix(unittest.TestCase):
    def test_people_are_dealt_out_by_the_shares_of_their_roles(self):
        dealt = mix.deal(100, LOGINS)
        counts = Counter(role for role, _login in dealt)
        self.assertEqual(counts, {r: role.share for r, role in mix.ROLES.items()})
        for role, login in dealt:
            self.assertIn(login, LOGINS[role])

    def test_each_login_is_used_before_one_is_used_again(self):
        logins = [login for role, login in mix.deal(100, LOGINS) if role == mix.LEAD]
        self.assertEqual(set(Counter(logins).values()), {2, 3})

    def test_a_role_that_nobody_has_is_left_out(self):
        dealt = mix.deal(10, {**LOGINS, mix.MANAGER: []})
        self.assertEqual(len(dealt), 10)
        self.assertNotIn(mix.MANAGER, dict(dealt))

    def test_a_seed_repeats_its_steps(self):
        first, same = (
            [mix.choose_step(rng, mix.OFFICER) for _time in range(50)]
            for rng in (random.Random(3), random.Random(3))
        )
        self.assertEqual(first, same)
        self.assertLessEqual(set(first), set(mix.ROLES[mix.OFFICER].steps))

    def test_mostly_the_role_s_own_screens_are_opened(self):
        rng = random.Random(5)
        screens = [{"menu": "club_to_sign_menu"}, {"menu": "club_charter_menu"}]
        opened = [mix.choose_screen(rng, mix.SIGNER, screens) for _time in range(400)]
        own = sum(screen is screens[0] for screen in opened) / 400
        self.assertAlmostEqual(own, mix.LISTED + (1 - mix.LISTED) / 2, delta=0.05)

    def test_who_has_none_of_the_role_s_screens_opens_others(self):
        screens = [{"menu": "club_charter_menu"}]
        found = mix.choose_screen(random.Random(5), mix.SIGNER, screens)
        self.assertEqual(found, screens[0])

    def test_a_pause_is_as_long_as_asked_for_on_average(self):
        rng = random.Random(7)
        pauses = [mix.think(rng, 2) for _time in range(4000)]
        self.assertAlmostEqual(sum(pauses) / len(pauses), 1.9, delta=0.1)
        self.assertLessEqual(max(pauses), 6)


class TestTally(unittest.TestCase):
    def test_percentiles_are_those_of_the_nearest_rank(self):
        values = [float(number) for number in range(1, 101)]
        random.Random(2).shuffle(values)
        for share, expected in ((0.5, 50), (0.95, 95), (0.99, 99), (1, 100)):
            with self.subTest(share):
                self.assertEqual(tally.percentile(values, share), expected)
        self.assertEqual(tally.percentile([7.0], 0.95), 7)

    def test_one_slow_call_of_twenty_is_within_the_95th(self):
        fast = [0.1] * 19
        self.assertEqual(tally.percentile([*fast, 9.0], 0.95), 0.1)
        self.assertEqual(tally.percentile([*fast, 9.0, 9.0], 0.95), 9.0)

    def test_kinds_are_told_apart(self):
        samples = [
            Sample("list", "/a", 0.2, DONE),
            Sample("form", "/b", 0.4, DONE),
            Sample("save", "/c", 1.0, REFUSED),
            Sample("paper", "/d", 8.0, DONE),
        ]
        found = tally.summarise(samples, 2)
        self.assertEqual(found["per_second"], 2)
        self.assertEqual(found["outcomes"], {DONE: 3, REFUSED: 1})
        self.assertEqual(found["lists_and_forms"]["calls"], 2)
        self.assertEqual(found["lists_and_forms"]["p95"], 400)
        self.assertEqual(found["longest_but_papers"], 1000)
        self.assertEqual(found["kinds"]["paper"]["max"], 8000)
        self.assertEqual(tally.find_missed(found), [])
        self.assertIn("lists and forms", tally.table(found))

    def test_what_misses_its_target_is_told(self):
        samples = [
            Sample("list", "/a", 1.2, DONE),
            Sample("button", "/b", 3.5, FAILED),
            Sample("form", "/c", 0.1, LOST),
        ]
        missed = tally.find_missed(tally.summarise(samples, 1))
        self.assertEqual(len(missed), 4)
        self.assertIn("p95 of lists and forms is 1200 ms", missed[0])
        self.assertIn("1 calls took over 3 s, the longest 3500 ms", missed[1])

    def test_a_phase_in_which_nobody_did_anything(self):
        found = tally.summarise([], 60)
        self.assertEqual(found["lists_and_forms"]["p95"], 0)
        self.assertEqual(tally.find_missed(found), [])


class TestJudge(unittest.TestCase):
    def judge(self, deeds, **found):
        return judge.compare(deeds, {"contact": found})

    def test_what_was_answered_with_success_stands_once(self):
        deeds = [Deed("contact", key, DONE) for key in "ab"]
        self.assertEqual(self.judge(deeds, a=1, b=1), [])

    def test_a_lost_write_is_found(self):
        (fault,) = self.judge([Deed("contact", "a", DONE)])
        self.assertIn("contact a: there 0 times, answered with success once", fault)

    def test_a_lost_write_of_a_kind_that_left_nothing_is_found(self):
        self.assertEqual(len(judge.compare([Deed("other", "a", DONE)], {})), 1)

    def test_a_doubled_write_is_found(self):
        (fault,) = self.judge([Deed("contact", "a", DONE)], a=2)
        self.assertIn("there 2 times, answered with success once", fault)

    def test_what_nobody_wrote_is_found(self):
        self.assertEqual(len(self.judge([], x=1)), 1)

    def test_what_was_refused_is_not_there(self):
        deeds = [Deed("contact", "a", REFUSED)]
        self.assertEqual(self.judge(deeds), [])
        self.assertEqual(len(self.judge(deeds, a=1)), 1)

    def test_what_got_no_answer_stands_once_or_not_at_all(self):
        for outcome in (LOST, FAILED):
            deeds = [Deed("contact", "a", outcome)]
            self.assertEqual(self.judge(deeds), [])
            self.assertEqual(self.judge(deeds, a=1), [])
            self.assertEqual(len(self.judge(deeds, a=2)), 1)

    def test_a_key_may_be_written_twice(self):
        deeds = [Deed("contact", "a", DONE), Deed("contact", "a", REFUSED)]
        self.assertEqual(self.judge(deeds, a=1), [])
        self.assertEqual(len(self.judge(deeds, a=2)), 1)

    def test_deeds_are_counted_by_kind_and_answer(self):
        deeds = [Deed("contact", "a", DONE), Deed("contact", "b", LOST)]
        self.assertEqual(judge.count(deeds), {"contact": {DONE: 1, LOST: 1}})


class TestRecording(unittest.TestCase):
    """What is recorded for the load is what the crawler's client asks: neither can be
    imported without Odoo, so that their texts are compared.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.parse("crawl/client.py")
        cls.recording = cls.parse("load/recording.py")

    @staticmethod
    def parse(path):
        return ast.parse((CHECKOUT / "devtools" / path).read_text())

    @staticmethod
    def find_calls(tree):
        return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]

    def test_its_functions_are_given_what_they_take(self):
        known = {
            node.name: node.args
            for node in self.client.body
            if isinstance(node, ast.FunctionDef)
        }
        found = 0
        for call in self.find_calls(self.recording):
            if ast.unparse(call.func).split(".")[0] != "client":
                continue
            taken = known.get(getattr(call.func, "attr", ""))
            if not taken:  # a class
                continue
            found += 1
            names = [argument.arg for argument in taken.args]
            given = [ast.unparse(argument) for argument in call.args]
            with self.subTest(ast.unparse(call)):
                self.assertLessEqual(len(given), len(names))
                self.assertGreaterEqual(len(given), len(names) - len(taken.defaults))
                for name in ("env", "screen"):
                    places = [
                        [place for place, one in enumerate(side) if one == name]
                        for side in (names, given)
                    ]
                    self.assertEqual(*places)
        self.assertGreater(found, 5)

    def test_all_that_it_asks_is_recorded(self):
        asks = [
            node
            for node in ast.walk(self.client)
            if isinstance(node, ast.FunctionDef) and node.name == "ask"
        ]
        asked = {
            call.func.attr
            for ask in asks
            for call in self.find_calls(ask)
            if isinstance(call.func, ast.Attribute)
        }
        (recorded,) = (
            {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
            for node in self.recording.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ASKED"
        )
        # What it asks Python and the view, not the server.
        helpers = {"get_model", "browse", "startswith", "with_context", "get", "xpath"}
        self.assertIn("search_read", asked)
        self.assertLessEqual(asked - helpers, recorded)
