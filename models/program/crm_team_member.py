from odoo import api, fields, models
from odoo.exceptions import AccessError

# What is known in this transaction of who keeps which units' papers: record rules ask
# it many times in one call.
_KEPT = "club_kept_units"

# Variants of a unit's user. Rule E2.
MANAGER, FIELD, OFFICE = "manager", "field", "office"
DUTIES = [
    (MANAGER, "Account Manager"),
    (FIELD, "Field Officer"),
    (OFFICE, "Office Clerk"),
]


class CrmTeamMember(models.Model):
    """Members of a unit apply in its name and read its contracts. Rules C6, E2."""

    _name = "crm.team.member"
    _inherit = ["crm.team.member", "club.guard.mixin"]

    club_duty = fields.Selection(
        DUTIES,
        "Duty in the Unit",
        required=True,
        default=MANAGER,
        index=True,
        help="An account manager looks after accounts of his own; a field officer "
        "calls on customers; an office clerk keeps the unit's papers: he reads its "
        "accounts and draws up documents, and signs and verifies nothing by it.",
    )

    @api.model
    def _get_kept_units(self, user):
        """Return the ids of the units whose papers a user keeps as office clerk."""
        kept = self.env.cr.cache.setdefault(_KEPT, {})
        if user.id not in kept:
            found = self._read_group(
                [
                    *(("user_id", "=", user.id), ("club_duty", "=", OFFICE)),
                    ("active", "=", True),
                ],
                ["crm_team_id"],
            )
            kept[user.id] = [unit.id for (unit,) in found]
        return kept[user.id]

    def modified(self, fnames, create=False, before=False):
        self.env.cr.cache.pop(_KEPT, None)
        return super().modified(fnames, create=create, before=before)

    def unlink(self):
        result = super().unlink()
        self.env.cr.cache.pop(_KEPT, None)
        return result

    def _club_after_create(self):
        """
        :raises AccessError: for a unit of the club, unless an officer names him
        """
        super()._club_after_create()
        self._check_club_names()

    def _club_after_write(self, vals):
        """As when one is created; who leaves a unit needs no officer."""
        super()._club_after_write(vals)
        if not {"crm_team_id", "user_id", "active", "club_duty"}.isdisjoint(vals):
            self.filtered("active")._check_club_names()

    def _check_club_names(self):
        teams = self.crm_team_id
        if teams._is_club_officer():
            return
        for unit in teams._filter_club_units():
            raise AccessError(
                self.env._(
                    "Who belongs to %s applies in its name: a club officer names its "
                    "members.",
                    unit.name,
                )
            )
