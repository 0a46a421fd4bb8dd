from odoo import api, models

# What the checks of lines that count ask of their bill.
COUNTED = {"state", "partner_id", "move_type", "currency_id"}


class AccountMove(models.Model):
    """Posting counts a bill's lines towards their contracts, or is refused. Rule C6.

    Posting is a state: whichever way a bill reaches or leaves it, this is asked.
    """

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._count_posted_lines()
        return moves

    def write(self, vals):
        # sudo: who keeps the books need not read contracts
        lines_sudo = self.sudo().line_ids
        if COUNTED & vals.keys():
            lines_sudo.club_cooperation_id._hold()  # nobody settles them meanwhile
        intact_sudo = lines_sudo._find_intact()
        result = super().write(vals)
        if COUNTED & vals.keys():
            self._count_posted_lines()
        intact_sudo._refuse_outdated()
        return result

    def _count_posted_lines(self):
        # sudo: who keeps the books need not read contracts
        posted = self.filtered(lambda move: move.state == "posted")
        posted.sudo().line_ids._filter_posted_on_contract()._count_towards_cooperation()
