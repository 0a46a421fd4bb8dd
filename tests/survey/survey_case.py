"""An activity that was held, and the guests who came to it."""

from datetime import datetime

from ...kernel.guest_states import ATTENDED
from ...models.activity.club_activity import HELD
from ...models.record.lock import closed, opened
from ..shared_world import shared


class SurveyFixture:
    """Two guests of Anchor Mills (its manager, lead of its unit), one of Beacon Foods,
    for which officers alone look after.
    """

    @classmethod
    @shared
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
        guest = opened(cls.env["club.invitation"]).create(
            {
                "activity_id": (activity or cls.activity).id,
                "contact_id": contact.id,
                "state": state,
            }
        )
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

    @classmethod
    def _ask(cls, user=None, activity=None, channels=None, **values):
        """Send the survey as a user would: by the dialog, from its defaults.

        :param channels: which channel to choose for a guest, if not the proposed one
        """
        dialog = cls.env["club.survey.send"].with_user(user or cls.officer)
        dialog = dialog.create({"activity_id": (activity or cls.activity).id, **values})
        for guest, channel in (channels or {}).items():
            lines = dialog.line_ids.filtered(lambda x, g=guest: x.invitation_id == g)
            lines.channel = channel
        return dialog

    def _get_answer(self, guest):
        return self.env["club.answer"].search([("invitation_id", "=", guest.id)])

    def _get_paper(self, guest):
        return self._get_answer(guest).sudo().input_ids.sorted("id")[-1:]

    def _get_question(self, name):
        return self.env.ref(f"crm_club.club_survey_question_{name}")

    def _get_entries(self, mark=None, need=None, call=None, remark=None, **aspects):
        """Return answers as the survey's page sends them."""
        entries = {"overall": mark, "need": need, "remark": remark, **aspects}
        if call is not None:
            choice = self.env.ref(f"crm_club.club_survey_call_{call}")
            entries["call"] = choice.id
        return {
            str(self._get_question(name).id): str(value)
            for name, value in entries.items()
            if value is not None
        }

    def _fill_in(self, guest, **entries):
        """Answer past the web pages."""
        paper = self._get_paper(guest)
        paper._mark_in_progress()
        for key, value in self._get_entries(**entries).items():
            paper._save_lines(self.env["survey.question"].browse(int(key)), value)
        paper._mark_done()
        return self._get_answer(guest)
