"""Going from a record to what links to it."""


def domain_here(env):
    """Return the domain of what is of the company in use: what a number on a partner's
    page counts, which has others in other companies, its list shows. Rule A9.
    """
    return [("company_id", "=", env.company.id)]


def open_list(record, name, link, **context):
    """Return the club's action ``name`` on the records whose ``link`` is this one.

    New ones are made for it, too.

    :param context: what else the action's context says
    """
    record.check_access("read")
    action = record.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
    return {
        **action,
        "domain": [(link, "=", record.id)],
        "context": {f"default_{link}": record.id, **context},
    }
