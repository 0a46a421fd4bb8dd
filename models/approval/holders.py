"""Who holds the seats, read once until something of it changes.

Record rules and buttons ask it many times in one call. What is kept goes with the
transaction, and when it or a part of it is rolled back.
"""

_KEPT = "club_holders"


def get_kept(env):
    """Return what is known of holders in this transaction, by what was asked."""
    return env.cr.cache.setdefault(_KEPT, {})


def forget_holders(env):
    """Read it anew: seats, bodies, leaders or users are changing or have changed."""
    env.cr.cache.pop(_KEPT, None)
