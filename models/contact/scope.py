"""Which accounts are a user's. Rule E2."""

from functools import cached_property

from ..record.groups import LEAD, USER


class Scope:
    """The accounts on whose team a user is, or whose unit he leads; or all of them.

    :param groups: whose members have all
    """

    def __init__(self, env, groups):
        self._env = env
        self.has_all = env.su or any(map(env.user.has_group, groups))

    @cached_property
    def led(self):
        """The units that the user leads, and those below them."""
        units_sudo = self._env["crm.team"].sudo()  # he need not read all teams
        if not self._env.user.has_group(LEAD):
            return units_sudo
        return units_sudo.browse(units_sudo._get_led_ids())

    @cached_property
    def kept(self):
        """The units whose papers the user keeps as their office clerk."""
        units_sudo = self._env["crm.team"].sudo()  # as above
        if not self._env.user.has_group(USER):
            return units_sudo
        return units_sudo.search([("club_is_kept", "=", True)])

    def leads(self, account):
        """Tell whether the account's unit is the user's."""
        # sudo: who looks after an account is asked before he may read it
        return self.has_all or account.sudo().club_unit_id in self.led

    def reads(self, account):
        """Tell whether the user reads the account's figures."""
        # sudo: who looks after an account is asked before he may read it
        return self.holds(account) or account.sudo().club_unit_id in self.kept

    def holds(self, account):
        """Tell whether the user looks after the account."""
        # sudo: who looks after an account is asked before he may read it
        return self.has_all or account.sudo().club_is_mine or self.leads(account)

    def judges(self, paper, units=()):
        """Tell whether the user confirms what somebody else (`user_id`) wrote of an
        account: as a superior, never his own. Rule D4.

        :param units: whose leads judge it, too
        """
        if paper.user_id == self._env.user:
            return False
        account = paper.account_id.with_company(paper.company_id)
        return self.leads(account) or any(unit in self.led for unit in units)
