"""The rows of today, in SQL: what each model says that somebody owes."""

import re
from collections.abc import Collection

from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainOr
from odoo.tools import SQL, Query

STEP = 256  # a row's id: its document's, times this, and the number of its branch
COLUMNS = (
    *("kind", "user_id", "account_id", "contact_id", "company_id", "unit_id"),
    *("date_from", "date_due"),
)


class TodayRows:
    """What is owed, one SELECT a model; each search asks them all at once.

    PostgreSQL brings neither order nor limit into the branches of a UNION ALL, and no
    condition on a number that is wider in one of them than in another: the first eighty
    of a hundred thousand would sort them all, and reading eighty make all. So a query
    narrows each branch, and with a limit takes the first of each, where an index may
    give them.

    :param model: `club.today`, as its reader
    :param is_asked: whether the reader's rights narrow it
    """

    def __init__(self, model, is_asked):
        self._model = model
        self._branches = model._get_branches()
        self._numbers = self._get_numbers()
        # sudo: rules look at accounts and units that the reader need not read
        self._model_sudo = model.sudo()
        self._rights = Domain.TRUE
        if is_asked:
            model.browse().check_access("read")
            rules = model.env["ir.rule"]._compute_domain(model._name, "read")
            self._rights = rules.optimize_full(self._model_sudo)
        # What the branches read lies in many tables.
        model.env.flush_all()

    def query(self, domain, order=None, offset=0, limit=None, models=None):
        """Return the query of the rows of a domain that the reader may see.

        :param models: names of those whose rows may be among them; None: any
        """
        domain = Domain(domain).optimize_full(self._model)
        parts = []
        if not self._rights.is_false():
            for name in self._branches:
                if models is None or name in models:
                    parts += self._query_branch(name, domain, order, offset, limit)
        if not parts:
            return self._model.browse()._as_query()
        query = Query(self._model.env, self._model._table, _bracket(unite(parts)))
        self._cut(query, order, offset, limit)
        return query

    def _query_branch(self, name, domain, order, offset, limit):
        """Return the SELECT of the rows of a branch, none if there can't be any."""
        own = domain.map_conditions(lambda one: self._split_ids(one, name))
        own = own.optimize_full(self._model)
        if own.is_false():
            return []
        query = self._narrow(self._branches[name], own)
        if limit:
            self._cut(query, self._get_own_order(order), 0, offset + limit)
        rows = query.select(SQL("%s.*", SQL.identifier(self._model._table)))
        return [SQL("(%s)", rows)]

    def _split_ids(self, condition, name):
        """Ask for a row by its document: that is what a branch has an index of."""
        if condition.field_expr != "id" or condition.operator not in ("=", "in"):
            return condition
        value = condition.value
        ids = [value] if isinstance(value, int) else value
        if not isinstance(ids, Collection) or not all(isinstance(i, int) for i in ids):
            return condition
        split = map(self._split_id, ids)
        number = self._numbers[name]
        return self._find(
            name, [res_id for branch, res_id in split if branch == number]
        )

    def _get_numbers(self):
        """Return the number of each branch."""
        names = self._model._get_branch_models()
        return {name: number for number, name in enumerate(names)}

    def _split_id(self, row_id):
        """Return the number of a row's branch, and the id of its document."""
        return row_id % STEP, row_id // STEP

    def _find(self, name, res_ids):
        """Return the domain of the rows of a branch's documents."""
        return self._model.env[name]._get_today_ids_domain(res_ids)

    def _get_own_order(self, order):
        """Return the order within a branch: it may have an index of documents' ids."""
        return re.sub(r"\bid\b", "res_id", order or "")

    def _narrow(self, rows, domain):
        """Return the query of those of some rows that fit, and may be seen."""
        model = self._model
        query = Query(model.env, model._table, _bracket(rows))
        rights = _drop_said(self._rights, domain)
        for part, reader in ((domain, model), (rights, self._model_sudo)):
            if not part.is_true():
                query.add_where(part._to_sql(reader, model._table, query))
        return query

    def _cut(self, query, order, offset, limit):
        if order:
            query.order = self._model._order_to_sql(order, query)
        query.offset, query.limit = offset, limit


def _drop_said(rights, domain):
    """Return what of the rights a domain doesn't say itself: whoever asks for his own
    rows may see them. PostgreSQL would plan for those whom he sees besides.
    """
    said = domain.children if isinstance(domain, DomainAnd) else (domain,)
    parts = rights.children if isinstance(rights, DomainAnd) else (rights,)

    def is_said(part):
        ways = part.children if isinstance(part, DomainOr) else (part,)
        return any(way in said for way in ways)

    return Domain.AND(part for part in parts if not is_said(part))


def name_branch(env, number, name, rows):
    """Return a model's rows with what a row of today has besides.

    :param number: of the branch, below STEP
    :param name: the model's
    :param rows: SQL of what the model says is owed
    """
    return SQL(
        """
        SELECT b.res_id::bigint * %(step)s + %(number)s AS id, %(number)s AS branch,
               %(name)s::varchar AS res_model, b.res_id, %(columns)s,
               greatest(%(today)s - b.date_due, 0) AS days_late
          FROM (%(rows)s) b
         WHERE b.date_due IS NOT NULL
           AND (b.date_from IS NULL OR b.date_from <= %(today)s)
        """,
        step=STEP,
        number=number,
        name=name,
        columns=SQL(", ").join(SQL("b.%s", SQL.identifier(name)) for name in COLUMNS),
        rows=rows,
        today=env["res.company"]._club_today_sql(SQL("b.company_id")),
    )


def unite(branches):
    """Return the rows of all branches."""
    return SQL(" UNION ALL ").join(branches)


def _bracket(rows):
    return SQL("(%s)", rows)
