"""What documents tell before they are decided: who will sign, what counts along.

Submitting itself says it, and nothing is changed.
"""

from decimal import Decimal

from odoo.exceptions import UserError

from ..record.names import join
from .amounts import format_amount, format_band
from .submission import Submission

# How many documents that count along are named.
NAMED = 5


def get_preview(document):
    """Return what a draft tells whoever is about to submit it, in words. Rule C3.

    :return: ``lines`` with label and text, and ``notes``; None where no policy says
        who signs
    """
    policies = document.env["club.approval.policy"]
    policy_sudo = policies._find_for(document._get_approval_type(), document.company_id)
    if not policy_sudo:
        return None
    unsigned = document._get_unsigned_text()
    if unsigned:
        return {"lines": [], "notes": [unsigned]}
    try:
        return Preview(document, policy_sudo).get_texts()
    except UserError as error:
        label = document.env._("It can't be submitted yet:")
        return {"lines": [(label, str(error))], "notes": []}


def get_asked(request):
    """Return what a request asks of whose turn it is, in words."""
    return {
        "amount": request.amount_text,
        "total": request.total_text,
        "subject": request.subject,
        "reason": request.reason_text,
        "applied": request._get_applied_text(),
    }


class Preview:
    """A draft, and what submitting it now would ask for.

    :param policy: `club.approval.policy`, as superuser
    :raises UserError: when it couldn't be submitted: nobody could sign
    """

    def __init__(self, document, policy):
        self._document = document
        self._env = document.env
        self._policy = policy
        submission = Submission(document, {document: policy})
        self._foreseen = submission.foresee()
        self._get_label = submission.get_key_label

    def get_texts(self):
        lines = [(self._env._("Will be signed by:"), self._get_signers_text())]
        if self._document._approval_measure:
            lines.append((self._env._("By the amount of:"), self._get_amount_text()))
        notes = [self._get_omission_text(o) for o in self._foreseen.plan.omissions]
        if self._foreseen.added:
            lines.append((self._env._("Added up:"), self._get_added_text()))
            notes.append(self._document._get_adding_text(self._policy))
        return {"lines": lines, "notes": notes}

    def _get_signers_text(self):
        """Return who signs side by side, stage by stage."""
        stages = {}
        for signer in self._foreseen.plan.signers:
            text = self._get_signer_text(signer)
            stages.setdefault(signer.stage, []).append(text)
        return " → ".join(" + ".join(texts) for texts in stages.values())

    def _get_signer_text(self, signer):
        body, people = self._get_label(signer.key), self._foreseen.names[signer.key]
        if not people:
            return self._env._("%s (nobody is seated there)", body)
        text = self._env._("%(body)s (%(people)s)", body=body, people=people)
        if not signer.instead_of:
            return text
        return self._env._(
            "%(signer)s in place of %(body)s",
            signer=text,
            body=self._get_label(signer.instead_of),
        )

    def _get_omission_text(self, omission):
        return self._env._(
            "%(body)s is left out, where nobody but you could sign: %(others)s signs "
            "in its place.",
            body=self._get_label(omission.key),
            others=join(self._env, map(self._get_label, omission.by)),
        )

    def _get_amount_text(self):
        band = self._foreseen.count.band
        told = format_band(self._env, float(band.above), float(band.up_to or 0))
        return f"{self._tell(self._foreseen.count.total)} · {told}"

    def _get_added_text(self):
        """Name what the user may read, and no more than a few; of the others it says
        how many they are and what they come to.
        """
        added, names = self._foreseen.added, {}
        for model, requests in added.grouped("res_model").items():
            others = self._env[model].browse(requests.mapped("res_id"))
            readable = others._filtered_access("read")
            names |= {(model, other.id): other.display_name for other in readable}
        named = added.filtered(lambda r: (r.res_model, r.res_id) in names)[:NAMED]
        texts = [self._tell(self._foreseen.count.own)] + [
            f"{names[r.res_model, r.res_id]} {self._tell(r.amount)}" for r in named
        ]
        left = added - named
        if left:
            texts.append(
                self._env._(
                    "%(count)s more: %(amount)s",
                    count=len(left),
                    amount=self._tell(sum(Decimal(str(r.amount)) for r in left)),
                )
            )
        return " + ".join(texts)

    def _tell(self, amount):
        document = self._document
        currency = document.company_id.currency_id
        measure = document._approval_measure
        return format_amount(self._env, measure, float(amount), currency)
