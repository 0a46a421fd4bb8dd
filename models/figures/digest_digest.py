from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError

from ..program.club_tier_group import GRADE
from ..record.groups import AUDITOR, USER

FULL = 100  # per cent
DAY = timedelta(days=1)


class DigestDigest(models.Model):
    """What the club has to tell in Odoo's digests: to each of what he may read."""

    _name = "digest.digest"
    _inherit = ["digest.digest", "club.guard.mixin"]

    kpi_club_members = fields.Boolean("Club Members")
    kpi_club_members_value = fields.Integer(compute="_compute_kpi_club_members_value")
    kpi_club_points = fields.Boolean("Club Points Posted")
    kpi_club_points_value = fields.Integer(compute="_compute_kpi_club_points_value")
    kpi_club_contacts_on_time = fields.Boolean("Club Contacts on Time (%)")
    kpi_club_contacts_on_time_value = fields.Integer(
        compute="_compute_kpi_club_contacts_on_time_value"
    )

    def _compute_kpi_club_members_value(self):
        """Count who is a member on the last day, of one program or of several."""
        memberships = self.env["club.membership"]
        for digest, company, _first, last in self._get_club_frames():
            [[members]] = memberships._read_group(
                [
                    *memberships._domain_on(last),
                    ("company_id", "=", company.id),
                    ("purpose", "!=", GRADE),
                ],
                [],
                ["account_id:count_distinct"],
            )
            digest.kpi_club_members_value = members

    def _compute_kpi_club_points_value(self):
        """Sum what was posted in the main program: earned, less what was spent and what
        expired.
        """
        # sudo: which one is the main one is no secret
        programs_sudo = self.env["club.program"].sudo()
        for digest, company, first, last in self._get_club_frames():
            [[points]] = self.env["club.points.entry"]._read_group(
                [
                    ("state", "=", "posted"),
                    ("program_id", "=", programs_sudo._get_main(company).id),
                    ("date", ">=", first),
                    ("date", "<=", last),
                ],
                [],
                ["points:sum"],
            )
            digest.kpi_club_points_value = points or 0

    def _compute_kpi_club_contacts_on_time_value(self):
        """Of what was due: what was done by its day, in per cent. Rule D3."""
        for digest, company, first, last in self._get_club_frames():
            domain = [
                ("company_id", "=", company.id),
                ("state", "!=", "waived"),
                ("date_due", ">=", first),
                ("date_due", "<=", last),
            ]
            duties = self.env["club.duty"].with_company(company)
            due = duties.search_count(domain)
            done = [("state", "=", "done"), ("is_late", "=", False)]
            in_time = due and duties.search_count(domain + done)
            digest.kpi_club_contacts_on_time_value = due and FULL * in_time / due

    def _get_club_frames(self):
        """Yield each digest with its company and the first and the last day it is of.

        :raises AccessError: who has no role in the club isn't told
        """
        if not any(map(self.env.user.has_group, (USER, AUDITOR))):
            raise AccessError(
                self.env._("Do not have access, skip this data for user's digest email")
            )
        start, end, _companies = self._get_kpi_compute_parameters()
        start, end = map(fields.Datetime.to_datetime, (start, end))
        for digest in self:
            company = digest.company_id or self.env.company
            first = company._club_day(start)
            yield digest, company, first, max(first, company._club_day(end) - DAY)

    def _compute_kpis_actions(self, company, user):
        result = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm_club.club_root_menu").id
        for kpi, action in (
            ("members", "club_membership_action_analysis"),
            ("points", "club_points_entry_action_analysis"),
            ("contacts_on_time", "club_figure_action"),
        ):
            result[f"kpi_club_{kpi}"] = f"crm_club.{action}?menu_id={menu}"
        return result
