"""Which account a client means."""

from odoo.exceptions import ValidationError

from .rpc import is_id


def use_company(env, values, name="account_id"):
    """Return ``values`` with the company in place of one of its contacts.

    What isn't a partner's id stays as it is: Odoo refuses it, once it has asked
    whether the user may write at all.
    """
    account_id = values.get(name)
    if not is_id(account_id):
        return values
    account = env["res.partner"].browse(account_id)
    return {**values, name: account.commercial_partner_id.id}


def active_record(env, name):
    """Return the record of a model from whose form something is begun, none else."""
    active_id = env.context.get("active_id")
    if env.context.get("active_model") == name and is_id(active_id):
        return env[name].browse(active_id)
    return env[name]


def active_account(env):
    """Return the account of the partner from whose form something is begun."""
    return active_record(env, "res.partner").commercial_partner_id


def check_contact(contact, account):
    """Refuse what is no account, and a person who isn't one of its people.

    :raise ValidationError: naming the two
    """
    company = account.commercial_partner_id
    if account != company:
        raise ValidationError(
            account.env._(
                "%(contact)s belongs to %(account)s: choose the company as account.",
                contact=account.display_name,
                account=company.display_name,
            )
        )
    if contact and contact.commercial_partner_id != account:
        raise ValidationError(
            account.env._(
                "%(contact)s isn't a contact of %(account)s: choose one of its people.",
                contact=contact.display_name,
                account=account.display_name,
            )
        )


def check_points_account(account, program):
    """Refuse an account that can't have points in a program. Rules B6, B13.

    :raise ValidationError: naming the two
    """
    company = account.commercial_partner_id
    if account != company:
        raise ValidationError(
            account.env._(
                "%(contact)s belongs to %(account)s: points are kept with the company.",
                contact=account.display_name,
                account=company.display_name,
            )
        )
    check_programs_account(account, program)


def check_programs_account(account, program):
    """Refuse an account that is another company's than the program.

    :raise ValidationError: naming the two
    """
    if account.company_id and account.company_id != program.company_id:
        raise ValidationError(
            account.env._(
                "%(account)s belongs to another company than %(program)s.",
                account=account.display_name,
                program=program.name,
            )
        )
