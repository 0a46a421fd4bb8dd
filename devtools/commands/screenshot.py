"""Take a picture of a screen: of a running server, or of one started for it.

./dev screenshot demo /odoo/action-crm_club.club_tier_action var/tiers.png \\
    --login clerk --lang zh_CN --size 1440x900 --click ".nav-link:nth-child(2)"
./dev screenshot club_demo --readme    the README's and the Apps page's, after ./dev run
"""

import argparse
from pathlib import Path

from ..console import Problem
from ..site import Session, served


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the screen, who looks at it, and the picture."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument(
        "path", metavar="URL-PATH", nargs="?", help="for example /odoo/crm"
    )
    parser.add_argument("picture", metavar="OUT.png", nargs="?", type=Path)
    parser.add_argument(
        "--readme", action="store_true", help="retake all pictures of the README"
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        help="of the README's pictures, for example screen_run",
    )
    parser.add_argument("--login", help="whose password is the login; else admin")
    parser.add_argument(
        "--lang", help="switch the user to a language, for example zh_CN"
    )
    parser.add_argument("--size", default="1366x900", metavar="WxH")
    parser.add_argument(
        "--port", type=int, help="of a running server; else one is started"
    )
    parser.add_argument(
        "--click", action="append", default=[], metavar="CSS", help="click there first"
    )


def run(args: argparse.Namespace) -> int:
    """Take what was asked for."""
    if args.readme:
        return _take_all(args)
    if not args.picture:
        raise Problem("name the screen and the picture, or say --readme")
    return _take_one(args)


def _take_all(args: argparse.Namespace) -> int:
    from .. import readme_pictures  # needs the environment's Python

    with served(args.database, args.port) as port:
        site = f"http://127.0.0.1:{port}"
        names = {"login": args.login, "only": args.only}
        for path in readme_pictures.take(site, args.database, **names):
            print(path)
    return 0


def _take_one(args: argparse.Namespace) -> int:
    """Log in, open the screen and write its picture."""
    from ..browser import (
        Browser,  # needs the environment's Python, which --help doesn't
    )

    try:
        width, height = map(int, args.size.split("x"))
    except ValueError:
        raise Problem(f"--size {args.size}: write it as 1366x900") from None
    with served(args.database, args.port) as port:
        site = f"http://127.0.0.1:{port}"
        session = Session(site)
        session.log_in(args.database, args.login or "admin")
        if args.lang:
            session.switch_language(args.lang)
        with Browser(width, height) as browser:
            session.enter(browser)
            browser.open(f"{site}/{args.path.lstrip('/')}")
            for selector in args.click:
                browser.click(selector)
            browser.screenshot(args.picture)
    print(args.picture)
    return 0
