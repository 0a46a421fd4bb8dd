"""From the words of a statement's row to account, category, month and amount.

Names are looked up for all rows at once, with one query each, whatever the number
of rows; then every row is judged by dictionaries. Rule B15.
"""

import unicodedata
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ...kernel import revenue_rows
from ..record.names import join

# How many CNY one stands for.
UNITS = {"yuan": Decimal(1), "wan": Decimal(10000)}
PARTS = ("account", "category", "product", "month", "amount")
SHOWN = 80  # characters of a text in its fault
NAMED = 5  # accounts that a name may be
# What splits the columns of a text file where a comma is the decimal point.
COMMA_DECIMAL = ";"


class Found(NamedTuple):
    account_id: int | None = None
    category_id: int | None = None
    product_id: int | None = None
    month: object = None
    amount: Decimal | None = None
    fault_code: str | None = None
    fault: str | None = None


NOTHING = Found()


class RevenueMatcher:
    """What the names in the files of one company stand for.

    :param env: its language is that of the faults
    :param company: whose accounts, aliases and parked rows are meant
    :param rows: the rows that will be asked for, for their names only
    """

    def __init__(self, env, company, rows):
        self._env = env
        self._company = company
        self._this_month = company._club_today().replace(day=1)
        self._names = {}  # of accounts that were found by name
        texts = {text for row in rows for text in (row.account, row.account_name)}
        # Codes that lost digits are looked up nowhere.
        sure = set(filter(revenue_rows.is_sure_code, texts))
        self._unsure = texts - sure
        self._accounts = self._load_accounts(sure)
        self._categories = self._load_categories()
        self._categories_by_name_key = _by_name_key(self._categories)
        self._product_categories = {}
        self._products = self._load_products({row.product for row in rows} - {""})
        # What a text was read as; a file repeats few texts many times.
        self._read = {"category": {}, "product": {}, "month": {}}

    def find(self, row, unit, delimiter="", known=NOTHING):
        """Return what a row says, and one sentence for each of its faults.

        :param row: the texts of the row
        :param str unit: "yuan" or "wan"
        :param str delimiter: what splits the columns of its file, if it is a text file
        :param Found known: parts that were settled before; they stay as they are
        """
        values, faults = {}, []
        for part, field in zip(PARTS, Found._fields, strict=False):
            value, fault = getattr(known, field), None
            if value is None:
                value, fault = self._find(part, row, unit, delimiter)
            values[field] = value
            if fault:
                faults.append((part, fault))
        if faults:
            values["fault_code"] = faults[0][0]
            values["fault"] = " ".join(sentence for _part, sentence in faults)
        return Found(**values)

    # === THE PARTS OF A ROW === #

    def _find(self, part, row, unit, delimiter):
        if part == "account":
            return self._find_account(row)
        text = getattr(row, part)
        if part == "category" and not text:
            product_id, _fault = self._read_once("product", row.product)
            if product_id:
                return self._product_categories[product_id], None
        if text.endswith(revenue_rows.MERGED_MARK):
            return None, self._env._(
                "The amount “%s” stands in a merged cell for several rows or columns: "
                "give each its own.",
                _shown(text.removesuffix(revenue_rows.MERGED_MARK).strip()),
            )
        if revenue_rows.is_marked(text):
            return None, self._env._(
                "The format of the cell “%s” leaves open what it shows: give it "
                "without that format.",
                _shown(text),
            )
        if part == "amount":
            return self._find_amount(text, unit, delimiter)
        return self._read_once(part, text)

    def _find_account(self, row):
        # A code that is known but unclear is not outvoted by the name beside it.
        for text in (row.account, row.account_name):
            if text in self._unsure:
                return None, self._env._(
                    "“%s” lost digits in a spreadsheet, or its format hides them: "
                    "give the code as text.",
                    _shown(text),
                )
            if text in self._accounts:
                return self._accounts[text]
        text = row.account or row.account_name
        if not text:
            return None, self._env._("The account is missing.")
        return None, self._env._("No account has the code or name “%s”.", _shown(text))

    def read_category(self, text):
        """Return the id of the category that a name stands for, and the fault."""
        return self._read_once("category", text)

    def _read_once(self, part, text):
        if text not in self._read[part]:
            self._read[part][text] = getattr(self, f"_read_{part}")(text)
        return self._read[part][text]

    def _read_category(self, text):
        if not text:
            return None, self._env._("The category is missing.")
        key = revenue_rows.alias_key(text)
        found = self._categories.get(key, ()) if key else ()
        if key and not found:
            found = self._categories_by_name_key.get(revenue_rows.name_key(text), ())
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            return None, self._env._(
                "%(count)s categories have the name “%(name)s”.",
                count=len(found),
                name=_shown(text),
            )
        return None, self._env._("No category has the name “%s”.", _shown(text))

    def _read_product(self, text):
        """A row needs no product: only one that has a rate of its own. Rule B2."""
        if not text:
            return None, None
        if not revenue_rows.is_sure_code(text):
            return None, self._env._(
                "“%s” lost digits in a spreadsheet, or its format hides them: "
                "give the code as text.",
                _shown(text),
            )
        found = self._products.get(text, ())
        if len(found) == 1:
            return next(iter(found)), None
        if found:
            return None, self._env._(
                "%(count)s products have the code or name “%(name)s”.",
                count=len(found),
                name=_shown(text),
            )
        return None, self._env._("No product has the code or name “%s”.", _shown(text))

    def _read_month(self, text):
        if not text:
            return None, self._env._("The month is missing.")
        try:
            month = revenue_rows.parse_month(text)
        except revenue_rows.Ambiguous:
            return None, self._env._(
                "“%s” can be read as more than one month: write it such as 2026-03.",
                _shown(text),
            )
        except ValueError:
            return None, self._env._(
                "“%s” is not a month such as 2026-03.", _shown(text)
            )
        if month > self._this_month:
            return None, self._env._("The month “%s” lies ahead.", _shown(text))
        return month, None

    def _find_amount(self, text, unit, delimiter):
        if not text:
            return None, self._env._("The amount is missing.")
        try:
            return (
                revenue_rows.parse_amount(
                    text, UNITS[unit], is_comma_decimal=delimiter == COMMA_DECIMAL
                ),
                None,
            )
        except revenue_rows.Ambiguous:
            return None, self._env._(
                "“%s” is ambiguous, thousands or decimals: write the amount with two "
                "decimals.",
                _shown(text),
            )
        except ValueError:
            return None, self._env._("“%s” is not an amount.", _shown(text))

    # === LOOKING UP NAMES === #

    def _load_accounts(self, texts):
        """Return ``{text: (account id, None) or (None, fault)}``.

        The customer code comes before what was remembered, that before the name; last
        what was remembered of a name that differs in blanks alone.
        """
        keys = {text: revenue_rows.alias_key(text) for text in texts}
        keys = {text: key for text, key in keys.items() if key}
        by_code = self._accounts_by_code(keys)
        by_alias = self._accounts_by_alias(set(keys.values()))
        found, open_keys = {}, set()
        for text, key in keys.items():
            for accounts in (by_code.get(_code(text)), by_alias.get(key)):
                account_id, fault = self._choose(accounts or {}, text)
                if account_id:
                    found[text] = account_id, None
                    break
                if fault:
                    found.setdefault(text, (None, fault))
            if text not in found:
                open_keys.add(key)
        if not open_keys:
            return found
        name_keys = {text: revenue_rows.name_key(keys[text]) for text in keys}
        wanted = {name_keys[text] for text in keys if keys[text] in open_keys}
        for accounts in (
            self._accounts_by_name(wanted),
            self._accounts_by_alias_name(wanted),
        ):
            for text, key in name_keys.items():
                if text not in found and key in accounts:
                    found[text] = self._choose(accounts[key], text)
        return found

    def _choose(self, accounts, text):
        """Return the one active account of ``{id: active}``, or why there is none."""
        active = [account_id for account_id, is_active in accounts.items() if is_active]
        if len(active) == 1:
            return active[0], None
        names = sorted({self._names[i] for i in active if i in self._names})
        if len(names) > 1:
            return None, self._env._(
                "“%(name)s” may be each of these accounts: %(accounts)s.",
                name=_shown(text),
                accounts=join(
                    self._env, [f"“{_shown(name)}”" for name in names[:NAMED]]
                ),
            )
        if active:
            return None, self._env._(
                "%(count)s accounts have the code or name “%(name)s”.",
                count=len(active),
                name=_shown(text),
            )
        if accounts:
            return None, self._env._("The account “%s” is archived.", _shown(text))
        return None, None

    def _accounts_by_code(self, texts):
        found = defaultdict(dict)
        codes = {_code(text) for text in texts}
        for ref, account_id, active in self._select_accounts(
            SQL("p.ref"), SQL("p.ref = ANY(%s)", list(codes))
        ):
            found[ref][account_id] = active
        return found

    def _accounts_by_name(self, keys):
        """Return the accounts by the `name_key` of their name, among ``keys``.

        The key is made in Python, so all names are read: 100,000 take a second.
        """
        found = defaultdict(dict)
        for name, account_id, active in self._select_accounts(
            SQL("p.name"), SQL("p.name IS NOT NULL")
        ):
            key = revenue_rows.name_key(name)
            if key in keys:
                found[key][account_id] = active
                self._names[account_id] = name
        return found

    def _accounts_by_alias_name(self, keys):
        """Return the accounts by the `name_key` of what is remembered of them."""
        found = defaultdict(dict)
        for alias, accounts in self._accounts_by_alias(None).items():
            key = revenue_rows.name_key(alias)
            if key in keys:
                found[key].update(accounts)
        return found

    def _accounts_by_alias(self, keys):
        """Return the accounts of the aliases with these keys, of all where None."""
        self._env["club.alias"].flush_model()
        self._env["res.partner"].flush_model(
            ["active", "commercial_partner_id", "company_id"]
        )
        rows = self._env.execute_query(
            SQL(
                """
                SELECT a.key, c.id, c.active
                  FROM club_alias a
                  JOIN res_partner p ON p.id = a.account_id
                  JOIN res_partner c ON c.id = p.commercial_partner_id
                 WHERE a.company_id = %s AND a.kind = 'account' AND %s
                   AND (c.company_id IS NULL OR c.company_id = %s)
                """,
                self._company.id,
                SQL("a.key = ANY(%s)", list(keys)) if keys is not None else SQL("TRUE"),
                self._company.id,
            )
        )
        return {key: {account_id: active} for key, account_id, active in rows}

    def _select_accounts(self, column, condition):
        """Return column, id and active of the accounts that the company may use."""
        self._env["res.partner"].flush_model(
            ["active", "commercial_partner_id", "company_id", "name", "ref"]
        )
        return self._env.execute_query(
            SQL(
                """
                SELECT %s, p.id, p.active FROM res_partner p
                 WHERE p.id = p.commercial_partner_id
                   AND (p.company_id IS NULL OR p.company_id = %s) AND %s
                """,
                column,
                self._company.id,
                condition,
            )
        )

    def _load_categories(self):
        """Return ``{key: ids}``: remembered names, else complete names, else names,
        else those of business lines, in any language.
        """
        # sudo: a name means the same thing, whoever reads the file
        categories_sudo = self._env["product.category"].sudo()
        categories_sudo = categories_sudo.search_fetch([], ["name", "complete_name"])
        of_lines, found = self._load_line_names(), {}
        for label in ("complete_name", "name"):
            by_key = defaultdict(set)
            for category in categories_sudo:
                by_key[revenue_rows.alias_key(category[label])].add(category.id)
            found = {**by_key, **found}
        return {**of_lines, **found, **self._load_aliases("category")}

    def _load_line_names(self):
        """Return ``{key: ids}``: the categories by the names of business lines."""
        self._env["club.business.line"].flush_model()
        rows = self._env.execute_query(
            SQL(
                """
                SELECT category_id, name FROM club_business_line
                 WHERE active AND (company_id IS NULL OR company_id = %s)
                """,
                self._company.id,
            )
        )
        found = defaultdict(set)
        for category_id, names in rows:
            for name in names.values():
                found[revenue_rows.alias_key(name)].add(category_id)
        return found

    def _load_products(self, texts):
        """Return ``{text: ids}``: by code, else what was remembered, else by name.

        The keys of names are made in Python, so all names are read, in each language;
        none is where no row names a product.
        """
        keys = {text: revenue_rows.alias_key(text) for text in texts}
        keys = {text: key for text, key in keys.items() if key}
        if not keys:
            return {}
        self._env["product.product"].flush_model(["active", "default_code"])
        self._env["product.template"].flush_model(["company_id", "name"])
        rows = self._env.execute_query(
            SQL(
                """
                SELECT p.id, p.default_code, t.name, t.categ_id
                  FROM product_product p
                  JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE p.active AND (t.company_id IS NULL OR t.company_id = %s)
                """,
                self._company.id,
            )
        )
        wanted = set(keys.values())
        by_code, by_name = defaultdict(set), defaultdict(set)
        for product_id, code, names, category_id in rows:
            self._product_categories[product_id] = category_id
            if code:
                by_code[_code(code)].add(product_id)
            for key in wanted.intersection(map(revenue_rows.alias_key, names.values())):
                by_name[key].add(product_id)
        by_alias = self._load_aliases("product")
        return {
            text: by_code.get(_code(text)) or by_alias.get(key) or by_name.get(key, ())
            for text, key in keys.items()
        }

    def _load_aliases(self, kind):
        """Return ``{key: {id}}`` of what is remembered of categories or products."""
        target = f"{kind}_id"
        # sudo: names count for every row, whoever brings it
        aliases_sudo = self._env["club.alias"].sudo()
        aliases_sudo = aliases_sudo.search_fetch(
            [("company_id", "=", self._company.id), ("kind", "=", kind)],
            ["key", target],
        )
        return {alias.key: {alias[target].id} for alias in aliases_sudo}


def _by_name_key(found):
    """Return ``{name_key: ids}`` of ``{key: ids}``."""
    by_name = defaultdict(set)
    for key, ids in found.items():
        by_name[revenue_rows.name_key(key)].update(ids)
    return by_name


def _code(text):
    return unicodedata.normalize("NFKC", revenue_rows.visible(text)).strip()


def _shown(text):
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
