"""The days off and make-up days that the State Council published, year by year."""

from datetime import date

from .working_days import (
    DRAGON_BOAT,
    LABOUR,
    MID_AUTUMN,
    NATIONAL,
    NEW_YEAR,
    SPRING,
    TOMBS,
    Holiday,
)

# Of each holiday its first and last day off, then the days on which it is made up.
_NOTICES = {
    2024: (
        (NEW_YEAR, "01-01", "01-01"),
        (SPRING, "02-10", "02-17", "02-04", "02-18"),
        (TOMBS, "04-04", "04-06", "04-07"),
        (LABOUR, "05-01", "05-05", "04-28", "05-11"),
        (DRAGON_BOAT, "06-08", "06-10"),
        (MID_AUTUMN, "09-15", "09-17", "09-14"),
        (NATIONAL, "10-01", "10-07", "09-29", "10-12"),
    ),
    2025: (
        (NEW_YEAR, "01-01", "01-01"),
        (SPRING, "01-28", "02-04", "01-26", "02-08"),
        (TOMBS, "04-04", "04-06"),
        (LABOUR, "05-01", "05-05", "04-27"),
        (DRAGON_BOAT, "05-31", "06-02"),
        # Mid-Autumn is on 6 October, within it.
        (NATIONAL, "10-01", "10-08", "09-28", "10-11"),
    ),
    2026: (
        (NEW_YEAR, "01-01", "01-03", "01-04"),
        (SPRING, "02-15", "02-23", "02-14", "02-28"),
        (TOMBS, "04-04", "04-06"),
        (LABOUR, "05-01", "05-05", "05-09"),
        (DRAGON_BOAT, "06-19", "06-21"),
        (MID_AUTUMN, "09-25", "09-27"),
        (NATIONAL, "10-01", "10-07", "09-20", "10-10"),
    ),
}
PUBLISHED = {
    year: tuple(
        Holiday(name, *days[:2], days[2:])
        for name, *texts in notice
        for days in [tuple(date.fromisoformat(f"{year}-{text}") for text in texts)]
    )
    for year, notice in _NOTICES.items()
}
