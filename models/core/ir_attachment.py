from odoo import api, models
from odoo.exceptions import UserError

from ..approval.states import EDITABLE
from ..lock import checked, is_open


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        """What was there when a document was submitted stays as it was."""
        if {"raw", "datas", "db_datas", "store_fname", "res_model", "res_id"} & set(
            vals
        ):
            self._check_club_signed()
            self._check_club_kept()
        return super().write(vals)

    def unlink(self):
        return super(IrAttachment, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_club_signed()
        self._check_club_kept()

    def _check_club_kept(self):
        """Refuse to change receipts, bids and photos of what is closed or decided.

        Whoever may write their record reaches the file past it.
        """
        if is_open(self.env):
            return
        for model, attachments in self.grouped("res_model").items():
            records = self.env.get(model or "")
            if hasattr(records, "_check_files_open"):
                records.sudo()._check_files_open(attachments.sudo())

    def _check_club_signed(self):
        """Refuse to change the papers of a document that is submitted or signed."""
        for model, attachments in self.grouped("res_model").items():
            documents = self.env.get(model or "")
            if documents is None or not hasattr(documents, "_approval_guarded"):
                continue
            papers = attachments.sudo().filtered(lambda a: not a.res_field)
            for paper in papers:
                document = documents.sudo().browse(paper.res_id).exists()
                # What was in effect before signatures came was never submitted.
                request = document.approval_request_id
                if (
                    request
                    and document.approval_state not in EDITABLE
                    and paper.create_date <= request.submitted_at
                ):
                    raise UserError(
                        self.env._(
                            "%(paper)s was submitted along with %(document)s and stays "
                            "with it: add another file instead.",
                            paper=paper.name,
                            document=document.display_name,
                        )
                    )
