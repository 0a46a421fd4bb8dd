"""What documents tell before they are decided: who will sign, what counts along.

Submitting itself says it, and nothing is changed.
"""

from decimal import Decimal

from odoo.exceptions import UserError

from .amounts import format_amount, format_band
from .submission import Submission

# How many documents that count along are named.
NAMED = 5


def get_preview(document):
    """Return what a draft tells whoever is about to submit it, in words. Rule C3.

    :return: None where no policy says who signs
    """
    policies = document.env["club.approval.policy"]
    kind, company = document._get_approval_type(), document.company_id
    policy_sudo = policies._find_for(kind, company)
    if not policy_sudo:
        return None
    unsigned = document._get_unsigned_text()
    if unsigned:
        return {"told": unsigned}
    submission = Submission(document, {document: policy_sudo})
    try:
        foreseen = submission.foresee()
    except UserError as error:
        return {"fault": str(error)}
    label = submission.get_key_label
    return {
        "stages": _get_stages(document.env, foreseen, label),
        "omissions": [
            {"label": label(o.key), "by": ", ".join(map(label, o.by))}
            for o in foreseen.plan.omissions
        ],
        **_get_amounts(document, foreseen.count),
        **_get_added(document, foreseen.added, policy_sudo),
    }


def get_asked(request):
    """Return what a request asks of whose turn it is, in words."""
    return {
        "amount": request.amount_text,
        "total": request.total_text,
        "subject": request.subject,
        "reason": request.reason_text,
        "applied": request._get_applied_text(),
    }


def _get_stages(env, foreseen, label):
    """Return who signs side by side, by stage."""
    stages = {}
    for signer in foreseen.plan.signers:
        body, people = label(signer.key), foreseen.names[signer.key]
        stages.setdefault(signer.stage, []).append(
            {
                "text": env._("%(body)s (%(people)s)", body=body, people=people)
                if people
                else env._("%s (nobody is seated there)", body),
                "instead_of": signer.instead_of and label(signer.instead_of),
                "is_vacant": not people,
            }
        )
    return list(stages.values())


def _get_amounts(document, count):
    measure = document._approval_measure
    if not measure:
        return {"amount": False}
    env, currency = document.env, document.company_id.currency_id
    return {
        "amount": format_amount(env, measure, float(count.own), currency),
        "total": format_amount(env, measure, float(count.total), currency),
        "band": format_band(env, float(count.band.above), float(count.band.up_to or 0)),
    }


def _get_added(document, added, policy):
    """Return what counts along, and why: names of what the user may read, and not of
    more than a few; of the others how many they are and what they come to.
    """
    if not added:
        return {"added": None}
    env, currency = document.env, document.company_id.currency_id

    def tell(amount):
        return format_amount(env, document._approval_measure, amount, currency)

    names = {}
    for model, requests in added.grouped("res_model").items():
        others = env[model].browse(requests.mapped("res_id"))
        readable = others.with_env(env)._filtered_access("read")
        names |= {(model, other.id): other.display_name for other in readable}
    named = added.filtered(lambda r: (r.res_model, r.res_id) in names)[:NAMED]
    left = added - named
    return {
        "added": [
            {"name": names[r.res_model, r.res_id], "amount": tell(r.amount)}
            for r in named
        ],
        "more": left
        and env._(
            "%(count)s more: %(amount)s",
            count=len(left),
            amount=tell(float(sum(abs(Decimal(str(r.amount))) for r in left))),
        ),
        "why": document._get_adding_text(policy),
    }
