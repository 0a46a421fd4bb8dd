"""What the life cycle of a database needs: each module runs inside Odoo's shell."""
