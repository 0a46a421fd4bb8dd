"""Files of the club's papers: frozen with them, whole. Rules C5, C6, D11."""

from odoo import api, models
from odoo.exceptions import UserError

from .ir_rule import BESIDE
from .lock import checked, is_open
from .names import get_model_name
from .rpc import for_records

# What the system itself writes on a file without touching what it shows.
TECHNICAL = {"access_token", "index_content"}
PLACE = {"res_model", "res_id", "res_field"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_club_added()
        return files

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """Keep files of a company's records from companies above. Rule E5."""
        beside = self.with_context(club_beside=BESIDE)
        return super(IrAttachment, beside)._inaccessible_comodel_records(
            model_and_ids, operation
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """As `_inaccessible_comodel_records`."""
        beside = self.with_context(club_beside=BESIDE)
        return super(IrAttachment, beside)._search(domain, *args, **kwargs)

    def write(self, vals):
        """Nothing of a frozen paper's file changes, nor is a file moved off or onto it:
        asked of its row as it is, and as it has become.
        """
        evidence = set(vals) - (TECHNICAL if self.env.su else set())
        moved = PLACE.intersection(vals)
        if evidence:
            self.check_access("write")  # a refusal names the record
            self._check_club_frozen()
        if moved:
            self._check_club_fields()
        held = self._get_club_held() if evidence else []
        for record, change in held:
            record._club_check_guarded(change)
            record._club_check_write(change)
        result = super().write(vals)
        for record, change in held:
            record.invalidate_recordset(list(change))
            record._club_after_write(change)
        if moved and not self.env.su:
            # What is posted in a chatter is moved there by the system.
            self._check_club_frozen()
            self._check_club_fields()
        return result

    def unlink(self):
        return super(IrAttachment, checked(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_club_frozen()
        for record, change in self._get_club_held():
            record._club_check_guarded(change)
            record._club_check_write(change)

    @for_records
    def generate_access_token(self):
        """Let the system give the token: nobody chooses that of a frozen file."""
        # sudo: the system gives the token; the right was asked
        self.check_access("write")
        return super(IrAttachment, self.sudo()).generate_access_token()

    def _check_club_added(self):
        """Refuse a file that comes to what is closed, past a discussion that tells."""
        if is_open(self.env) or self.env.su:
            return
        self._check_club_fields()
        for model, files_sudo in self.sudo().grouped("res_model").items():
            records = self.env.get(model or "")
            if records is not None and not isinstance(
                records, self.pool["mail.thread"]
            ):
                self._check_club_files(records, files_sudo)

    def _check_club_frozen(self):
        """Refuse to change files of what is submitted, closed, decided or posted.

        Whoever may write their record would reach them past it.
        """
        # sudo: a paper that the user can't see holds its file, too
        if is_open(self.env):
            return
        files_sudo = self.sudo()
        for model, files in files_sudo.grouped("res_model").items():
            self._check_club_files(self.env.get(model or ""), files)
        # A paper that shows a file holds it, wherever the file says that it belongs.
        shown = files_sudo.filtered(lambda file: not file.res_field and file.id)
        if shown and any(file.res_model != "ir.ui.view" for file in shown):
            for name, field_name in self._get_club_showing():
                holders = self.env[name].sudo().with_context(active_test=False)
                for holder in holders.search([(field_name, "in", shown.ids)]):
                    holder._check_shown_files_open()

    def _check_club_files(self, records, files_sudo):
        # sudo: whether it is frozen doesn't depend on who asks
        if hasattr(records, "_check_files_open"):
            records.sudo()._check_files_open(files_sudo)

    def _get_club_held(self):
        """Return the club's records that hold these files in a field, each with what
        a change of the file comes to there: whoever may reach the file meets what a
        write of the field meets.
        """
        if self.env.su or is_open(self.env):
            return []
        # sudo: a paper that the user can't see holds its file, too
        return [
            (record, {file_sudo.res_field: False})
            for file_sudo in self.sudo()
            if file_sudo.res_field and file_sudo.res_model in self.env
            for record in self.env[file_sudo.res_model].browse(file_sudo.res_id)
            if isinstance(record, self.pool["club.guard.mixin"]) and record.exists()
        ]

    def _check_club_fields(self):
        """Refuse to put a file into a field of a club's record past that record."""
        if self.env.su or is_open(self.env):
            return
        for file_sudo in self.sudo():
            model = file_sudo.res_model or ""
            if file_sudo.res_field and model.startswith("club."):
                raise UserError(
                    self.env._(
                        "%(file)s is held by a record of %(model)s: change it there.",
                        file=file_sudo.name,
                        model=get_model_name(self.env[model])
                        if model in self.env
                        else model,
                    )
                )

    @api.model
    def _get_club_showing(self):
        """Return model and field of the club's papers that show files."""
        return [
            (name, field.name)
            for name, model in self.pool.items()
            if name.startswith("club.") and not model._abstract
            for field in model._fields.values()
            if field.type == "many2many" and field.store
            if field.comodel_name == "ir.attachment"
        ]
