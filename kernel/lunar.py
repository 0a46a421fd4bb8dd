"""The Chinese calendar: lunar dates, solar terms, and when a birthday comes round. A8.

Wraps `lunar-python`, of which only the months of a lunar year and the moments of the
solar terms are used. Other libraries err: one takes the 30th of a month that has 29
days for the first of the next.
"""

from calendar import isleap, monthrange
from datetime import date, timedelta
from functools import lru_cache

from lunar_python import LunarYear

LUNAR_DAYS = 30
# Noon of this day, in days of Julius Caesar's count, of which the library's are.
EPOCH, EPOCH_JULIAN = date(2000, 1, 1), 2_451_545

# The 24 solar terms of a solar year, in their order from January on.
TERMS = (
    *("xiaohan", "dahan", "lichun", "yushui", "jingzhe", "chunfen", "qingming"),
    *("guyu", "lixia", "xiaoman", "mangzhong", "xiazhi", "xiaoshu", "dashu", "liqiu"),
    *("chushu", "bailu", "qiufen", "hanlu", "shuangjiang", "lidong", "xiaoxue"),
    *("daxue", "dongzhi"),
)
# The library's list begins with the term two before the first of the year.
_FIRST_TERM = 2

_MONTHS = "正二三四五六七八九十冬腊"
_DIGITS = "一二三四五六七八九十"


# === Lunar days === #


@lru_cache(maxsize=400)
def _months(year: int) -> dict[int, tuple[date, int]]:
    """Return first day and length of each month of a lunar year, leap ones negative."""
    return {
        month.getMonth(): (_day(month.getFirstJulianDay()), month.getDayCount())
        for month in LunarYear(year).getMonthsInYear()
    }


def _day(julian: float) -> date:
    """Return the day, in China, of a moment that the library counts in its days."""
    return EPOCH + timedelta(days=int(julian + 0.5) - EPOCH_JULIAN)


def get_leap_month(year: int) -> int:
    """Return the number of the month that a lunar year has twice, else 0.

    >>> get_leap_month(2025), get_leap_month(2026), get_leap_month(2033)
    (6, 0, 11)
    """
    return next((-month for month in _months(year) if month < 0), 0)


def to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """Return the day on which a lunar day is kept in a lunar year.

    The 30th of a month with 29 days is kept on its 29th; a day of a leap month in the
    month of that number where the year doesn't have it twice. The 12th month falls,
    wholly or in part, into the next solar year.

    >>> to_solar(2026, 8, 15)
    datetime.date(2026, 9, 25)
    >>> to_solar(2025, 12, 30), to_solar(2025, 12, 29)
    (datetime.date(2026, 2, 16), datetime.date(2026, 2, 16))
    >>> to_solar(2025, 6, 1, leap=True), to_solar(2026, 6, 1, leap=True)
    (datetime.date(2025, 7, 25), datetime.date(2026, 7, 14))
    """
    months = _months(year)
    first, length = months.get(-month if leap else month) or months[month]
    return first + timedelta(days=min(day, length) - 1)


def to_lunar(day: date) -> tuple[int, int, int, bool]:
    """Return lunar year, month and day, and whether it is of the leap month.

    >>> to_lunar(date(2026, 2, 17)), to_lunar(date(2026, 2, 16))
    ((2026, 1, 1, False), (2025, 12, 29, False))
    >>> to_lunar(date(2025, 7, 25))
    (2025, 6, 1, True)
    """
    year = day.year if day >= _months(day.year)[1][0] else day.year - 1
    month, (first, _length) = max(
        (item for item in _months(year).items() if item[1][0] <= day),
        key=lambda item: item[1][0],
    )
    return year, abs(month), (day - first).days + 1, month < 0


def format_chinese(month: int, day: int, leap: bool = False) -> str:
    """Return a lunar day as it is said in Chinese.

    >>> format_chinese(8, 15), format_chinese(12, 30), format_chinese(1, 1)
    ('八月十五', '腊月三十', '正月初一')
    >>> format_chinese(4, 21, leap=True)
    '闰四月廿一'
    """
    tens, ones = divmod(day - 1, 10)
    if day in (20, 30):
        text = ("二十", "三十")[tens - 1]
    else:
        text = ("初", "十", "廿")[tens] + _DIGITS[ones]
    return f"{'闰' if leap else ''}{_MONTHS[month - 1]}月{text}"


# === Solar terms === #


@lru_cache(maxsize=100)
def get_terms(year: int) -> dict[str, date]:
    """Return the days of a solar year on which the 24 terms begin, by name.

    >>> get_terms(2026)["qingming"], get_terms(2026)["dongzhi"]
    (datetime.date(2026, 4, 5), datetime.date(2026, 12, 22))
    """
    moments = LunarYear(year).getJieQiJulianDays()[_FIRST_TERM:]
    return {name: _day(moment) for name, moment in zip(TERMS, moments, strict=False)}


# === Birthdays. Rule A8 === #


def is_day(month: int, day: int, year: int = 0, lunar: bool = False) -> bool:
    """Tell whether there can be such a day; a year of 0 isn't known.

    >>> is_day(2, 29), is_day(2, 29, 1990), is_day(2, 29, 1992)
    (True, False, True)
    >>> is_day(2, 30), is_day(2, 30, lunar=True), is_day(1, 31, lunar=True)
    (False, True, False)
    >>> is_day(13, 1), is_day(1, 0)
    (False, False)
    """
    if not 1 <= month <= 12:
        return False
    last = LUNAR_DAYS if lunar else monthrange(year or 2000, month)[1]
    return 1 <= day <= last


def get_birthday(
    year: int, month: int, day: int, lunar: bool = False, leap: bool = False
) -> date:
    """Return the day on which a birthday is kept that belongs to a year.

    A lunar birthday belongs to the lunar year. Who was born on 29 February keeps it on
    the 28th in a common year.

    >>> get_birthday(2027, 2, 29), get_birthday(2028, 2, 29)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))
    >>> get_birthday(2026, 12, 8, lunar=True)
    datetime.date(2027, 1, 15)
    """
    if lunar:
        return to_solar(year, month, day, leap)
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)


def next_birthday(
    month: int, day: int, today: date, lunar: bool = False, leap: bool = False
) -> date:
    """Return the first day, from `today` on, on which the birthday is kept.

    >>> next_birthday(4, 10, date(2026, 4, 10))
    datetime.date(2026, 4, 10)
    >>> next_birthday(4, 9, date(2026, 4, 10))
    datetime.date(2027, 4, 9)
    >>> next_birthday(12, 8, date(2026, 1, 26), lunar=True)
    datetime.date(2026, 1, 26)
    >>> next_birthday(12, 8, date(2026, 1, 27), lunar=True)
    datetime.date(2027, 1, 15)
    >>> next_birthday(4, 30, date(2026, 4, 10), lunar=True, leap=True)
    datetime.date(2026, 6, 14)
    """
    first = today.year - lunar  # of a lunar year, the end lies in the next solar one
    days = (get_birthday(year, month, day, lunar, leap) for year in range(first, 3000))
    return next(found for found in days if found >= today)


def is_kept(
    first: date,
    last: date,
    month: int,
    day: int,
    lunar: bool = False,
    leap: bool = False,
) -> bool:
    """Tell whether a birthday is kept on one of the days from the first to the last.

    >>> is_kept(date(2026, 9, 1), date(2026, 9, 30), 8, 15, lunar=True)
    True
    """
    return next_birthday(month, day, first, lunar, leap) <= last


def get_kept(
    first: date, last: date, lunar: bool = False, leap: bool = False
) -> dict[int, list[int]]:
    """Return the birthdays that are kept from the first to the last day, by month.

    >>> get_kept(date(2026, 9, 1), date(2026, 9, 3))
    {9: [1, 2, 3]}
    >>> get_kept(date(2027, 2, 28), date(2027, 3, 1))
    {2: [28, 29], 3: [1]}
    >>> get_kept(date(2026, 2, 16), date(2026, 2, 18), lunar=True)
    {1: [1, 2], 12: [29, 30]}
    """
    kept = {}
    for month in range(1, 13):
        for day in range(1, 32):
            if is_day(month, day, lunar=lunar) and is_kept(
                first, last, month, day, lunar, leap
            ):
                kept.setdefault(month, []).append(day)
    return kept
