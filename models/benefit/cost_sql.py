"""What coupons and discounts cost once they are used. Rule B8."""

from odoo.tools import SQL

from .club_benefit import COUPON, DISCOUNT


def used_query():
    """Return the rows of bookings, as `_get_cost_sql` says. Of a discreet one not even
    a sum is told. Rule C9.
    """
    return SQL(
        """
        SELECT id AS res_id, form::varchar AS kind, account_id, company_id,
               service_date AS date, amount
          FROM (SELECT b.id, k.form, b.account_id, b.company_id, b.service_date,
                       CASE WHEN k.form = %(coupon)s THEN b.coupon_value
                            ELSE b.discount_given END AS amount
                  FROM club_benefit_booking b
                  JOIN club_benefit k ON k.id = b.benefit_id
                 WHERE b.state = 'used' AND k.form IN (%(coupon)s, %(discount)s)
                   AND b.is_discreet IS NOT TRUE) u
         WHERE amount <> 0
        """,
        coupon=COUPON,
        discount=DISCOUNT,
    )
