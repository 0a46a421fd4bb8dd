"""Whether a database's rows hang together; only SQL sees that."""

from contextlib import closing

from .. import databases, postgres
from ..torture import checks


class Server:
    """The tools' own PostgreSQL, asked as the checks ask a server that is killed."""

    def run(self, statement: str, database: str, parameters=None) -> list:
        """Run a statement and return its rows."""
        import psycopg2

        found = postgres.client_environment()
        options = {"host": found["PGHOST"], "port": found["PGPORT"]}
        options |= {"user": found["PGUSER"], "dbname": database}
        with closing(psycopg2.connect(**options)) as connection:
            with connection.cursor() as cr:
                cr.execute(statement, parameters)
                return cr.fetchall() if cr.description else []


def faults(database: str) -> list[str]:
    """Return rows that point nowhere, attachments without a file, contradictions."""
    server = Server()
    return [
        *checks._find_orphans(server, database),
        *checks._find_missing_files(server, database, databases.filestore(database)),
        *checks._find_contradictions(server, database),
    ]
