"""Any order of events: what property tests with a database share."""

from hypothesis import HealthCheck, settings


def examples(count):
    """Return the settings of so many examples, the same in each run."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


class AnyOrderMixin:
    """A case whose method `_play` does what the events say, and compares."""

    def _play_and_undo(self, events):
        """Play the events as if none had been before, and leave nothing of them."""
        savepoint = self.env.cr.savepoint()
        try:
            self._play(events)
        finally:
            savepoint.rollback()
            self.env.invalidate_all(flush=False)
