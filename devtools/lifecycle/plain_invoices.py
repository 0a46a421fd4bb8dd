"""Partners and posted invoice lines of an Odoo that has no club yet."""

from ..bench.invoices import _copy_rows, bare_tables

PARTNERS = 100_000
LINES = 1_000_000
LINES_A_MOVE = 5


def lay(env) -> None:
    """Lay PARTNERS companies and LINES posted lines, as copies of one invoice."""
    cr = env.cr
    partner = env["res.partner"].create({"name": "Customer", "is_company": True})
    product = env["product.product"].create({"name": "Thing", "taxes_id": False})
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    line = {"product_id": product.id, "price_unit": 1, "tax_ids": False}
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "journal_id": journal.id,
            "invoice_date": "2016-12-01",
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    move.action_post()
    env.flush_all()
    with bare_tables(cr, "res_partner", "account_move", "account_move_line"):
        cr.execute(
            "CREATE TEMP TABLE laid_partner AS SELECT g, nextval('res_partner_id_seq')"
            " AS id FROM generate_series(0, %s) g",
            [PARTNERS - 1],
        )
        own = {"id": "b.id", "name": "'Customer ' || b.g"}
        own |= {"complete_name": "'Customer ' || b.g", "commercial_partner_id": "b.id"}
        _copy_rows(cr, "res_partner", partner.id, "laid_partner b", own)
        cr.execute(
            "CREATE TEMP TABLE laid_move AS SELECT m.g, nextval('account_move_id_seq')"
            " AS id, p.id AS partner_id FROM generate_series(0, %s) m(g)"
            " JOIN laid_partner p ON p.g = m.g %% %s",
            [LINES // LINES_A_MOVE - 1, PARTNERS],
        )
        shared = {"partner_id": "b.partner_id", "commercial_partner_id": "b.partner_id"}
        of_move = {"id": "b.id", "name": "'LAID/' || b.g", "sequence_number": "b.g"}
        of_move |= {"access_token": "NULL", **shared}
        _copy_rows(cr, "account_move", move.id, "laid_move b", of_move)
        of_line = {"id": "nextval('account_move_line_id_seq')", "move_id": "b.id"}
        of_line |= {"partner_id": "b.partner_id", "balance": "round(-1 - 900 * 0.5, 2)"}
        _copy_rows(
            cr,
            "account_move_line",
            move.invoice_line_ids.id,
            f"laid_move b CROSS JOIN generate_series(1, {LINES_A_MOVE}) k",
            of_line,
        )
    cr.commit()
