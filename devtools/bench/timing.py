"""Timing one thing against another, side by side and rolled back each time."""

import statistics
import time
from contextlib import contextmanager

from odoo.api import Environment

ROUNDS = 5


def compare(env, lean, ours, arguments, clean=None, rounds=ROUNDS) -> dict:
    """Return seconds (medians of ``rounds``) and the ratio of ``ours`` to ``lean``.

    They take turns, so that whatever else the machine does falls upon both.

    :param clean: called after each single run, outside its time
    """
    pairs = []
    timed(env, lean, *arguments, clean=clean)  # warm the cache
    for _round in range(rounds):
        second = timed(env, lean, *arguments, clean=clean)
        first = timed(env, ours, *arguments, clean=clean)
        pairs.append((first, second))
        print(f"  lean {second:.2f} s, ours {first:.2f} s", flush=True)
    middle = [statistics.median(side) for side in zip(*pairs, strict=True)]
    return {
        "ours_seconds": round(middle[0], 3),
        "lean_seconds": round(middle[1], 3),
        "ratio": round(middle[0] / middle[1], 2),
        "rounds": [[round(first, 3), round(second, 3)] for first, second in pairs],
    }


def timed(env, function, *arguments, clean=None) -> float:
    """Return the seconds that a call takes; what it wrote is rolled back."""
    env.invalidate_all(flush=False)
    started = time.perf_counter()
    function(env, *arguments)
    env.flush_all()
    seconds = time.perf_counter() - started
    env.cr.rollback()
    env.invalidate_all(flush=False)
    if clean:
        clean(env)
    return seconds


def log(what: str, started: float) -> None:
    """Say how long a step took that isn't measured."""
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


@contextmanager
def as_user(env, user_id):
    """Give an environment as a request makes it: of its own transaction object."""
    cr = env.cr
    outer, cr.transaction = cr.transaction, None
    cr.cache.clear()
    context = {
        "lang": "en_US",
        "tz": "Asia/Shanghai",
        "uid": user_id,
        "allowed_company_ids": env.companies.ids,
    }
    try:
        yield Environment(cr, user_id, context)
    finally:
        cr.transaction = outer
