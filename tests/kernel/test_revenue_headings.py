import unittest

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.revenue_headings import (
    COLUMNS,
    LONGEST_HEADING,
    find_title_months,
    find_total,
    get_category,
    get_meaning,
    is_footer,
    propose,
)


class TestMeanings(unittest.TestCase):
    """Rule B15."""

    def test_each_column_is_known_by_its_names(self):
        for kind, headings in {
            "account": "客户全称 大客户名称 协议客户编号 户名 Customer_Name 客户",
            "category": "专业名称 产品大类 业务种类 业务条线 条线 Category 收入类别",
            "month": "统计月份 月份 账期 年月 所属期 Month 日期",
            "amount": "本月收入(元) 业务收入 金额（万元） Revenue 当月收入 收入",
            "other": "本年累计 去年同期 同比(%) 计划 完成率 序号 客户经理 收入(累计)",
            "total": "合计 小计 收入合计 总计 Total 合计（元）",
            "period": "2026年10月 10月 2026-10 202610 Oct-26 10月收入(元)",
            "": "函件 包裹 合同物流 代收税款 Letters 速递收入",
        }.items():
            for heading in headings.split():
                with self.subTest(heading):
                    self.assertEqual(get_meaning(heading).kind, kind)

    def test_numbers_are_no_months(self):
        for text in ("1", "10", "45931", "32874.01", "202613", "12345.6"):
            with self.subTest(text):
                self.assertNotEqual(get_meaning(text).kind, "period")

    def test_long_texts_are_looked_at_in_part(self):
        """Each heading of a hostile file would take seconds otherwise."""
        for blank in (" ", "\u3000", "\n"):
            text = f"x{blank * 30_000}月"
            self.assertLessEqual(len(get_category(text)), LONGEST_HEADING)

    def test_titles_name_a_month_or_none(self):
        for title, months in {
            "2026年10月收入表": {"2026-10"},
            "二〇二六年收入": set(),
            "2026-10 收入": {"2026-10"},
            "报表(202610)": {"2026-10"},
            "2026年1-10月": set(),
            "截至2026年10月": set(),
            "2026年10月累计": set(),
            "打印日期:2026-11-05": set(),
            "10月收入": {"10月"},
            "2026年9月和2026年10月": {"2026-09", "2026-10"},
        }.items():
            with self.subTest(title):
                self.assertEqual(find_title_months([title]), months)

    def test_totals_and_footers_are_told_from_customers(self):
        for label in (
            "合计",
            "总 计",
            "小计：",
            "本页合计",
            "甲公司 小计",
            "Total",
            "累计",
        ):
            self.assertTrue(find_total(label), label)
        for label in (
            "江畔国际酒店",
            "设计院",
            "会计师事务所",
            "Totalenergies",
            "统计局",
            "",
        ):
            self.assertFalse(find_total(label), label)
        self.assertTrue(is_footer("审核：李四"))
        self.assertFalse(is_footer("审核局"))

    @given(st.text(max_size=200))
    def test_any_text_means_something_or_nothing(self, text):
        kinds = {*COLUMNS, "other", "total", "period", "unit", ""}
        self.assertIn(get_meaning(text).kind, kinds)
        self.assertIn(propose(text), {*COLUMNS, ""})
        find_total(text)
        find_title_months([text])
