"""Posted invoice lines laid by SQL, as many as the real purchases of 2017."""

from contextlib import contextmanager

LINES = 1_469_307
ACCOUNTS = 2_469
CATEGORIES = 32
LINES_A_MOVE = 5


def lay(
    env, year: int, months: int = 12, lines: int = LINES, shares: tuple = ()
) -> None:
    """Lay posted lines over the last months of a year, `LINES` of `ACCOUNTS` accounts,
    or more of both in the same proportion.

    As in the real purchases, an account buys in some 11 of the CATEGORIES in a year
    and in some 5 of them in a month. A receivable line balances each move, so that the
    table has the shape that Odoo gives it.

    :param shares: parts of the lines in January, February and so on, each with
        accounts of its own; without, all buy in all of the last ``months``
    """
    with bare_tables(env.cr, "account_move", "account_move_line"):
        _lay(env, year, months, lines, shares)
    env.cr.commit()
    vacuum(env)


@contextmanager
def bare_tables(cr, *tables):
    """Take indexes and foreign keys off the tables, and put them on again at the end:
    checked all at once they cost seconds instead of minutes.
    """
    cr.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [list(tables)],
    )
    keys = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cr.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [list(tables)],
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        cr.execute(definition)
    for table, name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _lay(env, year, months, lines, shares):
    cr = env.cr
    count = ACCOUNTS * lines // LINES
    categories = env["product.category"].create(
        [{"name": f"Bench {number}"} for number in range(CATEGORIES)]
    )
    accounts = env["res.partner"].create(
        [
            {"name": f"Bench account {number}", "is_company": True}
            for number in range(count)
        ]
    )
    move = _template_move(env, accounts[0], categories[0])
    env.flush_all()
    cr.execute("SELECT setseed(0.42)")
    bounds = [sum(shares[: number + 1]) * count for number in range(len(shares))]
    cr.execute(
        "CREATE TEMP TABLE bench_move AS SELECT nextval('account_move_id_seq') AS id,"
        " g, a.id AS account_id,"
        " make_date(%s, CASE WHEN %s::float[] = '{}'"
        " THEN 12 - floor(random() * %s)::int"
        " ELSE 1 + width_bucket((g %% %s)::float, %s::float[]) END,"
        " 1 + floor(random() * 28)::int) AS date FROM generate_series(0, %s) g"
        " JOIN unnest(%s::int[]) WITH ORDINALITY a(id, place)"
        " ON a.place = 1 + g %% %s",
        [
            *(year, bounds, months, count, bounds, (lines - 1) // LINES_A_MOVE),
            *(accounts.ids, count),
        ],
    )
    _copy_rows(
        cr,
        "account_move",
        move.id,
        "bench_move b",
        {
            "id": "b.id",
            "name": "'BENCH/' || b.g",
            "date": "b.date",
            "invoice_date": "b.date",
            "partner_id": "b.account_id",
            "commercial_partner_id": "b.account_id",
            "sequence_number": "b.g",
            "access_token": "NULL",
        },
    )
    shared = {
        "id": "nextval('account_move_line_id_seq')",
        "move_id": "b.id",
        "move_name": "'BENCH/' || b.g",
        "date": "b.date",
        "invoice_date": "b.date",
        "partner_id": "b.account_id",
    }
    product = move.invoice_line_ids
    _copy_rows(
        cr,
        "account_move_line",
        product.id,
        f"bench_move b CROSS JOIN generate_series(0, {LINES_A_MOVE - 1}) k",
        {
            **shared,
            "club_account_id": "b.account_id",
            "club_category_id": f"(ARRAY{categories.ids})[1 + (b.account_id * 7"
            " + CASE WHEN random() < 0.02 THEN floor(random() * 11)"
            " ELSE least(floor(-ln(1 - random())), 10) END::int)"
            f" % {CATEGORIES}]",
            "balance": "round(-1 - (random() * 900)::numeric, 2)",
        },
        where=f"b.g * {LINES_A_MOVE} + k < {lines}",
    )
    receivable = (move.line_ids - product)[:1]
    _copy_rows(cr, "account_move_line", receivable.id, "bench_move b", shared)
    program = env.ref("crm_club.club_program_main")
    cr.execute(
        "INSERT INTO club_agreement (number, account_id, program_id, company_id,"
        " date_from) SELECT 'B' || a, a, %s, %s, %s FROM unnest(%s::int[]) a",
        [program.id, program.company_id.id, f"{year}-01-01", accounts.ids],
    )
    rates = env["club.points.rate"].create(
        [
            {
                "program_id": program.id,
                "category_id": category.id,
                "value": 0.1 + number % 10 / 10,
                "date_from": f"{year}-01-01",
            }
            for number, category in enumerate(categories)
        ]
    )
    rates._set_opening("Bench")
    cr.execute("DROP TABLE bench_move")


def vacuum(env) -> None:
    """Vacuum what posting reads and writes."""
    vacuum_tables(env, "account_move", "account_move_line", "club_points_entry")


def vacuum_tables(env, *tables: str) -> None:
    """Bring statistics and visibility up to date, as autovacuum does in time."""
    connection = env.cr._cnx
    connection.commit()
    connection.autocommit = True
    for table in tables:
        env.cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


def _template_move(env, account, category):
    product = env["product.product"].create(
        {"name": "Bench product", "categ_id": category.id, "taxes_id": False}
    )
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": account.id,
            "journal_id": journal.id,
            "invoice_date": "2016-12-01",
            "invoice_line_ids": [
                (0, 0, {"product_id": product.id, "price_unit": 1, "tax_ids": False})
            ],
        }
    )
    move.action_post()
    return move


def _copy_rows(cr, table, template_id, source, values, where="TRUE"):
    """Copy a row once per row of ``source``, with other values in some columns."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER'",
        [table],
    )
    columns = [row[0] for row in cr.fetchall()]
    picked = ", ".join(values.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {picked}"
        f" FROM {table} t, {source} WHERE t.id = {template_id} AND {where}"
    )
