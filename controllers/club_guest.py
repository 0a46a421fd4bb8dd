from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.guest.invitation_link import GuestAnswer, find_by_token

# Nothing is loaded, framed, kept or told to others of a page that only a token opens.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class ClubGuest(http.Controller):
    """A guest opens his invitation by its link, and answers himself. Rule C4."""

    @http.route(
        "/club/i/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def open_invitation(self, token, lang=None, **_others):
        """Show it; nothing changes, since apps look at links by themselves."""
        guest_sudo = find_by_token(request.env["club.invitation"], token)
        answer = guest_sudo and GuestAnswer(guest_sudo)
        if not answer or not answer.is_shown():
            return self._show_closed(lang)
        lang = answer.get_language(lang)
        return self._show(
            "crm_club.club_invitation_page",
            lang,
            guest=answer.show(lang),
            action=f"/club/i/{token}/answer",
            csrf_token=request.csrf_token(),
        )

    @http.route(
        "/club/i/<string:token>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def answer_invitation(self, token, answer=None, lang=None, **_others):
        """Take the guest's answer, and show what has become of it."""
        guest_sudo = find_by_token(request.env["club.invitation"], token)
        if not guest_sudo:
            return self._show_closed(lang)
        try:
            with request.env.cr.savepoint():
                GuestAnswer(guest_sudo).give(answer)
        except UserError:
            return self._show_closed(lang)
        lang = GuestAnswer(guest_sudo).get_language(lang)
        return request.redirect(f"/club/i/{token}?lang={lang}", code=303)

    def _show_closed(self, lang):
        codes = [code for code, _name in request.env["res.lang"].get_installed()]
        lang = lang if lang in codes else request.env.lang or codes[0]
        return self._show("crm_club.club_invitation_page_closed", lang, status=404)

    def _show(self, template, lang, status=200, **values):
        # sudo: whoever has a token reads the page, and no records
        views_sudo = request.env["ir.qweb"].sudo().with_context(lang=lang)
        languages = request.env["res.lang"].get_installed()
        values = {"lang": lang, "languages": _name_languages(languages), **values}
        page = views_sudo._render(template, values)
        return request.make_response(
            f"<!DOCTYPE html>\n{page}",
            status=status,
            headers=[*HEADERS.items(), ("Content-Type", "text/html; charset=utf-8")],
        )


def _name_languages(languages):
    """Return the languages to choose from, each as its own speakers call it; none where
    there is no choice.
    """
    named = [(code, name.split(" / ")[-1]) for code, name in languages]
    return named if len(named) > 1 else []
