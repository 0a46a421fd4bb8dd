"""What all parts of the club show of a partner, read with one statement."""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.orm.domains import DomainNary
from odoo.tools import SQL

# Whose turn it is, which the rules of many documents ask: read once while one statement
# is put together, in which nothing is written.
TURNS = "club_turns"

FUNCTIONS = {
    "count_distinct": lambda column: SQL("count(DISTINCT %s)", column),
    "max": lambda column: SQL("max(%s)", column),
    "min": lambda column: SQL("min(%s)", column),
    "sum": lambda column: SQL("sum(%s)", column),
}


@dataclass(frozen=True)
class Figure:
    """What a field of the partner says of another model's records.

    Record rules say which of them count: who may not read any is shown none.

    :param name: the field of the partner; figures of the same name add up
    :param model: the model whose records are counted
    :param domain: which of them count
    :param account: the field that leads from them to the account
    :param contact: the field that leads to one of its people; without, a person has
        none of his own
    :param value: ``count``, or what is asked of a field: ``amount:sum``, ``date:max``,
        ``date:min``, ``round_table_id:count_distinct``
    :param is_shared: whether a person shows what his account has
    :param is_of_company: whether only the company in use counts
    :param is_sudo: whether all of them count, whoever asks
    """

    name: str
    model: str
    domain: tuple | list = ()
    account: str = "account_id"
    contact: str | None = None
    value: str = "count"
    is_shared: bool = False
    is_of_company: bool = True
    is_sudo: bool = False


class ClubFiguresMixin(models.AbstractModel):
    """Counts and lists of a page, however many parts bring them: one statement each.

    A part gives its field ``compute="_compute_club_figures"`` and its `Figure` by
    extending `_get_club_figures`. All are worked out as soon as one is asked for, so
    what lists show of many partners has a compute of its own.
    """

    _name = "club.figures.mixin"
    _description = "Figures of a Page"

    # The fields by which record rules ask whose a partner is.
    _club_whose = ()

    @api.model
    def _get_club_figures(self):
        """Return the `Figure` objects of all parts: extend it."""
        return []

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company", "allowed_company_ids")
    def _compute_club_figures(self):
        """Read what all parts count, as far as the user may read it."""
        figures = self._get_club_figures()
        found = self._read_club_figures(figures)
        for partner in self:
            values = found.get(partner._origin.id, {})
            for name in {figure.name for figure in figures}:
                value = values.get(name, False)
                if value and self._fields[name].type == "date":
                    value = fields.Date.to_date(value)
                partner[name] = value

    def _read_club_figures(self, figures):
        """Return ``{partner id: {field: value}}``, without those that have none."""
        kept = self.env.cr.cache
        kept[TURNS] = {}
        try:
            return self._read_club_figures_at_once(figures)
        finally:
            kept.pop(TURNS, None)

    def _read_club_figures_at_once(self, figures):
        partners = self._origin
        accounts = partners.filtered(lambda p: p.commercial_partner_id == p)
        persons = partners - accounts
        queries, whose = [], {}
        for figure in figures:
            keys = partners.commercial_partner_id if figure.is_shared else accounts
            queries.append(self._get_figure_sql(figure, figure.account, keys, whose))
            if figure.contact:
                link = figure.contact
                queries.append(self._get_figure_sql(figure, link, persons, whose))
        queries = [query for query in queries if query]
        if not queries:
            return {}
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        shared = {figure.name for figure in figures if figure.is_shared}
        found = {}
        for name, key, value in rows:
            values = found.setdefault(key, {})
            values[name] = values[name] + value if name in values else value
        for person in persons:
            whole = found.get(person.commercial_partner_id.id, {})
            for name in shared & whole.keys():
                found.setdefault(person.id, {})[name] = whole[name]
        return found

    def _get_figure_sql(self, figure, link, partners, whose):
        """Return the SELECT of name, partner and value as JSON; None where the user
        may read none of them.

        :param whose: keeps what `_search_of` finds out for the next one
        """
        model = self.env[figure.model]
        if figure.is_sudo:
            # sudo: the figure itself is no secret
            model = model.sudo()
        field = model._fields[link]
        if not partners or not (
            model.has_access("read") and model._has_field_access(field, "read")
        ):
            return None
        domain = Domain(link, "in", partners.ids) & Domain(figure.domain)
        if figure.is_of_company:
            domain &= Domain("company_id", "=", self.env.company.id)
        query = self._search_of(model, link, partners, domain, whose)
        if field.type == "many2many":
            relation = query.join(
                query.table, "id", field.relation, field.column1, link
            )
            key = SQL.identifier(relation, field.column2)
            query.add_where(SQL("%s = ANY(%s)", key, partners.ids))
        else:
            key = model._field_to_sql(query.table, link, query)
        query.groupby = key
        value = SQL("count(*)")
        if figure.value != "count":
            name, function = figure.value.split(":")
            column = model._field_to_sql(query.table, name, query)
            value = FUNCTIONS[function](column)
        return SQL(
            "(%s)",
            query.select(SQL("%s", figure.name), key, SQL("to_jsonb(%s)", value)),
        )

    # === Whose it is === #

    @api.model
    def _search_of(self, model, link, partners, domain, whose):
        """Return the query of the records of some partners that the user may read, as
        `_search` does.

        What rules ask of the partner itself is the same for records of all models. So
        it is found out once, and the rules say for which of the partners it is so:
        with a subquery in each of thirty branches PostgreSQL plans longer than it
        reads, and a lead's would each collect the accounts of his units.

        :param link: the field that leads from the records to the partners
        :param whose: keeps what was found out for the next one
        """
        if model.env.su or model._fields[link].type != "many2one":
            return model._search(domain)

        def decide(condition):
            parts = self._split_asked(condition, link)
            if parts:
                return condition.value.apply(map(decide, parts))
            name = self._get_asked_name(condition, link)
            if not name:
                return condition
            key = name, partners
            if key not in whose:
                whose[key] = self._filter_whose(partners, name).ids
            return Domain(link, "in", whose[key])

        rules = model.env["ir.rule"]._compute_domain(model._name, "read")
        # sudo: as Odoo asks record rules
        model_sudo = model.sudo().with_context(active_test=False)
        rules = rules.map_conditions(decide).optimize_full(model_sudo)
        if rules.is_false():
            return model.browse()._as_query()
        query = model._search(domain, bypass_access=True)
        if not rules.is_true():
            query.add_where(rules._to_sql(model_sudo, model._table, query))
        return query

    @api.model
    def _split_asked(self, condition, link):
        """Return one condition for each of what several rules ask of the partner: Odoo
        has put them together, and none of the fields of `_club_whose` would be seen.
        """
        asked = condition.value
        if (condition.field_expr, condition.operator) != (link, "any"):
            return []
        if not isinstance(asked, DomainNary):
            return []
        return [Domain(link, "any", child) for child in asked.children]

    @api.model
    def _get_asked_name(self, condition, link):
        """Return by which field a condition asks whose the partner is, if it does."""
        asked = condition.value
        if condition.field_expr != link or condition.operator != "any":
            return None
        if getattr(asked, "field_expr", None) not in self._club_whose:
            return None
        is_positive = asked.operator == "in" and set(asked.value) == {True}
        return asked.field_expr if is_positive else None

    @api.model
    def _filter_whose(self, partners, name):
        """Return those of the partners that are the user's in a way."""
        # sudo: as Odoo asks record rules
        return partners.sudo().filtered(name)

    # === Lists === #

    def _fetch_query(self, query, fields):
        """Bring the lists of a page with one statement, not each with its own."""
        lists = [field for field in fields if self._is_plain_list(field)]
        if len(lists) < 2:
            return super()._fetch_query(query, fields)
        others = [field for field in fields if field not in lists]
        fetched = super()._fetch_query(query, others)
        if fetched:
            fetched._fetch_club_lists(lists)
        return fetched

    def _is_plain_list(self, field):
        """Tell whether a field is a list of lines that a plain link leads to."""
        if field.type != "one2many":
            return False
        inverse = self.env[field.comodel_name]._fields[field.inverse_name]
        return inverse.store and inverse.type == "many2one"

    def _fetch_club_lists(self, lists):
        """Put into the cache what Odoo's own reading of these fields would.

        The ORM has no way to read several lists at once; were there one, this would go.
        """
        queries, whose = [], {}
        for field in lists:
            lines = self.env[field.comodel_name].with_context(
                **{"active_test": False, **field.context}
            )
            lines.check_access("read")
            inverse = field.inverse_name
            domain = field.get_comodel_domain(self) & Domain(inverse, "in", self.ids)
            query = self._search_of(lines, inverse, self, domain, whose)
            key = lines._field_to_sql(query.table, inverse, query)
            order = lines._order_to_sql(lines._order, query)
            query.groupby = key
            ids = SQL(
                "array_agg(%s ORDER BY %s)", SQL.identifier(query.table, "id"), order
            )
            queries.append(SQL("(%s)", query.select(SQL("%s", field.name), key, ids)))
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        found = {(name, key): tuple(ids) for name, key, ids in rows}
        for field in lists:
            values = [found.get((field.name, record.id), ()) for record in self]
            field._insert_cache(self, values)
