"""Who shares whose revenue, signed by both sides. Rule B11."""

from datetime import date

from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .share_case import ShareCase


@tagged("post_install", "-at_install")
class TestRevenueShare(ShareCase):
    # === Percentages === #

    def test_percentages_sum_to_exactly_a_hundred(self):
        for percents in ((60, 39.99), (60, 40.01), (33.33, 33.33, 33.33), (50,), ()):
            share = self._draw_up(*percents)
            with self.subTest(percents=percents), self.assertRaises(UserError):
                share.action_submit()
        for percents in ((60, 40), (33.33, 33.33, 33.34), (0.01, 99.99), (100,)):
            share = self._draw_up(*percents)
            if percents == (100,):
                share.unit_id = self.unit
                share = share.with_user(self.officer)
            with self.subTest(percents=percents):
                share.action_submit()
                self.assertEqual(share.approval_state, "waiting")

    def test_a_percentage_is_more_than_0_and_at_most_100(self):
        for percent in (0, -1, 100.01):
            with (
                self.subTest(percent=percent),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._draw_up(percent, 50)
                self.env.flush_all()
        with self.assertRaises(UserError):
            self._draw_up(float("nan"), 50)

    def test_one_holds_the_account(self):
        share = self._draw_up(60, 40)
        for roles in (("server", "server"), ("holder", "holder")):
            for line, role in zip(share.line_ids, roles, strict=True):
                line.role = role
            with self.assertRaisesRegex(UserError, "exactly one holder"):
                share.action_submit()

    def test_nobody_stands_in_it_twice(self):
        with self.assertRaises(ValidationError):
            self._draw_up(60, 40).line_ids[1].write(
                {"unit_id": self.unit.id, "user_id": self.manager.id}
            )

    def test_people_work_in_the_unit_that_they_stand_for(self):
        share = self._draw_up(60, 40)
        share.line_ids[1].user_id = self.centre_member
        share.action_submit()
        share = self._draw_up(60, 40)
        share.line_ids[1].user_id = self.finance
        with self.assertRaisesRegex(UserError, "doesn't work in"):
            share.action_submit()

    # === Both sides sign === #

    def test_it_counts_once_both_sides_have_signed(self):
        share = self._draw_up(60, 40)
        share.action_submit()
        self.assertEqual(self._get_turns(share), ["centre_lead", "club_lead"])
        share.with_user(self.centre_lead).action_sign()
        self.assertEqual(share.approval_state, "waiting")
        with self.assertRaises(UserError):
            share.with_user(self.centre_lead).action_sign()
        share.with_user(self.lead).action_sign()
        self.assertEqual(share.approval_state, "waiting")
        share.with_user(self.head).action_sign()
        self.assertEqual(share.approval_state, "done")
        self.assertFalse(share.sudo().last_day)

    def test_nobody_signs_for_both_sides(self):
        """Neither as a lead of both, nor by a deputy's or a substitute's seat."""
        body = self.env["club.body"].create(
            {
                "name": "Deputies of the centre",
                "code": "centre_deputies",
                "company_id": self.company.id,
                "is_unit_head": True,
                "unit_id": self.centre.id,
            }
        )
        self.env["club.body.seat"].create(
            {
                "body_id": body.id,
                "user_id": self.lead.id,
                "office": "Deputy",
                "date_from": date(2020, 1, 1),
            }
        )
        share = self._draw_up(60, 40)
        share.action_submit()
        share.with_user(self.lead).action_sign()
        with self.assertRaises(UserError):
            share.with_user(self.lead).action_sign()
        share.invalidate_recordset()
        self.assertEqual(self._get_turns(share), ["centre_lead"])
        self.assertFalse(share.with_user(self.lead).approval_can_sign)
        requests = self.env["club.approval.request"].with_user(self.lead).sudo()
        self.assertFalse(requests.search_count([("is_my_turn", "=", True)]))
        share.with_user(self.centre_lead).action_sign()
        signed = share.sudo().approval_request_id.signature_ids.filtered("unit_id")
        self.assertEqual(len(signed.signer_id), 2)

    def test_a_substitute_does_not_sign_for_whom_has_signed(self):
        """The other side's seat is his who has signed, whoever sits in for him."""
        self.centre.user_id = self.lead
        substitute = self._create_users(sits_in="user")
        body = self.env["club.body"].create(
            {
                "name": "Deputies of the centre",
                "code": "centre_deputies",
                "company_id": self.company.id,
                "is_unit_head": True,
                "unit_id": self.centre.id,
            }
        )
        seat = self.env["club.body.seat"].create(
            {
                "body_id": body.id,
                "user_id": self.lead.id,
                "office": "Deputy",
                "date_from": date(2020, 1, 1),
            }
        )
        self.env["club.body.substitute"].create(
            {
                "seat_id": seat.id,
                "user_id": substitute.id,
                "date_from": "2026-04-01",
                "date_to": "2026-04-30",
            }
        )
        share = self._draw_up(60, 40)
        share.action_submit()
        share.with_user(self.lead).action_sign()
        self.assertEqual(self._get_turns(share), [])
        for user in (self.lead, substitute):
            with self.assertRaises(UserError):
                share.with_user(user).action_sign()

    def test_who_leads_both_sides_can_t_apply(self):
        """He would stand for both, and nobody of either would sign."""
        self.centre.user_id = self.lead
        share = self._draw_up(60, 40, user=self.lead)
        with self.assertRaisesRegex(UserError, "one of them at most"):
            share.action_submit()
        self.assertFalse(share.approval_request_id)

    def test_who_applies_for_his_side_leaves_the_other_to_sign(self):
        share = self._draw_up(60, 40, user=self.centre_lead)
        share.action_submit()
        self.assertEqual(self._get_turns(share), ["club_lead"])
        self._sign_all(share)
        self.assertEqual(share.approval_state, "done")

    def test_a_policy_without_units_does_not_do(self):
        policy = self.env["club.approval.policy"]._get_for(
            "revenue_share", self.company
        )
        policy.band_ids.stage_ids.filtered("with_unit").unlink()
        with self.assertRaisesRegex(UserError, "mend the policy"):
            self._draw_up(60, 40).action_submit()

    def test_the_account_s_unit_signs_what_it_gives_away(self):
        share = self._draw_up(60, 40)
        sharers = self.centre_lead | self.centre_member
        for line, user in zip(share.line_ids, sharers, strict=True):
            line.write({"unit_id": self.centre.id, "user_id": user.id})
        share.action_submit()
        self.assertEqual(self._get_turns(share), ["centre_lead", "club_lead"])

    def test_a_unit_that_comes_in_later_is_asked_anew(self):
        share = self._draw_up(60, 40)
        share.action_submit()
        self.account_a.club_unit_id = self.other_unit
        with self.assertRaisesRegex(UserError, "wasn't asked to sign"):
            self._sign_all(share)

    def test_a_unit_that_it_does_not_concern_does_not_apply(self):
        share = self._draw_up(60, 40, user=self.officer, unit_id=self.other_unit.id)
        with self.assertRaisesRegex(UserError, "is neither"):
            share.action_submit()

    # === No overlap === #

    def test_no_two_of_them_share_one_day(self):
        first = self._put_in_effect(60, 40, date_to="2026-06-30")
        for values in (
            {"date_from": "2026-06-30"},
            {"date_from": "2025-01-01", "date_to": "2026-01-01"},
            {"date_from": "2026-03-01", "date_to": "2026-03-01"},
            {"date_from": "2025-01-01"},
            {"date_from": "2026-06-30", "category_id": self.categ_parcels.id},
        ):
            share = self._draw_up(50, 50, **values)
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, first.name),
            ):
                share.action_submit()
        for values in (
            {"date_from": "2026-07-01"},
            {"date_from": "2025-01-01", "date_to": "2025-12-31"},
            {"account_id": self.account_b.id, "unit_id": self.centre.id},
        ):
            with self.subTest(values=values):
                self._draw_up(50, 50, **values).action_submit()

    def test_all_revenue_overlaps_each_category(self):
        self._put_in_effect(60, 40, category_id=self.categ_parcels.id)
        with self.assertRaisesRegex(UserError, "RSH/"):
            self._draw_up(50, 50).action_submit()
        below = self.env["product.category"].create(
            {"name": "Small parcels", "parent_id": self.categ_parcels.id}
        )
        with self.assertRaisesRegex(UserError, "RSH/"):
            self._draw_up(50, 50, category_id=below.id).action_submit()
        self._put_in_effect(50, 50, category_id=self.categ_letters.id)

    def test_of_two_that_wait_one_takes_effect(self):
        one, two = self._draw_up(60, 40), self._draw_up(50, 50)
        (one | two).action_submit()
        self._sign_all(one)
        with self.assertRaisesRegex(UserError, one.name):
            self._sign_all(two)

    def test_the_database_refuses_what_two_sessions_would_do(self):
        self._put_in_effect(60, 40)
        other = self._draw_up(60, 40, category_id=self.categ_parcels.id)
        self.env.flush_all()
        with (
            self.assertRaises(ExclusionViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE club_revenue_share SET approval_state = 'done' WHERE id = %s",
                [other.id],
            )

    # === Ended by a signed one only === #

    def test_a_successor_ends_it_the_day_before(self):
        first = self._put_in_effect(60, 40)
        second = self._put_in_effect(
            50, 50, date_from="2026-05-01", replaces_id=first.id
        )
        self.assertEqual(str(first.last_day), "2026-04-30")
        self.assertEqual(first.ended_by_id, second)
        self.assertFalse(first.date_to)  # as it was signed
        for day in ("2026-01-01", "2025-12-31"):
            with self.assertRaises(UserError):
                self._draw_up(
                    70, 30, date_from=day, replaces_id=first.id
                ).action_submit()

    def test_an_end_is_signed_by_those_whom_it_takes_it_from(self):
        first = self._put_in_effect(60, 40)
        end = self._draw_up(
            user=self.lead,
            kind="end",
            unit_id=self.unit.id,
            replaces_id=first.id,
            date_from="2026-05-01",
        )
        end.action_submit()
        self.assertEqual(self._get_turns(end), ["centre_lead"])
        self.assertFalse(first.last_day)
        self._sign_all(end)
        self.assertEqual(str(first.last_day), "2026-04-30")
        self.assertEqual(first.approval_state, "done")
        # From the next day on it is free again.
        self._put_in_effect(50, 50, date_from="2026-05-01")

    def test_an_end_ends_something(self):
        first = self._put_in_effect(60, 40, date_to="2026-06-30")
        values = {"kind": "end", "date_from": "2026-07-01"}
        with self.assertRaises(ValidationError):
            self._draw_up(**values)
        with self.assertRaisesRegex(UserError, "anyway"):
            self._draw_up(**values, replaces_id=first.id).action_submit()
        with self.assertRaises(ValidationError):
            self._draw_up(**values, replaces_id=first.id, account_id=self.account_b.id)
        with self.assertRaisesRegex(UserError, "remove its lines"):
            self._draw_up(
                100, **{**values, "date_from": "2026-06-30"}, replaces_id=first.id
            ).action_submit()
        self._put_in_effect(
            **{**values, "date_from": "2026-06-30"}, replaces_id=first.id
        )
        self.assertEqual(str(first.last_day), "2026-06-29")

    def test_what_counts_stays_as_history(self):
        share = self._put_in_effect(60, 40)
        for user in (self.centre_member, self.centre_lead, self.officer):
            mine = share.with_user(user).sudo(False)
            for values in (
                {"date_to": "2026-02-01"},
                {"last_day": "2026-02-01"},
                {"ended_by_id": share.id},
                {"account_id": self.account_b.id},
                {"category_id": self.categ_parcels.id},
                {"kind": "end"},
                {"reason": "Another one"},
                {"company_id": self.env.ref("base.main_company").id},
                {"approval_state": "draft"},
                {"line_ids": [Command.clear()]},
                {"line_ids": [Command.update(share.line_ids[0].id, {"percent": 1})]},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(UserError):
                        mine.write(values)
            with self.assertRaises(UserError):
                mine.unlink()
            with self.assertRaises(UserError):
                mine.line_ids[0].unlink()
            with self.assertRaises(UserError):
                mine.action_withdraw("Not any more")

    def test_a_line_does_not_move_into_what_is_signed(self):
        share = self._put_in_effect(60, 40)
        draft = self._draw_up(60, 40, account_id=self.account_b.id)
        with self.assertRaises(UserError):
            draft.line_ids[0].share_id = share
        with self.assertRaises(UserError):
            self.env["club.revenue.share.line"].with_user(self.centre_member).create(
                {"share_id": share.id, "unit_id": self.centre.id, "percent": 1}
            )

    # === Companies, merging === #

    def test_another_company_s_units_and_accounts_are_refused(self):
        other = self._create_club_company("Elsewhere")
        unit = self.env["crm.team"].create(
            {"name": "Far", "company_id": other.id, "club_level": "branch"}
        )
        share = self._draw_up(60, 40)
        with self.assertRaises(UserError):
            share.line_ids[1].unit_id = unit
        foreign = self._create_account("Foreign", agreement=False, company_id=other.id)
        with self.assertRaises(UserError):
            share.account_id = foreign

    def test_another_company_shares_the_same_account(self):
        self._put_in_effect(60, 40)
        other = self._create_club_company("Elsewhere")
        self.env.cr.execute(
            "INSERT INTO club_revenue_share (name, company_id, unit_id, kind,"
            " account_id, date_from, reason, approval_state)"
            " VALUES ('X', %s, %s, 'share', %s, '2026-01-01', 'x', 'done')",
            [other.id, self.unit.id, self.account_a.id],
        )

    def test_accounts_whose_shares_would_overlap_are_not_merged(self):
        one = self._put_in_effect(60, 40)
        self._put_in_effect(60, 40, account_id=self.account_b.id)
        shares = self.env["club.revenue.share"].sudo()
        with self.assertRaisesRegex(UserError, one.name):
            shares._settle_merge(self.account_b, self.account_a)
        third = self._create_account("Third", agreement=False)
        shares._settle_merge(third, self.account_a)

    # === Who sees it === #

    def test_sharers_read_it_and_others_do_not(self):
        share = self._put_in_effect(60, 40)
        stranger = self._create_users(stranger="user")
        for user, reads in (
            (self.manager, True),
            (self.lead, True),
            (self.centre_lead, True),
            (self.auditor, True),
            (stranger, False),
        ):
            found = self.env["club.revenue.share"].with_user(user)
            with self.subTest(user=user.login):
                count = found.search_count([("id", "=", share.id)])
                self.assertEqual(bool(count), reads)
        with self.assertRaises(AccessError):
            share.with_user(stranger).sudo(False).read(["reason"])
