"""The accounts that screens are measured with, and all they have, laid by SQL."""

from dateutil.relativedelta import relativedelta

from odoo import fields

from .invoices import _copy_rows, bare_tables, vacuum_tables

OWN = 50  # accounts of the manager, and documents that wait for the signatory
MONTHS = 12
LEDGER = "club_points_entry"
TABLES = (
    *("res_partner", "club_membership", "club_revenue_line"),
    *("club_account_classification", "club_approval_request"),
    "club_approval_signature",
)


def lay(env, crew, first, last, categories=1):
    """Lay accounts from number ``first`` to before ``last``, and all they have.

    :param categories: how many an account has entries in, each month
    """
    with bare_tables(env.cr, *TABLES):
        _lay_accounts(env, crew, first, last)
        _lay_memberships(env, crew)
        _lay_revenue(env, crew)
        _lay_requests(env, crew)
    # Memberships name runs: their key was taken off and locks these until here, and
    # posting looks at the last run from a session of its own.
    env.cr.commit()
    with bare_tables(env.cr, LEDGER):
        _lay_entries(env, crew, categories)
    env.cr.execute("DROP TABLE bench_account")
    env.cr.commit()
    env.invalidate_all()
    vacuum_tables(env, *TABLES, LEDGER, "club_points_run", "club_points_summary")


def _lay_accounts(env, crew, first, last):
    company = env.company.id
    groups = crew.program.group_ids
    crew.groups = [(group.id, group.tier_ids.ids) for group in groups if group.tier_ids]
    mirrors = {}
    for group in groups:
        names = {
            "membership": ["club_tier_id"],
            "grade": ["club_grade_id"],
            "both": ["club_tier_id", "club_grade_id"],
        }[group.purpose]
        for name in names:
            mirrors[name] = _of(group.tier_ids.ids)
    env.flush_all()
    env.cr.execute(
        "CREATE TEMP TABLE bench_account AS SELECT g,"
        " nextval('res_partner_id_seq')::int AS id FROM generate_series(%s, %s) g",
        [first, last - 1],
    )
    env.cr.execute("ANALYZE bench_account")

    def for_company(value):
        return f"jsonb_build_object('{company}', {value})"

    manager = f"CASE WHEN b.g < {OWN} THEN {crew.manager.id} ELSE {crew.other.id} END"
    _copy_rows(
        env.cr,
        "res_partner",
        crew.account.id,
        "bench_account b",
        {
            "id": "b.id",
            "name": "'Bench account ' || b.g",
            "complete_name": "'Bench account ' || b.g",
            "commercial_company_name": "'Bench account ' || b.g",
            "commercial_partner_id": "b.id",
            "club_unit_id": for_company(_of(crew.units.ids)),
            "club_manager_id": for_company(manager),
            **{name: for_company(value) for name, value in mirrors.items()},
        },
    )


def _of(ids, more=0):
    """Return SQL that deals these ids out to the accounts."""
    return f"(ARRAY{list(ids)})[1 + mod(b.g + {more}, {len(ids)})]"


def _lay_memberships(env, crew):
    today = fields.Date.today()
    for group_id, tier_ids in crew.groups:
        env.cr.execute(
            f"""
            INSERT INTO club_membership (account_id, origin_id, group_id, tier_id,
                program_id, company_id, state, origin, date_from, date_to, date_grace)
            SELECT b.id, b.id, %s, {_of(tier_ids)}, %s, %s, 'valid', 'enrolled', %s, %s,
                   %s
              FROM bench_account b
            """,
            [
                *(group_id, crew.program.id, env.company.id),
                *(today - relativedelta(months=6), today + relativedelta(months=6)),
                today + relativedelta(months=7),
            ],
        )


def _get_months():
    first = fields.Date.today().replace(day=1)
    return [first - relativedelta(months=number) for number in range(1, MONTHS + 1)]


def _lay_entries(env, crew, categories):
    """Post a run for each month, with entries for each account."""
    for number, month in enumerate(reversed(_get_months())):
        run = env["club.points.run"].create(
            {"program_id": crew.program.id, "kind": "revenue", "month": month}
        )
        env.flush_all()
        env.cr.execute(
            f"""
            INSERT INTO club_points_entry (run_id, account_id, origin_id, unit_id, kind,
                revenue_month, category_id, revenue, rate, coefficient, points, date,
                valid_until)
            SELECT %(run)s, b.id, b.id, {_of(crew.units.ids)}, 'revenue', %(month)s,
                   {_of(crew.categories.ids, f"{number} + k")}, 100 + b.g %% 900, 1, 1,
                   100 + b.g %% 900, %(end)s, %(until)s
              FROM bench_account b CROSS JOIN generate_series(0, %(more)s) k
            """,
            {
                "more": categories - 1,
                "run": run.id,
                "month": month,
                "end": month + relativedelta(day=31),
                "until": crew.program._valid_until(month),
            },
        )
        run._post_ledger()


def _lay_revenue(env, crew):
    """Lay imported revenue of the same months."""
    env.cr.execute(
        "INSERT INTO club_revenue_import (name, digest, company_id, state)"
        " SELECT 'Bench', 'bench ' || min(id), %s, 'done' FROM bench_account"
        " RETURNING id",
        [env.company.id],
    )
    (import_id,) = env.cr.fetchone()
    for number, month in enumerate(_get_months()):
        env.cr.execute(
            f"""
            INSERT INTO club_revenue_line (import_id, row, company_id, state,
                account_id, category_id, month, amount)
            SELECT %s, b.g * {MONTHS} + %s, %s, 'valid', b.id,
                   {_of(crew.categories.ids, number)}, %s, 100 + b.g %% 900
              FROM bench_account b
            """,
            [import_id, number, env.company.id, month],
        )


def _lay_requests(env, crew):
    """Lay a pending classification for each account, as two stages would ask for it:
    most wait for the other body, and for the signatory's only later.
    """
    cr = env.cr
    cr.execute(
        """
        INSERT INTO club_account_classification (account_id, class_id, company_id,
            approval_state, reason, date_from, create_uid)
        SELECT b.id, %s, %s, 'waiting', 'Bench', current_date, %s FROM bench_account b
        """,
        [crew.account_class.id, env.company.id, crew.other.id],
    )
    cr.execute(
        """
        INSERT INTO club_approval_request (name, subject, res_model, res_id, round,
            document_type, state, company_id, unit_id, applicant_id, author_id, amount,
            amount_total, double_seat, submitted_at, waiting_since)
        SELECT 'Bench ' || b.g, 'Bench account ' || b.g, 'club.account.classification',
               c.id, 1, 'classification', 'waiting', c.company_id, %s, %s, %s, 0, 0,
               'each', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM club_account_classification c JOIN bench_account b ON b.id = c.account_id
        """,
        [crew.units[0].id, crew.other.id, crew.other.id],
    )
    cr.execute(
        """
        UPDATE club_account_classification c SET approval_request_id = r.id
          FROM club_approval_request r, bench_account b
         WHERE r.res_model = 'club.account.classification' AND r.res_id = c.id
           AND b.id = c.account_id
        """
    )
    cr.execute(
        """
        INSERT INTO club_approval_signature (request_id, company_id, stage, body_id,
            state, asked_since)
        SELECT c.approval_request_id, c.company_id, s.stage, s.body,
               CASE WHEN (b.g < %(own)s) = (s.body = %(own_body)s) THEN 'open'
                    ELSE 'later' END, now() AT TIME ZONE 'UTC'
          FROM club_account_classification c
          JOIN bench_account b ON b.id = c.account_id
    CROSS JOIN (VALUES (1, %(other_body)s), (2, %(own_body)s)) s(stage, body)
        """,
        {
            "own": OWN,
            "own_body": crew.own_body.id,
            "other_body": crew.other_body.id,
        },
    )
