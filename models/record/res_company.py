"""The club's clock: one for everybody in the company, whoever's browser asks."""

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from .derived import differs
from .groups import ADMIN
from .values import FIRST_YEAR, LAST_YEAR

CHINA = "Asia/Shanghai"


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "club.guard.mixin"]

    club_timezone = fields.Selection(
        _tz_get,
        "Club Time Zone",
        compute="_compute_club_timezone",
        store=True,
        readonly=False,
        help="Where the club's days begin and end, and the time that its papers print, "
        "whatever the time zone of who reads them.",
    )

    @api.depends("partner_id.country_id", "partner_id.tz")
    def _compute_club_timezone(self):
        """Find the zone of a company that has none yet; one that it has stays."""
        for company in self:
            if not company.club_timezone:
                company.club_timezone = company._find_club_timezone()

    def _find_club_timezone(self):
        """Return China's one zone, else the company's, else that of the company above,
        else that of who sets it up.

        At install nobody is there to ask: then the administrator's counts.
        """
        self.ensure_one()
        if self.partner_id.country_id.code == "CN":
            return CHINA
        # sudo: who sets up a company may not be in the one above
        if zone := self.partner_id.tz or self.sudo().parent_id.club_timezone:
            return zone
        user = self.env.user
        if user._is_superuser() and not user.tz:
            user = self.env.ref("base.user_admin", raise_if_not_found=False) or user
        return user.tz

    @api.constrains("club_timezone")
    def _check_club_timezone(self):
        """Refuse to take the zone away; an upgrade finds clubs that have none yet."""
        if self.env.uid == SUPERUSER_ID:
            return
        programs_sudo = self.env["club.program"].sudo()
        for company in self:
            if not company.club_timezone and programs_sudo._get_main(company):
                raise company._refuse_without_timezone()

    def _refuse_without_timezone(self):
        """Return the error for a club whose days nobody knows."""
        return ValidationError(
            self.env._(
                "%s needs a club time zone: choose where the club's days begin and end "
                "before its program starts.",
                self.name,
            )
        )

    def write(self, vals):
        if "currency_id" in vals:
            self.check_access("write")  # a refusal names the company
            self._check_club_currency(vals)
        if "club_timezone" not in vals:
            return super().write(vals)
        if not self.env.su:
            self._check_can_set_club_timezone()
        before = {company: company.club_timezone for company in self}
        result = super().write(vals)
        self._log_club_timezone(before)
        return result

    def _check_club_currency(self, vals):
        """Refuse to call by another currency what imports, limits and ledger say.

        Odoo refuses it for journal items only.
        """
        # sudo: companies below, also those that the user isn't in
        for company in self:
            if not differs(company, "currency_id", vals["currency_id"]):
                continue
            below = self.sudo().search([("id", "child_of", company.id)])
            for model in self.env["res.partner"]._get_club_models():
                if not model._club_fixes_currency:
                    continue
                records_sudo = model.sudo().with_context(active_test=False)
                if records_sudo.search([("company_id", "in", below.ids)], limit=1):
                    raise UserError(
                        self.env._(
                            "The club of %(company)s has counted in %(currency)s "
                            "already: its currency stays.",
                            company=company.name,
                            currency=company.currency_id.name,
                        )
                    )

    def _check_can_set_club_timezone(self):
        if not self.env.user.has_group(ADMIN):
            raise AccessError(
                self.env._(
                    "The club's time zone decides on which day points, terms and "
                    "deadlines end: only a club administrator changes it."
                )
            )

    def _log_club_timezone(self, before):
        """Note who moved the club's clock, from where to where. Rule E2."""
        # sudo: nobody has rights on the log
        self.env["club.change"].sudo()._create_guarded(
            [
                {
                    "company_id": company.id,
                    "kind": "changed",
                    "res_model": self._name,
                    "res_id": company.id,
                    "record_name": company.name,
                    "field_name": "club_timezone",
                    "old_value": old or "",
                    "new_value": company.club_timezone or "",
                }
                for company, old in before.items()
                if old != company.club_timezone
            ]
        )

    # === Reading the clock === #

    def _club_zone(self):
        """Return the name of the zone in which the club's days begin and end.

        An empty recordset stands for the company one works in. The client's zone has
        no say. A company without a club may have no zone: its users' one does.
        """
        company_sudo = (self or self.env.company).sudo()
        company_sudo.ensure_one()
        return company_sudo.club_timezone or self.env.user.tz or "UTC"

    def _club_today(self):
        """Return the day that it is where the club is."""
        return self._club_day(fields.Datetime.now())

    @api.model
    def _club_days_elsewhere(self):
        """Return ``{day: companies}`` of those that one works in where it is another
        day than in the company in use: hardly ever any.
        """
        here = self.env.company._club_today()
        found = self.env.companies.grouped(lambda company: company._club_today())
        return {day: there for day, there in found.items() if day != here}

    @api.model
    def _club_domain_today(self, domain_on, company="company_id"):
        """Return what is asked of today as a domain: of each record by the day that it
        is in its own company.

        :param domain_on: called with a day, returns the domain
        :param company: the path that leads from the records to their company
        """
        found = Domain(domain_on(self.env.company._club_today()))
        elsewhere = self._club_days_elsewhere()
        if not elsewhere:
            return found
        others = [key for there in elsewhere.values() for key in there.ids]
        found &= Domain(company, "not in", others)
        for day, there in elsewhere.items():
            found |= Domain(company, "in", there.ids) & Domain(domain_on(day))
        return found

    @api.model
    def _club_today_sql(self, company):
        """Return SQL of the day that it is in a company.

        :param company: SQL of the company's id
        """
        today = SQL("%s::date", self.env.company._club_today())
        for day, there in self._club_days_elsewhere().items():
            today = SQL(
                "CASE WHEN %s = ANY(%s) THEN %s::date ELSE %s END",
                company,
                there.ids,
                day,
                today,
            )
        return today

    def _club_day(self, moment):
        """Return the day of a moment (naive, in UTC) where the club is."""
        return self._club_local(moment).date()

    def _club_local(self, moment):
        """Return what clocks show at a moment (naive, in UTC) where the club is.

        :raises ValidationError: when time zones run out of dates there: a client's
            default gets so far unchecked
        """
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(
                self.env._("Nobody can mean %s: mend the year.", moment)
            )
        zone = pytz.timezone(self._club_zone())
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)

    def _club_utc(self, local):
        """Return the moment (naive, in UTC) at which clocks show ``local``."""
        zone = pytz.timezone(self._club_zone())
        return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
