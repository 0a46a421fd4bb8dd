from odoo import api, models


class ClubPointsEntry(models.Model):
    _inherit = "club.points.entry"

    @api.model
    def _get_spendable(self, program, accounts):
        """Return ``{account: points}``: all that was ever posted to these accounts.

        An account without entries has no key. The record rules of whoever asks apply.
        """
        return dict(
            self._read_group(
                [
                    ("account_id", "in", accounts.ids),
                    ("program_id", "=", program.id),
                    ("run_id.state", "=", "posted"),
                ],
                ["account_id"],
                ["points:sum"],
            )
        )
