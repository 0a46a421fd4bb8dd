"""What tests of duties share: rules in force, accounts that join, contacts."""

from datetime import date

from ..common import ClubCommon
from ..shared_world import shared

SINCE = date(2026, 1, 1)


class DutyCase(ClubCommon):
    """A company with the rules of duties that the club brings, owed since 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_duties()

    @classmethod
    @shared
    def _set_up_duties(cls):
        cls.duties = cls.env["club.duty"]
        cls.rules = cls.env["club.duty.rule"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.rules.date_from = SINCE
        cls.tiers = {
            tier.code: tier
            for tier in cls.program.group_ids.tier_ids
            if tier.group_id == cls.membership
        }

    @classmethod
    def _get_rule(cls, kind, trigger=None):
        return cls.rules.filtered(
            lambda rule: rule.kind == kind and trigger in (None, rule.trigger)
        )[:1]

    def _join(self, account, code, day, until=date(2027, 12, 31), origin="enrolled"):
        """Give an account a tier from a day on, as a review does."""
        tier = self.tiers.get(code) or code
        memberships = self.env["club.membership"]
        self.env.flush_all()
        running = memberships.search(
            [
                *(("account_id", "=", account.id), ("group_id", "=", tier.group_id.id)),
                *(("state", "=", "valid"), ("date_grace", ">=", day)),
            ]
        )
        memberships._end([(one.id, self._before(day), "upgraded") for one in running])
        (membership_id,) = memberships._insert(
            self.program,
            [
                {
                    "account_id": account.id,
                    "group_id": tier.group_id.id,
                    "tier_id": tier.id,
                    "date_from": day,
                    "date_to": until,
                    "origin": origin,
                }
            ],
        )
        self.program._refresh_mirrors(account)
        return memberships.browse(membership_id)

    @staticmethod
    def _before(day):
        return date.fromordinal(day.toordinal() - 1)

    def _record(self, account, day, channel="call", **values):
        """Record a contact and let the duties follow, as saving the dialog does."""
        log = self.env["club.contact.log"].create(
            {
                "account_id": account.id,
                "held_on": day,
                "channel": channel,
                "conversation": "Talked",
                **values,
            }
        )
        self.duties._refresh(account)
        return log

    def _get(self, account, kind=None, **domain):
        """Return the account's duties, by deadline."""
        found = self.duties.search(
            [
                ("account_id", "=", account.id),
                *((name, "=", value) for name, value in domain.items()),
            ]
        )
        return found.filtered(lambda duty: kind in (None, duty.kind))
