"""What is there already that a take-on's sheets may name. Rule A14."""

from collections import defaultdict

from odoo.tools import SQL

from ...kernel.revenue_rows import alias_key
from ...kernel.take_on import ACCOUNTS, SPENDING, tax_key
from ...kernel.take_on_check import Known
from ..record.names import join
from .club_card import LIVE

CHOICES = 12  # names that a fault offers


def read_known(program, rows):
    """Return what the sheets may name, with a fixed number of queries.

    :param program: the program, as superuser and in its company
    :param rows: rows by sheet, as `kernel.take_on.read_book` returns them
    :rtype: kernel.take_on_check.Known
    """
    env, company = program.env, program.company_id
    known = Known(today=program._today())
    ours = [("company_id", "in", (False, company.id))]
    units = env["crm.team"].search(ours)
    classes = env["club.account.class"].search(ours)
    roles = env["club.contact.role"].search([])  # pylint: disable=no-search-all
    kinds = env["club.points.kind"].search([("code", "not in", SPENDING)])
    known.units = _index(units)
    known.classes = _index(classes, "code")
    known.roles = _index(roles)
    known.groups = _index(program.group_ids, "code")
    known.kinds = {
        key: [kind.code for kind in kinds.browse(ids)]
        for key, ids in _index(kinds, "code").items()
    }
    for group in program.group_ids:
        for key, ids in _index(group.tier_ids.filtered("active"), "code").items():
            known.tiers[group.id, key] = ids
    users = env["res.users"].search(
        [("share", "=", False), ("company_ids", "in", company.ids)]
    )
    known.managers = _index_users(users)
    known.shown = {
        "unit": _show(units),
        "manager": _show(users),
        "class": _show(classes),
        "roles": _show(roles),
        "kind": _show(kinds),
        "group": _show(program.group_ids),
        "tier": _show(program.group_ids.tier_ids),
    }
    known.grades = {group.id for group in program.group_ids if group.purpose == "grade"}
    _read_partners(program, known, rows[ACCOUNTS])
    numbers = {row.values["card"] for row in rows[ACCOUNTS] if row.values["card"]}
    known.cards = env["club.card"]._get_taken_numbers(company, numbers)
    return known


def _index(records, *names):
    """Return ``{key: ids}`` by name in each language, and by other fields."""
    found = defaultdict(list)

    def add(key, number):
        if key and number not in found[key]:
            found[key].append(number)

    for code, _name in records.env["res.lang"].get_installed():
        for record in records.with_context(lang=code):
            add(alias_key(record.name or ""), record.id)
    for name in names:
        for record in records:
            add(alias_key(record[name] or ""), record.id)
    return dict(found)


def _index_users(users):
    """Return ``{key: ids}`` by login; by name where no login is so."""
    found = defaultdict(list)
    for user in users:
        found[alias_key(user.name)].append(user.id)
    return {**found, **{alias_key(user.login): [user.id] for user in users}}


def _show(records):
    names = list(dict.fromkeys(records.mapped("name")))
    more = ["…"] if len(names) > CHOICES else []
    return join(records.env, [*names[:CHOICES], *more])


def _read_partners(program, known, rows):
    """Find the partners that the accounts may be, and what they have already."""
    env, company = program.env, program.company_id
    env.flush_all()
    wanted = {"tax": set(), "ref": set(), "name": set()}
    for row in rows:
        for column, keys in wanted.items():
            if row.values[column]:
                keys.add(_get_key(column, row.values[column]))
    known.partners = {column: defaultdict(list) for column in wanted}
    found = set()
    for number, name, tax, ref, is_company in env.execute_query(
        SQL(
            """
            SELECT id, name, vat, ref, is_company
              FROM res_partner
             WHERE parent_id IS NULL AND active
               AND (company_id IS NULL OR company_id = %s)
             ORDER BY id
            """,
            company.id,
        )
    ):
        texts = {"tax": tax, "ref": ref, "name": is_company and name}
        for column, text in texts.items():
            key = _get_key(column, text or "")
            if key and key in wanted[column]:
                known.partners[column][key].append(number)
                known.labels[number] = name
                known.codes[number] = (tax or "", ref or "")
                found.add(number)
    ids = sorted(found)
    known.taken = dict(
        env.execute_query(
            SQL(
                """
                SELECT a.account_id, t.name
                  FROM club_take_on_account a
                  JOIN club_take_on t ON t.id = a.take_on_id AND t.program_id = %s
                 WHERE a.account_id = ANY(%s)
                """,
                program.id,
                ids,
            )
        )
    )
    known.agreements = {
        alias_key(number): name
        for number, name in env.execute_query(
            SQL(
                """
                SELECT a.number, p.name
                  FROM club_agreement a
                  JOIN res_partner p ON p.id = a.account_id
                 WHERE a.program_id = %s
                """,
                program.id,
            )
        )
    }
    terms = defaultdict(list)
    for account, group, first, last in env.execute_query(
        SQL(
            """
            SELECT account_id, group_id, date_from, greatest(date_to, date_grace)
              FROM club_membership
             WHERE program_id = %s AND state <> 'superseded' AND account_id = ANY(%s)
            """,
            program.id,
            ids,
        )
    ):
        terms[account, group].append((first, last))
    known.terms = dict(terms)
    known.carded = {
        (account, group): number
        for account, group, number in env.execute_query(
            SQL(
                """
                SELECT account_id, group_id, number
                  FROM club_card
                 WHERE state = ANY(%s) AND account_id = ANY(%s)
                """,
                list(LIVE),
                ids,
            )
        )
    }
    for number, account, name, is_member in env.execute_query(
        SQL(
            """
            SELECT p.id, p.commercial_partner_id, p.name,
                   EXISTS (SELECT FROM club_contact_profile c
                            WHERE c.contact_id = p.id AND c.company_id = %s
                              AND c.account_id = p.commercial_partner_id)
              FROM res_partner p
             WHERE p.active AND p.commercial_partner_id = ANY(%s)
               AND p.commercial_partner_id <> p.id AND NOT p.is_company
             ORDER BY p.id
            """,
            company.id,
            ids,
        )
    ):
        known.people.setdefault((account, alias_key(name or "")), (number, is_member))


def _get_key(column, text):
    return alias_key(tax_key(text) if column == "tax" else text)
