"""Who looks after accounts, in SQL: for lists of what is owed."""

from odoo.tools import SQL


def unit_of(account, company):
    """Return the id of the unit that an account is of in a company.

    :param account: alias of `res_partner`
    :param company: expression of the company's id
    """
    return SQL("(%s.club_unit_id ->> %s::text)::int", account, company)


def asked_for(account, company, other):
    """Return the id of who does what an account's manager is to do: he, else the lead
    of its unit or of the nearest one above, else ``other``; NULL: nobody.

    :param account: alias of `res_partner`
    :param company: expression of the company's id
    :param other: expression of a user's id
    """
    return SQL(
        """
        coalesce(
            (SELECT u.id FROM res_users u
              WHERE u.active AND u.id = (%(account)s.club_manager_id
                                         ->> %(company)s::text)::int),
            %(lead)s,
            (SELECT u.id FROM res_users u WHERE u.active AND u.id = %(other)s))
        """,
        account=account,
        company=company,
        lead=lead_of(unit_of(account, company)),
        other=other,
    )


def lead_of(unit):
    """Return the id of who leads a unit, else of the nearest one above with a lead.

    :param unit: expression of the unit's id
    """
    return SQL(
        """
        (SELECT u.id
           FROM crm_team w
           JOIN crm_team t ON w.parent_path LIKE t.parent_path || '%%'
           JOIN res_users u ON u.id = t.user_id AND u.active
          WHERE w.id = %s
          ORDER BY length(t.parent_path) DESC LIMIT 1)
        """,
        unit,
    )
