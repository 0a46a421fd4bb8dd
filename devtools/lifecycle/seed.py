"""Leave a posted month, a member and a class; works on each landed version."""

from datetime import date


def seed(env) -> None:
    """Post the last complete month of the demo customers' invoices, and more."""
    program = env.ref("crm_club.club_program_main")
    if hasattr(program, "_confirm_example_rates"):  # since 19.0.1.5.0
        program._confirm_example_rates()
    today = date.today()
    month = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    accounts = env["res.partner"].create(
        [{"name": f"Account {n}", "is_company": True} for n in range(20)]
    )
    env["club.agreement"].create(
        [
            {
                "number": f"L{account.id}",
                "account_id": account.id,
                "program_id": program.id,
                "date_from": date(month.year - 1, 1, 1),
            }
            for account in accounts
        ]
    )
    category = env.ref("crm_club.product_category_letters")
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    product = env["product.product"].create({"name": "Stamp", "categ_id": category.id})
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": account.id,
                "journal_id": journal.id,
                "invoice_date": month,
                "date": month,
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "price_unit": 200_000,
                            "tax_ids": False,
                        },
                    )
                ],
            }
            for account in accounts
        ]
    )
    moves.action_post()
    run = env["club.points.run"].create({"program_id": program.id, "month": month})
    run.action_compute()
    if "no_records_reason" in run.unit_ids._fields:  # since 19.0.1.8.0
        run.unit_ids.no_records_reason = "Seed"
    run.unit_ids.action_verify()
    if "no_controls_reason" in run._fields:  # since 19.0.1.5.0
        run.no_controls_reason = "Seed"
    run.action_post()
    given = env["club.account.classification"].create(
        {
            "account_id": accounts[0].id,
            "class_id": env.ref("crm_club.club_account_class_strategic").id,
            "reason": "Framework contract",
        }
    )
    if hasattr(given, "_set_opening"):  # since it is signed
        given._set_opening("Before the club")
    env.cr.commit()
