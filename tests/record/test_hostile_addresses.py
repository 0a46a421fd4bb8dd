"""The module's own addresses, asked by everybody and with anything."""

import base64
import io
import json
from urllib.parse import urlencode

import openpyxl

from odoo import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..activity.activity_case import ActivityMixin
from ..common import TODAY, ClubFixture
from ..worth.take_on_case import make_sheet

# Beyond these nothing is an answer: 500 would be a traceback.
ANSWERS = {200, 303, 400, 403, 404, 405, 422}
QUIET = (
    "odoo.http",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.domains",
)
IDS = (
    *("1e400", "9" * 25, "9" * 5000, "-1", "--", "0-" + "9" * 30, "2-1", "1,", "1.5"),
    *("٣", "１", " 1", "\0", "1 OR 1=1", "1;DROP TABLE res_users", "[1]", "null"),
    *("1," * 1500 + "1", "'", "%s", "1)", "1-2-3"),
)
DOMAINS = (
    *("null", "1", '"x"', "{}", "[]", "[1]", "[[1]]", "[[]]", '["&"]', '["!"]'),
    *('["|", 1]', '["&", ["id", "=", 1]]', "[" * 3000, "[null]", "[[null,null,null]]"),
    *('[["id","=","x"]]', '[["id","in","x"]]', '[["id","in",["x"]]]'),
    *('[["id","in",[1e400]]]', '[["id","=",NaN]]', '[["id",">",1e308]]'),
    *(f'[["id","=",{"9" * 30}]]', f'[["id","in",[{"9" * 30}]]]'),
    *('[["id","=",{"a":1}]]', '[["id","in",[[1]]]]', '[["id","in",{"a":1}]]'),
    *('[["id","any",[["id","=","x"]]]]', '[["id","inselect",["SELECT 1",[]]]]'),
    *('[["account_id","any!",[]]]', '[["account_id","any",1]]'),
    *('[["account_id","child_of",["x"]]]', '[["account_id","child_of",{}]]'),
    *('[["account_id.name","=",[1]]]', '[["account_id.name","=","\\ud800"]]'),
    *('[["account_id.name","ilike","\\u0000"]]', '[["account_id.name","ilike",1]]'),
    *('[["account_id.name","=",{"a":1}]]', '[["account_id.nothing","=",1]]'),
    *('[["date_from",">","soon"]]', '[["date_from","=",[]]]'),
    *('[["date_from",">","0000-01-01"]]', '[["date_from","<","99999-01-01"]]'),
    *('[["date_from",">","today +9999999y"]]', '[["date_from",">",true]]'),
    *('[["create_uid.password","like","x"]]', '[["create_uid.login","=~","x"]]'),
    *('[["status","in",[1,[2]]]]', '[["status","=",{"a":1}]]', '[["status","<",1]]'),
    *('[["tier_id","=",true]]', '[["tier_id","=",1.5]]', '[["id; DROP","=",1]]'),
    *('[["date_from.month_number","=","x"]]', '[["__class__","=",1]]'),
)
DAYS = (
    *("soon", "0001-01-01", "9999-12-31", "2026-02-30", "99999-01-01", "0000-00-00"),
    *("2026-01-01'; --", "\0", "2026-W01", "-2026-01-01", "１９９９-01-01", "9" * 999),
)
COMPANIES = ("0", "-1", "1-", "a", "9" * 12, "9" * 5000, "1,2", "--", "1-1", "%s", "\0")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHostileAddresses(ActivityMixin, ClubFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._add_revenue(cls.account_a, 60_000)
        case = cls("_set_up_documents")
        case._set_up_documents()

    def _set_up_documents(self):
        cls = type(self)
        self._post_run()
        cls.other_company = self._create_club_company("Upland Post")
        cls.users = {
            "portal": new_test_user(self.env, "portal_one", "base.group_portal"),
            "employee": self._create_employee("plain_employee"),
            "other_manager": self._create_user("user", "other_manager"),
            "elsewhere": self._create_user(
                "officer", "officer_elsewhere", self.other_company
            ),
            "manager": self.manager,
            "clerk": self.clerk,
            "lead": self.lead,
            "finance": self.finance,
            "officer": self.officer,
            "auditor": self.auditor,
        }
        requalification = self.env["club.requalification"].create(
            {
                "program_id": self.program.id,
                "date_from": "2026-12-01",
                "date_to": "2027-12-31",
            }
        )
        requalification.action_prepare()
        self._set_up_activities()
        what_if = self.env["club.what.if"].with_user(self.officer)
        what_if = what_if.create({"program_id": self.program.id})
        what_if.action_compute()
        plan = cls.env["club.plan"].create({"company_id": cls.company.id})
        plan._set_opening("Test")
        activity = self._approve(1)
        cls.sources = {
            "roster": self.account_a.club_membership_ids,
            "statement": self.account_a,
            "rate_book": self.program,
            "requalification": requalification,
            "what_if": what_if,
            "plan": plan,
            "activities": activity,
            "guest_list": activity,
            "satisfaction": activity,
            **self._make_care(),
            "take_on": self._make_take_on(),
            **self._make_given(),
        }
        self.env.flush_all()

    def _make_given(self):
        """Return gifts of the manager's account, a voucher that is out, and what the
        officer asked of managers.
        """
        gifts = (
            self.env["club.gift.list"]
            .with_user(self.manager)
            .create(
                {
                    "purpose": "Feast",
                    "gift_ids": [
                        Command.create({"account_id": self.account_a.id, "item": "Tea"})
                    ],
                }
            )
        )
        batch = self.env["club.voucher.batch"].create(
            {
                "partner_id": self.account_a.id,
                "subject": "Parcel",
                "quantity": 1,
                "date_from": TODAY,
                "date_to": TODAY,
            }
        )
        batch.action_issue()
        vouchers = self.env["club.voucher"].search([("batch_id", "=", batch.id)])
        report = self.env["club.manager.report"].with_user(self.officer).create({})
        year = self.env["club.year.report"].with_user(self.officer).create({})
        self.env["club.figure.year"]._refresh(self.company, year.year)
        return {
            **{"gifts": gifts, "vouchers": vouchers},
            **{"managers": report, "year": year},
        }

    def _make_care(self):
        """Return what account care's spreadsheets are of: the manager's account."""
        logs = self.env["club.contact.log"].with_user(self.manager)
        log = logs.create({"account_id": self.account_a.id, "conversation": "Rates"})
        contact = self.env["res.partner"].create(
            {"name": "Li", "parent_id": self.account_a.id, "phone": "+86 138 0013 8000"}
        )
        self.env["club.contact.profile"].create(
            {
                "contact_id": contact.id,
                "consent_ids": [Command.create({"channel": "sms", "answer": "given"})],
            }
        )
        occasion = self.env["club.occasion"].create(
            {
                "name": "Feast",
                "kind": "set",
                "owner_level": "head",
                "text": "{account}",
                "day_ids": [Command.create({"date": TODAY})],
            }
        )
        greeting = self.env["club.greeting"].create(
            {"occasion_id": occasion.id, "date": TODAY}
        )
        greeting.action_prepare()
        return {
            "contact_log": log,
            "visit_record": log,
            "greeting": greeting.line_ids,
        }

    def _make_take_on(self):
        sheet = make_sheet(accounts=[{"name": "Li", "unit": "Nowhere"}])
        return self.env["club.take.on"].create(
            {"program_id": self.program.id, "file": base64.b64encode(sheet)}
        )

    @mute_logger(*QUIET)
    def _get(self, path, /, **query):
        """Return the answer to an address, which is never a traceback."""
        address = f"/crm_club/{path}?{urlencode(query, errors='surrogatepass')}"
        answer = self.url_open(address, allow_redirects=False)
        told = (address[:200], answer.status_code)
        self.assertIn(answer.status_code, ANSWERS, told)
        self.assertNotIn("Traceback", answer.text[:100_000], told)
        return answer

    def _login(self, name):
        user = self.users.get(name)
        self.authenticate(user and user.login, user and user.login)

    def _names(self, answer):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return {
            cell
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
            for cell in row
        }

    def test_each_role_gets_what_it_may_read_and_nothing_else(self):
        """By role and spreadsheet: what is answered to the records' ids."""
        kinds = set(self.env["club.xlsx"]._get_builders())
        self.assertEqual(set(self.sources), kinds)
        # Roster, statement, rate book, requalification, what-if (the officer's own);
        # plan in effect, and three of an activity that takes place: for the whole club;
        # a contact (two papers) and a greeting of the manager's account; a take-on;
        # a list of gifts of the manager's account; codes of vouchers, for the printer;
        # the managers' month (the officer's own).
        # 422 says in one sentence that there is nothing to export.
        for role, expected in {
            None: (*17 * (303,),),
            "portal": (403, 422, *15 * (403,)),
            "employee": (*17 * (403,),),
            "other_manager": (
                422,
                403,
                200,
                422,
                403,
                *4 * (200,),
                *4 * (422,),
                200,
                *2 * (422,),
                403,
            ),
            "elsewhere": (*17 * (422,),),
            "manager": (*3 * (200,), 422, 403, *7 * (200,), 422, 200, *2 * (422,), 403),
            "finance": (
                422,
                200,
                200,
                422,
                422,
                *4 * (200,),
                *4 * (422,),
                200,
                403,
                *2 * (422,),
            ),
            "auditor": (
                *(*4 * (200,), 403, *6 * (200,), 403),
                *(200, 200, 403, *2 * (422,)),
            ),
            "officer": (*17 * (200,),),
        }.items():
            self._login(role)
            found = []
            for kind, records in self.sources.items():
                answer = self._get(f"xlsx/{kind}", ids=",".join(map(str, records.ids)))
                found.append(answer.status_code)
                if answer.status_code == 200:
                    self.assertTrue(self._may_read(role, records), (role, kind))
            self.assertEqual(tuple(found), expected, role)

    def test_without_ids_others_accounts_stay_out(self):
        for role in ("other_manager", "elsewhere", "manager"):
            self._login(role)
            for query in ({}, {"domain": "[]"}, {"cids": self.company.id}):
                answer = self._get("xlsx/roster", **query)
                if answer.status_code == 200:
                    self.assertEqual(role, "manager")
                    self.assertNotIn(self.account_b.name, self._names(answer))

    def test_the_template_is_for_those_who_upload(self):
        for role, status in (
            (None, 303),
            ("portal", 403),
            ("employee", 403),
            ("manager", 403),
            ("auditor", 403),
            ("clerk", 200),
            ("finance", 200),
        ):
            self._login(role)
            answer = self._get("revenue/template", **{"x": "1", "env": "2"})
            self.assertEqual(answer.status_code, status, role)

    def _may_read(self, role, records):
        user = self.users[role]
        records = records.with_user(user).with_context(allowed_company_ids=None)
        return records.has_access("read")

    def test_anything_instead_of_ids(self):
        self._login("officer")
        for kind in self.sources:
            for ids in IDS:
                with self.subTest(kind, ids=ids[:40]):
                    self._get(f"xlsx/{kind}", ids=ids)

    def test_anything_instead_of_a_domain(self):
        self._login("manager")
        for domain in DOMAINS:
            with self.subTest(domain[:60]):
                answer = self._get("xlsx/roster", domain=domain)
                if answer.status_code == 200:
                    self.assertNotIn(self.account_b.name, self._names(answer))

    def test_anything_instead_of_days_and_companies(self):
        self._login("officer")
        for day in DAYS:
            for name in ("date_from", "date_to"):
                with self.subTest(day[:40], name=name):
                    query = {"ids": self.account_a.id, name: day}
                    self._get("xlsx/statement", **query)
            with self.subTest(day[:40]):
                self._get("xlsx/rate_book", date=day)
        for companies in COMPANIES:
            with self.subTest(companies[:40]):
                self._get("xlsx/roster", cids=companies)

    def test_unknown_parts_and_methods(self):
        self._login("officer")
        for path in ("nothing", "a/b", "..%2f", "%00", "roster%0d%0aX:1", "r" * 5000):
            self.assertIn(self._get(f"xlsx/{path}").status_code, {400, 404})
        ids = self.account_a.id
        for option in ("program", "records", "book", "on", "kind", "context"):
            self._get("xlsx/statement", **{"ids": ids, option: "1"})
            self._get("xlsx/rate_book", **{option: "1"})
        with mute_logger(*QUIET):
            for path in ("xlsx/roster", "revenue/template"):
                for method in ("PUT", "DELETE", "PATCH", "POST"):
                    answer = self.opener.request(
                        method, self.base_url() + f"/crm_club/{path}", data="x"
                    )
                    self.assertIn(answer.status_code, {400, 405}, (path, method))
        self._get("xlsx/roster", ids=json.dumps({"a": 1}))
