"""What the headings of Finance's tables mean (Rule B15).

A heading is known by its exact words, or by words that mark it as something that isn't
read: last year's amount, a share, a telephone number. Whatever else stands there is
unknown; whether it is a line of business is for the table to say.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from .revenue_rows import MONTH_NUMBERS, Ambiguous, NoYear, parse_month, visible

LONGEST_HEADING = 100  # characters that are looked at
# A file repeats few texts many times.
CACHED = 4096

ACCOUNT, CATEGORY, PRODUCT = "account", "category", "product"
MONTH, YEAR, AMOUNT = "month", "year", "amount"
# What a table may hold besides: not read, a total, the name of a month.
OTHER, TOTAL, PERIOD, UNIT, UNKNOWN = "other", "total", "period", "unit", ""
COLUMNS = (ACCOUNT, CATEGORY, PRODUCT, MONTH, YEAR, AMOUNT)


def _made(*parts):
    return tuple("".join(words) for words in product(*parts))


# What the columns may be called: lower case, without blanks and without unit. Of
# several groups the earlier wins: codes before names, this month's before any amount.
WORDS = {
    ACCOUNT: (
        (
            *("accountcode", "customercode", "code", "customerid", "customerno"),
            *(
                "customernumber",
                "accountno",
                "accountnumber",
                "accountid",
                "clientcode",
            ),
            *_made(("", "大", "集团", "协议", "用邮"), ("客户",), ("编码", "代码")),
            *_made(("", "大", "集团", "协议", "用邮"), ("客户",), ("编号", "号", "id")),
            *("单位编码", "单位代码", "单位编号", "用户编号", "用户代码", "会员编号"),
            *("会员号", "商户号", "商户编号", "协议号", "户号"),
        ),
        ("accountcodeorname", "客户编码或名称", "account", "customer", "client"),
        (
            *("accountname", "customername", "clientname", "nameofcustomer", "company"),
            *("companyname", "客户", "大客户", "客户单位", "用户", "户名"),
            *_made(
                ("", "大", "重点", "集团", "协议", "合同", "用邮", "签约", "往来"),
                ("客户", "单位", "客户单位"),
                ("名称", "全称", "名", "全名", "简称"),
            ),
            *_made(("用户", "会员", "商户", "企业", "公司"), ("名称", "全称", "名")),
            *("会员", "会员单位", "企业", "公司", "用邮单位", "往来单位", "寄件单位"),
        ),
    ),
    CATEGORY: (
        (
            *("category", "productcategory", "kindofbusiness", "businessline"),
            *("lineofbusiness", "productline", "typeofbusiness", "business", "line"),
            *_made(
                ("产品", "业务", "专业", "商品", "收入", "服务"),
                ("种类", "类别", "大类", "类型", "分类", "条线", "线", "板块"),
            ),
            *("业务", "业务名称", "专业", "专业名称", "专业线", "条线", "条线名称"),
            *(
                "业务条线名称",
                "板块",
                "品类",
                "种类",
                "大类",
                "业务品种",
                "业务大类名称",
            ),
        ),
    ),
    PRODUCT: (
        (
            *("productcode", "sku", "产品编码", "产品代码", "商品编码", "商品代码"),
            *("产品编号", "商品编号"),
        ),
        ("product", "productname", "产品", "产品名称", "商品", "商品名称"),
    ),
    MONTH: (
        (
            *("month", "period", "billingmonth", "accountingperiod", "yearmonth"),
            *("monthofrevenue", "月份", "月", "账期", "期间", "年月", "所属期", "账月"),
            *_made(
                (
                    "统计",
                    "所属",
                    "收入",
                    "业务",
                    "入账",
                    "结算",
                    "记账",
                    "账务",
                    "会计",
                ),
                ("月份", "年月", "月", "期间", "账期", "期"),
            ),
            *("计费月份", "报告期", "报表月份", "报表期间", "归属月份", "归属期"),
        ),
        (
            *("date", "postingdate", "invoicedate", "日期", "统计日期", "入账日期"),
            *("业务日期", "记账日期", "结算日期", "开票日期"),
        ),
    ),
    YEAR: (("year", "fiscalyear", "年", "年份", "年度", "统计年份", "会计年度"),),
    AMOUNT: (
        (
            *_made(
                ("本月", "当月", "本期", "当期", "月度", "月"),
                ("", "实际", "实现", "完成", "发生"),
                ("收入", "业务收入", "金额", "收入金额", "收入额", "营业收入", "资费"),
            ),
            *_made(
                ("本月", "当月", "本期", "当期"), ("", "数", "实际", "完成", "发生额")
            ),
            *("thismonth", "currentmonth", "monthlyrevenue", "revenueofthemonth"),
            *("month'srevenue", "revenuethismonth", "monthtodate", "mtd"),
        ),
        (
            *("amount", "revenue", "income", "turnover", "sales", "netamount"),
            *_made(
                (
                    "",
                    "业务",
                    "营业",
                    "主营业务",
                    "邮政",
                    "实际",
                    "实现",
                    "完成",
                    "结算",
                ),
                ("收入", "收入金额", "收入额"),
            ),
            *("金额", "营收", "资费", "业务金额", "结算金额", "入账金额", "发生额"),
        ),
    ),
}
_KNOWN = {
    word: (column, rank)
    for column, groups in WORDS.items()
    for rank, group in enumerate(groups)
    for word in group
}
# Other amounts and whatever else is counted; what says something of the account.
OTHER_WORDS = re.compile(
    r"累计|去年|上年|上月|上期|上季|同期|同比|环比|增长|增幅|增减|增量"
    r"|计划|预算|目标|完成率"
    r"|进度|占比|比重|比例|比率|率$|差额|差异|排名|名次|序时|应收|欠费|欠款|已收"
    r"|未收|余额"
    r"|预计|预测|全年|今年|本年|年收入|年度收入|季度|半年|基数|^税|税额|税率|含税|税号"
    r"|成本|利润|毛利|折扣|单价|均价|数量|件数|票数|笔数|次数|重量|件量|业务量|交易量"
    r"|户数|人数|面积|积分|%|序号|行号|编号|编码|代码|电话$|电话号码"
    r"|手机$|手机号|邮政编码"
    r"|地址|备注|说明|客户经理|联系人|负责人|合同[号编额金数]|账号|卡号|证号|日期|时间"
    r"|\b(?:ytd|cumulat\w*|accumulat\w*|last|previous|prior|yoy|mom|growth|change"
    r"|budget|plan|planned|target|share|rate|ratio|rank|ranking|quantity|qty|volume"
    r"|weight|pieces|count|tax|vat|cost|price|phone|tel|mobile|discount|balance|no"
    r"|number|serial|index|remarks?|notes?|address|manager|contact|industry|tier|unit"
    r"|branch|department|points|to date)\b|^#$|^序$",
)
SERIALS = {
    "序号",
    "序",
    "行号",
    "编号",
    "no",
    "no.",
    "#",
    "serialno",
    "index",
    "number",
}
TOTAL_WORD = (
    r"(?P<word>小计|合计|总计|共计|总额|总收入|汇总|sub-?totals?|(?:grand)?totals?)"
)
TOTAL_HEADING = re.compile(
    rf"(?:本月|当月|月度?|全部|业务|收入|金额|业务收入|各项|本期)?{TOTAL_WORD}"
    r"(?:收入|金额|数|额|业务收入|amount|revenue)?"
)
LEVELS = {"小计": 1, "汇总": 1, "总计": 3, "共计": 3}
# In a row: its label, or the end of it, as spreadsheets write their subtotals.
TOTAL_LABEL = re.compile(
    rf"(?P<what>.*?)(?:[-:,;_]*){TOTAL_WORD}(?:数|额|金额|收入)?", re.DOTALL
)
RUNNING_LABEL = re.compile(
    r"(?:本年|全年|年初至今|本年度|截至.{0,8}|年)?累计(?:数|额|收入)?"
)
FOOTER = re.compile(
    r"(?:制表|填表|审核|复核|主管|负责人|单位负责人|填报|经办|打印|备注|说明|注"
    r"|联系电话"
    r"|制单|报送|盖章|preparedby|checkedby|note|notes|source)[^:]{0,8}:.*",
    re.DOTALL,
)
UNIT_HEADING = re.compile(r"(?:单位:)?(?:人民币)?(?:[十百千]?万|[千亿])?元")
PERIOD_TAIL = re.compile(r"(?:实际|实现)?(?:业务)?(?:收入|金额|实际|完成|数|发生额)$")
YEAR_HEADING = re.compile(r"(\d{4})年?度?", re.ASCII)
TITLE_MONTH = re.compile(
    r"(?<!\d)(\d{4}|\d\d)年(\d{1,2})月(?!\d)|(?<!\d)(\d{4})[-./]?(\d\d)(?![\d])",
    re.ASCII,
)
BARE_MONTH = re.compile(r"(?<![\d年])(1[0-2]|0?[1-9])月", re.ASCII)
TITLE_YEAR = re.compile(r"(?<!\d)(\d{4})年", re.ASCII)
# A day, several months, or what has come together until then.
NO_TITLE_MONTH = re.compile(
    r"累计|截[至止]|年初|季度|半年|月?[-~—至到]\d{1,2}月|\d{1,2}[-~—至到]\d{1,2}月"
)
TITLE_DAY = re.compile(
    r"(?:\d{4}|\d\d)年\d{1,2}月\d{1,2}[日号]|\d{4}([-./])\d{1,2}\1\d{1,2}", re.ASCII
)


class Meaning(NamedTuple):
    """What a heading means: a column and the group of its words, or another kind."""

    kind: str
    rank: int = 0
    level: int = 0  # of a total: 1 for a subtotal to 3 for all
    month: str = ""  # of a period: as `parse_month` reads it


def folded(text: str) -> str:
    """Return a heading in lower case and Western marks, without blanks.

    >>> folded("本月 收入（万元）")
    '本月收入(万元)'
    """
    return _folded(text[:LONGEST_HEADING])


@lru_cache(CACHED)
def _folded(text):
    text = unicodedata.normalize("NFKC", visible(text)).casefold()
    return re.sub(r"\s+", "", text)


def heading_key(text: str) -> str:
    """Return a heading without blanks, marks and unit.

    >>> heading_key("金额（万元）"), heading_key("本月收入 元")
    ('金额', '本月收入')
    """
    text = folded(text).partition("(")[0]
    return re.sub(r"[\"_*:,/-]+|(?<=.)(万元|元)$", "", text)


def get_meaning(text: str) -> Meaning:
    """Return what one heading means.

    >>> get_meaning("客户全称").kind, get_meaning("本月收入(元)")[:2]
    ('account', ('amount', 0))
    >>> [get_meaning(text).kind for text in ("去年同期", "合计", "函件")]
    ['other', 'total', '']
    >>> get_meaning("2026年10月收入").month, get_meaning("１０月").month
    ('2026年10月', '10月')
    """
    key = heading_key(text)
    whole = folded(text)
    words = unicodedata.normalize("NFKC", text[:LONGEST_HEADING]).casefold().strip()
    in_brackets = words.partition("(")[2]
    if in_brackets and OTHER_WORDS.search(in_brackets):
        return Meaning(OTHER)
    if key in _KNOWN:
        column, rank = _KNOWN[key]
        if column == AMOUNT and re.match(r"\s*(?:[本当][月期])", in_brackets):
            rank = 0
        return Meaning(column, rank)
    if UNIT_HEADING.fullmatch(whole.strip("()")):
        return Meaning(UNIT)
    if match := TOTAL_HEADING.fullmatch(key):
        return Meaning(TOTAL, level=_level(match["word"]))
    if month := _read_period(whole.partition("(")[0]):
        return Meaning(PERIOD, month=month)
    if OTHER_WORDS.search(whole) or OTHER_WORDS.search(words):
        return Meaning(OTHER)
    return Meaning(UNKNOWN)


def _read_period(key):
    if key in MONTH_NUMBERS:
        return f"{MONTH_NUMBERS[key]}月"
    key = PERIOD_TAIL.sub("", re.sub(r"(?:万元|元)$", "", key))
    if re.fullmatch(r"\d{0,5}|\d{5}\.\d+", key):
        return ""  # such a number may be anything
    try:
        parse_month(key)
    except NoYear:
        return key
    except Ambiguous:
        return ""
    except ValueError:
        return ""
    return key


def get_year(text: str) -> int | None:
    """Return the year that a heading above months names.

    >>> get_year("2026年"), get_year("2026年度"), get_year("12")
    (2026, 2026, None)
    """
    match = YEAR_HEADING.fullmatch(folded(text))
    return int(match[1]) if match and 1990 <= int(match[1]) <= 2099 else None


def find_total(text: str) -> tuple[str, int] | None:
    """Return what a row's label says that it is the total of, and the total's level.

    Level 1 is a subtotal, 3 the total of all; 0 is what came together in a year.

    >>> find_total("合 计："), find_total("东港局小计"), find_total("Grand Total")
    (('', 2), ('东港局', 1), ('', 3))
    >>> find_total("本年累计"), find_total("江畔国际酒店")
    (('', 0), None)
    """
    return _find_total(text) if len(text) <= LONGEST_HEADING else None


@lru_cache(CACHED)
def _find_total(text):
    label = re.sub(r"\([^)]*\)?$", "", folded(text)).strip(":-.,;*")
    if RUNNING_LABEL.fullmatch(label):
        return "", 0
    if match := TOTAL_LABEL.fullmatch(label):
        return match["what"], _level(match["word"])
    return None


def _level(word):
    if word.startswith("sub"):
        return 1
    return 3 if word.startswith("grand") else LEVELS.get(word, 2)


def is_footer(text: str) -> bool:
    """Tell whether a text signs a table, or explains it.

    >>> is_footer("制表人：张三"), is_footer("江畔国际酒店")
    (True, False)
    """
    return bool(FOOTER.fullmatch(folded(text)))


def find_title_months(titles: list[str]) -> set[str]:
    """Return the months that titles above a table name as its own.

    >>> find_title_months(["2026年10月大客户收入汇总表", "制表日期：2026年11月5日"])
    {'2026-10'}
    >>> find_title_months(["2026年1-10月收入"]), find_title_months(["10月收入"])
    (set(), {'10月'})
    """
    found, bare = set(), set()
    for title in titles:
        text = TITLE_DAY.sub("", folded(title))
        if NO_TITLE_MONTH.search(text):
            continue
        for match in TITLE_MONTH.finditer(text):
            year, month = match[1] or match[3], match[2] or match[4]
            try:
                found.add(f"{parse_month(f'{year}年{month}月'):%Y-%m}")
            except ValueError:
                continue
        bare |= {f"{month}月" for month in BARE_MONTH.findall(text)}
    return found or bare


def find_title_years(titles: list[str]) -> set[int]:
    """Return the years that titles above a table name.

    >>> find_title_years(["2026年收入", "制表日期：2027年1月5日"])
    {2026}
    """
    found = set()
    for title in titles:
        text = TITLE_DAY.sub("", folded(title))
        found |= {int(year) for year in TITLE_YEAR.findall(text)}
    return {year for year in found if 1990 <= year <= 2099}


def get_category(text: str) -> str:
    """Return the line of business that the heading of its amounts names.

    >>> get_category("函件收入（元）"), get_category("其中：Express Mail")
    ('函件', 'Express Mail')
    """
    text = text.strip()[:LONGEST_HEADING]
    name = re.sub(r"^\s*其中\s*[:：]?\s*", "", text)
    name = re.sub(r"\s*[(（](?:人民币)?[^()（）]{0,6}(?:元|CNY)[)）]\s*$", "", name)
    short = re.sub(
        r"(?:业务收入|收入|金额|资费|\s+revenue|\s+amount)$", "", name, flags=re.I
    )
    return short.strip() or name or text.strip()


def propose(text: str) -> str:
    """Return the column that a heading may well be; "" where nothing tells.

    >>> propose("寄件人单位名"), propose("不含税收入"), propose("客户经理")
    ('account', 'amount', '')
    """
    key = heading_key(text)
    if re.search(
        r"经理|电话|地址|等级|级别|类型|行业|联系|备注|序号|累计|同[期比]", key
    ):
        return CATEGORY if re.search(r"(?:产品|业务)类型", key) else ""
    for column, words in (
        (MONTH, r"月|账期|日期|期间|month|period|date"),
        (AMOUNT, r"收入|金额|营收|资费|revenue|amount|income|sales|turnover"),
        (
            ACCOUNT,
            r"客户|单位|户名|企业|公司|名称|customer|client|account|company|name",
        ),
        (CATEGORY, r"业务|产品|专业|类|条线|品种|category|line|business|product|type"),
    ):
        if re.search(words, key):
            return column
    return UNKNOWN
