"""Accounts that the club keeps records of stay where and what they are."""

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..record.club_records import OF_ACCOUNTS
from ..record.derived import differs
from ..record.groups import OFFICER
from ..record.lock import is_open

# By what a revenue file finds an account, and who says so besides who looks after it.
FOUND_BY = {"ref", "name"}
NAMERS = (OFFICER, "crm_club.crm_club_group_finance")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """
        :raises AccessError: when who isn't an officer archives an account of the club,
            or who has nothing to do with it gives it another code or name
        :raises ValidationError: when it is given to another company
        """
        self.check_access("write")  # a refusal names the account
        if not vals.get("active", True) and not is_open(self.env):
            self._check_club_may_archive()
        if not FOUND_BY.isdisjoint(vals) and not is_open(self.env):
            self._check_club_may_name(vals)
        result = super().write(vals)
        if vals.get("company_id"):
            for company, partners in self.grouped("company_id").items():
                partners._check_club_company(company)
        return result

    def _is_club_officer(self):
        return self.env.su or self.env.user.has_group(OFFICER)

    def _filter_club_accounts(self):
        """Return those with memberships, points, agreements, classes or contracts."""
        return self._filter_club_kept(OF_ACCOUNTS.items())

    def _check_club_may_archive(self):
        if self._is_club_officer():
            return
        for account in self._filter_club_accounts():
            raise AccessError(
                self.env._(
                    "%s is an account of the club, with its points, memberships or "
                    "contracts: a club officer archives it.",
                    account.name,
                )
            )

    def _check_club_may_name(self, vals):
        """Revenue files find an account by its code, else by its name: whoever changes
        them redirects its revenue. Rule B15.

        :raises AccessError: for a code, unless Finance or an officer changes it; for a
            name, also unless who looks after the account does
        """
        if self.env.su or any(map(self.env.user.has_group, NAMERS)):
            return
        for name in sorted(FOUND_BY.intersection(vals)):
            changed = self.filtered(
                lambda partner, name=name: partner.commercial_partner_id == partner
                and differs(partner, name, vals[name])
            )
            if name == "name":
                led = self._get_club_led_units()
                changed = changed.filtered(
                    lambda partner, led=led: partner.sudo().club_manager_id
                    != self.env.user
                    and partner.sudo().club_unit_id not in led
                )
            kept = changed._filter_club_accounts() | changed._filter_club_looked_after()
            for account in kept:
                raise AccessError(
                    self.env._(
                        "Revenue files find %(account)s by its code and its name: "
                        "Finance or a club officer changes the code, and who looks "
                        "after the account its name, too.",
                        account=account.name,
                    )
                )

    def _check_club_may_merge(self):
        """Who merges partners moves points and standing. Rule B6.

        :raises AccessError: unless an officer does it, or the club knows none of them
        """
        if self._is_club_officer():
            return
        for partner in self._filter_club_kept() | self._filter_club_looked_after():
            raise AccessError(
                self.env._(
                    "The club keeps records of %s: a club officer merges it with "
                    "others.",
                    partner.name,
                )
            )

    def _filter_club_looked_after(self):
        """Return the accounts that have a manager or a unit, in any company."""
        self._flush_club_looked_after()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE id = ANY(%s)"
                " AND commercial_partner_id = id"
                " AND (club_unit_id IS NOT NULL OR club_manager_id IS NOT NULL)",
                self.ids,
            )
        )
        return self.browse(key for (key,) in rows)

    def _flush_club_looked_after(self):
        names = ["club_unit_id", "club_manager_id", "commercial_partner_id"]
        self.flush_model(names)

    def _check_club_company(self, company):
        """Also what only has a unit or a manager there."""
        result = super()._check_club_company(company)
        if company and self.ids:
            below = self.env["res.company"].sudo()
            below = below.search([("id", "child_of", company.id)])
            self._flush_club_looked_after()
            rows = self.env.execute_query(
                SQL(
                    "SELECT p.id, k.key::int FROM res_partner p, LATERAL ("
                    " SELECT * FROM jsonb_each_text(p.club_unit_id) UNION ALL"
                    " SELECT * FROM jsonb_each_text(p.club_manager_id)) k"
                    " WHERE p.id = ANY(%s) AND p.commercial_partner_id = p.id"
                    " AND k.value <> 'false' AND k.key::int <> ALL(%s)",
                    self.ids,
                    below.ids,
                )
            )
            for partner_id, holder_id in rows:
                self._refuse_club_company(
                    self.browse(partner_id),
                    self.env["res.company"].sudo().browse(holder_id),
                    company,
                )
        return result
