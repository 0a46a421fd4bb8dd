"""Opening every screen of the club as each of its users; inside Odoo's shell."""
