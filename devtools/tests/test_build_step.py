"""A step that was interrupted, or whose inputs changed, is done again; else never."""

import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from devtools import build_step


class TestBuildOnce(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name) / "step"
        self.made = 0
        silence = patch.object(build_step, "say")
        silence.start()
        self.addCleanup(silence.stop)

    def build(self, key="a"):
        build_step.build_once(self.folder, key, "a step of a test", self.make)

    def make(self, folder):
        self.made += 1
        self.assertEqual(
            list(folder.iterdir()), [], "nothing is left of an earlier try"
        )
        (folder / "half").touch()

    def test_what_is_done_is_not_done_again(self):
        self.build()
        self.build()
        self.assertEqual(self.made, 1)

    def test_another_key_builds_anew(self):
        self.build("a")
        self.build("b")
        self.assertEqual(self.made, 2)

    def test_an_interrupted_step_is_done_again_from_the_start(self):
        def interrupted(folder):
            (folder / "half").touch()
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            build_step.build_once(self.folder, "a", "a step of a test", interrupted)
        self.assertFalse(build_step.is_done(self.folder, "a"))
        self.build()
        self.assertTrue(build_step.is_done(self.folder, "a"))
