"""Keep the ranks of final scorecards, which moved with every other card. Rule E9."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cards = env["club.scorecard"].search([("state", "=", "issued")])
    ranks = cards._find_ranks()
    cr.execute_values(
        "UPDATE club_scorecard c SET final_rank = v.rank, final_rank_of = v.of"
        " FROM (VALUES %s) v (id, rank, of) WHERE c.id = v.id",
        [(card.id, *ranks[card.id]) for card in cards],
    )
