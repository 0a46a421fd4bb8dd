"""The pictures of the README and of Odoo's Apps page, all by one command."""

from pathlib import Path
from typing import NamedTuple

from PIL import Image

from .browser import Browser
from .console import Problem
from .home import MODULE
from .package import DESCRIPTION, LIMIT, LIMIT_OF_ALL
from .site import Session

BANNER = DESCRIPTION / "banner.svg"
DESK, PHONE = (1366, 768), (390, 844)
COLOURS = 192

APPS = ".o_navbar_apps_menu button"
APP = f'.o_app[data-menu-xmlid="{MODULE}.club_root_menu"]'
# Odoo's bot greets whoever logs in for the first time, on a phone over all else, and
# the club offers its first steps.
WITHOUT_CHAT = """{
  const style = document.createElement("style");
  const hidden = [".o-mail-ChatHub", ".o-mail-ChatWindow", ".o_notification_manager"];
  style.textContent = `${hidden} {display: none !important}`;
  document.head.append(style);
}"""
FIRST_ROW = ".o_data_row .o_data_cell"


class Picture(NamedTuple):
    """A screen: who looks at it, where it is, what is clicked before."""

    name: str
    login: str
    action: str
    clicks: tuple[str, ...] = ()
    size: tuple[int, int] = DESK


# On the database that `./dev run` makes.
PICTURES = (
    Picture("screen_overview", "officer", "club_overview_action"),
    Picture("screen_today", "manager", "club_today_action"),
    Picture(
        "screen_account",
        "officer",
        "club_account_action_begin",
        (FIRST_ROW, '.o_notebook .nav-link[name="club"]'),
    ),
    Picture("screen_run", "officer", "club_points_run_action", (FIRST_ROW,)),
    Picture(
        "screen_to_sign",
        "head",
        "club_approval_request_action_to_sign",
        size=PHONE,
    ),
)


def take(
    site: str, database: str, login: str | None = None, only: str | None = None
) -> list[Path]:
    """Take them all, and draw the banner.

    :param login: who looks at all of them, on a database of another kind
    :param only: the name of the one to take
    :raise Problem: when one of them is larger than a package may carry
    """
    wanted = [each for each in PICTURES if only in (None, each.name)]
    if not wanted:
        known = ", ".join(picture.name for picture in PICTURES)
        raise Problem(f"no picture {only!r}; there are: {known}")
    paths = [] if only else [_draw_banner()]
    for picture in wanted:
        session = Session(site)
        session.log_in(database, login or picture.login)
        paths.append(_take(picture, site, session))
    sizes = {path.name: path.stat().st_size for path in paths}
    large = [f"{name} has {size:,}" for name, size in sizes.items() if size > LIMIT]
    if sum(sizes.values()) > LIMIT_OF_ALL:
        large.append(f"all together have {sum(sizes.values()):,}")
    if large:
        raise Problem(
            f"too many bytes: {', '.join(large)}: choose screens with less on them"
        )
    return paths


def _take(picture: Picture, site: str, session: Session) -> Path:
    path = DESCRIPTION / f"{picture.name}.png"
    with Browser(*picture.size) as browser:
        session.enter(browser)
        # Through the app's own door: a screen that is opened by its address alone
        # stands below no menu.
        browser.open(f"{site}/odoo")
        if browser.evaluate(f"Boolean(document.querySelector('{APPS}'))"):
            browser.click(APPS)
            browser.click(APP)
        browser.open(f"{site}/odoo/action-{MODULE}.{picture.action}")
        for selector in picture.clicks:
            browser.click(selector)
        browser.evaluate(WITHOUT_CHAT)
        browser.screenshot(path)
    _shrink(path)
    return path


def _draw_banner() -> Path:
    path = BANNER.with_suffix(".png")
    with Browser(1120, 560) as browser:
        browser.open(BANNER.as_uri())
        browser.screenshot(path)
    _shrink(path)
    return path


def _shrink(path: Path) -> None:
    """Keep the colours that a screen needs, which is a third of the bytes."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
