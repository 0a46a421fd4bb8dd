"""What must go before the tables of 19.0.1.1.0 are made."""

from odoo.tools import sql


def migrate(cr, version):
    """Empty what held the rows of a dialog and now holds signed documents."""
    if sql.table_exists(cr, "club_tier_override"):
        cr.execute("DELETE FROM club_tier_override")
