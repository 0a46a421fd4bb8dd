"""Running Odoo, with its log in a file."""

import os
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from .environment import odoo_command, odoo_environment
from .home import CONF, HOME, LOGS, PYTHON

NO_BROWSER = HOME / "no-browser"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_odoo(
    name: str,
    *arguments: str,
    subcommand: tuple[str, ...] = (),
    browser: bool = True,
    verbose: bool = False,
    on_line: Callable[[str, int], None] | None = None,
    python: Path = PYTHON,
    settings: Mapping[str, str] | None = None,
) -> Path:
    """Run Odoo to its end and return its log, whose last line tells the exit code.

    :param name: the log's name
    :param subcommand: what Odoo is to do instead of serving
    :param browser: whether tests find a browser
    :param verbose: whether the log is shown as well
    :param on_line: called with each line of the log, as it is written, and the
        process's number
    :param python: another one than that of the tools
    :param settings: environment variables of this run
    """
    env = odoo_environment() | dict(settings or {})
    if not browser:
        env["PATH"] = f"{_folder_with_a_broken_browser()}{os.pathsep}{env['PATH']}"
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{name}.log"
    port = () if subcommand else ("--http-port", str(free_port()))
    words = (*subcommand, "-c", str(CONF), *port, *arguments)
    with path.open("w", buffering=1) as log:  # it can be followed
        process = subprocess.Popen(
            odoo_command(*words, python=python),
            env=env,
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            for line in process.stdout:
                log.write(line)
                if on_line:
                    on_line(line, process.pid)
                if verbose:
                    print(line, end="", flush=True)
            log.write(f"exit code {process.wait()}\n")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    return path


def exit_code(log: Path) -> int:
    """Return the exit code that `run_odoo` wrote at the end of a log."""
    return int(log.read_text().rsplit("exit code ", 1)[1])


def _folder_with_a_broken_browser() -> Path:
    """Return a folder whose browser can't start, which makes Odoo skip its tests."""
    browser = NO_BROWSER / "google-chrome"
    NO_BROWSER.mkdir(parents=True, exist_ok=True)
    browser.write_text("#!/no/browser/wanted\n")
    browser.chmod(0o755)
    return NO_BROWSER


def run_script(
    database: str, script: str, *options: str, level: str = "critical"
) -> int:
    """Run a script in Odoo's shell on a database, in which `env` is there; return the
    exit code.

    :param level: from which on Odoo's log is shown
    """
    command = odoo_command("shell", "-c", str(CONF), "-d", database, "--no-http")
    done = subprocess.run(
        [*command, *options, "--log-level", level],
        input=script,
        text=True,
        env=odoo_environment(),
        cwd=HOME,
        check=False,
    )
    return done.returncode
