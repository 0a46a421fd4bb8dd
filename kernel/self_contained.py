"""Pages that carry what they show, so that printing them asks no server for it.

wkhtmltopdf starts anew for each PDF and keeps nothing: a page that links to its style
sheets, fonts and pictures has them fetched each time, for body, header and footer.
"""

import base64
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lxml import etree, html

from .long_tables import split_tables

# What an address holds, as (mimetype, content); None for what isn't ours to give.
Read = Callable[[str], tuple[str, bytes] | None]

FACE = "@font-face"
_FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
_FAMILY = re.compile(r"""font-family\s*:\s*["']?([^"';}]+)""", re.IGNORECASE)
_WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)", re.IGNORECASE)
_SLANT = re.compile(r"font-style\s*:\s*(\w+)", re.IGNORECASE)
_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""", re.IGNORECASE)
_READABLE = (".woff", ".ttf", ".otf")  # by wkhtmltopdf's WebKit
# Papers are set in regular and in bold: other weights are drawn as the nearer of them.
_WEIGHTS = frozenset(("", "normal", "bold", "400", "700"))
# What of a page is drawn in bold or slanted: by what a browser does of itself, or by
# what is said of it. A header has neither, and is read again for each page.
_BOLD_ELEMENTS = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_SLANTED_ELEMENTS = frozenset(("i", "em", "cite", "dfn", "var", "address"))
_BOLD = re.compile(r"font(?:-weight)?\s*:[^;}\"]*(?:bold|\b[6-9]00\b)", re.IGNORECASE)
_SLANTED = re.compile(r"font(?:-style)?\s*:[^;}\"]*(?:italic|oblique)", re.IGNORECASE)

_STRING = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_COMMENT = re.compile(rf"({_STRING})|/\*.*?\*/", re.DOTALL)
_MARK = re.compile(rf"{_STRING}|[{{}};]", re.DOTALL)
_INSIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
# What a selector asks for: a class or an id anywhere, an element where a part begins.
_NAME = re.compile(r"[.#]((?:[\w-]|\\.)+)|(?:^|[\s>+~])([a-z][\w-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a style sheet; one in a medium holds others."""

    head: str
    body: str
    # For each of its selectors the names that a page must have for it to match.
    asks: tuple[frozenset[str], ...]
    rules: tuple["Rule", ...] = ()

    def pick(self, names: Collection[str]) -> str:
        """Return what of the rule may match on a page with these names."""
        if self.head.startswith("@media"):
            inner = pick(self.rules, names)
            return f"{self.head}{{{inner}}}" if inner else ""
        if self.asks and not any(asked <= names for asked in self.asks):
            return ""
        is_statement = self.head.endswith(";")
        return self.head if is_statement else f"{self.head}{{{self.body}}}"


def pick(rules: tuple[Rule, ...], names: Collection[str]) -> str:
    """Return the rules that may match on a page that has these classes, ids and
    elements: a style sheet is read again for the header of each page.

    >>> sheet = "a.b, i {x: 1} .c:not(.d) > p {y: '}'} @media print {.e {z: 2}}"
    >>> sheet = read_rules(sheet)
    >>> pick(sheet, {"i", "e"})
    'a.b, i{x: 1}@media print{.e{z: 2}}'
    >>> pick(sheet, {"a", "c", "p"})
    ".c:not(.d) > p{y: '}'}"
    """
    return "".join(rule.pick(names) for rule in rules)


def _pick_with_fonts(rules: tuple[Rule, ...], names: Collection[str], page: str) -> str:
    """Return the rules that may match, and the fonts that they or the page ask for;
    not those which are named for want of another one.
    """
    text = pick(tuple(rule for rule in rules if rule.head != FACE), names)
    said = (text, page)
    has_bold = bool(names & _BOLD_ELEMENTS) or any(map(_BOLD.search, said))
    has_slant = bool(names & _SLANTED_ELEMENTS) or any(map(_SLANTED.search, said))
    used = []
    for face in rules:
        if face.head == FACE:
            family = re.escape(_first(_FAMILY, face.body).strip())
            asked = re.compile(
                rf"""font(?:-family\s*:\s*["']?|\s*:[^;}}]*){family}\b"""
            )
            is_shown = (has_bold or not _BOLD.search(face.body)) and (
                has_slant or not _SLANTED.search(face.body)
            )
            if is_shown and any(map(asked.search, said)):
                used.append(face.pick(names))
    return "".join(used) + text


def read_rules(style: str) -> tuple[Rule, ...]:
    """Return the rules of a style sheet, in order.

    >>> [rule.head for rule in read_rules("/* p {} */ @charset 'x'; p {a: b} :root{}")]
    ["@charset 'x';", 'p', ':root']
    """
    plain = _COMMENT.sub(lambda found: found[1] or "", style)
    return tuple(_read_rules(plain))


def _read_rules(style: str) -> Iterator[Rule]:
    start = opened = depth = 0
    for found in _MARK.finditer(style):
        mark, end = found[0], found.end()
        if mark == "{":
            depth += 1
            opened = end if depth == 1 else opened
        elif mark == "}":
            depth -= 1
            if depth <= 0:
                yield _read_rule(style[start : opened - 1], style[opened : end - 1])
                start, depth = end, 0
        elif mark == ";" and not depth:
            yield Rule(style[start:end].strip(), "", ())
            start = end


def _read_rule(head: str, body: str) -> Rule:
    head, body = head.strip(), body.strip()
    if head.startswith("@media"):
        return Rule(head, "", (), tuple(_read_rules(body)))
    if head.startswith("@"):
        return Rule(head, body, ())
    plain = head
    while _INSIDE.search(plain):  # what is in brackets is asked of no name
        plain = _INSIDE.sub("", plain)
    return Rule(head, body, tuple(map(_get_asked, plain.split(","))))


def _get_asked(selector: str) -> frozenset[str]:
    found = _NAME.findall(selector)
    return frozenset(
        name.replace("\\", "") if name else tag.lower() for name, tag in found
    )


def get_names(root: etree._Element) -> frozenset[str]:
    """Return the classes, ids and elements of a page."""
    names: set[str] = set()
    for node in root.iter(etree.Element):
        names.add(node.tag)
        names.update(node.get("class", "").split(), node.get("id", "").split())
    return frozenset(names)


def embed(
    page: str, style: Callable[[str], tuple[Rule, ...] | None], read: Read
) -> str:
    """Return a page with its pictures and what it needs of its style sheets in it, its
    long tables in pieces, and without scripts that it would have to fetch. What can't
    be read stays a link.

    :param style: gives the rules behind the address of a style sheet

    >>> page = '<html><head><link rel="stylesheet" href="/a.css"></head><body><main>'
    >>> page += '<img src="/x/static/y.png"><img src="/z"></main></body></html>'
    >>> rules = read_rules("main > img {c: d} .none {a: b}")
    >>> picture = {"/x/static/y.png": ("i/p", b"hi")}
    >>> text = embed(page, {"/a.css": rules}.get, picture.get)
    >>> text.split("<head>")[1].split("</head>")[0]
    '<style>main > img{c: d}</style>'
    >>> text.split("<main>")[1].split("</main>")[0]
    '<img src="data:i/p;base64,aGk="><img src="/z">'
    """
    root = html.document_fromstring(page)
    names = get_names(root)
    split_tables(root)
    for node in list(root.iter("link", "script", "img")):
        if node.tag == "link" and node.get("rel") == "stylesheet":
            rules = style(node.get("href", ""))
            if rules is not None:
                sheet = html.Element("style")
                sheet.text = _pick_with_fonts(rules, names, page)
                sheet.tail = node.tail
                node.getparent().replace(node, sheet)
        elif node.tag == "script" and node.get("src"):
            node.drop_tree()
        elif node.tag == "img" and (address := _as_data(node.get("src", ""), read)):
            node.set("src", address)
    for node in root.iterfind(".//*[@style]"):
        text = node.get("style")
        if "url(" in text:
            node.set("style", embed_pictures(text, read))
    return html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def is_blank(page: str) -> bool:
    """Tell whether nothing of a page is seen: a header or footer that isn't there.

    >>> shell = "<html><head><style>p{}</style></head><body><div>%s</div></body></html>"
    >>> is_blank(shell % " "), is_blank(shell % "1 / 2"), is_blank(shell % "<img>")
    (True, False, False)
    >>> is_blank(shell % '<span class="page"></span>')
    False
    """
    body = html.document_fromstring(page).find("body")
    if body is None or body.text_content().strip():
        return body is None
    # What has a class may have a content, a line or a number of the page by it.
    shown = body.xpath(".//img | .//svg | .//hr | .//*[@class or @style]")
    return not shown


def embed_pictures(style: str, read: Read) -> str:
    """Return the value of a style attribute with its pictures in it.

    >>> embed_pictures("color: red; background: url('/a')", {"/a": ("i/p", b"hi")}.get)
    "color: red; background: url('data:i/p;base64,aGk=')"
    """

    def put(found: re.Match[str]) -> str:
        data = _as_data(found[1], read)
        return f"url('{data}')" if data else found[0]

    return _URL.sub(put, style)


def embed_fonts(style: str, families: Collection[str], read: Read) -> str:
    """Return a style sheet that holds the fonts of these families.

    Fonts of another site are dropped; others of our own stay links, which are followed
    where a page uses them.

    >>> face = "@font-face{font-family: 'Lato'; src: url(/l.eot), url(/l.woff?x); %s}"
    >>> give = {"/l.woff?x": ("font/woff", b"hi")}.get
    >>> embed_fonts(face % "font-weight: 700;", ["Lato"], give)  # doctest: +ELLIPSIS
    "@font-face{font-family:'Lato';src:url(data:font/woff;base64,aGk=);font-weight:700}"
    >>> embed_fonts(face % "font-weight: 300;", ["Lato"], give)
    ''
    >>> embed_fonts(face % "", ["Roboto"], give) == face % ""
    True
    >>> face = "@font-face{font-family: N; src: url(https://x/n.woff)}p{}"
    >>> embed_fonts(face, [], give)
    'p{}'
    """

    def put(found: re.Match[str]) -> str:
        face = found[0]
        family = _first(_FAMILY, face).strip()
        addresses = _URL.findall(face)
        if any("//" in address for address in addresses):
            return ""
        if family not in families:
            return face
        weight, slant = _first(_WEIGHT, face), _first(_SLANT, face)
        if weight not in _WEIGHTS:
            return ""
        for address in addresses:
            path = re.split("[?#]", address)[0]
            data = path.endswith(_READABLE) and _as_data(address, read)
            if data:
                parts = [f"font-family:'{family}'", f"src:url({data})"]
                parts += [f"font-weight:{weight}"] if weight else []
                parts += [f"font-style:{slant}"] if slant else []
                return f"@font-face{{{';'.join(parts)}}}"
        return face

    return _FACE.sub(put, style)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _as_data(address: str, read: Read) -> str:
    """Return an address that is its own content, or "" for one that can't be read."""
    if not address or address.startswith("data:"):
        return ""
    found = read(address)
    if not found:
        return ""
    mimetype, content = found
    return f"data:{mimetype};base64,{base64.b64encode(content).decode()}"
