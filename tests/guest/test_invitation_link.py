import re
from datetime import datetime, timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.guest.invitation_link import (
    ACCEPT,
    ANSWERS,
    DECLINE,
    GuestAnswer,
    find_by_token,
)
from ..common import TODAY, ClubCommon, ClubFixture
from .guest_case import GuestMixin


class LinkMixin(GuestMixin):
    @classmethod
    def _set_up_link(cls):
        cls._set_up_guests()
        cls._make_member(cls.account_a)
        cls.account_a.write({"club_manager_id": cls.manager.id})
        [cls.person, cls.other] = cls._create_contacts(cls.account_a, 2)
        cls.activity = cls._create_activity(place="Tea house")
        cls.guest = cls._invite(cls.activity, cls.person)

    def _share(self, guest=None, user=None):
        guest = (guest or self.guest).with_user(user or self.manager)
        guest.action_share()
        return guest.sudo().token


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInvitationLink(LinkMixin, ClubCommon):
    """Rule C4: a guest answers by a link that nobody else can have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_link()

    def _answer(self, token, answer, at=None):
        guest = find_by_token(self.env["club.invitation"], token)
        with freeze_time(at or fields.Datetime.now()):
            GuestAnswer(guest).give(answer)

    # === As a picture === #

    def test_the_picture_is_a_card(self):
        """To what, when, where, whom, and the code: enough without the text."""
        title = "A lecture on health, which has a title of many words"
        self.activity._write_guarded({"theme": title})
        guest = self.guest.with_user(self.manager)
        guest.action_share()
        drawing = etree.fromstring(guest.link_card)
        lines = [node.text for node in drawing.iter("{*}text")]
        for text in (self.company.name, self.person.name, "Tea house", "Begins"):
            self.assertIn(text, lines)
        self.assertIn(self.activity.theme, " ".join(lines))
        self.assertTrue(any("2026" in line for line in lines))
        [code] = drawing.iter("{*}image")
        self.assertTrue(code.get("href").startswith("data:image/png;base64,"))
        # All of it below each other, inside.
        places = [int(node.get("y")) for node in drawing.iter("{*}text")]
        self.assertLess(max(places), int(drawing.get("height")))
        self.assertEqual(guest.link_card_name, f"{self.person.name}.png")

    def test_what_a_guest_is_called_is_text_on_his_card(self):
        self.person.name = "<script>alert('x')</script>"
        guest = self.guest.with_user(self.manager)
        guest.action_share()
        self.assertFalse([*etree.fromstring(guest.link_card).iter("{*}script")])

    # === Who has it === #

    def test_whoever_answers_for_the_guest_forwards_it(self):
        for user in (self.manager, self.lead, self.officer):
            with self.subTest(user=user.login):
                guest = self.guest.with_user(user)
                action = guest.action_share()
                self.assertEqual(action["res_id"], guest.id)
                self.assertRegex(guest.link, r"/club/i/[\w-]{24}$")
                self.assertIn(guest.link, guest.link_text)
                self.assertTrue(guest.link_code)
        self.assertEqual(len({self._share(), self._share()}), 1)

    def test_nobody_else_has_it(self):
        """Not who may read the guest, nor by any field, filter or group."""
        token = self._share()
        stranger = self._create_user("user", "far_away")
        for user in (stranger, self.clerk, self.auditor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._share(user=user)
        guest = self.guest.with_user(self.auditor)
        self.assertEqual(
            guest.read(["link", "link_text", "link_code", "link_card"])[0],
            {
                **{"id": guest.id, "link": False, "link_text": False},
                **{"link_code": False, "link_card": False},
            },
        )
        for user in (self.auditor, self.manager, self.officer):
            guests = self.env["club.invitation"].with_user(user)
            for attack in (
                lambda guests=guests: guests.browse(self.guest.id).read(["token"]),
                lambda guests=guests: guests.search([("token", "=", token)]),
                lambda guests=guests: guests.search([("token", "=like", "A%")]),
                lambda guests=guests: guests.search([], order="token"),
                lambda guests=guests: guests.formatted_read_group([], ["token"]),
                lambda guests=guests: guests.browse(self.guest.id).export_data(
                    ["token"]
                ),
                lambda guests=guests: guests.browse(self.guest.id).write(
                    {"token": "a" * 24}
                ),
            ):
                with self.assertRaises(Exception) as caught:  # noqa: B017
                    attack()
                self.assertIsInstance(caught.exception, (UserError, ValueError))
        self.assertEqual(self.guest.sudo().token, token)

    def test_another_link_takes_its_place(self):
        before = self._share()
        self.guest.with_user(self.manager).action_renew_link()
        guests = self.env["club.invitation"]
        self.assertFalse(find_by_token(guests, before))
        self.assertEqual(find_by_token(guests, self.guest.sudo().token), self.guest)
        with self.assertRaises(AccessError):
            self.guest.with_user(self.auditor).action_renew_link()

    def test_only_of_guests_who_may_still_answer(self):
        proposed = (
            self.env["club.invitation"]
            .with_user(self.officer)
            .create({"activity_id": self.activity.id, "contact_id": self.other.id})
        )
        with self.assertRefused(UserError, "can't answer by a link"):
            proposed.action_share()
        last = self.activity.confirm_until
        for day, is_open in ((last, True), (last + timedelta(days=1), False)):
            with self.subTest(day=day), freeze_time(f"{day} 03:00"):
                if is_open:
                    self._share()
                else:
                    with self.assertRefused(UserError, "can't answer by a link"):
                        self._share()

    def test_who_is_forgotten_has_none(self):
        token = self._share()
        self.env["club.invitation"]._forget_persons([self.person.id])
        self.assertFalse(find_by_token(self.env["club.invitation"], token))

    # === What it does === #

    def test_accepted_and_declined_by_the_guest(self):
        token = self._share()
        self._answer(token, ACCEPT)
        self.assertEqual(self.guest.state, "confirmed")
        self.assertEqual(self.guest.registration_id.state, "open")
        self.assertRecordValues(
            self.guest, [{"is_own_answer": True, "answered_by_id": False}]
        )
        bodies = "".join(self.guest.message_ids.mapped("body"))
        self.assertIn("by the link of the invitation", bodies)
        told = self.env["mail.message"].search(
            [
                ("model", "=", self.guest._name),
                ("res_id", "=", self.guest.id),
                ("notified_partner_ids", "in", self.manager.partner_id.ids),
            ]
        )
        self.assertEqual(told.mapped("subject"), [f"{self.person.name} has answered"])
        self._answer(token, DECLINE)
        self.assertEqual(self.guest.state, "declined")
        self._answer(token, ACCEPT)
        self.assertEqual(self.guest.state, "confirmed")
        self.guest.with_user(self.manager).action_decline()
        self.assertRecordValues(
            self.guest, [{"is_own_answer": False, "answered_by_id": self.manager.id}]
        )

    def test_said_twice_is_said_once(self):
        token = self._share()
        self._answer(token, ACCEPT)
        count = len(self.guest.message_ids)
        self._answer(token, ACCEPT)
        self.assertEqual(len(self.guest.message_ids), count)
        for odd in ("", None, "attended", "cancel", ["accept"], 1):
            self._answer(token, odd)
        self.assertEqual(self.guest.state, "confirmed")

    def test_nobody_floods_the_account_manager(self):
        """So many changes of mind, each of them told, and no more on this link."""
        token = self._share()
        for number in range(ANSWERS):
            self._answer(token, DECLINE if number % 2 else ACCEPT)
        self.assertEqual(self.guest.state, "declined")
        count = len(self.guest.message_ids)
        self._answer(token, ACCEPT)
        self.assertEqual(self.guest.state, "declined")
        self.assertEqual(len(self.guest.message_ids), count)
        self.assertFalse(GuestAnswer(self.guest.sudo()).show("en_US")["may_accept"])
        # Who answers for the guest still does, and may give him another link.
        self.guest.with_user(self.manager).action_renew_link()
        self._answer(self.guest.sudo().token, ACCEPT)
        self.assertEqual(self.guest.state, "confirmed")

    def test_who_finds_no_seat_waits(self):
        self.activity._write_guarded({"headcount": 1})
        self._seat(self.activity, self.other)
        self._answer(self._share(), ACCEPT)
        self.assertEqual(self.guest.state, "waiting")

    def test_until_the_deadline(self):
        token, last = self._share(), self.activity.confirm_until
        # 23:59 and 00:00 in China
        late = datetime.combine(last, datetime.min.time()).replace(hour=15, minute=59)
        with self.assertRefused(UserError, "isn't open any more"):
            self._answer(token, ACCEPT, at=late + timedelta(minutes=1))
        self.assertEqual(self.guest.state, "invited")
        self._answer(token, ACCEPT, at=late)
        self.assertEqual(self.guest.state, "confirmed")
        with self.assertRefused(UserError, "isn't open any more"):
            self._answer(token, DECLINE, at=late + timedelta(minutes=1))

    def test_not_of_what_is_cancelled(self):
        token = self._share()
        self.guest.with_user(self.officer).action_cancel()
        for answer in (ACCEPT, DECLINE):
            with self.assertRefused(UserError, "isn't open any more"):
                self._answer(token, answer)
        guest = self._invite(self.activity, self.other)
        token = self._share(guest)
        self.activity._do_cancel("Storm")
        with self.assertRefused(UserError, "isn't open any more"):
            self._answer(token, ACCEPT)

    def test_tokens_that_open_nothing(self):
        token = self._share()
        guests = self.env["club.invitation"]
        for odd in (
            *(
                "",
                "%",
                "_" * 24,
                token[:-1],
                f"{token}=",
                token.swapcase(),
                f" {token}",
            ),
            *(None, False, True, 7, [token], {"a": 1}, f"{token}\n", "ａ" * 24),
        ):
            with self.subTest(token=odd):
                self.assertFalse(find_by_token(guests, odd))


@tagged("post_install", "-at_install")
class TestInvitationPage(LinkMixin, ClubFixture, HttpCase):
    """Rule C4: the page of a guest's link. Its clock is today's."""

    begin = datetime.now().replace(microsecond=0) + timedelta(days=30)
    end = begin + timedelta(hours=2)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_link()
        cls.token = cls.guest.with_user(cls.manager).action_share() and (
            cls.guest.sudo().token
        )
        cls.env.flush_all()

    def _open(self, token=None, **params):
        return self.url_open(f"/club/i/{token or self.token}", params=params)

    def _post(self, answer, token=None, csrf=None, page=None):
        if csrf is None:
            page = page or self._open()
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        response = self.url_open(
            f"/club/i/{token or self.token}/answer",
            data={"answer": answer, "csrf_token": csrf},
        )
        self.env.invalidate_all()
        return response

    def test_looking_changes_nothing(self):
        """An app that shows a preview of the link doesn't accept."""
        for method in ("GET", "HEAD"):
            page = self.url_open(f"/club/i/{self.token}?answer=accept", method=method)
            self.assertEqual(page.status_code, 200)
        for word in ("Health lecture", "Tea house", self.person.name, "I Accept"):
            self.assertIn(word, self._open(lang="en_US").text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertNotIn("<script", self._open().text)
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/club/i/{self.token}/answer?answer=accept")
        self.assertIn(answer.status_code, (404, 405))
        self.env.invalidate_all()
        self.assertEqual(self.guest.state, "invited")

    def test_it_tells_nothing_else(self):
        page = self._open().text
        page = page.replace(self.person.name, "")
        for word in (
            self.account_a.name,
            self.other.name,
            "Because",
            self.manager.name,
        ):
            self.assertNotIn(word, page)

    def test_the_guest_answers(self):
        page = self._post("accept")
        self.assertEqual(page.status_code, 200)
        self.assertIn("your seat is reserved", page.text)
        self.assertEqual(self.guest.state, "confirmed")
        self.assertTrue(self.guest.is_own_answer)
        self.assertIn("You have declined", self._post("decline").text)
        self.assertEqual(self.guest.state, "declined")

    def test_a_colleague_who_is_logged_in_answers_as_the_guest(self):
        self.authenticate(self.auditor.login, self.auditor.login)
        self._post("accept")
        self.assertRecordValues(
            self.guest, [{"is_own_answer": True, "answered_by_id": False}]
        )

    @mute_logger("odoo.http")
    def test_from_another_site(self):
        self.assertEqual(self._post("accept", csrf="x").status_code, 400)
        self.assertEqual(self._post("accept", csrf="").status_code, 400)
        self.assertEqual(self.guest.state, "invited")

    def test_foreign_and_old_links(self):
        """One page for all of them: nobody learns whether a link ever was."""
        page = self._open()
        nothing = self._open("a" * 24)
        self.assertEqual(nothing.status_code, 404)
        self.assertEqual(self._post("accept", "a" * 24, page=page).status_code, 404)
        self.guest.with_user(self.officer).action_cancel()
        self.env.flush_all()
        gone = self._open()
        self.assertEqual((gone.status_code, gone.text), (404, nothing.text))
        self.assertEqual(self._post("accept", page=page).status_code, 404)
        self.assertEqual(self.guest.state, "cancelled")

    def test_after_the_deadline(self):
        page = self._open()
        today = self.company._club_today()
        self.activity.confirm_until = today - timedelta(days=1)
        self.env.flush_all()
        self.assertEqual(self._open().status_code, 404)
        self.assertEqual(self._post("accept", page=page).status_code, 404)
        self.assertEqual(self.guest.state, "invited")
        self.activity.confirm_until = today
        self.env.flush_all()
        self._post("accept")
        self.activity.confirm_until = today - timedelta(days=1)
        self.env.flush_all()
        seated = self._open(lang="en_US")
        self.assertEqual(seated.status_code, 200, "who has a seat still reads when")
        self.assertNotIn("<button", seated.text)

    def test_of_another_company(self):
        """Each token opens the invitation of its own company, whoever looks."""
        company = self._create_club_company("Other Post")
        stranger = self._create_user("officer", "officer_there", company)
        self.authenticate(stranger.login, stranger.login)
        self.assertIn("Health lecture", self._open().text)
        guests = self.env["club.invitation"].with_user(stranger)
        guests = guests.with_context(allowed_company_ids=company.ids)
        with self.assertRaises(AccessError):
            guests.browse(self.guest.id).action_share()
        with self.assertRaises(AccessError):
            guests.browse(self.guest.id).read(["link"])

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.flush_all()
        page = self._open(lang="zh_CN").text
        self.assertIn('lang="zh-CN"', page)
        self.assertIn("?lang=en_US", page)
        self.assertIn('lang="en-US"', self._open(lang="xx").text)
