"""The evidence of a decision as people read it: why, measures, thresholds."""

from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...kernel.tier_model import POINTS_MEASURES, REVENUE_MEASURES
from ..record.names import get_labels


class ClubTierGroup(models.Model):
    _inherit = "club.tier.group"

    def _render_evidence(self, evidence, decided):
        """Return as HTML what a decision in this group rested on. Rule A10.

        :param evidence: what `Assessed.evidence` returned then, with ``override`` and
            ``replaces`` where a person decided
        :param decided: the tier (record, may be empty) that came of it
        """
        if not evidence:
            return False
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "crm_club.club_evidence", self._get_evidence_data(evidence, decided)
        )

    def _get_evidence_data(self, evidence, decided):
        """Return the evidence in words and formatted figures, for the template."""
        names = self._get_tier_names()
        measure = evidence.get("measure")
        automatic = Decimal(evidence.get("automatic_revenue") or 0)
        score = Decimal(evidence.get("score") or 0)
        indicators = get_labels(self.env["club.indicator"], "code")
        return {
            "why": self._get_evidence_reasons(evidence, decided, names),
            "window": [self._format_day(day) for day in evidence.get("window") or ()],
            "points": self._format_points(evidence.get("points") or 0),
            "revenue": self._has_measured_revenue(evidence)
            and self._format_money(evidence.get("revenue") or 0),
            "indicators": [
                (indicators.get(code, code), self._format_points(value))
                for code, value in (evidence.get("indicators") or {}).items()
            ],
            "score": score and self._format_points(score),
            "automatic": automatic and self._format_money(automatic),
            "by_points": measure in POINTS_MEASURES,
            "by_revenue": measure in REVENUE_MEASURES,
            "tiers": [
                {
                    "name": names.get(code, code),
                    "points": self._format_points(points),
                    "revenue": self._format_money(revenue),
                    "is_reached": code in self._get_reached(evidence),
                    "is_decided": code == decided.code,
                }
                for code, points, revenue in evidence.get("thresholds") or ()
            ],
        }

    @api.model
    def _has_measured_revenue(self, evidence):
        """Tell whether 0 means none. Evidence from before all measures were always
        worked out says 0 where no rule asked for revenue.
        """
        return (
            evidence.get("measure") in REVENUE_MEASURES
            or Decimal(evidence.get("automatic_revenue") or 0)
            or "active_months" in (evidence.get("indicators") or {})
        )

    def _get_evidence_reasons(self, evidence, decided, names):
        """Return why the account got this tier, in sentences."""
        earned, floor = evidence.get("earned"), evidence.get("floor")
        result = evidence.get("result")
        values = {
            "tier": names.get(result, result),
            "decided": decided.name,
            "earned": names.get(earned, earned),
            "class": self._get_class_name(evidence.get("floor_class")),
            "head": self._get_account_name(evidence.get("floor_head")),
            "points": self._format_points(evidence.get("points") or 0),
            "revenue": self._format_money(evidence.get("revenue") or 0),
            "automatic": self._format_money(evidence.get("automatic_revenue") or 0),
        }
        reasons = []
        if evidence.get("override"):
            reasons.append(
                self.env._("Decided by hand: %(reason)s", reason=evidence["override"])
            )
        if not result:
            reasons.append(self.env._("The figures earn no tier."))
        elif result == earned:
            reasons.append(self._get_earned_reason(evidence.get("measure"), values))
        elif result == floor:
            reasons += self._get_floor_reasons(evidence, values)
        else:
            reasons.append(
                self.env._(
                    "Revenue of %(revenue)s makes the account %(tier)s automatically "
                    "(from %(automatic)s).",
                    **values,
                )
            )
        if evidence.get("together"):
            together = evidence["together"]
            reasons.append(
                self.env._(
                    "It is measured as one with its group: the figures are the sum of "
                    "%(count)s accounts, with %(head)s as their head.",
                    count=len(together["accounts"]),
                    head=self._get_account_name(together["head"]),
                )
            )
        reached = self._get_reached(evidence)
        if reached and reached[-1] != earned:
            reasons.append(
                self.env._(
                    "The figures reach %(tier)s, but a further bar of it is not met.",
                    tier=names.get(reached[-1], reached[-1]),
                )
            )
        if (result or False) != decided.code and not evidence.get("override"):
            reasons.append(
                self.env._(
                    "The program lowers by one tier at most: %(decided)s.", **values
                )
                if decided
                else self.env._("The account is in no tier.")
            )
        if evidence.get("reached"):
            reasons.append(
                self.env._(
                    "It was reached on %(date)s and lay underneath the tier that "
                    "counted then.",
                    date=self._format_day(evidence["reached"]),
                )
            )
        for code, _first, last in evidence.get("replaces") or ():
            reasons.append(
                self.env._(
                    "It replaced %(tier)s, which ran until %(date)s.",
                    tier=names.get(code, code),
                    date=self._format_day(last),
                )
            )
        return reasons

    def _get_line_reason(self, evidence, current, proposed, names):
        """Return in a sentence why a term comes to what is proposed. Rules A6, A10.

        :param evidence: what `Assessed.evidence` returned then
        :param current: the tier (record) whose term ends
        :param proposed: the tier (record, may be empty) that was proposed
        :param names: ``{code: name}`` of the group's tiers
        """
        earned, result = evidence.get("earned"), evidence.get("result")
        values = {
            "tier": names.get(result, result),
            "earned": names.get(earned, earned),
            "decided": proposed.name,
            "points": self._format_points(evidence.get("points") or 0),
            "revenue": self._format_money(evidence.get("revenue") or 0),
            "automatic": self._format_money(evidence.get("automatic_revenue") or 0),
        }
        if (result or False) != proposed.code:
            return self.env._(
                "The program lowers by one tier at most: %(decided)s.", **values
            )
        if not result or proposed.sequence < current.sequence:
            return self._get_lowered_reason(evidence, current, values)
        if result == earned:
            return self._get_earned_reason(evidence.get("measure"), values)
        if result == evidence.get("floor"):
            if not earned:
                return self.env._("Its class holds %(tier)s as the floor.", **values)
            return self.env._(
                "Its class holds %(tier)s as the floor; the figures alone reach "
                "%(earned)s.",
                **values,
            )
        return self.env._(
            "Revenue of %(revenue)s makes the account %(tier)s automatically "
            "(from %(automatic)s).",
            **values,
        )

    def _get_lowered_reason(self, evidence, current, values):
        """Return what the account has of what its tier needs."""
        measure = evidence.get("measure")
        values = {**values, "tier": current.name}
        if current.code in self._get_reached(evidence):
            return self.env._(
                "The figures reach %(tier)s, but a further bar of it is not met.",
                **values,
            )
        needed = {code: rest for code, *rest in evidence.get("thresholds") or ()}
        if current.code not in needed:
            return self.env._("The figures earn no tier.")
        points, revenue = needed[current.code]
        values["points_from"] = self._format_points(points)
        values["revenue_from"] = self._format_money(revenue)
        if measure == "points":
            return self.env._(
                "%(points)s points of the %(points_from)s that %(tier)s needs.",
                **values,
            )
        if measure == "revenue":
            return self.env._(
                "Revenue of %(revenue)s of the %(revenue_from)s that %(tier)s needs.",
                **values,
            )
        return self.env._(
            "%(points)s points and revenue of %(revenue)s; %(tier)s needs "
            "%(points_from)s and %(revenue_from)s.",
            **values,
        )

    def _get_floor_reasons(self, evidence, values):
        """Return why a class decided: its own, or that of a head. Rules A4, A12."""
        if not evidence.get("floor_head"):
            granted = self.env._("The class %(class)s grants %(tier)s.", **values)
        else:
            granted = self.env._(
                "The class %(class)s of %(head)s, its head, grants %(tier)s.", **values
            )
        if not evidence.get("earned"):
            return [granted]
        if not evidence.get("floor_head"):
            return [
                self.env._(
                    "The class %(class)s grants %(tier)s; the figures alone reach "
                    "%(earned)s.",
                    **values,
                )
            ]
        return [granted, self.env._("The figures alone reach %(earned)s.", **values)]

    def _get_earned_reason(self, measure, values):
        if measure == "points":
            return self.env._("%(points)s points reach %(tier)s.", **values)
        if measure == "revenue":
            return self.env._("Revenue of %(revenue)s reaches %(tier)s.", **values)
        if measure == "lower":
            return self.env._(
                "%(points)s points and revenue of %(revenue)s: the lower tier of both "
                "is %(tier)s.",
                **values,
            )
        return self.env._(
            "%(points)s points and revenue of %(revenue)s: the higher tier of both is "
            "%(tier)s.",
            **values,
        )

    @api.model
    def _get_reached(self, evidence):
        """Return the codes of the tiers whose thresholds are reached, in order."""
        points = Decimal(evidence.get("points") or 0)
        revenue = Decimal(evidence.get("revenue") or 0)
        combine = {
            "points": lambda by_points, _by_revenue: by_points,
            "revenue": lambda _by_points, by_revenue: by_revenue,
            "higher": lambda by_points, by_revenue: by_points or by_revenue,
            "lower": lambda by_points, by_revenue: by_points and by_revenue,
        }.get(evidence.get("measure"), lambda *_both: False)
        return [
            code
            for code, points_from, revenue_from in evidence.get("thresholds") or ()
            if combine(points >= Decimal(points_from), revenue >= Decimal(revenue_from))
        ]

    def _get_tier_names(self):
        tiers = self.with_context(active_test=False).tier_ids
        return {tier.code: tier.name for tier in tiers}

    def _get_account_name(self, account_id):
        """Return what an account is called now; evidence keeps its number."""
        # sudo: who reads the evidence of one account of a group may know its head
        account_sudo = self.env["res.partner"].sudo().browse(account_id or ()).exists()
        return account_sudo.name or self.env._("an account that was merged")

    def _get_class_name(self, code):
        if not code:
            return ""
        classes = self.env["club.account.class"].with_context(active_test=False)
        return classes.search([("code", "=", code)], limit=1).name or code

    def _format_day(self, text):
        return format_date(self.env, text) if text else ""

    def _format_points(self, value):
        value = Decimal(value)
        digits = 0 if value == value.to_integral_value() else 2
        return formatLang(self.env, float(value), digits=digits)

    def _format_money(self, value):
        amount = float(Decimal(value))
        return formatLang(self.env, amount, currency_obj=self.currency_id)
