"""Which account a client means."""

from .rpc import is_id


def use_company(env, values):
    """Return ``values`` with the company in place of one of its contacts.

    What isn't a partner's id stays as it is: Odoo refuses it, once it has asked
    whether the user may write at all.
    """
    account_id = values.get("account_id")
    if not is_id(account_id):
        return values
    account = env["res.partner"].browse(account_id)
    return {**values, "account_id": account.commercial_partner_id.id}


def active_account(env):
    """Return the account of the partner from whose form something is begun."""
    partner = env["res.partner"]
    active_id = env.context.get("active_id")
    if env.context.get("active_model") == partner._name and is_id(active_id):
        partner = partner.browse(active_id)
    return partner.commercial_partner_id
