"""Every model beside another company's and another program's records. Rules A9, E5."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..attempts import Attempts
from ..common import TODAY
from ..record.rights_samples import Place, Samples
from ..shared_world import shared
from .worlds_case import WorldsCase

ROLES = ("officer", "finance", "auditor", "clerk")
# A user's role and place in the company in use decide them.
OF_COMPANY_IN_USE = {"club_is_here", "display_name"}
# Figures of a month and a year, and final scorecards.
READ_FROM_ABOVE = {"club.figure", "club.figure.year", "club.scorecard"}
# The cards of the company in use: the rule of the model says so.
IN_USE_ONLY = {"club.overview"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsWalk(WorldsCase):
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

    def _get_models(self):
        """Return ``[(model, its samples by place)]`` of what is kept."""
        return [
            (self.env[name], places)
            for name, places in sorted(self.samples.items())
            if not self.env[name]._transient
        ]

    # === Whichever company is in front === #

    def _look_from_both(self, look):
        """Return what is found with either company in front."""
        found = []
        for companies in (self.company | self.lake, self.lake | self.company):
            env = self._within(companies, self.user)
            env.invalidate_all()
            found.append(look(env))
        return found

    def _try(self, call):
        try:
            return call()
        except (AccessError, UserError, ValueError) as error:
            return type(error)

    def test_a_record_says_the_same(self):
        """What a record shows is of its own company: unit, manager, tier, day."""
        for model, places in self._get_models():
            if model._name in IN_USE_ONLY:
                continue
            names = [
                name
                for name, field in model._fields.items()
                if not field.company_dependent and name not in OF_COMPANY_IN_USE
            ]
            for place, record in places.items():

                def look(env, record=record, names=names):
                    there = record.with_env(env)
                    values = {n: self._try(lambda n=n: there[n]) for n in names}
                    return {n: getattr(v, "ids", v) for n, v in values.items()}

                first, second = self._look_from_both(look)
                differing = {
                    name: (first[name], second[name])
                    for name in names
                    if first[name] != second[name]
                }
                self.assertEqual(differing, {}, f"{model._name} of {place}")

    def _find(self, records, name, field):
        """Return what one finds by a field that is worked out, and its groups."""
        env = records.env
        if field.type == "selection":
            sought = [[key] for key, _label in field._description_selection(env)]
        elif field.type == "many2one":
            comodel_sudo = env[field.comodel_name].sudo()
            every = comodel_sudo.with_context(active_test=False).search([])
            sought = [[False], every.ids]
        else:
            sought = [[True]]
        found = [
            self._try(
                lambda keys=keys: sorted(records.search([(name, "in", keys)]).ids)
            )
            for keys in sought
        ]
        if field.type == "many2one":
            rows = self._try(lambda: records._read_group([], [name], ["__count"]))
            if isinstance(rows, list):
                rows = sorted((one.id or 0, count) for one, count in rows)
            found.append(rows)
        return found

    def test_one_finds_the_same(self):
        for model, _places in self._get_models():
            if model._name in IN_USE_ONLY:
                continue
            for name, field in model._fields.items():
                if (
                    field.store
                    or not field.search
                    or field.type not in ("boolean", "many2one", "selection")
                    or name in OF_COMPANY_IN_USE
                ):
                    continue
                first, second = self._look_from_both(
                    lambda env, model=model, name=name, field=field: self._find(
                        env[model._name], name, field
                    )
                )
                self.assertEqual(first, second, f"{model._name}.{name}")

    # === What is of one company, or of one program, stays there === #

    @mute_logger("odoo.sql_db")
    def _write_links(self, mine, theirs, is_asked):
        """Try to name another place's records; return what wasn't refused."""
        env = self._within(self.company | self.lake, self.user)
        taken = []
        with Attempts(self.env.cr) as attempts:
            for model, places in self._get_models():
                if mine not in places:
                    continue
                record = places[mine].with_env(env)
                for name, field in model._fields.items():
                    if field.type != "many2one" or field.readonly or not field.store:
                        continue
                    other = self._get_other(field, theirs)
                    if not other or not is_asked(model, field, other):
                        continue
                    if record.sudo()[name] == other:
                        continue
                    try:
                        with attempts.attempt(), self.env.cr.savepoint():
                            record.write({name: other.id})
                            record.env.flush_all()
                            taken.append(f"{model._name}.{name}")
                            raise UserError("Taken back")
                    except (AccessError, UserError, IntegrityError):
                        continue
        return taken

    def _get_other(self, field, theirs):
        if field.comodel_name == "res.company":
            return self.lake if theirs == "company" else None
        if field.comodel_name == "crm.team":
            return self.lake_unit if theirs == "company" else None
        return self.samples.get(field.comodel_name, {}).get(theirs)

    def test_nothing_of_another_company_is_named(self):
        """Neither is a record of it named, nor does one go there. What all companies
        share may become one's own; Odoo's leads follow their team.
        """

        def is_asked(model, field, other):
            if model._name == "crm.lead":
                return False
            if field.comodel_name == "res.company":
                return bool(self.samples[model._name]["other"].sudo().company_id)
            shared = "company_id" not in other._fields
            return not shared and bool(other.sudo().company_id)

        self.assertEqual(self._write_links("other", "company", is_asked), [])

    def test_nothing_of_another_program_is_named(self):
        def is_asked(model, field, other):
            return "program_id" in model._fields and "program_id" in other._fields

        self.assertEqual(self._write_links("other", "unit", is_asked), [])

    # === From above === #

    def test_nobody_above_finds_a_record(self):
        """Rule E5: whoever works in the province reads the figures of those below it,
        and finds nothing else of theirs.
        """
        self.user.write(
            {
                "company_id": self.province.id,
                "company_ids": [Command.set(self.province.ids)],
            }
        )
        env = self._within(self.province, self.user)
        for model, places in self._get_models():
            if model._name in READ_FROM_ABOVE or "company_id" not in model._fields:
                continue
            found = self._try(lambda model=model: env[model._name].search([]))
            ids = set() if isinstance(found, type) else set(found.ids)
            for record in places.values():
                if record.sudo().company_id:
                    self.assertNotIn(record.id, ids, model._name)
