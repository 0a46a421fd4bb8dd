from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..record.accounts import active_account
from ..record.rpc import for_one


class ClubTierOverride(models.Model):
    """A tier set by hand, with a reason and an end, once it is signed. Rules A6, A10.

    The tier begins on the day of the last signature and takes nothing away: neither the
    tier nor the time that the account has on that day.
    """

    _name = "club.tier.override"
    _description = "Tier Set by Hand"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "id desc"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _rec_names_search = ["account_id.name", "tier_id.name"]

    _club_accounts = ("account_id",)
    _approval_named_by_reader = True
    _approval_type = "override"
    _approval_guarded = ("account_id", "group_id", "tier_id", "date_to", "reason")

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: active_account(self.env),
        domain="[('parent_id', '=', False), ('company_id', 'in', (company_id, False))]",
    )
    group_id = fields.Many2one(
        "club.tier.group",
        "Tier Group",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_group_id(),
    )
    company_id = fields.Many2one(related="group_id.company_id", store=True, index=True)
    tier_id = fields.Many2one(
        "club.tier",
        required=True,
        ondelete="restrict",
        domain="[('group_id', '=', group_id)]",
    )
    date_to = fields.Date(
        "Until",
        required=True,
        compute="_compute_date_to",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day. Then the account is requalified like any other.",
    )
    reason = fields.Char(required=True)
    # Whoever signs it sees what it replaces, memberships being his to read or not.
    current_tier_id = fields.Many2one(
        "club.tier", compute="_compute_current", compute_sudo=True
    )
    current_date_to = fields.Date(
        "Current Until", compute="_compute_current", compute_sudo=True
    )
    membership_id = fields.Many2one(
        "club.membership",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="What began with the last signature.",
    )

    _membership_uniq = models.UniqueIndex(
        "(membership_id)", "A membership is begun by one document."
    )

    @api.model
    def _default_group_id(self):
        groups = self.env["club.program"]._get_main().group_ids
        return groups.filtered(lambda group: group.purpose != "grade")[:1]

    @api.depends("account_id", "tier_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for override in self:
            override.display_name = self.env._(
                "%(tier)s for %(account)s",
                tier=override.tier_id.display_name or "",
                account=override.account_id.display_name or "",
            )

    @api.depends("account_id", "group_id")
    def _compute_date_to(self):
        for override in self:
            program = override.group_id.program_id
            override.date_to = (
                program
                and program._get_override_limits(
                    override.account_id.commercial_partner_id, override.group_id
                )[1]
            )

    @api.depends("account_id", "group_id")
    def _compute_current(self):
        memberships = self.env["club.membership"]
        found = memberships.search_fetch(
            [
                ("account_id", "in", self.account_id.commercial_partner_id.ids),
                ("group_id", "in", self.group_id.ids),
                *self.env["res.company"]._club_domain_today(memberships._domain_on),
            ],
            ["account_id", "group_id", "tier_id", "date_to"],
        ).grouped(lambda membership: (membership.account_id, membership.group_id))
        for override in self:
            account = override.account_id.commercial_partner_id._origin
            current = found.get((account, override.group_id._origin), memberships)
            override.current_tier_id = current[:1].tier_id
            override.current_date_to = current[:1].date_to

    @api.constrains("tier_id", "group_id")
    def _check_tier_id(self):
        for override in self:
            if override.tier_id.group_id != override.group_id:
                raise ValidationError(
                    self.env._(
                        "%(tier)s is not a tier of %(group)s.",
                        tier=override.tier_id.name,
                        group=override.group_id.name,
                    )
                )

    # === Actions === #

    @for_one
    def action_submit_and_show(self):
        """Submit from the dialog, then show where it stands."""
        self.action_submit()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @for_one
    def action_open_membership(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self.membership_id._name,
            "res_id": self.membership_id.id,
            "views": [(False, "form")],
        }

    # === Approval === #

    @api.model
    def _insert_approval_parts(self, arch):
        """The dialog has its own button below; state and trail are not for it."""
        if arch.find(".//footer") is not None:
            return None
        return super()._insert_approval_parts(arch)

    def _get_approval_subject(self):
        return self.reason

    def _get_approval_unit(self):
        """Return the unit that looks after the account in the document's company."""
        account_sudo = self.account_id.sudo().with_company(self.company_id)
        return account_sudo.club_unit_id

    def _check_can_submit(self):
        """Judge it as if it were carried out today; it is judged again on that day."""
        self.ensure_one()
        self.group_id.program_id._check_can_override(
            self.account_id, self.tier_id, self.date_to, self.reason
        )

    def _approval_execute(self, request):
        """Begin the membership today. Rules A6, A10."""
        self.ensure_one()
        membership = self.group_id.program_id._set_override(
            self.account_id, self.tier_id, self.date_to, self.reason
        )
        self._write_guarded({"membership_id": membership.id})
