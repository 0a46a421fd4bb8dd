import unittest
from datetime import date, datetime

import support  # noqa: F401  (finds the kernel)
from hypothesis import given
from hypothesis import strategies as st

from kernel.revenue_rows import (
    Ambiguous,
    NoYear,
    alias_key,
    decode,
    has_lost_digits,
    loses_digits,
    name_key,
    parse_month,
)

chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


class TestAliasKey(unittest.TestCase):
    def test_spellings_of_one_name_share_a_key(self):
        for one, other in (
            ("江苏邮政（集团）公司", "江苏邮政(集团)公司"),
            ("  ＡＢＣ　Trading ", "abc trading"),
            ("Acme\t\n  Ltd", "ACME LTD"),
            ("【示范】甲公司", "[示范]甲公司"),
            ("甲\u200b公司\ufeff", "甲公司"),
            ("Ｎｏ．１２", "no.12"),
            ("STRASSE", "straße"),
        ):
            with self.subTest(one=one):
                self.assertEqual(alias_key(one), alias_key(other))

    def test_different_names_keep_different_keys(self):
        self.assertNotEqual(alias_key("甲公司"), alias_key("乙公司"))
        self.assertNotEqual(alias_key("a b"), alias_key("ab"))
        self.assertEqual(alias_key(" \u3000\t"), "")

    @given(st.text())
    def test_the_key_of_a_key_is_itself(self, text):
        self.assertEqual(alias_key(alias_key(text)), alias_key(text))


class TestLostDigits(unittest.TestCase):
    """Rule B15: a code that lost digits is never matched or learned."""

    def test_what_a_spreadsheet_leaves_of_a_code(self):
        for text in (
            *(
                "5.11E+15",
                "5.11e+15",
                "5E+15",
                "5E15",
                "５．１１Ｅ＋１５",
                " 5.11E+15 ",
            ),
            *("5.11000000000002E+15", "1E-05", "2026-03-01", "2026/3/1", "3月1日"),
            *("3-Jan", "03-JAN", "####"),
        ):
            with self.subTest(text):
                self.assertTrue(has_lost_digits(text))
        for text in (
            *("K001", "12E4", "E15", "5110000000000017", "5110000000000010", "Beta"),
            *("", "1E", "A5.11E+15", "3-1", "#1", "2026-03"),
        ):
            with self.subTest(text):
                self.assertFalse(has_lost_digits(text))

    def test_long_codes_of_a_text_file_are_cut_off_all_or_none(self):
        cut, whole = "511000000000012000", "511000000000012345"
        self.assertEqual(loses_digits({cut, "K1"}), {cut})
        self.assertEqual(loses_digits({cut, whole}), set())
        self.assertEqual(loses_digits({"511000000000000", "5" * 41}), set())

    @given(st.text())
    def test_any_text_is_judged(self, text):
        self.assertIn(has_lost_digits(text), (True, False))
        self.assertLessEqual(loses_digits({text}), {text})


class TestParseMonth(unittest.TestCase):
    def test_every_accepted_form(self):
        for value in (
            date(2017, 3, 1),
            date(2017, 3, 31),
            datetime(2017, 3, 15, 23, 59),
            201703,
            201703.0,
            "201703",
            "2017-03",
            "2017-3",
            "2017/3",
            "2017/03",
            "2017.03",
            " 2017-03 ",
            "2017年3月",
            "2017年03月",
            "2017 年 3 月",
            "２０１７年３月",
            "2017-03-31",
            "2017/3/1",
            "2017-03-01 00:00:00",
            "2017年3月15日",
            "2017年3月15日 10:30",
            "2017年3月份",
            "17年3月",
            "二〇一七年三月",
            "2017.03.15",
            20170301,
            42795,  # Excel's serial number of 2017-03-01
            "42795.5",
            "Mar-17",
            "March 2017",
            "2017 Mar",
            "15-Mar-2017",
            "03/2017",
            "31/3/2017",
            "3/31/2017",
        ):
            with self.subTest(value=value):
                month = parse_month(value)
                self.assertEqual((type(month), month), (date, date(2017, 3, 1)))

    def test_everything_else_is_refused(self):
        for value in (
            None,
            "",
            "  ",
            True,
            0,
            4279,
            32873,  # Excel's serial number of 1989-12-31
            float("nan"),
            float("inf"),
            201713,
            201700,
            20170230,
            302013,
            "2017-13",
            "2017-00",
            "2017-02-30",
            "17-03",
            "13/2017",
            "2017.1",
            "Mar 17",
            "17-Mar",
            "Mar",
            "2017年1-3月",
            "2017Q1",
            "01/03/2017",
            "2017-03-",
            "2017-03; drop",
            "=A1",
            "٢٠١٧-٠٣",
            date(1900, 1, 1),
            b"2017-03",
            [],
        ):
            with self.subTest(value=value), self.assertRaises(ValueError) as caught:
                parse_month(value)
            self.assertLess(len(str(caught.exception)), 80)

    @given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
    def test_a_written_month_is_read_back(self, day):
        written = (
            f"{day:%Y-%m}",
            f"{day:%Y%m}",
            f"{day.year}年{day.month}月",
            day,
            f"{day}",
        )
        self.assertEqual({parse_month(form) for form in written}, {day.replace(day=1)})

    def test_a_month_without_a_year_asks_for_it(self):
        for text in ("3月", "03月份", "三月", "3", "3月15日"):
            with self.subTest(text):
                self.assertEqual(parse_month(text, year=2017), date(2017, 3, 1))
                with self.assertRaises(NoYear):
                    parse_month(text)
        # Not where it has one, nor where there is no such month.
        self.assertEqual(parse_month("16年3月", year=2017), date(2016, 3, 1))
        for text in ("13月", "0月", "2月30日"):
            with self.subTest(text), self.assertRaises(ValueError) as caught:
                parse_month(text)
            self.assertNotIsInstance(caught.exception, NoYear)

    def test_what_names_several_months_is_ambiguous(self):
        for text in ("26-10", "10/26", "26-Oct", "1/2/2026", "2026年1-10月", "2026Q3"):
            with self.subTest(text), self.assertRaises(Ambiguous):
                parse_month(text)

    @given(st.text("0123456789年月日份-/. 十一二JanOctQ季度至", max_size=12))
    def test_any_text_is_a_month_or_none(self, text):
        try:
            month = parse_month(text, year=2026)
        except ValueError:
            return
        self.assertEqual(month.day, 1)
        self.assertEqual(parse_month(f"{month:%Y-%m}"), month)


class TestNameKey(unittest.TestCase):
    def test_blanks_brackets_and_dots_do_not_matter(self):
        for texts in (
            ("西湖 宾馆", "西湖宾馆", "西湖　宾馆", "西 湖 宾 馆"),
            ("江苏（集团）公司", "江苏(集团) 公司", "江苏【集团】公司"),
            ("ABC Trading", "abc trading", "ＡＢＣ　Trading", "ABCTrading"),
            ("苏州·杭州", "苏州•杭州", "苏州．杭州", "苏州・杭州"),
        ):
            with self.subTest(texts):
                self.assertEqual(len(set(map(name_key, texts))), 1)
        self.assertNotEqual(name_key("西湖宾馆"), name_key("西湖宾馆一部"))

    @given(chinese)
    def test_the_key_of_an_alias_key_is_the_same(self, text):
        self.assertEqual(name_key(alias_key(text)), name_key(text))


class TestDecode(unittest.TestCase):
    def test_encodings_with_and_without_a_mark(self):
        text = "客户,月份,收入\r\n甲公司,2017-03,12.50\r\n"
        for codec, expected in (
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8"),
            ("utf-16", "utf-16"),
            ("gb18030", "gb18030"),
            ("gbk", "gb18030"),
        ):
            with self.subTest(codec=codec):
                self.assertEqual(decode(text.encode(codec)), (text, expected))
        big_endian = b"\xfe\xff" + text.encode("utf-16-be")
        self.assertEqual(decode(big_endian), (text, "utf-16"))
        self.assertEqual(decode(b""), ("", "utf-8"))

    def test_what_is_no_text_is_refused(self):
        for data in (
            b"PK\x03\x04\x14\x00\x06\x00",
            b"a\0b",
            "甲".encode("utf-32"),
            b"\xff\xfea",
            b"\xef\xbb\xbf\xff",
            b"\xff\xff\xff",
        ):
            with self.subTest(data=data), self.assertRaises(ValueError) as caught:
                decode(data)
            self.assertNotIsInstance(caught.exception, UnicodeError)

    @given(chinese)
    def test_utf_8_and_marked_files_are_always_read_back(self, text):
        for codec in ("utf-8", "utf-8-sig", "utf-16"):
            self.assertEqual(decode(text.encode(codec))[0], text)
