"""A record of every model in three places: two of a company, one of another."""

from odoo.tests import freeze_time

from ..common import TODAY
from ..record.rights_samples import Place, Samples
from ..shared_world import shared
from .worlds_case import WorldsCase

ROLES = ("officer", "finance", "auditor", "clerk")


@freeze_time(TODAY)
class WalkCase(WorldsCase):
    """A record of each model at Lake Post and two at Harbour Post, each of a program of
    its own. One user has all roles and works in both companies.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_walk()

    @classmethod
    @shared
    def _set_up_walk(cls):
        cls.user, cls.colleague = cls._create_users(
            cls.company, everybody="admin", colleague="admin"
        )
        cls.user.company_ids = cls.company | cls.lake
        for role in ROLES:
            cls.user.group_ids |= cls.env.ref(f"crm_club.crm_club_group_{role}")
        cls.other, cls.stranger = cls.lake, cls.lake_users["admin"]
        places = [
            ("other", cls.company, cls.unit, cls.colleague),
            ("unit", cls.company, cls.other_unit, cls.colleague),
            ("company", cls.lake, cls.lake_unit, cls.stranger),
        ]
        accounts = cls._create_accounts([f"{name} Mills" for name, *_ in places])
        # The samples are of the day that it is in China.
        zone, cls.lake.club_timezone = cls.lake.club_timezone, "Asia/Shanghai"
        makers, bodies = [], {}
        for account, (name, company, unit, owner) in zip(accounts, places, strict=True):
            account.with_company(company).club_unit_id = unit
            place = Place(name, company, unit, account, owner)
            makers.append(Samples(cls, place, bodies))
        for maker in makers:
            maker.make_bodies()
        bodies["own"] = bodies["other"]
        cls.samples = {}
        for maker in makers:
            for model, record in maker.make_all().items():
                found = cls.samples.setdefault(model, {})
                found[maker.name] = record.sudo(False)
        cls.lake.club_timezone = zone
        cls.env.flush_all()
