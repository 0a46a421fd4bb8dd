"""What users leave about the club in Odoo's own tables; runs inside Odoo's shell."""

from datetime import date

from odoo.addons.crm_club.models.record.number import next_of_series


def lay(env) -> None:
    """Leave favourites, export lists, defaults, a template, actions, a menu, a meeting,
    files, to-dos and the series of a second company.
    """
    model = "club.membership"
    membership = env[model].search([], limit=1)
    account = membership.account_id
    _model = env["ir.model"]._get(model)
    env["ir.filters"].create({"name": "Mine", "model_id": model, "user_ids": False})
    members = "[('club_tier_id', '!=', False)]"
    env["ir.filters"].create(
        {"name": "Members", "model_id": "res.partner", "domain": members}
    )
    for resource, names in (
        (model, ["account_id"]),
        ("res.partner", ["name", "club_tier_id"]),
    ):
        lines = [(0, 0, {"name": name}) for name in names]
        env["ir.exports"].create(
            {"name": "Mine", "resource": resource, "export_fields": lines}
        )
    env["ir.default"].set("club.contact.log", "channel", "visit", user_id=env.uid)
    env["ir.default"].set("res.partner", "club_unit_id", 1, user_id=env.uid)
    env["mail.template"].create({"name": "Mine", "model_id": _model.id})
    action = env["ir.actions.server"].create(
        {"name": "Mine", "model_id": _model.id, "state": "code", "code": "pass"}
    )
    action.create_action()
    window = env["ir.actions.act_window"].create({"name": "Mine", "res_model": model})
    reference = f"{window._name},{window.id}"
    env["ir.ui.menu"].create({"name": "Mine", "action": reference})
    meeting = env["calendar.event"].create(
        {"name": "About it", "res_model_id": _model.id, "res_id": membership.id}
    )
    meeting.flush_recordset()
    for record in membership, account:
        env["ir.attachment"].create(
            {
                "name": "paper.txt",
                "raw": str(record).encode(),
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        record.message_post(body="Said of the club")
    for kind in env["mail.activity.type"].search([("res_model", "=", False)]):
        if (kind.get_external_id()[kind.id] or "").startswith("crm_club."):
            account.activity_schedule(activity_type_id=kind.id, user_id=env.uid)
    company = env["res.company"].create({"name": "Second Bureau"})
    for code in ("club.rate.notice", "club.bulletin"):
        next_of_series(company, code, date.today())
    env.cr.commit()
