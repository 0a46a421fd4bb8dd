from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .rate_case import RateCase

ROLES = ("manager", "clerk", "lead", "finance", "officer", "auditor")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRateGuards(RateCase):
    """Rule E2, PEERS 1 to 5: what is submitted is fixed, for every role."""

    def test_nobody_edits_a_rate_that_waits_or_is_in_force(self):
        waiting = self._propose(0.3, "2026-06-01")
        waiting.action_submit()
        in_force = self._put_in_force(0.4)
        other = self.env["product.category"].create({"name": "Other"})
        changes = (
            {"value": 9},
            {"factor": "coefficient"},
            {"date_from": "2026-02-01"},
            {"date_to": "2030-12-31"},
            {"category_id": other.id},
            {"note": "Other"},
            {"program_id": self._create_program(self.company).id},
            {"approval_state": "draft", "value": 9},
            {"replaced_by_id": False},
            {"replaced_ids": [Command.link(in_force.id)]},
            {"notice_number": "RN/1"},
            {"notice_date": "2026-01-01"},
            {"old_value": 1},
            {"previous_id": False},
            {"company_id": self.env.company.id},
        )
        for rate in (waiting, in_force):
            for role in ROLES:
                own = rate.with_user(getattr(self, role))
                for values in changes:
                    with self.assertRaises(UserError):
                        own.write(values)
                with self.assertRaises(UserError):
                    own.unlink()
            for values in changes:  # and not the superuser by mistake
                with self.assertRaises(UserError):
                    rate.sudo().write(values)
        self.assertRecordValues(waiting + in_force, [{"value": 0.3}, {"value": 0.4}])

    def test_nobody_creates_a_rate_in_force(self):
        for values in (
            {"approval_state": "done"},
            {"notice_number": "RN/2026/0099"},
            {"replaced_by_id": 1},
            {"old_value": 1},
        ):
            for user in (self.lead, self.finance, self.officer):
                with self.assertRaises(AccessError):
                    self._propose(0.4, user=user, **values)
        default = (
            self.env["club.points.rate"]
            .with_user(self.finance)
            .with_context(default_approval_state="done", default_notice_number="X")
        )
        rate = default.create(
            {
                "program_id": self.program.id,
                "category_id": self.category.id,
                "value": 1,
                "date_from": "2026-05-01",
            }
        )
        self.assertRecordValues(
            rate, [{"approval_state": "draft", "notice_number": False}]
        )

    def test_a_copy_is_a_proposal(self):
        copy = self._put_in_force(0.4).with_user(self.lead).copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "approval_state": "draft",
                    "notice_number": False,
                    "previous_id": False,
                    "approval_request_id": False,
                }
            ],
        )

    def test_lines_look_after_their_own_proposals_only(self):
        mine, other = self._propose(0.4), self._propose(0.5, user=self.clerk)
        mine.value = 0.41
        for operation in (
            lambda: other.with_user(self.lead).write({"value": 9}),
            lambda: other.with_user(self.lead).unlink(),
            lambda: other.with_user(self.lead).action_submit(),
        ):
            with self.assertRaises(AccessError):
                operation()
        self.assertEqual(other.with_user(self.lead).value, 0.5)
        other.with_user(self.officer).value = 0.55
        with self.assertRaises(AccessError):  # who signs it doesn't edit it
            other.with_user(self.finance).value = 0.56
        mine.unlink()

    def test_a_signatory_without_a_role_reads_what_he_signs(self):
        marketing = self.signers["marketing"]
        rates = self.env["club.points.rate"].with_user(marketing)
        rate = self._propose(1.2, factor="coefficient")
        self.assertFalse(rates.search([]))
        rate.action_submit()
        self.assertEqual(rates.search([]), rate)
        self.assertEqual(rates.browse(rate.id).impact, rate.impact)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(rates.has_access(operation), operation)
        rate.with_user(marketing).action_sign()
        self.env.invalidate_all()
        self.assertEqual(rates.search([]), rate)

    def test_companies_have_their_own_rates_signers_and_numbers(self):
        other = self._create_club_company("Other Post")
        program = self._create_program(other)
        self.env.user.company_ids |= other
        lead = self._create_user("lead", "other_lead", other)
        finance = self._create_user("finance", "other_finance", other)
        self._create_seat("finance", finance, company=other)
        here = self._put_in_force(0.4)
        rate = self._propose(0.7, user=lead, program_id=program.id)
        self.assertEqual(rate.company_id, other)
        with self.assertRaises(AccessError):
            here.with_user(lead).read(["value"])
        rate.action_submit()
        self.assertEqual(self._get_turns(rate), ["other_finance"])
        with self.assertRaises(AccessError):
            rate.with_user(self.finance).action_sign()
        rate.with_user(finance).action_sign()
        self.assertRecordValues(
            here + rate,
            [
                {"notice_number": "RN/2026/0001", "replaced_by_id": False},
                {"notice_number": "RN/2026/0001", "replaced_by_id": False},
            ],
        )
        message = rate.sudo().message_ids.filtered("subject")
        self.assertEqual(message.partner_ids, lead.partner_id)
        # A proposal can't be pushed into the other company's signatures.
        both = self._propose(0.4, "2026-07-01")
        for values in ({"company_id": other.id}, {"program_id": program.id}):
            with self.assertRaises(AccessError):
                both.with_user(self.lead).write(values)
            self.env.invalidate_all()
