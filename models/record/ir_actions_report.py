import mimetypes
import re

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import file_open, ormcache

from ...kernel.printed import strip_remote
from ...kernel.self_contained import embed, embed_fonts, is_blank, read_rules

# In the context of the server only: this is printed as a page that fetches nothing.
SELF_CONTAINED = "club_self_contained"

# System parameter: milliseconds that wkhtmltopdf waits before it draws a page of ours,
# and once more for headers and footers. Odoo's own is report.print_delay, a second.
DELAY = "crm_club.print_delay"

_SHEET = re.compile(r"/web/assets/[\w.-]+/(?P<name>[\w.]+\.css)")
_STATIC = re.compile(r"/(?P<path>[a-z0-9_]+/static/[\w./-]+)")
_PICTURE = re.compile(r"/web/image/(?P<id>[0-9]+)(?:-[0-9a-f]+)?(?:/[^/]*)?")


class IrActionsReport(models.Model):
    """The club's papers fetch nothing from elsewhere, and little from here. Rule E3."""

    _inherit = "ir.actions.report"

    def _is_club_paper(self):
        """Tell whether a report is one of the club's."""
        return (self.report_name or "").startswith("crm_club.")

    def _render_qweb_html(self, report_ref, docids, data=None):
        """Let the club's papers show only what the server itself holds: the printer
        fetches as whoever prints. Rule E3.
        """
        content, kind = super()._render_qweb_html(report_ref, docids, data=data)
        if self._get_report(report_ref)._is_club_paper():
            content = strip_remote(content)
        return content, kind

    # === Printing without round trips === #

    def _prepare_html(self, html, report_model=False):
        """Put styles, fonts and pictures into the pages that are printed. Rule E3."""
        result = super()._prepare_html(html, report_model=report_model)
        if not result or not self._is_printed_alone():
            return result
        bodies, ids, header, footer, arguments = result
        return (
            [self._embed(body) for body in bodies],
            ids,
            # Each is read again for each page: where nothing is seen, none is.
            "" if is_blank(header) else self._embed(header),
            "" if is_blank(footer) else self._embed(footer),
            arguments,
        )

    def _run_wkhtmltopdf(self, bodies, report_ref=False, **kwargs):
        """Don't wait for what a page has in it."""
        if report_ref and self._get_report(report_ref)._is_printed_alone():
            self = self.with_context(**{SELF_CONTAINED: True})  # noqa: PLW0642
        return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, **kwargs)

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        option = "--javascript-delay"
        if self.env.context.get(SELF_CONTAINED) and option in command:
            # sudo: how long is waited is the same whoever prints
            parameters_sudo = self.env["ir.config_parameter"].sudo()
            delay = parameters_sudo.get_param(DELAY, "0")
            command[command.index(option) + 1] = delay if delay.isdigit() else "0"
        return command

    def _is_printed_alone(self):
        return self._is_club_paper() or bool(self.env.context.get(SELF_CONTAINED))

    def _embed(self, page):
        # Not as the superuser that reports are read as: pictures of whoever prints.
        asked = self.sudo(False)  # noqa: FBT003
        if self.env.uid == SUPERUSER_ID:
            # A job prints for others what they wrote: those of anybody.
            asked = self.with_user(self.env.ref("base.public_user"))
        return embed(str(page), self._get_rules, asked._read_picture)

    def _get_rules(self, address):
        """Return the rules behind a link, with the fonts of the companies in them;
        None for one that isn't Odoo's bundle.
        """
        if not _SHEET.fullmatch(address):
            return None
        # sudo: papers of any company are set in its font
        fonts_sudo = self.env["res.company"].sudo()._read_group([], ["font"])
        families = tuple(sorted(font for (font,) in fonts_sudo if font))
        return self._get_bundled_rules(address, families)

    @ormcache("address", "families", cache="assets")
    def _get_bundled_rules(self, address, families):
        """Return the rules of a bundle: its version is part of its address."""
        # sudo: styles are everybody's
        found_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search([("url", "=", address), ("public", "=", True)], limit=1)
        )
        if not found_sudo:
            name = _SHEET.fullmatch(address)["name"]
            bundle, rtl, _kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(
                name, debug_assets=False
            )
            found_sudo = (
                self.env["ir.qweb"]
                .sudo()
                ._get_asset_bundle(bundle, js=False, rtl=rtl, autoprefix=autoprefix)
                .css()
            )
        style = found_sudo.raw.decode()
        return read_rules(embed_fonts(style, families, self._read_static))

    def _read_picture(self, address):
        """Return mimetype and content of a picture on a page, None for one that is not
        there or not to be read by whoever prints.
        """
        if found := _PICTURE.fullmatch(address.partition("?")[0]):
            try:
                record_sudo = self.env["ir.binary"]._find_record(
                    res_id=int(found["id"])
                )
            except (AccessError, MissingError):
                return None
            # What else is called one, however large, is Odoo's to answer for.
            is_picture = (record_sudo.mimetype or "").startswith("image/")
            content = is_picture and record_sudo.raw
            return (record_sudo.mimetype, content) if content else None
        return self._read_static(address)

    def _read_static(self, address):
        """Return mimetype and content of a file that a module shows to anybody."""
        path = address.partition("?")[0].partition("#")[0].replace("/./", "/")
        found = _STATIC.fullmatch(path)
        if not found or ".." in path:
            return None
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        try:
            with file_open(found["path"], "rb") as file:
                return kind, file.read()
        except (FileNotFoundError, ValueError):
            return None
