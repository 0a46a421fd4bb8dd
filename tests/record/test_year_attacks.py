from contextlib import contextmanager
from functools import partial

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.orm.models import LOG_ACCESS_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..attempts import Attempts
from ..common import GROUPS, TODAY
from .rights_case import RightsCase
from .rights_samples import COMPANY, OTHER

MUTED = ("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.models")
MAGIC = {"id", *LOG_ACCESS_COLUMNS}


class _Undo(Exception):
    """Takes back what went through."""


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestYearAttacks(RightsCase):
    """Each model of the club against what no form of it offers. PEERS 1, 2, 5.

    The tables are the models and their fields themselves: a new field is attacked the
    day it comes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [model for model in cls.samples if not cls.env[model]._transient]

    def _call(self, record, method, *args, companies=None, after=None, **context):
        """Call as a client does; return whether it went through.

        :param after: what to ask then, before it is undone; None: True
        """
        allowed = (companies or self.company).ids
        env = self.env(user=self.user.id, context={})
        found = True
        try:
            with self._undone():
                call_kw(
                    env[record._name],
                    method,
                    [record.ids, *args],
                    {"context": {"allowed_company_ids": allowed, **context}},
                )
                self.env.flush_all()
                if after:
                    found = after()
                raise _Undo
        except _Undo:
            return found
        except (UserError, IntegrityError):  # AccessError and ValidationError are some
            return False

    @contextmanager
    def _undone(self):
        with mute_logger(*MUTED), self._attempts.attempt():
            yield

    @staticmethod
    def _is_crossing(record, link):
        """Tell whether a record, or what it names, is of two companies by now."""
        record.invalidate_recordset()
        try:
            record._check_company()
        except UserError:
            return True
        return record.company_id != link.company_id

    def _take(self, role):
        self.user.group_ids = [Command.set(self.env.ref(f"{GROUPS}{role}").ids)]
        self.env.invalidate_all()

    def test_no_link_leads_into_another_company(self):
        """As who works for both companies, with both of them chosen: a line may go to
        another document, and then all of it belongs to that one's company.
        """
        self.user.company_ids |= self.other
        self._take("officer")
        both = self.company | self.other
        foreign = {
            model: places[COMPANY]
            for model, places in self.samples.items()
            if "company_id" in self.env[model]._fields
        }
        foreign["crm.team"] = self.env["crm.team"].search(
            [("company_id", "=", self.other.id)], limit=1
        )
        foreign["res.partner"] = self.env["res.partner"].create(
            {"name": "Far", "is_company": True, "company_id": self.other.id}
        )
        self._attempts = self.enterContext(Attempts(self.env.cr))
        through = []
        for model in self.models:
            record = self.samples[model][OTHER]
            for name, field in record._fields.items():
                if (
                    field.type != "many2one"
                    or not field.store
                    or field._module != "crm_club"
                    or field.comodel_name not in foreign
                    or name in MAGIC
                ):
                    continue
                link = foreign[field.comodel_name]
                after = partial(self._is_crossing, record.sudo(), link.sudo())
                vals = {name: link.id}
                if self._call(record, "write", vals, companies=both, after=after):
                    through.append(f"{model}.{name}")
        self.assertFalse(through)
