"""Everything that the other commands stand on, built where it is missing."""

import os
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import chromium, odoo_source, pdf, postgres, python_env
from .build_step import one_at_a_time
from .home import (
    ADDONS,
    CONF,
    DATA,
    HOME,
    LOGS,
    PYTHON,
    link_checkout,
    write_if_changed,
)

LAUNCHER = HOME / "bin" / "odoo"
CONF_TEMPLATE = """\
; Written by ./dev: changes are lost.
[options]
addons_path = {addons_path}
data_dir = {data_dir}
db_host = {db_host}
db_port = {db_port}
db_user = {db_user}
http_interface = 127.0.0.1
admin_passwd = admin
list_db = True
proxy_mode = False
log_level = info
max_cron_threads = 0
limit_time_cpu = 0
limit_time_real = 0
limit_memory_hard = 0
limit_memory_soft = 0
"""


def build() -> None:
    """Build what is missing: the downloads side by side."""
    with one_at_a_time():
        LOGS.mkdir(parents=True, exist_ok=True)
        steps = (
            odoo_source.build,
            python_env.build,
            pdf.build,
            postgres.build,
            chromium.build,
        )
        with ThreadPoolExecutor(len(steps)) as pool:
            for future in [pool.submit(step) for step in steps]:
                future.result()
        link_checkout()
        _write_configuration()


def odoo_environment() -> dict[str, str]:
    """Return the process environment that Odoo runs in."""
    found = postgres.client_environment()
    found["PATH"] = f"{pdf.BIN}{os.pathsep}{found['PATH']}"
    found["PYTHONPATH"] = str(odoo_source.source())
    return found | pdf.environment()


def odoo_command(*arguments: str, python: Path = PYTHON) -> list[str]:
    """Return the command line of an Odoo subcommand (`server` when none is named)."""
    return [str(python), "-P", "-m", "odoo", *arguments]


def _write_configuration() -> None:
    env = odoo_environment()
    conf = CONF_TEMPLATE.format(
        addons_path=",".join(map(str, [*odoo_source.addons_paths(), ADDONS])),
        data_dir=DATA,
        db_host=env["PGHOST"],
        db_port=env["PGPORT"],
        db_user=env["PGUSER"],
    )
    write_if_changed(CONF, conf)
    names = ("PYTHONPATH", "FONTCONFIG_FILE", "PGHOST", "PGPORT", "PGUSER")
    exports = [
        f"export {name}={shlex.quote(env[name])}" for name in names if name in env
    ]
    script = [
        "#!/bin/sh",
        f"# Runs Odoo by hand, for example: {LAUNCHER} -c {CONF} -d DATABASE",
        *exports,
        f'export PATH="{pdf.BIN}:{postgres.BIN}:$PATH"',
        f'exec "{PYTHON}" -P -m odoo "$@"',
    ]
    write_if_changed(LAUNCHER, "\n".join(script) + "\n", mode=0o755)
