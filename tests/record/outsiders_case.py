"""Users with Odoo's own roles beside a role of the club, or without one."""

from odoo import Command

OUTSIDERS = {
    "employee": "base.group_user",
    "seller": "sales_team.group_sale_salesman",
    "sales_admin": "sales_team.group_sale_manager",
    "creator": "base.group_partner_manager",
    "invoicer": "account.group_account_invoice",
    "accountant": "account.group_account_user",
}


class OutsidersMixin:
    @classmethod
    def _set_up_outsiders(cls, *logins):
        """Create the users named, and `rival`: manager of accounts that aren't ours.

        All but the plain employee write contacts.
        """
        wanted = dict.fromkeys(logins or OUTSIDERS)
        users = cls._create_users(**wanted, rival="user")
        cls.outsiders = dict(zip((*wanted, "rival"), users, strict=True))
        creator = cls.env.ref("base.group_partner_manager")
        for login, user in cls.outsiders.items():
            groups = creator if login != "employee" else cls.env["res.groups"]
            if login in OUTSIDERS:
                groups |= cls.env.ref(OUTSIDERS[login])
            user.group_ids = [Command.link(group.id) for group in groups]
