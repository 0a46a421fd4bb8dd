"""Personas, units, accounts and facts that the club's tests share."""

import logging
from datetime import date
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import TransactionCase, freeze_time

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..models.approval.turns import Turns
from ..models.membership.club_requalification import REASONS
from . import cached_lookups
from .shared_world import SharedWorld, shared

_logger = logging.getLogger(__name__)

TODAY = date(2026, 4, 10)
GROUPS = "crm_club.crm_club_group_"


def month(text):
    """Return the first day of a month written as ``2026-03``."""
    return fields.Date.to_date(f"{text}-01")


class ClubFixture(SharedWorld):
    """A company in CNY with two units, two agreement accounts and a user per role."""

    @classmethod
    def setUpClass(cls):
        _logger.info("Setting up %s", cls.__name__)  # `./dev test` times the classes
        super().setUpClass()
        cached_lookups.start(cls)

    @classmethod
    @shared
    def _set_up_club(cls):
        # Who is asked to do something gets a to-do; no mail besides tells of it.
        quiet = {"tracking_disable": True, "mail_activity_quick_update": True}
        cls.env = cls.env(context={**cls.env.context, **quiet})
        cls.company = cls._create_club_company("Harbour Post")
        cls.env.user.company_ids |= cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.program = cls._create_program(cls.company)
        cls.grade = cls.program.group_ids.filtered(lambda g: g.code == "grade")
        cls.membership = cls.program.group_ids - cls.grade
        cls.officer, cls.finance, cls.clerk, cls.lead, cls.manager, cls.auditor = (
            cls._create_users(
                club_officer="officer",
                club_finance="finance",
                club_clerk="clerk",
                club_lead="lead",
                manager="user",
                club_auditor="auditor",
            )
        )
        cls.unit, cls.other_unit = cls.env["crm.team"].create(
            [
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "club_level": "branch",
                    "user_id": leader,
                }
                for name, leader in (("Quay", cls.lead.id), ("Hill", False))
            ]
        )
        cls.env["club.unit.clerk"].create(
            {
                "unit_id": cls.unit.id,
                "user_id": cls.clerk.id,
                "date_from": date(2020, 1, 1),
            }
        )
        cls.categ_letters, cls.categ_parcels = cls.env["product.category"].create(
            [{"name": "Test Letters"}, {"name": "Test Parcels"}]
        )
        cls.account_a, cls.account_b = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "ref": ref,
                    "is_company": True,
                    "club_unit_id": unit.id,
                    "club_manager_id": manager,
                }
                for name, ref, unit, manager in (
                    ("Anchor Mills", "C-A", cls.unit, cls.manager.id),
                    ("Beacon Foods", "C-B", cls.other_unit, False),
                )
            ]
        )
        for number, account in enumerate((cls.account_a, cls.account_b)):
            cls._create_agreement(account, number=f"AG-{number}")
        cls._create_rate(cls.categ_letters, 0.5)
        cls._create_rate(cls.categ_parcels, 1.0)

    # === Factories === #

    @classmethod
    def _create_club_company(cls, name):
        return cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.env.ref("base.CNY").id,
                "country_id": cls.env.ref("base.cn").id,
            }
        )

    @classmethod
    def _create_program(cls, company, **values):
        """Create a program with both tier groups at the thresholds of A2 and A3."""
        tiers = (
            ("vip", 1, 50_000, 100_000),
            ("gold", 2, 150_000, 500_000),
            ("platinum", 3, 300_000, 1_000_000),
            ("diamond", 4, 1_500_000, 5_000_000),
        )
        return cls.env["club.program"].create(
            {
                "name": f"Club of {company.name}",
                "company_id": company.id,
                "group_ids": [
                    Command.create(
                        {
                            "name": code.title(),
                            "code": code,
                            "purpose": code,
                            "measure": measure,
                            "automatic_revenue": automatic,
                            "tier_ids": [
                                Command.create(
                                    {
                                        "name": tier.title(),
                                        "code": tier,
                                        "sequence": sequence,
                                        "points_from": points,
                                        "revenue_from": revenue,
                                    }
                                )
                                for tier, sequence, points, revenue in tiers
                            ],
                        }
                    )
                    for code, measure, automatic in (
                        ("grade", "revenue", 0),
                        ("membership", "points", 100_000),
                    )
                ],
                **values,
            }
        )

    # The bodies of rule E1 that sign something by default, and who sits there.
    SEATS = {
        "executive": "Executive group leader",
        "presidium": "Bureau director",
        "key_accounts": "Head of key accounts",
        "office": "Head of the bureau office",
        "leader": "Bureau leader",
        "marketing": "Head of marketing",
    }

    @classmethod
    def _end_terms(cls):
        """Let all terms have begun, and so ended, a year earlier than they did."""
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            UPDATE club_membership
               SET date_from = date_from - interval '1 year',
                   date_to = date_to - interval '1 year',
                   date_grace = date_grace - interval '1 year'
            """
        )
        cls.env.invalidate_all()

    @classmethod
    def _give_reasons(cls, requalification):
        """Say why it is decided in spite of what its figures lack. Rule A6."""
        for name, reason in REASONS.items():
            if requalification[name]:
                requalification[reason] = "Agreed with Finance"

    @classmethod
    @shared
    def _set_up_seats(cls):
        """Seat a plain employee in each body, and Finance's user in planning."""
        users = cls._create_users(**{f"signer_{code}": None for code in cls.SEATS})
        cls.signers = dict(zip(cls.SEATS, users, strict=True))
        cls.signers["finance"] = cls.finance
        offices = {**cls.SEATS, "finance": "Head of finance"}
        cls.env["club.body.seat"].create(
            [
                {
                    "body_id": cls._get_body(code).id,
                    "user_id": cls.signers[code].id,
                    "office": office,
                    "date_from": date(2020, 1, 1),
                }
                for code, office in offices.items()
            ]
        )

    @classmethod
    def _create_employee(cls, login, company=None):
        """Create an internal user without any role in the club."""
        return cls._create_users(company, **{login: None})

    @classmethod
    def _get_body(cls, code, company=None):
        return cls.env["club.body"].search(
            [("code", "=", code), ("company_id", "=", (company or cls.company).id)]
        )

    @classmethod
    def _create_seat(cls, code, user, date_from=date(2020, 1, 1), **values):
        return cls.env["club.body.seat"].create(
            {
                "body_id": cls._get_body(code, values.pop("company", None)).id,
                "user_id": user.id,
                "office": "Head",
                "date_from": date_from,
                **values,
            }
        )

    @classmethod
    def _get_turns(cls, document):
        """Return the logins of those who may sign now."""
        return cls._find_signers(document).mapped("login")

    @classmethod
    def _find_signers(cls, document):
        """Return those who may sign now, by login."""
        requests = document.approval_request_id.sudo()
        holders = Turns(requests).get_eligible()
        users = {h.user_id for found in holders.values() for h in found}
        return cls.env["res.users"].browse(users).sorted("login")

    @classmethod
    def _sign_all(cls, document, comment=None):
        """Let everybody sign whose turn it is, until all have signed."""
        while document.approval_state == "waiting":
            document.with_user(cls._find_signers(document)[0]).action_sign(comment)
            cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, role, login=None, company=None):
        return cls._create_users(company, **{login or f"club_{role}": role})

    @classmethod
    def _create_users(cls, company=None, **roles):
        """Create a user for each login with a role of the club, or None, in one go:
        one by one, each is mailed an invitation and costs six times the queries. Nor is
        a picture drawn of each, which becomes eight files.
        """
        company = company or cls.company
        vals_list = [
            {
                "name": f"{login} ({role or 'employee'})",
                "login": login,
                "password": login.ljust(8, "x"),
                "email": f"{login}@example.com",
                "group_ids": [Command.set(cls.env.ref(group).ids)],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
            for login, role in roles.items()
            for group in [f"{GROUPS}{role}" if role else "base.group_user"]
        ]
        users = cls.env["res.users"].with_context(**DISABLED_MAIL_CONTEXT)
        partners = cls.env.registry["res.partner"]
        with patch.object(partners, "_avatar_generate_svg", return_value=False):
            return users.create(vals_list).with_env(cls.env)

    @classmethod
    def _create_account(cls, name, agreement=True, **values):
        account = cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )
        if agreement:
            cls._create_agreement(account, number=f"AG-{account.id}")
        return account

    @classmethod
    def _sign_head(cls, branch, company=None):
        """Let a branch be measured with the head that it names. Rule A12."""
        company = company or cls.env.company
        document = cls.env["club.account.classification"].create(
            {
                "account_id": branch.id,
                "class_id": cls.env.ref("crm_club.club_account_class_branch").id,
                "head_id": branch.with_company(company).club_head_id.id,
                "company_id": company.id,
                "reason": "Wholly owned",
            }
        )
        return document._set_opening("Test")

    @classmethod
    def _create_accounts(cls, names, **values):
        """Create accounts with agreements in one go."""
        accounts = cls.env["res.partner"].create(
            [{"name": name, "is_company": True, **values} for name in names]
        )
        cls._create_agreements(accounts)
        return accounts

    @classmethod
    def _create_agreements(cls, accounts):
        return cls.env["club.agreement"].create(
            [
                {
                    "number": f"AG-{account.id}",
                    "account_id": account.id,
                    "program_id": cls.program.id,
                    "date_from": date(2020, 1, 1),
                }
                for account in accounts
            ]
        )

    @classmethod
    def _create_agreement(cls, account, number, date_from=date(2020, 1, 1), **values):
        return cls.env["club.agreement"].create(
            {
                "number": number,
                "account_id": account.id,
                "program_id": cls.program.id,
                "date_from": date_from,
                **values,
            }
        )

    @classmethod
    def _create_rate(cls, category, value, date_from="2020-01-01", **values):
        rate = cls.env["club.points.rate"].create(
            {
                "program_id": cls.program.id,
                "category_id": category.id,
                "value": value,
                "date_from": date_from,
                **values,
            }
        )
        rate._set_opening("Test")
        return rate

    @classmethod
    def _add_revenue(cls, accounts, amount, in_month="2026-03", category=None):
        """Book imported revenue, as the import wizard leaves it: valid lines."""
        imported = cls._get_import()
        cls.env.cr.execute(
            """
            INSERT INTO club_revenue_line
                   (import_id, company_id, account_id, category_id, month, amount,
                    state, row)
            SELECT %s, %s, account.id, %s, %s, %s, 'valid',
                   (SELECT coalesce(max(row), 0) FROM club_revenue_line) + account.place
              FROM unnest(%s::int[]) WITH ORDINALITY account (id, place) RETURNING id
            """,
            [
                imported.id,
                imported.company_id.id,
                (cls.categ_parcels if category is None else category).id or None,
                month(in_month),
                amount,
                accounts.ids,
            ],
        )
        line_ids = [line_id for (line_id,) in cls.env.cr.fetchall()]
        cls.env.invalidate_all()
        return cls.env["club.revenue.line"].browse(line_ids)

    @classmethod
    def _get_import(cls):
        imports = cls.env["club.revenue.import"].sudo()
        found = imports.search([("company_id", "=", cls.env.company.id)], limit=1)
        if not found:
            cls.env.cr.execute(
                "INSERT INTO club_revenue_import"
                " (name, company_id, digest, state, unit) VALUES"
                " ('TEST', %s, 'test', 'done', '1') RETURNING id",
                [cls.env.company.id],
            )
            found = imports.browse(cls.env.cr.fetchone()[0])
        return found

    @classmethod
    def _create_run(cls, in_month="2026-03", program=None, **values):
        runs = cls.env["club.points.run"]
        # Opening points come from a signed take-on only.
        create = (
            runs._create_guarded if values.get("kind") == "opening" else runs.create
        )
        return create(
            {
                "program_id": (program or cls.program).id,
                "month": month(in_month),
                "no_controls_reason": "Test",
                **values,
            }
        )

    @classmethod
    def _verify_all(cls, run):
        """Verify every unit as its clerk would."""
        cls._verify(run.unit_ids.filtered(lambda u: u.state != "verified"))

    @classmethod
    def _verify(cls, units, user=None):
        """Verify units as their clerks do, or a user, without papers but with why."""
        clerks = units._find_clerks()
        for unit in units:
            (clerk,) = user or clerks.get(unit, cls.officer)[:1]
            if not unit.attachment_ids and not unit.no_records_reason:
                unit.sudo().no_records_reason = "Test"
            unit.with_user(clerk).action_verify()

    @classmethod
    def _post_run(cls, in_month="2026-03", program=None):
        """Create, compute, verify and post a run of the month."""
        run = cls._create_run(in_month, program)
        run.action_compute()
        cls._verify_all(run)
        run.action_post()
        return run

    def _get_points(self, account, **domain):
        """Return the posted points of an account."""
        self.env.flush_all()
        terms = [("account_id", "=", account.id), ("run_id.state", "=", "posted")]
        terms += [(key, "=", value) for key, value in domain.items()]
        [(points,)] = self.env["club.points.entry"]._read_group(
            terms, [], ["points:sum"]
        )
        return round(points or 0, 2)


@freeze_time(TODAY)
class ClubCommon(ClubFixture, TransactionCase):
    """The fixture, on the day TODAY."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
