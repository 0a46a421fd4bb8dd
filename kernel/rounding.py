"""Round figures for thresholds."""

from itertools import pairwise


def round_rising(bounds):
    """Return the bounds at three significant digits, at more where they would not rise.

    >>> round_rising([69500.0, 208500.0, 417000.0])
    [69500.0, 208000.0, 417000.0]
    >>> round_rising([10120.0, 10124.0])
    [10120.0, 10124.0]
    """
    for digits in range(3, 12):
        rounded = [float(f"{bound:.{digits}g}") for bound in bounds]
        if all(low < high for low, high in pairwise(rounded)):
            return rounded
    return [round(bound, 2) for bound in bounds]
