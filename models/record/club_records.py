"""What the club keeps of Odoo's own records: its partners and its sales teams."""

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ClubRecordsMixin(models.AbstractModel):
    _name = "club.records.mixin"
    _description = "A record that those of the club may name"

    def _filter_club_kept(self, columns=None):
        """Return those that records of the club name, in any company.

        :param columns: pairs of model and field; all that there are when left out
        """
        named = SQL(" UNION ").join(
            self._select_named(self.env[model]._fields[name])
            for model, name in columns or self._get_club_columns()
        )
        kept = {number for (number,) in self.env.execute_query(named)}
        return self.filtered(lambda record: record.id in kept)

    def _select_named(self, field):
        """Return the query of those of these that a field names: all columns are asked
        with one statement.
        """
        records_sudo = self.env[field.model_name].sudo().with_context(active_test=False)
        if field.type == "many2many":
            records_sudo.flush_model([field.name])
            return SQL(
                "SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                table=SQL.identifier(field.relation),
                column=SQL.identifier(field.column2),
                ids=[*self.ids],
            )
        query = records_sudo._search([(field.name, "in", self.ids)])
        return query.select(records_sudo._field_to_sql(query.table, field.name, query))

    def _get_club_models(self):
        """Return the club's own models, those that have a table."""
        return [
            self.env[name]
            for name in self.env.registry
            if self._is_kept_by_club(self.env[name])
        ]

    def _get_account_columns(self):
        """Return the pairs of model and field in which an account or supplier stands,
        not one of its people.
        """
        return [
            (model._name, model._club_keeps)
            for model in self._get_club_models()
            if model._club_keeps
        ]

    def _get_club_columns(self):
        """Return the pairs of model and field of the club that name such a record."""
        return [
            (model._name, name)
            for model in self._get_club_models()
            for name, field in model._fields.items()
            if field.store
            and field.type in ("many2one", "many2many")
            and field.comodel_name == self._name
        ]

    def _is_kept_by_club(self, model):
        """Tell whether a model is the club's own and has a table that stays."""
        return (
            model._original_module == "crm_club"
            and model._auto
            and not (model._abstract or model._transient or model._table_query)
        )

    def _check_club_company(self, company):
        """Refuse to give to another company what records of the club name.

        They stay in theirs, where runs and lists would stumble over it.

        :param company: the company that these are to have; none: all share them
        :raises ValidationError: naming one of the records and its company
        """
        # sudo: companies below, also those that the user isn't in
        if not company or not self.ids:
            return
        below = self.env["res.company"].sudo().search([("id", "child_of", company.id)])
        for model, name in self._get_club_columns():
            records_sudo = self.env[model].sudo().with_context(active_test=False)
            found_sudo = records_sudo.search(
                [
                    (name, "in", self.ids),
                    ("company_id", "not in", [False, *below.ids]),
                ],
                limit=1,
            )
            if found_sudo:
                self._refuse_club_company(
                    found_sudo[name] & self, found_sudo.company_id, company
                )

    def _refuse_club_company(self, kept, holder, company):
        # sudo: a refusal names record and company
        raise ValidationError(
            self.env._(
                "The club of %(holder)s keeps records of %(record)s, so it can't be "
                "given to %(company)s: leave its company empty where both need it.",
                record=kept[:1].sudo().display_name,
                holder=holder.name,
                company=company.sudo().name,
            )
        )
