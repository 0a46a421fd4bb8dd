"""The catalogue against the sources: numbers and terms, one line each. Rule C1."""

from odoo.tests import tagged

from ...models.cooperation.tender import Tender
from ..common import ClubCommon
from ..sources_case import SourcesMixin, read_terms

ALL, GOLD, PLATINUM = None, "gold", "platinum"
HEALTH = "私人健康管理"
# Code, term of the sources, kind, signature, lowest tier, period, least, most.
CATALOGUE = (
    ("vip_lecture", "VIP大讲堂", "value_added", False, ALL, "quarter", 1, 1),
    ("fitness", "健身训练与比赛", "value_added", False, ALL, "quarter", 1, 1),
    ("outing", "户外活动", "value_added", False, ALL, "month", 1, 1),
    ("holiday_gift", "节日贺卡与小礼品", "value_added", False, ALL, "half", 1, 0),
    ("gala", "答谢晚会", "value_added", False, ALL, "year", 1, 1),
    ("member_day", "会员日", "value_added", False, ALL, "demand", 0, 0),
    ("product_trial", "新产品体验", "value_added", False, ALL, "demand", 0, 0),
    ("company_networking", "企业联谊", "signature", True, GOLD, "demand", 0, 0),
    ("business_seminar", "业务合作研讨", "signature", True, GOLD, "year", 2, 3),
    ("study_tour", "外出考察", "signature", True, GOLD, "year", 0, 0),
    ("tcm_doctor", "名老中医服务", "service", True, PLATINUM, "demand", 0, 0),
    ("care_wellness", f"{HEALTH}：养生体验", "service", True, PLATINUM, "demand", 0, 0),
    (
        "care_screening",
        f"{HEALTH}：未病检查",
        "service",
        True,
        PLATINUM,
        "demand",
        0,
        0,
    ),
    ("care_checkup", f"{HEALTH}：疾病体检", "service", True, PLATINUM, "demand", 0, 0),
    ("care_plan", f"{HEALTH}：养生管理", "service", True, PLATINUM, "demand", 0, 0),
    ("care_disease", f"{HEALTH}：疾病管理", "service", True, PLATINUM, "demand", 0, 0),
    ("care_other", f"{HEALTH}：其他关怀", "service", True, PLATINUM, "demand", 0, 0),
    ("airport_fast_track", "机场绿色通道", "service", True, PLATINUM, "demand", 0, 0),
)
# Code, forms in English, the sources' terms for them.
FORMS = (
    (
        "vip_lecture",
        ["Health", "Finance", "Company Growth", "Art"],
        ["健康养生", "金融投资", "企业成长", "艺术鉴赏"],
    ),
    (
        "fitness",
        [
            *("Tennis Training Class", "Table-Tennis Training Class"),
            *("Tennis Competition", "Table-Tennis Competition"),
        ],
        ["网球训练班", "乒乓球训练班", "网球竞赛", "乒乓球竞赛"],
    ),
    (
        "outing",
        ["Mountain Climbing", "Hiking", "Self-Drive Tour"],
        ["登山", "徒步", "自驾游"],
    ),
    (
        "tcm_doctor",
        ["Booking", "Home Visit", "Medicinal-Cuisine Tasting"],
        ["预约挂号", "上门就医", "药膳品鉴"],
    ),
)
# XML id, English, the sources' term.
PURPOSES = (
    ("welcome", "Welcome", "欢迎"),
    ("farewell", "Farewell", "欢送"),
    ("thanks", "Appreciation", "答谢"),
    ("celebration", "Celebration", "庆贺"),
    ("commemoration", "Commemoration", "纪念"),
    ("event", "For an Event", "某一事件"),
    ("person", "For a Person", "某一人"),
)
BANQUET_FORMS = (
    ("formal", "Formal Banquet", "正式宴会", True),
    ("buffet", "Buffet", "冷餐会", False),
    ("cocktail", "Cocktail", "酒会", False),
    ("tea", "Tea Reception", "茶会", False),
)
# Tier, days that it books earlier (assumed).
PRIORITY = (("gold", 3), ("platinum", 7), ("diamond", 14))
# Bodies that open and award a tender.
PANEL = ("key_accounts", "finance", "office")


@tagged("post_install", "-at_install")
class TestSources(SourcesMixin, ClubCommon):
    """What is installed says what the sources say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        main = cls.env.ref("base.main_company")
        types = cls.env["club.activity.type"].search([("company_id", "=", main.id)])
        cls.types = {kind.code: kind for kind in types}

    def test_the_catalogue(self):
        self.assertEqual(set(self.types), {row[0] for row in CATALOGUE})
        for code, term, *expected in CATALOGUE:
            kind = self.types[code]
            found = [
                *(kind.kind, kind.is_signature, kind.tier_id.code or ALL),
                *(kind.period, kind.times_min, kind.times_max),
            ]
            with self.subTest(code):
                self.assertEqual(found, expected)
                key = ("club.activity.type", "name", f"club_activity_type_{code}")
                self.assertEqual(read_terms()[key], (kind.name, term))

    def test_seminars_and_tours_have_one_limit(self):
        tour = self.types["study_tour"]
        self.assertEqual(tour.counts_with_id, self.types["business_seminar"])

    def test_forms(self):
        for code, forms, terms in FORMS:
            key = ("club.activity.type", "forms", f"club_activity_type_{code}")
            with self.subTest(code):
                self.assertEqual(self.types[code]._get_forms(), forms)
                found = [text.splitlines() for text in read_terms()[key]]
                self.assertEqual(found, [forms, terms])

    def test_networking_is_between_an_account_and_the_bureau(self):
        text = self.types["company_networking"].description
        self.assertIn("between an account and the bureau", text)
        self.assertIn("matching between members", text)

    def test_banquets(self):
        self._assert_names(
            [(f"club_banquet_purpose_{code}", *names) for code, *names in PURPOSES]
        )
        for code, *names, is_seated in BANQUET_FORMS:
            xmlid = f"club_banquet_form_{code}"
            self._assert_names([(xmlid, *names)])
            self.assertEqual(self._get_default(xmlid).is_seated, is_seated)

    def test_priority(self):
        quotas = self.env.ref("crm_club.club_benefit_priority").quota_ids
        found = {(quota.tier_id.code, quota.days_earlier) for quota in quotas}
        self.assertEqual(found, set(PRIORITY))

    def test_the_panel(self):
        main = self.env.ref("base.main_company")
        new = self.env["club.cooperation"].new({"company_id": main.id})
        bodies = Tender(new).consents.find_bodies()
        self.assertEqual(set(bodies.mapped("code")), set(PANEL))
