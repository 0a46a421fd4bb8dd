"""Of which accounts entitlements are asked for.

A million rows are built in seconds, a page of them in milliseconds: PostgreSQL takes a
list of accounts, or the last of them, down to where rows are made, but no subquery.
"""

from odoo.fields import Domain
from odoo.orm.domains import DomainAnd, DomainCondition, DomainNary
from odoo.orm.utils import COLLECTION_TYPES
from odoo.tools import SQL

ID_OF_ACCOUNT = 2**21  # a row's id by this is its account's
MANY = 50_000  # accounts that are listed
FEW = 2_000  # so few that their rows need no bound
FIRST, WIDER = 64, 8  # terms gone through for a page at first, and how many times more


def find_accounts(model, domain, is_free=False):
    """Return the ids of the accounts that can have such rows, in order; None for any.

    :param model: the entitlements, as the user
    :param is_free: whether no record rules apply
    """
    asked = Domain(domain)
    if not (is_free or model.env.su):
        asked &= model.env["ir.rule"]._compute_domain(model._name, "read")
    # sudo: what the rules name, they name past the rules
    model_sudo = model.sudo().with_context(active_test=False)
    wanted = _get_account_domain(asked.optimize_full(model_sudo))
    partners_sudo = model_sudo.env["res.partner"]
    wanted = wanted.optimize_full(partners_sudo)
    if wanted.is_true():
        return None
    if (listed := _get_listed(wanted)) is not None:
        return listed
    query = partners_sudo._search(wanted, limit=MANY + 1, order="id")
    ids = list(query)
    return ids if len(ids) <= MANY else None


def _get_listed(wanted):
    """Return the few partners that a domain lists, None where it doesn't: an account's
    page needs no query to know which account it shows.
    """
    parts = wanted.children if isinstance(wanted, DomainAnd) else [wanted]
    for part in parts:
        if (
            isinstance(part, DomainCondition)
            and (part.field_expr, part.operator) == ("id", "in")
            and isinstance(part.value, COLLECTION_TYPES)
            and len(part.value) <= FEW
        ):
            return sorted(key for key in part.value if isinstance(key, int))
    return None


def _get_account_domain(domain):
    """Return what of a domain is said of the account, as one of partners: whatever
    else is asked may be so. What is denied was put right when it was optimized.
    """
    if isinstance(domain, DomainNary):
        return domain.apply(map(_get_account_domain, domain.children))
    if domain.is_false():
        return domain
    if isinstance(domain, DomainCondition):
        name, operator, value = domain.field_expr, domain.operator, domain.value
        if name == "account_id" and operator in ("in", "any!"):
            return Domain("id", operator, value)
        if name == "id" and operator == "in" and not isinstance(value, SQL):
            keys = [key for key in value if isinstance(key, int)]
            return Domain("id", "in", {key // ID_OF_ACCOUNT for key in keys})
    return Domain.TRUE


def find_bound(env, accounts, wanted, count):
    """Return an account whose rows, with those of the ones before it, are enough.

    None where all accounts together hardly have as many.

    :param accounts: of `find_accounts`
    :param wanted: how many rows are enough
    :param count: tells how many of the rows asked for there are up to an account, as
        far as they are wanted
    """
    if accounts is not None and len(accounts) <= FEW:
        return None
    reach = max(FIRST, wanted // 5)
    while bound := _get_account_at(env, accounts, reach):
        if count(bound) >= wanted:
            return bound
        reach *= WIDER
    return None


def _get_account_at(env, accounts, place):
    """Return the account at a place in their order, None past the last."""
    if accounts is not None:
        return accounts[place] if place < len(accounts) else None
    # Those with a term: others that have rows come in between.
    rows = env.execute_query(
        SQL(
            "SELECT account_id FROM club_membership WHERE state = 'valid'"
            " ORDER BY account_id OFFSET %s LIMIT 1",
            place,
        )
    )
    return rows[0][0] if rows else None
