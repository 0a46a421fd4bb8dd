"""What a record shows of its account that the account has by company. Rules A9, E5."""

from odoo import fields
from odoo.fields import Domain
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL


class ByCompany(fields.Many2one):
    """A related link that is another one in each company (unit, manager, tier): a
    record shows, finds and groups by that of its own company.

    Odoo takes that of the company in use: whoever works in two would see the records of
    the one under the other one's units.
    """

    # It assigns, and returns nothing.
    # pylint: disable-next=missing-return
    def _compute_related(self, records):
        here = records.env.company
        elsewhere = records.filtered(
            lambda one: one.company_id and one.company_id != here
        )
        super()._compute_related(records - elsewhere)
        link, name = self.related.split(".")
        for company, found in elsewhere.grouped("company_id").items():
            for record in found.with_prefetch(elsewhere.ids):
                linked = record[link].with_company(company)
                record[self.name] = linked[name].with_env(record.env)

    def _search_related(self, records, operator, value):
        found = super()._search_related(records, operator, value)
        others = records.env.companies - records.env.company
        if found is NotImplemented or not others:
            return found
        found = Domain("company_id", "not in", others.ids) & found
        link, name = self.related.split(".")
        values = value if isinstance(value, COLLECTION_TYPES) else [value]
        without = Domain(link, "=", False) if not all(values) else Domain.FALSE
        for company in others:
            # sudo: as of any related field, who reads the record finds it by the link
            linked_sudo = records.env[records._fields[link].comodel_name].sudo()
            linked_sudo = linked_sudo.with_context(active_test=False)
            ids = linked_sudo.with_company(company)._search(
                Domain(name, operator, value)
            )
            found |= Domain("company_id", "=", company.id) & (
                without | Domain(link, "in", ids)
            )
        return found

    def of_own_company(self, model, alias, query):
        """Return SQL of the link of a record's own company; None where there is only
        one company, and Odoo's own SQL is as good.
        """
        if len(model.env.companies) < 2:
            return None
        link, name = self.related.split(".")
        model_sudo = model.sudo()
        company = model._field_to_sql(alias, "company_id", query)
        linked, linked_alias = model._fields[link].join(model_sudo, alias, query)
        column = SQL.identifier(linked_alias, name, to_flush=linked._fields[name])
        return SQL(
            # What is deleted is named there still.
            "(SELECT t.id FROM %s t WHERE t.id = (%s ->> coalesce(%s, %s)::text)::int)",
            SQL.identifier(model.env[self.comodel_name]._table),
            column,
            company,
            model.env.company.id,
        )
