"""Whether a neutralised copy keeps still: nobody gets a mail or a text message from it.

Runs inside Odoo's shell.
"""

from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.iap.tools import iap_tools

AUTOVACUUM = "base.autovacuum_job"
NEUTRAL = "+disabled"


def faults(env) -> list[str]:
    """Run what would send, and return what would have left."""
    found = [
        f"{job.name} is scheduled"
        for job in env["ir.cron"].search([])
        if job != env.ref(AUTOVACUUM)
    ]
    posted = []

    def connect(_self, *_args, **_kwargs):
        raise OSError("no server is to be reached")

    def post(url, json=None, **_kwargs):
        posted.append(json)
        raise iap_tools.requests.exceptions.ConnectionError(url)

    with (
        patch.object(IrMail_Server, "_connect__", connect),
        patch.object(iap_tools.requests, "post", post),
    ):
        found += _run_jobs(env)
        found += _send_each(env)
    found += [
        "a text message would be paid for by the company's account"
        for call in posted
        if NEUTRAL not in (call["params"].get("account_token") or NEUTRAL)
    ]
    servers = env["ir.mail_server"].search([])
    if set(servers.mapped("smtp_host")) != {"invalid"}:
        found.append(f"mail would leave by {servers.mapped('smtp_host')}")
    return found


def _run_jobs(env) -> list[str]:
    """Run each job of the club by hand: an administrator may, also on a copy."""
    found = []
    data = env["ir.model.data"].search(
        [("module", "=", "crm_club"), ("model", "=", "ir.cron")]
    )
    for job in env["ir.cron"].browse(data.mapped("res_id")):
        name = job.name
        try:
            with env.registry.cursor() as cr:  # some commit as they go
                job.with_env(env(cr=cr)).ir_actions_server_id.run()
        except Exception as error:
            found.append(f"{name} fails: {error}")
    env.cr.rollback()  # to see what they have done
    return found


def _send_each(env) -> list[str]:
    """Send a mail and a text message, and whatever the jobs have left to be sent."""
    mail = env["mail.mail"].create(
        {"email_to": "somebody@example.com", "subject": "Copy", "body_html": "Copy"}
    )
    message = env["sms.sms"].create({"number": "+8613800138000", "body": "Copy"})
    mails = env["mail.mail"].search([("state", "=", "outgoing")])
    messages = env["sms.sms"].search([("state", "=", "outgoing")])
    if mail not in mails or message not in messages:
        return ["nothing was there to be sent"]
    mails.send()
    messages.send(unlink_sent=False)
    return [
        f"{len(sent)} of {sent._description} left"
        for sent in (
            mails.exists().filtered(lambda one: one.state in ("sent", "received")),
            messages.exists().filtered(lambda one: one.state in ("sent", "pending")),
        )
        if sent
    ]
