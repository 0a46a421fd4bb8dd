"""Accounts with a year of revenue and points, laid by SQL: for what grows with them."""

from datetime import date

from .invoices import vacuum_tables

MONTHS = 12
TABLES = (
    *("res_partner", "club_revenue_line", "club_points_entry", "club_points_run"),
    "club_membership",
)


def lay(env, count: int, year: int) -> list[int]:
    """Lay ``count`` accounts with an imported line and an entry for each month.

    Their revenue runs from a few thousand to a few million a year, so that all tiers
    occur and about all accounts reach one; each point stands for a unit of money.

    :return: the ids of the accounts
    """
    cr = env.cr
    program = env.ref("crm_club.club_program_main")
    company = program.company_id
    category = env["product.category"].create({"name": "Bench imported"})
    template = env["res.partner"].create(
        {"name": "Bench member", "is_company": True, "email": "member@example.com"}
    )
    document = _create_import(env, program)
    env.flush_all()
    ids = _copy_partners(cr, template.id, count)
    cr.execute("SELECT setseed(0.42)")
    cr.execute(
        "CREATE TEMP TABLE bench_account ON COMMIT DROP AS SELECT a AS account_id,"
        " 9000 * exp(3.5 * random() ^ 3) AS size FROM unnest(%s::int[]) a",
        [ids],
    )
    cr.execute(
        """
        INSERT INTO club_revenue_line (import_id, row, company_id, account_id,
                                       category_id, state, month, amount)
        SELECT %s, row_number() OVER (), %s, account_id, %s, 'valid',
               make_date(%s, m, 1), round((size * (0.5 + random()))::numeric, 2)
          FROM bench_account, generate_series(1, %s) m
        """,
        [document, company.id, category.id, year, MONTHS],
    )
    for number in range(1, MONTHS + 1):
        _lay_run(env, program, date(year, number, 1), document)
    cr.commit()
    vacuum_tables(env, *TABLES)
    return ids


def _create_import(env, program):
    env.cr.execute(
        """
        INSERT INTO club_revenue_import (company_id, name, digest, state)
        VALUES (%s, 'Bench', 'bench', 'imported') RETURNING id
        """,
        [program.company_id.id],
    )
    return env.cr.fetchone()[0]


def _copy_partners(cr, template_id, count):
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'res_partner' AND is_generated = 'NEVER'"
    )
    values = {
        "id": "n.id",
        "name": "'Bench member ' || n.id",
        "complete_name": "'Bench member ' || n.id",
        "commercial_partner_id": "n.id",
    }
    columns = [row[0] for row in cr.fetchall()]
    names = ", ".join(f'"{column}"' for column in columns)
    picked = ", ".join(values.get(column, f't."{column}"') for column in columns)
    cr.execute(
        f"""
        INSERT INTO res_partner ({names})
        SELECT {picked}
          FROM (SELECT nextval('res_partner_id_seq')::int AS id
                  FROM generate_series(1, %s)) n,
               res_partner t
         WHERE t.id = %s
     RETURNING id
        """,
        [count, template_id],
    )
    return [row[0] for row in cr.fetchall()]


def _lay_run(env, program, month, document):
    """Post a month's entries of the laid lines, sealed like any other run."""
    run = env["club.points.run"].create({"program_id": program.id, "month": month})
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO club_points_entry (run_id, account_id, origin_id, kind,
               revenue_month, category_id, revenue, rate, coefficient, points, date,
               valid_until)
        SELECT %s, account_id, account_id, 'revenue', month, category_id, amount, 1, 1,
               amount, (month + interval '1 month - 1 day')::date, %s
          FROM club_revenue_line
         WHERE import_id = %s AND month = %s
        """,
        [run.id, program._valid_until(month), document, month],
    )
    run.invalidate_recordset()
    run._set_totals(run._sum_units())
    run._post_ledger()
    env.flush_all()
