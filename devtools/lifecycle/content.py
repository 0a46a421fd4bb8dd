"""What a database's rows say, to the last column, and how two such looks differ."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from .. import postgres

Row = dict[str, object]
Content = dict[str, dict[str, Row]]  # table, key of a row, its columns

_TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
# Moments of the last change: what changed shows in the other columns.
MOMENTS = frozenset({"write_date", "write_uid", "create_date"})
REMOVED, ADDED = "removed", "added"


class Difference(NamedTuple):
    """One kind of change: of which table, in which column, in how many rows.

    >>> str(Difference("res_partner", "name", 2, "7: 'a' → 'b'"))
    "res_partner.name differs in 2 rows (7: 'a' → 'b')"
    >>> str(Difference("mail_message", REMOVED, 1, "7"))
    'mail_message: 1 rows removed (7)'
    """

    table: str
    column: str
    rows: int
    example: str

    @property
    def name(self) -> str:
        """Return what a list of expected changes calls it."""
        return f"{self.table}.{self.column}"

    def __str__(self) -> str:
        if self.column in (REMOVED, ADDED):
            return f"{self.table}: {self.rows} rows {self.column} ({self.example})"
        return f"{self.name} differs in {self.rows} rows ({self.example})"


def read(database: str, unless: str = r"^$") -> Content:
    """Return the rows of all tables whose names a pattern doesn't match."""
    pattern = re.compile(unless)
    tables = [
        name
        for name in postgres.run_sql(_TABLES, database=database).splitlines()
        if not pattern.search(name)
    ]
    looks = [
        f"SELECT jsonb_build_array('{table}', to_jsonb(t)) FROM \"{table}\" t"
        for table in tables
    ]
    printed = postgres.run_sql(" UNION ALL ".join(looks), database=database)
    content: Content = {table: {} for table in tables}
    for line in printed.split("\n"):
        table, row = json.loads(line)
        content[table][_key(row)] = row
    return content


def _key(row: Row) -> str:
    """Return what tells a row from the others of its table."""
    return str(row["id"]) if "id" in row else json.dumps(row, sort_keys=True)


def compare(
    before: Content, after: Content, *, only_losses: bool = False
) -> list[Difference]:
    """Return what differs, moments of change aside.

    A column that only one of both has is no difference of its rows.

    :param only_losses: leave out new rows, and languages or companies that came to a
        value that has one for each

    >>> before = {"a": {"1": {"id": 1, "x": 1}, "2": {"id": 2, "x": 1, "gone": 1}}}
    >>> after = {"a": {"1": {"id": 1, "x": 3}, "3": {"id": 3}}, "b": {}}
    >>> [difference[:3] for difference in compare(before, after)]
    [('a', 'added', 1), ('a', 'removed', 1), ('a', 'x', 1)]
    """
    found: list[Difference] = []
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, {}), after.get(table, {})
        for what, keys in (
            (ADDED, new.keys() - old.keys()),
            (REMOVED, old.keys() - new.keys()),
        ):
            if keys and not (only_losses and what == ADDED):
                rows = old if what == REMOVED else new
                example = rows[min(keys)]
                found.append(Difference(table, what, len(keys), _shorten(example)))
        counts: Counter[str] = Counter()
        examples: dict[str, str] = {}
        for key in old.keys() & new.keys():
            for column, one, other in _changed(old[key], new[key]):
                if only_losses and _is_kept(one, other):
                    continue
                counts[column] += 1
                text = f"{key}: {_shorten(one)} → {_shorten(other)}"
                examples.setdefault(column, text)
        found += [
            Difference(table, column, count, examples[column])
            for column, count in sorted(counts.items())
        ]
    return found


def _changed(old: Row, new: Row) -> Iterator[tuple[str, object, object]]:
    for column in (old.keys() & new.keys()) - MOMENTS:
        if old[column] != new[column]:
            yield column, old[column], new[column]


def _is_kept(one: object, other: object) -> bool:
    """Tell whether a value for each language or company is all in another one.

    >>> _is_kept({"en_US": "Gold"}, {"en_US": "Gold", "zh_CN": "金"})
    True
    >>> _is_kept({"en_US": "Gold"}, {"en_US": "Golden"})
    False
    """
    return (
        isinstance(one, dict)
        and isinstance(other, dict)
        and one.items() <= other.items()
    )


def _shorten(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:159]}…"


def lost_columns(before: Content, after: Content) -> list[str]:
    """Return the columns and tables with anything in them that are there no more.

    >>> before = {"a": {"1": {"id": 1, "x": 5, "y": None}}}
    >>> lost_columns(before, {"a": {"1": {"id": 1}}})
    ['a.x']
    """
    lost = []
    for table, rows in before.items():
        if not rows:
            continue
        if table not in after:
            lost.append(table)
            continue
        kept = set().union(*(row.keys() for row in after[table].values()))
        filled = {
            column
            for row in rows.values()
            for column, value in row.items()
            if value not in (None, False, "")
        }
        lost += sorted(f"{table}.{column}" for column in filled - kept)
    return lost


def find_new_days(before: Content, after: Content, days: set[str]) -> list[str]:
    """Return the columns that came new and say one of some days in rows that were
    there: filled by a default that is right for new rows only.

    >>> before = {"a": {"1": {"id": 1}}, "b": {}}
    >>> row = {"id": 1, "since": "2026-11-30", "at": "2026-11-30T08:00:00", "x": None}
    >>> find_new_days(before, {"a": {"1": row}, "b": {"2": row}}, {"2026-11-30"})
    ['a.at', 'a.since']
    """
    found = set()
    for table, rows in before.items():
        for key in rows.keys() & after.get(table, {}).keys():
            row = after[table][key]
            found |= {
                f"{table}.{column}"
                for column in row.keys() - rows[key].keys()
                if isinstance(row[column], str) and row[column][:10] in days
            }
    return sorted(found)
