from odoo import fields, models
from odoo.exceptions import AccessError

from .club_bulletin import WISHES


class CrmTeam(models.Model):
    _inherit = "crm.team"

    club_bulletin = fields.Selection(
        WISHES,
        "Bulletins Drafted",
        help="Of the unit and those below it: drafted once the points of the period's "
        "last month are posted, at the latest on the 10th day after it, for a club "
        "officer to edit and issue. A unit that companies share has them in each that "
        "has accounts of it. Empty: none. Who chooses it gets the next ones. Rule E11.",
    )

    # === What only the club says. Rules E1, E11 === #

    def _club_check_write(self, vals):
        """
        :raises AccessError: when who isn't a club officer says which bulletins are
            drafted of a unit
        """
        super()._club_check_write(vals)
        if not self._is_club_officer():
            for unit in self._filter_changed(("club_bulletin",), vals):
                raise AccessError(
                    self.env._(
                        "%s: only a club officer decides of which units bulletins are "
                        "drafted.",
                        unit.name,
                    )
                )

    # === Shared by companies. Rule A9 === #

    def _filter_used_by(self, company):
        """Return those of a company, and of those that companies share the ones that
        its accounts are or were of, or of a unit below.
        """
        if all(unit.company_id for unit in self):
            return self
        # sudo: which accounts there are, whoever asks
        lines_sudo = self.env["club.account.unit"].sudo()
        rows = lines_sudo._read_group(
            [("company_id", "=", company.id), ("unit_id", "!=", False)], ["unit_id"]
        )
        paths = (unit.parent_path or "" for (unit,) in rows)
        used = {int(key) for path in paths for key in path.split("/") if key}
        return self.filtered(lambda unit: unit.company_id or unit.id in used)
