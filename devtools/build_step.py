"""Build steps that may be interrupted at any moment and are never done twice."""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import say
from .home import HOME

DONE = ".done"


def key_of(*parts: object) -> str:
    """Return a short key that changes when any of the parts does."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def is_done(folder: Path, key: str) -> bool:
    """Tell whether the folder was built completely, and from the same inputs."""
    marker = folder / DONE
    return marker.is_file() and marker.read_text() == key


def build_once(
    folder: Path, key: str, label: str, make: Callable[[Path], None]
) -> None:
    """Build a folder unless it is there already.

    The marker is written last. A folder without it, or with another key, is the
    rest of an interrupted or outdated build and is made anew.
    """
    if is_done(folder, key):
        return
    say(f"{label} …")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    (folder / DONE).write_text(key)
    say(f"{label}: done")


@contextmanager
def one_at_a_time(name: str = "setup") -> Iterator[None]:
    """Let only one process at a time through; the others wait for it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f".{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another `./dev` to finish its {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
