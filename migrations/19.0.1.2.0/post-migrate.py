"""What entries and requalification lines name is kept by statement from now on.

Two small tables have the foreign keys: see ``guards.py`` of points and of membership.
"""

from odoo.tools import SQL

REFERRED = {
    "club_points_entry": {
        column: ("club_points_reference", column)
        for column in ("account_id", "unit_id", "category_id")
    },
    "club_requalification_line": dict.fromkeys(
        (
            *("current_tier_id", "earned_tier_id"),
            *("floor_tier_id", "proposed_tier_id"),
        ),
        ("club_tier_reference", "tier_id"),
    ),
}
FOLLOWING = {"club_requalification_line": ("company_id", "group_id")}


def migrate(cr, version):
    """Name what the rows name, then drop their own foreign keys."""
    for table, columns in REFERRED.items():
        for column, (target, name) in columns.items():
            cr.execute(
                SQL(
                    "INSERT INTO %s (%s) SELECT DISTINCT %s FROM %s"
                    " WHERE %s IS NOT NULL ON CONFLICT DO NOTHING",
                    *map(SQL.identifier, (target, name, column, table, column)),
                )
            )
        for column in (*columns, *FOLLOWING.get(table, ())):
            cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s",
                    SQL.identifier(table),
                    SQL.identifier(f"{table}_{column}_fkey"),
                )
            )
