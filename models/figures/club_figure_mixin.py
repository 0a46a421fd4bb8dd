from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..record.rpc import for_one


class ClubFigureMixin(models.AbstractModel):
    """Figures stand in the order in which their codes are listed: what they are called
    in the database says nothing to a reader. Each opens the records behind it.
    """

    _name = "club.figure.mixin"
    _description = "Figures in Order"

    # By which field records are searched for their figure.
    _club_records = ""

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        order = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if field_name != "code":
            return order
        place = self._get_place_of_code(self._field_to_sql(alias, "code", query))
        return SQL("%s %s %s", place, direction, nulls)

    def _read_group_orderby(self, order, groupby_terms, query):
        code = groupby_terms.get("code")
        if code is None:
            return super()._read_group_orderby(order, groupby_terms, query)
        groupby_terms["code"] = self._get_place_of_code(code)
        try:
            return super()._read_group_orderby(order, groupby_terms, query)
        finally:
            groupby_terms["code"] = code

    def _get_place_of_code(self, code):
        codes = [value for value, _label in self._fields["code"].selection]
        return SQL("array_position(%s, %s)", codes, code)

    # === Sums === #

    def _is_addable(self, query, amounts):
        """Return the SQL condition that a group's rows are of one figure, and where
        this is an amount, in one currency.

        :param amounts: the codes of amounts
        """
        return SQL(
            """
            (min(%(code)s) = max(%(code)s)
             AND (min(%(code)s) NOT IN %(amounts)s
                  OR min(%(company)s) = max(%(company)s)
                  OR (SELECT count(DISTINCT c.currency_id) = 1
                        FROM unnest(array_agg(DISTINCT %(company)s)) AS u (id)
                        JOIN res_company c ON c.id = u.id)))
            """,
            code=self._field_to_sql(self._table, "code", query),
            company=self._field_to_sql(self._table, "company_id", query),
            amounts=amounts,
        )

    # === The records behind it === #

    @for_one
    def action_open_records(self):
        """Open the records that the figure was counted from. Rule E5.

        :raises AccessError: to whom they are none of his
        """
        self.check_access("read")
        model = self._get_counted_model()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%s keeps its records to itself: from above one reads its figures "
                    "only.",
                    self.company_id.name,
                )
            )
        if not model.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may read the figure “%s”, but not the records behind it.",
                    self.display_name,
                )
            )
        views = [(False, "list")]
        if model._auto:
            views.append((False, "form"))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model._name,
            "views": views,
            "domain": [(self._club_records, "=", self.id)],
            "context": self._get_records_context(),
        }

    def _get_counted_model(self):
        """Return the model of the records that the figure counts. Abstract."""
        raise NotImplementedError

    def _get_records_domain(self, model):
        """Return the domain of the records of a model that it counts. Abstract."""
        raise NotImplementedError

    def _get_records_context(self):
        """Return the context in which they are shown."""
        return {}
