"""A province above two counties, a county with two programs, and one abroad."""

from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin
from ..shared_world import shared
from ..worth.reward_case import RewardMixin

ROLES = ("officer", "clerk", "finance", "lead", "user", "auditor", "admin")
TERM = (date(2026, 1, 1), date(2026, 12, 31))
# The second program's own numbers: none is the first one's.
SUBURBS = {
    "name": "Club of the Suburbs",
    "sequence": 90,
    "window": "rolling",
    "term_months": 24,
    "life_months": 6,
    "redemption_months": 1,
    "grace_days": 7,
}


class WorldsMixin(RewardMixin, GuestMixin):
    """Province Post is above Harbour Post, which has two programs, and Lake Post, whose
    clock is a day behind. Coast Post belongs to nobody and counts in another currency.

    Anchor Mills is a member of all programs: Gold and Diamond at Harbour Post, Platinum
    at Lake Post, VIP at Coast Post. Beacon Foods is one of the Suburbs alone.
    """

    @classmethod
    def _create_club_company(cls, name):
        """The fixture's own company is below the province."""
        if name != "Harbour Post":
            return super()._create_club_company(name)
        cls.province = super()._create_club_company("Province Post")
        return cls._create_county(name)

    @classmethod
    def _create_county(cls, name, **values):
        return cls.env["res.company"].create(
            {"name": name, "parent_id": cls.province.id, **values}
        )

    @classmethod
    @shared
    def _set_up_worlds(cls):
        cls._set_up_guests()
        cls.suburbs = cls._create_program(cls.company, **SUBURBS)
        cls.lake = cls._create_county(
            "Lake Post", club_timezone="America/New_York", country_id=False
        )
        cls.coast = super()._create_club_company("Coast Post")
        cls.coast.currency_id = cls.env.ref("base.USD")
        cls.env.user.company_ids |= cls.province | cls.lake | cls.coast
        cls.lake_program = cls._create_program(cls.lake, life_months=3)
        cls.coast_program = cls._create_program(cls.coast)
        cls.lake_users = cls._create_staff("lake", cls.lake)
        cls.coast_users = cls._create_staff("coast", cls.coast)
        cls.province_officer, cls.province_auditor = cls._create_users(
            cls.province, province_officer="officer", province_auditor="auditor"
        )
        # Whoever works in both counties, and an administrator of all.
        [cls.both] = cls._create_users(cls.company, both_officer="officer")
        cls.both.company_ids = cls.company | cls.lake
        cls.lake_unit, cls.coast_unit, cls.shared_unit = cls.env["crm.team"].create(
            [
                {
                    "name": name,
                    "company_id": company and company.id,
                    "club_level": "branch",
                    "user_id": lead and lead.id,
                }
                for name, company, lead in (
                    ("Pier", cls.lake, cls.lake_users["lead"]),
                    ("Reef", cls.coast, cls.coast_users["lead"]),
                    ("Express", None, None),
                )
            ]
        )
        for company, unit, users in (
            (cls.lake, cls.lake_unit, cls.lake_users),
            (cls.coast, cls.coast_unit, cls.coast_users),
        ):
            for account in (cls.account_a, cls.account_b):
                account.with_company(company).write(
                    {"club_unit_id": unit.id, "club_manager_id": users["user"].id}
                )
            cls.env["club.unit.clerk"].create(
                {
                    "unit_id": unit.id,
                    "user_id": users["clerk"].id,
                    "date_from": date(2020, 1, 1),
                }
            )
        cls._join_all()

    @classmethod
    def _create_staff(cls, name, company):
        users = cls._create_users(company, **{f"{name}_{role}": role for role in ROLES})
        return dict(zip(ROLES, users, strict=True))

    @classmethod
    def _join_all(cls):
        cls.terms = {}
        for program, account, code in (
            (cls.program, cls.account_a, "gold"),
            (cls.suburbs, cls.account_a, "diamond"),
            (cls.lake_program, cls.account_a, "platinum"),
            (cls.coast_program, cls.account_a, "vip"),
            (cls.suburbs, cls.account_b, "vip"),
        ):
            cls.terms[program, account] = cls._join(account, code, program)
        for program in (cls.suburbs, cls.lake_program, cls.coast_program):
            for account in (cls.account_a, cls.account_b):
                cls._create_agreement(
                    account, f"AG-{program.id}-{account.id}", program_id=program.id
                )
        for program, value in (
            (cls.suburbs, 2),
            (cls.lake_program, 3),
            (cls.coast_program, 4),
        ):
            cls._create_rate(cls.categ_parcels, value, program_id=program.id)

    @classmethod
    def _get_group(cls, program, purpose="membership"):
        return program.group_ids.filtered(lambda group: group.purpose == purpose)

    @classmethod
    def _get_tier(cls, program, code, purpose="membership"):
        tiers = cls._get_group(program, purpose).tier_ids
        return tiers.filtered(lambda tier: tier.code == code)

    @classmethod
    def _join(cls, account, code, program, first=TERM[0], last=TERM[1]):
        """Give an account a tier of a program, as it is taken on."""
        tier = cls._get_tier(program, code)
        [number] = cls.env["club.membership"]._insert(
            program,
            [
                {
                    "account_id": account.id,
                    "group_id": tier.group_id.id,
                    "tier_id": tier.id,
                    "date_from": first,
                    "date_to": last,
                    "origin": "opening",
                }
            ],
        )
        program._refresh_mirrors(account)
        return cls.env["club.membership"].browse(number)

    # === Whose eyes one looks with === #

    @classmethod
    def _within(cls, companies, user=None):
        """Return the environment of who works in companies, the first one in front."""
        env = cls.env(user=user.id) if user else cls.env
        return env(context={**env.context, "allowed_company_ids": companies.ids})

    @classmethod
    def _as(cls, record, user, companies=None):
        """Return records as a user sees them who works in his companies, or some."""
        companies = companies or user.company_ids
        return record.with_user(user).with_context(allowed_company_ids=companies.ids)

    @classmethod
    def _in(cls, company):
        """Let what follows work in a company, as if one had switched to it."""
        return cls._within(company)

    @classmethod
    def _book_revenue(cls, company, accounts, amount, in_month="2026-03"):
        """Book imported revenue of a company."""
        kept, cls.env = cls.env, cls._within(company)
        try:
            return cls._add_revenue(accounts, amount, in_month).with_env(kept)
        finally:
            cls.env = kept

    @classmethod
    def _post(cls, program, in_month="2026-03", **values):
        """Post a run of a program, in its company."""
        kept, cls.env = cls.env, cls._within(program.company_id)
        try:
            run = cls._create_run(in_month, program, **values)
            run.action_compute()
            cls._verify_all(run)
            run.action_post()
            return run.with_env(kept)
        finally:
            cls.env = kept

    @classmethod
    def _create_people(cls):
        return [
            Command.create({"name": name, "email": f"{name}@example.com"})
            for name in ("ann", "bob")
        ]


@freeze_time(TODAY)
class WorldsCase(WorldsMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_worlds()
