"""Round figures for thresholds."""

from itertools import pairwise


def round_rising(bounds):
    """Return the bounds at two significant digits, at more where they would not rise.

    >>> round_rising([69500.0, 208500.0, 417000.0])
    [70000.0, 210000.0, 420000.0]
    >>> round_rising([1012.0, 1048.0])
    [1010.0, 1050.0]
    """
    for digits in range(2, 12):
        rounded = [float(f"{bound:.{digits}g}") for bound in bounds]
        if all(low < high for low, high in pairwise(rounded)):
            return rounded
    return [round(bound, 2) for bound in bounds]
