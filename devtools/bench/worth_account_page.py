"""Opening an account, at 1,000 and at 100,000 accounts: queries of what the web client
asks for, by its manager, who has 50 accounts at both sizes, and by a club officer.

The rows are those of `screens`. `account_page`: `queries_1k`, `queries_100k` (the more
of the two readers), `ms_1k`, `ms_100k` and `ratio` of the two times.
"""

from .screen_rows import lay
from .screens import Crew, _get_partner_form, _measure_screen, get_officer_form

READERS = ((_get_partner_form, "manager"), (get_officer_form, "officer"))


def measure(env, accounts=100_000) -> dict:
    """Return the figures; the database is the bench's own."""
    crew = Crew(env)
    found, laid = {}, 0
    for size, count in (("1k", 1_000), ("100k", accounts)):
        lay(env, crew, laid, count)
        laid = count
        rows = [_measure_screen(env, crew, screen) for screen in READERS]
        print(f"  {count} accounts: {rows}", flush=True)
        found[f"queries_{size}"] = max(row["queries"] for row in rows)
        found[f"ms_{size}"] = max(row["ms"] for row in rows)
    found["ratio"] = round(found["ms_100k"] / found["ms_1k"], 2)
    return {"account_page": found}
