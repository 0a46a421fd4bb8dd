"""What is kept in memory of settings, and when it goes."""


def forget(env):
    """Let what is cached go, now and once more when the change is committed.

    Whoever works beside it, or after a savepoint that is rolled back, has put there
    meanwhile what doesn't stand.
    """
    registry = env.registry
    registry.clear_cache()
    env.cr.postcommit.add(registry.clear_cache)
