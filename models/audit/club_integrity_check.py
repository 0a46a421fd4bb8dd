from odoo import api, fields, models
from odoo.tools import format_datetime

from ..rpc import for_one


class ClubIntegrityCheck(models.Model):
    """A comparison of facts, ledger, balances, memberships and mirrors. Rule B6.

    Runs every night and at the press of a button; nobody writes it.
    """

    _name = "club.integrity.check"
    _description = "Integrity Check"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.guard.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    program_id = fields.Many2one(
        "club.program", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    checked_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Checked by", readonly=True, help="Empty: the nightly job."
    )
    month_from = fields.Date(
        readonly=True, help="First month in which facts and ledger were compared."
    )
    month_to = fields.Date(readonly=True, help="The last closed month.")
    line_ids = fields.One2many(
        "club.integrity.line", "check_id", "Differences", readonly=True
    )
    error_count = fields.Integer("Errors", readonly=True, aggregator=None)
    pending_count = fields.Integer("Pending", readonly=True, aggregator=None)
    state = fields.Selection(
        [("clean", "In order"), ("pending", "Pending"), ("error", "Differences")],
        readonly=True,
        default="clean",
        required=True,
    )
    digest = fields.Char(
        readonly=True, help="Tells whether the errors are those of the check before."
    )

    @api.depends("program_id", "checked_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for check in self:
            zone = check.company_id._club_zone()
            moment = format_datetime(
                self.env, check.checked_at, tz=zone, dt_format="short"
            )
            check.display_name = f"{check.program_id.name} {moment}"

    @for_one
    def action_open_lines(self):
        """Open the differences in a list of their own."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_integrity_line_action"
        )
        return {**action, "domain": [("check_id", "=", self.id)], "context": {}}
