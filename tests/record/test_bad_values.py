"""Values that no field can hold: one sentence, from one place. Issue 11."""

from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import LOG_ACCESS_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.record.values import CHECKS
from ..approval.rpc_case import DOORS, RpcCase
from ..attempts import Attempts
from ..common import TODAY
from .rights_case import RightsCase
from .rights_samples import COMPANY, OTHER, OWN

NAN, INFINITE = float("nan"), float("inf")
NUMBERS = (NAN, INFINITE, -INFINITE, 10**400, "1e999", "abc", [1], {"a": 1}, 1e16)
DAYS = ("0001-01-01", "10000-01-01", "1899-12-31", "infinity", "2026-02-30", 5, [1], {})
TEXTS = ("a\0b", "\ud800", ["a"], {"a": 1}, NAN)
RECORDS = ("abc", "1", -1, 2**31, 1.5, True, [1], {"a": 1})
# What JSON carries and a field of this type doesn't take.
BAD = {
    "integer": (2**31, -(2**31) - 1, 10**400, NAN, INFINITE, "abc", [1], {"a": 1}),
    "float": NUMBERS,
    "monetary": NUMBERS,
    "boolean": ([1], {"a": 1}),
    "char": TEXTS,
    "text": TEXTS,
    "html": TEXTS,
    "date": DAYS,
    "datetime": (*DAYS, "9999-12-31 23:59:59"),
    "binary": ("Q", "€", [1], {"a": 1}, 5),
    "image": ("Q", "€", [1], {"a": 1}, 5),
    "selection": ("bogus", 5, [1], {"a": 1}),
    "many2one": RECORDS,
    "many2one_reference": RECORDS,
    "reference": ("abc", "res.partner,x", "no.model,1", 5, [1], {"a": 1}),
    "one2many": ("abc", 5, {"a": 1}, [["a"]], [[9]], [[0]], [[1, "a", {}]], [{}]),
    "many2many": (
        "abc",
        5,
        {"a": 1},
        [[4]],
        [[6, 0, 5]],
        [[6, 0, ["a"]]],
        [[4, 2**40]],
    ),
}
MUTED = ("odoo.sql_db", "odoo.http", "odoo.addons.base.models.ir_rule")
MAGIC = {"id", *LOG_ACCESS_COLUMNS}


class _Undo(Exception):
    """Takes back what went through."""


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestBadValues(RightsCase, HttpCase):
    """Each field of each model of the club, and the club's fields on Odoo's models."""

    _call_kw = RpcCase._call_kw
    _call_json2 = RpcCase._call_json2
    _caller = None

    @classmethod
    def _get_places(cls):
        return [p for p in super()._get_places() if p.name in (OWN, OTHER, COMPANY)]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = {
            model: places[OWN].sudo(False) for model, places in cls.samples.items()
        }
        cls.user.group_ids += cls.env.ref("crm_club.crm_club_group_officer")

    def _get_fields(self, model):
        return [
            field
            for field in self.env[model]._fields.values()
            if field._module == "crm_club" and field.name not in MAGIC
            if not field.readonly and not (field.compute and not field.store)
        ]

    def test_each_type_of_field_has_bad_values_here(self):
        types = {
            field.type for model in self.records for field in self._get_fields(model)
        }
        self.assertLessEqual(types, BAD.keys() | {"json"})
        self.assertEqual(CHECKS.keys(), BAD.keys())

    @mute_logger(*MUTED)
    def test_each_field_refuses_them(self):
        """Whatever our models do with values before they hand them on."""
        tracebacks, accepted, tried = [], [], 0
        attempts = self.enterContext(Attempts(self.env.cr))
        for model, record in self.records.items():
            for field in self._get_fields(model):
                for value in BAD.get(field.type, ()):
                    if self._is_fine(field, value):
                        continue
                    for call in ("write", "create", "onchange"):
                        if self._is_parent(call, field, value):
                            continue
                        tried += 1
                        told = f"{call} {model}.{field.name} = {value!r:.60}"
                        error = self._try(attempts, call, record, {field.name: value})
                        if error is None:
                            accepted.append(told)
                        elif not isinstance(error, UserError):
                            tracebacks.append(f"{told}: {error!r:.120}")
        self.assertGreater(tried, 3000)
        self.assertFalse(tracebacks, "\n".join(tracebacks))
        self.assertFalse(accepted, "\n".join(accepted))

    @staticmethod
    def _is_fine(field, value):
        """Tell whether this field takes it: translations come by language."""
        return field.translate and isinstance(value, dict)

    @staticmethod
    def _is_parent(call, field, value):
        """Tell whether it may be what stands in the form of a line's document."""
        is_link = call == "onchange" and field.type == "many2one"
        return is_link and isinstance(value, dict)

    def _try(self, attempts, call, record, values):
        records = record.sudo()
        calls = {
            "write": ("write", [record.ids, values]),
            "create": ("create", [[values]]),
            "onchange": ("onchange", [[], values, list(values), {}]),
        }
        method, args = calls[call]
        try:
            with attempts.attempt():
                call_kw(records.browse(), method, args, {})
                self.env.flush_all()
                raise _Undo
        except _Undo:
            return None
        except Exception as error:  # noqa: BLE001 what kind it is, is the question
            return error

    def test_the_sentence_names_field_and_model(self):
        program, activity = (
            self.records[model].sudo() for model in ("club.program", "club.activity")
        )
        for record, name, value, sentence in (
            (
                activity,
                "headcount",
                2**31,
                "Guest Seats of Activity takes a whole number below 2,147,483,648, "
                "not 2147483648.",
            ),
            (
                activity,
                "theme",
                "a\0b",
                r"Theme of Activity takes a text that can be stored, not 'a\x00b'.",
            ),
            (
                activity,
                "date_begin",
                "0001-01-01 10:00:00",
                "Begins of Activity takes a day between the years 1900 and 2999, not "
                "'0001-01-01 10:00:00'.",
            ),
            (
                program,
                "date_start",
                "10000-01-01",
                "Earning Since of Club Program takes a day between the years 1900 and "
                "2999, not '10000-01-01'.",
            ),
        ):
            with self.assertRaises(ValidationError) as caught:
                record.write({name: value})
            self.assertEqual(str(caught.exception), sentence)

    def test_a_line_says_so_when_its_document_creates_it(self):
        activity = self.records["club.activity"].sudo()
        with self.assertRaisesRegex(ValidationError, "takes a number below"):
            activity.write({"cost_ids": [Command.create({"amount": NAN})]})

    def test_what_fits_is_taken(self):
        """As clients and spreadsheets send it."""
        activity = self.records["club.activity"].sudo()
        activity.write(
            {
                "theme": "Tea, “客户”",
                "headcount": "12",
                "date_begin": datetime(2026, 5, 1, 2),
                "date_end": "2026-05-01 05:00:00",
                "user_id": False,
            }
        )
        self.assertEqual((activity.theme, activity.headcount), ("Tea, “客户”", 12))

    def test_our_fields_on_odoos_models_as_well(self):
        account = self.account_a
        for name, value in (
            ("club_manager_id", "abc"),
            ("club_unit_id", {"a": 1}),
        ):
            with self.assertRaisesRegex(ValidationError, "takes records by their ids"):
                account.write({name: value})

    @mute_logger(*MUTED)
    def test_both_doors_answer_in_words(self):
        """What a JSON parser lets through, among it NaN and Infinity."""
        self._keys = {}
        for door in DOORS:
            send = {"call_kw": self._call_kw, "json/2": self._call_json2}[door]
            for model, name, value in (
                ("club.activity.expense", "amount", NAN),
                ("club.activity.cost", "amount", 10**400),
                ("club.activity.cost", "amount", [1]),
                ("club.activity", "theme", "a\0b"),
                ("club.activity", "headcount", 2**31),
                ("club.activity", "date_begin", "0001-01-01 10:00:00"),
            ):
                ids = self.records[model].ids
                _found, error = send(
                    self.user, model, "write", ids, {"vals": {name: value}}
                )
                self.assertEqual(
                    error, "odoo.exceptions.ValidationError", (door, model, value)
                )

    # === What failed before it came to values === #

    def test_each_form_opens_empty(self):
        """Rule D11 and C5: banquets and guests to ask failed with nothing filled in."""
        faults = []
        for model in self.records:
            documents = self.env[model].sudo()
            names = [f for f in documents._fields if f not in MAGIC]
            spec = {name: {} for name in names}
            links = {
                field.name: self.env[field.comodel_name].sudo().search([], limit=1).id
                for field in self._get_fields(model)
                if field.type == "many2one"
            }
            for values in ({}, *({name: key} for name, key in links.items())):
                try:
                    documents.onchange(values, list(values), spec)
                except UserError:
                    continue
                except Exception as error:  # noqa: BLE001 as above
                    faults.append(f"{model} {values}: {error!r:.150}")
        self.assertFalse(faults, "\n".join(faults))

    def test_a_form_is_of_one_record(self):
        banquets = self.env["club.banquet"].browse([1, 2])
        with self.assertRaisesRegex(UserError, "Choose one record of Banquet"):
            banquets.onchange({}, [], {})

    def test_to_dos_are_scheduled_where_they_show(self):
        """Refused in words on a booking; an activity has them."""
        for model, shows in (
            ("club.benefit.booking", False),
            ("club.venue.booking", False),
            ("club.points.entry", False),
            ("club.activity", True),
        ):
            values = {
                "res_model_id": self.env["ir.model"]._get_id(model),
                "res_id": self.records[model].id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "user_id": self.colleague.id,
            }
            if shows:
                self.assertTrue(self.env["mail.activity"].create(values))
                continue
            with self.assertRaisesRegex(ValidationError, "has no to-dos"):
                self.env["mail.activity"].create(values)
