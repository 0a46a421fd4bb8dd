"""Working days in SQL, for one account or a hundred thousand. Rules B5, D3."""

from odoo.tools import SQL


def after_sql(day, count):
    """Return the expression of the working day ``count`` working days after ``day``.

    Below 0 before it; 0 is the day itself or the next working day: as
    `club.day._get_deadline` has it. NULL for days that the calendar doesn't reach yet.

    :param SQL day: a date
    :param SQL count: a whole number
    """
    return SQL(
        """(
        SELECT reached.date
          FROM club_day asked
          JOIN club_day reached
            ON reached.is_working
           AND reached.number = asked.number + %(count)s + CASE
               WHEN %(count)s <= 0 AND NOT asked.is_working THEN 1 ELSE 0 END
         WHERE asked.date = %(day)s
        )""",
        day=day,
        count=count,
    )
