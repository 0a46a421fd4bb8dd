"""What is signed: a document's guarded fields and lines, and their digest."""

import hashlib
import json

from odoo import models
from odoo.tools import SQL


class ClubApprovalMixin(models.AbstractModel):
    _inherit = "club.approval.mixin"

    def _get_approval_digests(self, contents=None):
        """Return ``{id: SHA-256}`` of what the documents say now.

        :param contents: from `_get_approval_contents`, when they are known
        """
        return {
            key: hashlib.sha256(
                json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
            ).hexdigest()
            for key, content in (contents or self._get_approval_contents()).items()
        }

    def _get_approval_contents(self):
        """Return ``{id: {field: value}}`` of the guarded fields and lines."""
        lines = {
            name: self._get_line_digests(name, columns)
            for name, columns in self._approval_lines.items()
        }
        result = {}
        for document in self.sudo():
            content = {
                name: document._get_signed_value(name)
                for name in self._approval_guarded
            }
            for name, digests in lines.items():
                content[name] = digests.get(document.id, [0, ""])
            content["type"] = document._get_approval_type()
            result[document.id] = content
        return result

    def _get_signed_value(self, name):
        """Return a field's value in a form that is the same whenever it is asked."""
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.id
        if field.type in ("many2many", "one2many"):
            return sorted(value.ids)
        if field.type == "float":
            digits = field.get_digits(self.env)
            return f"{value:.{digits[1] if digits else 6}f}"
        if field.type == "monetary":
            return f"{value:.2f}"
        if field.type in ("date", "datetime"):
            return field.to_string(value) if value else False
        return str(value) if value not in (False, None) else False

    def _get_line_digests(self, name, columns):
        """Return ``{id: [count, SHA-256]}`` of the lines, in one statement."""
        field = self._fields[name]
        lines = self.env[field.comodel_name]
        lines.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(parent)s, count(*),
                       encode(sha256(convert_to(string_agg(
                           ROW(%(columns)s)::text, E'\n' ORDER BY id), 'UTF8')), 'hex')
                  FROM %(table)s
                 WHERE %(parent)s = ANY(%(ids)s)
                 GROUP BY %(parent)s
                """,
                parent=SQL.identifier(field.inverse_name),
                columns=SQL(", ").join(SQL.identifier(column) for column in columns),
                table=SQL.identifier(lines._table),
                ids=self.ids,
            )
        )
        return {parent: [count, digest] for parent, count, digest in rows}
