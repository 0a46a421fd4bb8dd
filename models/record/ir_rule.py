"""Lines take the rights of their document."""

from odoo import api, models
from odoo.fields import Domain

from .refused import get_refusal

# In the context of who asks for what is said and filed beside records: an object, which
# no client can send.
BESIDE = object()


class IrRule(models.Model):
    """Who reads a document reads its lines; who changes it creates, changes and deletes
    them. A model whose ``_club_parent`` names the field that leads to its document
    needs no rules for that; those that it has all the same narrow these rights. E2.
    """

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Ask of a line what is asked of its document, as Odoo does it for `_inherits`.

        Both parts are cached by Odoo, and a search joins the document once.
        """
        domain = super()._compute_domain(model_name, mode)
        if self._asks_beside(model_name):
            domain &= Domain("company_id", "in", self.env.companies.ids)
        link = self._get_club_link(model_name)
        if not link:
            return domain
        asked = self._compute_domain(link.comodel_name, self._get_document_mode(mode))
        if asked.is_true():
            return domain
        return (domain & Domain(link.name, "any", asked)).optimize(self.env[model_name])

    def _get_failing(self, for_records, mode="read"):
        """Return the rules that refuse the document, too, where lines are refused."""
        # sudo: the documents whose rules fail, which he can't read
        failing = super()._get_failing(for_records, mode=mode)
        link = self._get_club_link(for_records._name)
        if not link:
            return failing
        # Odoo counts what a rule lets through. An archived document wouldn't be
        # counted: its company would seem wrong, and the web client switch to it.
        documents = for_records.sudo().with_context(active_test=False)[link.name]
        mode = self._get_document_mode(mode)
        return failing | self._get_failing(documents, mode=mode)

    def _make_access_error(self, operation, records):
        """Say in words of ours why a write or a button is refused."""
        error = super()._make_access_error(operation, records)
        return get_refusal(records, operation, error)

    @api.model
    def _asks_beside(self, model_name):
        """Tell whether what is beside records is asked for, and stays with the company
        of these though one above reads them. Rule E5.
        """
        is_asked = self.env.context.get("club_beside") is BESIDE
        return is_asked and getattr(self.env[model_name], "_club_from_above", False)

    @api.model
    def _get_club_link(self, model_name):
        """Return the field that leads from a line to its document, if it is a line."""
        model = self.env[model_name]
        name = getattr(model, "_club_parent", "")
        return model._fields[name] if name else None

    @api.model
    def _get_document_mode(self, mode):
        return "read" if mode == "read" else "write"
