"""The figures of months, counted in plain Python: record by record, month by month."""

from collections import defaultdict
from datetime import date, timedelta

from ...kernel import windows

STEP = timedelta(days=1)


def get_key(figure):
    """Return by what a figure is counted: company, unit, month, code, and its tier; of
    points the program stands in the tier's place.
    """
    return (
        *(figure.company_id.id, figure.unit_id.id, figure.month, figure.code),
        figure.tier_id.id or figure.program_id.id,
    )


class Recount:
    """Counts anew what `club.figure` says, from records that are read one by one.

    ``found`` is ``{key: [value, base]}``, see `get_key`.
    """

    def __init__(self, env, companies, months, today):
        self._env = env
        self._companies = companies
        self._today = today
        self._ends = {month: min(windows.month_end(month), today) for month in months}
        self.found = defaultdict(lambda: [0, 0])
        self._units = defaultdict(list)
        lines = self._read("club.account.unit")
        for line in sorted(lines, key=lambda line: line.date_from):
            key = line.account_id, line.company_id
            self._units[key].append((line.date_from, line.unit_id.id))

    def _read(self, model, *domain):
        records = self._env[model].sudo().with_context(active_test=False)
        return records.search([("company_id", "in", self._companies.ids), *domain])

    def _unit_of(self, account, company, month):
        """Return the unit that an account was of when the month ended."""
        lines = self._units[account, company]
        begun = [unit for day, unit in lines if day <= windows.month_end(month)]
        return begun[-1] if begun else lines[0][1] if lines else False

    def _day(self, company, moment):
        return moment and (moment + timedelta(hours=8)).date()

    def _add(self, code, company, unit, day, value=1, base=0, tier=False):
        """Count something on a day that has come."""
        if not day or day > self._today:
            return
        month = windows.month_start(day)
        if month in self._ends:
            key = company.id, getattr(unit, "id", unit), month, code, tier
            self.found[key][0] += value
            self.found[key][1] += base

    def _add_of(self, code, record, day, value=1, base=0, tier=False):
        """Count something to the unit of its account."""
        if day:
            unit = self._unit_of(
                record.account_id, record.company_id, windows.month_start(day)
            )
            self._add(code, record.company_id, unit, day, value, base, tier)

    def count(self):
        for name in dir(self):
            if name.startswith("_count_"):
                getattr(self, name)()
        return {
            key: (round(value, 2), round(base, 2))
            for key, (value, base) in self.found.items()
            if round(value, 2) or round(base, 2)
        }

    # === Members === #

    def _count_members(self):
        chains = defaultdict(list)
        valid = ("state", "=", "valid"), ("group_id.purpose", "!=", "grade")
        for term in self._read("club.membership", *valid):
            chains[term.account_id, term.group_id].append(term)
        self._chains = chains
        for chain in chains.values():
            chain.sort(key=lambda term: term.date_from)
            for before, term, after in zip(
                [None, *chain], chain, [*chain[1:], None], strict=False
            ):
                self._add_term(before, term, after)

    def _find_others(self, term, which):
        """Return the terms of the account in other groups of the company."""
        return [
            other
            for (account, group), chain in self._chains.items()
            if account == term.account_id and group != term.group_id
            for other in chain
            if other.company_id == term.company_id and which(other)
        ]

    def _is_other_on(self, term, day):
        """Tell whether the account is a member in another program on a day."""
        return self._find_others(term, lambda o: o.date_from <= day <= o.date_grace)

    def _is_first(self, term, which):
        """Tell whether this term counts, of those of several programs."""

        def rank(one):
            program = one.program_id
            return one.tier_id.sequence, -program.sequence, -program.id

        return all(rank(term) > rank(o) for o in self._find_others(term, which))

    def _add_term(self, before, term, after):
        tier = term.tier_id.id
        for month, end in self._ends.items():
            if term.date_from <= end <= term.date_grace and self._is_first(
                term, lambda o, day=end: o.date_from <= day <= o.date_grace
            ):
                unit = self._unit_of(term.account_id, term.company_id, month)
                key = term.company_id.id, unit, month, "members", tier
                self.found[key][0] += 1
        follows = before and before.date_grace + STEP >= term.date_from
        if not follows:
            if not self._is_other_on(term, term.date_from - STEP) and self._is_first(
                term, lambda o: o.date_from == term.date_from
            ):
                self._add_of("joined", term, term.date_from, tier=tier)
        elif before.tier_id.sequence < term.tier_id.sequence:
            self._add_of("promoted", term, term.date_from, tier=tier)
        elif before.tier_id.sequence > term.tier_id.sequence:
            self._add_of("demoted", term, term.date_from, tier=tier)
        gone = term.date_grace + STEP
        if (
            (not after or after.date_from > gone)
            and not self._is_other_on(term, gone)
            and self._is_first(term, lambda o: o.date_grace == term.date_grace)
        ):
            self._add_of("left", term, gone, tier=tier)
        decided = self._env["club.requalification.line"].search_count(
            [("membership_id", "=", term.id), ("applied_membership_id", "!=", False)]
        )
        if (
            term.outcome in ("renewed", "downgraded", "lapsed")
            or (term.outcome == "upgraded" and decided)
            or (not term.outcome and term.date_grace < self._today)
        ):
            kept = term.outcome in ("renewed", "upgraded")
            self._add_of("retained", term, term.date_to, int(kept), 1, tier)

    # === Revenue and points === #

    def _count_revenue(self):
        for line in self._read("club.revenue.line", ("state", "=", "valid")):
            self._add_of("revenue", line, line.month, line.amount)
        posted = ("parent_state", "=", "posted"), ("club_account_id", "!=", False)
        for line in self._read("account.move.line", *posted):
            month = windows.month_start(line.date)
            unit = self._unit_of(line.club_account_id, line.company_id, month)
            self._add("revenue", line.company_id, unit, line.date, -line.balance)

    def _count_points(self):
        for entry in self._read("club.points.entry", ("run_id.state", "=", "posted")):
            company = entry.run_id.company_id
            code, sign = {
                "redemption": ("points_redeemed", -1),
                "expiry": ("points_expired", -1),
            }.get(entry.kind, ("points_accrued", 1))
            program = entry.run_id.program_id.id
            points = sign * entry.points
            self._add(code, company, entry.unit_id, entry.date, points, tier=program)
            for month, end in self._ends.items():
                if entry.date <= end:
                    unit = entry.unit_id.id
                    key = company.id, unit, month, "points_balance", program
                    self.found[key][0] += entry.points

    def _count_verified(self):
        """A unit's month counts once: in time if it was so in each program, there by
        one of its runs.
        """
        found = defaultdict(lambda: defaultdict(list))
        for part in self._read("club.points.run.unit", ("run_id.kind", "=", "revenue")):
            verified = part.state == "verified"
            deadline = part.run_id.date_deadline
            if verified or deadline < self._today:
                day = self._day(part.company_id, part.verified_at)
                key = part.company_id, part.unit_id, part.month
                in_time = verified and day <= deadline
                found[key][part.run_id.program_id].append(in_time)
        for (company, unit, month), programs in found.items():
            in_time = all(any(runs) for runs in programs.values())
            self._add("verified_on_time", company, unit, month, int(in_time), 1)

    # === Care === #

    def _count_duties(self):
        for duty in self._read("club.duty", ("state", "!=", "waived")):
            done = duty.state == "done"
            if done or duty.date_due < self._today:
                in_time = done and duty.done_on <= duty.date_due
                self._add(
                    "contacts_on_time",
                    duty.company_id,
                    duty.unit_id,
                    duty.date_due,
                    int(in_time),
                    1,
                )

    def _count_visits(self):
        for log in self._read("club.contact.log", ("channel", "=", "visit")):
            if log.state != "returned":
                self._add("visits", log.company_id, log.unit_id, log.held_on)

    def _count_complaints(self):
        for need in self._read("club.need", ("is_complaint", "=", True)):
            self._add_of("complaints", need, need.date_received)
            if need.state in ("done", "dropped"):
                day = self._day(need.company_id, need.settled_at)
                self._add_of("complaints_closed", need, day)

    def _count_cases(self):
        for case in self._read("club.retention"):
            for month, end in self._ends.items():
                closed = case.date_closed or date.max
                if case.date_opened <= end < closed:
                    unit = self._unit_of(case.account_id, case.company_id, month)
                    key = case.company_id.id, unit, month, "at_risk", False
                    self.found[key][0] += 1

    # === Activities === #

    def _count_activities(self):
        for activity in self._read("club.activity"):
            if activity.stage in ("held", "closed"):
                day = self._day(activity.company_id, activity.date_begin)
                self._add("activities_held", activity.company_id, activity.unit_id, day)
        for line in self._read("club.plan.line"):
            if line.plan_id.approval_state == "done" and not line.dropped_by_id:
                self._add(
                    "activities_held", line.company_id, line.unit_id, line.month, 0, 1
                )

    def _count_guests(self):
        for guest in self._read("club.invitation"):
            activity = guest.activity_id
            came = guest.state == "attended"
            confirmed = came or guest.state in ("confirmed", "absent")
            if confirmed and activity.stage in ("held", "closed"):
                day = self._day(activity.company_id, activity.date_begin)
                self._add(
                    "attendance", activity.company_id, activity.unit_id, day, came, 1
                )

    def _count_answers(self):
        for answer in self._read("club.answer", ("state", "=", "answered")):
            if answer.satisfaction >= 1:
                activity = answer.activity_id
                day = self._day(activity.company_id, activity.date_begin)
                self._add(
                    "satisfaction",
                    activity.company_id,
                    activity.unit_id,
                    day,
                    answer.satisfaction,
                    1,
                )

    # === Rewards, costs, vouchers, referrals === #

    def _count_redemptions(self):
        for redemption in self._read("club.redemption", ("state", "=", "debited")):
            day = self._day(redemption.company_id, redemption.debited_at)
            self._add("redemptions", redemption.company_id, redemption.unit_id, day)

    def _count_costs(self):
        """The rows of the cost view: its own test says that these are right."""
        for row in self._read("club.account.cost", ("kind", "!=", "budget")):
            self._add_of("costs", row, row.date, row.amount)

    def _count_vouchers(self):
        for voucher in self._read("club.voucher", ("state", "!=", "cancelled")):
            self._add("vouchers", voucher.company_id, False, voucher.issued_on, 0, 1)
            if voucher.redeemed_on:
                self._add_of("vouchers", voucher, voucher.redeemed_on)

    def _count_referrals(self):
        leads = self._env["crm.lead"].sudo().search([("club_source", "!=", False)])
        for lead in leads:
            company, unit = lead.company_id, lead.team_id
            if company in self._companies:
                brought = self._day(company, lead.create_date)
                self._add("referrals", company, unit, brought, 0, 1)
                if lead.won_status == "won":
                    won = self._day(company, lead.date_closed)
                    self._add("referrals", company, unit, won)
