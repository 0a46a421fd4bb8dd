"""Who can see to an account's things: asked of managers, teams, owners of papers."""

from odoo.exceptions import UserError

from ..record.groups import USER


def has_role(user_sudo, company):
    """Tell whether a user has a role in a company's club, and so could open it."""
    return user_sudo.has_group(USER) and company in user_sudo.company_ids


def check_may_manage(user, company):
    """
    :raises UserError: when a user couldn't open the accounts that he is to manage
    """
    user_sudo = user.sudo().exists()  # which roles he has
    if not (user_sudo.active and has_role(user_sudo, company)):
        raise UserError(
            user.env._(
                "%(user)s isn't an account manager of %(company)s: choose somebody "
                "else.",
                user=user_sudo.name or user.id,
                company=company.name,
            )
        )


def propose_owner(account, company):
    """Return the account's manager, else the nearest lead of its unit; or nobody."""
    # sudo: who looks after an account is asked, whoever notes down what it needs
    account_sudo = account.sudo().with_company(company)
    lead_sudo = account_sudo.club_unit_id._get_nearest_lead(company)
    for user_sudo in (account_sudo.club_manager_id, lead_sudo):
        if user_sudo.active and has_role(user_sudo, company):
            return user_sudo
    return account.env["res.users"]
