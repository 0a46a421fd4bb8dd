"""Member contacts that the tests of care share."""

from odoo import Command
from odoo.tools import SQL

from ..common import ClubFixture
from ..shared_world import shared

SECRET = "Harbinger"  # stands in every personal field, so that a leak shows
PERSONAL = [
    *("birthday_month", "birthday_day", "birthday_year", "birthday", "diet", "taboos"),
    *("phone_second", "wechat", "qq", "note", "interest_ids", "role_ids"),
    "consent_ids",
]


class CareFixture(ClubFixture):
    """A contact of Anchor Mills, whose manager knows him, and one of Beacon Foods."""

    @classmethod
    @shared
    def _set_up_care(cls):
        cls.other_manager = cls._create_user("user", "other_manager")
        cls.account_b.club_manager_id = cls.other_manager
        cls.contact = cls._create_contact(
            "Li Ming",
            cls.account_a,
            email="li.ming@anchor.example.com",
            phone="+86 571 8700 1234",
            function="Director",
        )
        cls.colleague = cls._create_contact("Wang Fang", cls.account_b)
        cls.profile = cls._create_profile(
            cls.contact,
            role_ids=[
                Command.set(cls.env.ref("crm_club.club_contact_role_executive").ids)
            ],
            interest_ids=[
                Command.set(cls.env.ref("crm_club.club_contact_interest_tea").ids)
            ],
            birthday_year=1975,
            birthday_month="04",
            birthday_day=18,
            birthday_source="self",
            diet=f"{SECRET} seafood",
            taboos=f"{SECRET} clocks",
            phone_second="139 0000 4321",
            wechat=f"{SECRET}-wechat",
            qq=f"{SECRET}-qq",
            note=f"{SECRET} note",
            consent_ids=[
                Command.create({"channel": "call", "answer": "given"}),
                Command.create({"channel": "sms", "answer": "refused"}),
            ],
        )

    @classmethod
    def _create_contact(cls, name, account, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": account.id, **values}
        )

    @classmethod
    def _create_profile(cls, contact, user=None, **values):
        profiles = cls.env["club.contact.profile"].with_user(user or cls.env.user)
        return profiles.create({"contact_id": contact.id, **values})

    @staticmethod
    def _say(record, body, **values):
        """Post what people write: it isn't a term to translate."""
        record.message_post(body=body, **values)

    def _find_words(self, *words):
        """Return ``table.column`` of every text in the database that has a word."""
        self.env.flush_all()
        self.cr.execute(
            "SELECT table_name, array_agg(column_name::text)"
            " FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema AND table_type = 'BASE TABLE'"
            " AND data_type IN ('character varying', 'text', 'jsonb')"
            " GROUP BY table_name"
        )
        patterns = [f"%{word}%" for word in words]
        # Each table is read once, for all of its columns.
        parts = [
            SQL(
                "SELECT unnest(ARRAY[%s]) FROM %s",
                SQL(", ").join(
                    SQL(
                        "CASE WHEN bool_or(%s::text ILIKE ANY(%s)) THEN %s END",
                        *(SQL.identifier(column), patterns, f"{table}.{column}"),
                    )
                    for column in columns
                ),
                SQL.identifier(table),
            )
            for table, columns in self.cr.fetchall()
        ]
        self.cr.execute(SQL(" UNION ALL ").join(parts))
        return {place for (place,) in self.cr.fetchall() if place}

    def _get_anonymise(self, contact, user=None, **values):
        dialogs = (
            self.env["club.contact.anonymise"]
            .with_user(user or self.officer)
            .with_context(allowed_company_ids=self.company.ids)
        )
        return dialogs.create(
            {
                "contact_id": contact.id,
                "reference": "2026/114",
                "is_understood": True,
                **values,
            }
        )

    def _anonymise(self, contact, user=None, **values):
        """Do it as an officer does, and return the line of the log."""
        action = self._get_anonymise(contact, user, **values).action_anonymise()
        self.env.invalidate_all()
        return self.env[action["res_model"]].browse(action["res_id"])


class OutsidersMixin:
    """Everybody who has no business with Anchor Mills."""

    @classmethod
    def _set_up_outsiders(cls):
        cls.employee = cls._create_employee("employee")
        cls.other_lead = cls._create_user("lead", "other_lead")
        cls.other_unit.user_id = cls.other_lead
        cls.foreign = cls._create_club_company("Other Post")
        cls.foreign_officer = cls._create_user(
            "officer", "foreign_officer", cls.foreign
        )
        cls.outsiders = (
            *(cls.other_manager, cls.other_lead, cls.clerk, cls.finance),
            *(cls.auditor, cls.employee, cls.foreign_officer),
        )
        cls.insiders = (cls.manager, cls.lead, cls.officer)

    def _get_users(self):
        """Return the environment of each, in his own company."""
        return [
            (user.login, self.env(user=user.id, context={})) for user in self.outsiders
        ]
