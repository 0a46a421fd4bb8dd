"""What is readonly in a model is written by none of its users. PEERS 1, 2."""

from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.orm.models import LOG_ACCESS_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.record.lock import opened
from ..approval.rpc_case import KEYS, REFUSALS, RpcCase
from ..common import GROUPS, TODAY
from .rights_case import RightsCase
from .rights_samples import COMPANY, OWN

MAGIC = {"id", *LOG_ACCESS_COLUMNS}
ROLES = {
    "Employee": "base.group_user",
    **{
        role.title(): f"{GROUPS}{role}"
        for role in (
            *("signer", "user", "clerk", "lead", "finance", "auditor", "officer"),
            "admin",
        )
    },
    "Sales Administrator": "sales_team.group_sale_manager",
    "Salesperson": "sales_team.group_sale_salesman",
    "Contact Creator": "base.group_partner_manager",
    "Invoicing Clerk": "account.group_account_invoice",
    "Accountant": "account.group_account_user",
    "Event User": "event.group_event_user",
    "Survey User": "survey.group_survey_user",
    "Portal": "base.group_portal",
    "Odoo's Managers": "sales_team.group_sale_manager,account.group_account_manager,"
    "event.group_event_manager,survey.group_survey_manager,base.group_partner_manager",
}
# Something of each kind that is no field's default.
VALUES = {
    **dict.fromkeys(("char", "text", "html"), "Forged"),
    **dict.fromkeys(("integer", "many2one_reference"), 7),
    **dict.fromkeys(("float", "monetary"), 7.5),
    "boolean": True,
    "date": date(2026, 2, 3),
    "datetime": datetime(2026, 2, 3, 4),
    "binary": "QQ==",
    "json": {"forged": 1},
}
MUTED = (
    *("odoo.sql_db", "odoo.http", "odoo.addons.base.models.ir_rule"),
    *("odoo.models", "odoo.addons.base.models.ir_model"),
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestReadonlyFields(RightsCase, HttpCase):
    """Each stored readonly field of each model, as each role: a new one is attacked the
    day it comes.
    """

    _call_kw = RpcCase._call_kw
    _call_json2 = RpcCase._call_json2
    _caller = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fields = {
            name: [f for f in model._fields.values() if cls._is_readonly(f)]
            for name, model in sorted(cls.registry.items())
            if not model._abstract and model._auto
        }
        cls.fields = {name: found for name, found in cls.fields.items() if found}
        cls.records = {
            model: places[OWN].sudo(False) for model, places in cls.samples.items()
        }
        cls.records |= cls._find_odoos_records()

    @classmethod
    def _is_readonly(cls, field):
        """Tell whether it is ours, stored, and no form lets anybody change it."""
        is_ours = "crm_club" in field._modules[:1] and field.name not in MAGIC
        return is_ours and field.store and field.readonly

    @classmethod
    def _find_odoos_records(cls):
        """Return a record of each of Odoo's models that we add fields to."""
        event = cls.env["event.event"].create(
            {
                "name": "Rights",
                "date_begin": datetime(2026, 5, 1, 2),
                "date_end": datetime(2026, 5, 1, 4),
                "company_id": cls.company.id,
            }
        )
        registration = cls.env["event.registration"].create(
            {"event_id": event.id, "name": "Rights"}
        )
        survey = cls.env["survey.survey"].create({"title": "Rights"})
        paper = cls.env["survey.user_input"].create({"survey_id": survey.id})
        journal = cls.env["account.journal"].create(
            {
                "name": "Rights",
                "code": "RGT",
                "type": "general",
                "company_id": cls.company.id,
            }
        )
        ledger = cls.env["account.account"].create(
            {
                "name": "Rights",
                "code": "990001",
                "account_type": "asset_current",
                "company_ids": cls.company.ids,
            }
        )
        move = cls.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": ledger.id, "name": "Rights"})
                ],
            }
        )
        # What Odoo looks for before it asks anybody.
        cls.required = {
            "survey.user_input": {"survey_id": survey.id},
            "account.move.line": {"move_id": move.id, "account_id": ledger.id},
        }
        sms = cls.env["sms.sms"].create({"number": "+8613800138000", "body": "Rights"})
        pricelist = cls.env["product.pricelist"].create(
            {"name": "Rights", "item_ids": [Command.create({"fixed_price": 1})]}
        )
        found = (cls.account_a, event, registration, paper, move.line_ids, sms)
        found += (pricelist, pricelist.item_ids, cls.company)
        return {record._name: record.sudo(False) for record in found}

    def _take_role(self, role):
        return self._take_groups(ROLES[role])

    def _get_value(self, field):
        """Return another record's value, so that it would mean something; or anything
        of the right kind. As JSON has it.
        """
        other = self.samples.get(field.model_name, {}).get(COMPANY)
        value = other and field.convert_to_write(other.sudo()[field.name], other)
        if field.relational and not value:
            found = self.env[field.comodel_name].sudo().search([], limit=1).id
            value = found if field.type == "many2one" else [Command.set([found])]
        if field.type == "selection" and not value:
            value = field.get_values(self.env)[-1]
        value = value or VALUES.get(field.type)
        if field.type in ("date", "datetime"):
            value = field.to_string(value)
        return value.decode() if isinstance(value, bytes) else value

    def _count_writes(self):
        """Return how many rows were written in this transaction, undone or not."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)"
            " FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()[0]

    # === The rule === #

    def test_each_model_of_the_club_has_the_guard(self):
        """And each of Odoo's own models to which the club adds a column."""
        without = [
            name
            for name, model in self.registry.items()
            if model._auto and not model._abstract
            if name.startswith("club.") or self._has_own_column(model)
            if not hasattr(model, "_get_guarded_names")
        ]
        self.assertFalse(
            without,
            "inherit club.record.mixin (ours), club.guard.mixin (Odoo's)",
        )

    @staticmethod
    def _has_own_column(model):
        fields = model._fields.values()
        return any(f.store and "crm_club" in f._modules[:1] for f in fields)

    def test_what_is_readonly_is_guarded(self):
        """Without exception: no field says `club_writable` today."""
        self.assertGreater(sum(map(len, self.fields.values())), 500)
        for model, found in self.fields.items():
            names = {field.name for field in found}
            self.assertEqual(names, self.env[model]._get_guarded_names(), model)

    def test_what_is_editable_is_not_guarded(self):
        """A field that is computed until somebody writes it, and one of Odoo's own."""
        for model, name in (
            ("club.tender.award", "bid_id"),
            ("club.program", "name"),
            ("crm.team", "user_id"),
            ("res.partner", "commercial_partner_id"),
            ("club.activity", "message_follower_ids"),
        ):
            self.assertNotIn(name, self.env[model]._get_guarded_names())

    def test_there_is_a_record_of_each_model(self):
        missing = self.fields.keys() - self.records.keys()
        self.assertFalse(missing, "add to rights_samples.py or _find_odoos_records")
        for model in self.fields:
            self.assertEqual(len(self.records[model].exists()), 1, model)

    # === Nobody writes it === #

    @mute_logger(*MUTED)
    def test_nobody_writes_it(self):
        """Neither on a record that is there nor with a new one."""
        through = []
        values = {
            field: self._get_value(field)
            for found in self.fields.values()
            for field in found
        }
        for role in ROLES:
            env = self._take_role(role)
            before = self._count_writes()
            for model, found in self.fields.items():
                for field in found:
                    if self._writes(env, model, {field.name: values[field]}):
                        through.append(f"{role}: {model}.{field.name}")
            self.assertEqual(self._count_writes(), before, role)
        self.assertFalse(through)

    def _writes(self, env, model, values):
        calls = (
            ("write", [self.records[model].ids, values]),
            ("web_save", [self.records[model].ids, values, {}]),
            ("create", [[{**self.required.get(model, {}), **values}]]),
        )
        for method, args in calls:
            try:
                call_kw(env[model], method, args, {"context": {**KEYS, **env.context}})
            except UserError:  # AccessError and ValidationError are some
                continue
            return True
        return False

    @mute_logger(*MUTED)
    def test_neither_door_lets_it_through(self):
        """Each model once through each door, as roles in turn."""
        models = [
            (model, found[number % len(found)])
            for number, (model, found) in enumerate(self.fields.items())
        ]
        self._keys = {}
        before, roles = self._read_all(), list(ROLES)
        for number, role in enumerate(roles):
            self._take_role(role)
            for turn, (door, send) in enumerate(
                (("call_kw", self._call_kw), ("json/2", self._call_json2))
            ):
                # Another role than the one that knocked at the other door.
                for model, field in models[(number + turn) % len(roles) :: len(roles)]:
                    record = self.records[model]
                    values = {field.name: self._get_value(field)}
                    kwargs = {"vals": values, "context": KEYS}
                    _found, error = send(self.user, model, "write", record.ids, kwargs)
                    self.assertIn(error, REFUSALS, (door, role, model, field.name))
        self.env.invalidate_all()
        self.assertEqual(self._read_all(), before)

    def _read_all(self):
        """Return what the fields of all records say."""
        return {
            model: self.records[model].sudo().read([field.name for field in found])
            for model, found in self.fields.items()
        }

    # === Nor any default === #

    def test_no_default_fills_it_in(self):
        """Neither the client's context nor a user's own default."""
        for role in ("Employee", "Officer"):
            env = self._take_role(role)
            for model, found in self.fields.items():
                names = [f.name for f in found if f.type not in ("one2many", "json")]
                forged = {f"default_{name}": 7 for name in names}
                defaults = env[model].sudo().with_context(**forged).default_get(names)
                taken = [name for name in names if defaults.get(name) == 7]
                self.assertFalse(taken, model)

    # === Our own methods do === #

    def test_an_open_lock_writes_it(self):
        program = self.records["club.program"].sudo()
        opened(program).ledger_checked_at = datetime(2026, 4, 1)
        self.assertEqual(program.ledger_checked_at, datetime(2026, 4, 1))

    def test_what_is_computed_still_follows(self):
        """Also when somebody without any right to write it makes it follow."""
        env = self._take_role("Admin")
        tier = self.records["club.tier"].with_env(env)
        self.assertEqual(tier.company_id, tier.group_id.program_id.company_id)
        alias = self.records["club.alias"].with_env(env)
        alias.name = "Ａｎｃｈｏｒ　Mills"
        self.env.flush_all()
        self.assertEqual(alias.key, "anchor mills")
