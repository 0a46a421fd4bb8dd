"""A vendor bill's line that an activity of the club caused. Rules C5, B8."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .club_activity_cost import COST_KINDS
from .stages import APPLICATION, CLOSED


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    club_activity_id = fields.Many2one(
        "club.activity",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The activity of the club that this cost belongs to.",
    )
    club_cost_kind = fields.Selection(
        COST_KINDS,
        "Kind of Cost",
        copy=False,
        help="For the activity's budget against actual. Empty: other.",
    )

    def _copy_data_extend_business_fields(self, values):
        """A credit note concerns the activity that its bill does."""
        result = super()._copy_data_extend_business_fields(values)
        values["club_activity_id"] = self.club_activity_id.id
        values["club_cost_kind"] = self.club_cost_kind
        return result

    @api.constrains("club_activity_id")
    def _check_club_activity(self):
        """Refuse what isn't a cost, and costs of what is closed or only applied for.

        A late credit note is taken: the books say what it cost in the end. It concerns
        the activity of its bill, whoever writes it; else one names what one may read.
        """
        lines = self.filtered("club_activity_id")
        named = lines.filtered(
            lambda line: (
                line.club_activity_id
                not in line.move_id.reversed_entry_id.line_ids.club_activity_id
            )
        )
        if named:
            # Constraints are checked as superuser.
            named.sudo(False).club_activity_id.check_access("read")
        for line in lines:
            activity, move = line.club_activity_id, line.move_id
            if not move.is_purchase_document(include_receipts=True) or (
                line.display_type != "product"
            ):
                raise ValidationError(
                    self.env._(
                        "%(line)s can't be a cost of %(activity)s: only the lines of "
                        "vendor bills, receipts and their credit notes can.",
                        line=line.display_name,
                        activity=activity.display_name,
                    )
                )
            stage = activity.stage
            if stage == APPLICATION or (stage == CLOSED and not move.reversed_entry_id):
                raise ValidationError(
                    self.env._(
                        "%(activity)s is at the stage “%(stage)s” and takes no costs: "
                        "they are entered once it is approved, until it is closed.",
                        activity=activity.display_name,
                        stage=activity._get_club_labels()[activity.stage],
                    )
                )
