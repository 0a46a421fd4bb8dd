from odoo import SUPERUSER_ID, api, models

from .rpc import for_records


class ClubLoggedMixin(models.AbstractModel):
    """Records that decide where revenue goes and who gets which tier. Rules B6, E2.

    Who made, changed or deleted one is logged in `club.change`, with the values before
    and after, whatever the context says. A chatter wouldn't do: whoever may write a
    record may delete its messages. The models have a `company_id`.
    """

    _name = "club.logged.mixin"
    _description = "Records Whose Changes Are Logged"

    # Names of the fields that are logged.
    _club_logged = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self.env.uid != SUPERUSER_ID:  # the add-on's own data are nobody's doing
            records._log_changes("created", {}, records._get_logged())
        return records

    @for_records
    def write(self, vals):
        before = self._get_logged()
        result = super().write(vals)
        self._log_changes("changed", before, self._get_logged())
        return result

    @for_records
    def unlink(self):
        self.check_access("unlink")
        before = self._get_logged()
        entries = self._prepare_changes("deleted", before, {})
        result = super().unlink()
        self._store_changes(entries)
        return result

    def _get_logged(self):
        """Return ``{(record, field): text}`` of what is logged."""
        # sudo: the log has all, whoever makes the change
        found = {}
        for record in self.sudo():
            for name in self._club_logged:
                value = self._fields[name].convert_to_export(record[name], record)
                is_empty = value is False or value is None
                found[record.id, name] = "" if is_empty else str(value)
        return found

    def _log_changes(self, kind, before, after):
        self._store_changes(self._prepare_changes(kind, before, after))

    def _prepare_changes(self, kind, before, after):
        """Return the values of a log entry for each field that differs."""
        # sudo: the log has all, whoever makes the change
        records = {record.id: record for record in self.sudo()}
        return [
            {
                "company_id": records[key].company_id.id,
                "kind": kind,
                "res_model": self._name,
                "res_id": key,
                "record_name": records[key].display_name,
                "field_name": name,
                "old_value": before.get((key, name), ""),
                "new_value": after.get((key, name), ""),
            }
            for key, name in (after or before)
            if before.get((key, name), "") != after.get((key, name), "")
        ]

    def _store_changes(self, entries):
        # sudo: nobody has rights on the log
        if entries:
            self.env["club.change"].sudo()._create_guarded(entries)
