from datetime import datetime

from ..common import TODAY
from .rights_samples_dialogs import COMPANY


class CooperationSamples:
    """The rights table: third-party cooperation."""

    def make_cooperations(self):
        """Make one of each, in the place of `self`."""
        cooperation = self.make(
            "club.cooperation",
            company_id=self.company,
            unit_id=self.unit,
            partner_id=self.account,
            purpose="venue",
            subject="Rights",
            user_id=False,
            date_from=TODAY,
            date_to=TODAY,
            amount=1,
        )
        bid = self.make(
            "club.cooperation.bid",
            cooperation_id=cooperation,
            partner_id=self.account,
            amount=1,
        )
        self.make("club.cooperation.score", bid_id=bid, member_id=self.case.stranger)
        self.make(
            "club.cooperation.consent",
            cooperation_id=cooperation,
            step="opening",
            body_id=self.bodies[COMPANY if self.name == COMPANY else "own"],
            member_id=self.case.stranger,
            user_id=self.case.stranger,
            given_at=datetime(2026, 4, 1),
        )
        calloff = self.make(
            "club.cooperation.calloff",
            cooperation_id=cooperation,
            description="Rights",
            amount=1,
            date=TODAY,
        )
        settlement = self.make(
            "club.settlement",
            company_id=self.company,
            unit_id=self.unit,
            cooperation_id=cooperation,
            subject="Rights",
            date=TODAY,
        )
        self.make("club.settlement.line", settlement_id=settlement, calloff_id=calloff)
        if self.is_to_sign:
            for document in (cooperation, settlement):
                self.submit(document)

    def make_cooperation_dialogs(self):
        """A dialog is its user's own."""
        self.make("club.tender.award", cooperation_id=self.made["club.cooperation"])
