"""What the product says of itself after a race: its integrity check, and its figures
against a recount of the seed's records, one by one, in plain Python.
"""

from ...kernel import windows
from ..figures.recount import Recount, get_key
from .world import EARLIER


class SeedRecount(Recount):
    """Counts what came since a seed began only, as if nothing had been before."""

    def __init__(self, env, company, tide, today):
        self._tide = tide
        months, month = [], EARLIER
        while month <= today:
            months.append(month)
            month = windows.add_months(month, 1)
        super().__init__(env, company, months, today)

    def _read(self, model, *domain):
        name = "id" if model in self._tide else "account_id.id"
        tide = self._tide.get(model, self._tide["res.partner"])
        return super()._read(model, (name, ">", tide), *domain)


def check_integrity(env, world):
    """The integrity check finds no error. B6."""
    check = env["club.integrity.check"]._run(world.program)
    for line in check.line_ids.filtered(lambda line: line.severity == "error"):
        yield (
            f"integrity: {line.kind} of {line.account_id.id}: "
            f"{line.expected} expected, {line.found} found"
        )


def check_figures(env, world):
    """Each figure of the seed's unit is what its records come to. E5."""
    company = world.program.company_id
    today = company._club_today()
    figures = env["club.figure"].sudo()
    if not figures._refresh(company, EARLIER, today):
        yield "somebody is still working the figures out"
    unit = world.unit.id
    found = {
        get_key(row)[2:]: (round(row.value, 2), round(row.base, 2))
        for row in figures.search([("unit_id", "=", unit), ("month", ">=", EARLIER)])
        if row.value or row.base
    }
    counted = SeedRecount(env, company, world.tide, today).count()
    wanted = {key[2:]: value for key, value in counted.items() if key[1] == unit}
    for key in sorted({*found, *wanted}, key=str):
        one, other = found.get(key, (0, 0)), wanted.get(key, (0, 0))
        if any(abs(a - b) > 0.005 for a, b in zip(one, other, strict=True)):
            yield f"figure {key} is {one}, by hand {other}"
