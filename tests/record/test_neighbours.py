"""What users of Odoo's own apps can't turn against the club, and what they still do."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import TODAY, ClubCommon
from ..guest.guest_case import GuestMixin
from .outsiders_case import OutsidersMixin


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestNeighbours(GuestMixin, OutsidersMixin, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()
        cls._set_up_outsiders("employee", "seller", "creator", "invoicer")
        cls.system = new_test_user(
            cls.env,
            "system",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _assert_refused(self, error, act):
        with self.assertRaises(error) as caught:
            act()
        self.env.invalidate_all()
        return str(caught.exception)

    # === By what revenue finds an account. Rule B15 === #

    def test_nobody_redirects_revenue_by_a_customer_code(self):
        users = [self.manager, self.clerk, self.lead, *self.outsiders.values()]
        for user in users:
            for account, ref in ((self.account_b, False), (self.account_a, "C-B")):
                own = account.with_user(user)
                for door in (
                    lambda own=own, ref=ref: own.write({"ref": ref}),
                    lambda own=own, ref=ref: own.web_save({"ref": ref}, {}),
                ):
                    with self.subTest(user=user.login, ref=ref):
                        self._assert_refused(AccessError, door)
        self.account_b.with_user(self.finance).ref = "C-B2"
        self.account_b.with_user(self.officer).ref = "C-B"
        # Who has no code or another company for it: theirs as ever.
        for name in ("seller", "creator", "invoicer"):
            partners = self.env["res.partner"].with_user(self.outsiders[name])
            partner = partners.create({"name": "New", "is_company": True, "ref": "N"})
            partner.write({"ref": "N2", "name": "New Ltd"})

    def test_who_looks_after_an_account_renames_it(self):
        """A file may give names only: those are its key, too."""
        for user in (self.outsiders["seller"], self.outsiders["rival"], self.manager):
            account = self.account_b.with_user(user)
            self._assert_refused(
                AccessError, lambda account=account: account.write({"name": "Beacon 2"})
            )
        for user in (self.manager, self.lead, self.finance, self.officer):
            self.account_a.with_user(user).name = f"Anchor Mills {user.login}"
        # As it is, and its people, everybody writes.
        seller = self.outsiders["seller"]
        self.account_b.with_user(seller).write({"name": "Beacon Foods", "phone": "1"})
        person = self.account_b.child_ids.with_user(seller).create(
            {"name": "Li Ming", "parent_id": self.account_b.id}
        )
        person.write({"name": "Li Min", "ref": "7"})

    # === Shared buttons and lists === #

    def test_buttons_for_others_are_shared_by_officers(self):
        """A shared one calls what its maker chose in the name of who clicks."""
        place = self.env.ref("crm_club.club_activity_action")
        other = self.env.ref("base.action_partner_form")
        actions = self.env["ir.embedded.actions"]
        values = {"name": "Details", "python_method": "action_sign"}
        for places in (
            {"parent_action_id": place.id, "parent_res_model": "club.activity"},
            {"parent_action_id": place.id, "parent_res_model": "res.partner"},
            {"parent_action_id": other.id, "parent_res_model": "club.activity"},
        ):
            for shared in (False, self.officer.id):
                self._assert_refused(
                    AccessError,
                    lambda v={**values, **places, "user_id": shared}: actions.with_user(
                        self.manager
                    ).create(v),
                )
        values |= {"parent_action_id": place.id, "parent_res_model": "club.activity"}
        mine = actions.with_user(self.manager).create(
            {**values, "user_id": self.manager.id}
        )
        self._assert_refused(AccessError, lambda: mine.write({"user_id": False}))
        shared = actions.with_user(self.officer).create({**values, "user_id": False})
        theirs = shared.with_user(self.manager)
        self._assert_refused(AccessError, lambda: theirs.write({"name": "X"}))
        self._assert_refused(AccessError, theirs.unlink)
        mine.unlink()
        # On others' lists it is Odoo's matter.
        actions.with_user(self.manager).create(
            {
                "name": "Mine",
                "parent_action_id": other.id,
                "parent_res_model": "res.partner",
                "action_id": other.id,
            }
        )

    # === Currency === #

    def test_what_the_club_has_counted_keeps_its_currency(self):
        """Odoo asks for journal items only; a file is imported without one."""
        usd = self.env.ref("base.USD")
        company = self.company.with_user(self.system)
        company.write({"currency_id": usd.id})
        company.write({"currency_id": self.env.ref("base.CNY").id})
        self._add_revenue(self.account_a, 60_000)
        told = self._assert_refused(
            UserError, lambda: company.write({"currency_id": usd.id})
        )
        self.assertIn("CNY", told)
        company.write({"currency_id": company.currency_id.id, "phone": "1"})

    # === Refusals tell nothing === #

    def test_a_refusal_names_no_guest_and_no_activity(self):
        """Asked first is whether one may write it at all. Rules C4, E2."""
        guest = self._seat(self._create_activity(), self._create_member_contacts(1))
        registration = guest.registration_id.with_user(self.outsiders["employee"])
        survey = self.env.ref("crm_club.club_survey")
        survey = survey.with_user(self.outsiders["employee"])
        for act in (
            lambda: registration.write({"email": "x@example.com"}),
            lambda: registration.event_id.write({"name": "X"}),
            lambda: survey.update_field_translations("access_mode", {}),
            survey.action_start_session,
            survey.action_end_session,
        ):
            told = self._assert_refused(AccessError, act)
            for name in (guest.contact_id.name, "Health lecture", "How Was It"):
                self.assertNotIn(name, told)
