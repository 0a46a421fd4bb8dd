from odoo import http
from odoo.http import request

from odoo.addons.survey.controllers.main import Survey


class ClubSurvey(Survey):
    # Typed from paper: by a keyboard that begins with a capital, or in capitals.
    @http.route(
        [f"{path}/<string:code>" for path in ("/club/s", "/Club/s", "/CLUB/S")],
        type="http",
        auth="public",
        readonly=True,
    )
    def open_by_link(self, code):
        """Lead a guest from his own short link to his survey. Rule C5."""
        address = request.env["club.answer"]._find_address(code)
        if not address:
            raise request.not_found()
        return request.redirect(address)

    def _check_validity(
        self,
        survey_sudo,
        answer_sudo,
        answer_token,
        ensure_token=True,
        check_partner=True,
    ):
        """Let a colleague who looks after a guest enter what he says on the phone.

        He is logged in, so that the answer tells who entered it.
        """
        answer = answer_sudo.club_answer_id
        if check_partner and answer and not request.env.user._is_public():
            check_partner = not answer._may_enter(request.env.user)
        return super()._check_validity(
            survey_sudo,
            answer_sudo,
            answer_token,
            ensure_token=ensure_token,
            check_partner=check_partner,
        )
