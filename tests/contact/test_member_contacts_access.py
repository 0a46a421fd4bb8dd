from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, freeze_time, tagged

from ..common import TODAY, ClubCommon
from .care_case import PERSONAL, SECRET, CareFixture, OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMemberContactsAccess(OutsidersMixin, CareFixture, TransactionCase):
    """Only those who look after an account know its people. Rules A8, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_outsiders()

    def test_those_who_look_after_the_account_read_and_write(self):
        for user in self.insiders:
            profile = self.profile.with_user(user)
            self.env.invalidate_all()
            self.assertIn(SECRET, profile.read(PERSONAL)[0]["diet"])
            profile.diet = f"{SECRET}: {user.login}"
            contact = self.contact.with_user(user)
            self.assertEqual(contact.club_profile_ids, profile)
            self.assertTrue(contact.club_is_cared_for)

    def test_whoever_stops_looking_after_it_stops_reading(self):
        self.account_a.club_manager_id = self.other_manager
        self.env.invalidate_all()
        self.assertFalse(self.profile.with_user(self.manager).has_access("read"))
        self.assertTrue(self.profile.with_user(self.other_manager).has_access("read"))

    def test_a_clerk_or_finance_as_manager_reads_as_a_manager(self):
        for user in (self.clerk, self.finance):
            self.account_a.club_manager_id = user
            self.env.invalidate_all()
            self.assertTrue(self.profile.with_user(user).has_access("read"), user.login)

    def test_a_lead_reads_below_his_unit_and_not_above(self):
        below = self.env["crm.team"].create(
            {
                "name": "Quay 2",
                "company_id": self.company.id,
                "parent_id": self.unit.id,
                "user_id": self.other_lead.id,
            }
        )
        self.assertFalse(self.profile.with_user(self.other_lead).has_access("read"))
        self.account_a.club_unit_id = below
        self.env.invalidate_all()
        self.assertTrue(self.profile.with_user(self.other_lead).has_access("read"))
        self.assertTrue(self.profile.with_user(self.lead).has_access("read"))

    def test_others_neither_read_nor_write(self):
        unknown = self._create_contact("Zhou Jie", self.account_a)
        for login, env in self._get_users():
            profile = self.profile.with_env(env)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(profile.has_access(operation), (login, operation))
            with self.assertRaises(AccessError, msg=login):
                profile.read(PERSONAL)
            with self.assertRaises(AccessError, msg=login):
                profile.consent_ids.read(["answer"])
            with self.assertRaises(AccessError, msg=login):
                env["club.contact.profile"].create(
                    {"contact_id": unknown.id, "company_id": self.company.id}
                )
            with self.assertRaises(AccessError, msg=login):
                env["club.contact.consent"].create(
                    {
                        "profile_id": self.profile.id,
                        "channel": "call",
                        "answer": "given",
                    }
                )

    # === Nor does it leak === #

    def _try(self, login, find):
        """Return what a user finds; nothing when he is refused."""
        self.env.invalidate_all()
        try:
            with self.cr.savepoint():
                return find()
        except AccessError:
            return None

    def test_searching_tells_nothing(self):
        """Not on profiles, and not through the contact or the account either."""
        partners = self.contact + self.account_a
        for term in (
            ("birthday_month", "=", "04"),
            ("birthday_day", "=", 18),
            ("is_birthday_month", "=", True),
            ("diet", "ilike", SECRET),
            ("note", "ilike", SECRET),
            ("interest_ids.name", "=", "Tea"),
            ("consent_call", "=", "given"),
            ("consent_ids.answer", "=", "refused"),
        ):
            self.assertTrue(
                self.env["club.contact.profile"].with_user(self.manager).search([term])
            )
            for path in ("club_profile_ids", "club_contact_profile_ids"):
                domain = [("id", "in", partners.ids), (path, "any", [term])]
                dotted = [
                    ("id", "in", partners.ids),
                    (f"{path}.{term[0]}", *term[1:]),
                ]
                for found in (domain, dotted):
                    mine = self.env["res.partner"].with_user(self.manager)
                    self.assertEqual(len(mine.search(found)), 1, found)
                    for login, env in self._get_users():
                        theirs = self._try(
                            login,
                            lambda env=env, found=found: env["res.partner"].search(
                                found
                            ),
                        )
                        self.assertFalse(theirs, (login, found))
            for login, env in self._get_users():
                theirs = self._try(
                    login,
                    lambda env=env, term=term: env["club.contact.profile"].search(
                        [term, ("contact_id", "=", self.contact.id)]
                    ),
                )
                self.assertFalse(theirs, (login, term))

    def test_a_negative_search_tells_nothing(self):
        """“Not born in April” is true of those of whom one knows nothing."""
        for login, env in self._get_users():
            for term in (("birthday_month", "=", "04"), ("birthday_month", "=", "05")):
                found = self._try(
                    login,
                    lambda env=env, term=term: env["res.partner"].search(
                        [
                            ("id", "=", self.contact.id),
                            ("club_profile_ids", "not any", [term]),
                        ]
                    ),
                )
                if found is not None:
                    self.assertEqual(found.ids, self.contact.ids, (login, term))

    def test_grouping_ordering_and_names_tell_nothing(self):
        for login, env in self._get_users():
            profiles = env["club.contact.profile"]
            groups = self._try(
                login,
                lambda profiles=profiles: profiles.formatted_read_group(
                    [], ["birthday_month", "interest_ids"], ["birthday_day:sum"]
                ),
            )
            self.assertFalse(groups, login)
            for order in ("birthday_day", "wechat desc"):
                found = self._try(
                    login,
                    lambda profiles=profiles, order=order: profiles.search(
                        [], order=order
                    ),
                )
                self.assertFalse(found, (login, order))
            found = self._try(
                login, lambda profiles=profiles: profiles.name_search("Li Ming")
            )
            self.assertFalse(found, login)

    def test_exports_hold_nothing(self):
        paths = ["name", "club_profile_ids/diet", "club_contact_profile_ids/wechat"]
        partners = self.contact + self.account_a
        exporters = self.env.ref("base.group_allow_export")
        for user in (self.manager, *self.outsiders):
            user.group_ids += exporters
        rows = partners.with_user(self.manager).export_data(paths)["datas"]
        self.assertIn(SECRET, str(rows))
        for login, env in self._get_users():
            rows = self._try(
                login,
                lambda env=env: partners.with_env(env).export_data(paths)["datas"],
            )
            self.assertNotIn(SECRET, str(rows), login)
            rows = self._try(
                login,
                lambda env=env: self.profile.with_env(env).export_data(PERSONAL),
            )
            self.assertNotIn(SECRET, str(rows), login)

    def test_partner_forms_hold_nothing(self):
        """The whole screen of the contact and of the account, as each role gets it."""
        for login, env in self._get_users():
            for partner in self.contact + self.account_a:
                theirs = partner.with_env(env)
                if not theirs.has_access("read"):
                    continue
                view = theirs.get_views([[False, "form"]])["models"]["res.partner"]
                spec = {name: {} for name in view["fields"] if "club" in name}
                for name in spec:
                    if theirs._fields[name].type == "one2many":
                        spec[name] = {"fields": {"display_name": {}}}
                read = theirs.web_read(spec)
                self.assertNotIn(SECRET, str(read), login)
                for name in ("club_profile_ids", "club_contact_profile_ids"):
                    self.assertFalse(read[0].get(name), (login, name))

    def test_writing_through_the_partner_is_refused(self):
        for login, env in self._get_users():
            for name in ("club_profile_ids", "club_contact_profile_ids"):
                partner = self.contact if name == "club_profile_ids" else self.account_a
                with self.assertRaises(AccessError, msg=login):
                    partner.with_env(env).write(
                        {name: [Command.update(self.profile.id, {"diet": "x"})]}
                    )
                    self.env.flush_all()

    def test_nothing_personal_is_told_in_the_chatter(self):
        """No change log, message, notice or mail: those have readers of their own."""
        # What setting up leaves to be told is told first.
        self.env.flush_all()
        self.cr.precommit.run()
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        followers = self.employee.partner_id + self.other_manager.partner_id
        for partner in self.contact + self.account_a:
            partner.message_subscribe(followers.ids)
        profile = self.profile.with_user(self.manager).with_context(
            tracking_disable=False
        )
        profile.write(
            {
                "birthday_day": 20,
                "diet": f"{SECRET} again",
                "wechat": f"{SECRET}-new",
                "consent_ids": [
                    Command.create({"channel": "visit", "answer": "given"})
                ],
            }
        )
        self.env.flush_all()
        self.cr.precommit.run()
        messages = self.env["mail.message"].search([("id", ">", before)])
        told = str(messages.mapped("body")) + str(
            messages.tracking_value_ids.mapped("new_value_char")
        )
        self.assertNotIn(SECRET, told)
        self.assertFalse(messages.tracking_value_ids)
        self.assertFalse(self.env["mail.mail"].search([("body_html", "ilike", SECRET)]))
        self.assertNotIn("message_ids", profile._fields)

    def test_files_of_a_profile_are_read_like_the_profile(self):
        paper = self.env["ir.attachment"].create(
            {
                "name": "portrait.txt",
                "raw": SECRET.encode(),
                "res_model": "club.contact.profile",
                "res_id": self.profile.id,
            }
        )
        self.assertTrue(paper.with_user(self.manager).raw)
        for login, env in self._get_users():
            with self.assertRaises(AccessError, msg=login):
                paper.with_env(env).read(["raw", "name"])
            found = env["ir.attachment"].search([("id", "=", paper.id)])
            self.assertFalse(found, login)

    def test_a_default_filter_or_export_template_shows_what_its_reader_may_see(self):
        """A filter shared by a manager is run with the rights of whoever uses it."""
        shared = self.env["ir.filters"].create(
            {
                "name": "Born in April",
                "model_id": "res.partner",
                "domain": "[('club_profile_ids.birthday_month', '=', '04')]",
                "user_ids": [],
            }
        )
        for login, env in self._get_users():
            theirs = env["ir.filters"].browse(shared.id)
            found = self._try(
                login,
                lambda env=env, theirs=theirs: env["res.partner"].search(
                    theirs._get_eval_domain()
                ),
            )
            self.assertFalse(found, login)

    def test_merging_contacts_brings_nothing_over(self):
        """Officers merge contacts; what is known stays with its account."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.colleague.email = self.contact.email
        both = self.contact + self.colleague
        with self.assertRaises(AccessError):
            target = self.colleague.with_user(self.other_lead)
            wizard.with_user(self.other_lead)._merge(both.ids, target)
        self.env.invalidate_all()
        target = self.colleague.with_user(self.officer)
        wizard.with_user(self.officer)._merge(both.ids, target)
        self.env.invalidate_all()
        self.assertEqual(self.profile.contact_id, self.colleague)
        self.assertEqual(self.profile.account_id, self.account_a)
        self.assertFalse(self.profile.with_user(self.other_lead).has_access("read"))
        self.assertTrue(self.profile.with_user(self.manager).has_access("read"))

    def test_accounts_are_not_merged_to_know_their_people(self):
        """The manager of what is left would know all of them."""
        self.account_b.email = self.account_a.email = "info@example.com"
        both = self.account_a + self.account_b
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaises(AccessError):
            target = self.account_b.with_user(self.other_lead)
            wizard.with_user(self.other_lead)._merge(both.ids, target)
        self.env.invalidate_all()
        self.assertEqual(self.profile.account_id, self.account_a)
        target = self.account_b.with_user(self.officer)
        wizard.with_user(self.officer)._merge(both.ids, target)
        self.env.invalidate_all()
        self.assertEqual(self.profile.account_id, self.account_b)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMemberContactsCompanies(CareFixture, ClubCommon):
    """A contact that two companies share has a profile for each. Rule A9."""

    def test_each_company_knows_its_own(self):
        self._set_up_care()
        other = self._create_club_company("Other Post")
        officer = self._create_user("officer", "both", self.company)
        officer.company_ids = self.company + other
        theirs = self.env["club.contact.profile"].create(
            {"contact_id": self.contact.id, "company_id": other.id, "diet": "Rice"}
        )
        for chosen, found in ((self.company, self.profile), (other, theirs)):
            mine = self.contact.with_user(officer).with_context(
                allowed_company_ids=chosen.ids
            )
            self.env.invalidate_all()  # each comes with a request of his own
            self.assertEqual(mine.club_profile_ids, found)
        # A manager is the account's in one company only.
        self.manager.company_ids = self.company + other
        mine = theirs.with_user(self.manager).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        self.assertFalse(mine.has_access("read"))
        mine = mine.with_context(allowed_company_ids=(other + self.company).ids)
        self.env.invalidate_all()
        self.assertFalse(mine.has_access("read"))
