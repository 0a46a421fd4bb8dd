"""Statements of any shape: wide, merged, with totals, with other headings. Rule B15."""

import io
from decimal import Decimal

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, freeze_time, tagged
from odoo.tools.translate import LazyGettext

from ...kernel.revenue_rows import MERGED_MARK, parse_month
from ...models.points.revenue_file import read_statement
from ...models.points.revenue_refusal import FileRefused, NeedsMapping, NeedsYear
from .revenue_case import RevenueCase

HEADER = ("客户名称", "专业", "收入(元)", "月份")
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
accounts = st.sampled_from(["东港机械", "江畔国际酒店", "Alpha Trading", "西湖宾馆"])
lines = st.sampled_from(["函件", "包裹", "速递", "集邮", "Letters"])
cents = st.integers(-99_999, 9_999_999).map(lambda n: Decimal(n) / 100)
totals = st.sampled_from(
    [
        "合计",
        "小计",
        "总计",
        "合 计：",
        "东港局小计",
        "本页合计",
        "Grand total",
        "本年累计",
    ]
)


def book(*rows, merged=(), hidden_rows=(), hidden_columns=(), title="Sheet"):
    """Return a workbook with one sheet."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    for number in hidden_rows:
        sheet.row_dimensions[number].hidden = True
    for letter in hidden_columns:
        sheet.column_dimensions[letter].hidden = True
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def text(*rows):
    """Return a text file."""
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def read(content, unit="yuan", **asked):
    return read_statement(content, unit, **asked)


def said(statement):
    """Return account, category, month and amount of each row."""
    return [
        (row.account, row.category, row.month, row.amount) for row in statement.rows
    ]


def told(statement):
    """Return the notes, as they are in English."""
    return list(map(in_english, statement.notes))


def in_english(sentence):
    """Return a sentence that isn't translated, nor are the words put into it."""
    values = {name: _in_english(value) for name, value in dict(sentence._args).items()}
    return sentence._source % values if values else sentence._source


def _in_english(value):
    if isinstance(value, list):  # which Odoo lists in the reader's language
        return ", ".join(value)
    return value._source if isinstance(value, LazyGettext) else value


class ShapeCase(BaseCase):
    def check(self, content, rows, *, unit="yuan", **asked):
        """Read a file, and again by the mapping that was used; return what was read."""
        statement = read(content, unit, **asked)
        self.assertEqual(said(statement), rows)
        asked["mapping"] = statement.mapping
        self.assertEqual(read(content, unit, **asked).rows, statement.rows)
        return statement

    def refuse(self, kind, words, content, **asked):
        """Read a file that is refused; return the refusal."""
        with self.assertRaises(kind) as caught:
            read(content, **asked)
        self.assertIn(words, in_english(caught.exception.args[0]))
        return caught.exception


@tagged("post_install", "-at_install")
class TestWideTables(ShapeCase):
    """Rule B15."""

    def test_a_column_for_each_line_below_a_title_with_the_month(self):
        content = book(
            ["2026年10月大客户收入汇总表(单位:元)"],
            ["客户名称", "业务收入"],
            [None, "函件", "包裹", "速递", "集邮", "合计"],
            ["东海航运有限公司", 100, 200, 300, 0, 600],
            ["江畔国际酒店", 10, 20, 30, 0, 61],
            merged=("A1:G1", "A2:A3", "B2:F2"),
        )
        statement = self.check(
            content,
            [
                ("东海航运有限公司", "函件", "2026-10", "100"),
                ("东海航运有限公司", "包裹", "2026-10", "200"),
                ("东海航运有限公司", "速递", "2026-10", "300"),
                ("江畔国际酒店", "函件", "2026-10", "10"),
                ("江畔国际酒店", "包裹", "2026-10", "20"),
                ("江畔国际酒店", "速递", "2026-10", "30"),
            ],
        )
        places = [(row.number, row.column) for row in statement.rows]
        self.assertEqual(places[:3], [(4, 2), (4, 3), (4, 4)])
        notes = told(statement)
        self.assertIn(
            "“业务收入 / 包裹”、“业务收入 / 速递”和“业务收入 / 集邮”。",
            " ".join(note._translate("zh_CN") for note in statement.notes),
        )
        self.assertIn(
            "Row 5: “业务收入 / 合计” says 61, the rows read come to 60.00.", notes
        )
        self.assertIn(
            "Columns that hold only zeros, left out: “业务收入 / 集邮”.", notes
        )
        self.assertIn("Totals left out that agree with the rows: 1.", notes)

    def test_a_zero_counts_where_its_column_holds_amounts(self):
        """It may correct what an earlier file had."""
        content = text(
            ("2026年10月",), ("客户", "函件", "包裹"), ("甲", 0, 1), ("乙", 2, "")
        )
        self.check(
            content,
            [
                ("甲", "函件", "2026-10", "0"),
                ("甲", "包裹", "2026-10", "1"),
                ("乙", "函件", "2026-10", "2"),
            ],
        )

    def test_a_column_for_each_month(self):
        rows = [("甲", "函件", "2026-09", "1"), ("甲", "函件", "2026-10", "2")]
        for heads, asked in (
            (("2026-09", "2026-10"), {}),
            (("2026年9月", "2026年10月收入"), {}),
            (("Sep-26", "October 2026"), {}),
            (("9月", "10月"), {"year": 2026}),
            (("九月", "十月份"), {"year": 2026}),
        ):
            content = text(("客户", "专业", *heads, "合计"), ("甲", "函件", 1, 2, 3))
            with self.subTest(heads):
                found = [
                    (parse_month(row.month).month, row.amount)
                    for row in read(content, **asked).rows
                ]
                self.assertEqual(found, [(9, "1"), (10, "2")])
        titled = text(
            ("2026年收入",), ("客户", "专业", "9月", "10月"), ("甲", "函件", 1, 2)
        )
        self.check(titled, rows)
        untitled = text(("客户", "专业", "9月", "10月"), ("甲", "函件", 1, 2))
        self.refuse(NeedsYear, "such as “9月”", untitled)

    def test_months_over_lines_and_lines_over_months(self):
        rows = [
            ("甲", "函件", "2026-09", "1"),
            ("甲", "包裹", "2026-09", "2"),
            ("甲", "函件", "2026-10", "3"),
            ("甲", "包裹", "2026-10", "4"),
        ]
        merged = ("A1:A2", "B1:C1", "D1:E1")
        content = book(
            ["客户名称", "2026年9月", None, "2026年10月", None],
            [None, "函件", "包裹", "函件", "包裹"],
            ["甲", 1, 2, 3, 4],
            merged=merged,
        )
        found = [
            (account, line, f"{parse_month(month):%Y-%m}", amount)
            for account, line, month, amount in said(read(content))
        ]
        self.assertEqual(found, rows)
        content = book(
            ["客户名称", "函件", None, "包裹", None],
            [None, "本月收入", "本年累计", "本月收入", "本年累计"],
            ["甲", 1, 10, 2, 20],
            merged=merged,
            title="2026年10月",
        )
        statement = self.check(
            content,
            [("甲", "函件", "2026-10", "1"), ("甲", "包裹", "2026-10", "2")],
        )
        self.assertIn("“包裹 / 本年累计”", " ".join(told(statement)))

    def test_figures_that_are_no_line_are_no_line(self):
        content = text(
            ("2026年10月大客户收入",),
            ("序号", "客户名称", "联系电话", "函件", "包裹", "收入合计", "同比%"),
            (1, "甲", 13900001111, 5, 6, 11, 3),
            (2, "乙", 13900001112, 1, 2, 3, 4),
            ("合计", "", "", 6, 8, 14, ""),
        )
        statement = self.check(
            content,
            [
                ("甲", "函件", "2026-10", "5"),
                ("甲", "包裹", "2026-10", "6"),
                ("乙", "函件", "2026-10", "1"),
                ("乙", "包裹", "2026-10", "2"),
            ],
        )
        self.assertEqual(len(statement.totals), 3)
        self.assertIn("Totals left out that agree with the rows: 5.", told(statement))

    def test_no_month_or_two_of_them_is_asked(self):
        rows = (("客户名称", "函件", "包裹"), ("甲", 1, 2))
        for title in (
            "大客户收入",
            "2026年1-10月收入",
            "2026年9月、2026年10月",
            "截至2026年10月",
        ):
            with self.subTest(title):
                self.refuse(NeedsMapping, "names one", text((title,), *rows))

    @EXAMPLES
    @given(
        st.dictionaries(
            accounts,
            st.dictionaries(lines, cents.filter(bool), min_size=1),
            min_size=1,
        )
    )
    def test_a_wide_table_says_what_its_long_form_says(self, table):
        names = sorted({line for amounts in table.values() for line in amounts})
        if len(names) < 2:
            return
        wide = text(
            ("2026年10月",),
            ("客户名称", *names, "合计"),
            *(
                (account, *(amounts.get(n, "") for n in names), sum(amounts.values()))
                for account, amounts in table.items()
            ),
        )
        long = text(
            HEADER,
            *(
                (account, name, amounts[name], "2026-10")
                for account, amounts in table.items()
                for name in names
                if name in amounts
            ),
        )
        statement = self.check(wide, said(read(long)))
        self.assertIn(
            f"Totals left out that agree with the rows: {len(table)}.",
            told(statement),
        )


@tagged("post_install", "-at_install")
class TestLongTables(ShapeCase):
    """Rule B15."""

    def test_other_headings_and_the_month_s_amount(self):
        content = book(
            [
                "客户全称",
                "客户经理",
                "产品大类",
                "统计月份",
                "本月收入(元)",
                "本年累计(元)",
            ],
            ["东海航运有限公司", "张三", "Parcels", "202610", 100, 5000],
            ["江畔国际酒店", "李四", "Letters", "202610", 50, 700],
        )
        statement = self.check(
            content,
            [
                ("东海航运有限公司", "Parcels", "202610", "100"),
                ("江畔国际酒店", "Letters", "202610", "50"),
            ],
        )
        self.assertEqual(statement.mapping["amount"], ["本月收入(元)"])
        self.assertEqual(
            told(statement), ["Left out, beside “本月收入(元)”: “本年累计(元)”."]
        )

    def test_each_column_has_many_names(self):
        for heads in (
            ("大客户名称", "业务大类", "账期", "当月收入"),
            ("协议客户名称", "专业名称", "所属月份", "业务收入"),
            ("用户名称", "业务条线", "入账月份", "收入金额(元)"),
            ("户名", "业务类型", "年月", "营业收入"),
            ("Customer Name", "Line of business", "Billing month", "Net amount"),
        ):
            with self.subTest(heads):
                self.check(
                    text(heads, ("甲", "函件", "2026-10", 5)),
                    [("甲", "函件", "2026-10", "5")],
                )

    def test_which_amount_counts_is_asked_where_two_may(self):
        content = text(
            ("客户名称", "专业", "收入", "金额", "月份"), ("甲", "函件", 1, 2, "202610")
        )
        refusal = self.refuse(NeedsMapping, "several columns", content)
        self.assertEqual(refusal.mapping["amount"], ["收入", "金额"])
        mapping = {**refusal.mapping, "amount": ["金额"]}
        self.check(content, [("甲", "函件", "202610", "2")], mapping=mapping)

    def test_unknown_headings_come_with_a_proposal(self):
        content = text(
            ("甲方", "科目", "数", "期"),
            ("甲", "函件", 1, "202610"),
            ("乙", "函件", 2, "202610"),
        )
        refusal = self.refuse(NeedsMapping, "No header with", content)
        self.assertEqual(refusal.headings, ["甲方", "科目", "数", "期"])
        self.check(
            content,
            [("甲", "函件", "202610", "1"), ("乙", "函件", "202610", "2")],
            mapping=refusal.mapping,
        )

    def test_a_mapping_that_does_not_fit_is_told(self):
        content = text(HEADER, ("甲", "函件", 1, "202610"))
        refusal = self.refuse(
            NeedsMapping, "heading “乙方”", content, mapping={"account": ["乙方"]}
        )
        self.assertEqual(refusal.mapping, read(content).mapping)
        for mapping in (
            {"x": ["专业"]},
            {"account": "专业"},
            {"account": [1]},
            ["专业"],
        ):
            with self.subTest(mapping):
                self.refuse(FileRefused, "for each", content, mapping=mapping)
        for year in ("2026", True, 0, 20260, 2026.0):
            with self.subTest(year):
                self.refuse(FileRefused, "Give a year", content, year=year)

    def test_merged_cells_stand_for_each_of_their_rows(self):
        merged = ("A2:A4", "D2:D4")
        rows = (
            HEADER,
            ["东港机械制造有限公司", "Parcels", 70, "202610"],
            [None, "Letters", 80, None],
            [None, "Express Mail", 90, None],
        )
        self.check(
            book(*rows, merged=merged),
            [
                ("东港机械制造有限公司", "Parcels", "202610", "70"),
                ("东港机械制造有限公司", "Letters", "202610", "80"),
                ("东港机械制造有限公司", "Express Mail", "202610", "90"),
            ],
        )
        # What isn't merged isn't filled.
        self.assertEqual(said(read(book(*rows)))[1], ("", "Letters", "", "80"))

    def test_a_merged_amount_is_no_amount_of_its_first_row(self):
        content = book(
            HEADER,
            ["甲", "函件", 30, "202610"],
            ["甲", "包裹", None, "202610"],
            merged=("C2:C3",),
        )
        self.assertEqual(
            [row.amount for row in read(content).rows], [f"30 {MERGED_MARK}", ""]
        )

    def test_hidden_rows_and_columns_are_not_read(self):
        content = book(
            (*HEADER, "本月收入"),
            ["甲", "函件", 30, "202610", 7],
            ["乙", "函件", 5, "202610", 7],
            ["合计", None, 35, None, 14],
            hidden_rows=(3,),
            hidden_columns=("E",),
        )
        statement = self.check(content, [("甲", "函件", "202610", "30")])
        self.assertEqual(
            told(statement),
            [
                "Row 4: “合计” says 35, the rows read come to 30.00.",
                "Hidden rows that were not read: 1.",
                "Hidden columns that were not read: 1.",
            ],
        )

    def test_the_year_comes_from_the_other_rows_where_they_agree(self):
        rows = [("甲", "函件", 1, "10月"), ("乙", "函件", 1, "26年10月")]
        months = [row.month for row in read(text(HEADER, *rows)).rows]
        self.assertEqual(months, ["2026-10", "26年10月"])
        rows.append(("丙", "函件", 1, "45931"))  # October 2025
        self.refuse(NeedsYear, "2025, 2026", text(HEADER, *rows))
        months = [row.month for row in read(text(HEADER, *rows), year=2026).rows]
        self.assertEqual(months, ["2026-10", "26年10月", "45931"])
        self.refuse(NeedsYear, "such as “10月”", text(HEADER, rows[0]))
        # A bare number among months is a slip.
        rows = [("甲", "函件", 1, "3"), ("乙", "函件", 1, "202610")]
        self.assertEqual(read(text(HEADER, *rows)).rows[0].month, "3")
        # There is no such day in the year that is meant.
        rows = [("甲", "函件", 1, "2月29日"), ("乙", "函件", 1, "202610")]
        self.assertEqual(read(text(HEADER, *rows)).rows[0].month, "2月29日")

    def test_a_year_may_have_a_column_of_its_own(self):
        content = text(
            ("年份", "月份", "客户名称", "专业", "收入"), (2026, 9, "甲", "函件", 1)
        )
        self.check(content, [("甲", "函件", "2026-09", "1")])

    def test_repeated_headers_and_signatures_are_no_rows(self):
        content = text(
            HEADER,
            ("甲", "函件", 1, "202610"),
            HEADER,
            ("乙", "函件", 2, "202610"),
            ("制表人：张三", "", "", ""),
        )
        statement = self.check(
            content, [("甲", "函件", "202610", "1"), ("乙", "函件", "202610", "2")]
        )
        self.assertEqual(len(told(statement)), 2)

    def test_subtotals_and_totals_agree_or_are_told(self):
        content = text(
            HEADER,
            ("甲", "函件", 10, "202610"),
            ("甲", "包裹", 20, "202610"),
            ("甲", "小计", 30, "202610"),
            ("乙", "函件", 5, "202610"),
            ("乙 小计", "", 6, ""),
            ("合计", "", 35, ""),
        )
        statement = read(content)
        self.assertEqual(len(statement.rows), 3)
        self.assertEqual(
            statement.totals,
            ((4, "小计", "30"), (6, "乙 小计", "6"), (7, "合计", "35")),
        )
        self.assertEqual(
            told(statement),
            [
                "Row 6: “乙 小计” says 6, the rows read come to 5.00.",
                "Totals left out that agree with the rows: 2.",
            ],
        )

    def test_a_customer_may_be_called_total(self):
        content = text(
            HEADER,
            ("Total", "函件", 1, "202610"),
            ("Alpha Total", "函件", 2, "202610"),
            ("Total", "", 3, ""),
        )
        self.check(
            content,
            [("Total", "函件", "202610", "1"), ("Alpha Total", "函件", "202610", "2")],
        )

    @EXAMPLES
    @given(
        st.lists(st.tuples(accounts, lines, cents), min_size=1, max_size=9),
        st.lists(st.tuples(st.integers(0, 9), totals), max_size=4),
        st.booleans(),
    )
    def test_a_total_is_never_counted(self, rows, placed, is_book):
        made = [(a, line, amount, "202610") for a, line, amount in rows]
        for place, label in placed:
            made.insert(place, (label, "", sum(row[2] for row in rows), ""))
        if is_book:
            content = book(HEADER, *((a, b, float(c), d) for a, b, c, d in made))
        else:
            content = text(HEADER, *made)
        statement = read(content)
        self.assertEqual(
            [(r.account, r.category, Decimal(r.amount)) for r in statement.rows],
            [row[:3] for row in made if row[3]],
        )
        self.assertEqual(len(statement.totals), len(placed))


@tagged("post_install", "-at_install")
@freeze_time("2026-11-15 10:00:00")
class TestRevenueNames(RevenueCase):
    """What the shapes come to in the books. Rule B15."""

    def test_a_wide_table_comes_in(self):
        content = text(
            ("2026年10月",),
            ("客户名称", self.letters, self.parcels, "Balloons", "合计"),
            ("K001", 100, 200, 1, 301),
            ("Beta Trading", "", 20, "", 20),
            ("合计", 100, 220, 1, 321),
        )
        document = self.upload(content)
        self.assertEqual(
            [(line.row, line.file_column, line.state) for line in document.line_ids],
            [(3, 2, "valid"), (3, 3, "valid"), (3, 4, "parked"), (4, 3, "valid")],
        )
        self.assertEqual(self.facts(self.account_a, self.account_b), 320)
        self.assertEqual(
            set(document.line_ids.filtered("month").mapped("month")),
            {document.line_ids[0].month},
        )
        # A parked amount is settled like any other.
        self.settle(document.parked_line_ids, category_id=self.categ_parcels.id)
        self.assertEqual(self.facts(self.account_a, self.account_b), 321)

    def test_the_same_cell_is_in_the_books_once(self):
        content = text(
            ("2026年10月",), ("客户名称", self.letters, self.parcels), ("K001", 1, 2)
        )
        self.upload(content)
        long = text(
            ("客户名称", "专业", "月份", "收入"),
            ("K001", self.letters, "202610", 1),
            ("K001", self.parcels, "202610", 2),
        )
        action = self.open_upload(long).action_import()
        self.assertNotEqual(action.get("res_model"), "club.revenue.import")
        self.assertEqual(self.facts(self.account_a), 3)

    def test_every_month_of_the_file_is_read_or_parked_with_a_reason(self):
        months = (
            *("202610", "26年10月", "2026年10月份", "10月", "46296", "Oct-26"),
            *(
                "2026-10-31 00:00:00",
                "2026/10",
                "2026.10",
                "２０２６年１０月",
                "二〇二六年十月",
            ),
        )
        document = self.upload(
            text(
                ("客户名称", "专业", "月份", "收入"),
                *(("K001", self.letters, month, 100) for month in months),
                *(("K001", self.letters, month, 1) for month in ("26-10", "soon")),
            )
        )
        self.assertEqual(self.facts(self.account_a), 100 * len(months))
        self.assertEqual(
            document.parked_line_ids.mapped("fault"),
            [
                "“26-10” can be read as more than one month: write it such as 2026-03.",
                "“soon” is not a month such as 2026-03.",
            ],
        )
        self.assertEqual(
            {f"{line.month:%Y-%m}" for line in document.line_ids if line.month},
            {"2026-10"},
        )

    def test_a_file_without_a_year_is_refused_whole(self):
        content = text(
            ("客户名称", "专业", "月份", "收入"), ("K001", self.letters, "10月", 1)
        )
        with self.assertRaisesRegex(UserError, "say of which year"):
            self.upload(content)
        self.assertFalse(self.env["club.revenue.import"].search([]))

    def test_blanks_inside_a_name_do_not_matter(self):
        hotel = self._create_account("西湖宾馆")
        document = self.upload(
            text(
                ("客户名称", "专业", "月份", "收入"),
                ("西湖 宾馆", self.letters, "202610", 1),
                ("西湖　宾馆", self.letters, "202610", 2),
                ("BETA  trading", self.letters, "202610", 4),
                ("BetaTrading", self.letters, "202610", 8),
                ("Alpha Post【Group】", self.letters, "202610", 16),
            )
        )
        self.assertFalse(document.parked_line_ids)
        self.assertEqual(self.facts(hotel), 3)
        self.assertEqual(self.facts(self.account_b), 12)
        self.assertEqual(self.facts(self.account_a), 16)

    def test_names_that_differ_in_blanks_alone_are_parked_with_both(self):
        self._create_account("西湖宾馆")
        self._create_account("西湖 宾馆")
        document = self.upload(
            text(
                ("客户名称", "专业", "月份", "收入"),
                ("西湖　宾馆", self.letters, "202610", 1),
            )
        )
        self.assertEqual(
            document.line_ids.fault,
            "“西湖　宾馆” may be each of these accounts: “西湖 宾馆”, “西湖宾馆”.",
        )

    def test_what_was_remembered_helps_where_blanks_alone_differ(self):
        self.env["club.alias"].create(
            {"name": "西湖 招待所", "kind": "account", "account_id": self.account_a.id}
        )
        self.upload(
            text(
                ("客户名称", "专业", "月份", "收入"),
                ("西湖招待所", self.letters, "202610", 1),
            )
        )
        self.assertEqual(self.facts(self.account_a), 1)

    def test_a_merged_amount_is_parked(self):
        content = book(
            ("客户名称", "专业", "收入", "月份"),
            ("K001", self.letters, 30, "202610"),
            ("K001", self.parcels, None, "202610"),
            merged=("C2:C3",),
        )
        document = self.upload(content)
        self.assertEqual(
            document.parked_line_ids.mapped("fault"),
            [
                "The amount “30” stands in a merged cell for several rows or columns: "
                "give each its own.",
                "The amount is missing.",
            ],
        )
        self.assertFalse(self.facts(self.account_a))
