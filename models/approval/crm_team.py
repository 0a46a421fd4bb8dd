from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..record.groups import OFFICER, SIGNER
from .holders import forget_holders

# The units for which one may apply: of every document that a unit applies for.
UNITS_TO_APPLY_FOR = [("club_can_apply", "=", True)]


class CrmTeam(models.Model):
    """A unit: its leader confirms what it applies for, or one of his deputies."""

    _inherit = "crm.team"

    # Who led the unit, and from when, is evidence of who could sign for it. Rule A10.
    user_id = fields.Many2one(tracking=True)
    club_body_ids = fields.One2many("club.body", "unit_id", "Bodies", groups=SIGNER)
    club_head_body_id = fields.Many2one(
        "club.body",
        "Deputies and Seal",
        compute="_compute_club_head_body_id",
        groups=SIGNER,
        help="The body whose seats may confirm in the unit leader's place.",
    )

    club_can_apply = fields.Boolean(
        "I May Apply for It",
        compute="_compute_club_can_apply",
        search="_search_club_can_apply",
        help="A unit that I lead, whose points clerk I am today, or to which I belong; "
        "for a club officer all units.",
    )

    @api.depends_context("uid")
    def _compute_club_can_apply(self):
        mine = self.search([("club_can_apply", "=", True), ("id", "in", self.ids)])
        for unit in self:
            unit.club_can_apply = unit._origin in mine

    def _search_club_can_apply(self, operator, value):
        if operator != "in":
            return NotImplemented
        if self.env.su or self.env.user.has_group(OFFICER):
            return Domain.TRUE
        return Domain.OR(
            [
                Domain("club_is_led", "=", True),
                Domain("club_is_verified", "=", True),
                Domain("member_ids", "in", self.env.uid),
            ]
        )

    @api.depends("club_body_ids.is_unit_head", "club_body_ids.active")
    def _compute_club_head_body_id(self):
        for unit in self:
            unit.club_head_body_id = unit.club_body_ids.filtered(
                lambda body: body.is_unit_head and body.active
            )[:1]

    def _club_after_create(self):
        super()._club_after_create()
        self._make_leaders_signatories()

    def write(self, vals):
        """That the leader changes is told, whatever the client's context says."""
        told = {"tracking_disable": False, "mail_notrack": False}
        units = self.with_context(**told) if "user_id" in vals else self
        result = super(CrmTeam, units).write(vals)
        if "user_id" in vals:
            self._make_leaders_signatories()
        return result

    def modified(self, fnames, create=False, before=False):
        if "user_id" in fnames:
            forget_holders(self.env)
        return super().modified(fnames, create=create, before=before)

    def unlink(self):
        result = super().unlink()
        forget_holders(self.env)
        return result

    @api.model
    def _get_default_club_unit(self):
        """Return the unit that the user leads, else is points clerk of, else belongs
        to.
        """
        for term in (
            ("user_id", "=", self.env.uid),
            ("club_is_verified", "=", True),
            ("member_ids", "in", self.env.uid),
        ):
            found = self.search(
                [term, ("company_id", "in", (self.env.company.id, False))], limit=1
            )
            if found:
                return found
        return self.browse()

    def _is_worked_in_by(self, user):
        """Tell whether a user leads the unit, is a member or verifies its points."""
        self.ensure_one()
        # sudo: it is about the user, whatever units he may read
        unit_sudo = self.with_user(user).sudo()
        path = unit_sudo.parent_path if unit_sudo.active else ""
        above = [int(unit_id) for unit_id in path.split("/") if unit_id]
        found = unit_sudo.search_count(
            [
                *("|", "&", ("id", "in", above), ("user_id", "=", user.id)),
                *("&", ("id", "=", self.id)),
                *("|", ("id", "in", unit_sudo._find_verified())),
                ("member_ids", "in", user.id),
            ],
            limit=1,
        )
        return bool(found)

    def _check_can_apply(self, document, applicant):
        """Refuse who has nothing to do with the unit to apply in its name. Rule E2.

        :param document: how the document is called
        :raises AccessError: unless he leads it, is a member, verifies its points, or is
            a club officer
        """
        # sudo: a refusal names the unit that he has nothing to do with
        self.ensure_one()
        if applicant.has_group(OFFICER):
            return
        if not self._is_worked_in_by(applicant):
            raise AccessError(
                self.env._(
                    "%(document)s is submitted by somebody of %(unit)s: its lead, its "
                    "points clerk or a member.",
                    document=document,
                    unit=self.sudo().name,
                )
            )

    def _make_leaders_signatories(self):
        self.env["club.body"]._make_signatories(self.user_id)

    @api.model
    def _make_all_leaders_signatories(self):
        """Also those who led a unit before the module came."""
        units = self.with_context(active_test=False)
        units.search([("user_id", "!=", False)])._make_leaders_signatories()
