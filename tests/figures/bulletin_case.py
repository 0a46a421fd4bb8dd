"""A company with figures, and a bulletin of them."""

from datetime import date

from ..shared_world import shared

MARCH = date(2026, 3, 1)
# Of Quay: (code, month, value, base); of the company without a unit the last.
FIGURES = [
    ("members", date(2026, 2, 1), 10, 0),
    ("members", MARCH, 12, 0),
    ("members", date(2025, 3, 1), 8, 0),
    ("joined", MARCH, 3, 0),
    ("revenue", date(2026, 1, 1), 1000, 0),
    ("revenue", date(2026, 2, 1), 2000, 0),
    ("revenue", MARCH, 3000, 0),
    ("contacts_on_time", date(2026, 2, 1), 30, 40),
    ("contacts_on_time", MARCH, 45, 50),
    ("satisfaction", MARCH, 43, 10),
    ("complaints", MARCH, 2, 0),
]


class BulletinMixin:
    """The day is in April 2026 for all that is written here."""

    @classmethod
    @shared
    def _set_up_bulletins(cls):
        cls.gold = cls.membership.tier_ids.filtered(lambda tier: tier.code == "gold")
        cls._add_figures(FIGURES, cls.unit)
        cls._add_figures([("contacts_on_time", MARCH, 4, 8)], cls.other_unit)
        cls._add_figures([("revenue", MARCH, 500, 0)], cls.env["crm.team"])

    @classmethod
    def _add_figures(cls, rows, unit, company=None):
        return (
            cls.env["club.figure"]
            .sudo()
            ._create_guarded(
                [
                    {
                        "company_id": (company or cls.company).id,
                        "unit_id": unit.id,
                        "code": code,
                        "month": month,
                        "value": value,
                        "base": base,
                        "tier_id": cls.gold.id
                        if code in ("members", "joined")
                        else False,
                    }
                    for code, month, value, base in rows
                ]
            )
        )

    @classmethod
    def _draw_up_bulletin(cls, **values):
        """Return a draft of March 2026 with its sections, drawn up by the officer."""
        bulletins = cls.env["club.bulletin"].with_user(cls.officer)
        bulletin = bulletins.create(
            {
                "month": MARCH,
                "company_id": cls.company.id,
                "user_ids": [(6, 0, cls.manager.ids)],
                **values,
            }
        )
        bulletin.action_generate()
        return bulletin

    @classmethod
    def _issue_bulletin(cls, **values):
        bulletin = cls._draw_up_bulletin(**values)
        bulletin.action_issue()
        return bulletin

    @staticmethod
    def _get_section(bulletin, kind):
        return bulletin.section_ids.filtered(lambda section: section.kind == kind)
