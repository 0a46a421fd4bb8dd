from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

from ..record.day import check_day_has_come
from ..record.lock import is_open, opened
from ..record.reader import as_reader
from ..record.rpc import for_records, without_client_context

HELD, CANCELLED = "held", "cancelled"
# What neither the document nor its lines change in any more.
CLOSED = (HELD, CANCELLED)


class ClubHostingMixin(models.AbstractModel):
    """What round tables, premises visits and banquets have in common. Rules C7, D11.

    A number, a unit, a state that only buttons change. Each implementor has a `state`
    whose first value is the draft's and whose last ones are `HELD` and `CANCELLED`,
    and a `date_begin`.
    """

    _name = "club.hosting.mixin"
    _description = "Guests Received by the Club"
    _inherit = [
        *("mail.thread", "mail.activity.mixin"),
        "club.scope.mixin",
    ]
    _mail_post_access = "read"

    # The state of a draft, and what is fixed from the next state on.
    _hosting_draft = ""
    _hosting_fixed = ()
    # What stays open to change once it was held.
    _hosting_free = ()

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["club.points.adjustment"]._default_unit_id(),
        help="The unit that receives the guests; its lead looks after this, too.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Organiser",
        default=lambda self: self.env.user,
        index="btree_not_null",
        domain=[("share", "=", False)],
        tracking=True,
    )
    has_begun = fields.Boolean(
        readonly=True,
        copy=False,
        help="It was more than a draft once: it isn't deleted any more.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        sequences = self.env["ir.sequence"]
        for document in documents:
            opened(document).name = sequences.next_by_code(self._name)
        return documents

    @for_records
    def write(self, vals):
        if not is_open(self.env):
            self._check_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for document in self:
            if document.has_begun or document.state != document._hosting_draft:
                raise UserError(
                    self.env._(
                        "%s is no draft any more: cancel it, so that it stays known.",
                        document.display_name,
                    )
                )

    @api.model
    def _check_files_open(self, files):
        """Refuse to change files of what was held or called off."""
        self.browse(files.mapped("res_id")).exists()._check_open()

    # === Buttons === #

    @for_records
    def action_cancel(self):
        """Call it off; it stays as history."""
        return self._set_state(self._get_open_states(), CANCELLED)

    @for_records
    def action_reset(self):
        """Take it back to the draft, to change what was fixed."""
        return self._set_state(
            {*self._get_open_states(), CANCELLED} - {self._hosting_draft},
            self._hosting_draft,
        )

    # === States === #

    def _get_open_states(self):
        """Return the states in which it is still to take place."""
        states = dict(self._fields["state"].selection)
        return {state for state in states if state not in CLOSED}

    def _set_state(self, allowed, state):
        """Bring documents from one of the states into another.

        :raises UserError: when a document is in none of them, or would have been held
            before its day
        """
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if document.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(document)s is %(state)s: only what is %(allowed)s can "
                        "become %(target)s.",
                        document=document.display_name,
                        state=labels[document.state],
                        allowed=self.env._(" or ").join(
                            label for key, label in labels.items() if key in allowed
                        ),
                        target=labels[state],
                    )
                )
            if state == HELD:
                check_day_has_come(document, document.date_begin)
        opened(without_client_context(self)).write({"state": state, "has_begun": True})
        return True

    def _check_fixed(self, vals):
        """Refuse what the state forbids, by whatever way."""
        ours = {name for name in vals if self._is_ours(name)}
        for document in self:
            if document.state in CLOSED and ours - {*self._hosting_free}:
                document._refuse_closed()
            fixed = ours.intersection(self._hosting_fixed)
            if fixed and document.state != self._hosting_draft:
                raise UserError(
                    self.env._(
                        "%(fields)s of %(document)s is settled: take it back to the "
                        "draft to change it.",
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(fixed)
                        ),
                        document=document.display_name,
                    )
                )

    def _is_ours(self, name):
        """Tell whether a field says something of the document, not of its chatter."""
        field = self._fields.get(name)
        return bool(field) and field._module == "crm_club"

    def _check_open(self):
        """Refuse to change lines of what was held or called off."""
        for document in self:
            if document.state in CLOSED:
                document._refuse_closed()

    def _log_merge(self, rows, kept):
        """Take rows of its list away that are the person of another one, and say so."""
        self.ensure_one()
        paper = as_reader(self, self.company_id.sudo().partner_id)
        paper._message_log(
            body=paper.env._(
                "%(others)s and %(person)s turned out to be one person, who stays on "
                "the list once.",
                others=", ".join(rows.mapped("display_name")),
                person=kept.display_name,
            )
        )
        opened(rows).unlink()

    def _refuse_closed(self):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(document)s is %(state)s and stays as it was.",
                document=self.display_name,
                state=labels[self.state],
            )
        )

    def _get_zone(self):
        """Return the time zone in which the club's days begin and end."""
        return self.company_id._club_zone()

    def _get_day(self, moment):
        """Return the day of a moment where the company is."""
        return self.company_id._club_day(moment)

    def _format_moment(self, moment):
        """Return day and minute where the company is, in the user's language."""
        if not moment:
            return ""
        day = format_date(self.env, self._get_day(moment), date_format="medium")
        return f"{day} {format_time(self.env, moment, self._get_zone(), 'short')}"
