"""A small world of two companies that figures are counted from."""

import random
from datetime import date, datetime, time, timedelta
from itertools import count

from odoo.tools import SQL

from ...kernel import windows
from ...models.points.club_points_summary import fill_query
from ..common import TODAY, ClubCommon

FIRST = date(2025, 10, 1)
MONTHS = [windows.add_months(FIRST, n) for n in range(7)]  # up to TODAY's, April
STEP = timedelta(days=1)
DUMMY = "zz"


def any_day(rng, first=FIRST, last=TODAY):
    """Return a day of the months, their first and last ones more often than others."""
    day = first + rng.randrange((last - first).days + 1) * STEP
    ends = windows.month_start(day), windows.month_end(day)
    return max(first, min(rng.choice((day, day, *ends)), last))


class FigureCase(ClubCommon):
    """Facts of all kinds, written past what asks for more than a figure looks at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rng, cls.numbers = random.Random(17), count(1)
        cls.second = cls._create_club_company("Lake Post")
        cls.env.user.company_ids |= cls.second
        lake = cls._create_program(cls.second)
        cls.lake_unit, lake_below = cls.env["crm.team"].create(
            [{"name": name, "company_id": cls.second.id} for name in ("Lake", "Pier")]
        )
        cls.worlds = (
            (cls.company, cls.program, [cls.unit, cls.other_unit, None]),
            (cls.second, lake, [cls.lake_unit, lake_below]),
        )
        cls.rule = cls.env["club.duty.rule"].search([], limit=1)
        for table in ("entry", "run"):  # posted runs are written as they are
            cls.env.cr.execute(f"ALTER TABLE club_points_{table} DISABLE TRIGGER USER")
        for company, program, units in cls.worlds:
            cls._make_world(company, program, units)
        cls._make_second_program()
        cls.env.cr.execute(fill_query(SQL("r.state = 'posted'")))
        cls.env.invalidate_all()

    @classmethod
    def _insert(cls, model, **values):
        """Insert a row as it is, and return its id."""
        values = {name: getattr(value, "id", value) for name, value in values.items()}
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(cls.env[model]._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(
                    SQL("%s", None if value is False else value)
                    for value in values.values()
                ),
            )
        )
        return cls.env.cr.fetchone()[0]

    @classmethod
    def _moment(cls, day):
        """Return a moment of the day in China, near midnight more often than not: in
        Greenwich it may be the day before.
        """
        hour = cls.rng.choice((time(0, 5), time(12, 0), time(23, 50)))
        return datetime.combine(day, hour) - timedelta(hours=8)

    @classmethod
    def _make_world(cls, company, program, units):
        accounts = cls.env["res.partner"].create(
            [
                {"name": f"{company.name} {number}", "is_company": True}
                for number in range(6)
            ]
        )
        person = cls.env["res.partner"].create(
            {"name": "Wu", "parent_id": accounts[0].id}
        )
        lines = {
            (account, any_day(cls.rng)): cls.rng.choice(units)
            for account in accounts[:5]
        }
        # Moved on the last day of a month, and on the first one of another.
        lines[accounts[0], date(2025, 12, 31)] = units[0]
        lines[accounts[0], date(2026, 2, 1)] = units[-1]
        for (account, day), unit in lines.items():
            cls._insert(
                "club.account.unit",
                account_id=account,
                company_id=company,
                unit_id=unit,
                date_from=day,
            )
        for account in accounts:
            joined = date(2026, 1, 9) if account == accounts[-1] else date(2025, 6, 1)
            cls._make_memberships(program, account, joined)
            cls._make_revenue(company, account)
            cls._make_care(company, account, units)
            cls._make_needs(company, account)
        cls._make_invoices(company, accounts[0])
        cls._make_ledger(program, accounts, units)
        cls._make_rewards(program, accounts, units)
        cls._make_activities(company, units, person)
        cls._make_vouchers(company, accounts)
        cls._make_leads(company, units, accounts)

    @classmethod
    def _make_second_program(cls):
        """Let some accounts be in another program of their company, too."""
        company, program, units = cls.worlds[0]
        cls.suburbs = cls._create_program(company, name="Suburbs", sequence=90)
        group = program.group_ids.filtered(lambda g: g.purpose != "grade")
        terms = cls.env["club.membership"].search([("group_id", "=", group.id)])
        accounts = terms.account_id.sorted("id")
        for account in accounts[:4]:
            cls._make_memberships(cls.suburbs, account, date(2025, 6, 1))
        # One that begins and ends when the other does.
        last = terms.filtered(lambda m: m.account_id == accounts[4])[:1]
        cls._insert(
            "club.membership",
            account_id=last.account_id,
            origin_id=last.account_id.id,
            program_id=cls.suburbs,
            company_id=company,
            origin="enrolled",
            group_id=cls.suburbs.group_ids.filtered(lambda g: g.purpose != "grade"),
            tier_id=cls.suburbs.group_ids.filtered(
                lambda g: g.purpose != "grade"
            ).tier_ids.filtered(lambda t: t.code == last.tier_id.code),
            state="valid",
            date_from=last.date_from,
            date_to=last.date_to,
            date_grace=last.date_grace,
        )
        cls._make_ledger(cls.suburbs, accounts, units)

    # === Members === #

    @classmethod
    def _make_memberships(cls, program, account, first):
        """Make terms that follow each other, with gaps here and there; a grade and what
        lies underneath count for nothing.
        """
        group = program.group_ids.filtered(lambda g: g.purpose != "grade")
        grade = (program.group_ids - group).tier_ids[0]
        rng = cls.rng
        common = {
            "account_id": account,
            "origin_id": account.id,
            "program_id": program,
            "company_id": program.company_id,
            "origin": "enrolled",
        }
        whole = {"date_from": FIRST, "date_to": TODAY, "date_grace": TODAY}
        tier = rng.choice(group.tier_ids)
        for each, state in ((grade, "valid"), (tier, "underneath")):
            cls._insert(
                "club.membership",
                **common,
                **whole,
                group_id=each.group_id,
                tier_id=each,
                state=state,
            )
        day = any_day(rng, first, first + 60 * STEP)
        while day <= TODAY + 20 * STEP:
            last = windows.month_end(day + rng.randrange(10, 70) * STEP)
            grace = last + rng.choice((0, 0, 5)) * STEP
            outcome = rng.choice(
                ("renewed", "upgraded", "downgraded", "lapsed", "replaced", None)
            )
            membership = cls._insert(
                "club.membership",
                **common,
                group_id=group,
                tier_id=tier,
                state="valid",
                date_from=day,
                date_to=last,
                date_grace=grace,
                outcome=outcome,
            )
            if outcome == "upgraded" and rng.random() < 0.6:
                cls._decide(program, account, membership)
            day = grace + rng.choice((1, 1, 1, 2, 40)) * STEP
            tier = rng.choice(group.tier_ids)

    @classmethod
    def _decide(cls, program, account, membership):
        sheet = cls._insert(
            "club.requalification",
            program_id=program,
            date_from=FIRST,
            date_to=TODAY,
            approval_state="done",
        )
        line = cls._insert(
            "club.requalification.line",
            requalification_id=sheet,
            membership_id=membership,
            account_id=account,
        )
        # The term that began by it: whichever, where only that it did is asked.
        cls.env.cr.execute(
            "UPDATE club_membership SET requalification_line_id = %s WHERE id = %s",
            [line, membership],
        )

    # === Revenue and points === #

    @classmethod
    def _make_revenue(cls, company, account):
        """Make revenue, what is taken back of it, and what is parked."""
        imported = cls._insert(
            "club.revenue.import",
            name="TEST",
            company_id=company,
            digest=f"test {account.id}",
            state="done",
            unit="1",
        )
        for amount, state in 3 * [(100.55, "valid"), (-40, "valid"), (7, "parked")]:
            cls._insert(
                "club.revenue.line",
                import_id=imported,
                company_id=company,
                account_id=account,
                category_id=cls.categ_parcels,
                month=cls.rng.choice(MONTHS),
                amount=amount + cls.rng.randrange(9),
                state=state,
                row=next(cls.numbers),
            )

    @classmethod
    def _make_invoices(cls, company, account):
        """Make a line of an invoice and one of a credit note, in each month."""
        journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": f"S{account.id}"[-5:],
                "type": "general",
                "company_id": company.id,
            }
        )
        ledger = cls.env["account.account"].create(
            {
                "name": "Sales",
                "code": f"99{account.id}",
                "account_type": "income",
                "company_ids": company.ids,
            }
        )
        for first in MONTHS:
            for kind, balance in (("out_invoice", -70.25), ("out_refund", 20)):
                day = any_day(cls.rng, first, min(TODAY, windows.month_end(first)))
                common = {
                    "company_id": company,
                    "currency_id": company.currency_id,
                    "date": day,
                }
                move = cls._insert(
                    "account.move",
                    **common,
                    journal_id=journal,
                    state="posted",
                    move_type=kind,
                    auto_post="no",
                )
                cls._insert(
                    "account.move.line",
                    **common,
                    move_id=move,
                    account_id=ledger,
                    display_type="product",
                    parent_state="posted",
                    club_account_id=account,
                    balance=balance,
                )

    @classmethod
    def _make_ledger(cls, program, accounts, units):
        """Make runs with entries of each kind, posted but for the last; of the monthly
        ones, parts that were verified before, on and after the deadline, or not at all.
        """
        rng = cls.rng
        kinds = ("revenue", "bonus", "adjustment", "redemption", "expiry", "opening")
        for number, month in enumerate(MONTHS):
            deadline = windows.add_months(month, 1) + 9 * STEP
            run = cls._insert(
                "club.points.run",
                program_id=program,
                company_id=program.company_id,
                month=month,
                kind="revenue",
                state="posted" if number < 6 else "computed",
                date_deadline=deadline,
            )
            for unit in units:
                late = rng.choice((-1, 0, 1, None))
                verified = late is not None
                cls._insert(
                    "club.points.run.unit",
                    run_id=run,
                    company_id=program.company_id,
                    month=month,
                    unit_id=unit,
                    state="verified" if verified else "waiting",
                    verified_at=cls._moment(deadline + late * STEP)
                    if verified
                    else None,
                )
            for account in accounts:
                kind = rng.choice(kinds)
                taken = kind in ("redemption", "expiry")
                cls._insert(
                    "club.points.entry",
                    run_id=run,
                    account_id=account,
                    origin_id=account.id,
                    unit_id=rng.choice(units),
                    kind=kind,
                    date=any_day(rng, month, windows.month_end(month)),
                    points=rng.randrange(1, 9)
                    * (-1 if taken else rng.choice((1, 2, -1))),
                )

    # === Care === #

    @classmethod
    def _make_care(cls, company, account, units):
        rng = cls.rng
        for late in (-1, 0, 1, None, "open", "waived"):
            due = any_day(rng, last=TODAY + 5 * STEP)
            done = isinstance(late, int)
            cls._insert(
                "club.duty",
                rule_id=cls.rule,
                account_id=account,
                origin_id=account.id,
                company_id=company,
                unit_id=rng.choice(units),
                kind="contact",
                period=f"p{next(cls.numbers)}",
                date_from=due - 9 * STEP,
                date_due=due,
                date_grace=due + 3 * STEP,
                state="done" if done else late or "missed",
                done_on=due + late * STEP if done else None,
            )
        for channel, state in (
            ("visit", "recorded"),
            ("visit", "confirmed"),
            ("visit", "returned"),
            ("call", "recorded"),
        ):
            day = any_day(rng)
            cls._insert(
                "club.contact.log",
                company_id=company,
                user_id=cls.manager,
                account_id=account,
                unit_id=rng.choice(units),
                channel=channel,
                direction="out",
                state=state,
                date_filled=day,
                held_on=day,
                conversation="Words",
            )

    @classmethod
    def _make_needs(cls, company, account):
        """Make complaints, and another need; cases that were opened and closed."""
        rng = cls.rng
        for complaint, state in 2 * [(True, "done"), (True, "open"), (False, "done")]:
            day = any_day(rng)
            settled = min(day + rng.randrange(60) * STEP, TODAY)
            cls._insert(
                "club.need",
                company_id=company,
                account_id=account,
                name="Words",
                kind="other",
                is_complaint=complaint,
                state=state,
                date_received=day,
                date_due=day,
                settled_at=cls._moment(settled) if state == "done" else None,
            )
        opened = FIRST
        for state in ("kept", "won_back", "lost", "open"):
            opened = any_day(rng, opened, TODAY - 2 * STEP)
            closed = None if state == "open" else any_day(rng, opened)
            cls._insert(
                "club.retention",
                company_id=company,
                account_id=account,
                state=state,
                date_opened=opened,
                date_closed=closed,
            )
            opened = min(closed or TODAY, TODAY - 2 * STEP)

    # === Activities === #

    @classmethod
    def _make_activities(cls, company, units, person):
        rng = cls.rng
        kind = cls._insert(
            "club.activity.type",
            company_id=company,
            code=f"test{company.id}",
            kind="value",
            period="year",
            name='{"en_US": "Lecture"}',
        )
        for year, state in ((2026, "done"), (2027, "draft")):
            plan = cls._insert(
                "club.plan",
                company_id=company,
                year=year,
                number=0,
                approval_state=state,
            )
            for month in MONTHS:
                for dropped in (None, plan):
                    cls._insert(
                        "club.plan.line",
                        plan_id=plan,
                        company_id=company,
                        type_id=kind,
                        name="Line",
                        organiser="unit",
                        month=month,
                        unit_id=rng.choice(units),
                        dropped_by_id=dropped,
                    )
        held_by = [unit for unit in units if unit]
        for stage in 3 * ("held", "closed", "cancelled", "inviting"):
            moment = cls._moment(any_day(rng))
            unit = rng.choice(held_by)
            activity = cls._insert(
                "club.activity",
                name=f"A{next(cls.numbers)}",
                theme="Lecture",
                reason="Words",
                organiser="unit",
                company_id=company,
                unit_id=unit,
                type_id=kind,
                headcount=9,
                stage=stage,
                approval_state="done",
                date_begin=moment,
                date_end=moment,
            )
            for state in ("attended", "attended", "absent", "confirmed", "declined"):
                invitation = cls._insert(
                    "club.invitation",
                    activity_id=activity,
                    company_id=company,
                    contact_id=cls._create_person(person),
                    account_id=person.parent_id,
                    state=state,
                )
                if state == "attended":
                    cls._make_answer(company, invitation, activity, unit, moment)

    @classmethod
    def _create_person(cls, person):
        return cls._insert(
            "res.partner",
            name=f"Guest {next(cls.numbers)}",
            parent_id=person.parent_id,
            commercial_partner_id=person.parent_id,
            type="contact",
            active=True,
            autopost_bills="ask",
        )

    @classmethod
    def _make_answer(cls, company, invitation, activity, unit, moment):
        mark = cls.rng.choice((None, 1, 4, 5))
        cls._insert(
            "club.answer",
            code=f"c{next(cls.numbers)}",
            invitation_id=invitation,
            company_id=company,
            activity_id=activity,
            unit_id=unit,
            date=moment,
            state=cls.rng.choice(("answered", "answered", "waiting")),
            satisfaction=mark,
        )

    # === Rewards, vouchers, referrals === #

    @classmethod
    def _make_rewards(cls, program, accounts, units):
        for account in accounts:
            for state in ("debited", "returned", "cancelled"):
                day = any_day(cls.rng)
                cls._insert(
                    "club.redemption",
                    name=f"D{next(cls.numbers)}",
                    program_id=program,
                    company_id=program.company_id,
                    account_id=account,
                    unit_id=cls.rng.choice(units),
                    points=1,
                    quantity=1,
                    reason="Tea",
                    approval_state="done",
                    state=state,
                    debited_at=cls._moment(day),
                    received_on=day,
                    cost=cls.rng.randrange(5, 50),
                )

    @classmethod
    def _make_vouchers(cls, company, accounts):
        batch = cls._insert(
            "club.voucher.batch",
            company_id=company,
            partner_id=accounts[0],
            name=f"V{next(cls.numbers)}",
            subject="Words",
            state="issued",
            date_from=FIRST,
            date_to=TODAY,
            quantity=9,
        )
        for state in 4 * ("issued", "redeemed", "cancelled"):
            issued = any_day(cls.rng)
            redeemed = state != "issued"
            cls._insert(
                "club.voucher",
                batch_id=batch,
                company_id=company,
                name=f"V{next(cls.numbers)}",
                code=f"v{next(cls.numbers)}",
                state=state,
                issued_on=issued,
                value=10,
                redeemed_on=any_day(cls.rng, issued) if redeemed else None,
                account_id=cls.rng.choice(accounts) if redeemed else None,
            )

    @classmethod
    def _make_leads(cls, company, units, accounts):
        for won in 4 * (True, False):
            day = any_day(cls.rng)
            cls._insert(
                "crm.lead",
                name="Lead",
                type="opportunity",
                active=True,
                company_id=company,
                team_id=cls.rng.choice(units),
                partner_id=cls.rng.choice(accounts),
                club_source="account",
                won_status="won" if won else "pending",
                create_date=cls._moment(day),
                date_closed=cls._moment(any_day(cls.rng, day)) if won else None,
            )
