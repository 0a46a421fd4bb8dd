"""Many calls that are expected to fail, with a savepoint for all of them."""

from contextlib import contextmanager


class Attempts:
    """Take back what fails; nothing else may be written between the attempts.

    The savepoint stays until something succeeds, and is only rolled back to where the
    database was asked something.
    """

    def __init__(self, cr):
        self._cr = cr
        self._savepoint = None

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self._close(rollback=exc_type is not None)

    def _close(self, *, rollback):
        if self._savepoint:
            self._savepoint.close(rollback=rollback)
            self._savepoint = None

    @contextmanager
    def attempt(self):
        """Keep what is done in this context, unless it raises."""
        self._savepoint = self._savepoint or self._cr.savepoint()
        before = self._cr.sql_log_count
        try:
            yield
            self._cr.flush()
        except BaseException:
            if self._cr.sql_log_count == before:
                self._cr.clear()  # what was about to be written
            else:
                self._savepoint.rollback()
            raise
        self._close(rollback=False)
