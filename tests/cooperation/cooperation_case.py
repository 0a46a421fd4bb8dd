"""Contracts, tenders and signatories that the tests of cooperation share."""

from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..shared_world import shared

BIDS = (95_000, 120_000, 110_000)
# For whom the three seats of the panel are.
PANEL = ("key_accounts", "finance", "office")


class CooperationMixin:
    """The manager, a member of Quay, applies; the panel has three seats."""

    @classmethod
    def _set_up_cooperation(cls):
        cls._set_up_seats()
        cls._set_up_tenders()

    @classmethod
    @shared
    def _set_up_tenders(cls):
        cls.signers["unit"] = cls.lead
        cls.jurors = [cls._create_employee(f"juror_{number}") for number in range(3)]
        for user, code in zip(cls.jurors, PANEL, strict=True):
            cls._create_seat("tender", user, represents_id=cls._get_body(code).id)
        cls.signers["tender"] = cls.jurors[0]
        cls.unit.sudo().member_ids = [Command.link(cls.manager.id)]
        cls.suppliers = cls.env["res.partner"].create(
            [{"name": f"Supplier {n}", "is_company": True} for n in range(4)]
        )
        cls.supplier = cls.suppliers[0]

    @classmethod
    def _prepare_cooperation(cls, amount=10_000, **values):
        return {
            "company_id": cls.company.id,
            "unit_id": cls.unit.id,
            "partner_id": cls.supplier.id,
            "purpose": "venue",
            "subject": "Hall for the gala",
            "date_from": date(2026, 1, 1),
            "date_to": date(2030, 12, 31),
            "amount": amount,
            **values,
        }

    @classmethod
    def _draw_up(cls, amount=10_000, user=None, **values):
        cooperations = cls.env["club.cooperation"].with_user(user or cls.manager)
        return cooperations.create(cls._prepare_cooperation(amount, **values))

    @classmethod
    def _submit(cls, amount=10_000, user=None, **values):
        cooperation = cls._draw_up(amount, user, **values)
        cooperation.action_submit()
        return cooperation

    @classmethod
    def _take_effect(cls, amount=10_000, **values):
        """Return a contract that all have signed."""
        if amount > cls.program.tender_above:
            values.setdefault("exemption_reason", "The only hall in town")
        cooperation = cls._submit(amount, **values)
        cls._sign_all(cooperation)
        return cooperation

    def _get_asked(self, document):
        """Return who signs, stage by stage, by the names of ``signers``."""
        stages = {}
        for signature in document.sudo().approval_request_id.signature_ids:
            name = signature.body_id.code or "unit"
            stages.setdefault(signature.stage, set()).add(name)
        return [stages[stage] for stage in sorted(stages)]

    @contextmanager
    def _assert_refused(self, error, told):
        """Refused with these words, and nothing came of it."""
        with self.assertRaisesRegex(error, told), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    # === Tender === #

    @classmethod
    def _add_bids(cls, cooperation, amounts=BIDS):
        return cooperation.env["club.cooperation.bid"].create(
            [
                {
                    "cooperation_id": cooperation.id,
                    "partner_id": supplier.id,
                    "amount": amount,
                }
                for supplier, amount in zip(cls.suppliers, amounts, strict=False)
            ]
        )

    def _score(self, cooperation, marks=(90, 60, 80), users=None):
        """Let each member of the panel give every bid one mark in all criteria."""
        for user in users or self.jurors:
            rows = self.env["club.cooperation.score"].with_user(user)
            mine = rows.search(
                [("cooperation_id", "=", cooperation.id), ("is_mine", "=", True)]
            ).sorted("bid_id")
            for row, mark in zip(mine, marks, strict=True):
                row.write(
                    {
                        "mark_price": mark,
                        "mark_quality": mark,
                        "mark_service": mark,
                        "mark_references": mark,
                    }
                )
        self.env.invalidate_all()

    @classmethod
    def _open_tender(cls, cooperation, users=None):
        """Ask the panel to open it, and let all of its bodies consent."""
        cooperation.action_start_tender()
        for user in users or cls.jurors:
            cooperation.with_user(user).action_consent()
        cls.env.invalidate_all()

    def _award(self, cooperation, bid, reason=None, users=None):
        """Let all bodies of the panel consent to a bid, the first juror's last."""
        for user in users or self.jurors[::-1]:
            cooperation.with_user(user).action_award(bid.id, reason)
        self.env.invalidate_all()

    def _hold_tender(self, cooperation, winner=0, reason=None, amounts=BIDS):
        """Have bids, scores and the award."""
        bids = self._add_bids(cooperation, amounts)
        self._open_tender(cooperation)
        self._score(cooperation, (90, 60, 80, 70)[: len(bids)])
        self._award(cooperation, bids[winner], reason)
        return bids

    # === In effect === #

    def _call_off(self, cooperation, amount, **values):
        return (
            self.env["club.cooperation.calloff"]
            .with_user(self.manager)
            .create(
                {
                    "cooperation_id": cooperation.id,
                    "description": "An evening",
                    "amount": amount,
                    "date": TODAY,
                    **values,
                }
            )
        )

    def _raise(self, cooperation, amount, **values):
        """Return a supplement that was submitted."""
        supplement = (
            self.env["club.cooperation.supplement"]
            .with_user(self.manager)
            .create(
                {
                    "cooperation_id": cooperation.id,
                    "amount": amount,
                    "reason": "More guests",
                    **values,
                }
            )
        )
        supplement.action_submit()
        return supplement


@freeze_time(TODAY)
class CooperationCase(CooperationMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_cooperation()
