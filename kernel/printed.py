r"""What may be fetched while a paper is printed: nothing but the server's own pictures.

The printer is a browser that runs on the server, with the session of whoever prints. A
picture, a style or a frame that somebody typed into minutes would let it fetch what the
writer can't: addresses inside the house, or a link that changes something.
"""

import re

from lxml import etree, html

# Pictures, styles and fonts of the server itself. Odoo asks there who may read them.
_OWN = re.compile(
    r"/(?:web/(?:image|assets|static)/|[a-z0-9_]+/static/|report/barcode\b|logo\.png\b)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"data:(?:image|font|application/(?:x-)?font)[/\w.+-]*[;,]", re.I)
# What fetches by an attribute, beside the styles that any attribute may hold.
_FETCHING = frozenset(
    ("src", "href", "xlink:href", "data", "poster", "background", "lowsrc", "dynsrc")
)
# Sets of addresses, and what changes how addresses are read: papers need neither.
_DROPPED = frozenset(("srcset", "imagesrcset", "xml:base", "manifest", "codebase"))
# What shows other pages, plays, or sends the printer elsewhere.
_FRAMES = frozenset(
    [
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "audio",
        "video",
        "source",
        "track",
        "base",
        "animate",
        "set",
    ]
)
_LINKS = frozenset(("a", "area"))
_URL = re.compile(r"""url\(\s*("[^"]*"?|'[^']*'?|[^)]*)\s*(?:\)|$)""", re.IGNORECASE)
_IMPORT = re.compile(r"@import[^;]*(?:;|$)", re.IGNORECASE)
_REMOTE = re.compile(
    r"//|image-set|\bsrc\(|expression\(|binding|behavio", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)


def strip_remote(page: bytes | str) -> bytes:
    """Return a page without anything that would be fetched from elsewhere.

    Links to click on stay: printing doesn't follow them.

    >>> def strip(text):
    ...     page = strip_remote(f"<html><body><main>{text}</main></body></html>")
    ...     return page.decode().split("<main>")[1].split("</main>")[0]
    >>> strip('Tea <img src="http://10.0.0.1/x"> and <b>trade</b>')
    'Tea <img> and <b>trade</b>'
    >>> strip('<img src="/web/image/7-ab/x.png"><a href="http://example.com">x</a>')
    '<img src="/web/image/7-ab/x.png"><a href="http://example.com">x</a>'
    >>> strip('<p style="color: red; background: url(//evil/x)">Tea</p>')
    '<p style="color: red; background: none">Tea</p>'
    >>> strip('<iframe src="/web"></iframe>Tea<object data="x"></object>')
    'Tea'
    """
    if not page.strip():
        return b""
    root = html.document_fromstring(
        page,
        parser=html.HTMLParser(encoding="utf-8" if isinstance(page, bytes) else None),
    )
    for node in list(root.iter()):
        if isinstance(node.tag, str):
            _strip_node(node)
    return html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")


def _strip_node(node: etree._Element) -> None:
    tag = node.tag.lower().rpartition(":")[2]
    if tag in _FRAMES or (
        tag == "meta" and node.get("http-equiv", "").lower() == "refresh"
    ):
        node.drop_tree()
        return
    if tag == "link" and not is_own(node.get("href", "")):
        node.drop_tree()
        return
    if tag == "style" and node.text:
        node.text = strip_style(node.text)
    for name, value in node.attrib.items():
        short = name.lower()
        if (
            short in _DROPPED
            or short in _FETCHING
            and tag not in _LINKS
            and not is_own(value)
        ):
            del node.attrib[name]
        elif short == "style" or "url(" in _unescape(value).lower():
            node.attrib[name] = strip_style(value)


def shows_files(text: str) -> bool:
    """Tell whether a text shows more than is written in it: pictures, frames, files.

    >>> shows_files('<p>Tea and <a href="http://example.com">trade</a></p>')
    False
    >>> shows_files('<img src="/web/image/7">'), shows_files('<td background="x"></td>')
    (True, True)
    >>> shows_files('<p style="background: url(/web/image/7)">Tea</p>')
    True
    """
    if not text.strip():
        return False
    for node in html.fragment_fromstring(text, create_parent="div").iter():
        if not isinstance(node.tag, str):
            continue
        tag = node.tag.lower().rpartition(":")[2]
        if tag in _FRAMES:
            return True
        for name, value in node.attrib.items():
            fetches = name.lower() in _FETCHING | _DROPPED and tag not in _LINKS
            if fetches or "url(" in _unescape(value).lower():
                return True
    return False


def is_own(address: str) -> bool:
    """Tell whether fetching an address asks the server itself for a picture or style.

    >>> all(map(is_own, ("/web/image/7", "data:image/png;base64,AA==", "#part")))
    True
    >>> any(map(is_own, ("http://x/web/image/7", "//x", "/web/session/logout")))
    False
    >>> any(map(is_own, ("/web/image/../session", "/web/image/%2e%2e/x", "file:/x")))
    False
    """
    address = re.sub(r"[\x00-\x20]", "", address)
    if address.startswith("#") or _PICTURE.match(address):
        return True
    path = address.partition("?")[0].partition("#")[0]
    is_winding = ".." in path or "\\" in path or "%2e" in path.lower() or "//" in path
    return bool(_OWN.match(path)) and not is_winding


def strip_style(style: str) -> str:
    r"""Return a style sheet, or the value of an attribute, that fetches nothing.

    >>> strip_style("color: red")
    'color: red'
    >>> strip_style("background: url('/web/image/7')")
    "background: url('/web/image/7')"
    >>> strip_style("@import '//evil/x.css'; p { color: red }")
    ' p { color: red }'
    >>> strip_style("background: u\\72l(http://evil/x")
    'background: none'
    >>> strip_style("background: image-set('http://evil/x' 1x)")
    ''
    """
    plain = _unescape(style).replace("\0", "")
    kept: list[str] = []

    def judge(found: re.Match[str]) -> str:
        if not is_own(found[1].strip("\"' ")):
            return "none"
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    cleaned = _IMPORT.sub("", _URL.sub(judge, plain))
    if _REMOTE.search(cleaned):
        return ""
    if not kept and cleaned == plain:
        return style  # as it was written, with what it escapes
    return re.sub("\0([0-9]+)\0", lambda found: kept[int(found[1])], cleaned)


def _unescape(style: str) -> str:
    """Return what a browser reads in a style: it may write any sign by its number."""

    def read(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else 0
        return chr(number) if 0 < number < 0x110000 else found[2] or ""

    return _ESCAPE.sub(read, style)
