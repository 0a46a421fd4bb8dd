"""Leave documents that wait for signatures; runs inside Odoo, in any version."""

from datetime import date


def submit(env) -> None:
    """Submit a class and an adjustment, where the version has signatures."""
    if "club.approval.request" not in env:
        return
    account = env["club.agreement"].search([("number", "=like", "L%")], limit=1)
    account = account.account_id
    given = env["club.account.classification"].create(
        {
            "account_id": env["res.partner"]
            .create({"name": "Waiting", "is_company": True})
            .id,
            "class_id": env.ref("crm_club.club_account_class_strategic").id,
            "reason": "Framework contract",
        }
    )
    unit = env.ref("crm_club.club_unit_line")
    adjustment = env["club.points.adjustment"].create(
        {
            "program_id": env.ref("crm_club.club_program_main").id,
            "unit_id": unit.id,
            "date": date.today(),
            "reason": "Late voucher",
            "line_ids": [(0, 0, {"account_id": account.id, "points": 10})],
        }
    )
    for document in given, adjustment:
        document.action_submit()
    waiting = env["club.approval.request"].search([("state", "=", "waiting")])
    if len(waiting) < 2:
        raise ValueError(f"only {waiting.mapped('name')} wait for signatures")
    env.cr.commit()
