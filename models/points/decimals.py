"""Points as exact figures."""

from decimal import Decimal, InvalidOperation

from odoo.exceptions import ValidationError

LIMIT = Decimal(10) ** 12


def to_decimal(env, value):
    """Return points as a figure of two decimals; refuse what isn't one.

    Comes from RPC: text, NaN and what has more decimals than the ledger are refused.
    """
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        points = Decimal(repr(value) if isinstance(value, float) else str(value))
        if not abs(points) < LIMIT:
            raise InvalidOperation
        rounded = points.quantize(Decimal("0.01"))
    except InvalidOperation:
        rounded = None
    # A sum of floats may be off in the last of its digits.
    if rounded is None or abs(rounded - points) > Decimal("1e-6"):
        raise ValidationError(
            env._("Points are a number with two decimals, not “%s”.", value)
        )
    return rounded
