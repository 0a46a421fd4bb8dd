"""Who asks, and the places of records, for the test of the rights table."""

from odoo import Command
from odoo.tools import SQL

from ..common import ClubCommon
from ..shared_world import CachesByRole, forget_values, shared
from .rights_samples import (
    BELOW,
    COMPANY,
    OTHER,
    OWN,
    TO_SIGN,
    UNIT,
    Place,
    Samples,
)


class RightsCase(ClubCommon):
    """One user, `self.user`, who leads Quay, is its points clerk, manages an account
    and holds a seat. His role changes, so that it alone decides what he may do.

    ``samples`` are the records that he asks for: ``{model: {place: record}}``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_rights()

    @classmethod
    @shared
    def _set_up_rights(cls):
        cls.user = cls._create_user("admin", "rights")
        cls.colleague = cls._create_user("admin", "colleague")
        cls.other = cls._create_club_company("Other Post")
        cls.stranger = cls._create_user("admin", "stranger", cls.other)
        cls.samples, bodies = {}, {}
        makers = [Samples(cls, place, bodies) for place in cls._get_places()]
        for maker in makers:
            maker.make_bodies()
        for maker in makers:
            for model, record in maker.make_all().items():
                cls.samples.setdefault(model, {})[maker.name] = record.sudo(False)
        cls.env.flush_all()
        cls.caches_by_role = CachesByRole(cls.registry)

    @classmethod
    def _take_groups(cls, names, companies=None, works_in=None):
        """Give the user these groups alone, named with commas; return the environment
        in which he works.

        :param companies: those he has chosen, his own by default
        :param works_in: his own, ``companies`` by default
        """
        companies = companies or cls.company
        works_in = works_in or companies
        groups = [cls.env.ref(name).id for name in names.split(",")]
        with cls.caches_by_role.change((names, *works_in.ids)):
            cls.user.write(
                {
                    "group_ids": [Command.set(groups)],
                    "company_ids": [Command.set(works_in.ids)],
                }
            )
            forget_values(cls.env)
        return cls.env(user=cls.user.id, context={"allowed_company_ids": companies.ids})

    @staticmethod
    def _search_each(domains):
        """Search models as a user does, all in one statement.

        :param domains: ``{model in the user's environment: domain}``
        :return: ``{name of the model: ids found}``
        """
        env = next(iter(domains)).env
        found = [
            model._search(domain, order=model._order)
            for model, domain in domains.items()
        ]
        lists = SQL(", ").join(SQL("ARRAY(%s)", query.select()) for query in found)
        [rows] = env.execute_query(SQL("SELECT %s", lists))
        names = [model._name for model in domains]
        return {name: set(ids) for name, ids in zip(names, rows, strict=True)}

    @classmethod
    def _get_places(cls):
        below, foreign = cls.env["crm.team"].create(
            [
                {
                    "name": "Quay 2",
                    "company_id": cls.company.id,
                    "parent_id": cls.unit.id,
                },
                {"name": "Far", "company_id": cls.other.id},
            ]
        )
        cls.unit.user_id = cls.user
        # No form allows it: nothing but the company keeps him from what is there.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_team SET user_id = %s WHERE id = %s", [cls.user.id, foreign.id]
        )
        cls.env.clear()  # who leads it is read anew
        mine = {"club_manager_id": cls.user.id}
        accounts = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "club_unit_id": unit.id, **manager}
                for name, unit, manager in (
                    ("Mine", cls.other_unit, mine),
                    ("Quay's", cls.unit, {}),
                    ("Quay 2's", below, {}),
                    ("Hill's", cls.other_unit, {}),
                )
            ]
        )
        accounts[0].with_company(cls.other).write({"club_unit_id": foreign.id, **mine})
        own, unit, lower, other = accounts
        here, hill = cls.company, cls.other_unit
        return [
            Place(OWN, here, hill, own, cls.user),
            Place(UNIT, here, cls.unit, unit, cls.colleague),
            Place(BELOW, here, below, lower, cls.colleague),
            Place(OTHER, here, hill, other, cls.colleague),
            Place(COMPANY, cls.other, foreign, own, cls.user),
            *(Place(name, here, hill, other, cls.colleague) for name in TO_SIGN),
        ]
