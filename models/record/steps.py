from odoo import models
from odoo.exceptions import UserError

from .lock import is_open


class ClubStepsMixin(models.AbstractModel):
    """Papers that go from draft step by step: what they are about is fixed after it.

    The models have a `name` and a guarded `state` that begins with ``draft``.
    """

    _name = "club.steps.mixin"
    _description = "Paper with Steps"

    # Names of the fields that nobody changes once it is no draft.
    _club_fixed = ()

    def _check_fixed(self, vals):
        """Refuse to change what a paper is about once it is no longer a draft."""
        if is_open(self.env) or not set(self._club_fixed).intersection(vals):
            return
        for paper in self:
            if paper.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is no longer a draft: cancel it and draw up another one.",
                        paper.name,
                    )
                )

    def _check_state(self, *states):
        """Refuse a step that isn't the paper's next one."""
        self.ensure_one()
        if self.state in states:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(paper)s is in the state “%(state)s”: this step is for “%(states)s”.",
                paper=self.name,
                state=labels[self.state],
                states=", ".join(labels[state] for state in states),
            )
        )
