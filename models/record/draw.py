"""Drawing lots that anybody can draw again: a recorded seed, no other chance in it."""

import random

from odoo.tools import SQL

# PostgreSQL's integer, which a seed is stored in.
MAX_SEED = 2**31 - 1


def get_seed():
    """Return a seed that nobody can foretell."""
    return random.SystemRandom().randint(1, MAX_SEED)


def order_of_draw(seed, key):
    """Return SQL to order rows by: whoever comes first is drawn.

    The same seed over the same rows gives the same order, so that a row's number is
    all that decides.

    :param SQL key: the column with the rows' numbers
    """
    return SQL("md5(%s::text || ':' || %s) COLLATE \"C\", %s", seed, key, key)
