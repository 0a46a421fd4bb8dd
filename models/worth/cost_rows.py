"""The rows of what was spent on accounts, in SQL: what each model says it cost."""

from odoo.fields import Domain
from odoo.tools import SQL

from ..care.today_rows import TodayRows

# A row's id has its document's, the number of its branch and that of its part: 31, 6
# and 16 bits are as many as a web client's numbers hold.
BRANCHES, PARTS = 2**6, 2**16
BUDGET = "club.marketing.budget"  # whose branch comes first


class CostRows(TodayRows):
    """What was spent and granted, one SELECT a model; found as those of today are.

    :param model: `club.account.cost`, as its reader
    :param is_asked: whether the reader's rights narrow it
    """

    def _split_ids(self, condition, name):
        """A document may have several rows: look among them for the one."""
        found = Domain(super()._split_ids(condition, name))
        return found if condition.field_expr != "id" else found & condition

    def _get_numbers(self):
        names = self._model._get_branch_models()
        return {BUDGET: 0} | {name: number for number, name in enumerate(names, 1)}

    def _find(self, name, res_ids):
        return Domain("res_id", "in", res_ids)

    def _split_id(self, row_id):
        return row_id // PARTS % BRANCHES, row_id // PARTS // BRANCHES

    def _get_own_order(self, order):
        return order


def name_branch(number, model, rows):
    """Return a model's costs with what a row of the list has besides.

    :param number: of the branch, below BRANCHES
    :param rows: SQL of what the model says that it cost
    """
    return _complete(
        number,
        model._name,
        SQL(
            """
            SELECT res_id, kind, account_id, company_id, date, %s AS part,
                   extract(year FROM date)::int AS year, amount, 0::numeric AS granted
              FROM (%s) own
             WHERE date IS NOT NULL
            """,
            SQL("part") if model._club_shares_cost else SQL("0"),
            rows,
        ),
    )


def budget_branch(number, name, kind):
    """Return what signed sheets grant, beside what is spent of it.

    :param name: the model's
    """
    return _complete(
        number,
        name,
        SQL(
            """
            SELECT l.id AS res_id, %s::varchar AS kind, l.account_id, l.company_id,
                   make_date(l.year, 1, 1) AS date, 0 AS part, l.year,
                   0::numeric AS amount, l.granted
              FROM club_marketing_budget l
              JOIN club_budget s ON s.id = l.budget_id AND s.approval_state = 'done'
            """,
            kind,
        ),
    )


def _complete(number, name, rows):
    """Return rows with their ids, and who looks after their accounts today."""
    return SQL(
        """
        SELECT (b.res_id::bigint * %(branches)s + %(number)s) * %(parts)s + b.part
               AS id, %(number)s AS branch,
               %(name)s::varchar AS res_model, b.res_id, b.kind,
               b.account_id, b.company_id, b.date, b.year, b.amount, b.granted,
               b.granted - b.amount AS balance,
               (a.club_unit_id ->> b.company_id::text)::int AS unit_id,
               (a.club_manager_id ->> b.company_id::text)::int AS user_id,
               (a.club_tier_id ->> b.company_id::text)::int AS tier_id
          FROM (%(rows)s) b
          JOIN res_partner a ON a.id = b.account_id
        """,
        branches=BRANCHES,
        parts=PARTS,
        number=number,
        name=name,
        rows=rows,
    )
