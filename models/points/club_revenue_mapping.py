import hashlib

from odoo import api, fields, models

from ...kernel import revenue_rows
from ..record.names import join, join_clauses
from .revenue_layout import COLUMN_LABELS

LONGEST_HEADINGS = 500


class ClubRevenueMapping(models.Model):
    """Which heading of a sender's statement is which column. Rule B15.

    A sender is known by the headings of his files, in any order: next month's file with
    the same ones is read without asking. Written when a file is imported with it, by
    whoever said so last.
    """

    _name = "club.revenue.mapping"
    _description = "Column Mapping"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "mapped_on desc, id desc"
    _rec_name = "headings"
    _club_by_code = True
    _club_rewritable = ("mapping", "user_id", "mapped_on")
    _club_logged = ("headings", "mapping")

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    key = fields.Char("Headings' Checksum", required=True, readonly=True)
    headings = fields.Char(required=True, readonly=True)
    mapping = fields.Json(required=True, readonly=True)
    columns = fields.Char("Read As", compute="_compute_columns")
    user_id = fields.Many2one(
        "res.users", "Mapped by", required=True, readonly=True, ondelete="restrict"
    )
    mapped_on = fields.Datetime(required=True, readonly=True)

    _key_uniq = models.UniqueIndex(
        "(company_id, key)", "These headings have a mapping already."
    )

    @api.depends("mapping")
    @api.depends_context("lang")
    def _compute_columns(self):
        for mapping in self:
            mapping.columns = self._describe(mapping.mapping or {})

    @api.model
    def _get_key(self, headings):
        """Return what the headings of a file are known by, whatever their order."""
        keys = sorted({revenue_rows.alias_key(text) for text in headings} - {""})
        return hashlib.sha256("\n".join(keys).encode()).hexdigest()

    @api.model
    def _find(self, company, headings):
        """Return the mapping that is remembered for these headings, if any."""
        # sudo: a file is read the same way, whoever brings it
        return self.sudo().search(
            [("company_id", "=", company.id), ("key", "=", self._get_key(headings))]
        )

    @api.model
    def _remember(self, company, headings, mapping):
        """Read files with these headings by this mapping from now on."""
        known_sudo = self._find(company, headings)
        values = {
            "mapping": mapping,
            "user_id": self.env.uid,
            "mapped_on": fields.Datetime.now(),
        }
        if known_sudo:
            if known_sudo.mapping != mapping:
                known_sudo._write_guarded(values)
            return
        # sudo: nobody has the right to create one, whoever imports says it
        self.sudo()._create_guarded(
            {
                **values,
                "company_id": company.id,
                "key": self._get_key(headings),
                "headings": ", ".join(filter(None, headings))[:LONGEST_HEADINGS],
            }
        )

    @api.model
    def _describe(self, mapping):
        """Return a mapping in words: “account: 客户; month: 月份”."""
        return join_clauses(
            self.env,
            [
                self.env._(
                    "%(column)s: %(headings)s",
                    column=self.env._(COLUMN_LABELS[column]),
                    headings=join(self.env, mapping[column]),
                )
                for column in COLUMN_LABELS
                if mapping.get(column)
            ],
        )
