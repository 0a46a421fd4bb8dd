from odoo import api, models


class ClubGuestMixin(models.AbstractModel):
    """A person on a list of guests: nobody is on it twice. Rules C4, C7, D11.

    Each implementor has a `contact_id`, and a unique index over it and its list, which
    keeps two sessions apart. When contacts are merged, the row that has come furthest
    stays: Odoo would delete whichever it finds in its way.
    """

    _name = "club.guest.mixin"
    _description = "Person on a List of Guests"

    # The field that leads to the list.
    _guest_list = ""

    @api.model
    def _domain_of_listed(self):
        """Return which rows of a list count: not those who were taken off it."""
        return []

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
    def _domain_of(self, partners):
        """Return the domain of the rows of persons."""
        return [("contact_id", "in", partners.ids)]

    def _get_merge_rank(self):
        """Return by what one row is kept rather than another: the lower, the sooner."""
        self.ensure_one()
        return 0

    def _give_up_place(self, kept):
        """Leave the list to the row that stays of one person."""
        raise NotImplementedError
