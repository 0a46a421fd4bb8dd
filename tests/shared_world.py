"""Test classes that set up the same things share them, and tests keep what is cached.

Odoo opens a transaction for each class and empties all caches after each test. Most of
a suite's queries would then build once more what the class before has just undone.
"""

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from inspect import getattr_static
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import Savepoint
from odoo.tests.common import HttpCase, TransactionCase, get_db_name

# The test cases of Odoo's that bring nothing into the database of their own.
_PLAIN_CASES = ("odoo.tests", "unittest", "builtins")


class Caches:
    """What a registry's methods have cached, as long as it is true.

    After a rollback Odoo empties those caches that were invalidated since, and keeps
    the others (`Registry.reset_changes`): so do we, except that we know what was in
    those caches before. Its test cases empty all.
    """

    def __init__(self, registry):
        self._registry = registry
        self._sequence = registry.registry_sequence
        self._lrus = registry._Registry__caches
        self._kept = {}

    def mark(self):
        """What is cached now is true: what is invalidated from now on is put back."""
        for name, lru in self._lrus.items():
            self._kept[name] = lru.snapshot
            lru[self] = True  # it vanishes when the cache is invalidated

    def take(self):
        """Keep what was cached since `mark`, too, unless its cache was invalidated."""
        for name, lru in self._lrus.items():
            if lru.pop(self, None):
                self._kept[name] = lru.snapshot

    def put_back(self):
        """Cache what is kept, unless models have changed meanwhile."""
        registry = self._registry
        is_same = registry.registry_sequence == self._sequence
        if registry.registry_invalidated or not is_same:
            return
        for name, lru in self._lrus.items():
            lru.clear()
            for key, value in self._kept[name].items():
                lru[key] = value


class CachesByRole:
    """What is cached while somebody has a role, for when he has it again.

    Changing his groups empties the caches, so that each role that comes back would have
    its rules worked out anew. Where something else has emptied them, nothing is taken
    for true any more until that is undone, with the test's end.
    """

    def __init__(self, registry):
        self._registry = registry
        self._lrus = registry._Registry__caches
        self._kept = {}
        self._last = None

    @contextmanager
    def change(self, role):
        """Change his groups and companies in this context; ``role`` stands for them."""
        is_true = all(any(isinstance(k, Caches) for k in lru) for lru in self._marked())
        if is_true and self._last:
            self._last.take()
        yield
        if is_true:
            if role in self._kept:
                self._kept[role].put_back()
            self._last = self._kept.setdefault(role, Caches(self._registry))
            self._last.mark()

    def _marked(self):
        return [self._lrus[name] for name in ("default", "stable", "groups")]


def forget_values(env):
    """Forget what was read, as a new request has read nothing; but for the rules, which
    are the same for every user and are read as superuser.
    """
    env.flush_all()
    memory = env.transaction.field_data
    kept = {f: known for f, known in memory.items() if f.model_name == "ir.rule"}
    env.invalidate_all(flush=False)
    memory.update(kept)


@dataclass
class Stage:
    """What a step of setting up left behind."""

    key: tuple
    savepoint: Savepoint
    attributes: dict
    envs: list
    caches: Caches


class World:
    """A transaction that stays open, with the stages that the last class passed.

    The next class goes on from the last stage that it has in common with that class;
    the others are rolled back with its first query. What a class does beside stages
    is its own, and is rolled back at its end.
    """

    _open = None

    def __init__(self, cr):
        self.cr = cr
        self.stages = []
        self._beginning = None
        self._passed = 0  # stages of the class that is being set up
        self._building = False
        self._queries = 0
        # What Odoo calls at the end of a class.
        self._really_close, cr.close = cr.close, self._end_class
        self._cr_execute = cr.execute
        # As an HttpCase writes it, which then changes nothing.
        self._env = api.Environment(cr, SUPERUSER_ID, {})
        params = self._env["ir.config_parameter"]
        params.set_param("web.base.url", HttpCase.base_url())
        self._env.flush_all()

    @classmethod
    def enter(cls, registry):
        """Return the world that is open, or open one."""
        if cls._open and cls._open.cr.closed:
            cls.leave()
        if not cls._open:
            cls._open = cls(registry.cursor())
        return cls._open

    @classmethod
    def leave(cls):
        """Undo everything, for classes that don't share it and would wait for it."""
        if cls._open:
            cls._open._really_close()
            cls._open = None

    def begin(self):
        """Start a class: the stages of the last one are there until a query."""
        self._passed = 0
        if self.stages:
            self.cr.execute = self._execute_alone
        else:
            self._beginning = Savepoint(self.cr)
        self._queries = self.cr.sql_log_count

    def _execute_alone(self, *args, **kwargs):
        """Execute the first query that isn't a stage's: the other stages must go."""
        self._settle()
        return self.cr.execute(*args, **kwargs)

    def _settle(self):
        """Undo the stages that aren't passed. Nothing was read or written since
        `begin`; nor may the cache be emptied while somebody waits for his query.
        """
        self.cr.execute = self._cr_execute
        if self._passed < len(self.stages):
            del self.stages[self._passed :]
            self._roll_back()

    def _roll_back(self):
        last = self.stages[-1].savepoint if self.stages else self._beginning
        last.rollback()

    def _end_class(self):
        """Undo what the class did beside its stages. Odoo would close the cursor."""
        self._settle()
        cr, transaction = self.cr, self.cr.transaction
        cr.clear()
        for hooks in (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback):
            hooks.clear()
        for stage in reversed(self.stages):
            stage.caches.take()
        self._roll_back()
        transaction.default_env = self._env
        for envs in ([self._env], *(stage.envs for stage in self.stages)):
            transaction.envs.update(envs)
        transaction.clear()
        cr.cache.clear()

    def pass_stage(self, case, key, build):
        """Run a step of setting up ``case``, or take over what it did for the last."""
        if self._building:
            build(case)
            return
        env = case.env
        env.flush_all()
        if self.cr.sql_log_count != self._queries:  # something else was done before
            build(case)
            return
        if self._passed < len(self.stages):
            stage = self.stages[self._passed]
            if stage.key == key:
                self._passed += 1
                for name, value in stage.attributes.items():
                    setattr(case, name, copy_value(value))
                stage.caches.put_back()
                stage.caches.mark()
                if self._passed == len(self.stages):
                    self.cr.execute = self._cr_execute
                return
            self._settle()
        self._build_stage(case, key, build)

    def _build_stage(self, case, key, build):
        before = {name: copy_value(value) for name, value in vars(case).items()}
        self._building = True
        try:
            build(case)
            case.env.flush_all()
        finally:
            self._building = False
        savepoint = Savepoint(self.cr)
        attributes = {
            name: copy_value(value)
            for name, value in vars(case).items()
            if name not in before or _is_changed(before[name], value)
        }
        envs = list(self.cr.transaction.envs)
        stage = Stage(key, savepoint, attributes, envs, Caches(case.registry))
        stage.caches.mark()
        self.stages.append(stage)
        self._passed = len(self.stages)
        self._queries = self.cr.sql_log_count


def copy_value(value):
    """Return a collection that a class may change without the others' noticing."""
    return copy(value) if isinstance(value, dict | list | set) else value


def _is_changed(before, after):
    if isinstance(after, dict | list | set):
        return before != after
    return before is not after


def shared(build):
    """Make a step of setting up (a class's method) a stage that classes share.

    It is the same for two classes if each method and value that its own class has is
    the same in both, and the day is.
    """

    @wraps(build)
    def pass_stage(cls):
        if not cls._world:
            build(cls)
            return
        owner = next(c for c in cls.__mro__ if build.__name__ in vars(c))
        ours = __package__.partition(".tests")[0] + ".tests"
        classes = [c for c in owner.__mro__ if c.__module__.startswith(ours)]
        cls._world.pass_stage(cls, _get_key(cls, build, classes), build)

    return pass_stage


def _get_key(cls, build, classes):
    """Tell apart what ``build`` does: by what its classes' names mean in ``cls``."""
    names = {
        name
        for c in classes
        for name in vars(c)
        # What Odoo gives each class (its clean-ups, its `freeze_time`) isn't ours.
        if not name.startswith(("__", "test")) and not hasattr(TransactionCase, name)
    }
    parts = [(name, id(getattr_static(cls, name))) for name in sorted(names)]
    return (build, date.today(), *classes, *parts)


def _set_up_others(cls):
    """Set up what the other add-ons' test cases do, in the transaction that is open."""
    with patch.object(TransactionCase, "setUpClass", classmethod(lambda cls: None)):
        super(SharedWorld, cls).setUpClass()


@cache
def _get_places():
    """Return the place of each test class: those that set up the same follow each
    other, what they share first. All classes are known when the first test is asked.
    """
    found, left = [], [SharedWorld]
    while left:
        left += (cls := left.pop()).__subclasses__()
        found.append(cls)
    found.sort(key=_get_lineage)
    return {cls: number for number, cls in enumerate(found)}


def _get_lineage(cls):
    """Return what a class builds on, in the order in which it is set up."""
    cases = [c for c in reversed(cls.__mro__) if c not in SharedWorld.__mro__]
    names = [c.__name__ for c in cases if not c.__module__.startswith(_PLAIN_CASES)]
    freezer = getattr(cls, "freeze_time", None)  # another day is another world
    day = str(freezer.freezer.time_to_freeze) if freezer else ""
    return TransactionCase not in cases, day, names


class SharedWorld:
    """Before Odoo's test case: shares what is set up, keeps what is cached."""

    _world = None

    @property
    def test_sequence(self):
        """Let classes that share most run in a row: by this Odoo sorts."""
        return _get_places()[type(self)]

    @classmethod
    def setUpClass(cls):
        cases = cls.__mro__[cls.__mro__.index(SharedWorld) + 1 :]
        if TransactionCase not in cases:
            World.leave()
            super().setUpClass()
            return
        # Test cases of other add-ons build something, too.
        others = [c for c in cases if not c.__module__.startswith(_PLAIN_CASES)]
        registry = Registry(get_db_name())
        world = World.enter(registry)

        def get_cursor():
            del registry.cursor
            return world.cr

        registry.cursor = get_cursor  # once
        if others:
            TransactionCase.setUpClass.__func__(cls)
        else:
            super().setUpClass()
        cls._world = world
        world.begin()
        if others:
            key = _get_key(cls, _set_up_others, others)
            world.pass_stage(cls, key, _set_up_others)

    def setUp(self):
        if not isinstance(self, TransactionCase):
            super().setUp()
            return
        caches = Caches(self.registry)
        self.addCleanup(caches.put_back)  # after Odoo has emptied them
        super().setUp()
        caches.mark()
        self.addCleanup(caches.take)

    @classmethod
    def _gc_filestore(cls):
        """Spare the files of a world that isn't committed."""
        if World._open:
            return None
        return super()._gc_filestore()
