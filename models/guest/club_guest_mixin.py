from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel.guest_states import FURTHEST
from ..record.lock import opened
from ..record.names import join
from ..record.reader import as_reader


class ClubGuestMixin(models.AbstractModel):
    """A person on a list of guests: nobody is on it twice. Rules C4, C7, D11.

    Each implementor has a `company_id`, and a unique index over its list and person,
    which keeps two sessions apart. When contacts are merged, the row that has come
    furthest stays: Odoo would delete whichever it finds in its way.
    """

    _name = "club.guest.mixin"
    _description = "Person on a List of Guests"

    # The field that leads to the list.
    _guest_list = ""
    # Whether an account that has no contacts may be on it itself.
    _guest_may_be_account = False

    contact_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    account_id = fields.Many2one(
        "res.partner",
        compute="_compute_account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    note = fields.Char()

    @api.depends("contact_id")
    def _compute_account_id(self):
        for row in self:
            row.account_id = row.contact_id.commercial_partner_id

    @api.constrains("contact_id")
    def _check_contact_id(self):
        for row in self:
            if row.contact_id.is_company and not self._guest_may_be_account:
                raise ValidationError(
                    self.env._(
                        "%s is a company: a guest is a person of it.",
                        row.contact_id.display_name,
                    )
                )

    # === Merged persons === #

    @api.model
    def _settle_merge(self, sources, target):
        """Keep one place on each list for persons who turn out to be the same."""
        partners = sources | target
        found = self.search([*self._domain_of(partners), *self._domain_of_listed()])
        for rows in found.grouped(self._guest_list).values():
            if len(rows) > 1:
                kept = min(rows, key=lambda row: row._get_merge_rank())
                (rows - kept)._give_up_place(kept)

    @api.model
    def _domain_of_listed(self):
        """Return which rows of a list count: not those who were taken off it."""
        return []

    @api.model
    def _domain_of(self, partners):
        """Return the domain of the rows of persons."""
        return [("contact_id", "in", partners.ids)]

    def _get_merge_rank(self):
        """Return by what one row is kept rather than another: the lower, the sooner."""
        self.ensure_one()
        return FURTHEST.index(self.state)

    def _give_up_place(self, kept):
        """Leave the list to the row that stays of one person, and say so there."""
        others = join(self.env, self.mapped("display_name"))
        note = kept.note or next(filter(None, self.mapped("note")), False)
        kept._write_guarded({"note": note})
        document = kept[self._guest_list]
        company_sudo = document.company_id.sudo()
        paper = as_reader(document, company_sudo.partner_id)
        paper._message_log(
            body=paper.env._(
                "%(others)s and %(person)s turned out to be one person, who stays on "
                "the list once.",
                others=others,
                person=kept.display_name,
            )
        )
        opened(self).unlink()
