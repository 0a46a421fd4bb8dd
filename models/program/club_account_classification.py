from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel import windows
from ...kernel.written import get_written
from ..approval.states import DONE
from ..record.names import add_title
from ..record.rpc import for_records


class ClubAccountClassification(models.Model):
    """A class given to an account, from one day to another, and why. Rules A4, A12.

    It gives a floor, and may let the account be measured with its head, so it counts
    only once it is signed.
    """

    _name = "club.account.classification"
    _description = "Class of an Account"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "class_id"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _club_accounts = ("account_id",)

    _approval_type = "classification"
    _approval_guarded = (
        "account_id",
        "class_id",
        "head_id",
        "company_id",
        "date_from",
        "date_to",
        "reason",
    )

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain=[("parent_id", "=", False)],
    )
    class_id = fields.Many2one(
        "club.account.class",
        required=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    head_id = fields.Many2one(
        "res.partner",
        "As Branch of",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        domain=[("parent_id", "=", False)],
        help="The head of the group with which the account is measured, and whose "
        "floor reaches it, where the program says so: while the class is in effect and "
        "the account names the same head. What the account has in the whole window "
        "counts for its group of that day, whichever group it was in before (assumed).",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._club_today(),
    )
    date_to = fields.Date(
        "To",
        tracking=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        help="The last day. Filled in when the class ends by itself.",
    )
    ended_on = fields.Date(
        readonly=True,
        copy=False,
        help="When somebody let it end earlier than it was signed, on his own. Its "
        "limit of gifts lasts until the end of that year.",
    )
    decider_id = fields.Many2one(
        "res.users",
        "Decided by",
        readonly=True,
        copy=False,
        help="Who signed last.",
    )
    reason = fields.Char(required=True, tracking=True)

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A class must not end before it begins.",
    )

    @api.depends("class_id", "date_from")
    def _compute_date_to(self):
        for record in self:
            months = record.class_id.duration_months
            if months and record.date_from and not record.date_to:
                record.date_to = windows.term_end(record.date_from, months)

    @api.depends("account_id", "class_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            # sudo: the name only, for who signs it needn't read all classes
            class_sudo = record.class_id.sudo()
            record.display_name = add_title(
                self.env, class_sudo.name, record.account_id.name
            )

    # === Actions === #

    @for_records
    def action_end(self):
        """Let a class in effect end today; its floor then no longer counts."""
        self.check_access("write")
        for record in self:
            today = record.company_id._club_today()
            if record.approval_state != DONE:
                raise UserError(self.env._("%s isn't in effect.", record.display_name))
            last = max(today, record.date_from)
            if not record.date_to or record.date_to > last:
                record._write_guarded({"date_to": last, "ended_on": today})
        return True

    # === Approval === #

    def _get_approval_subject(self):
        return self.reason

    def _get_approval_unit(self):
        return self.account_id.with_company(self.company_id).club_unit_id

    def _check_can_submit(self):
        if not get_written(self.reason):
            raise UserError(
                self.env._("Say why %s is given its class.", self.account_id.name)
            )
        # sudo: whoever signs it needn't read the account
        account_sudo = self.account_id.sudo().with_company(self.company_id)
        head_sudo = self.head_id.sudo()
        if head_sudo and account_sudo.club_head_id != head_sudo:
            raise UserError(
                self.env._(
                    "%(account)s isn't a branch of %(head)s: name its head on the "
                    "account first.",
                    account=account_sudo.name,
                    head=head_sudo.name,
                )
            )

    def _approval_execute(self, request):
        signed = request._get_signed()
        self._write_guarded({"decider_id": (signed[-1:].signer_id or self.env.user).id})
