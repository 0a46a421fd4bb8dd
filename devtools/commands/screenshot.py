"""Take a picture of a screen: of a running server, or of one started for it.

./dev screenshot demo /odoo/action-crm_club.club_tier_action var/tiers.png \\
    --login clerk --lang zh_CN --size 1440x900 --click ".nav-link:nth-child(2)"
"""

import argparse
import json
from pathlib import Path

from ..console import Problem
from ..site import Session, served


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the screen, who looks at it, and the picture."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("path", metavar="URL-PATH", help="for example /odoo/crm")
    parser.add_argument("picture", metavar="OUT.png", type=Path)
    parser.add_argument("--login", default="admin", help="whose password is the login")
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
        session.log_in(args.database, args.login)
        if args.lang:
            session.switch_language(args.lang)
        with Browser(width, height) as browser:
            session.enter(browser)
            browser.open(f"{site}/{args.path.lstrip('/')}")
            for selector in args.click:
                browser.evaluate(
                    f"document.querySelector({json.dumps(selector)}).click()"
                )
                browser.wait_until_calm()
            browser.screenshot(args.picture)
    print(args.picture)
    return 0
