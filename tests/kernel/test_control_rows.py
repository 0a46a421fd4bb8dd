import unittest

import support  # noqa: F401  (finds the kernel)

from kernel.control_rows import LENGTH_LIMIT, NAME_LIMIT, Faulty, Pasted, read_lines


class TestControlRows(unittest.TestCase):
    """Rule B12."""

    def test_a_name_of_slashes_is_no_name(self):
        """It has as many readings as slashes, each as long as itself."""
        [line] = read_lines("a/" * (LENGTH_LIMIT // 2 - 2) + "b;1")
        self.assertIsInstance(line, Faulty)
        [line] = read_lines(f"{'a' * NAME_LIMIT};1")
        self.assertIsInstance(line, Pasted)
