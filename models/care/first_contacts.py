"""Who was first in touch with an account that nobody manages yet. Rule D1."""

from odoo.tools import SQL


def find_first_contacts(accounts):
    """Return ``{account id: [(day, user, source)]}``, the earliest first.

    Nobody is the earlier one by what he states himself: an old lead that he takes
    counts from the day on which it was first taken, and a contact that he dates
    back from the day on which he recorded it.
    """
    sources = [
        (
            accounts.env._("lead"),
            SQL(
                """SELECT DISTINCT ON (p.commercial_partner_id)
                          p.commercial_partner_id,
                          greatest(l.create_date, l.date_open)::date, l.user_id
                     FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    WHERE p.commercial_partner_id = ANY(%s)
                      AND l.user_id IS NOT NULL
                      AND (l.company_id IS NULL OR l.company_id = %s)
                    ORDER BY p.commercial_partner_id,
                             greatest(l.create_date, l.date_open), l.id""",
                accounts.ids,
                accounts.env.company.id,
            ),
        ),
        (
            accounts.env._("contact log"),
            SQL(
                """SELECT DISTINCT ON (account_id)
                              account_id, day, user_id
                         FROM club_contact_log
                        CROSS JOIN LATERAL (
                              SELECT CASE WHEN is_backdated THEN date_filled
                                     ELSE held_on END AS day) known
                        WHERE account_id = ANY(%s) AND company_id = %s
                        ORDER BY account_id, day, id""",
                accounts.ids,
                accounts.env.company.id,
            ),
        ),
    ]
    if not accounts.ids:
        return {}
    accounts.env.flush_all()
    users_sudo = accounts.env["res.users"].sudo()  # to name them
    found = {}
    for name, query in sources:
        for account_id, day, user_id in accounts.env.execute_query(query):
            found.setdefault(account_id, []).append(
                (day, users_sudo.browse(user_id), name)
            )
    return {key: sorted(rows, key=lambda row: row[0]) for key, rows in found.items()}
