"""What can only be said once its day has come: that something took place."""

from odoo.exceptions import UserError
from odoo.tools import format_date


def check_day_has_come(record, moment):
    """Refuse to say before its day that something took place, or who came.

    Rules C4, C7, D11. It is the day where the club is, whoever's clock says what.

    :param record: what takes place; it has a company
    :param moment: when it begins (naive, in UTC); without one nothing is refused
    :raises UserError: before that day
    """
    if not moment:
        return
    company = record.company_id
    day = company._club_day(moment)
    if company._club_today() < day:
        raise UserError(
            record.env._(
                "%(document)s is on %(day)s: say on the day, or afterwards, that it "
                "took place and who came.",
                document=record.display_name,
                day=format_date(record.env, day),
            )
        )
