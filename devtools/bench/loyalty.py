"""Invoice lines turned into points: ours beside Odoo's own `loyalty`, and a plain loop.

Ours: seconds to compute and post the month that holds all the laid lines (median of
OURS_ROUNDS, each rolled back), as the buttons do it: differences, rates, exceptions,
units, guards, seal.

`loyalty`: modules `loyalty` and `sale_loyalty` as they come, one loyalty program of one
point for each unit of money. Quotations of five lines are made beforehand, flushed and
committed, each of another customer. `factor` is against `_update_programs_and_rewards`
of each and its flush, which computes the points: all that confirming does for them
besides (it computes them again, adds them to the card, writes the history) is left out
in their favour, since any sale is confirmed. `factor_with_sale` is against both, to and
with the commit; confirmed one by one and in one call: the faster one counts. Afterwards
each customer's card and its history must hold the points of the order.

`orm_loop`: what an add-on would write first, on a sample of the accounts: for each
account and category `search` the posted lines of the month, sum them up in Python,
`create` an entry of a plain model; committed by account. `factor_by_account` is the
kinder form: one search for each account, summed by category, one `create`.

All of it with warm caches, as superuser (no record rules), no tracking but what the
models ask for by themselves, and per line. Needs `peer.install_loyalty`.
"""

import statistics
import time
from collections import defaultdict
from datetime import date

from odoo import Command

from . import invoices, posting
from .timing import timed

OURS_ROUNDS = 3
ORDERS = 40  # in each round
LINES_AN_ORDER = 5
ROUNDS = 3
SAMPLE = 20  # accounts of the loop


def measure(env, lines_per_second: float | None = None) -> dict:
    """Return the figures; the database is the bench's own.

    :param lines_per_second: ours, when it was measured in this run before
    """
    year = posting.YEAR
    invoices.lay(env, year, months=1)
    if lines_per_second is None:
        seconds = statistics.median(
            timed(env, posting.post, date(year, 12, 1)) for _round in range(OURS_ROUNDS)
        )
        lines_per_second = invoices.LINES / seconds
    print(f"  ours: {lines_per_second:.0f} lines/s", flush=True)
    peer = _measure_loyalty(env)
    print(f"  loyalty: {peer}", flush=True)
    plain = _measure_loop(env, _loop_by_category, year)
    print(f"  loop: {plain:.0f} lines/s", flush=True)
    kinder = _measure_loop(env, _loop_by_account, year)
    print(f"  loop by account: {kinder:.0f} lines/s", flush=True)
    return {
        "loyalty": {
            "factor": round(lines_per_second / peer["points"], 1),
            "factor_with_sale": round(lines_per_second / peer["with_sale"], 1),
            "ours_lines_per_second": round(lines_per_second),
            "loyalty_lines_per_second": round(peer["points"], 1),
            "loyalty_with_sale_lines_per_second": round(peer["with_sale"], 1),
            "module": env.ref("base.module_sale_loyalty").latest_version,
        },
        "orm_loop": {
            "factor": round(lines_per_second / plain, 1),
            "factor_by_account": round(lines_per_second / kinder, 1),
            "lines_per_second": round(plain),
            "lines_per_second_by_account": round(kinder),
            "accounts": SAMPLE,
        },
    }


# === Odoo's loyalty === #


def _measure_loyalty(env):
    """Return lines a second: of computing the points, and with the sale."""
    product = env["product.product"].create(
        {"name": "Bench ware", "list_price": 100, "taxes_id": False}
    )
    env["loyalty.program"].search([]).active = False
    env["loyalty.program"].create(
        {
            "name": "Bench loyalty",
            "program_type": "loyalty",
            "trigger": "auto",
            "applies_on": "both",
            "rule_ids": [
                Command.clear(),
                Command.create(
                    {"reward_point_mode": "money", "reward_point_amount": 1}
                ),
            ],
            # There must be one; this one is out of everyone's reach.
            "reward_ids": [
                Command.clear(),
                Command.create({"discount": 1, "required_points": 1e9}),
            ],
        }
    )
    env.cr.commit()
    _confirm(env, product, at_once=True, count=5)  # warm
    runs = {
        at_once: [_confirm(env, product, at_once) for _round in range(ROUNDS)]
        for at_once in (True, False)
    }
    lines = ORDERS * LINES_AN_ORDER
    points = statistics.median(points for found in runs.values() for points, _ in found)
    both = min(
        statistics.median(total for _, total in found) for found in runs.values()
    )
    return {"points": lines / points, "with_sale": lines / both}


def _confirm(env, product, at_once, count=None):
    """Return the seconds that points of new quotations take, and with confirming."""
    count = count or ORDERS
    customers = env["res.partner"].create(
        [{"name": f"Bench customer {number}"} for number in range(count)]
    )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "price_unit": 100 + number,
                        }
                    )
                    for number in range(LINES_AN_ORDER)
                ],
            }
            for customer in customers
        ]
    )
    env.cr.commit()
    started = time.perf_counter()
    for order in orders:
        order._update_programs_and_rewards()
    env.flush_all()
    points = time.perf_counter() - started
    for batch in [orders] if at_once else orders:
        batch.action_confirm()
    env.cr.commit()
    seconds = time.perf_counter() - started
    assert set(orders.mapped("state")) == {"sale"}
    env.invalidate_all()
    cards = env["loyalty.card"].search([("partner_id", "in", customers.ids)])
    assert len(cards) == count, "not every customer has a card"
    for order in orders:
        card = cards.filtered(
            lambda card, order=order: card.partner_id == order.partner_id
        )
        assert card.points == order.amount_total, "points are missing"
        assert sum(card.history_ids.mapped("issued")) == order.amount_total
    return points, seconds


# === The plain loop === #


def _measure_loop(env, loop, year):
    """Return the lines a second of a loop over a sample of accounts, undone after."""
    accounts, categories = _pick(env, year)
    program = env.ref("crm_club.club_program_main")
    rates = {
        rate.category_id: rate.value
        for rate in env["club.points.rate"].search([("program_id", "=", program.id)])
    }
    window = [("date", ">=", date(year, 12, 1)), ("date", "<=", date(year, 12, 31))]
    loop(env, accounts[:1], categories, rates, window)  # warm
    seconds, lines = [], 0
    for _round in range(ROUNDS):
        env.invalidate_all()
        started = time.perf_counter()
        lines = loop(env, accounts, categories, rates, window)
        seconds.append(time.perf_counter() - started)
        env.cr.execute("DELETE FROM bench_points_entry")
        env.cr.commit()
        env.invalidate_all()
    assert lines, "the accounts have no lines"
    return lines / statistics.median(seconds)


def _pick(env, year):
    """Return SAMPLE accounts and all categories of the month's lines."""
    found = []
    for column in ("club_account_id", "club_category_id"):
        env.cr.execute(
            f"SELECT DISTINCT {column} FROM account_move_line"
            f" WHERE {column} IS NOT NULL AND date BETWEEN %s AND %s ORDER BY 1",
            [date(year, 12, 1), date(year, 12, 31)],
        )
        found.append([key for (key,) in env.cr.fetchall()])
    accounts, categories = found
    step = max(1, len(accounts) // SAMPLE)
    return (
        env["res.partner"].browse(accounts[::step][:SAMPLE]),
        env["product.category"].browse(categories),
    )


def _loop_by_category(env, accounts, categories, rates, window):
    """Return how many lines were turned into points, account by category."""
    count = 0
    for account in accounts:
        for category in categories:
            lines = env["account.move.line"].search(
                [
                    ("partner_id", "=", account.id),
                    ("club_category_id", "=", category.id),
                    ("parent_state", "=", "posted"),
                    ("display_type", "=", "product"),
                    *window,
                ]
            )
            if lines:
                _create_entry(env, account, category, rates, window, lines)
                count += len(lines)
        env.cr.commit()
    return count


def _create_entry(env, account, category, rates, window, lines):
    revenue = -sum(lines.mapped("balance"))
    return env["bench.points.entry"].create(
        {
            "account_id": account.id,
            "category_id": category.id,
            "month": window[0][2],
            "revenue": revenue,
            "points": round(revenue * rates.get(category, 0), 2),
        }
    )


def _loop_by_account(env, accounts, categories, rates, window):
    """Return how many lines were turned into points, with one search an account."""
    count = 0
    for account in accounts:
        lines = env["account.move.line"].search_fetch(
            [
                ("partner_id", "=", account.id),
                ("club_category_id", "in", categories.ids),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                *window,
            ],
            ["club_category_id", "balance"],
        )
        sums = defaultdict(float)
        for line in lines:
            sums[line.club_category_id] -= line.balance
        env["bench.points.entry"].create(
            [
                {
                    "account_id": account.id,
                    "category_id": category.id,
                    "month": window[0][2],
                    "revenue": revenue,
                    "points": round(revenue * rates.get(category, 0), 2),
                }
                for category, revenue in sums.items()
            ]
        )
        count += len(lines)
        env.cr.commit()
    return count
