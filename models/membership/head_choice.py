"""Whose branch an account may become. Rule A12."""

from odoo.exceptions import AccessError, MissingError, ValidationError

from ..record.groups import OFFICER
from ..record.hold import hold
from . import heads


class HeadChoice:
    """Heads that were set just now, in the company in use.

    :param accounts: the partners that got one, or lost it
    """

    def __init__(self, accounts):
        self._accounts = accounts
        self._env = accounts.env
        # sudo: a group's accounts may be anybody's
        self._accounts_sudo = accounts.sudo()

    def check_may_set(self):
        """
        :raises AccessError: unless an officer does it: tiers follow from it
        """
        scope = self._accounts._get_my_scope(OFFICER)
        for account_sudo in self._accounts_sudo:
            if not scope.has_all:
                raise AccessError(
                    self._env._(
                        "%s reaches a tier with its group, as the program says: a club "
                        "officer sets the head of an account.",
                        account_sudo.name,
                    )
                )

    def settle(self):
        """Check the heads as they have become, and note since when.

        Whoever sets a head holds the account, the head and all above: two at the same
        moment, whose heads would make a circle, meet at one of them.

        :raises ValidationError: when one can't be the head
        """
        for account_sudo in self._accounts_sudo:
            self._check(account_sudo)
        chosen_sudo = self._accounts_sudo.club_head_id
        above = self._get_above(chosen_sudo)
        hold(self._accounts_sudo | chosen_sudo | chosen_sudo.browse(above))
        lines = self._env["club.account.head"]
        lines._follow(self._accounts)
        lines.flush_model()
        for account_sudo in self._accounts_sudo:
            if account_sudo.id in self._get_above(account_sudo):
                raise self._get_circle_refusal(account_sudo)

    def check_stay_accounts(self):
        """Refuse to make people of another company of what belongs to a group.

        :raises ValidationError: naming the account
        """
        moved_sudo = self._accounts_sudo.filtered(
            lambda partner: partner.commercial_partner_id != partner
        )
        lines_sudo = self._env["club.account.head"].sudo()  # those of all companies
        found_sudo = lines_sudo.search(
            [
                ("date_to", "=", False),
                "|",
                ("account_id", "in", moved_sudo.ids),
                ("head_id", "in", moved_sudo.ids),
            ],
            limit=1,
        )
        if found_sudo:
            raise ValidationError(
                self._env._(
                    "%(account)s belongs to a group, as %(line)s says: take it out "
                    "before you put it under another company.",
                    account=(moved_sudo & (found_sudo.account_id | found_sudo.head_id))[
                        :1
                    ].name,
                    line=found_sudo.display_name,
                )
            )

    def _get_above(self, accounts):
        return heads.get_above(self._env, self._env.company, accounts.ids)

    def _check(self, account):
        """Refuse a head that is none, by a sentence that names what stands against."""
        head = account.club_head_id
        if not head:
            return
        if not head.exists():
            raise MissingError(
                self._env._("The head of %s isn't there any more.", account.name)
            )
        for partner in (account, head):
            self._check_is_account(partner)
        if head == account:
            raise ValidationError(
                self._env._(
                    "%s can't be its own head: choose another account.", account.name
                )
            )
        if not head.active:
            raise ValidationError(
                self._env._(
                    "%(head)s is archived: choose another head for %(account)s.",
                    head=head.display_name,
                    account=account.name,
                )
            )

    def _check_is_account(self, partner):
        company = partner.commercial_partner_id
        if company != partner:
            raise ValidationError(
                self._env._(
                    "%(contact)s belongs to %(account)s: a group has companies as head "
                    "and branches, not their people.",
                    contact=partner.display_name,
                    account=company.display_name,
                )
            )
        if partner.company_id and partner.company_id != self._env.company:
            raise ValidationError(
                self._env._(
                    "%(account)s belongs to %(company)s: a group of %(own)s has "
                    "accounts that are its own or shared by all.",
                    account=partner.display_name,
                    company=partner.company_id.name,
                    own=self._env.company.name,
                )
            )

    def _get_circle_refusal(self, account):
        """Return the error that names the branch which closes the circle."""
        branch = account.club_head_id
        while branch.club_head_id != account:
            branch = branch.club_head_id
        return ValidationError(
            self._env._(
                "%(account)s can't belong to %(head)s, which belongs to its own group: "
                "%(account)s is the head of %(branch)s. Give %(branch)s another head "
                "first.",
                account=account.name,
                head=account.club_head_id.name,
                branch=branch.name,
            )
        )
