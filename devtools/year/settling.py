"""The simulated club on its first day: the post office, its people, its customers.

Runs inside Odoo. Customers come in as any company's do: by a take-on's sheet, which an
officer uploads, the bodies sign and the officer applies. Rule A14.
"""

import base64
import io
from datetime import date
from pathlib import Path
from typing import Any

from .club import QUIETLY, Club, create_users, staff_bodies
from .months import YearFailed, sign
from .plan import add_months
from .world import LINES, MANAGERS, UNITS, UNRATED, Account, World

PEOPLE = (
    ("manager", "user", "王芳 Wang Fang"),
    ("clerk", "clerk", "李娜 Li Na"),
    ("lead", "lead", "张伟 Zhang Wei"),
    ("officer", "officer", "陈静 Chen Jing"),
    ("finance", "finance", "刘洋 Liu Yang"),
    ("auditor", "auditor", "赵宁 Zhao Ning"),
)
CLERKS = (
    ("clerk2", "许梅 Xu Mei"),
    ("clerk3", "马超 Ma Chao"),
    ("clerk4", "胡萍 Hu Ping"),
    ("clerk5", "林晓东 Lin Xiaodong"),
    ("clerk6", "余丽华 Yu Lihua"),
)
LEADS = {"parcel": "lead", "media": "lead2", "centre": "officer"}
COLLEAGUES = (
    *((login, "user", name) for login, _unit, name in MANAGERS[1:]),
    *((login, "clerk", name) for login, name in CLERKS),
    ("lead2", "lead", "高国栋 Gao Guodong"),
)
ADDRESS = {
    "name": "鹭江邮政 Lujiang Post",
    "street": "鹭江道1号",
    "city": "厦门",
    "zip": "361000",
    "phone": "+86 592 11185",
}
ZONE = "Asia/Shanghai"
LOGO = Path(__file__).parents[2] / "static" / "description" / "icon.png"
# Those who sign, in both languages.
SIGNATORIES = {
    "director": "黄磊 Huang Lei",
    "head": "郭宏 Guo Hong",
    "office": "何军 He Jun",
    "marketing": "林涛 Lin Tao",
}
# How the lines of business are called; all but one come with the add-on.
CATEGORIES = {
    "Parcels": ("product_category_parcels", "包裹"),
    "Express Mail": ("product_category_express", "特快专递"),
    "Letters": ("product_category_letters", "函件"),
    "Direct Mail": ("product_category_direct_mail", "商函广告"),
    "Newspapers and Magazines": ("product_category_newspapers", "报刊发行"),
    "Philately": ("product_category_philately", "集邮"),
    "Festival Goods": (None, "节日礼品"),
    "Logistics": ("product_category_logistics", "物流"),
    "E-commerce": ("product_category_ecommerce", "电商分销"),
    "Agency Finance": ("product_category_agency", "代理金融"),
    UNRATED: (None, "冷链寄递"),
}
PROPOSED_BY = {
    "parcel": ("parcels", "express", "logistics", "ecommerce"),
    "media": ("letters", "direct_mail", "newspapers", "philately"),
}
ROLES = {
    "liaison": "liaison",
    "decision_maker": "decider",
    "executive": "executive",
}


def settle(env: Any, world: World) -> Club:
    """Set up people, units and rules, and take the customers on."""
    env = env(context={**env.context, **QUIETLY})
    program = env.ref("crm_club.club_program_main")
    start = world.months[0]
    program.date_start = start
    company = program.company_id
    logo = base64.b64encode(LOGO.read_bytes())
    company.write({**ADDRESS, "country_id": env.ref("base.cn").id, "logo": logo})
    env["account.chart.template"].try_loading("cn", company, install_demo=False)
    company.club_timezone = ZONE
    users = create_users(env, company, PEOPLE, COLLEAGUES)
    for user in (*users.values(), env.ref("base.user_admin")):
        user.tz = ZONE
    units = _create_units(env, company, users)
    clerks = _name_clerks(env, units, users, start)
    staff_bodies(env, users, start)
    for login, name in SIGNATORIES.items():
        users[login].name = name
    _set_rates(env, program, company, units, start)
    club = Club(env, program, users, clerks, {})
    _take_on(club, world)
    partners = env["res.partner"].search_read([("ref", "like", "XM%")], ["ref"])
    ids = {row["ref"]: row["id"] for row in partners}
    club.account_ids.update(
        {account.code: ids[account.code] for account in world.accounts}
    )
    _complete(env, club, world)
    return Club(
        env(context={}), program.with_context({}), users, clerks, club.account_ids
    )


# === The post office === #


def _create_units(env: Any, company: Any, users: dict[str, Any]) -> dict[str, Any]:
    env["crm.team"].search([]).active = False  # Odoo's own
    units: dict[str, Any] = {}
    for unit in UNITS:
        members = [users[login].id for login, key, _name in MANAGERS if key == unit.key]
        leader = LEADS.get(unit.key)
        units[unit.key] = env["crm.team"].create(
            {
                "name": unit.name,
                "company_id": company.id,
                "club_level": unit.level,
                "parent_id": units[unit.above].id if unit.above else False,
                "user_id": users[leader].id if leader else False,
                "member_ids": [(6, 0, members)],
            }
        )
        units[unit.key].with_context(lang="zh_CN").name = unit.chinese
    return units


def _name_clerks(
    env: Any, units: dict[str, Any], users: dict[str, Any], start: date
) -> dict[int, Any]:
    """Give each unit its points clerk; the first is of the largest branch. Rule B5."""
    logins = ["clerk", *(login for login, _name in CLERKS)]
    branches = [unit.key for unit in UNITS if unit.level == "branch"]
    others = [unit.key for unit in UNITS if unit.level != "branch"]
    clerks = {}
    for number, key in enumerate([*branches, *others]):
        unit = units[key]
        clerks[unit.id] = users[logins[number % len(logins)]]
        env["club.unit.clerk"].create(
            {"unit_id": unit.id, "user_id": clerks[unit.id].id, "date_from": start}
        )
    return clerks


def _set_rates(
    env: Any, program: Any, company: Any, units: dict[str, Any], start: date
) -> None:
    """Name the lines of business in both languages, and give each its rate. Rule B2."""
    root = env.ref("crm_club.product_category_club")
    root.name = "邮政业务 Postal Business"
    categories = {}
    for name, (xmlid, _chinese) in CATEGORIES.items():
        title = {"name": get_title(name), "parent_id": root.id}
        if xmlid:
            categories[name] = env.ref(f"crm_club.{xmlid}")
            categories[name].write(title)
        else:
            categories[name] = env["product.category"].create(title)
    rates = env["club.points.rate"].create(
        [
            {
                "program_id": program.id,
                "category_id": categories[name].id,
                "value": float(line.rate),
                "date_from": start,
                "note": "Simulated",
            }
            for name, line in LINES.items()
        ]
    )
    rates._set_opening("As taken on")
    program._confirm_example_rates()
    for unit, codes in PROPOSED_BY.items():
        lines = env["club.business.line"].search([("code", "in", codes)])
        lines.with_company(company).unit_id = units[unit]


def get_title(category: str) -> str:
    """Return what a line of business is called in the club's books."""
    return f"{CATEGORIES[category][1]} {category}"


# === The customers === #


def _take_on(club: Club, world: World) -> None:
    """Let the officer upload the sheet, the bodies sign, the officer apply it."""
    document = club.as_user("officer", "club.take.on").create(
        {
            "program_id": club.program.id,
            "file": base64.b64encode(_write_sheet(club.env, world)),
            "filename": "take-on.xlsx",
            "note": "The club as it stood on paper",
        }
    )
    if document.fault_count:
        fault = document.fault_ids[0]
        raise YearFailed(
            f"the take-on has {document.fault_count} faults: {fault.sheet}, row "
            f"{fault.row}, {fault.column} {fault.value}: {fault.problem}"
        )
    document.action_submit()
    sign(club, document)
    document.action_apply()


def _write_sheet(env: Any, world: World) -> bytes:
    import xlsxwriter

    classes = {
        row["code"]: row["name"]
        for row in env["club.account.class"].search_read([], ["code", "name"])
    }
    roles = {
        role: env.ref(f"crm_club.club_contact_role_{name}").name
        for role, name in ROLES.items()
    }
    units = {unit.key: unit.name for unit in UNITS}
    names = {login: name for login, _unit, name in MANAGERS}
    start = world.months[0]
    term = (f"{start}", f"{_month_end(add_months(start, 12))}")
    agreements, contacts, terms = [], [], []
    for number, account in enumerate(world.accounts, start=1):
        agreements.append(
            (
                *(account.name, account.tax, account.code, units[account.unit]),
                *(names[account.manager], classes.get(account.account_class, "")),
                *(f"XY-{account.joined.year}-{number:05}", f"{account.joined}"),
            )
        )
        contacts += [
            (
                *(account.code, person.name, roles[person.role], person.function),
                *(person.phone, person.email, person.calendar, person.birthday),
            )
            for person in account.contacts
        ]
        if account.tier:
            terms += [
                (account.code, group, account.tier, *term)
                for group in ("grade", "membership")
            ]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for title, header, rows in (
            (
                "Accounts",
                (
                    *("Name", "Tax ID", "Customer Code", "Unit", "Manager", "Class"),
                    *("Agreement", "Agreement From"),
                ),
                agreements,
            ),
            (
                "Contacts",
                (
                    *("Account", "Name", "Role", "Job Position", "Phone", "E-mail"),
                    *("Calendar", "Birthday"),
                ),
                contacts,
            ),
            ("Tiers", ("Account", "Tier Group", "Tier", "From", "To"), terms),
        ):
            sheet = book.add_worksheet(title)
            for place, row in enumerate((header, *rows)):
                for column, cell in enumerate(row):
                    sheet.write_string(place, column, cell)
    return buffer.getvalue()


def _month_end(day: date) -> date:
    return date.fromordinal(add_months(day, 1).toordinal() - 1)


def _complete(env: Any, club: Club, world: World) -> None:
    """Fill in what a take-on's sheet has no column for: addresses, trades, groups."""
    industries = {
        key: env.ref(f"base.res_partner_industry_{key}").id
        for key in {account.industry for account in world.accounts}
    }
    env.flush_all()
    env.cr.execute(
        """
        UPDATE res_partner p
           SET city = n.city, street = n.street, industry_id = n.industry
          FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[])
               AS n(id, city, street, industry)
         WHERE p.commercial_partner_id = n.id
        """,
        [
            [club.account_ids[account.code] for account in world.accounts],
            [account.city for account in world.accounts],
            [account.street for account in world.accounts],
            [industries[account.industry] for account in world.accounts],
        ],
    )
    env.invalidate_all()
    below: dict[str, list[Account]] = {}
    for account in world.accounts:
        if account.head:
            below.setdefault(account.head, []).append(account)
    for head, branches in below.items():
        partners = env["res.partner"].browse(
            [club.account_ids[b.code] for b in branches]
        )
        partners.club_head_id = club.account_ids[head]
