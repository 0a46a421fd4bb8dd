"""Bodies and bands against the sources: numbers and terms, one line each."""

from odoo.tests import tagged

from ..common import ClubCommon
from ..sources_case import SourcesMixin

# Code, English, the sources' term (E1).
BODIES = (
    ("presidium", "Presidium", "主席团"),
    ("executive", "Executive Committee (Executive Group)", "执行委员会（执行组）"),
    ("promotion", "Business Promotion Group", "业务推介组"),
    ("planning_group", "Planning Group", "策划组"),
    ("key_accounts", "Key-Account Department", "大客户部"),
    ("marketing", "Marketing Department", "市场经营部"),
    ("office", "Bureau Office", "局办公室"),
    ("finance", "Planning and Finance", "计划财务部"),
    ("audit", "Inspection and Audit", "监察审计室"),
    ("leader", "Bureau Leader", "局领导"),
    ("tender", "Tender Panel", "招标小组"),
)
# Code, English, Chinese, days within which amounts add up (0: each for itself).
POLICIES = (
    ("plan", "Annual activity plan", "年度活动计划", 0),
    ("activity", "Activities outside the plan", "计划外活动", 30),
    ("cooperation", "Third-party cooperation", "第三方合作", 365),
    ("settlement", "Settlements", "费用结算", 0),
    ("requalification", "Requalification", "资格核定", 0),
    (
        "requalification_top",
        "Requalification that lowers the top tier",
        "涉及最高等级降级的资格核定",
        0,
    ),
    ("classification", "Account class with a floor", "有保底等级的客户类别", 0),
    ("override", "Tier set by hand", "人工定级", 0),
    ("conversion", "Conversion rates", "折算系数", 0),
    ("coefficient", "Marketing coefficients", "营销系数", 0),
    ("adjustment", "Points adjustments", "积分调整", 30),
    ("reward_order", "Reward orders", "奖品兑换单", 0),
    ("take_on", "Take-on", "期初转入", 0),
    ("budget", "Marketing budgets", "营销费用", 731),
    ("tariff", "Tariffs", "资费优惠", 0),
    ("account_plan", "Account plans", "客户年度计划", 0),
    ("revenue_share", "Revenue shares", "收入分成", 0),
)
# Policy, above, up to and including (0: without limit), who signs: one stage after the
# other (>), side by side in a stage (+). The unit's head confirms first. What the
# leader signs above 50,000 is assumed, as are the bands of adjustments.
BANDS = (
    ("plan", 0, 0, "presidium"),  # C2
    ("activity", 0, 10_000, "unit > key_accounts"),  # C3
    ("activity", 10_000, 50_000, "unit > key_accounts + office"),
    ("activity", 50_000, 0, "unit > key_accounts + office > leader"),
    ("cooperation", 0, 100_000, "unit > key_accounts > leader"),  # C6
    ("cooperation", 100_000, 0, "unit > key_accounts > tender > leader"),
    ("settlement", 0, 0, "finance > key_accounts"),
    ("requalification", 0, 0, "executive"),  # A6
    ("requalification_top", 0, 0, "executive > presidium"),
    ("classification", 0, 0, "key_accounts"),  # A4
    ("override", 0, 0, "key_accounts > leader"),  # A10
    ("conversion", 0, 0, "finance"),  # B2
    ("coefficient", 0, 0, "marketing"),
    ("adjustment", 0, 10_000, "unit > key_accounts"),  # B6, B9
    ("adjustment", 10_000, 50_000, "unit > key_accounts + office"),
    ("adjustment", 50_000, 0, "unit > key_accounts + office > leader"),
    ("reward_order", 0, 50_000, "unit > key_accounts"),  # B13
    ("reward_order", 50_000, 0, "unit > key_accounts + office"),
    ("take_on", 0, 0, "key_accounts + finance > leader"),  # A14
    ("budget", 0, 100_000, "key_accounts + finance"),  # B8
    ("budget", 100_000, 0, "key_accounts + finance > leader"),
    ("tariff", 0, 0, "key_accounts + finance > leader"),  # D18
    ("account_plan", 0, 0, "unit"),  # D15
    ("revenue_share", 0, 0, "unit > key_accounts"),  # B11
)


@tagged("post_install", "-at_install")
class TestApprovalSources(SourcesMixin, ClubCommon):
    """Who signs what says what the sources say. Rules C2, C3, C6, E1."""

    def test_terms(self):
        self._assert_names([(f"club_body_{row[0]}", *row[1:]) for row in BODIES])
        self._assert_names(
            [(f"club_approval_policy_{row[0]}", *row[1:3]) for row in POLICIES]
        )

    def test_nothing_else_is_installed(self):
        self._assert_no_other("club.body", [f"club_body_{row[0]}" for row in BODIES])
        # Of a type that the sources don't know, who signs is proven by its own test.
        codes = [row[0] for row in POLICIES]
        policies = self.env["ir.model.data"].search(
            [("module", "=", "crm_club"), ("model", "=", "club.approval.policy")]
        )
        installed = self.env["club.approval.policy"].browse(policies.mapped("res_id"))
        types = installed.mapped("document_type")
        self.assertEqual(sorted(t for t in types if t in codes), sorted(codes))

    def test_bodies_and_policies_are_the_main_companys(self):
        main = self.env.ref("base.main_company")
        for code, *_names in BODIES:
            body = self._get_default(f"club_body_{code}")
            self.assertEqual((body.code, body.company_id), (code, main))
        for code, *_names, days in POLICIES:
            policy = self._get_default(f"club_approval_policy_{code}")
            found = (policy.document_type, policy.company_id)
            self.assertEqual(found, (code, main))
            with self.subTest(code):
                self.assertEqual(policy.add_up and policy.window_days, days)

    def test_bands(self):
        policies = [self._get_default(f"club_approval_policy_{p[0]}") for p in POLICIES]
        found = [
            (policy.document_type, band.amount_above, band.amount_to, self._say(band))
            for policy in policies
            for band in policy.band_ids.sorted("amount_above")
        ]
        self.assertEqual(found, list(BANDS))

    def _say(self, band):
        """Return who signs in a band as the table has it."""
        return " > ".join(
            " + ".join(["unit"] * stage.with_unit + stage.body_ids.mapped("code"))
            for stage in band.stage_ids.sorted("sequence")
        )
