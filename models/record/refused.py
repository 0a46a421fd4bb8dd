"""What tells why record rules refuse: Odoo's own words say nothing of whose it is."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo.exceptions import AccessError

from .names import get_model_name

# What the user is doing while rules are asked: working, so that he is told in our words
# what he can't read, too; or writing so that the record would slip from his hands.
WORKING, GIVING_AWAY = "working", "giving away"
_doing = ContextVar("doing", default=None)


@contextmanager
def doing(what):
    """Let whoever is refused inside be told by what he is doing."""
    token = _doing.set(what)
    try:
        yield
    finally:
        _doing.reset(token)


def get_refusal(records, operation, error):
    """Return what tells why a rule keeps records of the club from their user.

    Whoever only looks, at a page or a list, is told in Odoo's words.

    :param error: Odoo's, which stays where it proposes another company, and for whoever
        looks for the rule in developer mode
    """
    env = records.env
    if not records._name.startswith("club."):
        return error
    if operation == "read" and not _doing.get():
        return error
    if getattr(error, "context", None) or env.user.has_group("base.group_no_one"):
        return error
    name = get_model_name(records)
    if _doing.get() == GIVING_AWAY:
        return AccessError(
            env._(
                "%s: with this change it would no longer be yours, nor of an account, "
                "a unit or a document that is yours. Nothing was changed.",
                name,
            )
        )
    return AccessError(
        env._(
            "%s: you can't do this with what is a colleague's or another company's, or "
            "of an account, a unit or a document that isn't yours. It may have changed "
            "hands meanwhile. Nothing was changed.",
            name,
        )
    )
