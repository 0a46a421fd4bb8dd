"""Hostile statements of revenue, uploaded as Finance would (Rule B15)."""


def fuzz(env, seconds, seed):
    """Return figures and faults."""
    raise NotImplementedError
