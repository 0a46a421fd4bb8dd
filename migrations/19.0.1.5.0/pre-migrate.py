"""Make what the version before stored fit to be loaded beside what this one brings."""

from odoo.tools import sql


def migrate(cr, version):
    loosen_banquet_form(cr)


def loosen_banquet_form(cr):
    """A banquet's form is a record from now on: new ones leave the old column empty."""
    if sql.column_exists(cr, "club_banquet", "form"):
        cr.execute("ALTER TABLE club_banquet ALTER COLUMN form DROP NOT NULL")
