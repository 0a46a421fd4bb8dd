"""Who signs in the applicant's place. Rule C3."""

import unittest

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.approval_plan import NobodyLeft, plan

KEYS = ["unit", "dept", "office", "leader", "board"]
some_stages = st.lists(
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True),
    min_size=1,
    max_size=4,
)
some_keys = st.frozensets(st.sampled_from(KEYS), max_size=4)


def signers(*arguments, **options):
    """Return stage, key and whom it replaces."""
    found = plan(*arguments, **options)
    return [(s.stage, s.key, s.instead_of) for s in found.signers]


class TestApprovalPlan(unittest.TestCase):
    def test_nobody_barred_all_sign_in_order(self):
        self.assertEqual(
            signers([["unit"], ["dept", "office"], ["leader"]]),
            [
                (1, "unit", None),
                (2, "dept", None),
                (2, "office", None),
                (3, "leader", None),
            ],
        )

    def test_a_later_stage_signs_in_its_place(self):
        found = plan([["unit"], ["dept"]], barred=frozenset(["unit"]))
        self.assertEqual([s.key for s in found.signers], ["dept"])
        self.assertEqual(
            [(o.key, o.by) for o in found.omissions], [("unit", ("dept",))]
        )

    def test_the_last_stage_goes_up_the_ladder(self):
        for barred, instead in (
            # the applicant is the department, alone: the next body above
            ({"dept"}, "office"),
            ({"dept", "office"}, "leader"),
            # nobody above either: whom the policy names
            ({"dept", "office", "leader"}, "board"),
        ):
            with self.subTest(barred):
                self.assertEqual(
                    signers(
                        [["unit"], ["dept"]],
                        ["office", "leader"],
                        frozenset(barred),
                        "board",
                    ),
                    [(1, "unit", None), (2, instead, "dept")],
                )

    def test_side_by_side_the_other_still_signs_and_one_replaces(self):
        self.assertEqual(
            signers([["dept", "office"]], ["leader"], frozenset(["dept"]), "board"),
            [(1, "leader", "dept"), (1, "office", None)],
        )

    def test_two_barred_in_one_stage_are_replaced_by_one_signature(self):
        found = plan([["dept", "office"]], ["leader"], frozenset(["dept", "office"]))
        self.assertEqual(
            [(s.key, s.instead_of) for s in found.signers], [("leader", "dept")]
        )
        self.assertEqual([o.key for o in found.omissions], ["office"])

    def test_nobody_left_is_an_error_that_names_the_body(self):
        for arguments in (
            ([["dept"]], [], frozenset(["dept"])),
            ([["dept"]], [], frozenset(["dept", "board"]), "board"),
        ):
            with self.assertRaises(NobodyLeft) as caught:
                plan(*arguments)
            self.assertEqual(caught.exception.key, "dept")

    @given(
        some_stages,
        st.lists(st.sampled_from(KEYS)),
        some_keys,
        st.none() | st.just("board"),
    )
    def test_somebody_signs_and_nobody_barred(self, stages, ladder, barred, fallback):
        """Four eyes: none barred, none asked twice in a stage, none forgotten."""
        try:
            found = plan(stages, ladder, barred, fallback)
        except NobodyLeft as error:
            self.assertIn(error.key, barred)
            return
        keys = [(signer.stage, signer.key) for signer in found.signers]
        signing = {signer.key for signer in found.signers}
        self.assertTrue(keys)
        self.assertFalse(signing & barred)
        self.assertEqual(len(keys), len(set(keys)))
        answered = {omission.key for omission in found.omissions}
        answered |= {signer.instead_of for signer in found.signers}
        asked = {key for stage in stages for key in stage}
        self.assertLessEqual(asked & barred, answered)
        self.assertLessEqual(asked - barred, signing)
