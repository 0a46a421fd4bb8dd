def active_account(env):
    """Return the account of the partner from whose form a wizard was opened."""
    partner = env["res.partner"]
    if env.context.get("active_model") == partner._name:
        partner = partner.browse(env.context.get("active_id"))
    return partner.commercial_partner_id
