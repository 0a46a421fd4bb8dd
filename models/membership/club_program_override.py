"""A tier that an officer sets by hand, with a reason and an end."""

import json
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...kernel import windows
from ...kernel.written import get_written


class ClubProgram(models.Model):
    _inherit = "club.program"

    def _set_override(self, account, tier, date_to, reason):
        """Give an account a tier from today to ``date_to``, whatever it measures.

        It takes nothing away: neither the tier nor the time that the account has. Its
        term ends like any other, with a requalification. Who may ask for it and who has
        signed is the business of `club.tier.override`. Rules A6, A10.

        :return: the membership that begins today
        """
        self.ensure_one()
        program = self.with_company(self.company_id)
        account = account.commercial_partner_id
        today = program._today()
        replaced = program._check_can_override(account, tier, date_to, reason)
        assessed = program._assess(account, today)[account.id, tier.group_id.id]
        memberships = self.env["club.membership"]
        memberships._end(
            [
                (membership.id, today - timedelta(days=1), "replaced")
                for membership in program._get_running(account, tier.group_id)
            ]
        )
        ids = memberships._insert(
            self,
            [
                {
                    "account_id": account.id,
                    "group_id": tier.group_id.id,
                    "tier_id": tier.id,
                    "date_from": today,
                    "date_to": date_to,
                    "origin": "override",
                    "evidence": json.dumps(
                        {
                            **assessed.evidence(today),
                            "override": get_written(reason),
                            "replaces": replaced,
                        }
                    ),
                    "score": assessed.score,
                    "reason": get_written(reason),
                }
            ],
        )
        program._refresh_mirrors(account)
        return memberships.browse(ids)

    def _get_override_limits(self, account, group):
        """Return the first and the last day on which a tier set today may end."""
        self.ensure_one()
        program = self.with_company(self.company_id)
        today = program._today()
        kept = [last for *_tier, last in program._get_replaced(account, group)]
        first = max([today.isoformat(), *kept])
        last = max(windows.term_end(today, self.term_months).isoformat(), first)
        return first, last

    def _get_running(self, account, group):
        """Return the memberships of today, of grace and of the time to come."""
        today = self._today()
        row = self._get_live(today, [account.id]).get((account.id, group.id))
        later = self._get_future(today, [account.id]).get((account.id, group.id), [])
        return self.env["club.membership"].browse(
            [found["id"] for found in [*([row] if row else []), *later]]
        )

    def _get_replaced(self, account, group):
        """Return what a tier set today replaces: ``[[tier code, first, last day]]``.

        A manual tier of the same day is corrected rather than replaced: what counts is
        what it replaced itself.
        """
        today = self._today()
        found = []
        for membership in self._get_running(account, group):
            if membership.origin == "override" and membership.date_from == today:
                found += (membership.evidence or {}).get("replaces") or []
            else:
                found.append(
                    [
                        membership.tier_id.code,
                        membership.date_from.isoformat(),
                        membership.date_to.isoformat(),
                    ]
                )
        return found

    # === Checks === #

    def _check_can_override(self, account, tier, date_to, reason):
        """Raise when the tier can't begin today; return what it would replace."""
        self.ensure_one()
        program = self.with_company(self.company_id)
        program._check_override(account, tier, reason)
        replaced = program._get_replaced(account, tier.group_id)
        program._check_override_takes_nothing(account, tier, date_to, replaced)
        return replaced

    def _check_override(self, account, tier, reason):
        if tier.program_id != self or not tier.active:
            raise ValidationError(
                self.env._(
                    "%(tier)s is not a tier of %(program)s.",
                    tier=tier.name,
                    program=self.name,
                )
            )
        if account.company_id and account.company_id != self.company_id:
            raise ValidationError(
                self.env._(
                    "%(account)s belongs to another company than %(program)s.",
                    account=account.display_name,
                    program=self.name,
                )
            )
        if not get_written(reason):
            raise ValidationError(
                self.env._(
                    "Enter the reason why %(account)s becomes %(tier)s by hand.",
                    account=account.display_name,
                    tier=tier.name,
                )
            )

    def _check_override_takes_nothing(self, account, tier, date_to, replaced):
        """Rule A6: lower only at the term's end."""
        names = tier.group_id._get_tier_names()
        ranks = {
            t.code: t.sequence
            for t in tier.group_id.with_context(active_test=False).tier_ids
        }
        for code, _first, last in replaced:
            if tier.sequence < ranks[code]:
                raise UserError(
                    self.env._(
                        "%(account)s is %(current)s until %(date)s and can't become "
                        "%(tier)s: a tier is lowered at its term's end only, by "
                        "requalification.",
                        account=account.display_name,
                        current=names[code],
                        date=self._format_override_day(last),
                        tier=tier.name,
                    )
                )
        first, last = self._get_override_limits(account, tier.group_id)
        if not date_to or not first <= date_to.isoformat() <= last:
            raise UserError(
                self.env._(
                    "%(tier)s set today for %(account)s ends on %(first)s at the "
                    "earliest, so that nothing is taken away, and on %(last)s at the "
                    "latest, after a term.",
                    tier=tier.name,
                    account=account.display_name,
                    first=self._format_override_day(first),
                    last=self._format_override_day(last),
                )
            )

    def _format_override_day(self, day):
        return format_date(self.env, day)
