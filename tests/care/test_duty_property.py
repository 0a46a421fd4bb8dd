"""Any history of accounts ends with the duties that a plain recount comes to."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ...kernel import duties as kernel
from ..any_order import AnyOrderMixin, examples
from .duty_case import SINCE, DutyCase

START = date(2026, 3, 20)
WHOSE = st.integers(0, 1)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), WHOSE, st.integers(0, 7)),
        st.tuples(st.just("leave"), WHOSE),
        st.tuples(
            st.just("contact"),
            WHOSE,
            st.sampled_from(["call", "visit", "mail", "qq"]),
            st.integers(0, 25),
            st.booleans(),
        ),
        st.tuples(st.just("manage"), WHOSE, st.integers(0, 2)),
        st.tuples(st.just("merge")),
        st.tuples(st.just("load"), st.integers(1, 40)),
        st.tuples(st.just("waive"), st.integers(0, 9)),
        st.tuples(st.just("night"), st.integers(1, 45)),
    ),
    min_size=6,
    max_size=16,
)


@dataclass
class Owed:
    """A duty as the recount has it."""

    origin: int
    rule: object
    period: str
    account: int
    dates: tuple  # from, due, last day of grace
    state: str = "open"
    done_on: object = None

    @property
    def key(self):
        return self.account, self.rule.id, self.period


class Book:
    """The plain recount: facts are read as they stand, duties are kept in a list."""

    def __init__(self, case):
        self.case = case
        self.today = START
        self.seen = SINCE
        self.duties = []

    # === Working days === #

    def _read_days(self):
        days = self.case.env["club.day"].search([("is_working", "=", True)])
        self.working = [day.date for day in days]

    def _add(self, day, count):
        """Return the working day that lies so many after a day, or before it."""
        place = bisect_right(self.working, day) - 1  # the last one up to the day
        if count <= 0 and bisect_left(self.working, day) > place:
            place += 1  # 0 is the day itself or the next one
        return self.working[place + count]

    # === What the facts ask for === #

    def _get_wanted(self):
        """Return ``{(account, rule, period): (origin, dates)}``."""
        self._read_days()
        memberships = self.case.env["club.membership"].search(
            [("company_id", "=", self.case.company.id), ("state", "=", "valid")]
        )
        wanted = {}
        for rule in self.case.rules:
            if rule.trigger == "cadence":
                self._want_periods(wanted, rule, memberships)
            elif rule.trigger == "joined":
                self._want_joined(wanted, rule, memberships)
            elif rule.trigger == "assigned":
                self._want_assigned(wanted, rule, memberships)
        return wanted

    def _want(self, wanted, rule, account, origin, period, start, due):
        late = kernel.grace_end(due, rule.grace_days, self._add)
        wanted[account.id, rule.id, period] = origin, (start, due, late)

    def _want_periods(self, wanted, rule, memberships):
        for period in kernel.periods(rule.count, SINCE, self.today):
            start = max(period.first, SINCE)
            held = memberships.filtered(
                lambda m, day=start: m.date_from <= day <= m.date_grace
            )
            for account in held.account_id:
                tiers = held.filtered(lambda m, a=account: m.account_id == a).tier_id
                rules = self.case.rules.filtered(
                    lambda r, tiers=tiers: r.trigger == "cadence" and r.tier_ids & tiers
                )
                if rules.sorted(lambda r: (r.count, r.id))[:1] == rule:
                    self._want(
                        wanted,
                        rule,
                        account,
                        account.id,
                        period.key,
                        start,
                        period.last,
                    )

    def _want_joined(self, wanted, rule, memberships):
        own = memberships.filtered(lambda m: m.group_id.purpose != "grade")
        for one in own:
            before = own.filtered(
                lambda b, one=one: (
                    (b.account_id, b.group_id) == (one.account_id, one.group_id)
                    and b.date_from < one.date_from
                    and b.date_grace >= one.date_from - timedelta(days=1)
                )
            ).sorted("date_from")[-1:]
            rose = not before or before.tier_id.sequence < one.tier_id.sequence
            if rose and SINCE <= one.date_from <= self.today:
                start, main = one.date_from, rule.before_id or rule
                due = kernel.deadline(start, main.count, main.unit, self._add)
                if rule.before_id:
                    due = max(start, self._add(due, -rule.count))
                self._want(
                    wanted,
                    rule,
                    one.account_id,
                    one.origin_id,
                    f"m{one.id}",
                    start,
                    due,
                )

    def _want_assigned(self, wanted, rule, memberships):
        members = memberships.filtered(
            lambda m: (
                m.group_id.purpose != "grade"
                and m.date_from <= self.today <= m.date_grace
            )
        ).account_id
        leads = self.case.env["club.account.team"].search([("role", "=", "lead")])
        for lead in leads:
            is_there = not lead.date_to or lead.date_to >= self.today
            earlier = leads.filtered(
                lambda b, lead=lead: (
                    b.account_id == lead.account_id and b.date_from < lead.date_from
                )
            )
            if lead.account_id in members and is_there and earlier:
                due = kernel.deadline(lead.date_from, rule.count, rule.unit, self._add)
                self._want(
                    wanted,
                    rule,
                    lead.account_id,
                    lead.account_id.id,
                    f"t{lead.id}",
                    lead.date_from,
                    due,
                )

    # === What becomes of it === #

    def refresh(self, accounts=None):
        ids = None if accounts is None else {*accounts.ids}
        wanted = {
            key: value
            for key, value in self._get_wanted().items()
            if ids is None or key[0] in ids
        }
        mine = [d for d in self.duties if ids is None or d.account in ids]
        for duty in mine:
            is_twin = any(
                other.key == duty.key and other is not duty
                for other in self.duties
                if other.state != "open"
                or self.duties.index(other) < self.duties.index(duty)
            )
            if duty.state == "open" and (is_twin or duty.key not in wanted):
                duty.state = "taken back"
            elif duty.state == "open":
                duty.dates = wanted[duty.key][1]
        self.duties = [duty for duty in self.duties if duty.state != "taken back"]
        there = {duty.key for duty in self.duties}
        origins = {(d.origin, d.rule.id, d.period) for d in self.duties}
        for key, (origin, dates) in sorted(wanted.items(), key=lambda item: item[0][0]):
            account, rule_id, period = key
            if key in there or (origin, rule_id, period) in origins:
                continue
            if dates[2] >= self.seen:
                rule = self.case.rules.browse(rule_id)
                self.duties.append(Owed(origin, rule, period, account, dates))
        for duty in self.duties:
            if duty.state == "open" and (ids is None or duty.account in ids):
                self._close(duty)
        if ids is None:
            self.seen = self.today

    def _close(self, duty):
        start, _due, late = duty.dates
        done = [day for day in self._get_deeds(duty) if start <= day <= late]
        if done:
            duty.state, duty.done_on = "done", min(done)
        elif late < self.today:
            duty.state = "missed"

    def _get_deeds(self, duty):
        if duty.rule.kind == "bind":
            start = duty.dates[0]
            for lead in self.case.env["club.account.team"].search(
                [("account_id", "=", duty.account), ("role", "=", "lead")]
            ):
                if not lead.date_to or lead.date_to >= start:
                    yield max(start, lead.date_from)
            return
        for log in self.case.env["club.contact.log"].search(
            [("account_id", "=", duty.account), ("direction", "=", "out")]
        ):
            if duty.rule[f"by_{log.channel}"] and (
                duty.rule.kind != "coaching" or log.is_coaching
            ):
                yield log.held_on

    def merge(self, source, target):
        for duty in self.duties:
            if duty.account == source:
                duty.account = target


@tagged("post_install", "-at_install")
class TestDutyProperty(AnyOrderMixin, DutyCase):
    """Rules D3, D4: nothing done is lost or owed twice, missed stays missed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls._get_rule("first_contact")
        cls.rules += first.copy(
            {"name": "Meet the new one", "trigger": "assigned", "date_from": SINCE}
        )
        cls.rules = cls.rules.filtered(
            lambda rule: rule.trigger not in ("birthday", "rhythm")
        )
        other = cls._create_user("user", "second_manager")
        cls.managers = [False, cls.manager.id, other.id]
        cls.ladder = cls.program.group_ids.tier_ids
        cls.both = cls.account_a + cls.account_b

    @examples(25)
    @given(EVENTS)
    def test_any_history(self, events):
        try:
            self._play_and_undo(events)
        finally:
            self.env.registry.clear_cache()  # the calendar is as it was

    def _play(self, events):
        book, self.accounts = Book(self), [*self.both]
        kept = {}
        with freeze_time(START):
            self.both.club_manager_id = False
            for account in self.both:
                self._join(account, "gold", SINCE)
            self.duties._refresh()
            book.refresh()
        for event, *details in [*events, ("night", 1), ("night", 60)]:
            with freeze_time(book.today):
                getattr(self, f"_on_{event}")(book, *details)
            with freeze_time(book.today):
                self._compare(book, kept)

    def _compare(self, book, kept):
        """Compare with the recount, and with what was closed before."""
        self.env.invalidate_all()
        found = self.duties.search([("company_id", "=", self.company.id)])
        there = sorted(
            (
                *(d.origin_id, d.rule_id.id, d.period, d.account_id.id, d.state),
                *(d.date_from, d.date_due, d.date_grace, str(d.done_on or "")),
            )
            for d in found
        )
        wanted = sorted(
            (
                *(d.origin, d.rule.id, d.period, d.account, d.state),
                *(*d.dates, str(d.done_on or "")),
            )
            for d in book.duties
        )
        self.assertEqual(there, wanted)
        for duty in found.filtered(lambda d: d.state == "open"):
            account, lead = duty.account_id, duty.account_id.club_unit_id.user_id
            manager = account.club_manager_id
            owed_by = lead or manager if duty.kind == "bind" else manager or lead
            self.assertEqual(duty.user_id, owed_by)
            twins = found.filtered(
                lambda d, duty=duty: (
                    (d.account_id, d.rule_id, d.period)
                    == (duty.account_id, duty.rule_id, duty.period)
                )
            )
            self.assertEqual(twins, duty)
        closed = {d.id: (d.state, d.done_on) for d in found if d.state != "open"}
        self.assertEqual({number: closed.get(number) for number in kept}, kept)
        kept.update(closed)

    # === Events === #

    def _on_join(self, book, whose, place):
        account, tier = self.accounts[whose], self.ladder[place]
        running = account.club_membership_ids.filtered(
            lambda m: (
                m.group_id == tier.group_id
                and m.state == "valid"
                and m.date_grace >= book.today
            )
        )
        if any(m.tier_id.sequence >= tier.sequence for m in running):
            return
        self._join(account, tier, book.today)
        book.refresh(account)

    def _on_leave(self, book, whose):
        """Take every tier away as of yesterday; one that began today never counted."""
        account = self.accounts[whose]
        running = account.club_membership_ids.filtered(
            lambda m: m.state == "valid" and m.date_grace >= book.today
        )
        yesterday = book.today - timedelta(days=1)
        self.env["club.membership"]._end(
            [(one.id, yesterday, "lapsed") for one in running]
        )
        self.program._refresh_mirrors(account)
        book.refresh(account)

    def _on_contact(self, book, whose, channel, ago, is_coaching):
        account = self.accounts[whose]
        day = book.today - timedelta(days=ago)
        self._record(account, day, channel, is_coaching=is_coaching)
        book.refresh(account)

    def _on_manage(self, book, whose, who):
        account = self.accounts[whose]
        if account.club_manager_id.id != self.managers[who]:
            account.club_manager_id = self.managers[who]
            book.refresh(account)

    def _on_merge(self, book):
        target, source = self.accounts
        if target == source:
            return
        book.merge(source.id, target.id)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [target.id, source.id], target
        )
        self.env.invalidate_all()
        self.accounts = [target, target]
        book.refresh(target)

    def _on_load(self, book, ahead):
        """Let a day be worked that wasn't, or the other way round."""
        day = self.env["club.day"].search(
            [("date", "=", book.today + timedelta(days=ahead))]
        )
        day.is_working = not day.is_working
        book.refresh()

    def _on_waive(self, book, place):
        found = [duty for duty in book.duties if duty.state == "open"]
        if found:
            duty = found[place % len(found)]
            self.duties.search(
                [
                    *(("origin_id", "=", duty.origin), ("period", "=", duty.period)),
                    ("rule_id", "=", duty.rule.id),
                ]
            ).with_user(self.officer).action_waive("Closed for the month")
            duty.state = "waived"

    def _on_night(self, book, days):
        """Make the duties of the night twice: the second time nothing changes."""
        book.today += timedelta(days=days)
        with freeze_time(book.today):
            self.duties._cron_refresh()
            seen = self._fingerprint()
            self.duties._cron_refresh()
            self.assertEqual(self._fingerprint(), seen)
            book.refresh()

    def _fingerprint(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT md5(string_agg(d::text, '|' ORDER BY id)) FROM club_duty d"
        )
        return self.env.cr.fetchall()
