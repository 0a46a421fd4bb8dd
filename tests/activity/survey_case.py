"""An activity that was held, and the guests who came to it."""

from datetime import datetime

from ...models.activity.club_activity import HELD
from ...models.activity.club_invitation import ATTENDED
from ...models.lock import closed, opened


class SurveyFixture:
    """Two guests of Anchor Mills (its manager, lead of its unit), one of Beacon Foods,
    for which officers alone look after.
    """

    @classmethod
    def _set_up_activity(cls):
        cls.kind = cls.env["club.activity.type"].create(
            {"name": "Lecture", "code": "lecture", "headcount": 30}
        )
        cls.ann, cls.bob, cls.cid = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": account.id,
                    "email": f"{name.lower()}@example.com",
                    "phone": phone,
                }
                for name, account, phone in (
                    ("Ann", cls.account_a, "+86 138 0013 8000"),
                    ("Bob", cls.account_a, "+86 138 0013 8001"),
                    ("Cid", cls.account_b, "+86 138 0013 8002"),
                )
            ]
        )
        cls.activity = cls._create_activity("Tea and Trade")
        cls.guest_ann, cls.guest_bob, cls.guest_cid = (
            cls._create_guest(contact) for contact in (cls.ann, cls.bob, cls.cid)
        )

    @classmethod
    def _create_activity(cls, theme, stage=HELD, **values):
        activity = cls.env["club.activity"].create(
            {
                "theme": theme,
                "type_id": cls.kind.id,
                "unit_id": cls.unit.id,
                "reason": "To say thank you",
                "date_begin": datetime(2026, 4, 8, 6),
                "date_end": datetime(2026, 4, 8, 10),
                **values,
            }
        )
        opened(activity).write({"stage": stage, "approval_state": "done"})
        return closed(activity)

    @classmethod
    def _create_guest(cls, contact, activity=None, state=ATTENDED):
        guest = cls.env["club.invitation"].create(
            {"activity_id": (activity or cls.activity).id, "contact_id": contact.id}
        )
        opened(guest).state = state
        return closed(guest)

    @classmethod
    def _consent(cls, contact, preferred=None, **answers):
        """Record what a person said to channels, by channel."""
        profile = cls.env["club.contact.profile"].create(
            {
                "contact_id": contact.id,
                "consent_ids": [
                    (0, 0, {"channel": channel, "answer": answer})
                    for channel, answer in answers.items()
                ],
            }
        )
        profile.channel = preferred
        return profile
