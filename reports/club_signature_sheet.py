"""The signature sheet of a document: what was applied for, and who signed it."""

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from ..models.record.names import get_labels

# Longer lists have a print of their own.
LINES_PRINTED = 200


@dataclass(frozen=True, slots=True)
class Table:
    """Lines that were signed along: headings and rows; ``left_out`` says how many."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class SignatureSheet:
    """A document with its facts and all its rounds, ready to print."""

    company: models.BaseModel
    document_type: str
    name: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    requests: models.BaseModel


class ClubSignatureSheet(models.AbstractModel):
    """Collects signature sheets; the print only walks them. Rules C3, E3."""

    _name = "club.signature.sheet"
    _description = "Signature Sheet"

    @api.model
    def _get_sheet_data(self, documents):
        """Return a `SignatureSheet` for each document that the user may read."""
        # sudo: a paper names units, people and companies, whoever prints it
        documents.check_access("read")
        rounds = documents._get_approval_rounds()
        missing = documents.filtered(lambda document: document.id not in rounds)
        if missing:
            raise UserError(
                self.env._(
                    "%s hasn't been submitted yet: there is nothing to print.",
                    missing[0].display_name,
                )
            )
        return [
            SignatureSheet(
                company=document.company_id.sudo(),
                document_type=self._get_type_label(rounds[document.id][0]),
                name=document.display_name,
                facts=tuple(self._get_facts(document)),
                tables=tuple(self._get_tables(document)),
                requests=rounds[document.id],
            )
            for document in documents
        ]

    def _get_type_label(self, request):
        return get_labels(request, "document_type")[request.document_type]

    def _get_facts(self, document):
        """Return label and value of what the signatures stand for."""
        for name in document._approval_guarded:
            field = document._fields[name]
            text = self._format_value(document, field)
            if text:
                yield field._description_string(self.env), text

    def _get_tables(self, document):
        """Return the guarded lines that the user may read, the first of them."""
        for name, columns in document._approval_lines.items():
            comodel = self.env[document._fields[name].comodel_name]
            lines = comodel.search(
                [(document._fields[name].inverse_name, "=", document.id)]
            )
            fields = [comodel._fields[column] for column in columns]
            yield Table(
                headings=tuple(f._description_string(self.env) for f in fields),
                rows=tuple(
                    tuple(self._format_value(line, field) for field in fields)
                    for line in lines[:LINES_PRINTED]
                ),
                left_out=max(0, len(lines) - LINES_PRINTED),
            )

    def _format_value(self, document, field):
        # sudo: a paper names units, people and companies, whoever prints it
        value = document[field.name]
        if field.type == "many2one":
            return value.sudo().display_name
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "datetime":
            zone = document.company_id._club_zone()
            if not value:
                return ""
            return format_datetime(self.env, value, tz=zone, dt_format="short")
        if field.type == "selection":
            return get_labels(document, field.name).get(value, "")
        if field.type == "monetary":
            currency = document[field.get_currency_field(document)]
            return formatLang(self.env, value, currency_obj=currency)
        if field.type == "float":
            digits = field.get_digits(self.env)
            places = digits[1] if digits else 2
            # Of more than two only those that it has: 0.40, not 0.400000.
            written = f"{value:.{places}f}".rstrip("0").partition(".")[2]
            return formatLang(self.env, value, digits=min(places, max(2, len(written))))
        return str(value) if value not in (False, None) else ""


class ReportSignatureSheet(models.AbstractModel):
    _name = "report.crm_club.club_signature_sheet"
    _description = "Signature Sheet Report"
    _inherit = ["club.report.mixin"]

    _source = "club.approval.request"
    _papers = "sheets"

    def _get_papers(self, requests, data):
        """Return the sheets of the documents behind these requests."""
        sheets = []
        # sudo: nobody has rights on requests; whoever reads a document may read its own
        for model, found in requests.sudo().grouped("res_model").items():
            documents = self.env[model].browse(dict.fromkeys(found.mapped("res_id")))
            sheets += self.env["club.signature.sheet"]._get_sheet_data(documents)
        return sheets
