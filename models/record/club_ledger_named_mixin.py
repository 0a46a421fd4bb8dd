from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ClubLedgerNamedMixin(models.AbstractModel):
    """A record that points entries name: it can be archived, not deleted. Rule B6.

    PostgreSQL refuses it too; here it is said in a sentence.
    """

    _name = "club.ledger.named.mixin"
    _description = "Named in the Points Ledger"

    _club_ledger_column = None  # of club_points_reference

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named_in_ledger(self):
        column = SQL.identifier(self._club_ledger_column)
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM club_points_reference WHERE %s = ANY(%s) LIMIT 1",
                column,
                column,
                self.ids,
            )
        )
        for (record_id,) in self.env.cr.fetchall():
            raise UserError(
                self.env._(
                    "%s is named in points entries: archive it instead of deleting it.",
                    self.browse(record_id).display_name,
                )
            )
