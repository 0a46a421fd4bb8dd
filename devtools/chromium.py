"""The browser that runs Odoo's tours and takes screenshots."""

import os
import shutil

from .console import Problem, run_quietly, say

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a browser on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def build() -> None:
    """Install Chromium when there is none and we may; say so when we may not."""
    if find():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        say("no Chromium on PATH, only root can install it: browser tests are skipped")
        return
    say("Chromium …")
    command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run_quietly([*command, "update"], "update apt's lists", env=env)
        install = [*command, "install", "-y", "--no-install-recommends", "chromium"]
        run_quietly(install, "install Chromium", env=env)
    except Problem as problem:
        say(f"{problem}\nNo Chromium: browser tests are skipped")
    else:
        say("Chromium: done")
