"""What the sources say of installed data, and how a test compares it, line by line."""

from functools import cache

from odoo.tools.misc import file_path
from odoo.tools.translate import PoFileReader


@cache
def read_terms():
    """Return ``{(model, field, XML id): (English, Chinese)}`` of ``zh_CN``."""
    rows = PoFileReader(file_path("crm_club/i18n/zh_CN.po"))
    return {
        (*row["name"].split(","), row["imd_name"]): (row["src"], row["value"])
        for row in rows
        if row["type"] == "model"
    }


class SourcesMixin:
    """Of the main company, as it was installed: whoever edits data edits no source."""

    @classmethod
    def _get_default(cls, xmlid):
        return cls.env.ref(f"crm_club.{xmlid}")

    def _assert_names(self, rows):
        """Compare the names of installed data in English and Chinese.

        :param rows: lines of XML id, English and Chinese
        """
        for xmlid, *names in rows:
            record = self._get_default(xmlid)
            with self.subTest(xmlid):
                self.assertEqual(record.name, names[0])
                self.assertEqual(
                    read_terms()[record._name, "name", xmlid], tuple(names)
                )

    def _assert_no_other(self, model, xmlids):
        """Fail where something is installed that no line of the sources has."""
        found = self.env["ir.model.data"].search(
            [("module", "=", "crm_club"), ("model", "=", model)]
        )
        self.assertEqual(set(found.mapped("name")), set(xmlids))
