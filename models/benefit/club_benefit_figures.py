"""What accounts are owed of benefits and what counts against it. Rules C9, D12."""

from odoo import api, models
from odoo.tools import SQL

from ...kernel.quota import NONE, Counted, Quota


class ClubBenefit(models.Model):
    _inherit = "club.benefit"

    @api.model
    def _get_owed(self, keys):
        """Return ``{key: (quota, tier id)}`` of what is owed on a day, in one query.

        Whoever holds tiers of several programs is owed the better quota. A key without
        any quota is missing.

        :param keys: triples of account id, benefit id and day
        """
        keys = sorted(set(keys))
        if not keys:
            return {}
        accounts, benefits, days = (list(column) for column in zip(*keys, strict=True))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (k.place) k.place, q.times, q.is_unlimited, q.tier_id
                  FROM unnest(%s::int[], %s::int[], %s::date[]) WITH ORDINALITY
                       AS k(account_id, benefit_id, day, place)
                  JOIN club_membership m
                    ON m.account_id = k.account_id AND m.state = 'valid'
                   AND k.day BETWEEN m.date_from AND m.date_grace
                  JOIN club_benefit_quota q
                    ON q.benefit_id = k.benefit_id AND q.tier_id = m.tier_id
                 ORDER BY k.place, coalesce(q.is_unlimited, FALSE) DESC,
                          coalesce(q.times, 0) DESC
                """,
                accounts,
                benefits,
                days,
            )
        )
        return {
            keys[place - 1]: (Quota(times or 0, bool(is_unlimited)), tier_id)
            for place, times, is_unlimited, tier_id in self.env.cr.fetchall()
        }

    @api.model
    def _get_counted(self, keys):
        """Return ``{key: Counted}``: booked and used, in one query, past record rules.

        :param keys: triples of account id, benefit id and year
        """
        keys = sorted(set(keys))
        if not keys:
            return {}
        accounts, benefits, years = (list(column) for column in zip(*keys, strict=True))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT k.place, count(*) FILTER (WHERE b.state = 'booked'),
                       count(*) FILTER (WHERE b.state <> 'booked')
                  FROM unnest(%s::int[], %s::int[], %s::int[]) WITH ORDINALITY
                       AS k(account_id, benefit_id, year, place)
                  JOIN club_benefit_booking b
                    ON b.account_id = k.account_id AND b.benefit_id = k.benefit_id
                   AND b.year = k.year AND b.is_counted
                 GROUP BY k.place
                """,
                accounts,
                benefits,
                years,
            )
        )
        return {
            keys[place - 1]: Counted(booked, used)
            for place, booked, used in self.env.cr.fetchall()
        }

    @api.model
    def _get_figures(self, keys):
        """Return ``{key: (quota, tier id, counted)}`` for each of the keys.

        :param keys: triples of account id, benefit id and day
        """
        keys = set(keys)
        owed = self._get_owed(keys)
        counted = self._get_counted(
            (account, benefit, day.year) for account, benefit, day in keys
        )
        return {
            key: (*owed.get(key, (NONE, None)), counted.get(_of_year(key), Counted()))
            for key in keys
        }


def _of_year(key):
    account, benefit, day = key
    return account, benefit, day.year
