from odoo.tests import freeze_time, tagged

from ..common import TODAY
from .client_spec import get_list_spec
from .rights_case import RightsCase
from .rights_samples import TO_SIGN
from .test_rights import ROLES

# A plan's figures are asked for by year, and the samples are of years of their own.
BY_YEAR = {"club.plan"}
FEW = 2


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestListQueries(RightsCase):
    """What a list costs doesn't depend on how many records it shows."""

    def test_more_rows_cost_no_more_queries(self):
        """Some of each model's samples, then all of them, which differ in account,
        unit, manager and state: nothing is saved because rows say the same. What only
        one of them needs is asked once; a query for each row is what fails.
        """
        asked = 0
        for role in ("Account Manager", "Unit Lead", "Club Officer"):
            env = self._take_groups(ROLES[role])
            for model in sorted(self.samples.keys() - BY_YEAR):
                records, others = self._find_samples(env[model])
                if len(others) <= FEW:
                    continue
                asked += 1
                more = others[FEW:]
                spec = get_list_spec(env, model)
                with self.subTest(role=role, model=model):
                    all_of_them = self._count(records, spec)
                    some = self._count(records - more, spec)
                    if all_of_them - some >= len(more):
                        # Unless it was what is kept between calls.
                        all_of_them = self._count(records, spec)
                    self.assertLess(all_of_them - some, len(more))
        self.assertGreater(asked, 100)

    def _find_samples(self, model):
        """Return those that the user may read, and which of them don't wait for his
        signature: to find these costs once, and they are shown each time.
        """
        if not model.has_access("read"):
            return model, model
        places = self.samples[model._name]
        found = model.search([("id", "in", [r.id for r in places.values()])])
        to_sign = [places[place].id for place in TO_SIGN if place in places]
        return found, found.filtered(lambda record: record.id not in to_sign)

    def _count(self, records, spec):
        """Return the queries of a list that shows these records."""
        ids = records.ids
        records.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = records.web_search_read([("id", "in", ids)], spec, limit=80)
        self.assertEqual(found["length"], len(ids))
        return self.env.cr.sql_log_count - before
