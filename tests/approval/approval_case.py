"""A document that the tests of approval share: a class with a floor."""

from ..common import TODAY, ClubCommon
from ..shared_world import shared


class ApprovalCase(ClubCommon):
    """The officer gives an account a class; the key-account department signs it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_seats()
        cls._set_up_classes()

    @classmethod
    @shared
    def _set_up_classes(cls):
        cls.klass = cls.env["club.account.class"].create(
            {"name": "Partner", "code": "partner"}
        )
        cls.env["club.account.class.floor"].create(
            {
                "class_id": cls.klass.id,
                "group_id": cls.membership.id,
                "tier_id": cls.membership.tier_ids.sorted("sequence")[1].id,
            }
        )
        cls.head = cls.signers["key_accounts"]

    def _create(self, user=None, **values):
        return (
            self.env["club.account.classification"]
            .with_user(user or self.officer)
            .create(
                {
                    "account_id": self.account_a.id,
                    "class_id": self.klass.id,
                    "company_id": self.company.id,
                    "date_from": TODAY,
                    "reason": "Framework contract",
                    **values,
                }
            )
        )

    def _submit(self, **values):
        document = self._create(**values)
        document.action_submit()
        return document
