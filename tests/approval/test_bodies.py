from datetime import date

from odoo.tests import freeze_time, tagged

from ...models.approval.club_body import Holder
from ..common import TODAY
from .body_case import DAY, BodyCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBodies(BodyCase):
    """Who may sign on a day: seats tied to an office held, substitutes. Rule E1."""

    def test_a_seat_signs_from_its_first_day_to_its_last(self):
        """Rule E1: from/to."""
        first, last = date(2026, 3, 1), date(2026, 3, 31)
        self._create_seat(self.body, self.ann, first, date_to=last)
        for day, signers in (
            (first - DAY, []),
            (first, self.ann.ids),
            (last, self.ann.ids),
            (last + DAY, []),
        ):
            self.assertEqual(self._signers(self.body, day), signers, day)

    def test_a_seat_without_end_goes_on(self):
        self._create_seat(self.body, self.ann)
        self.assertEqual(
            self._holders(self.body, date(2099, 1, 1)),
            [Holder(self.ann.id, self.ann.id, "Director", "member")],
        )

    def test_an_office_changes_hands(self):
        """Rule E1: one seat ends, the next begins the day after."""
        self._create_seat(self.body, self.ann, date_to=TODAY)
        self._create_seat(self.body, self.bob, TODAY + DAY)
        self.assertEqual(self._signers(self.body), self.ann.ids)
        self.assertEqual(self._signers(self.body, TODAY + DAY), self.bob.ids)

    def test_a_substitute_signs_on_behalf_from_first_to_last_day(self):
        """Rule E1: the holder still may, and it is seen for whom one signs."""
        seat = self._create_seat(self.body, self.ann)
        first, last = date(2026, 4, 1), date(2026, 4, 14)
        self._create_substitute(seat, self.bob, first, last)
        holder = Holder(self.ann.id, self.ann.id, "Director", "member")
        substitute = Holder(self.bob.id, self.ann.id, "Director", "member")
        for day, holders in (
            (first - DAY, [holder]),
            (first, [holder, substitute]),
            (last, [holder, substitute]),
            (last + DAY, [holder]),
        ):
            self.assertEqual(self._holders(self.body, day), holders, day)

    def test_a_substitute_ends_with_the_seat(self):
        seat = self._create_seat(self.body, self.ann, date_to=TODAY)
        self._create_substitute(seat, self.bob, TODAY, TODAY + 9 * DAY)
        self.assertEqual(self._signers(self.body), [self.ann.id, self.bob.id])
        self.assertEqual(self._signers(self.body, TODAY + DAY), [])

    def test_substitutes_are_asked_instead_of_the_holder(self):
        """Rule E1: whose turn it is."""
        bodies = self.env["club.body"]
        seat = self._create_seat(self.body, self.ann, sequence=1)
        self._create_seat(self.body, self.cat, sequence=2)
        self.assertEqual(
            bodies._get_acting(self._holders(self.body)), [self.ann.id, self.cat.id]
        )
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        self.assertEqual(
            bodies._get_acting(self._holders(self.body)), [self.bob.id, self.cat.id]
        )
        self._create_substitute(seat, self.cat, TODAY, TODAY)
        self.assertEqual(
            bodies._get_acting(self._holders(self.body)), [self.bob.id, self.cat.id]
        )
        self.assertEqual(bodies._get_acting([]), [])

    def test_archived_users_sign_nothing(self):
        seat = self._create_seat(self.body, self.ann)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        self.ann.active = False
        self.assertEqual(
            self._holders(self.body),
            [Holder(self.bob.id, self.ann.id, "Director", "member")],
        )
        self.bob.active = False
        self.assertEqual(self._holders(self.body), [])
        self.lead.active = False
        self.assertEqual(self._holders(self.unit), [])

    def test_members_without_signature_sign_nothing(self):
        seat = self._create_seat(self.body, self.ann, signs=False)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        self.assertEqual(self._holders(self.body), [])

    def test_an_archived_body_can_still_sign_what_waits_for_it(self):
        self._create_seat(self.body, self.ann)
        self.body.active = False
        self.assertEqual(self._signers(self.body), self.ann.ids)

    def test_a_units_leader_and_his_deputies_sign_for_it(self):
        """Rule C3: the unit's head confirms."""
        leader = Holder(self.lead.id, self.lead.id, "")
        self.assertEqual(self._holders(self.unit), [leader])
        self.assertEqual(self._holders(self.other_unit), [])
        self._create_seat(self.deputies, self.ann, office="Deputy")
        deputy = Holder(self.ann.id, self.ann.id, "Deputy", "member")
        self.assertEqual(self._holders(self.unit), [leader, deputy])
        self.unit.user_id = False
        self.assertEqual(self._holders(self.unit), [deputy])
        self.deputies.active = False
        self.assertEqual(self._holders(self.unit), [])

    def test_a_leader_with_a_seat_has_a_substitute(self):
        """How the head of a unit is stood in for: he takes a seat, too."""
        seat = self._create_seat(self.deputies, self.lead, office="Manager")
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        holders = self._holders(self.unit)
        self.assertEqual(
            holders,
            [
                Holder(self.lead.id, self.lead.id, "Manager", "member"),
                Holder(self.bob.id, self.lead.id, "Manager", "member"),
            ],
        )
        self.assertEqual(self.env["club.body"]._get_acting(holders), self.bob.ids)

    def test_what_a_user_may_sign_for(self):
        """Rule E1: one person may hold several seats."""
        seat = self._create_seat(self.body, self.ann)
        self._create_seat(self.deputies, self.bob)
        self._create_substitute(seat, self.bob, TODAY, TODAY)
        bodies = self.env["club.body"]
        own = [
            (("body", self.deputies.id), self.bob.id),
            (("unit", self.unit.id), self.bob.id),
        ]
        standing_in = (("body", self.body.id), self.ann.id)
        self.assertCountEqual(
            bodies._get_holdings(self.bob, TODAY), [*own, standing_in]
        )
        self.assertCountEqual(bodies._get_holdings(self.bob, TODAY + DAY), own)
        self.assertEqual(
            bodies._get_holdings(self.lead, TODAY),
            [(("unit", self.unit.id), self.lead.id)],
        )
        self.assertEqual(bodies._get_holdings(self.cat, TODAY), [])

    def test_holders_and_holdings_say_the_same(self):
        seat = self._create_seat(self.body, self.ann)
        self._create_seat(self.deputies, self.bob, signs=False)
        self._create_seat(self.deputies, self.cat)
        self._create_substitute(seat, self.lead, TODAY, TODAY)
        bodies = self.body + self.deputies
        units = self.unit + self.other_unit
        holders = self.env["club.body"]._get_holders(TODAY, bodies, units)
        self.assertEqual(
            set(holders),
            {("body", body.id) for body in bodies} | {("unit", u.id) for u in units},
        )
        for user in (self.ann, self.bob, self.cat, self.lead):
            self.assertCountEqual(
                self.env["club.body"]._get_holdings(user, TODAY),
                [
                    (key, holder.seat_user_id)
                    for key, found in holders.items()
                    for holder in found
                    if holder.user_id == user.id
                ],
            )

    def test_holders_take_the_same_queries_for_any_number_of_bodies(self):
        bodies = self.env["club.body"].create(
            [{"name": f"Body {i}", "code": f"many_{i}"} for i in range(20)]
        )
        for body in bodies:
            self._create_substitute(
                self._create_seat(body, self.ann), self.bob, TODAY, TODAY
            )
        self.env.flush_all()
        counts = {}
        for size in (2, 20):
            some = bodies[:size]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            holders = some._get_holders(TODAY, some, self.unit + self.other_unit)
            counts["holders", size] = self.env.cr.sql_log_count - before
            self.assertEqual(len(holders), size + 2)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("holder_names")
            counts["names", size] = self.env.cr.sql_log_count - before
        self.assertEqual(counts["holders", 2], 1)
        self.assertEqual(counts["holders", 20], 1)
        self.assertEqual(counts["names", 2], counts["names", 20])
