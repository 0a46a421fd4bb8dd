"""What a receiver drew on the screen: gone with him. Rule A8."""

import re

from odoo.tools import SQL


def forget_signatures(records, ids):
    """Remove the signatures of people: whose name was taken out of a paper, and of all
    papers of what was one person's business.

    By SQL: each name may be another's beginning, and what was handed over is written
    by nobody.

    :param records: a model with `account_id`, `received_by` and `receipt_signature`
    :param ids: the partners that are the person
    """
    env = records.env
    neutral = env["club.anonymisation"]._get_neutral_name
    texts = [re.escape(neutral(number)) for number in ids]
    found = env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE account_id = ANY(%s) OR received_by ~ %s",
            SQL.identifier(records._table),
            list(ids),
            f"({'|'.join(texts)})($|[^0-9])",
        )
    )
    # sudo: papers of all units and companies
    files_sudo = env["ir.attachment"].sudo()
    files_sudo.search(
        [
            ("res_model", "=", records._name),
            ("res_field", "=", "receipt_signature"),
            ("res_id", "in", [key for (key,) in found]),
        ]
    ).unlink()
    records.invalidate_model(["receipt_signature"])
