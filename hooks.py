"""What install and uninstall do beyond what Odoo does by itself."""

from odoo.tools import SQL, sql

from .models.approval.guards import DROP_APPROVAL_GUARDS
from .models.contact.guards import DROP_CARE_GUARDS
from .models.membership.guards import DROP_TIER_GUARDS
from .models.points.account_move_line import stamp_statement
from .models.points.club_points_summary import DROP_SUMMARY
from .models.points.guards import DROP_GUARDS


def pre_init_hook(env):
    """Stamp the lines that were posted before the club came, in one statement.

    Making the columns here keeps Odoo from filling them record by record.
    """
    for column in ("club_account_id", "club_category_id"):
        if not sql.column_exists(env.cr, "account_move_line", column):
            sql.create_column(env.cr, "account_move_line", column, "int4")
    env.cr.execute(stamp_statement(SQL("m.state = 'posted'")))


def uninstall_hook(env):
    """Drop the functions of our triggers; tables go with the module.

    Odoo deletes our data records one by one before it drops the tables: the keys among
    our own tables would refuse many of them, and the log would be full of it.
    """
    env.cr.execute(DROP_GUARDS)
    env.cr.execute(DROP_SUMMARY)
    env.cr.execute(DROP_APPROVAL_GUARDS)
    env.cr.execute(DROP_TIER_GUARDS)
    env.cr.execute(DROP_CARE_GUARDS)
    # Tiers' price lists would be anybody's once nothing says whose they are.
    env.cr.execute(
        "UPDATE product_pricelist SET active = FALSE WHERE club_tier_id IS NOT NULL"
    )
    env.cr.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid::regclass::text LIKE 'club\\_%'"
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )
