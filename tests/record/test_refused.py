import inspect
from functools import partial

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..attempts import Attempts
from ..common import GROUPS, TODAY
from . import rpc_methods
from .rights_case import RightsCase
from .rights_samples import COMPANY, OTHER, OWN

ROLES = ("signer", "user", "clerk", "lead", "finance", "auditor", "officer", "admin")
ODOOS = "top-secret"
OURS = "Nothing was changed"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRefused(RightsCase):
    """Whom a record rule keeps from a record is told why. Rule E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = {
            name: places
            for name, places in cls.samples.items()
            if name.startswith("club.")
        }

    def _get_error(self, attempts, call):
        """Return the error in which a call ends."""
        try:
            with attempts.attempt():
                call()
        except UserError as error:
            return error
        return None

    @staticmethod
    def _do(record, operation):
        if operation == "write":
            record.write({})
        elif operation == "unlink":
            record.unlink()
        else:
            record.check_access("create")

    def test_what_a_role_may_not_write(self):
        """Each role on each model, whatever the rules refuse it."""
        told = 0
        for role in ROLES:
            env = self._take_groups(f"{GROUPS}{role}")
            with Attempts(env.cr) as attempts:
                for name, places in self.ours.items():
                    for operation in ("write", "unlink", "create"):
                        if not env[name].has_access(operation):
                            continue
                        records = env[name].browse({one.id for one in places.values()})
                        allowed = records._filtered_access(operation)
                        for record in (records - allowed)[:1]:
                            call = partial(self._do, record, operation)
                            error = self._get_error(attempts, call)
                            self.assertTrue(error, (role, name, operation))
                            self.assertNotIn(ODOOS, str(error), (role, name, operation))
                            told += OURS in str(error)
        self.assertGreater(told, 300)

    def test_buttons(self):
        """Pressed on a page that was open when the record changed hands."""
        methods = [
            method
            for method in rpc_methods.find_methods(self.env)
            if method.model in self.ours and method.takes_ids
            if method.is_own and not method.is_generic
        ]
        told = 0
        env = self._take_groups(f"{GROUPS}user")
        with Attempts(env.cr) as attempts:
            for method in methods:
                record = self.ours[method.model][OTHER].with_env(env)
                if record.has_access("read") or not env[method.model].has_access(
                    "read"
                ):
                    continue
                needed = rpc_methods.get_parameters(env, method).values()
                if inspect.Parameter.empty in needed:
                    continue
                error = self._get_error(attempts, getattr(record, method.name))
                self.assertNotIn(ODOOS, str(error), method[:2])
                told += OURS in str(error)
        self.assertGreater(told, 50)

    def test_who_looks_is_told_by_odoo(self):
        """The web client knows its words, and where it proposes another company."""
        env = self._take_groups(f"{GROUPS}user")
        agreement = self.samples["club.agreement"][OTHER].with_env(env)
        with self.assertRaisesRegex(AccessError, ODOOS):
            agreement.web_read({"display_name": {}})
        both = self.company | self.other
        env = self._take_groups(f"{GROUPS}officer", self.company, works_in=both)
        agreement = self.samples["club.agreement"][COMPANY].with_env(env)
        with self.assertRaisesRegex(AccessError, ODOOS) as caught:
            agreement.write({})
        self.assertEqual(
            caught.exception.context["suggested_company"]["id"], self.other.id
        )

    def test_who_would_give_it_away(self):
        env = self._take_groups(f"{GROUPS}user")
        booking = self.samples["club.venue.booking"][OWN].with_env(env)
        others = self.samples["club.venue.booking"][OTHER].account_id
        with self.assertRaisesRegex(AccessError, "would no longer be yours"):
            booking.account_id = others
