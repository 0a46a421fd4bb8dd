"""What the tools say, and how they fail."""

import shlex
import subprocess
import sys
from pathlib import Path


class Problem(Exception):
    """Something the tools cannot get or do: one sentence, and what to do about it."""


def say(message: str) -> None:
    """Tell progress. It goes to stderr: stdout is for what was asked for."""
    print(f"dev: {message}", file=sys.stderr, flush=True)


def run_quietly(
    command: list[str | Path],
    purpose: str,
    *,
    log: Path | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> str:
    """Run a command without showing its output, and return that output.

    :param purpose: what the command is for, as it stands in the error message
    :param log: where the output is kept, also when the command succeeds
    :raise Problem: when it can't be started or fails; with the end of its output
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
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(result.stdout)
    if result.returncode:
        tail = "\n".join(result.stdout.strip().splitlines()[-12:])
        raise Problem(
            f"can't {purpose}: `{shlex.join(words)}` ended with "
            f"{result.returncode}:\n{tail}"
        )
    return result.stdout
