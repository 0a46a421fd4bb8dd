"""What call-offs and bills use of contracts. Rule C6."""

from odoo.tools import SQL

NET, GROSS = "net", "gross"
# What a bill's line counts, in company currency: with its tax where amounts are so.
# Credit notes come out negative.
BILLED = SQL(
    """
    CASE WHEN c.amount_basis = %s AND l.price_subtotal <> 0
         THEN round((l.balance * l.price_total / l.price_subtotal)::numeric, 2)
         ELSE l.balance END
    """,
    GROSS,
)


def get_used(cooperations):
    """Return what is called off but not billed, and what is billed, by id.

    A call-off counts until bills that name it have reached it, or it is closed;
    what was settled counts whatever becomes of its call-off or bill.
    """
    env = cooperations.env
    env["account.move.line"].flush_model()
    env["club.cooperation.calloff"].flush_model()
    env["club.settlement.line"].flush_model()
    cooperations.flush_model(["amount_basis"])
    rows = env.execute_query(
        SQL(
            """
            WITH bill AS MATERIALIZED (
                SELECT l.club_cooperation_id AS id, l.club_calloff_id AS calloff_id,
                       sum(%(billed)s) AS amount
                  FROM account_move_line l
                  JOIN club_cooperation c ON c.id = l.club_cooperation_id
                 WHERE l.club_cooperation_id = ANY(%(ids)s)
                   AND (l.parent_state = 'posted' OR EXISTS (
                       SELECT FROM club_settlement_line s
                        WHERE s.move_line_id = l.id AND s.is_settled))
                 GROUP BY 1, 2),
            part AS (
                SELECT o.cooperation_id AS id, 0 AS billed,
                       least(o.amount,
                             greatest(o.amount - coalesce(b.amount, 0), 0))
                           AS called
                  FROM club_cooperation_calloff o
             LEFT JOIN bill b ON b.calloff_id = o.id
                 WHERE o.cooperation_id = ANY(%(ids)s)
                   AND (o.state = 'confirmed' OR EXISTS (
                       SELECT FROM club_settlement_line s
                        WHERE s.calloff_id = o.id AND s.is_settled))
                 UNION ALL
                SELECT id, amount, 0 FROM bill)
            SELECT id, sum(called), sum(billed) FROM part GROUP BY id
            """,
            billed=BILLED,
            ids=cooperations.ids,
        )
    )
    return {key: (float(called), float(billed)) for key, called, billed in rows}
