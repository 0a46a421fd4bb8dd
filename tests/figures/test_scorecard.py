"""A unit's year from the monthly figures, by weights; issued it stays. Rule E9."""

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import month
from ..worth.share_case import ShareCase

BETWEEN_US = "Between us"


@freeze_time("2026-04-10 04:00:00")
@tagged("post_install", "-at_install")
class TestScorecard(ShareCase):
    """Quay and Hill hang below the centre; figures are put in place by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.unit | cls.other_unit).parent_id = cls.centre
        cls.template = cls.env["club.scorecard.template"].create(
            {
                "name": "Test",
                "indicator_ids": [
                    Command.create({"code": code, **values})
                    for code, values in (
                        ("revenue", {"method": "growth", "goal": 10, "weight": 50}),
                        (
                            "contacts_on_time",
                            {"method": "share", "goal": 90, "weight": 30},
                        ),
                        (
                            "complaints",
                            {
                                "method": "per",
                                "base_code": "members",
                                "is_lower_better": True,
                                "goal": 5,
                                "weight": 20,
                            },
                        ),
                    )
                ],
            }
        )

    def _put(self, unit, in_month, code, value, base=0):
        self.env["club.figure"]._create_guarded(
            [
                {
                    "company_id": self.company.id,
                    "unit_id": unit.id,
                    "month": month(in_month),
                    "code": code,
                    "value": value,
                    "base": base,
                }
            ]
        )

    def _create(self, user=None, **values):
        cards = self.env["club.scorecard"].with_user(user or self.officer)
        return cards.create(
            {
                "unit_id": self.unit.id,
                "year": 2025,
                "template_id": self.template.id,
                "unposted_reason": "No points in this test",
                **values,
            }
        )

    def _fill_year(self):
        for in_month, revenue in (("2024-12", 100), ("2025-03", 60), ("2025-12", 50)):
            self._put(self.unit, in_month, "revenue", revenue)
        self._put(self.unit, "2026-01", "revenue", 9999)
        self._put(self.unit, "2025-03", "contacts_on_time", 10, 20)
        self._put(self.unit, "2025-12", "contacts_on_time", 26, 20 + 10)
        self._put(self.unit, "2025-01", "members", 7)
        self._put(self.unit, "2025-12", "members", 50)
        self._put(self.unit, "2025-05", "complaints", 3)

    def test_it_is_measured_and_scored_from_the_year_s_figures(self):
        self._fill_year()
        card = self._create()
        self.assertRecordValues(
            card.line_ids,
            [
                {"code": "revenue", "measured": 10, "attained": 100},
                {"code": "contacts_on_time", "measured": 72, "attained": 80},
                {"code": "complaints", "measured": 6, "attained": 80},
            ],
        )
        self.assertEqual(card.score, 90)
        self.assertEqual(card.month_to, month("2025-12"))

    def test_figures_of_units_below_count(self):
        self._fill_year()
        self._put(self.other_unit, "2025-12", "complaints", 2)
        card = self._create(unit_id=self.centre.id)
        self.assertEqual(card.line_ids[2].measured, 10)

    def test_companies_that_share_a_unit_have_their_own_figures_of_it(self):
        """Neither score nor list takes those of the company beside. Rule E5."""
        self._fill_year()
        beside = self._create_club_company("Lake Post")
        self.unit.parent_id = False
        self.unit.company_id = False
        self.env["club.figure"]._create_guarded(
            {
                "company_id": beside.id,
                "unit_id": self.unit.id,
                "month": month("2025-12"),
                "code": "revenue",
                "value": 10**6,
                "base": 0,
            }
        )
        card = self._create()
        self.assertEqual(card.line_ids[0].measured, 10)
        domain = card.action_open_figures()["domain"]
        listed = self.env["club.figure"].sudo().search(domain)
        self.assertEqual(listed.company_id, self.company)

    def test_what_can_not_be_measured_leaves_its_weight_to_the_others(self):
        self._put(self.unit, "2025-03", "contacts_on_time", 9, 10)
        card = self._create()
        self.assertEqual(card.line_ids.mapped("is_measured"), [False, True, False])
        self.assertEqual((card.score, card.measured_weight), (100, 30))
        empty = self._create(unit_id=self.other_unit.id)
        self.assertEqual(empty.score, 0)

    def test_a_running_year_counts_the_months_that_are_over(self):
        self._put(self.unit, "2026-03", "contacts_on_time", 9, 10)
        self._put(self.unit, "2026-04", "contacts_on_time", 0, 10)
        self._put(self.unit, "2025-03", "revenue", 100)
        self._put(self.unit, "2025-04", "revenue", 500)
        self._put(self.unit, "2026-03", "revenue", 110)
        card = self._create(year=2026)
        self.assertEqual(card.line_ids.mapped("measured"), [10, 90, 0])
        self.assertEqual((card.score, card.month_to), (100, month("2026-03")))
        later = self._create(year=2027)
        self.assertEqual((later.score, later.month_to), (0, False))

    def test_weights_sum_to_100_exactly(self):
        line = self.template.indicator_ids[0]
        for weight, total in ((50.01, "100.01"), (49, "99.00")):
            with (
                self.assertRaisesRegex(UserError, f"sum to {total}"),
                self.env.cr.savepoint(),
            ):
                self.template.with_user(self.officer).write(
                    {"indicator_ids": [Command.update(line.id, {"weight": weight})]}
                )
        card = self._create()
        card.line_ids[0].weight = 20
        for press in (card.action_compute, card.action_issue):
            with self.assertRaisesRegex(UserError, "sum to 70.00"):
                press()
        card.line_ids[0].weight = 50
        card.action_compute()
        line.weight = 20  # alone, past the template's form
        with self.assertRaisesRegex(UserError, "sum to 70.00"):
            self._create(unit_id=self.other_unit.id)

    def test_goals_of_a_draft_are_its_own(self):
        self._fill_year()
        card = self._create()
        card.line_ids[1].goal = 72
        self.assertEqual((card.line_ids[1].attained, card.score), (100, 96))
        card.write({"line_ids": [Command.update(card.line_ids[2].id, {"goal": 6})]})
        self.assertEqual(card.score, 100)
        card.action_reset_goals()
        self.assertEqual((card.line_ids[1].goal, card.score), (90, 90))

    def test_issued_it_stays_for_good(self):
        self._fill_year()
        card = self._create()
        card.action_issue()
        self._put(self.unit, "2025-06", "revenue", 1000)
        line = card.line_ids[0]
        for change in (
            card.action_compute,
            card.action_issue,
            card.action_reset_goals,
            card.unlink,
            line.unlink,
            lambda: card.write({"note": "Better"}),
            lambda: card.write({"template_id": self.template.id, "year": 2024}),
            lambda: line.write({"goal": 1}),
            lambda: card.line_ids.create(
                {
                    "scorecard_id": card.id,
                    "code": "visits",
                    "goal": 1,
                    "weight": 1,
                }
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        self.env["club.scorecard"]._cron_compute()
        self.template.indicator_ids[0].goal = 99
        self.env.invalidate_all()
        self.assertEqual((card.score, line.goal, line.measured), (90, 10, 10))
        self.assertEqual(card.issued_by_id, self.officer)

    def test_issued_it_keeps_what_unit_and_issuer_were_called(self):
        """The draft of a unit of another kind goes with its name. Rule E9."""
        self._fill_year()
        card, draft = self._create(), self._create(unit_id=self.centre.id)
        card.action_issue()
        paper = self.env["report.crm_club.club_scorecard"]
        before = paper._prepare_card(card)
        issuer = self.officer.name
        self.unit.name, self.centre.name = "Pier", "Dune"
        self.officer.name = "Somebody"
        self.env.invalidate_all()
        after = paper._prepare_card(card)
        self.assertEqual((after.unit, after.issued), (before.unit, before.issued))
        self.assertIn(issuer, after.issued)
        self.assertEqual(card.display_name, "Quay · 2025")
        self.assertEqual(draft.display_name, "Dune · 2025")
        with self.assertRaises(AccessError):
            card.write({"names": {"unit": "Pier", "issuer": ""}})

    def test_a_year_is_issued_once_it_is_over(self):
        card = self._create(year=2026)
        for moment in ("2026-12-31 15:00:00", "2026-12-31 16:30:00"):
            with freeze_time(moment):
                if moment.endswith("15:00:00"):  # 23:00 in Shanghai
                    with self.assertRaisesRegex(UserError, "once 2026 is over"):
                        card.action_issue()
                else:
                    card.action_issue()
        self.assertEqual(card.state, "issued")

    def test_drafts_follow_the_figures_every_night(self):
        self._fill_year()
        card = self._create()
        self._put(self.unit, "2025-06", "revenue", 12)
        self.env["club.scorecard"]._cron_compute()
        self.assertEqual(card.line_ids[0].measured, 22)

    def test_units_of_a_kind_are_ranked(self):
        self._fill_year()
        quay = self._create()
        hill = self._create(unit_id=self.other_unit.id)
        centre = self._create(unit_id=self.centre.id)
        last_year = self._create(year=2024)
        self.env.invalidate_all()
        cards = quay | hill | centre | last_year
        self.assertEqual(cards.mapped("rank"), [1, 2, 1, 1])
        self.assertEqual(cards.mapped("rank_of"), [2, 2, 1, 1])
        self.assertEqual(hill.with_user(self.hill_lead).rank, 2)

    def test_a_final_rank_stays_whatever_becomes_final_later(self):
        """What an auditor reads on two cards never contradicts. Rule E9."""
        self._fill_year()
        quay, hill = self._create(), self._create(unit_id=self.other_unit.id)
        centre = self._create(unit_id=self.centre.id)
        with self.assertRaisesRegex(UserError, "Still a draft: Hill · 2025"):
            quay.action_issue()
        (quay | hill).action_issue()
        self.assertEqual((quay | hill).mapped("rank"), [1, 2])
        self.assertEqual(centre.state, "draft")
        late = self.env["crm.team"].create(
            {"name": "Late", "company_id": self.company.id, "club_level": "branch"}
        )
        self.other_unit.club_level = "centre"
        self._put(late, "2025-03", "contacts_on_time", 30, 30)
        late_card = self._create(unit_id=late.id)
        self.assertGreater(late_card.score, quay.score)
        late_card.action_issue()
        self.env.invalidate_all()
        cards = quay | hill | late_card
        self.assertEqual(cards.mapped("rank"), [1, 2, 1])
        self.assertEqual(cards.mapped("rank_of"), [2, 2, 2])
        with self.assertRaises(AccessError):
            quay.write({"final_rank": 3})

    def test_it_is_final_once_decembers_points_are_posted_or_with_a_reason(self):
        self._fill_year()
        card = self._create(unposted_reason=False)
        card_with_reason = self._create(unit_id=self.centre.id)
        for in_month in ("2025-11", "2025-12"):
            with self.assertRaisesRegex(UserError, "points of December 2025"):
                card.action_issue()
            self._add_revenue(self.account_a, 700, in_month)
            self._post_run(in_month)
        card.action_issue()
        card_with_reason.action_issue()
        self.assertEqual((card | card_with_reason).mapped("state"), ["issued"] * 2)
        paper = self.env["report.crm_club.club_scorecard"]
        self.assertEqual(
            paper._prepare_card(card_with_reason).unposted, "No points in this test"
        )

    def test_who_reads_and_writes_them(self):
        quay, hill = self._create(), self._create(unit_id=self.other_unit.id)
        for user, found in (
            (self.lead, quay),
            (self.hill_lead, hill),
            (self.centre_lead, quay | hill),
            (self.finance, quay | hill),
            (self.auditor, quay | hill),
        ):
            cards = self.env["club.scorecard"].with_user(user)
            self.assertEqual(cards.search([]), found, user.name)
            for change in (
                lambda cards=cards: cards.search([]).action_issue(),
                lambda cards=cards: cards.search([]).write({"note": "Mine"}),
                lambda cards=cards: cards.search([]).line_ids.write({"goal": 1}),
                lambda user=user: self._create(user, year=2020),
            ):
                with self.assertRaises(AccessError):
                    change()
        with self.assertRaises(AccessError):
            self.env["club.scorecard"].with_user(self.manager).search([])
        with self.assertRaises(AccessError):
            quay.with_user(self.officer).write({"score": 120})

    def test_from_above_one_reads_what_companies_below_have_issued(self):
        below = self.env["res.company"].create(
            {"name": "Inland Post", "parent_id": self.company.id}
        )
        cards = self.env["club.scorecard"]
        for name, level in (("Lake", "branch"), ("River", "line")):
            unit = self.env["crm.team"].create(
                {"name": name, "company_id": below.id, "club_level": level}
            )
            card = self._create(
                self.env.user, company_id=below.id, unit_id=unit.id, year=2025
            )
            cards |= card
        lake = cards[0]
        seen = self.env["club.scorecard"].with_user(self.officer)
        self.assertFalse(seen.search([]))
        lake.action_issue()
        self.assertEqual(seen.search([]), lake)
        self.assertEqual(len(seen.search([]).line_ids.mapped("measured")), 3)
        with self.assertRaises(AccessError):
            cards[1].with_user(self.officer).read(["score"])
        self._assert_said_below(lake)

    def _assert_said_below(self, card):
        """What is said and filed beside a card stays with its company. Rule E5."""
        said = card.message_post(body=BETWEEN_US, attachments=[("note.txt", b"x")])
        inside = self._create_user("auditor", "inland", card.company_id)
        self.env.invalidate_all()
        for user, sees in ((inside, True), (self.officer, False)):
            env = self.env(user=user, su=False, context={})
            of_card = [("res_id", "=", card.id)]
            for model, found in (
                ("mail.message", said),
                ("ir.attachment", said.attachment_ids),
            ):
                name = "model" if model == "mail.message" else "res_model"
                domain = [(name, "=", card._name), *of_card]
                records = env[model].search(domain)
                self.assertEqual(found.with_env(env) <= records, sees, model)
                self.assertEqual(found.with_env(env).has_access("read"), sees, model)
                by_id = env[model].search([("id", "in", found.ids)])
                self.assertEqual(bool(by_id), sees, model)
        above = card.with_user(self.officer)
        above.message_subscribe(self.officer.partner_id.ids)
        self.assertNotIn(self.officer.partner_id, card.message_partner_ids)
        with self.assertRaises(AccessError):
            above.message_post(body=BETWEEN_US)
        # No client says that it asks for what is beside it, and reads it by that.
        self.assertTrue(above.with_context(club_beside=True).read(["score"]))
        below = card.with_user(inside).with_context(
            allowed_company_ids=card.company_id.ids
        )
        below.message_post(body=BETWEEN_US)
        planned = {
            "model": card._name,
            "res_id": card.id,
            "body": BETWEEN_US,
            "scheduled_date": "2026-05-01 08:00:00",
        }
        waiting = below.env["mail.scheduled.message"].create(
            {**planned, "author_id": inside.partner_id.id}
        )
        theirs = above.env["mail.scheduled.message"]
        self.assertFalse(theirs.search([("id", "=", waiting.id)]))
        with self.assertRaises(AccessError):
            theirs.create({**planned, "author_id": self.officer.partner_id.id})
        with self.assertRaises(AccessError):
            theirs.browse(waiting.id).unlink()
        beside = self._create_club_company("Elsewhere")
        stranger = self._create_users(beside, stranger="officer")
        env = self.env(
            user=stranger, context={"allowed_company_ids": stranger.company_ids.ids}
        )
        self.assertFalse(env["club.scorecard"].search([]))

    def test_one_card_a_unit_and_year_and_sane_indicators(self):
        card = self._create()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._create()
        for values in (
            {"goal": 0},
            {"weight": 0},
            {"weight": 101},
            {"method": "per"},
            {"base_code": "members"},
        ):
            with (
                self.subTest(values),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                card.line_ids[1].write(values)
                self.env.flush_all()

    def test_cards_of_a_year_are_drawn_up_at_once(self):
        self._create()
        dialogs = self.env["club.scorecard.draw"]
        values = {"year": 2025, "template_id": self.template.id}
        dialogs.with_user(self.officer).create(values).action_draw_up()
        cards = self.env["club.scorecard"].search([("year", "=", 2025)])
        self.assertEqual(cards.unit_id, self.unit | self.other_unit | self.centre)
        with self.assertRaises(UserError):
            dialogs.with_user(self.officer).create(values).action_draw_up()
        with self.assertRaises(AccessError):
            dialogs.with_user(self.lead).create(values)
        self.assertEqual(dialogs.with_user(self.officer).create({}).year, 2026)

    def test_a_page_of_its_own(self):
        self._fill_year()
        card = self._create()
        reports = self.env["ir.actions.report"].with_user(self.lead)
        html, _type = reports._render_qweb_html(
            "crm_club.club_scorecard_report", card.ids
        )
        for text in ("Quay", "2025", "90.0", "72.00", "1 of 1"):
            self.assertIn(text, html.decode())
        with self.assertRaises(AccessError):
            reports.with_user(self.hill_lead)._render_qweb_html(
                "crm_club.club_scorecard_report", card.ids
            )

    def test_what_comes_along_sums_to_100(self):
        template = self.env.ref("crm_club.club_scorecard_template_unit")
        self.assertEqual(sum(template.indicator_ids.mapped("weight")), 100)
        self.assertEqual(len(self._create(template_id=template.id).line_ids), 9)
