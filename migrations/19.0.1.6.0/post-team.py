"""Give the managers of today a line on their accounts' teams. Rule D14."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["club.account.team"]._follow_managers()
    # Since when nobody knows: since the account is there, so that none seems new.
    cr.execute(
        "UPDATE club_account_team t SET date_from = p.create_date::date"
        " FROM res_partner p WHERE p.id = t.account_id AND t.role = 'lead'"
        " AND p.create_date::date < t.date_from"
    )
