"""A clock that no test stops, and an end to calls that take too long."""

import os
import signal
from contextlib import contextmanager


class TooLong(BaseException):
    """A call took too long; no handler of errors may swallow it."""


def clock():
    """Return seconds that go by although the time is frozen."""
    return os.times().elapsed


@contextmanager
def time_limit(seconds):
    def stop(*_args):
        raise TooLong(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
