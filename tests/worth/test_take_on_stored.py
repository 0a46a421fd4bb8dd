from datetime import date

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.worth.take_on_apply import QUIET
from ..common import TODAY
from .take_on_case import TakeOnCase

# What is another one in each record, or says when it was made.
ITS_OWN = {
    *("id", "create_date", "write_date", "calendar_last_notif_ack"),
    *("parent_id", "commercial_partner_id", "contact_id", "account_id"),
    *("res_id", "approval_request_id", "digest", "content", "number"),
    *("submitted_at", "decided_at", "done_at"),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTakeOnStored(TakeOnCase):
    """What a take-on inserts is what `create` would have stored. Rule A14.

    Where one of these fails after an upgrade of Odoo, `take_on_partners` lacks a field.
    """

    def setUp(self):
        super().setUp()
        self.here = self.env(
            user=self.officer.id,
            su=True,
            context={**self.env.context, **QUIET, "lang": None},
        )
        self.here = self.here["res.partner"].with_company(self.company).env

    def _get_row(self, record):
        self.here.flush_all()
        ((row,),) = self.env.execute_query(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id = %s",
                SQL.identifier(record._table),
                record.id,
            )
        )
        return {name: value for name, value in row.items() if name not in ITS_OWN}

    def _assert_alike(self, made, twin):
        self.assertEqual(len(made), 1)
        found, wanted = self._get_row(made), self._get_row(twin)
        self.assertEqual(
            {name: found[name] for name in found if found[name] != wanted[name]},
            {name: wanted[name] for name in found if found[name] != wanted[name]},
        )

    def _create_person(self, account, **values):
        return self.here["res.partner"].create(
            {"type": "contact", "parent_id": account.id, **values}
        )

    def test_new_account_with_its_person(self):
        """All that a sheet can say, also of a tax ID that names its country."""
        for number, tax in ((1, "91320000001"), (2, "BE0477472701"), (3, None)):
            with self.subTest(tax=tax):
                sheets = self._get_rows(number, tax=tax)
                sheets["contacts"][0] |= {
                    "email": "Li.Mei@Example.COM",
                    "function": "Head of Office",
                    "phone": "0512-6688 0000",
                }
                self._apply({**sheets, "points": []})
                account = self._find(f"Taken {number}")
                twin = self.here["res.partner"].create(
                    {
                        "name": f"Taken {number}",
                        "is_company": True,
                        "vat": tax,
                        "ref": f"T-{number}",
                        "club_unit_id": self.unit.id,
                        "club_manager_id": self.manager.id,
                        "club_tier_id": account.with_company(
                            self.company
                        ).club_tier_id.id,
                    }
                )
                self._assert_alike(account, twin)
                person = self._create_person(
                    twin,
                    name="Li Mei",
                    email="Li.Mei@Example.COM",
                    function="Head of Office",
                    phone="0512-6688 0000",
                )
                self._assert_alike(account.child_ids, person)
                profile = self.here["club.contact.profile"].create(
                    {
                        "contact_id": person.id,
                        "company_id": self.company.id,
                        "birthday_calendar": "lunar",
                        "birthday_year": 1975,
                        "birthday_month": "08",
                        "birthday_day": 15,
                        "birthday_leap_month": False,
                        "role_ids": self.role.ids,
                    }
                )
                made = account.club_contact_profile_ids
                self._assert_alike(made, profile)
                self.assertEqual(made.role_ids, profile.role_ids)
                self.assertEqual(made.account_id, account)
                self.assertEqual(account.child_ids.commercial_partner_id, account)

    def test_person_without_anything(self):
        sheets = self._get_rows()
        sheets["contacts"] = [{"account": "T-1", "name": "Wang"}]
        self._apply(sheets)
        account = self._find("Taken 1")
        twin = self._create_person(account, name="Wang")
        self._assert_alike(account.child_ids - twin, twin)
        profile = self.here["club.contact.profile"].create({"contact_id": twin.id})
        self._assert_alike(account.club_contact_profile_ids - profile, profile)

    def test_person_takes_over_what_a_known_account_has(self):
        """Address, language, salesperson, accounts, tier: in each company."""
        other = self._create_club_company("Other Post")
        for country in ("base.cn", "base.be"):
            with self.subTest(country=country):
                account = self._create_account(f"Known {country}")
                account.write(
                    {
                        "street": "Quay 1",
                        "city": "Suzhou",
                        "zip": "215000",
                        "country_id": self.env.ref(country).id,
                        "vat": "BE0477472701",
                        "lang": "zh_CN",
                        "user_id": self.manager.id,
                        "credit_limit": 500,
                    }
                )
                account.with_company(other).credit_limit = 900
                self._join_gold(account)
                self._apply(
                    {
                        "accounts": [{"name": account.name, "unit": "Quay"}],
                        "contacts": [
                            {
                                "account": account.name,
                                "name": "Zhao",
                                "phone": "13900000000",
                            }
                        ],
                    }
                )
                made = account.child_ids
                twin = self._create_person(account, name="Zhao", phone="13900000000")
                self._assert_alike(made, twin)
                self.assertEqual(made.street, "Quay 1")

    def _join_gold(self, account):
        tier = self.membership.tier_ids.filtered(lambda each: each.code == "gold")
        self.env["club.membership"]._insert(
            self.program,
            [
                {
                    "account_id": account.id,
                    "group_id": self.membership.id,
                    "tier_id": tier.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 12, 31),
                    "origin": "opening",
                }
            ],
        )
        self.program._refresh_mirrors(account)

    def test_person_of_a_known_one_who_is_no_company(self):
        account = self.env["res.partner"].create({"name": "Sole Trader", "ref": "S-1"})
        self._apply(
            {
                "accounts": [{"name": "Sole Trader", "ref": "S-1"}],
                "contacts": [{"account": "S-1", "name": "Zhao"}],
            }
        )
        twin = self._create_person(account, name="Zhao")
        self._assert_alike(account.child_ids - twin, twin)

    def test_agreement_and_class(self):
        """A class is a document of its own, with the request that says who gave it."""
        self.account_class.duration_months = 6
        document = self._apply()
        account = self._find("Taken 1")
        agreement = self.here["club.agreement"].create(
            {
                "account_id": account.id,
                "program_id": self.program.id,
                "number": "Another",
                "date_from": "2026-02-01",
            }
        )
        self._assert_alike(account.club_agreement_ids - agreement, agreement)
        made = account.club_classification_ids
        twin = self.here["club.account.classification"].create(
            {
                "account_id": account.id,
                "class_id": self.account_class.id,
                "company_id": self.company.id,
                "date_from": TODAY,
                "reason": document._get_reason(),
            }
        )
        twin._set_opening(document._get_reason())
        self._assert_alike(made, twin)
        request_sudo, other_sudo = (
            each.sudo().approval_request_id for each in (made, twin)
        )
        self._assert_alike(request_sudo, other_sudo)
        self.assertEqual(request_sudo.content, other_sudo.content)
        self.assertEqual(request_sudo.digest, other_sudo.digest)
        self.assertEqual(request_sudo.res_id, made.id)
        self.assertEqual(made._get_approval_digests()[made.id], request_sudo.digest)
