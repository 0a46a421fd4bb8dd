"""Make what the version before stored fit to be loaded beside what this one brings."""

from odoo.tools import sql

# Fields that are gone: a stored view that names one can't be checked, and it is when
# another of the same form is loaded before it.
GONE = ("club_balance",)


def migrate(cr, version):
    drop_gone_fields(cr)
    leave_one_row_per_guest(cr)


def drop_gone_fields(cr):
    for name in GONE:
        cr.execute(
            """
            UPDATE ir_ui_view v
               SET arch_db = regexp_replace(v.arch_db::text, %s, '', 'g')::jsonb
              FROM ir_model_data d
             WHERE d.model = 'ir.ui.view' AND d.module = 'crm_club' AND d.res_id = v.id
               AND v.arch_db::text LIKE %s
            """,
            [rf'<field name=\\"{name}\\"[^>]*/>', f"%{name}%"],
        )


def leave_one_row_per_guest(cr):
    """Nobody is on a round table's or a banquet's list twice any more. C7, D11.

    Merged contacts could be: who came furthest stays, or has a place at a table.
    """
    for table, key, order in (
        (
            "club_round_table_invitee",
            "round_table_id, contact_id",
            "array_position(ARRAY['attended', 'accepted', 'absent', 'invited',"
            " 'proposed', 'declined'], state::text)",
        ),
        ("club_banquet_seat", "banquet_id, contact_id", "table_id IS NULL"),
        ("club_banquet_seat", "banquet_id, user_id", "table_id IS NULL"),
    ):
        if not sql.table_exists(cr, table):  # it comes with this upgrade
            continue
        person = key.split(", ")[1]
        cr.execute(
            f"""
            DELETE FROM {table} WHERE id IN (
                SELECT id FROM (
                    SELECT id, row_number() OVER (
                               PARTITION BY {key} ORDER BY {order}, id) AS place
                      FROM {table} WHERE {person} IS NOT NULL) numbered
                 WHERE place > 1)
            """
        )
