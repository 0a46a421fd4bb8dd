"""The roles that code asks for by name."""

PREFIX = "crm_club.crm_club_group_"

SIGNER = f"{PREFIX}signer"
USER = f"{PREFIX}user"
CLERK = f"{PREFIX}clerk"
LEAD = f"{PREFIX}lead"
FINANCE = f"{PREFIX}finance"
AUDITOR = f"{PREFIX}auditor"
OFFICER = f"{PREFIX}officer"
ADMIN = f"{PREFIX}admin"
# Whoever has a role in the club: signatories without another one have not.
READERS = f"{USER},{AUDITOR}"
