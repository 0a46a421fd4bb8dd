"""Every model, in a company of its own and beside another one. Rules A9, E5."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import TODAY
from ..record.rights_samples import Place, Samples
from ..shared_world import shared
from .worlds_case import WorldsCase


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsWalk(WorldsCase):
    """A record of each model at Harbour Post and at Lake Post; ``user`` administers
    both.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_walk()

    @classmethod
    @shared
    def _set_up_walk(cls):
        [cls.user] = cls._create_users(cls.company, user="admin")
        cls.user.company_ids = cls.company | cls.lake
        cls.user.group_ids |= cls.env.ref("crm_club.crm_club_group_officer") | cls.env.ref("crm_club.crm_club_group_finance") | cls.env.ref("crm_club.crm_club_group_auditor")
        cls.colleague = cls._create_user("admin", "colleague")
        harbour, lakes = cls._create_accounts(["Reed Mills", "Pond Mills"])
        for account, company, unit in (
            (harbour, cls.company, cls.unit),
            (lakes, cls.lake, cls.lake_unit),
        ):
            account.with_company(company).club_unit_id = unit
        cls.other, cls.stranger = cls.lake, cls.lake_users["admin"]
        cls.samples, bodies = {}, {}
        makers = [
            Samples(cls, Place(*place), bodies)
            for place in (
                ("other", cls.company, cls.unit, harbour, cls.colleague),
                ("company", cls.lake, cls.lake_unit, lakes, cls.lake_users["admin"]),
            )
        ]
        for maker in makers:
            maker.make_bodies()
        bodies["own"] = bodies["other"]
        zone, cls.lake.club_timezone = cls.lake.club_timezone, "Asia/Shanghai"
        for maker in makers:
            for model, record in maker.make_all().items():
                cls.samples.setdefault(model, {})[maker.name] = record.sudo(False)
        cls.lake.club_timezone = zone
        cls.env.flush_all()

    def _read(self, record, companies, names):
        env = self._within(companies, self.user)
        env.invalidate_all()
        record = record.with_env(env)
        found = {}
        for name in names:
            try:
                value = record[name]
                found[name] = getattr(value, "ids", value)
            except (AccessError, UserError) as error:
                found[name] = type(error)
        return found

    def test_search_same(self):
        """What one finds, by what is worked out, too, doesn't depend on which company
        is in front; nor what it is grouped by.
        """
        pairs = (self.company | self.lake, self.lake | self.company)
        for model, places in sorted(self.samples.items()):
            record = next(iter(places.values()))
            if record._transient or record._abstract:
                continue
            for name, field in record._fields.items():
                if field.company_dependent or name in ("club_is_here",):
                    continue
                found = []
                for companies in pairs:
                    env = self._within(companies, self.user)
                    records = env[model]
                    this = []
                    if field.type == "boolean" and not field.store and field.search:
                        try:
                            this.append(sorted(records.search([(name, "=", True)]).ids))
                        except (AccessError, UserError) as error:
                            this.append(type(error))
                    elif field.type == "selection" and not field.store and field.search:
                        for key, _label in field._description_selection(env):
                            try:
                                this.append(sorted(records.search([(name, "=", key)]).ids))
                            except (AccessError, UserError) as error:
                                this.append(type(error))
                    if field.type == "many2one" and not field.store and field.search:
                        try:
                            every = env[field.comodel_name].sudo().search([]).ids
                            this.append(sorted(records.search([(name, "in", every)]).ids))
                            this.append(sorted(records.search([(name, "=", False)]).ids))
                            if field.comodel_name != "res.company":
                                rows = records._read_group([], [name], ["__count"])
                                this.append(sorted((one.id or 0, n) for one, n in rows))
                        except (AccessError, UserError, ValueError) as error:
                            this.append(type(error))
                    found.append(this)
                if found[0] != found[1]:
                    print("FIND", model, name, found)

    def test_read_same(self):
        pairs = (self.company | self.lake, self.lake | self.company)
        for model, places in sorted(self.samples.items()):
            for place, record in places.items():
                if record._transient or record._abstract:
                    continue
                names = [
                    name for name, f in record._fields.items()
                    if not f.company_dependent and name not in ("display_name", "club_is_here")
                ]
                first, second = (self._read(record, companies, names) for companies in pairs)
                different = {n: (first[n], second[n]) for n in names if first[n] != second[n]}
                if different:
                    print("DIFF", model, place, different)
