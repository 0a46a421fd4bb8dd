import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import convert_file, mute_logger

from ..common import TODAY
from .plan_case import OWED, PlanCase

SERVICES = {
    *("tcm_doctor", "care_wellness", "care_screening", "care_checkup"),
    *("care_plan", "care_disease", "care_other", "airport_fast_track"),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestActivityType(PlanCase):
    """The catalogue: what the club offers, how often, from which tier on. C1."""

    def test_the_catalogue_has_all_of_c1(self):
        """Rule C1: kinds, lowest tiers and cadences."""
        main = self.env["club.activity.type"].search(
            [("company_id", "=", self.env.ref("base.main_company").id)]
        )
        found = {
            kind.code: (
                kind.kind,
                kind.tier_id.code or None,
                kind.period,
                kind.times_min,
                kind.times_max,
            )
            for kind in main
        }
        self.assertEqual(
            found,
            {
                "vip_lecture": ("value_added", None, "quarter", 1, 1),
                "fitness": ("value_added", None, "quarter", 1, 1),
                "outing": ("value_added", None, "month", 1, 1),
                "holiday_gift": ("value_added", None, "half", 1, 0),
                "gala": ("value_added", None, "year", 1, 1),
                "member_day": ("value_added", None, "demand", 0, 0),
                "product_trial": ("value_added", None, "demand", 0, 0),
                "company_networking": ("signature", "gold", "demand", 0, 0),
                "business_seminar": ("signature", "gold", "year", 2, 3),
                "study_tour": ("signature", "gold", "year", 0, 0),
                **dict.fromkeys(SERVICES, ("service", "platinum", "demand", 0, 0)),
            },
        )
        self.assertEqual(
            main.filtered(lambda kind: kind.code == "vip_lecture")._get_forms(),
            ["Health", "Finance", "Company Growth", "Art"],
        )
        groups = main.tier_id.group_id
        self.assertEqual(set(groups.mapped("purpose")), {"membership"})

    # === Further companies === #

    def test_a_company_gets_the_catalogue_with_tiers_of_its_own(self):
        """Rule A9: tiers by code in its membership group."""
        main = self.env["club.activity.type"].search(
            [("company_id", "=", self.env.ref("base.main_company").id)]
        )
        self.assertEqual(set(self.catalogue.mapped("code")), set(main.mapped("code")))
        self.assertFalse(self.catalogue & main)
        for kind in self.catalogue:
            self.assertLessEqual(kind.tier_id, self.membership.tier_ids)
            original = main.filtered(lambda m, kind=kind: m.code == kind.code)
            self.assertEqual(kind.tier_id.code, original.tier_id.code)
            self.assertEqual(kind.name, original.name)
            self.assertEqual(kind.attendance_points, original.attendance_points)

    def test_what_begins_with_a_tier_comes_with_the_tier(self):
        """Without its tier a signature activity would be open to everybody."""
        company = self._create_club_company("Upland Post")
        domain = [("company_id", "=", company.id)]
        types = self.env["club.activity.type"]
        program = self.env["club.program"].create(
            {"name": "Upland", "company_id": company.id}
        )
        codes = set(types.search(domain).mapped("code"))
        self.assertIn("vip_lecture", codes)
        self.assertFalse({"study_tour", *SERVICES} & codes)
        group = self.env["club.tier.group"].create(
            {
                "name": "Membership",
                "code": "membership",
                "purpose": "membership",
                "measure": "points",
                "program_id": program.id,
            }
        )
        tiers = self.env["club.tier"]
        gold = tiers.create(
            {"name": "Gold", "code": "gold", "group_id": group.id, "points_from": 1}
        )
        found = types.search(domain)
        tour = found.filtered(lambda kind: kind.code == "study_tour")
        self.assertEqual(tour.tier_id, gold)
        self.assertFalse(SERVICES & set(found.mapped("code")))
        tiers.create(
            {"name": "Top", "code": "platinum", "group_id": group.id, "points_from": 2}
        )
        codes = types.search(domain).mapped("code")
        self.assertEqual(sorted(codes), sorted(self.catalogue.mapped("code")))

    def test_what_a_company_gave_up_does_not_come_back(self):
        self.lecture.unlink()
        self.gala.active = False
        self._create_program(self.company, name="Second club")
        types = self.env["club.activity.type"].with_context(active_test=False)
        found = types.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), len(self.catalogue) - 1)
        self.assertNotIn("vip_lecture", found.mapped("code"))

    def test_an_upgrade_brings_what_is_new_and_nothing_that_was_given_up(self):
        """Rules A9, C1: policies too, without which nobody could submit."""
        types = self.env["club.activity.type"].with_context(active_test=False)
        self.lecture.unlink()
        self.gala.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_activity_type SET create_date = create_date - interval '1 day'"
        )
        self.env.invalidate_all()
        main = self.env.ref("base.main_company")
        types.create({"name": "Fair", "code": "fair", "company_id": main.id})
        policies = self.env["club.approval.policy"]
        mine = [("company_id", "=", self.company.id)]
        lost = policies.search([*mine, ("document_type", "=", "settlement")])
        lost.unlink()
        before = set(types.search(mine).mapped("code"))
        for _time in range(2):
            convert_file(
                self.env, "crm_club", "data/club_defaults.xml", {}, mode="update"
            )
            after = types.search(mine)
            self.assertEqual(set(after.mapped("code")) - before, {"fair"})
            self.assertEqual(len(after), len(before) + 1)
            self.assertFalse(self.gala.active)
            found = policies.search([*mine, ("document_type", "=", "settlement")])
            self.assertEqual(len(found), 1)

    def test_an_upgrade_with_nothing_new_costs_next_to_nothing(self):
        self.env["club.program"]._give_defaults()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_activity_type SET create_date = create_date - interval '1 day'"
        )
        self.env.invalidate_all()
        with self.assertQueryCount(18):  # 15 for two companies
            self.env["club.program"]._give_defaults()
            self.env.flush_all()

    # === Codes === #

    def test_code_is_fixed_once_used(self):
        """Allowed before, refused after: by a plan's line, by an activity."""
        officer = self.lecture.with_user(self.officer)
        officer.code = "talk"
        officer.code = "vip_lecture"
        self._create_plan(lines=[(self.lecture, 2)])
        self._hold(self.gala, "2025-12-20")
        for kind in (self.lecture, self.gala):
            with self.assertRaisesRegex(UserError, "fixed"):
                kind.with_user(self.officer).code = "other"
            with self.assertRaisesRegex(UserError, "archive it"):
                kind.with_user(self.officer).unlink()
            kind.with_user(self.officer).write({"code": kind.code, "name": "Renamed"})
            kind.with_user(self.officer).active = False
        self.tour.with_user(self.officer).unlink()

    def test_a_copy_has_a_code_of_its_own(self):
        copies = self.lecture.copy() | self.lecture.copy()
        self.assertEqual(copies.mapped("code"), ["vip_lecture_2", "vip_lecture_3"])
        self.assertEqual(set(copies.mapped("name")), {"VIP Lecture Series (copy)"})

    # === Bounds === #

    def test_numbers_that_make_no_sense_are_refused(self):
        """At, below and above each bound."""
        for values, fits in (
            ({"times_min": 2, "times_max": 2}, True),
            ({"times_min": 3, "times_max": 2}, False),
            ({"times_min": 3, "times_max": 0}, True),
            ({"times_min": -1}, False),
            ({"period": "demand", "times_min": 0, "times_max": 0}, True),
            ({"period": "demand", "times_min": 1, "times_max": 0}, False),
            ({"period": "demand", "times_min": 0, "times_max": 1}, False),
            ({"headcount": 0}, True),
            ({"headcount": -1}, False),
            ({"seats_per_account": -1}, False),
            ({"attendance_points": -0.01}, False),
        ):
            with self.subTest(values), mute_logger("odoo.sql_db"):
                try:
                    with self.env.cr.savepoint():
                        self.lecture.write(values)
                        self.env.flush_all()
                    self.assertTrue(fits)
                except psycopg2.IntegrityError:
                    self.assertFalse(fits)
                    self.env.invalidate_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            self.tour.code = "gala"
            self.env.flush_all()

    # === Figures of this year === #

    def test_owed_planned_and_held_this_year(self):
        """Rule C2: on 10 April one quarter and three months are over."""
        self._put_into_effect(
            2026, [(self.lecture, 2), (self.lecture, 5), (self.outing, 1)]
        )
        self._create_plan(2027, [(self.lecture, 3)])
        self._hold(self.lecture, "2026-02-10")
        self._hold(self.lecture, "2026-03-10", stage="closed")
        self._hold(self.lecture, "2026-03-20", stage="cancelled")
        self._hold(self.lecture, "2025-12-10")
        self.assertRecordValues(
            self.lecture | self.outing | self.gala | self._type("tcm_doctor"),
            [
                {"owed_count": owed, "owed_now_count": now, "planned_count": planned}
                for owed, now, planned in ((4, 1, 2), (12, 3, 1), (1, 0, 0), (0, 0, 0))
            ],
        )
        self.assertEqual(self.lecture.held_count, 2)
        self.assertEqual(self.outing.held_count, 0)
        self.assertEqual(self.lecture.activity_count, 4)
        self.assertEqual(self.lecture.plan_line_count, 3)
        action = self.lecture.with_user(self.officer).action_open_plan_lines()
        lines = self.env["club.plan.line"].search(action["domain"])
        self.assertEqual(len(lines), 3)
        action = self.lecture.with_user(self.officer).action_open_activities()
        self.assertEqual(self.env["club.activity"].search_count(action["domain"]), 4)

    def test_figures_take_as_many_queries_for_one_as_for_all(self):
        counts = []
        for kinds in (self.lecture, self.catalogue):
            self.env.invalidate_all()
            kinds.mapped("company_id.name")
            with self.assertQueryCount(10):
                before = self.env.cr.sql_log_count
                kinds.mapped("held_count")
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_the_form_shows_figures_of_what_is_being_typed(self):
        with Form(self.lecture.with_user(self.officer)) as form:
            form.times_max = 0
            form.times_min = 2
            self.assertEqual(form.owed_count, 8)

    # === Rights === #

    def test_officers_write_everybody_in_the_club_reads(self):
        """Rule E2."""
        for user in (self.manager, self.clerk, self.lead, self.finance, self.auditor):
            kind = self.lecture.with_user(user)
            self.assertEqual(kind.name, "VIP Lecture Series")
            for act in (
                lambda kind=kind: kind.write({"name": "X"}),
                lambda kind=kind: kind.create({"name": "X", "code": "x"}),
                kind.unlink,
            ):
                with self.assertRaises(AccessError):
                    act()
        officer = self.lecture.with_user(self.officer)
        officer.name = "Evening Lecture"
        officer.create({"name": "Chess", "code": "chess"})
        with self.assertRaises(AccessError):
            self.lecture.with_user(self._create_employee("nobody")).read(["name"])

    def test_another_companys_catalogue_is_out_of_reach(self):
        company = self._create_club_company("Upland Post")
        stranger = self._create_user("officer", "stranger", company)
        lecture = self.lecture.with_user(stranger).with_context(
            allowed_company_ids=company.ids
        )
        self.assertFalse(lecture.search([("id", "in", self.catalogue.ids)]))
        with self.assertRaises(AccessError):
            lecture.name = "X"
        with self.assertRaises(UserError):
            self.lecture.tier_id = self.env.ref("crm_club.club_tier_membership_gold")

    def test_what_a_plan_may_list_owes_what_the_cadence_says(self):
        owed = {k.code: k.owed_count for k in self.catalogue if k.owed_count}
        both = OWED["business_seminar"] + OWED["study_tour"]
        expected = {**OWED, "business_seminar": both}
        del expected["study_tour"]
        self.assertEqual(owed, expected)

    # === Types that share their numbers === #

    def test_seminars_and_tours_share_two_to_three_a_year(self):
        """Rule C1: below, at and above, whichever of the two it is."""
        seminar = self._type("business_seminar")
        for year, (lines, missing, is_above) in enumerate(
            (
                ([], 2, False),
                ([(self.tour, 3)], 1, False),
                ([(seminar, 3), (self.tour, 9)], 0, False),
                ([(self.tour, 3), (self.tour, 6), (self.tour, 9)], 0, False),
                ([(seminar, 3), (seminar, 5), (self.tour, 6), (self.tour, 9)], 0, True),
            ),
            start=2027,
        ):
            with self.subTest(lines=len(lines)):
                plan = self._create_plan(year, lines=lines)
                figures = {figure.kind: figure for figure in plan._get_figures()}
                self.assertEqual(len(figures[seminar].missing), missing)
                self.assertEqual(figures[seminar].is_above, is_above)
                if self.tour in figures:
                    self.assertFalse(figures[self.tour].is_short)
                    self.assertFalse(figures[self.tour].is_above)

    def test_both_count_for_what_was_held(self):
        seminar = self._type("business_seminar")
        self._put_into_effect(2026, [(seminar, 3), (self.tour, 9)])
        self._hold(self.tour, "2026-03-10")
        self.assertEqual(seminar.owed_count, 2)
        self.assertEqual(seminar.planned_count, 2)
        self.assertEqual(seminar.held_count, 1)
        self.assertEqual(self.tour.held_count, 1)
        self.assertEqual(self.tour.owed_count, 0)

    def test_a_plan_proposes_the_two_in_turn(self):
        """Also around what is there already."""
        seminar = self._type("business_seminar")
        plan = self._create_plan(lines=[(self.tour, 9)])
        plan.action_propose()
        found = plan.line_ids.filtered(lambda line: line.type_id in seminar | self.tour)
        self.assertEqual(
            {(line.type_id.code, line.month.month) for line in found},
            {("business_seminar", 3), ("study_tour", 9)},
        )

    def test_what_counts_with_another_type_has_no_numbers_and_no_followers(self):
        seminar = self._type("business_seminar")
        for kind, values in (
            (self.tour, {"times_min": 1}),
            (self.tour, {"times_max": 1}),
            (self._type("tcm_doctor"), {"counts_with_id": seminar.id}),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
            ):
                kind.write(values)
                self.env.flush_all()
        demand = self._type("member_day")
        for kind, leader in ((demand, self.tour), (seminar, demand), (demand, demand)):
            values = {"times_min": 0, "times_max": 0, "counts_with_id": leader.id}
            with (
                self.subTest(kind=kind.code, leader=leader.code),
                self.assertRaisesRegex(UserError, "can't count with"),
                self.env.cr.savepoint(),
            ):
                kind.write(values)
        demand.counts_with_id = seminar
        main = self.env.ref("crm_club.club_activity_type_business_seminar")
        with self.assertRaises(UserError):
            demand.counts_with_id = main  # another company's

    # === Signature === #

    def test_services_of_the_catalogue_are_signature_ones(self):
        """Rule C1: TCM, health and fast track; a service of one's own may not be."""
        services = self.catalogue.filtered(lambda kind: kind.kind == "service")
        self.assertEqual(set(services.mapped("code")), SERVICES)
        self.assertTrue(all(services.mapped("is_signature")))
        self.assertTrue(self.tour.is_signature)
        self.assertFalse(self.lecture.is_signature)
        own = self.lecture.create(
            {"name": "Umbrella", "code": "umbrella", "kind": "service"}
        )
        self.assertFalse(own.is_signature)
        own.kind = "signature"
        self.assertTrue(own.is_signature)
