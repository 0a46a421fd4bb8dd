"""Sessions of their own in the database, and putting the database back after them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests.common import BaseCase, get_db_name

from ..common import ClubFixture


class SessionsCase(ClubFixture, BaseCase):
    """Commits what it makes; at the end of the class all of it is deleted.

    `self.env` is a session that sees what the others committed after `_renew`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The main thread holds it as long as tests run; the sessions would wait for it.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())
        cls.tide = cls._get_tide()
        cls.addClassCleanup(cls._clean_up)
        cls.cr = cls.registry.cursor()
        cls.addClassCleanup(cls.cr.close)
        cls.env = api.Environment(cls.cr, SUPERUSER_ID, {"no_reset_password": True})
        cls.own_company = cls.env.user.company_id.id

    @classmethod
    def _renew(cls):
        """Commit, and see what other sessions committed."""
        cls.env.flush_all()
        cls.cr.commit()
        cls.env.invalidate_all()

    # === At the same moment === #

    def _at_once(self, *calls):
        """Run calls in sessions that all began before any of them wrote.

        :param calls: pairs of a user and what he does with his environment
        :return: for each call its result or error, and how often it was tried
        """
        self._renew()
        gate = threading.Barrier(len(calls), timeout=60)

        def run(call):
            user, do = call
            tries = []

            def attempt():
                env.cr.execute("SELECT 1")  # the transaction's snapshot is of now
                tries.append(1)
                if len(tries) == 1:
                    gate.wait()
                return do(env)

            with self.registry.cursor() as cr:
                env = api.Environment(cr, user.id, {})
                try:
                    return retrying(attempt, env), len(tries)
                except Exception as error:  # noqa: BLE001 told to the test
                    cr.rollback()
                    return error, len(tries)

        with (
            # Odoo waits for up to two seconds before it starts anew.
            patch("odoo.service.model.random.uniform", return_value=0.01),
            ThreadPoolExecutor(len(calls)) as pool,
        ):
            results = list(pool.map(run, calls))
        self._renew()
        return results

    # === Putting the database back === #

    @classmethod
    def _get_tide(cls):
        """Return the highest id of each table."""
        with cls.registry.cursor() as cr:
            cr.execute(
                """
                SELECT c.relname FROM pg_class c JOIN pg_attribute a
                    ON a.attrelid = c.oid AND a.attname = 'id' AND NOT attisdropped
                 WHERE c.relkind = 'r' AND c.relnamespace = current_schema::regnamespace
                       -- by these, processes learn of each other's changes
                   AND c.relname NOT LIKE 'orm\\_signaling%'
                """
            )
            tables = [table for (table,) in cr.fetchall()]
            cr.execute(
                " UNION ALL ".join(
                    f"SELECT '{table}', coalesce(max(id), 0) FROM \"{table}\""
                    for table in tables
                )
            )
            return dict(cr.fetchall())

    @classmethod
    def _clean_up(cls):
        """Delete all rows that came since; our triggers are off meanwhile.

        Switching off foreign keys, too, takes more rights than Odoo has, so tables are
        emptied as they let go of each other.
        """
        with cls.registry.cursor() as cr:
            cr.execute(
                "UPDATE res_users SET company_id = %s WHERE id = %s",
                [cls.own_company, SUPERUSER_ID],
            )
            cr.execute(
                """
                SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
                 WHERE NOT tgisinternal
                """
            )
            guarded = [table for (table,) in cr.fetchall()]
            for table in guarded:
                cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cr.execute(  # no id, so the tide doesn't tell
                "DELETE FROM club_points_merge WHERE src > %s",
                [cls.tide["res_partner"]],
            )
            now = cls._get_tide()
            left = {table for table, top in now.items() if top > cls.tide.get(table, 0)}
            while left:
                done = {table for table in left if cls._empty(cr, table)}
                if not done:
                    raise AssertionError(f"rows left in {sorted(left)}")
                left -= done
            for table in guarded:
                cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cls.registry.clear_all_caches()

    @classmethod
    def _empty(cls, cr, table):
        """Delete the new rows of a table, unless others still point to them."""
        try:
            with cr.savepoint(flush=False):
                cr.execute(
                    f'DELETE FROM "{table}" WHERE id > %s',
                    [cls.tide.get(table, 0)],
                    log_exceptions=False,
                )
        except psycopg2.IntegrityError:
            return False
        return True
