from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..record.rpc import for_records
from .holders import forget_holders


class ClubBodyTerm(models.AbstractModel):
    """Somebody's time in a body. What has begun is history: it ends, it isn't undone.

    Every change is told in the body's chatter, whatever the context says. The models
    have the fields `user_id`, `company_id`, `date_from` and `date_to`.
    """

    _name = "club.body.term"
    _description = "Time in a Body"
    _inherit = ["club.record.mixin"]

    # Fields that stay as they are once the time has begun.
    _term_fixed = ("user_id", "date_from")

    has_begun = fields.Boolean(
        compute="_compute_has_begun",
        help="The first day is today or past: whose it is and since when stays so.",
    )

    @api.depends("date_from")
    def _compute_has_begun(self):
        """Of the term as it is saved, where its company is."""
        for term in self:
            saved = term._origin
            today = saved.company_id._club_today()
            term.has_begun = bool(saved) and saved.date_from <= today

    # === Hooks === #

    def _get_body(self):
        """Return the body whose chatter tells of the record."""
        raise NotImplementedError

    def _get_term_text(self):
        """Return who does what, from when to when."""
        raise NotImplementedError

    @api.model
    def _get_news(self, event, text):
        """Return the sentence that tells of an event: given, changed or removed."""
        raise NotImplementedError

    # === Constrains === #

    @api.constrains("user_id")
    def _check_user_id(self):
        for term in self:
            if term.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no internal user and can't sign for %(body)s.",
                        user=term.user_id.name,
                        body=term._get_body().name,
                    )
                )

    @api.constrains("company_id")
    def _check_company_id(self):
        """The company is the body's: its rules say who may see the record."""
        for term in self:
            body = term._get_body()
            if term.company_id != body.company_id:
                raise ValidationError(
                    self.env._(
                        "%(body)s and its seats belong to %(company)s.",
                        body=body.name,
                        company=body.company_id.name,
                    )
                )

    # === CRUD === #

    def _club_after_create(self):
        super()._club_after_create()
        self.env["club.body"]._make_signatories(self.user_id)
        self._tell("given", {term: term._get_term_text() for term in self})

    @for_records
    def write(self, vals):
        texts = {term: term._get_term_text() for term in self}
        bodies = {term: term._get_body() for term in self}
        fixed = {term: term._get_fixed() for term in self if term.has_begun}
        result = super().write(vals)
        for term, values in fixed.items():
            if term._get_fixed() != values:
                raise UserError(
                    self.env._(
                        "%(term)s: this has begun and is part of the history of "
                        "%(body)s. Set its end date and make another one.",
                        term=texts[term],
                        body=bodies[term].name,
                    )
                )
        if "user_id" in vals:
            self.env["club.body"]._make_signatories(self.user_id)
        changes = {term: (texts[term], term._get_term_text()) for term in self}
        self._tell(
            "changed",
            {
                term: f"{before} → {after}"
                for term, (before, after) in changes.items()
                if before != after
            },
        )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for term in self:
            if term.has_begun:
                raise UserError(
                    self.env._(
                        "%(term)s: this has begun and is part of the history of "
                        "%(body)s. Set its end date instead of deleting it.",
                        term=term._get_term_text(),
                        body=term._get_body().name,
                    )
                )

    @for_records
    def unlink(self):
        self._tell("removed", {term: term._get_term_text() for term in self})
        result = super().unlink()
        forget_holders(self.env)
        return result

    def modified(self, fnames, create=False, before=False):
        forget_holders(self.env)
        return super().modified(fnames, create=create, before=before)

    # === Helpers === #

    def _get_fixed(self):
        self.ensure_one()
        return {name: self[name] for name in self._term_fixed}

    def _get_period_text(self):
        self.ensure_one()
        date_from = format_date(self.env, self.date_from)
        if not self.date_to:
            return self.env._("from %s until further notice", date_from)
        return self.env._(
            "from %(from)s to %(to)s",
            **{"from": date_from, "to": format_date(self.env, self.date_to)},
        )

    def _tell(self, event, texts):
        """Post what happened to records, by record, in their bodies' chatter."""
        sentences = {}
        for term, text in texts.items():
            found = sentences.setdefault(term._get_body(), [])
            found.append(self._get_news(event, text))
        for body, found in sentences.items():
            body._message_log(body=Markup("<br/>").join(found))
