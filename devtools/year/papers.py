"""The roster and a statement, as files. Runs inside Odoo."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

from . import figures
from .club import Club

ROSTER = "roster.xlsx"
STATEMENT = "statement.pdf"


def write_roster(club: Club, folder: Path, day: date) -> None:
    """Write the members of a day as the officer exports them."""
    roster = club.as_user("officer", "club.xlsx.roster")
    content = roster._build(figures.members(club, day).with_env(roster.env))
    _write(folder / ROSTER, content)


def write_statement(club: Club, folder: Path, last_day: date) -> None:
    """Write the statement of the account with most points up to a day.

    What is to be seen must be committed: styles are fetched over HTTP.
    """
    reports = club.as_user("officer", "ir.actions.report")
    account_id = figures.best_account(club)
    with _http_server() as address:
        club.env["ir.config_parameter"].set_param("report.url", address)
        try:
            content, _kind = reports._render_qweb_pdf(
                "crm_club.club_points_statement_report",
                [account_id],
                data={"date_to": str(last_day), "program_id": club.program.id},
            )
        finally:
            club.env["ir.config_parameter"].set_param("report.url", False)
    _write(folder / STATEMENT, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


@contextmanager
def _http_server() -> Iterator[str]:
    """Serve this database from a thread of this process."""
    from werkzeug.serving import make_server

    from odoo.http import root

    server = make_server("127.0.0.1", 0, root, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
