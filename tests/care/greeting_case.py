"""Occasions and member contacts that the tests of greetings share."""

from datetime import date

from odoo import Command

from ..common import TODAY
from ..contact.care_case import CareFixture
from ..shared_world import shared


class GreetingFixture(CareFixture):
    """Anchor Mills has two more people, one to be reached by mail, one not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_club()
        cls._set_up_care()
        cls._set_up_greetings()

    @classmethod
    @shared
    def _set_up_greetings(cls):
        cls.mailed = cls._create_contact(
            "Chen Jie", cls.account_a, email="chen.jie@anchor.example.com"
        )
        cls.silent = cls._create_contact("Zhao Lei", cls.account_a)
        cls._create_profile(cls.mailed, consent_ids=cls._agree("mail"))
        cls._create_profile(cls.silent)
        cls.texted = cls._create_contact(
            "Sun Hai", cls.account_b, phone="+86 138 0013 8000"
        )
        cls._create_profile(cls.texted, consent_ids=cls._agree("sms"))
        cls.env["club.contact.profile"].create(
            {"contact_id": cls.colleague.id, "consent_ids": cls._agree("wechat")}
        )
        cls.head, cls.of_units, cls.of_managers = cls.env["club.occasion"].create(
            [
                {
                    "name": name,
                    "kind": "set",
                    "owner_level": level,
                    "company_id": cls.company.id,
                    "text": "Dear {name} of {account}: {manager}, {company}",
                    "day_ids": [
                        Command.create({"date": TODAY}),
                        Command.create({"date": date(2026, 4, 20)}),
                    ],
                }
                for name, level in (
                    ("Feast", "head"),
                    ("Fair", "unit"),
                    ("Rain", "manager"),
                )
            ]
        )

    @staticmethod
    def _agree(*channels, answer="given"):
        return [
            Command.create({"channel": channel, "answer": answer})
            for channel in channels
        ]

    @classmethod
    def _create_greeting(cls, occasion=None, user=None, **values):
        greetings = cls.env["club.greeting"].with_user(user or cls.officer)
        company_id = values.get("company_id", cls.company.id)
        return greetings.with_context(allowed_company_ids=[company_id]).create(
            {"occasion_id": (occasion or cls.head).id, "date": TODAY, **values}
        )

    @classmethod
    def _prepare(cls, occasion=None, user=None, **values):
        greeting = cls._create_greeting(occasion, user, **values)
        greeting.action_prepare()
        return greeting

    def _get_lines(self, greeting):
        """Return ``{name: (state, channel or reason)}`` of the greeting's lines."""
        self.env.invalidate_all()
        return {
            line.display_name: (line.state, line.channel or line.reason)
            for line in greeting.sudo().line_ids
        }
