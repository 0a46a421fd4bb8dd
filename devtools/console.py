"""What the tools say, and how they fail."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from .home import LOGS

_ERROR = re.compile(r"^(E:|ERR)|\b(error|critical|fatal)\b", re.IGNORECASE)
NETWORK_REMEDY = "check that this machine reaches its package mirrors and run it again"


class Problem(Exception):
    """Something the tools cannot get or do: one sentence, and what to do about it."""


def say(message: str) -> None:
    """Tell progress. It goes to stderr: stdout is for what was asked for."""
    print(f"dev: {message}", file=sys.stderr, flush=True)


def run_quietly(
    command: list[str | Path],
    purpose: str,
    *,
    remedy: str = "",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> str:
    """Run a command without showing its output, and return that output.

    :param purpose: what the command is for, as it stands in the error message
    :param remedy: what to do when it fails
    :raise Problem: when it can't be started or fails; its whole output is then kept in
        the log folder
    """
    words = [str(word) for word in command]
    try:
        result = subprocess.run(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise Problem(f"can't {purpose}: {words[0]}: {error.strerror}") from error
    if result.returncode:
        name = re.sub(r"[^a-z0-9]+", "-", purpose.lower()).strip("-")
        log = LOGS / f"{name[:60]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"{shlex.join(words)}\n{result.stdout}")
        reason = telling_line(result.stdout) or f"it ended with {result.returncode}"
        advice = f": {remedy}" if remedy else ""
        raise Problem(f"can't {purpose} ({reason.rstrip('.')}; see {log}){advice}")
    return result.stdout


def telling_line(output: str) -> str:
    """Return the last line that tells of an error, or the last one at all.

    >>> telling_line("Err:1 InRelease\\nE: Unable to fetch\\nReading lists")
    'E: Unable to fetch'
    >>> telling_line("one\\ntwo\\n")
    'two'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or lines or [""])[-1]
