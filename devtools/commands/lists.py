"""Open each list of the club's menus, and of first records' forms: what is cut?

./dev lists demo --login officer --login clerk --lang zh_CN --size 1440x900

An amount, a number, a date or a heading that isn't shown whole fails, and so does a
list that is wider than the window. Amounts and points are looked at as if they had
eight digits. Long names may end in an ellipsis: --names lists those. --no-forms leaves
forms closed, which takes half as long.
"""

import argparse

from ..console import Problem
from ..site import Session, served

APP = "crm_club.club_root_menu"
# What a list doesn't show whole: kind, column and text of each, the first of a column.
MEASURE = """
(list) => {
  const found = {};
  if (!list) return [];
  for (const cell of list.querySelectorAll("td.o_list_number")) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const counts = /points/.test(cell.getAttribute("name")) || cell.closest("tfoot")
        || /^\\D*[^\\d\\s-]\\s*-?[\\d,]+\\.\\d\\d$/.test(text.data);
      if (counts && /\\.\\d\\d$/.test(text.data))
        text.data = text.data.replace(/[\\d,.]*\\d$/, "88,888,888.88");
    }
  }
  const getName = (cell) => list.querySelectorAll("thead th")[
    [...cell.parentElement.children].slice(0, [...cell.parentElement.children]
      .indexOf(cell)).reduce((sum, one) => sum + one.colSpan, 0)]?.dataset.name;
  const isCut = (cell) => [cell, ...cell.querySelectorAll("*")].some(
    (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
      && getComputedStyle(one).overflowX !== "visible");
  if (list.scrollWidth > list.clientWidth + 1)
    found.wide = ["wide", "", `${list.scrollWidth} of ${list.clientWidth} px`];
  for (const heading of list.querySelectorAll("thead th[data-name]")) {
    const label = heading.querySelector(".text-truncate") || heading;
    if (isCut(label)) found["h" + heading.dataset.name] =
      ["heading", heading.dataset.name, heading.innerText.trim()];
  }
  for (const cell of list.querySelectorAll("tbody td[name], tfoot td")) {
    if (!isCut(cell)) continue;
    const kind = cell.matches(".o_list_number, .o_monetary_cell, .o_date_cell, "
      + ".o_datetime_cell, .o_float_cell, .o_integer_cell, .o_remaining_days_cell, "
      + "tfoot *")
      ? "figure" : "name";
    const name = cell.getAttribute("name") || "total " + getName(cell);
    found[kind + name] ||= [kind, name, cell.innerText.trim().slice(0, 40)];
  }
  return Object.values(found);
}
"""
CUT = f"({MEASURE})(document.querySelector('.o_list_view .o_list_renderer'))"
# Whether there is a first record to open, which is clicked on.
OPEN_FIRST = """
(() => {
  const cell = document.querySelector(
    ".o_list_view .o_data_row .o_data_cell:not(.o_field_widget_button)");
  if (cell) cell.click();
  return Boolean(cell);
})()
"""
PAGES = """
document.querySelector(".o_form_view")
  ? Math.max(document.querySelectorAll(".o_form_view .o_notebook .nav-link").length, 1)
  : 0
"""
SHOW_PAGE = (
    'document.querySelectorAll(".o_form_view .o_notebook .nav-link")[%d]?.click()'
)
# The same of the lists that a form shows, each with its field before the column.
CUT_IN_FORM = f"""
[...document.querySelectorAll(".o_form_view .o_field_x2many .o_list_renderer")]
  .filter((list) => list.offsetParent)
  .flatMap((list) => ({MEASURE})(list).map(([kind, column, text]) => [
    kind,
    list.closest(".o_field_widget[name]")?.getAttribute("name") + "." + column,
    text,
  ]))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name who looks, in which language and window."""
    parser.add_argument("database", metavar="DB")
    parser.add_argument("--login", action="append", help="whose password is the login")
    parser.add_argument("--lang", default="zh_CN")
    parser.add_argument("--size", default="1440x900", metavar="WxH")
    parser.add_argument("--menu", default="", help="only menus with this in their name")
    parser.add_argument("--names", action="store_true", help="tell of names, too")
    parser.add_argument(
        "--no-forms", action="store_true", help="without the lists inside forms"
    )
    parser.add_argument(
        "--port", type=int, help="of a running server; else one is started"
    )


def run(args: argparse.Namespace) -> int:
    """Return 1 when a list cuts a figure or a heading, or is too wide."""
    from ..browser import (
        Browser,  # needs the environment's Python, which --help doesn't
    )

    width, height = map(int, args.size.split("x"))
    failed = False
    seen: set[int] = set()
    with served(args.database, args.port) as port:
        site = f"http://127.0.0.1:{port}"
        for login in args.login or ["officer", "manager", "clerk"]:
            session = Session(site)
            session.log_in(args.database, login)
            session.switch_language(args.lang)
            with Browser(width, height) as browser:
                session.enter(browser)
                browser.open(f"{site}/odoo")
                for action, title in _find_actions(session, args.menu):
                    if action in seen:
                        continue
                    seen.add(action)
                    failed |= _look(
                        browser,
                        f"{site}/odoo/action-{action}?view_type=list",
                        title,
                        args,
                    )
    print("lists opened:", len(seen))
    return int(failed)


def _look(browser, url: str, title: str, args: argparse.Namespace) -> bool:
    """Print what a screen cuts and tell whether it is more than names."""
    try:
        browser.open(url)
        found = browser.evaluate(CUT)
        if not args.no_forms:
            found += _look_inside(browser)
    except Problem as problem:
        print(f"{title}: {problem}")
        return True
    wrong = False
    for kind, column, text in found:
        if kind != "name":
            wrong = True
        elif not args.names:
            continue
        print(f"{title}: {kind} {column}: {text!r}")
    return wrong


def _look_inside(browser) -> list[list[str]]:
    """Return what the lists in the first record's form cut; nothing without any."""
    if not browser.evaluate(OPEN_FIRST):
        return []
    browser.wait_until_calm()
    found = []
    for number in range(browser.evaluate(PAGES)):
        browser.evaluate(SHOW_PAGE % number)
        browser.wait_until_calm()
        found += [one for one in browser.evaluate(CUT_IN_FORM) if one not in found]
    return found


def _find_actions(session: Session, part: str) -> list[tuple[int, str]]:
    """Return the actions of the club's menus that the user sees, named."""
    menus = session.call(
        "/web/dataset/call_kw/ir.ui.menu/load_menus",
        model="ir.ui.menu",
        method="load_menus",
        args=[False],
        kwargs={},
    )
    by_id = {int(key): menu for key, menu in menus.items() if key != "root"}
    (root,) = (menu for menu in by_id.values() if menu.get("xmlid") == APP)
    found, todo = [], [(root, "")]
    while todo:
        menu, above = todo.pop(0)
        title = f"{above} / {menu['name']}" if above else menu["name"]
        if menu["action_id"] and part in title and _is_list(session, menu):
            found.append((menu["action_id"], title))
        todo = [(by_id[child], title) for child in menu["children"]] + todo
    return found


def _is_list(session: Session, menu: dict) -> bool:
    """Tell whether a menu's action has a list and is no dialog."""
    if menu["action_model"] != "ir.actions.act_window":
        return menu["action_model"] == "ir.actions.server"
    action = session.call("/web/action/load", action_id=menu["action_id"])
    kinds = [kind for _view, kind in action["views"]]
    return "list" in kinds and action["target"] != "new"
