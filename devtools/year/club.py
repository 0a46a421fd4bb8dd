"""Those who take part: people, units, accounts with agreements; and the rules.

Runs inside Odoo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from .plan import Plan

# Login, role, name.
PEOPLE = (
    ("manager", "user", "Wang Fang"),
    ("clerk", "clerk", "Li Na"),
    ("lead", "lead", "Zhang Wei"),
    ("officer", "officer", "Chen Jing"),
    ("finance", "finance", "Liu Yang"),
    ("auditor", "auditor", "Zhao Ning"),
)
# Of the other units; they have no password, as hashing one takes half a second.
COLLEAGUES = (
    ("manager2", "user", "Sun Li"),
    ("manager3", "user", "Zhou Min"),
    ("manager4", "user", "Wu Gang"),
    ("clerk2", "clerk", "Xu Mei"),
    ("clerk3", "clerk", "Ma Chao"),
    ("clerk4", "clerk", "Hu Ping"),
)
# Those who sign: their seats by the codes of the bodies.
SIGNATORIES = (
    ("director", "Huang Lei", {"presidium": "Chair", "leader": "Bureau director"}),
    ("head", "Guo Hong", {"executive": "Leader", "key_accounts": "Head of department"}),
    ("office", "He Jun", {"office": "Head of office"}),
    ("marketing", "Lin Tao", {"marketing": "Head of marketing"}),
    ("finance", "Liu Yang", {"finance": "Head of finance"}),
)
# Units of the demo data: who verifies, who manages its accounts, who leads.
UNITS = (
    ("club_unit_harbour", "clerk", "manager", None),
    ("club_unit_hill", "clerk2", "manager2", None),
    ("club_unit_line", "clerk3", "manager3", "lead"),
    ("club_unit_centre", "clerk4", "manager4", "officer"),
)
# Odoo's demo company lives in California.
ADDRESS = {
    "name": "Harbour City Post",
    "street": "1 Harbour Road",
    "street2": False,
    "city": "Xiamen",
    "zip": "361000",
    "state_id": False,
}
# Nobody needs to be told of each record of a mass of them.
QUIETLY = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
}


@dataclass
class Club:
    """The club of the main company, ready for its first month."""

    env: Any
    program: Any
    users: dict[str, Any]
    clerks: dict[int, Any]  # of each unit, by its id
    account_ids: dict[str, int]  # by code

    def as_user(self, login: str, model: str) -> Any:
        """Return a model as one of the people sees it."""
        return self.env[model].with_user(self.users[login])


def found(env: Any, plan: Plan) -> Club:
    """Set up people, accounts and rules as the plan has them."""
    env = env(context={**env.context, **QUIETLY})
    program = env.ref("crm_club.club_program_main")
    start = plan.months[0]
    program.date_start = start
    program.company_id.write(ADDRESS)
    users = create_users(env, program.company_id, PEOPLE, COLLEAGUES)
    clerks = _staff_units(env, users, start)
    staff_bodies(env, users, start)
    _set_thresholds(env, plan)
    _set_rates(env, program, plan)
    _set_aside_controls(env, plan)
    _date_back_groups(env, start)
    accounts = _create_accounts(env, program, plan, users)
    return Club(env(context={}), program.with_context({}), users, clerks, accounts)


def create_users(
    env: Any,
    company: Any,
    people: tuple[tuple[str, str, str], ...],
    colleagues: tuple[tuple[str, str, str], ...],
) -> dict[str, Any]:
    """Create those who take part, and those who sign; colleagues don't log in."""
    rows = [
        (login, name, f"crm_club.crm_club_group_{role}")
        for login, role, name in people + colleagues
    ]
    known = {login for login, *_rest in rows}
    rows += [
        (login, name, "base.group_user")
        for login, name, _seats in SIGNATORIES
        if login not in known
    ]
    users = env["res.users"].create(
        [
            {
                "login": login,
                "name": name,
                "email": f"{login}@example.com",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, env.ref(group).ids)],
                # There is no mail server: the messages are in the client.
                "notification_type": "inbox",
            }
            for login, name, group in rows
        ]
    )
    silent = {login for login, *_rest in colleagues}
    for user in users.filtered(lambda user: user.login not in silent):
        user.password = user.login
    return {user.login: user for user in users}


def _staff_units(env: Any, users: dict[str, Any], start: date) -> dict[int, Any]:
    clerks = {}
    for xmlid, clerk, _manager, leader in UNITS:
        unit = env.ref(f"crm_club.{xmlid}")
        clerks[unit.id] = users[clerk]
        if leader:
            unit.user_id = users[leader]
        env["club.unit.clerk"].create(
            {"unit_id": unit.id, "user_id": users[clerk].id, "date_from": start}
        )
    return clerks


def staff_bodies(env: Any, users: dict[str, Any], start: date) -> None:
    """Seat those who sign, in place of the demo data's people."""
    env["club.body.seat"].search([]).signs = False
    for login, _name, seats in SIGNATORIES:
        for code, office in seats.items():
            env["club.body.seat"].create(
                {
                    "body_id": env.ref(f"crm_club.club_body_{code}").id,
                    "user_id": users[login].id,
                    "office": office,
                    "date_from": start,
                }
            )


def _set_thresholds(env: Any, plan: Plan) -> None:
    if not plan.thresholds:
        return
    tiers = {
        code: env.ref(f"crm_club.club_tier_membership_{code}")
        for code in plan.thresholds
    }
    # Written together, so that the ladder is judged as a whole.
    env.ref("crm_club.club_tier_group_membership").tier_ids = [
        (1, tiers[code].id, {"points_from": float(points)})
        for code, points in plan.thresholds.items()
    ]


def _set_rates(env: Any, program: Any, plan: Plan) -> None:
    """Enter a rate for each category, which is created when there is none."""
    from odoo.addons.crm_club.kernel.revenue_rows import alias_key

    known = {alias_key(c.complete_name): c for c in env["product.category"].search([])}
    missing = [name for name in plan.rates if alias_key(name) not in known]
    created = env["product.category"].create([{"name": name} for name in missing])
    known |= {alias_key(c.name): c for c in created}
    rates = env["club.points.rate"].create(
        [
            {
                "program_id": program.id,
                "category_id": known[alias_key(name)].id,
                "value": float(rate),
                "date_from": plan.months[0],
            }
            for name, rate in plan.rates.items()
        ]
    )
    # They end or replace the demo data's.
    rates._set_opening("Taken on with the revenue")


def _set_aside_controls(env: Any, plan: Plan) -> None:
    """The demo data's control total is of other revenue than the plan's."""
    controls = env["club.control.total"].search([("month", "in", plan.months)])
    controls.active = False


def _date_back_groups(env: Any, start: date) -> None:
    """Let the demo data's groups be as old as the club.

    They are stamped with the real time, which is later than the plan's: a worksheet of
    then would take them for changed since it was prepared.
    """
    env.flush_all()
    for model in ("club.account.head", "club.account.classification"):
        env.cr.execute(f"UPDATE {env[model]._table} SET write_date = %s", [start])
    env.invalidate_all()


def _create_accounts(
    env: Any, program: Any, plan: Plan, users: dict[str, Any]
) -> dict[str, int]:
    """Create accounts with agreements, evenly over the units, each with a manager.

    By statements, as a take-on brings them in: `create` takes a hundred times as long.
    """
    from odoo.addons.crm_club.models.record.like import (
        insert_like,
        read_like,
        taken_back,
    )
    from odoo.addons.crm_club.models.worth.take_on_partners import Partners

    start = plan.months[0]
    with taken_back(env):
        account = env["res.partner"].create({"name": "-", "is_company": True})
        agreement = env["club.agreement"].create(
            {
                "account_id": account.id,
                "program_id": program.id,
                "number": "-",
                "date_from": start,
            }
        )
        like = {"account": read_like(account)}
        like_agreement = read_like(agreement)
    places = [
        {
            "unit_id": env.ref(f"crm_club.{xmlid}").id,
            "manager_id": users[manager].id,
            "tax": None,
        }
        for xmlid, _clerk, manager, _leader in UNITS
    ]
    codes = plan.accounts
    ids = Partners(env, like).insert_accounts(
        [
            {"name": code, "ref": code, **places[n % len(places)]}
            for n, code in enumerate(codes)
        ],
        [(None, None)] * len(codes),
    )
    insert_like(
        env["club.agreement"],
        like_agreement,
        {
            "account_id": ids,
            "number": [f"AG-{start.year}-{n:05}" for n in range(1, len(ids) + 1)],
        },
    )
    env["club.account.team"]._follow_managers(env["res.partner"].browse(ids))
    return dict(zip(codes, ids, strict=True))
