"""Up to where the tables went before a seed."""

# What the recount reads, of which a seed's are those that came since it began.
_COUNTED = (
    *("club.account.unit", "club.membership", "club.revenue.line", "club.points.entry"),
    *("club.points.run.unit", "club.duty", "club.contact.log", "club.need"),
    *("club.retention", "club.activity", "club.plan.line", "club.invitation"),
    *("club.answer", "club.redemption", "club.voucher", "account.move.line"),
    "res.partner",
)


def read_tide(env):
    """Return ``{model: highest id}`` of what the recount reads."""
    env.flush_all()
    columns = ", ".join(
        f"(SELECT coalesce(max(id), 0) FROM {env[name]._table})" for name in _COUNTED
    )
    env.cr.execute(f"SELECT {columns}")
    return dict(zip(_COUNTED, env.cr.fetchone(), strict=True))
