"""What an upgrade does by itself, for tests of a single step of it."""

from pathlib import Path

from odoo.modules.migration import load_script

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def migrate(env, script, version):
    """Run a script of `migrations/` as if a version were upgraded."""
    path = MIGRATIONS / script
    env.flush_all()
    load_script(str(path), path.stem).migrate(env.cr, version)
    env.invalidate_all()
