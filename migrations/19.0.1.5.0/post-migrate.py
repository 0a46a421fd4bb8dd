"""What a club that runs already needs for the rules as they are now."""


def migrate(cr, version):
    """Rename what is stored."""
    call_accepted_confirmed(cr)


def call_accepted_confirmed(cr):
    """Say of invitees to round tables what is said of guests. Rule C7."""
    cr.execute(
        "UPDATE club_round_table_invitee SET state = 'confirmed'"
        " WHERE state = 'accepted'"
    )
