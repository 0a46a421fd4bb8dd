import unittest

from hypothesis import given
from hypothesis import strategies as st
from support import limits

from kernel import seating
from kernel.seating import (
    GUEST,
    HOST,
    HOSTESS,
    SPOUSE,
    Mismatch,
    NoSuchSeat,
    Person,
    Place,
    Table,
    find_mismatches,
    order_seats,
    order_tables,
    propose,
    seats_apart,
)

MAIN = Table("main", 10, is_main=True)
SECOND = Table("second", 10)


def hosts(count, rank=1):
    return [Person(f"H{n}", HOST, rank + n - 1) for n in range(1, count + 1)]


def guests(count, account=None, rank=1):
    return [Person(f"G{n}", GUEST, rank + n - 1, account) for n in range(1, count + 1)]


def at(result, table="main"):
    """Return who has which seat of a table."""
    found = {p.seat: key for key, p in result.places.items() if p.table == table}
    return dict(sorted(found.items()))


class TestConventions(unittest.TestCase):
    """Rule D11: near before far, right before left; hosts and guests by turns."""

    def test_tables_main_then_near_then_right(self):
        hall = [
            Table("far left", 10, row=2, column=-1),
            Table("near left 2", 10, row=1, column=-2),
            Table("near right", 10, row=1, column=1),
            Table("near middle", 10, row=1),
            Table("near left", 10, row=1, column=-1),
            Table("far right", 10, row=2, column=1),
            Table("main", 16, is_main=True, row=3),
        ]
        self.assertEqual(
            [table.key for table in order_tables(hall)],
            [
                *("main", "near middle", "near right", "near left", "near left 2"),
                *("far right", "far left"),
            ],
        )

    def test_a_full_table_of_ten(self):
        people = [*hosts(4), *guests(6)]
        self.assertEqual(
            at(propose([MAIN], people)),
            {
                **{1: "H1", 2: "G1", 3: "H3", 4: "G5", 5: "G4"},
                **{6: "H2", 7: "G3", 8: "G6", 9: "H4", 10: "G2"},
            },
        )

    def test_host_principal_and_second_guest(self):
        self.assertEqual(
            at(propose([MAIN], [*guests(2), *hosts(2)])),
            {1: "H1", 2: "G1", 6: "H2", 10: "G2"},
        )

    def test_a_table_of_eight_alternates(self):
        result = at(propose([Table("main", 8)], [*hosts(4), *guests(4)]))
        sides = [result[seat][0] for seat in range(1, 9)]
        self.assertEqual(sides, ["H", "G"] * 4)

    def test_ranks_decide_not_the_order_of_the_list(self):
        people = [Person("low", GUEST, 3), Person("high", GUEST, 1), *hosts(1)]
        self.assertEqual(at(propose([MAIN], people)), {1: "H1", 2: "high", 10: "low"})

    def test_of_equals_the_first_listed_comes_first(self):
        people = [Person("a", GUEST, 1), Person("b", GUEST, 1), *hosts(1)]
        self.assertEqual(at(propose([MAIN], people)), {1: "H1", 2: "a", 10: "b"})

    def test_seats_are_given_once_whatever_the_table(self):
        for number in range(1, 31):
            for_hosts, for_guests = order_seats(number)
            self.assertEqual(
                sorted(for_hosts + for_guests), list(range(1, number + 1)), number
            )

    def test_distances_go_round(self):
        self.assertEqual(seats_apart(1, 6, 10), 5)
        self.assertEqual(seats_apart(2, 9, 10), 3)


class TestHostess(unittest.TestCase):
    """Rule D11: the hostess opposite the host, the guest's spouse at her right."""

    HOSTESS = Person("hostess", HOST, 9, role=HOSTESS)
    SPOUSE = Person("spouse", GUEST, 9, role=SPOUSE)

    def test_both_are_seated_whatever_their_ranks(self):
        people = [*hosts(3), *guests(5), self.HOSTESS, self.SPOUSE]
        result = at(propose([MAIN], people))
        self.assertEqual((result[1], result[2], result[10]), ("H1", "G1", "G2"))
        self.assertEqual((result[6], result[7]), ("hostess", "spouse"))

    def test_the_spouse_alone_sits_as_the_rank_says(self):
        result = at(propose([MAIN], [*hosts(1), *guests(1), self.SPOUSE]))
        self.assertEqual((result[2], result[10]), ("G1", "spouse"))

    def test_the_hostess_alone_sits_opposite(self):
        result = at(propose([MAIN], [*hosts(2), *guests(1), self.HOSTESS]))
        self.assertEqual((result[1], result[6]), ("H1", "hostess"))

    def test_a_table_of_three_is_too_small_and_one_of_four_is_not(self):
        people = [*hosts(1), *guests(1), self.HOSTESS, self.SPOUSE]
        for seats, places in ((3, None), (4, (3, 4)), (5, (3, 4))):
            result = propose([Table("main", seats)], people)
            found = tuple(
                result.places[key].seat
                for key in ("hostess", "spouse")
                if key in result.places
            )
            if places:
                self.assertEqual(found, places)
                self.assertEqual(at(result)[1], "H1")
            self.assertEqual(at(result)[2], "G1", seats)

    def test_the_spouse_follows_a_hostess_moved_by_hand(self):
        people = [*hosts(2), *guests(3), self.HOSTESS, self.SPOUSE]
        pinned = {"hostess": Place("second", 3)}
        result = propose([MAIN, SECOND], people, pinned)
        self.assertEqual(result.places["spouse"], Place("second", 4))

    def test_who_was_moved_there_by_hand_stays(self):
        people = [*hosts(2), *guests(3), self.HOSTESS, self.SPOUSE]
        result = propose([MAIN], people, {"G3": Place("main", 7)})
        self.assertEqual(at(result)[7], "G3")
        self.assertEqual(at(result)[6], "hostess")
        self.assertIn("spouse", result.places)
        result = propose([MAIN], people, {"H2": Place("main", 6)})
        self.assertEqual(at(result)[6], "H2")
        self.assertFalse(result.unseated)

    def test_a_spouse_never_takes_the_hosts_seat(self):
        people = [*hosts(1), *guests(1), self.HOSTESS, self.SPOUSE]
        result = propose([MAIN], people, {"hostess": Place("main", 10)})
        self.assertEqual(at(result)[1], "H1")

    def test_every_table_still_has_its_host(self):
        people = [*hosts(3), *guests(13), self.HOSTESS, self.SPOUSE]
        result = propose([SECOND, MAIN], people)
        self.assertEqual((at(result)[1], at(result, "second")[1]), ("H1", "H2"))
        self.assertEqual(at(result)[6], "hostess")
        self.assertFalse(result.unseated)


class TestBoundaries(unittest.TestCase):
    def test_nobody_and_no_table(self):
        self.assertEqual(propose([], []).places, {})
        self.assertEqual(propose([MAIN], []).places, {})
        self.assertEqual(propose([], guests(1)).unseated, ("G1",))

    def test_below_at_and_above_what_the_tables_hold(self):
        for count, left in ((9, 0), (10, 0), (11, 1), (12, 2)):
            result = propose([MAIN], [*hosts(2), *guests(count - 2)])
            self.assertEqual(len(result.unseated), left, count)

    def test_the_lowest_guests_have_no_seat(self):
        result = propose([MAIN], [*hosts(1), *guests(11)])
        self.assertEqual(result.unseated, ("G10", "G11"))

    def test_other_hosts_give_way_to_guests_but_not_the_first(self):
        result = propose([MAIN], [*hosts(3), *guests(9)])
        self.assertEqual(result.unseated, ("H2", "H3"))
        self.assertEqual(at(result)[1], "H1")

    def test_ten_need_one_table_and_eleven_two(self):
        for count, second in ((8, 0), (9, 5)):
            result = propose([SECOND, MAIN], [*hosts(2), *guests(count)])
            self.assertEqual(len(at(result, "second")), second)

    def test_tables_of_one_two_and_three(self):
        people = [*hosts(1), *guests(2)]
        self.assertEqual(at(propose([Table("main", 1)], people)), {1: "H1"})
        self.assertEqual(at(propose([Table("main", 2)], people)), {1: "H1", 2: "G1"})
        self.assertEqual(
            at(propose([Table("main", 3)], people)), {1: "H1", 2: "G1", 3: "G2"}
        )

    def test_guests_alone_take_the_hosts_seat_last(self):
        result = propose([MAIN], guests(9))
        self.assertNotIn(1, at(result))
        self.assertEqual(at(propose([MAIN], guests(10)))[1], "G10")

    def test_hosts_alone(self):
        self.assertEqual(len(propose([MAIN], hosts(10)).places), 10)


class TestTables(unittest.TestCase):
    def test_each_table_has_its_host_as_ranks_fall(self):
        result = propose([SECOND, MAIN], [*hosts(3), *guests(13)])
        self.assertEqual((at(result)[1], at(result, "second")[1]), ("H1", "H2"))
        self.assertEqual(at(result)[6], "H3")

    def test_the_main_table_has_the_highest_guests(self):
        result = propose([SECOND, MAIN], [*hosts(2), *guests(12)])
        ranks = {
            table: [int(key[1:]) for key in at(result, table).values() if key[0] == "G"]
            for table in ("main", "second")
        }
        self.assertLess(max(ranks["main"]), min(ranks["second"]))

    def test_a_host_far_below_the_guest_is_told(self):
        places = {"H": Place("T", 1), "G": Place("T", 2)}
        for host, expected in ((2, []), (3, [Mismatch("T", "G", "H")])):
            people = [Person("H", HOST, host), Person("G", GUEST, 1)]
            self.assertEqual(find_mismatches(people, places), expected)

    def test_a_table_without_a_host_is_told(self):
        self.assertEqual(
            find_mismatches([Person("G", GUEST, 1)], {"G": Place("T", 2)}),
            [Mismatch("T", "G", None)],
        )

    def test_who_has_no_seat_is_no_mismatch(self):
        self.assertEqual(find_mismatches([Person("G", GUEST, 1)], {}), [])


class TestAccounts(unittest.TestCase):
    def test_equals_of_one_account_go_to_one_table(self):
        small = [Table("main", 6, is_main=True), Table("second", 6)]
        people = [
            *hosts(2),
            *(Person(f"A{n}", GUEST, 5, "A") for n in range(4)),
            *(Person(f"B{n}", GUEST, 5, "B") for n in range(4)),
        ]
        result = propose(small, people)
        tables = {
            account: {result.places[f"{account}{n}"].table for n in range(4)}
            for account in "AB"
        }
        self.assertEqual(tables, {"A": {"main"}, "B": {"second"}})

    def test_an_account_that_does_not_fit_makes_room_for_one_that_does(self):
        small = [Table("main", 4, is_main=True), Table("second", 4)]
        people = [
            *hosts(2),
            Person("first", GUEST, 1),
            *(Person(f"A{n}", GUEST, 5, "A") for n in range(3)),
            *(Person(f"B{n}", GUEST, 5, "B") for n in range(2)),
        ]
        result = propose(small, people)
        self.assertEqual({result.places[f"A{n}"].table for n in range(3)}, {"second"})
        self.assertEqual({result.places[f"B{n}"].table for n in range(2)}, {"main"})

    def test_colleagues_follow_the_one_who_sits_there(self):
        small = [Table("main", 3, is_main=True), Table("second", 3)]
        people = [
            *hosts(2),
            Person("boss", GUEST, 1, "B"),
            Person("A1", GUEST, 5, "A"),
            Person("B1", GUEST, 5, "B"),
            Person("A2", GUEST, 5, "A"),
        ]
        result = propose(small, people)
        self.assertEqual(result.places["B1"].table, "main")
        self.assertEqual(result.places["A1"].table, result.places["A2"].table)

    def test_equals_sit_nearest_their_colleague(self):
        people = [
            *hosts(2),
            Person("boss A", GUEST, 1, "A"),
            Person("boss B", GUEST, 2, "B"),
            Person("B1", GUEST, 3, "B"),
            Person("A1", GUEST, 3, "A"),
        ]
        result = at(propose([MAIN], people))
        # Seat 7 is three from B's chief (10) and five from A's (2).
        self.assertEqual((result[7], result[5]), ("B1", "A1"))


class TestPinned(unittest.TestCase):
    def test_who_was_moved_stays_and_the_rest_goes_round_him(self):
        people = [*hosts(2), *guests(4)]
        result = propose([MAIN], people, {"G4": Place("main", 2)})
        self.assertEqual(
            at(result), {1: "H1", 2: "G4", 5: "G3", 6: "H2", 7: "G2", 10: "G1"}
        )

    def test_a_host_pinned_at_another_table_is_its_host(self):
        people = [*hosts(3), *guests(13)]
        result = propose([MAIN, SECOND], people, {"H1": Place("second", 1)})
        self.assertEqual(at(result, "second")[1], "H1")
        self.assertEqual(at(result)[1], "H2")

    def test_a_table_with_somebody_pinned_is_used(self):
        result = propose([MAIN, SECOND], guests(4), {"G4": Place("second", 3)})
        self.assertEqual(at(result, "second"), {2: "G3", 3: "G4"})
        self.assertEqual(at(result), {2: "G1", 10: "G2"})

    def test_pins_that_nobody_can_sit_on_are_refused(self):
        people = guests(2)
        for pinned in (
            {"G1": Place("main", 11)},
            {"G1": Place("main", 0)},
            {"G1": Place("none", 1)},
            {"G1": Place("main", 1), "G2": Place("main", 1)},
        ):
            with self.assertRaises(NoSuchSeat) as caught:
                propose([MAIN], people, pinned)
            self.assertIn(caught.exception.person, pinned)

    def test_a_pin_of_nobody_is_left_out(self):
        result = propose([MAIN], guests(1), {"gone": Place("main", 2)})
        self.assertEqual(at(result), {2: "G1"})

    def test_what_was_proposed_and_pinned_stays(self):
        people = [*hosts(3), *guests(12)]
        first = propose([MAIN, SECOND], people)
        again = propose([MAIN, SECOND], people, first.places)
        self.assertEqual(again.places, first.places)

    def test_the_same_again_is_the_same(self):
        people = [*hosts(3), *guests(12)]
        self.assertEqual(
            propose([MAIN, SECOND], people), propose([MAIN, SECOND], people)
        )


@st.composite
def banquets(draw):
    tables = [
        Table(
            number,
            draw(st.integers(1, 12)),
            number == 0,
            draw(st.integers(1, 3)),
            draw(st.integers(-2, 2)),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    people = [
        Person(
            number,
            draw(st.sampled_from((HOST, GUEST))),
            draw(st.integers(1, 5)),
            draw(st.sampled_from((None, "A", "B", "C"))),
        )
        for number in range(draw(st.integers(0, 40)))
    ]
    seats = [Place(t.key, seat) for t in tables for seat in range(1, t.seats + 1)]
    free = draw(st.permutations(seats))
    pinned = {
        person.key: place
        for person, place in zip(people, free, strict=False)
        if draw(st.booleans())
    }
    return tables, people, pinned


class TestProperties(unittest.TestCase):
    @given(banquets())
    def test_one_seat_each_or_none(self, banquet):
        tables, people, pinned = banquet
        result = propose(tables, people, pinned)
        places = list(result.places.values())
        self.assertEqual(len(places), len(set(places)), "two on one seat")
        size = {table.key: table.seats for table in tables}
        self.assertTrue(all(1 <= p.seat <= size[p.table] for p in places))
        self.assertEqual(
            sorted([*result.places, *result.unseated]), [p.key for p in people]
        )

    @given(banquets())
    def test_nobody_stands_while_a_seat_is_free(self, banquet):
        tables, people, pinned = banquet
        result = propose(tables, people, pinned)
        room = sum(table.seats for table in tables)
        self.assertEqual(len(result.places), min(room, len(people)))

    @given(banquets())
    def test_the_pinned_stay(self, banquet):
        tables, people, pinned = banquet
        result = propose(tables, people, pinned)
        for key, place in pinned.items():
            self.assertEqual(result.places[key], place)

    @given(banquets())
    def test_guests_of_a_lower_rank_never_sit_at_an_earlier_table(self, banquet):
        tables, people, _pinned = banquet
        result = propose(tables, people)
        order = {table.key: n for n, table in enumerate(order_tables(tables))}
        seated = [
            (person.rank, order[result.places[person.key].table])
            for person in people
            if person.side == GUEST and person.key in result.places
        ]
        for rank, table in seated:
            for other_rank, other_table in seated:
                if rank < other_rank:
                    self.assertLessEqual(table, other_table)

    @given(banquets())
    def test_each_table_that_is_used_has_a_host_if_there_are_enough(self, banquet):
        tables, people, _pinned = banquet
        result = propose(tables, people)
        used = {place.table for place in result.places.values()}
        count = sum(person.side == HOST for person in people)
        served = {
            result.places[person.key].table
            for person in people
            if person.side == HOST and person.key in result.places
        }
        self.assertGreaterEqual(len(served), min(count, len(used)))

    def test_how_far_apart_ranks_may_be_is_one_number(self):
        people = [Person("H", HOST, 2), Person("G", GUEST, 1)]
        places = {"H": Place("T", 1), "G": Place("T", 2)}
        with limits(seating, RANKS_APART=1):
            self.assertTrue(find_mismatches(people, places))


if __name__ == "__main__":
    unittest.main()
