"""Together with what companies also have, in both orders."""

from ..home import MODULE
from .rig import SEED_NOW, Database, Rig

BESIDE = "sale,loyalty,website_event,partnership,mass_mailing_sms"
# Theirs whose models the club extends, and those that extend them too.
UPGRADED = "sale,loyalty,event,mass_mailing"
# What can be tried beside them only, and what they could break.
TOUCHED = ("TestTariff", "TestTariffFollowed", "TestGuestRegistrations")
TOUCHED += ("TestGuestMails", "TestLeadStanding")
TESTS = [f"club_beside/{MODULE}", *(f"/{MODULE}:{name}" for name in TOUCHED)]


def run(rig: Rig) -> None:
    """Install the club after them, and them after the club."""
    with Database("beside") as database:
        rig.odoo(database, "-i", BESIDE, what=BESIDE, only_ours=True)
        rig.odoo(database, "-i", MODULE, what="install beside them")
        tests = ("--test-tags", ",".join(TESTS))
        rig.odoo(database, *tests, what="tests beside them")
        rig.script(database, "seed", SEED_NOW)
        rig.odoo(database, "-u", UPGRADED, what="their upgrade")
        rig.verify(database, f"beside {BESIDE}")
        rig.check("all opens beside them", rig.ask(database, "opened"))
    with Database("before") as database:
        rig.odoo(database, "-i", MODULE, what="install")
        rig.script(database, "seed", SEED_NOW)
        rig.odoo(database, "-i", BESIDE, what=f"{BESIDE} after it")
        rig.verify(database, f"with {BESIDE} after it")
        rig.check("all opens with them after it", rig.ask(database, "opened"))
