"""A signed rate takes effect: what it ends and replaces, and the notice of it."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...kernel.written import get_written
from ..approval.states import DONE
from ..lock import opened
from .club_points_rate import format_rate

ONE_DAY = timedelta(days=1)
NOTICE_CODE = "club.rate.notice"


class ClubPointsRate(models.Model):
    _inherit = "club.points.rate"

    # === What it meets === #

    def _get_touched(self):
        """Return the rates in force of this product line that the rate overlaps."""
        self.ensure_one()
        if not (self.date_from and (self.category_id or self.product_id)):
            return self.browse()
        domain = self._domain_in_force() & Domain(
            [
                ("id", "!=", self._origin.id),
                ("program_id", "=", self.program_id.id),
                ("factor", "=", self.factor),
                ("category_id", "=", self.category_id.id),
                ("product_id", "=", self.product_id.id),
            ]
        )
        domain &= Domain("date_to", "=", False) | Domain(
            "date_to", ">=", self.date_from
        )
        if self.date_to:
            domain &= Domain("date_from", "<=", self.date_to)
        return self.search(domain, order="date_from")

    def _split_touched(self, touched):
        """Return those that end before the rate, and those that it replaces."""
        earlier = touched.filtered(lambda rate: rate.date_from < self.date_from)
        return earlier, touched - earlier

    def _get_before(self, touched):
        """Return what is in force on the rate's first day."""
        return touched.filtered(lambda rate: rate.date_from <= self.date_from)[:1]

    def _get_sticking_out(self, touched):
        """Return what begins inside the rate's time and would go on after it."""
        if not self.date_to:
            return self.browse()
        return touched.filtered(
            lambda rate: (
                rate.date_from >= self.date_from
                and (not rate.date_to or rate.date_to > self.date_to)
            )
        )

    def _get_sticking_text(self, rate):
        return self.env._(
            "%(rate)s of %(day)s would go on after %(end)s, when this one ends: let "
            "this one end when that one does, or leave its end empty.",
            rate=rate.display_name,
            day=rate.date_from,
            end=self.date_to,
        )

    def _get_impact(self):
        """Say in sentences what becomes of the rates in force, as long as it waits."""
        if self.approval_state == DONE or not self.date_from:
            return False
        touched = self._get_touched()
        sticking = self._get_sticking_out(touched)
        if sticking:
            return self._get_sticking_text(sticking[0])
        earlier, inside = self._split_touched(touched)
        sentences = [
            self.env._(
                "%(value)s, in force from %(start)s, ends on %(end)s.",
                value=format_rate(rate.value),
                start=rate.date_from,
                end=self.date_from - ONE_DAY,
            )
            for rate in earlier
        ]
        sentences += [
            self.env._(
                "%(value)s of %(start)s is replaced.",
                value=format_rate(rate.value),
                start=rate.date_from,
            )
            for rate in inside
        ]
        if not touched:
            sentences.append(
                self.env._("There is no rate of its own in force at that time.")
            )
        if self.date_to:
            sentences.append(
                self.env._(
                    "After %s no rate of its own is in force, unless a later one is "
                    "signed.",
                    self.date_to,
                )
            )
        return "\n".join(sentences)

    # === Approval === #

    def _get_approval_type(self):
        return self.factor

    def _get_approval_subject(self):
        before = self._get_before(self.sudo()._get_touched())
        values = {"value": format_rate(self.value), "start": self.date_from}
        if not before:
            return self.env._("%(value)s from %(start)s, none before", **values)
        return self.env._(
            "%(old)s → %(value)s from %(start)s",
            old=format_rate(before.value),
            **values,
        )

    def _get_approval_unit(self):
        """Return the unit that the proposer leads, else one that he works in."""
        user = self._get_approval_applicant()
        # sudo: whoever proposes may not read the members of a unit
        units_sudo = self.env["crm.team"].sudo()
        here = Domain("company_id", "in", (self.company_id.id, False))
        for mine in (
            Domain("user_id", "=", user.id),
            Domain("crm_team_member_ids.user_id", "=", user.id),
        ):
            unit = units_sudo.search(here & mine, order="company_id, id", limit=1)
            if unit:
                return unit.with_env(self.env)
        return units_sudo.browse().with_env(self.env)

    def _check_can_submit(self):
        if not get_written(self.note):
            raise UserError(
                self.env._(
                    "Give the reason of %s: the notice to all units has it.",
                    self.display_name,
                )
            )
        start = self.program_id.date_start
        if start and self.date_from < start:
            raise UserError(
                self.env._(
                    "%(rate)s would begin on %(day)s, but %(program)s earns points "
                    "since %(start)s only: let it begin then or later.",
                    rate=self.display_name,
                    day=self.date_from,
                    program=self.program_id.name,
                    start=start,
                )
            )
        self._check_sticking_out(self.sudo()._get_touched())

    def _check_sticking_out(self, touched):
        for rate in self._get_sticking_out(touched):
            raise UserError(self._get_sticking_text(rate))

    def _approval_execute(self, request):
        """Put the rate in force in place of what it overlaps. Rules B2, B9.

        What was posted meanwhile at other rates is corrected by the next run, which
        posts the difference.
        """
        self.ensure_one()
        touched = self._get_touched()
        self._check_sticking_out(touched)
        before = self._get_before(touched)
        earlier, inside = self._split_touched(touched)
        if earlier:
            opened(earlier).write({"date_to": self.date_from - ONE_DAY})
        if inside:
            opened(inside).write({"replaced_by_id": self.id})
        # The database refuses two at a time, so these first.
        touched.flush_recordset()
        opened(self).write({"previous_id": before.id, "old_value": before.value})
        # What is there before anybody can sign has no signatures, and no notice.
        if request.signature_ids:
            self._issue_notice(request)

    # === Notice === #

    def _issue_notice(self, request):
        """Number the notice of the change and send it to all units. Rule B2."""
        company = self.company_id
        day = self.env["club.program"].with_company(company)._today()
        opened(self).write(
            {
                "notice_number": self._get_next_notice_number(company, day),
                "notice_date": day,
            }
        )
        language = company.partner_id.lang or self.env.lang
        rate = self.with_context(lang=language)
        notice = self.env["club.rate.notice"].with_context(lang=language)
        rate.message_post(
            subject=rate.env._("Rate notice %s", self.notice_number),
            body=self.env["ir.qweb"]
            .with_context(lang=language)
            ._render(
                "crm_club.club_rate_notice_message",
                {"notice": notice._get_notice_data(rate, request)[0]},
            ),
            partner_ids=(
                self._get_notice_partners(day) | request.applicant_id.partner_id
            ).ids,
            subtype_xmlid="mail.mt_note",
            notify_author_mention=True,
        )

    def _get_next_notice_number(self, company, day):
        """Return the next number of the company's own series, which has no gaps."""
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        domain = [("code", "=", NOTICE_CODE), ("company_id", "=", company.id)]
        if not sequences.search_count(domain, limit=1):
            example = self.env.ref("crm_club.club_rate_notice_sequence").sudo()
            example.copy({"company_id": company.id, "number_next": 1})
        return sequences.next_by_code(NOTICE_CODE, sequence_date=day)

    def _get_notice_partners(self, day):
        """Return who leads the company's units and who verifies their points."""
        company = self.company_id
        units = (
            self.env["crm.team"]
            .sudo()
            .search([("company_id", "in", (company.id, False))])
        )
        clerks = self.env["club.unit.clerk"].sudo()
        seats = clerks.search(
            [("unit_id", "in", units.ids), *clerks._domain_in_force(day)]
        )
        users = (units.user_id | seats.user_id).filtered(
            lambda user: user.active and company in user.company_ids
        )
        return users.partner_id
