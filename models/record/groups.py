"""The roles that code asks for by name."""

PREFIX = "crm_club.crm_club_group_"

USER = f"{PREFIX}user"
OFFICER = f"{PREFIX}officer"
AUDITOR = f"{PREFIX}auditor"
# Whoever has a role in the club: signatories without another one have not.
READERS = f"{USER},{AUDITOR}"
