"""On which day something is where the company is."""

from odoo.exceptions import ValidationError

# Years that people book for; beyond them time zones run out of dates.
FIRST, LAST = 1900, 2999


def local_day(company, moment):
    """Return the day of a moment where the company is, whoever's clock it came from.

    :param moment: naive, in UTC, as the database has it
    :raise ValidationError: when nobody can mean it
    """
    if not FIRST <= moment.year <= LAST:
        raise ValidationError(
            company.env._("%s is no time to book for: mend the year.", moment)
        )
    return company._club_day(moment)
