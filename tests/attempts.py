"""Many calls that are expected to fail, with a savepoint for all of them."""

import re
import threading
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

# A statement that only reads; what comes before may be worked out beside it.
_READS = re.compile(
    r"\s*(SELECT\b|WITH\b(?!.*\b(INSERT|UPDATE|DELETE|MERGE)\b))", re.DOTALL | re.I
)


class Attempts:
    """Take back what fails; nothing else may be written between the attempts.

    The savepoint stays until something succeeds, and is only rolled back to where
    something was written or is about to be.
    """

    def __init__(self, cr):
        self._cr = cr
        self._savepoint = None
        self._has_written = False

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
        precommit = self._cr.precommit
        is_clear = not precommit._funcs
        with self._watching():
            try:
                yield
                self._cr.flush()
            except BaseException:
                if is_clear:
                    precommit.clear()  # such as telling what has changed
                if self._has_changes():
                    self._savepoint.rollback()
                raise
        if self._has_written:
            self._close(rollback=False)

    @contextmanager
    def _watching(self):
        thread = threading.current_thread()
        before = getattr(thread, "query_hooks", ())
        self._has_written = False
        thread.query_hooks = (*before, self._look_at)
        try:
            yield
        finally:
            thread.query_hooks = before

    def _look_at(self, _cr, query, *_args):
        if not _READS.match(str(query)):
            self._has_written = True

    def _has_changes(self):
        """Tell whether the transaction isn't what it was, apart from what was read."""
        status = self._cr.connection.get_transaction_status()
        memory = self._cr.transaction
        return bool(
            self._has_written
            or status == TRANSACTION_STATUS_INERROR
            or any(memory.field_dirty.values())
            or any(memory.tocompute.values())
            or self._cr.precommit._funcs
        )
