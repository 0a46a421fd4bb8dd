"""How the rows of a take-on fit each other, and what is there already. Rule A14."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from . import lunar
from .card_number import clean_number
from .revenue_rows import alias_key
from .take_on import (
    ACCOUNTS,
    AGREED,
    CARD_TAKEN,
    CONTACTS,
    DIFFERS,
    ENDS_BEFORE,
    HAS_CARD,
    IS_MEMBER,
    LATER,
    LONELY,
    NO_ACCOUNT,
    NO_BIRTHDAY,
    NO_CARD,
    NO_CHOICE,
    NO_NUMBER,
    NO_TIER,
    OVER,
    OVERLAPS,
    POINTS,
    SEVERAL,
    SHEETS,
    STANDS,
    TIERS,
    TWICE,
    UNKNOWN,
    Fault,
    Row,
    tax_key,
)

# What a sheet lists once only, besides the account.
ONCE = {
    CONTACTS: ("name",),
    TIERS: ("group",),
    POINTS: ("kind", "valid_until"),
}
POINTS_LIMIT = Decimal(10) ** 10


@dataclass(slots=True)
class Known:
    """What is there already, by what it is called (`alias_key`): ids, or tuples.

    ``partners``: ``{"tax" | "ref" | "name": {key: [id]}}``; ``labels``: id → name.
    ``classes``, ``units``, ``managers``, ``roles``, ``groups``: ``{key: [id]}``.
    ``tiers``: ``{(group id, key): [id]}``; ``kinds``: ``{key: [code]}``.
    ``taken``: id of a partner → document; ``agreements``: key → whose.
    ``terms``: ``{(partner id, group id): [(first, last)]}``;
    ``people``: ``{(partner id, key): (contact id, whether a member contact)}``;
    ``grades``: ids of groups whose tiers have no cards; ``cards``: numbers that are
    taken, as written; ``carded``: ``{(partner id, group id): number}`` of cards in use.
    ``shown``: ``{kind of name: text of what there is to choose from}``.
    """

    today: date
    partners: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    managers: dict = field(default_factory=dict)
    roles: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    tiers: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)
    agreements: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)
    grades: set = field(default_factory=set)
    cards: set = field(default_factory=set)
    carded: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)


class Check:
    """Checks the rows of a workbook against each other and what is `Known`.

    Afterwards ``row.values`` of accounts have ``partner`` (id or None) and ids for what
    they name; those of the other sheets have ``place``, the account's among accounts.

    >>> from kernel.take_on import read_book
    >>> cells = [(1, ["Name", "Tax ID"]), (2, ["Blue Sea", "A1"]),
    ...          (3, ["Other", "a-1"])]
    >>> points = [(1, ["Account", "Kind", "Points", "Valid Until"]),
    ...           (2, ["Blue Sea", "Bonus", "5", "2025-12-31"])]
    >>> rows, faults = read_book([("Accounts", cells), ("Points", points)])
    >>> known = Known(today=date(2026, 1, 1), kinds={"bonus": ["bonus"]})
    >>> [(f.sheet, f.row, f.column, f.problem) for f in Check(rows, known).run()]
    [('accounts', 3, 'tax', 'twice'), ('points', 2, 'valid_until', 'over')]
    """

    def __init__(self, rows: dict[str, list[Row]], known: Known) -> None:
        self._rows = rows
        self._known = known
        self._places: dict[str, set[int]] = {}
        self._keys: dict[str, str] = {}
        self.faults: list[Fault] = []

    def run(self) -> list[Fault]:
        """Return all faults, by sheet and row."""
        self._check_accounts()
        for sheet in (CONTACTS, TIERS, POINTS):
            self._find_accounts(sheet)
            self._check_once(sheet)
        for row in self._rows[CONTACTS]:
            self._check_contact(row)
        for row in self._rows[TIERS]:
            self._check_tier(row)
        for row in self._rows[POINTS]:
            self._check_points(row)
        self._check_cards()
        return self.faults

    def _key(self, text):
        """Return the key of a name: folding one again would take longer."""
        key = self._keys.get(text)
        if key is None:
            key = self._keys[text] = alias_key(text)
        return key

    def _tell(self, row, column, problem, wanted=""):
        columns = SHEETS[row.sheet].columns
        keys = [each.key for each in columns]
        value = row.cells[keys.index(column)]
        self.faults.append(
            Fault(row.sheet, row.number, column, problem, value, str(wanted))
        )

    def _check_accounts(self):
        seen: dict[tuple[str, str], int] = {}
        agreed: dict[str, int] = {}
        matched: dict[int, int] = {}
        for place, row in enumerate(self._rows[ACCOUNTS]):
            values = row.values
            for column, key in self._get_keys(values):
                if (column, key) in seen:
                    self._tell(row, column, TWICE, seen[column, key])
                else:
                    seen[column, key] = row.number
                self._places.setdefault(key, set()).add(place)
            self._match(row, matched)
            for column, known in (
                ("unit", self._known.units),
                ("manager", self._known.managers),
                ("class", self._known.classes),
            ):
                values[f"{column}_id"] = self._look_up(row, column, known)
            self._check_agreement(row, agreed)

    def _get_keys(self, values):
        if values["tax"]:
            yield "tax", self._key(tax_key(values["tax"]))
        if values["ref"]:
            yield "ref", self._key(values["ref"])
        if values["name"]:
            yield "name", self._key(values["name"])

    def _match(self, row, matched):
        """Find the partner that an account is: by tax id, by code, by exact name."""
        row.values["partner"] = None
        found: dict[int, str] = {}
        for column, key in self._get_keys(row.values):
            ids = self._known.partners.get(column, {}).get(key, [])
            if column == "name" and found:
                break  # a name that another one has, too, says nothing then
            if len(ids) > 1:
                self._tell(row, column, SEVERAL, len(ids))
                return
            for number in ids:
                found.setdefault(number, column)
        if len(found) > 1:
            column = list(found.values())[-1]
            self._tell(row, column, DIFFERS, self._known.labels[list(found)[0]])
            return
        for number, column in found.items():
            if not self._has_same_codes(row, number):
                return
            if document := self._known.taken.get(number):
                self._tell(row, column, STANDS, document)
            elif number in matched:
                self._tell(row, column, TWICE, matched[number])
            matched.setdefault(number, row.number)
            row.values["partner"] = number

    def _has_same_codes(self, row, number):
        """Refuse a partner that has another tax id or code than the sheet says."""
        tax, ref = self._known.codes.get(number, ("", ""))
        for column, there, said in (
            ("tax", tax_key(tax), tax_key(row.values["tax"] or "")),
            ("ref", self._key(ref), self._key(row.values["ref"] or "")),
        ):
            if there and said and there != said:
                label = (
                    f"{self._known.labels[number]} ({tax if column == 'tax' else ref})"
                )
                self._tell(row, column, DIFFERS, label)
                return False
        return True

    def _look_up(self, row, column, known, key=None):
        """Return the id of what a cell names, None for an empty or faulty one."""
        text = row.values[column]
        if not text:
            return None
        ids = known.get(key or self._key(text), ())
        if len(ids) == 1:
            return ids[0]
        if ids:
            self._tell(row, column, SEVERAL, len(ids))
        else:
            self._tell(row, column, UNKNOWN, self._known.shown.get(column, ""))
        return None

    def _check_agreement(self, row, agreed):
        number, first = row.values["agreement"], row.values["agreement_from"]
        if first and not number:
            self._tell(row, "agreement", LONELY)
        if not number:
            return
        key = self._key(number)
        if key in self._known.agreements:
            self._tell(row, "agreement", AGREED, self._known.agreements[key])
        elif key in agreed:
            self._tell(row, "agreement", TWICE, agreed[key])
        agreed.setdefault(key, row.number)

    def _find_accounts(self, sheet):
        for row in self._rows[sheet]:
            row.values["place"] = None
            text = row.values["account"]
            if not text:
                continue
            places = self._places.get(self._key(text), set())
            by_tax = self._key(tax_key(text))
            if by_tax != self._key(text):
                places = places | self._places.get(by_tax, set())
            if len(places) == 1:
                (row.values["place"],) = places
            elif places:
                self._tell(row, "account", SEVERAL, len(places))
            else:
                self._tell(row, "account", NO_ACCOUNT)

    def _check_once(self, sheet):
        seen = {}
        for row in self._rows[sheet]:
            values = [row.values[name] for name in ONCE[sheet]]
            if row.values["place"] is None or None in values:
                continue
            key = (row.values["place"], *(self._key(str(value)) for value in values))
            if key in seen:
                self._tell(row, ONCE[sheet][0], TWICE, seen[key])
            seen.setdefault(key, row.number)

    def _get_partner(self, row):
        place = row.values["place"]
        return place is not None and self._rows[ACCOUNTS][place].values["partner"]

    def _check_contact(self, row):
        values = row.values
        values["role_ids"] = []
        for name in values["roles"] or ():
            ids = self._known.roles.get(self._key(name), ())
            if len(ids) == 1:
                values["role_ids"].append(ids[0])
            else:
                self._tell(row, "roles", UNKNOWN, self._known.shown.get("roles", ""))
        if values["birthday"]:
            year, month, day = values["birthday"]
            is_lunar = values["calendar"] == "lunar"
            solar_year = 0 if is_lunar else year
            if (
                not lunar.is_day(month, day, solar_year, lunar=is_lunar)
                or year > self._known.today.year
            ):
                self._tell(row, "birthday", NO_BIRTHDAY)
            elif values["leap"] and not is_lunar:
                self._tell(row, "leap", NO_BIRTHDAY)
        if values["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+", values["email"]):
            self._tell(row, "email", NO_CHOICE)
        partner = self._get_partner(row)
        found = partner and self._known.people.get(
            (partner, self._key(values["name"] or ""))
        )
        values["contact"], is_member = found or (None, False)
        if is_member:
            self._tell(row, "name", IS_MEMBER)

    def _check_tier(self, row):
        values, known = row.values, self._known
        group = values["group_id"] = self._look_up(row, "group", known.groups)
        values["tier_id"] = None
        if group and values["tier"]:
            values["tier_id"] = self._look_up(
                row, "tier", known.tiers, (group, self._key(values["tier"]))
            )
        first, last = values["date_from"], values["date_to"]
        if not (first and last):
            return
        if last < first:
            self._tell(row, "date_to", ENDS_BEFORE)
        elif last < known.today:
            self._tell(row, "date_to", OVER, known.today)
        elif first > known.today:
            self._tell(row, "date_from", LATER, known.today)
        else:
            partner = self._get_partner(row)
            for start, end in known.terms.get((partner, group), ()):
                if start <= last and end >= first:
                    self._tell(row, "tier", OVERLAPS, f"{start} – {end}")
                    break

    def _check_cards(self):
        """Find the tier that each card is for, as `card_term`: a row of the tiers."""
        terms: dict[int, int] = {}
        for place, row in enumerate(self._rows[TIERS]):
            if row.values["group_id"] and row.values["group_id"] not in (
                self._known.grades
            ):
                terms.setdefault(row.values["place"], place)
        seen: dict[str, int] = {}
        for place, row in enumerate(self._rows[ACCOUNTS]):
            text = row.values["card"]
            if not text:
                continue
            number = clean_number(text)
            if not number:
                self._tell(row, "card", NO_CARD)
                continue
            if text in self._known.cards:
                self._tell(row, "card", CARD_TAKEN)
            elif number in seen:
                self._tell(row, "card", TWICE, seen[number])
            seen.setdefault(number, row.number)
            row.values["card_term"] = term = terms.get(place)
            if term is None:
                self._tell(row, "card", NO_TIER)
                continue
            group = self._rows[TIERS][term].values["group_id"]
            other = self._known.carded.get((row.values["partner"], group))
            if other:
                self._tell(row, "card", HAS_CARD, other)

    def _check_points(self, row):
        values, known = row.values, self._known
        values["kind_code"] = self._look_up(row, "kind", known.kinds)
        points = values["points"]
        if points is not None and not 0 < points < POINTS_LIMIT:
            self._tell(row, "points", NO_NUMBER)
        if values["valid_until"] and values["valid_until"] < known.today:
            self._tell(row, "valid_until", OVER, known.today)
