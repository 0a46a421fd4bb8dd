"""Calls at the same moment, and what those who come second are told."""

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..approval.two_sessions import SessionsCase


class RaceCase(SessionsCase):
    """Committed, in real sessions."""

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def _race(self, *calls):
        """Run calls at once; return the sentences of those that were refused."""
        errors = [found for found, _tries in self._at_once(*calls)]
        errors = [error for error in errors if isinstance(error, Exception)]
        for error in errors:
            self.assertIsInstance(error, UserError)
        return [str(error) for error in errors]

    def _press(self, user, record, method):
        number, model = record.id, record._name
        return user, lambda env: getattr(env[model].browse(number), method)() and None
