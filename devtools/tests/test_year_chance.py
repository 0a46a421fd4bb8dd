"""What the simulated club draws by the system's chance is the same by seed, too."""

import random
import secrets
import unittest
from datetime import date
from secrets import choice

from devtools.year.chance import simulated_chance
from devtools.year.world import World
from kernel.voucher_codes import SIGNS, draw_code

DAY = date(2026, 11, 30)


def _draw(seed):
    """Draw in each of the ways in which the product does."""
    with simulated_chance(World(seed, DAY).random("chance")):
        return (
            [draw_code(secrets.SystemRandom()) for _number in range(3)],
            secrets.token_bytes(15),
            secrets.token_urlsafe(16),
            "".join(choice(SIGNS) for _number in range(8)),
            random.SystemRandom().randint(1, 2**31 - 1),
        )


class TestChance(unittest.TestCase):
    def test_same_seed_same_codes(self):
        self.assertEqual(_draw(7), _draw(7))
        for one, other in zip(_draw(7), _draw(8), strict=True):
            self.assertNotEqual(one, other)

    def test_nobody_foretells_them_afterwards(self):
        _draw(7)
        first = secrets.token_bytes(15)
        _draw(7)
        self.assertNotEqual(secrets.token_bytes(15), first)


if __name__ == "__main__":
    unittest.main()
