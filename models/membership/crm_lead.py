from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..record.by_company import ByCompany
from ..record.derived import differs
from ..record.groups import OFFICER, READERS
from ..record.rpc import to_date

# How long a transaction in which a lead is won may take.
NOW = timedelta(minutes=10)


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "club.derived.mixin", "club.guard.mixin"]

    club_tier_id = ByCompany(
        related="partner_id.club_tier_id", string="Membership Tier"
    )
    club_grade_id = ByCompany(
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

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        if is_new and values.get("club_referrer_id"):
            self._check_date_closed(values)
        return values

    def _club_after_create(self):
        # sudo: who wrote it is asked, whatever he may read
        super()._club_after_create()
        self.sudo().filtered("club_referrer_id").with_env(
            self.env
        )._check_can_name_referrer()

    def _club_check_write(self, vals):
        # sudo: who writes it is asked, whatever he may read
        super()._club_check_write(vals)
        if "club_referrer_id" in vals:
            leads_sudo = self.sudo()  # the check is of what is there, whoever asks
            name = "club_referrer_id"
            changed = leads_sudo.filtered(lambda one: differs(one, name, vals[name]))
            changed.with_env(self.env)._check_can_name_referrer()
        self._check_stays_won(vals)
        if vals.get("club_referrer_id") or any(self.sudo().mapped("club_referrer_id")):
            self._check_date_closed(vals)

    def _club_check_unlink(self):
        super()._club_check_unlink()
        if not self._is_referral_free():
            for lead in self._filter_referred():
                raise lead._get_won_refusal()

    def _check_stays_won(self, vals):
        """Let a lead be won once: it would earn in another month or company again, for
        another account maybe. Odoo writes the closing date along with stages.

        :raises AccessError: to all but officers
        """
        if self._is_referral_free():
            return
        loses = vals.get("probability", 100) != 100 or "date_closed" in vals
        for lead in self._filter_referred():
            # Each company has a program of its own, which gives points of its own.
            name = "company_id"
            if loses or name in vals and differs(lead, name, vals[name]):
                raise lead._get_won_refusal()

    def _merge_opportunity(self, *args, **kwargs):
        """Refuse to merge what was won for a member: the superuser deletes the rest.

        :raises AccessError: to all but officers
        """
        self._club_check_unlink()
        return super()._merge_opportunity(*args, **kwargs)

    def _compute_company_id(self):
        """Leave what was won where it was: Odoo lets the company follow whoever gets
        the lead, and it would earn in another one again.
        """
        kept = self.filtered(lambda lead: lead.id and lead.company_id)
        kept = kept._filter_referred()
        for lead in kept:
            lead.company_id = lead.company_id
        return super(CrmLead, self - kept)._compute_company_id()

    def _filter_referred(self):
        """Return those that are won and earn somebody referral points."""
        # sudo: not every salesperson reads who referred
        referred_sudo = self.sudo().filtered(
            lambda lead: lead.club_referrer_id and lead.won_status == "won"
        )
        return referred_sudo.with_env(self.env)

    def _get_won_refusal(self):
        return AccessError(
            self.env._(
                "“%s” is won, and a member earns referral points for it: a club "
                "officer takes that back.",
                self.name,
            )
        )

    @api.model
    def _check_date_closed(self, values):
        """Let a lead be won at the moment it is: Odoo writes it, and so could anybody
        another one, and choose in which month the referrer earns.

        :raises AccessError: to all but officers
        """
        if self._is_referral_free() or not values.get("date_closed"):
            return
        to_date(self.env, values["date_closed"])  # refuses what is none
        closed = fields.Datetime.to_datetime(values["date_closed"])
        if abs(fields.Datetime.now() - closed) > NOW:
            raise AccessError(
                self.env._(
                    "Referral points hang on the day on which a lead was won: a club "
                    "officer mends it."
                )
            )

    def _is_referral_free(self):
        return self.env.su or self.env.user.has_group(OFFICER)

    def _check_can_name_referrer(self):
        """
        :raises AccessError: to all but officers once the lead is won: points hang on it
        """
        if self._is_referral_free():
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
