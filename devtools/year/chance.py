"""Chance: what the product draws so that nobody foretells it, drawn here by the seed.

Codes of vouchers and cards, links of invitations, seeds of samples.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def simulated_chance(source: random.Random) -> Iterator[None]:
    """Let the system's chance be that of a source inside.

    `random.SystemRandom` reads it at this one place, and `secrets` by that one:
    whoever has imported what of them already.
    """
    with patch.object(random, "_urandom", source.randbytes):
        yield
