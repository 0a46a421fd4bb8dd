from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..record.derived import differs
from ..record.groups import OFFICER, READERS


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "club.guard.mixin"]

    club_tier_id = fields.Many2one(
        related="partner_id.club_tier_id", string="Membership Tier"
    )
    club_grade_id = fields.Many2one(
        related="partner_id.club_grade_id", string="Customer Grade"
    )
    club_tier_color = fields.Integer("Tier Color", related="club_tier_id.color")
    club_grade_color = fields.Integer("Grade Color", related="club_grade_id.color")
    club_referrer_id = fields.Many2one(
        "res.partner",
        "Referred by Account",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
        groups=READERS,
        help="The member that brought this customer: it earns referral points once the "
        "lead is won. Rule B10. Once it is won, a club officer says who it was.",
    )

    @api.constrains("club_referrer_id", "partner_id")
    def _check_club_referrer(self):
        for lead_sudo in self.sudo():  # not every salesperson reads who referred
            referrer = lead_sudo.club_referrer_id
            if referrer.commercial_partner_id != referrer:
                raise ValidationError(
                    self.env._(
                        "%s is one of an account's people: name the account that "
                        "referred the lead.",
                        referrer.display_name,
                    )
                )
            if referrer and referrer == lead_sudo.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s can't have referred itself: name another account "
                        "in “%(lead)s”.",
                        account=referrer.display_name,
                        lead=lead_sudo.name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        self.sudo().filtered("club_referrer_id").with_env(
            self.env
        )._check_can_name_referrer()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "club_referrer_id" in vals:
            leads_sudo = self.sudo()  # the check is of what is there, whoever asks
            name = "club_referrer_id"
            changed = leads_sudo.filtered(lambda one: differs(one, name, vals[name]))
            changed.with_env(self.env)._check_can_name_referrer()

    def _check_can_name_referrer(self):
        """
        :raises AccessError: to all but officers once the lead is won: points hang on it
        """
        if self.env.su or self.env.user.has_group(OFFICER):
            return
        for lead in self:
            if lead.won_status == "won":
                raise AccessError(
                    self.env._(
                        "“%s” is won, and referral points hang on who referred it: a "
                        "club officer names the account.",
                        lead.name,
                    )
                )
