from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ...kernel import allocation as kernel
from ..contact.owner import check_may_manage, has_role
from ..program.crm_team_member import MANAGER
from ..record.draw import get_seed
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import opened
from ..record.number import number
from ..record.rpc import for_one, for_records
from .club_manager_load import FULL
from .following import pass_on, refresh_duties

DRAFT, DRAWN, DONE, CANCELLED = "draft", "drawn", "done", "cancelled"
STATES = [
    (DRAFT, "Draft"),
    (DRAWN, "Drawn by Lot"),
    (DONE, "Allocated"),
    (CANCELLED, "Cancelled"),
]


class ClubAllocation(models.Model):
    """Accounts without a manager, or of one who left, are dealt out. Rule D9.

    Even by class and value among those with load left; between equals a seed draws,
    which is kept: the same accounts, managers and seed give the same. The lead of the
    unit decides.
    """

    _name = "club.allocation"
    _description = "Allocation of Accounts"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "id desc"
    _club_sequence = "ALC"
    _club_draft = DRAFT
    _club_fixed = ("company_id", "unit_id", "manager_ids")
    _club_closed = (DONE, CANCELLED)

    name = number(required=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        STATES,
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_unit_id(),
        help="Its accounts, and those of the units below it. Its lead decides.",
    )
    manager_ids = fields.Many2many(
        "res.users",
        "club_allocation_manager_rel",
        "allocation_id",
        "user_id",
        "Among",
        compute="_compute_manager_ids",
        store=True,
        readonly=False,
        domain=[("share", "=", False)],
        help="Who may be given accounts: the unit's account managers, unless others "
        "are named.",
    )
    seed = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        tracking=True,
        help="Decides between equals; drawn with the first draw, and kept. The same "
        "seed gives the same allocation.",
    )
    line_ids = fields.One2many("club.allocation.line", "allocation_id", "Accounts")
    account_count = fields.Integer("Number of Accounts", compute="_compute_counts")
    unplaced_count = fields.Integer(
        "With Nobody",
        compute="_compute_counts",
        help="Accounts for which nobody has load left.",
    )
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False
    )
    decided_at = fields.Datetime("Decided On", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")

    @api.model
    def _default_unit_id(self):
        return self.env["crm.team"].search(
            [
                *(("club_is_led", "=", True), ("user_id", "=", self.env.uid)),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            limit=1,
        )

    @api.depends("unit_id", "company_id")
    def _compute_manager_ids(self):
        members_sudo = self.env["crm.team.member"].sudo()  # who is in which unit
        for allocation in self:
            found_sudo = members_sudo.search(
                [
                    ("crm_team_id", "child_of", allocation.unit_id.ids),
                    *(("club_duty", "=", MANAGER), ("active", "=", True)),
                ]
            )
            # Companies may share a unit.
            users_sudo = found_sudo.user_id.filtered(
                lambda user, company=allocation.company_id: (
                    user.active and has_role(user, company)
                )
            )
            allocation.manager_ids = users_sudo.sudo(False)

    @api.depends("line_ids.user_id")
    def _compute_counts(self):
        for allocation in self:
            lines = allocation.line_ids
            allocation.account_count = len(lines)
            allocation.unplaced_count = len(
                lines.filtered(lambda line: not line.user_id)
            )

    # === Who may what === #

    def _check_may_decide(self):
        """
        :raises AccessError: for who neither leads the unit nor is an officer
        """
        self.check_access("write")
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        for allocation in self:
            if not (scope.has_all or allocation.unit_id in scope.led):
                raise AccessError(
                    self.env._(
                        "%(allocation)s: the lead of %(unit)s or a club officer "
                        "decides who gets its accounts.",
                        allocation=allocation.name,
                        unit=allocation.unit_id.name,
                    )
                )

    def _get_free_accounts_sudo(self):
        """Return the unit's accounts that nobody manages, or who has left.

        sudo: the unit is the user's, as was asked
        """
        self.ensure_one()
        units_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
        below = units_sudo.search([("id", "child_of", self.unit_id.id)])
        accounts_sudo = self.env["res.partner"].sudo().with_company(self.company_id)
        found_sudo = accounts_sudo.search(
            [("is_company", "=", True), ("club_unit_id", "in", below.ids)]
        )
        return found_sudo.filtered(
            lambda account: (
                account.commercial_partner_id == account
                and not account.club_manager_id.active
            )
        )

    # === Steps === #

    @for_one
    def action_collect(self):
        """Add the unit's accounts that have no manager, or one who has left."""
        self._check_may_decide()
        self._check_state(DRAFT)
        # sudo: accounts of the unit, as was asked
        found = self._get_free_accounts_sudo() - self.sudo().line_ids.account_id
        self.line_ids = [
            fields.Command.create({"account_id": number}) for number in found.ids
        ]
        return True

    @for_records
    def action_draw(self):
        """Deal the accounts out: a proposal, which the lead may change."""
        for allocation in self:
            hold(allocation)
            allocation._check_may_decide()
            allocation._check_state(DRAFT)
            allocation._do_draw()
        return True

    def _do_draw(self):
        """
        :raises UserError: when there is nothing to deal out, or nobody to get it
        """
        lines = self.line_ids
        if not lines or not self.manager_ids:
            raise UserError(
                self.env._(
                    "%s needs accounts, and managers among whom they are dealt out.",
                    self.name,
                )
            )
        self._check_free()
        # sudo: tiers, classes and values of accounts that are the unit's
        accounts_sudo = lines.account_id.sudo().with_company(self.company_id)
        loads = self.env["club.manager.load"]
        shares = loads._get_shares(accounts_sudo, self.company_id)
        values = self._get_values(accounts_sudo)
        classes = self._get_classes(accounts_sudo)
        taken = loads._get_loads(self.company_id)
        members_sudo = self.env["crm.team.member"].sudo()  # until when
        trainees = members_sudo._get_trainees(self.company_id)
        seed = self.seed or get_seed()
        dealt = kernel.allocate(
            [
                kernel.Account(
                    key=account.id,
                    group=(
                        -tier.sequence,
                        tier.id or 0,
                        classes.get(account.id, 0),
                    ),
                    value=values.get(account.id, 0.0),
                    share=shares[account.id],
                    is_lowest=not tier or tier._is_lowest(),
                )
                for account in accounts_sudo
                for tier in (account.club_tier_id or account.club_grade_id,)
            ],
            [
                kernel.Manager(
                    key=user.id,
                    free=FULL - taken.get(user.id, 0.0),
                    is_trainee=user.id in trainees,
                )
                for user in self.manager_ids
            ],
            seed,
        )
        for line in opened(lines):
            user_id = dealt[line.account_id.id]
            line.write(
                {
                    "drawn_id": user_id,
                    "user_id": user_id,
                    "reason": False,
                    "value": values.get(line.account_id.id, 0.0),
                }
            )
        self._set_state([DRAFT], DRAWN, seed=seed)

    def _get_values(self, accounts):
        """Return the effective revenue of 12 months, by account id."""
        # sudo: as above
        pulses_sudo = self.env["club.account.pulse"].sudo()
        rows = pulses_sudo._read_group(
            [
                ("account_id", "in", accounts.ids),
                ("company_id", "=", self.company_id.id),
            ],
            ["account_id"],
            ["value:sum"],
        )
        return {account.id: value for account, value in rows}

    def _get_classes(self, accounts):
        """Return a class of each account that has one today, by account id."""
        # sudo: as above
        classes_sudo = self.env["club.account.classification"].sudo()
        today = self.company_id._club_today()
        rows = classes_sudo._read_group(
            [
                ("account_id", "in", accounts.ids),
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", today),
                *("|", ("date_to", "=", False), ("date_to", ">=", today)),
            ],
            ["account_id"],
            ["class_id:min"],
        )
        return {account.id: number for account, number in rows}

    def _check_free(self):
        """Refuse accounts that have a manager who is still here.

        :raises UserError: naming some of them
        """
        # sudo: a refusal names them
        free = self._get_free_accounts_sudo()
        taken = self.sudo().line_ids.account_id.with_company(self.company_id) - free
        if taken:
            raise UserError(
                self.env._(
                    "%(allocation)s: %(accounts)s have a manager or aren't of the "
                    "unit. Take them out; a hand-over changes managers.",
                    allocation=self.name,
                    accounts=format_list(self.env, taken[:5].mapped("display_name")),
                )
            )

    @for_records
    def action_decide(self):
        """Give the accounts to their new managers, all of them at once."""
        for allocation in self:
            hold(allocation)
            allocation._check_may_decide()
            allocation._check_state(DRAWN)
            allocation._apply()
        return True

    def _apply(self):
        """
        :raises UserError: when an account has nobody, or somebody would have too much
        """
        company = self.company_id
        lines = self.line_ids
        if unplaced := lines.filtered(lambda line: not line.user_id):
            raise UserError(
                self.env._(
                    "%(allocation)s: nobody is named for %(accounts)s. Name somebody, "
                    "or take them out.",
                    allocation=self.name,
                    accounts=format_list(
                        self.env, unplaced.account_id[:5].mapped("display_name")
                    ),
                )
            )
        # sudo: accounts of the unit, which the lead may assign
        accounts_sudo = lines.account_id.sudo().with_company(company)
        hold(accounts_sudo)
        self._check_free()
        loads = self.env["club.manager.load"]
        for user, found in lines.grouped("user_id").items():
            check_may_manage(user, company)
            if refusal := loads._get_refusal(user, found.account_id, company):
                raise refusal
        givers = accounts_sudo.grouped("club_manager_id")
        taker_of = {line.account_id.id: line.user_id for line in lines}
        accounts_sudo._assign_club({key: user.id for key, user in taker_of.items()})
        for giver, given in givers.items():
            takers = given.grouped(lambda account: taker_of[account.id])
            for taker, found in takers.items() if giver else ():
                pass_on(found, giver, taker)
        self._set_state(
            [DRAWN],
            DONE,
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
        )
        refresh_duties(accounts_sudo)

    @for_records
    def action_reset(self):
        """Take the draw back, to change what is dealt out; the seed stays."""
        self._check_may_decide()
        opened(self.line_ids).write({"drawn_id": False, "user_id": False})
        return self._set_state([DRAWN], DRAFT)

    @for_records
    def action_cancel(self):
        self._check_may_decide()
        return self._set_state([DRAFT, DRAWN], CANCELLED)

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._("%s is drawn: take it back to draft to change it.", self.name)
        )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for allocation in self:
            # Whoever draws until it suits him leaves a trace.
            if allocation.state != DRAFT or allocation.seed:
                raise UserError(
                    self.env._("%s was drawn and stays: cancel it.", allocation.name)
                )
