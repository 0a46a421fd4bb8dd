from odoo import models
from odoo.tools import SQL


class ClubFigureMixin(models.AbstractModel):
    """Figures stand in the order in which their codes are listed: what they are called
    in the database says nothing to a reader.
    """

    _name = "club.figure.mixin"
    _description = "Figures in Order"

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
