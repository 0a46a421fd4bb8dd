"""Tiers and account classes against the sources: numbers and terms, one line each."""

from odoo.tests import tagged

from ..common import ClubCommon
from ..sources_case import SourcesMixin

GROUPS = (
    ("club_tier_group_grade", "Customer Grade", "客户等级"),
    ("club_tier_group_membership", "Membership Tier", "会员等级"),
)
# Code, English, the sources' term, points (A2), revenue in CNY (A3), accounts that one
# manager looks after (D2; platinum's number is assumed).
TIERS = (
    ("vip", "VIP", "贵宾", 50_000, 100_000, 1_000),
    ("gold", "Gold", "黄金", 150_000, 500_000, 500),
    ("platinum", "Platinum", "白金", 300_000, 1_000_000, 200),
    ("diamond", "Diamond", "钻石", 1_500_000, 5_000_000, 200),
)
# From this revenue in CNY on, an account is a member without agreement or points (A4).
AUTOMATIC_FROM = 100_000
PARTY = "Party, government, military"
# Code, English, the sources' term, floor, months that it lasts (0: until it is ended).
CLASSES = (
    ("party_national", f"{PARTY}: national", "党政军机关（国家级）", "diamond", 0),
    ("party_provincial", f"{PARTY}: provincial", "党政军机关（省级）", "platinum", 0),
    ("party_municipal", f"{PARTY}: municipal", "党政军机关（市（地）级）", "gold", 0),
    ("party_county", f"{PARTY}: county", "党政军机关（县（市）级）", "vip", 0),
    (
        "nationwide",
        "Nationwide account in a group's name",
        "全网大客户（以集团名义签约）",
        "diamond",
        0,
    ),
    ("potential", "High-potential account", "潜在大客户", "gold", 12),
    ("strategic", "Strategic partner", "战略合作伙伴", "vip", 0),
    ("branch", "Branch of a group", "集团分支机构", None, 0),
)


@tagged("post_install", "-at_install")
class TestStandingSources(SourcesMixin, ClubCommon):
    """The ladders of the installed program say what the sources say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ladders = [cls._get_default(xmlid) for xmlid, *_names in GROUPS]

    def test_terms(self):
        self._assert_names(GROUPS)
        for group, *_names in GROUPS:
            prefix = group.replace("_group", "")
            self._assert_names([(f"{prefix}_{row[0]}", *row[1:3]) for row in TIERS])
        self._assert_names(
            [(f"club_account_class_{row[0]}", *row[1:3]) for row in CLASSES]
        )

    def test_nothing_else_is_installed(self):
        self._assert_no_other("club.tier.group", [xmlid for xmlid, *_names in GROUPS])
        self._assert_no_other(
            "club.account.class", [f"club_account_class_{row[0]}" for row in CLASSES]
        )
        for ladder in self.ladders:
            self.assertEqual(ladder.tier_ids.mapped("code"), [row[0] for row in TIERS])

    def test_thresholds(self):
        """Rules A2, A3, A4, A11: grade by revenue, membership tier by points."""
        grade, membership = self.ladders
        for group, purpose, measure, automatic in (
            (grade, "grade", "revenue", 0),
            (membership, "membership", "points", AUTOMATIC_FROM),
        ):
            found = (group.purpose, group.measure, group.automatic_revenue)
            self.assertEqual(found, (purpose, measure, automatic))
        for code, _english, _term, points, revenue, _accounts in TIERS:
            with self.subTest(code):
                tier = self._get_default(f"club_tier_membership_{code}")
                self.assertEqual(tier.points_from, points)
                tier = self._get_default(f"club_tier_grade_{code}")
                self.assertEqual(tier.revenue_from, revenue)

    def test_accounts_per_manager(self):
        """Rule D2: the grade decides who looks after the account."""
        for code, *_numbers, accounts in TIERS:
            tier = self._get_default(f"club_tier_grade_{code}")
            with self.subTest(code):
                self.assertEqual(tier.accounts_per_manager, accounts)

    def test_classes(self):
        """Rule A4: the floor is the same in both ladders."""
        for code, _english, _term, floor, months in CLASSES:
            account_class = self._get_default(f"club_account_class_{code}")
            with self.subTest(code):
                self.assertEqual(account_class.duration_months, months)
                for ladder in self.ladders:
                    floors = account_class.floor_ids.filtered_domain(
                        [("group_id", "=", ladder.id)]
                    )
                    expected = [floor] if floor else []
                    self.assertEqual(floors.tier_id.mapped("code"), expected)
