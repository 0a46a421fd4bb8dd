"""What entries name is kept in a table of its own, which has the foreign keys now."""

from odoo.tools import SQL

REFERRED = ("account_id", "unit_id", "category_id")


def migrate(cr, version):
    """Name what the ledger's entries name, then drop their own foreign keys."""
    for column in map(SQL.identifier, REFERRED):
        cr.execute(
            SQL(
                "INSERT INTO club_points_reference (%s)"
                " SELECT DISTINCT e.%s FROM club_points_entry e"
                " WHERE e.%s IS NOT NULL ON CONFLICT DO NOTHING",
                *(column, column, column),
            )
        )
    for column in REFERRED:
        cr.execute(
            SQL(
                "ALTER TABLE club_points_entry DROP CONSTRAINT IF EXISTS %s",
                SQL.identifier(f"club_points_entry_{column}_fkey"),
            )
        )
