"""Whose branch an account is. Rule A12."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, ValidationError

from ..record.derived import differs
from ..record.groups import OFFICER, READERS
from ..record.hold import hold
from ..record.lock import is_open
from . import heads


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What is measured are the lines of `club.account.head`, which follow this.
    club_head_id = fields.Many2one(
        "res.partner",
        "Head of the Group",
        company_dependent=True,
        copy=False,
        groups=READERS,
        domain="[('parent_id', '=', False), ('id', '!=', id),"
        " ('company_id', 'in', (company_id, False))]",
        help="The headquarters to which this account belongs as a branch. A club "
        "officer sets it: as the program says, the head's class and the sum of the "
        "group decide which tier the account reaches.",
    )

    def _get_account_columns(self):
        """Heads are accounts of the club, too."""
        return [*super()._get_account_columns(), ("club.account.head", "head_id")]

    # === Written === #

    @api.model
    def default_get(self, fields):
        """Nobody becomes a branch by a default that somebody keeps or sends."""
        return super().default_get([name for name in fields if name != "club_head_id"])

    @api.model_create_multi
    def create(self, vals_list):
        """
        :raises AccessError: when who isn't an officer names a head
        :raises ValidationError: when it can't be the head
        """
        partners = super().create(vals_list)
        named = [bool(values.get("club_head_id")) for values in vals_list]
        if any(named):
            branches = partners.browse(
                partner.id
                for partner, is_named in zip(partners, named, strict=True)
                if is_named
            )
            branches._check_club_may_set_head()
            branches._settle_club_heads()
        return partners

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "club_head_id" in vals:
            # sudo: who writes it is asked, whatever he may read
            name = "club_head_id"
            self.filtered(
                lambda one: differs(one.sudo(), name, vals[name])
            )._check_club_may_set_head()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "club_head_id" in vals and not is_open(self.env):
            self._settle_club_heads()

    def _check_club_may_set_head(self):
        """
        :raises AccessError: unless an officer does it: tiers follow from it
        """
        if not self or self._get_my_scope(OFFICER).has_all:
            return
        raise AccessError(
            self.env._(
                "%s reaches a tier with its group, as the program says: a club officer "
                "sets the head of an account.",
                self[:1].sudo().name,
            )
        )

    def _settle_club_heads(self):
        """Check the heads as they have become, and note since when.

        Whoever sets a head holds the account, the head and all above: two at the same
        moment, whose heads would make a circle, meet at one of them.

        :raises ValidationError: when one can't be the head
        """
        # sudo: a group's accounts may be anybody's
        accounts_sudo = self.sudo()
        for account_sudo in accounts_sudo:
            account_sudo._check_club_head(self.env)
        lines = self.env["club.account.head"]
        company = self.env.company
        chosen = accounts_sudo.club_head_id
        above = heads.get_above(self.env, company, chosen.ids)
        hold(accounts_sudo | chosen | accounts_sudo.browse(above))
        lines._follow(self)
        lines.flush_model()
        for account_sudo in accounts_sudo:
            if account_sudo.id in heads.get_above(self.env, company, account_sudo.ids):
                raise account_sudo._get_circle_refusal(self.env)

    def _check_club_head(self, env):
        """Refuse a head that is none, by a sentence that names what stands against it.

        :param env: whose language the refusal has
        """
        head = self.club_head_id
        if not head:
            return
        if not head.exists():
            raise MissingError(env._("The head of %s isn't there any more.", self.name))
        for partner in (self, head):
            company = partner.commercial_partner_id
            if company != partner:
                raise ValidationError(
                    env._(
                        "%(contact)s belongs to %(account)s: a group has companies as "
                        "head and branches, not their people.",
                        contact=partner.display_name,
                        account=company.display_name,
                    )
                )
            if partner.company_id and partner.company_id != env.company:
                raise ValidationError(
                    env._(
                        "%(account)s belongs to %(company)s: a group of %(own)s has "
                        "accounts that are its own or shared by all.",
                        account=partner.display_name,
                        company=partner.company_id.name,
                        own=env.company.name,
                    )
                )
        if head == self:
            raise ValidationError(
                env._("%s can't be its own head: choose another account.", self.name)
            )
        if not head.active:
            raise ValidationError(
                env._(
                    "%(head)s is archived: choose another head for %(account)s.",
                    head=head.display_name,
                    account=self.name,
                )
            )

    def _get_circle_refusal(self, env):
        """Return the error that names the branch which closes the circle."""
        branch = self.club_head_id
        while branch.club_head_id != self:
            branch = branch.club_head_id
        return ValidationError(
            env._(
                "%(account)s can't belong to %(head)s, which belongs to its own group: "
                "%(account)s is the head of %(branch)s. Give %(branch)s another head "
                "first.",
                account=self.name,
                head=self.club_head_id.name,
                branch=branch.name,
            )
        )
