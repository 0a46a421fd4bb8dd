"""What people at work need: accounts of theirs, guests, points, documents to sign.

Runs inside Odoo's shell, on a copy of a club. What was there stays; some things are
laid beside it, so that nobody runs out of work within the minutes.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from odoo import fields

from .mix import AUDITOR, CLERK, FINANCE, LEAD, MANAGER, OFFICER, ROLES, SIGNER
from .recording import record_screens

PASSWORD = "load"
GROUP = "crm_club.crm_club_group_"
# The first that a user has is the role; "user" is the managers' group.
GROUPS = (
    *((OFFICER, "officer"), (LEAD, "lead"), (FINANCE, "finance")),
    *((AUDITOR, "auditor"), (CLERK, "clerk"), (MANAGER, "user"), (SIGNER, "signer")),
)
MOST = 6  # logins of a role who work: of more people some have two browsers
ACTIVITIES, GUESTS = 4, 150
DOCUMENTS, ADJUSTMENTS = 240, 40
OWN = 60  # of what a manager may work on
QUIETLY = {"tracking_disable": True, "mail_create_nosubscribe": True}


def found(env, target: str) -> None:
    """Lay what is needed, and leave in a file what those who call have to know."""
    env = env(context={**env.context, **QUIETLY})
    roles = _find_roles(env)
    users = {user.login: user for found in roles.values() for user in found}
    _give_passwords(env, list(users.values()))
    members = _read_members(env)
    officer = (roles.get(OFFICER) or [env.user])[0]
    _hold_activities(env, officer, members)
    _draw_up(env, officer, members)
    env.cr.commit()
    ground = {
        "password": PASSWORD,
        "roles": {
            role: [user.login for user in found] for role, found in roles.items()
        },
        "users": {
            login: _describe(env, user, members) for login, user in users.items()
        },
        "coupons": _find_coupons(env, members),
        "tops": _read_tops(env),
        "program": env.ref("crm_club.club_program_main").id,
        "faults": find_faults(env),
    }
    env.cr.commit()
    Path(target).write_text(json.dumps(ground, default=str))


def check(env, target: str) -> None:
    """Leave in a file what is wrong with the books."""
    Path(target).write_text(json.dumps(find_faults(env)))
    env.cr.commit()


def find_faults(env) -> list[str]:
    """Return what the integrity check finds, and which seals don't fit."""
    faults = []
    for program in env["club.program"].search([]):
        lines = env["club.integrity.check"]._run(program).line_ids
        wrong = lines.filtered(lambda line: line.severity == "error")
        faults += [f"{line.kind}: {line.expected}, {line.found}" for line in wrong]
        if broken := program._find_broken_run():
            faults.append(f"{broken.name} doesn't fit its seal")
    return faults


def _find_roles(env) -> dict[str, list[Any]]:
    roles: dict[str, list[Any]] = {role: [] for role in ROLES}
    for user in env["res.users"].search([("share", "=", False)], order="id"):
        if user._is_system():
            continue
        role = next((r for r, name in GROUPS if user.has_group(GROUP + name)), None)
        if role and len(roles[role]) < MOST:
            roles[role].append(user)
    return roles


def _give_passwords(env, users) -> None:
    """Give all the same; working out one takes half a second."""
    users[0].password = PASSWORD
    env.flush_all()
    env.cr.execute(
        "UPDATE res_users SET password = (SELECT password FROM res_users WHERE id = %s)"
        " WHERE id = ANY(%s)",
        [users[0].id, [user.id for user in users]],
    )
    env.registry.clear_cache()
    env.invalidate_all()


def _read_members(env) -> list[dict[str, Any]]:
    """Return members with manager, a person and the points they have to spend."""
    env.flush_all()
    env.cr.execute(
        """
        SELECT p.id, m.tier_id, (p.club_manager_id ->> %(company)s)::int AS user_id,
               (p.club_unit_id ->> %(company)s)::int AS unit_id, c.id AS contact_id,
               (SELECT coalesce(sum(e.points), 0)::float FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE e.account_id = p.id AND e.date > CURRENT_DATE - 300) AS points
          FROM club_membership m
          JOIN club_tier_group g ON g.id = m.group_id AND g.purpose IN
               ('membership', 'both')
          JOIN res_partner p ON p.id = m.account_id AND p.active
     LEFT JOIN LATERAL (SELECT c.id FROM res_partner c
                         WHERE c.commercial_partner_id = p.id AND NOT c.is_company
                         ORDER BY c.id LIMIT 1) c ON TRUE
         WHERE m.state = 'valid' AND CURRENT_DATE BETWEEN m.date_from AND m.date_grace
         ORDER BY p.id
        """,
        {"company": str(env.company.id)},
    )
    return env.cr.dictfetchall()


# === Guests === #


def _hold_activities(env, officer, members) -> None:
    """Invite people of all managers to activities that have seats for all."""
    people = [member["contact_id"] for member in members if member["contact_id"]]
    known = env["club.activity"].search([("unit_id", "!=", False)], limit=1)
    kind = env["club.activity.type"].search([], limit=1)
    unit = known.unit_id or env["crm.team"].search(
        [("club_level", "!=", False)], limit=1
    )
    if not people or not unit:
        return
    begin = fields.Datetime.now() + timedelta(days=20)
    for number in range(ACTIVITIES):
        activity = env["club.activity"].create(
            {
                "company_id": env.company.id,
                "unit_id": unit.id,
                "type_id": kind.id,
                "user_id": officer.id,
                "theme": f"Load {number + 1}",
                "form": "Lecture",
                "reason": "Asked for by members",
                "place": "Hall",
                "headcount": 2 * GUESTS,
                "date_begin": begin,
                "date_end": begin + timedelta(hours=3),
            }
        )
        activity._set_opening("Laid to be worked on")
        activity.action_start_inviting()
        guests = env["club.invitation"]._create_guarded(
            [
                {
                    "activity_id": activity.id,
                    "contact_id": contact,
                    "state": "invited",
                    "invited_at": fields.Datetime.now(),
                }
                for contact in people[number::ACTIVITIES][:GUESTS]
            ]
        )
        guests._judge()


# === Documents to sign === #


def _draw_up(env, officer, members) -> None:
    """Submit classes and adjustments that wait for signatures."""
    rows = members[-DOCUMENTS:]
    classes = env["club.account.class"].search([], limit=1, order="id desc")
    taken = env["club.account.classification"].search(
        [("account_id", "in", [row["id"] for row in rows])]
    )
    free = [row for row in rows if row["id"] not in taken.account_id.ids]
    documents = (
        env["club.account.classification"]
        .with_user(officer)
        .create(
            [
                {
                    "account_id": row["id"],
                    "class_id": classes.id,
                    "company_id": env.company.id,
                    "date_from": fields.Date.today(),
                    "reason": "Framework contract",
                }
                for row in free
            ]
        )
    )
    documents.action_submit()
    program = env.ref("crm_club.club_program_main")
    adjustments = (
        env["club.points.adjustment"]
        .with_user(officer)
        .create(
            [
                {
                    "program_id": program.id,
                    "unit_id": row["unit_id"],
                    "reason": "Goodwill",
                    "line_ids": [(0, 0, {"account_id": row["id"], "points": 7})],
                }
                for row in members[:ADJUSTMENTS]
            ]
        )
    )
    adjustments.action_submit()


# === What callers have to know === #


def _describe(env, user, members) -> dict[str, Any]:
    own = [member for member in members if member["user_id"] == user.id]
    if user.has_group(f"{GROUP}officer"):
        own = members
    return {
        "uid": user.id,
        "screens": list(record_screens(env, user)),
        "accounts": [member["id"] for member in own][:OWN],
        "payers": [m["id"] for m in own if m["points"] > 500][:OWN],
        "guests": _find_guests(env, [member["contact_id"] for member in own]),
        "context": {
            "lang": user.lang,
            "tz": user.tz or "Asia/Shanghai",
            "uid": user.id,
            "allowed_company_ids": user.company_id.ids,
        },
    }


def _find_guests(env, contacts) -> list[int]:
    env.cr.execute(
        "SELECT i.id FROM club_invitation i"
        " JOIN club_activity a ON a.id = i.activity_id"
        " WHERE i.state = 'invited' AND a.theme LIKE 'Load %%'"
        " AND i.contact_id = ANY(%s) ORDER BY i.id",
        [[contact for contact in contacts if contact]],
    )
    return [number for (number,) in env.cr.fetchall()]


def _find_coupons(env, members) -> list[dict[str, int]]:
    """Return what can be booked: a coupon for an account whose tier is owed it."""
    benefits = env["club.benefit"].search([("form", "=", "coupon")])
    return [
        {"benefit_id": quota.benefit_id.id, "account_id": member["id"]}
        for quota in benefits.quota_ids
        for member in members
        if member["tier_id"] == quota.tier_id.id
    ]


def _read_tops(env) -> dict[str, int | str]:
    """Return the highest id of each table that is judged, and what time it is."""
    tops: dict[str, int | str] = {"started": str(fields.Datetime.now())}
    for table in ("club_contact_log", "club_benefit_booking", "club_redemption"):
        env.cr.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        tops[table] = env.cr.fetchone()[0]
    return tops
