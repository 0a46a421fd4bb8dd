import re
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools.misc import file_open

from ...models.activity.stages import INVITING
from ...models.record.lock import opened
from ..common import TODAY, ClubCommon
from ..survey.survey_case import SurveyFixture

LIST = {
    "kind": {},
    "name": {},
    "account_id": {"fields": {"display_name": {}}},
    "contact_id": {"fields": {"display_name": {}}},
    "tier_id": {"fields": {"display_name": {}}},
    "date_due": {},
    "days_late": {},
    "is_contact": {},
    "user_id": {"fields": {"display_name": {}}},
    "unit_id": {"fields": {"display_name": {}}},
}


class TodayCase(SurveyFixture, ClubCommon):
    """Needs of an account that has a manager, and of one that has none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activity()

    @classmethod
    def _create_needs(cls, *dues, account=None, **values):
        account = account or cls.account_a
        return cls.env["club.need"].create(
            [
                {
                    "name": f"Need due on {due}",
                    "account_id": account.id,
                    "date_due": due,
                    **values,
                }
                for due in dues
            ]
        )

    @classmethod
    def _create_inviting(cls, confirm_until):
        return cls._create_activity(
            "Spring Tea",
            stage=INVITING,
            date_begin=datetime(2026, 5, 8, 6),
            date_end=datetime(2026, 5, 8, 9),
            confirm_until=confirm_until,
        )

    def _get_today(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.manager
        return (
            self.env["club.today"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
        )

    def _list(self, user=None, domain=(), **kwargs):
        """Return what a list shows."""
        found = self._get_today(user).web_search_read(
            list(domain), LIST, order="date_due", **kwargs
        )
        return found["records"]

    def _names(self, user=None, domain=(), **kwargs):
        return [row["name"] for row in self._list(user, domain, **kwargs)]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestToday(TodayCase):
    """What is owed is listed where its document says so, and no longer. D3, D4, D16."""

    def test_late_things_stand_on_top_until_they_are_settled(self):
        """Late begins the day after a thing is due."""
        late, now, later = self._create_needs(
            TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=1)
        )
        rows = self._list()
        self.assertEqual(
            [(row["name"], row["days_late"]) for row in rows],
            [
                (f"See to “{late.display_name}”", 3),
                (f"See to “{now.display_name}”", 0),
                (f"See to “{later.display_name}”", 0),
            ],
        )
        self.assertEqual(
            self._names(domain=[("is_late", "=", True)]), [rows[0]["name"]]
        )
        late.result = "Came to nothing"
        late.with_user(self.manager).action_drop()
        self.assertEqual(
            self._names(), [rows[1]["name"], rows[2]["name"]], "no state of its own"
        )

    def test_each_kind_has_a_label_and_an_icon(self):
        """What a statement says it owes, what the list calls it, what stands beside."""
        labels = {*dict(self.env["club.today"]._fields["kind"].selection)}
        with file_open("crm_club/static/src/today/kind_icon.js") as script:
            listed = re.search(r"const ICONS = {(.*?)}", script.read(), re.DOTALL)
        self.assertEqual({*re.findall(r"^\s*(\w+):", listed[1], re.MULTILINE)}, labels)
        owed = {
            name: self._get_kinds_owed(name)
            for name in self.env["club.today"]._get_branch_models()
        }
        self.assertEqual([name for name, kinds in owed.items() if not kinds], [])
        self.assertEqual(set().union(*owed.values()), labels)

    def _get_kinds_owed(self, name):
        """Return the kinds that a model's statement has, as written in it."""
        model = self.env[name]
        query = self.env.cr.mogrify(model._get_today_sql()).decode()
        kinds = {*re.findall(r"'(\w+)'::varchar", query)}
        for chosen in re.findall(r"\bCASE\b((?:(?!\bCASE\b).)*?)AS kind", query, re.S):
            kinds |= {*re.findall(r"\b(?:THEN|ELSE) '(\w+)'", chosen)}
        if re.search(r"SELECT \w+\.id AS res_id, \w+\.kind\b", query):
            kinds |= {*dict(model._fields["kind"].selection)}
        return kinds

    def test_what_is_shown_is_read_from_its_own_models(self):
        """The page that is shown doesn't make all that everybody owes once more."""
        self._create_needs(TODAY)
        today = self._get_today()
        [row] = today.search([("kind", "=", "need")])
        found = {}
        for ids in (row.ids, [*row.ids, row.id + 256 * 7], [row.id + 1]):
            query = today._search([("id", "in", ids)]).select()
            found[len(ids), ids[0]] = query.code.count("::varchar AS res_model")
        self.assertEqual([*found.values()], [1, 1, 1])
        self.assertFalse(today.search([("id", "in", [row.id + 1])]))

    def test_ones_own_are_found_without_asking_whom_one_sees(self):
        today = self._get_today()
        mine = [("user_id", "=", self.manager.id)]
        self.assertNotIn("club_manager_id", self._get_rights(today, mine))
        self.assertIn("club_manager_id", self._get_rights(today, []))
        others = [("user_id", "=", self.officer.id)]
        self.assertIn("club_manager_id", self._get_rights(today, others))

    def _get_rights(self, today, domain):
        """Return what is asked of the rows themselves."""
        code = today._search(domain).select().code
        return "".join(re.findall(r'AS "club_today" WHERE (.*)', code))

    def test_this_week_ends_on_sunday(self):
        sunday = TODAY + timedelta(days=6 - TODAY.weekday())
        self._create_needs(TODAY - timedelta(days=1), TODAY, sunday)
        self._create_needs(sunday + timedelta(days=1))
        today = self._get_today()
        found = today.search([("is_this_week", "=", True)])
        self.assertEqual({*found.mapped("date_due")}, {TODAY, sunday})
        every = today.search([])
        self.assertEqual(every.filtered("is_this_week"), found)
        self.assertEqual(len(every.filtered("is_late")), 1)

    def test_a_guest_is_asked_by_the_manager_until_he_answers(self):
        """Rule C4: without a manager, by the lead of the unit."""
        activity = self._create_inviting(TODAY + timedelta(days=2))
        guest = self._create_guest(self.ann, activity, state="invited")
        guest.flush_recordset()
        [row] = self._list(domain=[("kind", "=", "guest")])
        self.assertIn("Ann", row["name"])
        self.assertIn("Spring Tea", row["name"])
        self.assertEqual(row["user_id"]["id"], self.manager.id)
        self.account_a.club_manager_id = False
        [row] = self._list(self.lead, [("kind", "=", "guest")])
        self.assertEqual(row["user_id"]["id"], self.lead.id)
        opened(guest).state = "confirmed"
        self.assertFalse(self._list(self.officer, [("kind", "=", "guest")]))

    def test_a_row_opens_its_document(self):
        need = self._create_needs(TODAY)
        row = self._get_today().search([("kind", "=", "need")])
        action = row.action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), (need._name, need.id))

    def test_a_row_is_found_by_its_id_and_only_there(self):
        self._create_needs(TODAY, TODAY + timedelta(days=1))
        today = self._get_today()
        rows = today.search([], order="date_due, id")
        for row in rows:
            self.assertEqual(today.search([("id", "=", row.id)]), row)
        self.assertEqual(today.search([("id", "in", rows.ids)]), rows)
        self.assertEqual(rows.exists(), rows)
        self.assertFalse(today.search([("id", "=", rows[0].id + 1)]))

    def test_pages_and_counts_agree_with_the_whole(self):
        """The first of each kind's branch are taken before all are put in order."""
        days = [TODAY + timedelta(days=number) for number in range(7)]
        self._create_needs(*days)
        activity = self._create_inviting(TODAY + timedelta(days=2))
        for contact in (self.ann, self.bob):
            self._create_guest(contact, activity, state="invited")
        today = self._get_today()
        for order in ("date_due, id", "account_id, id desc", "kind, date_due, id"):
            with self.subTest(order=order):
                whole = today.search([], order=order)
                self.assertEqual(len(whole), 9)
                pages = [
                    today.search([], order=order, limit=4, offset=offset).ids
                    for offset in (0, 4, 8)
                ]
                self.assertEqual(sum(pages, []), whole.ids)
        self.assertEqual(today.search_count([]), 9)
        self.assertEqual(today.search_count([], limit=5), 5)
        groups = today.formatted_read_group([], ["kind"], ["__count"])
        self.assertEqual(
            {group["kind"]: group["__count"] for group in groups},
            {"need": 7, "guest": 2},
        )

    def test_tiles_count_what_their_filters_list(self):
        self._create_needs(TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=20))
        self._create_needs(TODAY, account=self.account_b, owner_id=self.officer.id)
        activity = self._create_inviting(TODAY + timedelta(days=20))
        self._create_guest(self.ann, activity, state="invited")
        expected = {
            **{"late": 1, "week": 1, "guests": 1},
            **{"greetings": 0, "complaints": 0, "at_risk": 0},
        }
        self.assertEqual(self._get_today().get_tiles(), expected)
        self.assertEqual(self._get_today().get_tiles("all"), expected, "not others'")
        self.assertEqual(self._get_today(self.lead).get_tiles("unit"), expected)
        self.assertEqual(
            self._get_today(self.officer).get_tiles("all"), {**expected, "week": 2}
        )
        self.assertEqual(self._get_today(self.officer).get_tiles()["late"], 0)

    def test_the_menu_opens_on_what_is_ones_own(self):
        for user, scope in (
            (self.manager, "mine"),
            (self.lead, "unit"),
            (self.officer, "all"),
            (self.auditor, "all"),
        ):
            action = self._get_today(user).action_open_today()
            self.assertEqual(action["context"], {f"search_default_{scope}": 1})

    def test_a_bookmark_opens_it_as_the_menu_does(self):
        """The app's menu shows, too: it goes by the path of a menu's action."""
        for name, path in (
            ("club_today_menu", "club-today"),
            ("club_account_menu", "club-accounts"),
        ):
            menu = self.env.ref(f"crm_club.{name}")
            for user in (self.manager, self.officer, self.auditor):
                menus = self.env["ir.ui.menu"].with_user(user)
                found = menus.load_web_menus(debug=False)[menu.id]
                self.assertEqual(found["actionPath"], path)
                opened = menu.action.with_user(user).run()
                self.assertEqual(opened["type"], "ir.actions.act_window")
                self.assertFalse(opened["path"])

    def test_one_to_do_a_user_says_how_much_is_due(self):
        """It is brought in step each night, and gone when nothing is due."""
        late, now = self._create_needs(TODAY - timedelta(days=1), TODAY)
        self._create_needs(TODAY + timedelta(days=1))
        mails = self.env["mail.mail"].search_count([])
        for due, late_count in ((2, 1), (1, 0)):
            for _night in range(2):
                self._get_today()._cron_tell()
                self.assertRecordValues(
                    self._get_todos(self.manager),
                    [
                        {
                            "summary": f"Today: {due} due, {late_count} late",
                            "date_deadline": TODAY,
                            "res_model": False,
                        }
                    ],
                )
            late.result = "Came to nothing"
            if late.state == "open":
                late.action_drop()
        self.assertFalse(self._get_todos(self.officer))
        now.write({"date_due": TODAY + timedelta(days=1)})
        self._get_today()._cron_tell()
        self.assertFalse(self._get_todos(self.manager))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_each_is_told_his_own_figures_night_by_night(self):
        self._create_needs(TODAY, TODAY)
        self._create_needs(TODAY, owner_id=self.officer.id)
        for night in range(3):
            self._get_today()._cron_tell()
            for user, due in ((self.manager, 2), (self.officer, 1)):
                with self.subTest(night=night, user=user.login):
                    told = f"Today: {due} due, 0 late"
                    self.assertEqual(self._get_todos(user).mapped("summary"), [told])

    def _get_todos(self, user):
        self.env.flush_all()
        kind = self.env.ref("crm_club.mail_act_club_today")
        return self.env["mail.activity"].search(
            [("user_id", "=", user.id), ("activity_type_id", "=", kind.id)]
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTodayRights(TodayCase):
    """One's own, one's units', all; nobody writes; no other company's. Rule E2."""

    def test_who_reads_what(self):
        self._create_needs(TODAY)
        self._create_needs(TODAY, account=self.account_b, owner_id=self.officer.id)
        for user, count in (
            *((self.manager, 1), (self.lead, 1), (self.finance, 0)),
            *((self.officer, 2), (self.auditor, 2)),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._list(user)), count)
        employee = self._create_user(None, "club_nobody")
        with self.assertRaises(AccessError):
            self._list(employee)
        with self.assertRaises(AccessError):
            self._get_today(employee).get_tiles()

    def test_what_one_owes_for_anothers_account_is_ones_own(self):
        self._create_needs(TODAY, account=self.account_b, owner_id=self.finance.id)
        self.assertEqual(len(self._list(self.finance)), 1)
        self.assertFalse(self._list(self.manager))

    def test_of_ones_account_one_reads_what_others_owe(self):
        self._create_needs(TODAY, owner_id=self.officer.id)
        self.assertEqual(len(self._list(self.manager)), 1)
        self.assertFalse(self._list(self.manager, [("user_id", "=", self.manager.id)]))

    def test_a_hidden_row_opens_nothing(self):
        self._create_needs(TODAY, account=self.account_b, owner_id=self.officer.id)
        row = self._get_today(self.officer).search([])
        with self.assertRaises(AccessError):
            self._get_today(self.manager).browse(row.id).action_open_document()

    def test_nobody_writes(self):
        self._create_needs(TODAY)
        row = self._get_today(self.officer).search([])
        for call in (
            lambda: row.write({"date_due": TODAY}),
            lambda: row.create({"date_due": TODAY}),
            row.unlink,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_another_companys_is_out_of_reach(self):
        there = self._create_club_company("Island Post")
        self._create_program(there)
        officer = self._create_user("officer", "island_officer", there)
        self._create_needs(TODAY)
        self.assertFalse(self._list(officer))
        self.officer.company_ids = [Command.link(there.id)]
        today = self._get_today(self.officer)
        self.assertFalse(today.with_context(allowed_company_ids=there.ids).search([]))
        self.assertTrue(today.search([]))


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTodayQueries(TodayCase):
    """Opening it costs the same for more rows."""

    def _count(self, user, domain):
        counts = []
        for _warm_up in range(2):
            today = self._get_today(user)
            before = self.env.cr.sql_log_count
            found = today.web_search_read(domain, LIST)
            today.get_tiles("mine" if domain else "all")
            counts.append(self.env.cr.sql_log_count - before)
        return found["length"], counts[-1]

    def test_ten_rows_cost_what_two_hundred_do(self):
        cases = (
            (self.manager, [("user_id", "=", self.manager.id)]),
            (self.officer, []),
        )
        self._create_needs(*[TODAY] * 10, contact_id=self.ann.id)
        activity = self._create_inviting(TODAY)
        self._create_guest(self.ann, activity, state="invited")
        few = [self._count(*case) for case in cases]
        contacts = self.env["res.partner"].create(
            [{"name": f"Guest {n}", "parent_id": self.account_a.id} for n in range(40)]
        )
        for contact in contacts:
            self._create_guest(contact, activity, state="invited")
        self._create_needs(*[TODAY] * 150, contact_id=self.ann.id)
        many = [self._count(*case) for case in cases]
        self.assertEqual([length for length, _count in few], [11, 11])
        self.assertEqual([length for length, _count in many], [201, 201])
        self.assertEqual([count for _n, count in few], [count for _n, count in many])
