"""Letters to members: that a tier was reached (晋级通知书), that a term ends."""

from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel import tier_rules, windows
from ..models.membership.club_membership import VALID
from ..models.record.names import add_remark, get_labels, join


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a tier is owed of a benefit a year, and what the tier before was."""

    name: str
    kind: str
    now: str
    before: str
    is_gained: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the tier was reached by, or what is missing to keep it."""

    label: str
    found: str
    wanted: str
    missing: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter on one membership; texts are in ``lang``."""

    membership: models.BaseModel
    account: models.BaseModel
    company: models.BaseModel
    program: str  # where the company has several
    manager: models.BaseModel
    lang: str
    day: date
    tier: str
    tier_before: str
    window: tuple[date, date] | tuple[()]
    figures: tuple[Figure, ...]
    bars: tuple[str, ...]
    benefits: tuple[Benefit, ...]
    greeting: str
    # Before and after the figures, in sentences.
    opening: str
    outlook: str
    closing: str


def add_sentence(text, sentence):
    return f"{text} {sentence}".strip()


class ClubMembershipNotice(models.AbstractModel):
    """Collects the letters, with a constant number of queries. Rules A6, D3, E3."""

    _name = "club.membership.notice"
    _description = "Membership Notice"

    # === Promotion === #

    @api.model
    def _get_promotions(self, memberships):
        """Return a `Notice` for each membership that is a promotion, in order.

        :raises AccessError: when the user may not read one
        :raises UserError: for one that raised nobody
        """
        memberships = memberships.with_env(self.env)
        before = self._check_promotions(memberships)
        benefits = self._get_benefits(memberships, before)
        groups = self._say_groups(memberships)
        notices = []
        for membership in memberships:
            evidence = membership.evidence or {}
            said = membership.group_id._get_evidence_data(evidence, membership.tier_id)
            wanted = next((tier for tier in said["tiers"] if tier["is_decided"]), {})
            figures = []
            if said["points"]:
                figures.append(
                    Figure(
                        self.env._("Qualifying points"),
                        said["points"],
                        (said["by_points"] and wanted.get("points")) or "",
                        "",
                    )
                )
            if said["revenue"]:
                figures.append(
                    Figure(
                        self.env._("Recognised revenue"),
                        said["revenue"],
                        (said["by_revenue"] and wanted.get("revenue")) or "",
                        "",
                    )
                )
            notices.append(
                self._prepare_notice(
                    membership,
                    tier_before=before[membership].name or "",
                    window=tuple(map(date.fromisoformat, evidence.get("window") or ())),
                    figures=tuple(figures),
                    bars=(),
                    benefits=benefits[membership],
                    opening=add_sentence(
                        self._say_promotion(membership, before[membership]),
                        groups.get(membership, ""),
                    ),
                    outlook="",
                )
            )
        return notices

    def _say_groups(self, memberships):
        """Return ``{membership: whose sum the figures of its tier are}``. Rule A12."""
        found = {
            membership: membership.evidence["together"]["head"]
            for membership in memberships
            if (membership.evidence or {}).get("together")
        }
        # sudo: who is measured with a group may know its head
        heads_sudo = self.env["res.partner"].sudo().browse(set(found.values())).exists()
        statements = self.env["club.points.statement"]
        return {
            membership: statements._say_head(heads_sudo.browse(head_id))
            for membership, head_id in found.items()
            if head_id in heads_sudo._ids
        }

    def _say_promotion(self, membership, before):
        values = {
            "tier": membership.tier_id.name,
            "before": before.name,
            "first": format_date(self.env, membership.date_from),
            "last": format_date(self.env, membership.date_to),
        }
        if before:
            return self.env._(
                "We are pleased to tell you that you have risen from %(before)s to "
                "%(tier)s in our club. Your membership runs from %(first)s to "
                "%(last)s. Thank you for your trust.",
                **values,
            )
        return self.env._(
            "We are pleased to welcome you to our club as %(tier)s. Your membership "
            "runs from %(first)s to %(last)s. Thank you for your trust.",
            **values,
        )

    @api.model
    def _check_promotions(self, memberships):
        """Return ``{membership: tier}`` of the tier that each account rose from.

        :raises AccessError: when the user may not read one
        :raises UserError: for one that raised nobody
        """
        memberships.check_access("read")
        before = self._get_before(memberships)
        for membership in memberships:
            tier, was = membership.tier_id, before[membership]
            is_raised = not was or was.sequence < tier.sequence
            is_said = membership.state == VALID and membership.origin != "opening"
            if not is_said or not is_raised:
                raise UserError(
                    self.env._(
                        "%(membership)s from %(day)s on is no promotion: choose the "
                        "membership with which the account rose.",
                        membership=membership.display_name,
                        day=format_date(self.env, membership.date_from),
                    )
                )
        return before

    def _get_before(self, memberships):
        """Return ``{membership: tier}`` of the tier that each account had before."""
        # sudo: whoever reads a membership may know the one before
        earlier_sudo = (
            self.env["club.membership"]
            .sudo()
            .search(
                [
                    ("account_id", "in", memberships.account_id.ids),
                    ("group_id", "in", memberships.group_id.ids),
                    ("state", "=", VALID),
                ],
                order="date_from",
            )
            .grouped(lambda each: (each.account_id.id, each.group_id.id))
        )
        before = {}
        for membership in memberships:
            key = (membership.account_id.id, membership.group_id.id)
            # A term that is long over isn't what the account rises from.
            eve = membership.date_from - windows.ONE_DAY
            found = [
                each
                for each in earlier_sudo.get(key, ())
                if each.date_from <= eve <= each.date_grace and each.id != membership.id
            ]
            tier = found[-1].tier_id if found else self.env["club.tier"]
            before[membership] = tier.with_env(self.env)
        return before

    def _get_benefits(self, memberships, before):
        """Return ``{membership: (Benefit,)}`` of what each tier is owed. Rule D12."""
        tiers = memberships.tier_id
        for tier in before.values():
            tiers |= tier
        # sudo: what a tier is owed is no secret of whoever may print the letter
        quotas_sudo = self.env["club.benefit.quota"].sudo()
        quotas_sudo = quotas_sudo.search(
            [("tier_id", "in", tiers.ids), ("benefit_id.active", "=", True)]
        )
        owed = {
            (quota.tier_id.id, quota.benefit_id): quota
            for quota in quotas_sudo
            if quota.is_unlimited or quota.times or quota.days_earlier
        }
        kinds = get_labels(quotas_sudo.benefit_id, "kind")
        benefits = quotas_sudo.benefit_id.sorted()
        empty = quotas_sudo.browse()
        found = {}
        for membership in memberships:
            lines = []
            for benefit in benefits:
                now = owed.get((membership.tier_id.id, benefit), empty)
                was = owed.get((before[membership].id, benefit), empty)
                if not now:
                    continue
                texts = [self._format_quota(now), self._format_quota(was)]
                is_gained = self._rank_quota(now) > self._rank_quota(was)
                lines.append(
                    Benefit(benefit.name, kinds[benefit.kind], *texts, is_gained)
                )
            found[membership] = tuple(lines)
        return found

    def _rank_quota(self, quota):
        return (quota.is_unlimited, quota.times, quota.days_earlier)

    def _format_quota(self, quota):
        if not quota:
            return ""
        if quota.is_unlimited:
            return self.env._("unlimited")
        if quota.times == 1:
            return self.env._("once a year")
        if quota.times:
            return self.env._("%s times a year", quota.times)
        return self.env._("%s days earlier", quota.days_earlier)

    # === A term that ends === #

    @api.model
    def _get_expiries(self, memberships):
        """Return a `Notice` for each membership that runs and isn't decided, in order.

        :raises AccessError: when the user may not read one
        :raises UserError: for one that is over, decided or not yet begun
        """
        memberships = memberships.with_env(self.env)
        self._check_expiries(memberships)
        benefits = self._get_benefits(
            memberships, dict.fromkeys(memberships, self.env["club.tier"])
        )
        assessed = self._assess(memberships)
        return [
            self._prepare_expiry(membership, assessed[membership], benefits[membership])
            for membership in memberships
        ]

    @api.model
    def _check_expiries(self, memberships):
        """Check that each membership runs and isn't decided.

        :raises AccessError: when the user may not read one
        :raises UserError: for one that is over, decided or not yet begun
        """
        memberships.check_access("read")
        for membership in memberships:
            if membership.outcome or membership.status not in ("current", "grace"):
                raise UserError(
                    self.env._(
                        "%(membership)s until %(day)s isn't running, or what follows "
                        "is decided already: choose the account's current membership.",
                        membership=membership.display_name,
                        day=format_date(self.env, membership.date_to),
                    )
                )

    def _assess(self, memberships):
        """Return ``{membership: Assessed}`` in the window that will decide. Rule A6."""
        found = {}
        by_group = memberships.grouped(lambda each: (each.program_id, each.group_id))
        for (program, group), terms in by_group.items():
            program = program.with_company(program.company_id)  # noqa: PLW2901
            kind = program.requalification_window
            scope = {
                term.account_id.id: windows.requalification_window(kind, term.date_to)
                for term in terms
            }
            assessed = program._assess(terms.account_id, scope=scope)
            for term in terms:
                found[term] = assessed[term.account_id.id, group.id]
        return found

    def _prepare_expiry(self, membership, assessed, benefits):
        group, measures = assessed.group, assessed.measures
        current = membership.tier_id._get_rule()
        lower = [tier for tier in group.tiers if tier.rank < current.rank]
        gap = tier_rules.missing_to_next(group, lower[-1] if lower else None, measures)
        is_kept = assessed.result is not None and assessed.result.rank >= current.rank
        figures = []
        if group.measure in tier_rules.POINTS_MEASURES:
            figures.append(
                self._prepare_figure(
                    membership.group_id._format_points,
                    self.env._("Qualifying points"),
                    (measures.points, current.points_from, gap.points if gap else 0),
                    is_kept,
                )
            )
        if group.measure in tier_rules.REVENUE_MEASURES:
            figures.append(
                self._prepare_figure(
                    membership.group_id._format_money,
                    self.env._("Recognised revenue"),
                    (measures.revenue, current.revenue_from, gap.revenue if gap else 0),
                    is_kept,
                )
            )
        tiers = {tier.id: tier for tier in membership.group_id.tier_ids}
        projected = assessed.result and tiers[assessed.result.id].name
        bars = () if is_kept or not gap else gap.bars
        statements = self.env["club.points.statement"]
        return self._prepare_notice(
            membership,
            tier_before="",
            window=(assessed.window.start, assessed.window.end),
            figures=tuple(figures),
            bars=statements._get_bar_texts(membership.program_id, bars),
            benefits=benefits,
            opening=self._say_opening(membership, statements._say_group(assessed)),
            outlook=self._say_outlook(membership.tier_id.name, projected, is_kept),
        )

    def _say_opening(self, membership, group):
        opening = self.env._(
            "Your membership in our club as %(tier)s, valid since %(first)s, ends on "
            "%(last)s. Which tier follows is decided by the figures below.",
            tier=membership.tier_id.name,
            first=format_date(self.env, membership.date_from),
            last=format_date(self.env, membership.date_to),
        )
        return add_sentence(opening, group)

    def _say_outlook(self, tier, projected, is_kept):
        if is_kept and projected == tier:
            return self.env._("As things stand you keep your tier.")
        if projected:
            return self.env._("As things stand %(tier)s follows.", tier=projected)
        return self.env._("As things stand your membership ends.")

    def _prepare_figure(self, write, label, amounts, is_kept):
        found, wanted, missing = amounts
        lacks = missing and not is_kept
        return Figure(
            label, write(found), write(wanted), write(missing) if lacks else ""
        )

    # === Both === #

    def _prepare_notice(self, membership, **values):
        company = membership.company_id
        account = membership.account_id.with_company(company)
        # sudo: the member is told who looks after him
        manager = account.club_manager_id.sudo()
        return Notice(
            membership=membership,
            account=account,
            company=company.sudo(),
            program=membership.program_id._get_distinguishing_name(),
            manager=manager,
            lang=self.env.lang or "en_US",
            day=company._club_today(),
            tier=membership.tier_id.name,
            greeting=self.env._("Dear %s,", account.name),
            closing=self._say_closing(manager),
            **values,
        )

    def _say_closing(self, manager):
        if not manager:
            return self.env._("For whatever you need, we will be glad to help.")
        ways = [text for text in (manager.phone, manager.email) if text]
        return self.env._(
            "For whatever you need, your account manager %(manager)s will be glad to "
            "help.",
            manager=add_remark(self.env, manager.name, join(self.env, ways))
            if ways
            else manager.name,
        )


class ReportPromotionNotice(models.AbstractModel):
    _name = "report.crm_club.club_promotion_notice"
    _description = "Promotion Notice Report"
    _inherit = ["club.report.mixin"]

    _source = "club.membership"
    _papers = "notices"

    def _get_papers(self, memberships, data):
        return self._get_by_language(memberships)

    def _check(self, collector, memberships):
        """Refuse in the language of whoever prints, not in the letter's."""
        collector._check_promotions(memberships)

    def _collect(self, collector, memberships):
        return collector._get_promotions(memberships)

    def _get_by_language(self, memberships):
        """Return the letters in each account's own language, in the order chosen."""
        self._check(self.env["club.membership.notice"], memberships)
        notices = {}
        languages = memberships.grouped(
            lambda each: each.account_id.lang or self.env.lang
        )
        for lang, found in languages.items():
            collector = self.env["club.membership.notice"].with_context(lang=lang)
            for notice in self._collect(collector, found):
                notices[notice.membership.id] = notice
        return [notices[membership.id] for membership in memberships]


class ReportExpiryNotice(models.AbstractModel):
    _name = "report.crm_club.club_expiry_notice"
    _description = "Expiry Notice Report"
    _inherit = ["report.crm_club.club_promotion_notice"]

    def _check(self, collector, memberships):
        collector._check_expiries(memberships)

    def _collect(self, collector, memberships):
        return collector._get_expiries(memberships)
