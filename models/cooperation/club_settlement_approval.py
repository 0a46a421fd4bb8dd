"""Three people for a settlement, and what it must say. Rules C6, E2."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ...kernel.shares import is_whole, split_amount
from ..approval.document_types import SETTLEMENT
from ..approval.states import EDITABLE


class ClubSettlement(models.Model):
    _inherit = "club.settlement"

    def _get_approval_type(self):
        return SETTLEMENT

    def _get_approval_amount(self):
        return sum(line.amount for line in self.line_ids), self.currency_id

    def _get_approval_subject(self):
        return self.subject

    def _get_approval_unit(self):
        return self.unit_id

    def _approval_is_ready(self):
        return bool(self.line_ids)

    def _check_can_submit(self):
        self.ensure_one()
        settlement_sudo = self.sudo()
        if self.approval_state in EDITABLE:
            settlement_sudo.unit_id._check_can_apply(
                self.name, self._get_approval_applicant()
            )
        settlement_sudo._check_lines()
        settlement_sudo._check_shares()

    def _check_lines(self):
        """Refuse sheets without lines, and lines that don't hold any more."""
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%s lists nothing to settle: collect its bills first.", self.name
                )
            )
        outdated = self.line_ids._find_outdated()
        if outdated:
            raise UserError(
                self.env._(
                    "%(settlement)s: %(line)s isn't any more what was listed: collect "
                    "anew.",
                    settlement=self.name,
                    line=outdated[0].display_name,
                )
            )
        lines = self.line_ids
        for name, sources in (
            ("move_line_id", lines.move_line_id),
            ("calloff_id", lines.calloff_id | lines.move_line_id.club_calloff_id),
        ):
            taken = self._find_taken(name, sources)
            if taken:
                raise UserError(
                    self.env._(
                        "%(settlement)s: %(line)s is settled by another sheet already.",
                        settlement=self.name,
                        line=taken[0].display_name,
                    )
                )

    def _check_shares(self):
        percents = [Decimal(str(share.percent)) for share in self.share_ids]
        if percents and not is_whole(percents):
            raise UserError(
                self.env._(
                    "The split of %(settlement)s comes to %(sum)s %%: it must be 100 "
                    "%%.",
                    settlement=self.name,
                    sum=sum(percents),
                )
            )
        units = self.share_ids.unit_id
        if len(units) < len(self.share_ids):
            raise UserError(
                self.env._(
                    "%s names a unit twice: put its percent into one line.", self.name
                )
            )

    def _get_split(self):
        """Return what each share comes to; together they are the total."""
        self.ensure_one()
        percents = [Decimal(str(share.percent)) for share in self.share_ids]
        if not is_whole(percents):
            return {}
        parts = split_amount(Decimal(str(self.total)), percents)
        return dict(zip(self.share_ids, map(float, parts), strict=True))

    def _approval_execute(self, request):
        """Let it stand, signed by as many people as it has signatures. Rule C6.

        :raises UserError: for who has signed it already
        """
        self.ensure_one()
        signed = request.sudo()._get_signed()
        if len(signed.signer_id) < len(signed):
            twice = signed[-1:].signer_id
            raise UserError(
                self.env._(
                    "%(user)s has signed %(settlement)s already: who checks it and who "
                    "approves it are two people.",
                    user=twice.name,
                    settlement=self.name,
                )
            )
