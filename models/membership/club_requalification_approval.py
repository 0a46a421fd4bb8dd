"""Who signs a requalification, what it may lack, and when it may be applied.

Rules A6, E1.
"""

from datetime import date, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel import tier_rules, windows
from ..approval.document_types import REQUALIFICATION, REQUALIFICATION_TOP
from ..approval.states import EDITABLE
from ..points.club_points_run import POSTED
from ..program.club_points_kind import REVENUE
from ..record.lock import opened
from .club_requalification import REASONS

LOWERED = (tier_rules.OUTCOME_DOWNGRADED, tier_rules.OUTCOME_LAPSED)


class ClubRequalification(models.Model):
    _inherit = "club.requalification"

    def _get_approval_type(self):
        """Return the type: another one where an account of the top tier is lowered."""
        groups = self.program_id.group_ids
        top_tiers = groups.tier_ids.browse(
            [group.tier_ids.sorted("sequence")[-1:].id for group in groups]
        )
        lowered = self.env["club.requalification.line"].search_count(
            [
                ("requalification_id", "=", self.id),
                ("current_tier_id", "in", top_tiers.ids),
                ("outcome", "in", LOWERED),
            ],
            limit=1,
        )
        return REQUALIFICATION_TOP if lowered else REQUALIFICATION

    def _get_approval_subject(self):
        counts = (
            (self.lapsed_count, self.env._("%s lapsed", self.lapsed_count)),
            (self.downgraded_count, self.env._("%s downgraded", self.downgraded_count)),
            (self.upgraded_count, self.env._("%s upgraded", self.upgraded_count)),
            (self.renewed_count, self.env._("%s renewed", self.renewed_count)),
        )
        return ", ".join(text for count, text in counts if count)

    def _has_lines(self):
        """Tell without reading them all."""
        lines = self.env["club.requalification.line"].sudo()
        return bool(lines.search([("requalification_id", "in", self.ids)], limit=1))

    def _approval_is_ready(self):
        return self._has_lines() and self._is_over()

    def _check_can_submit(self):
        """Raise unless the window is over and whatever it lacks has its reason.

        Asked again when it is carried out: what was signed may lack less by then, not
        more. Rule A6.
        """
        if not self._has_lines():
            raise UserError(self.env._("%s has no lines: prepare it first.", self.name))
        self._check_window_is_over()
        self._check_lacks()
        if self.approval_state in EDITABLE:
            self._check_is_up_to_date()

    def _approval_execute(self, request):
        self._do_apply()

    # === What the figures rest on === #

    def _is_over(self):
        """Tell whether the window that the lines were judged on has ended."""
        return bool(self.judged_to) and self._today() > self.judged_to

    def _today(self):
        return self.program_id.with_company(self.company_id)._today()

    def _get_first_day_to_submit(self):
        return self.judged_to + timedelta(days=1)

    def _check_window_is_over(self):
        if not self.judged_to:
            raise UserError(
                self.env._(
                    "%s was prepared before it was noted what it rests on: prepare it "
                    "again.",
                    self.name,
                )
            )
        if not self._is_over():
            raise UserError(
                self.env._(
                    "%(document)s judges by a window that runs until %(date)s: it can "
                    "be looked at, and submitted once that day is over.",
                    document=self.name,
                    date=format_date(self.env, self.judged_to),
                )
            )
        if self.prepared_on <= self.judged_to:
            raise UserError(
                self.env._(
                    "%(document)s was prepared on %(day)s, before its window was over: "
                    "prepare it again.",
                    document=self.name,
                    day=format_date(self.env, self.prepared_on),
                )
            )

    def _check_lacks(self):
        """Raise when something is missing now that nobody has signed for."""
        for name, found in self._get_lacks().items():
            if not found:
                continue
            label = self._fields[name]._description_string(self.env)
            if self._is_more(name, found):
                raise UserError(
                    self.env._(
                        "More is missing than %(document)s says: %(label)s, %(found)s. "
                        "Settle it, or prepare the worksheet again.",
                        document=self.name,
                        label=label,
                        found=found,
                    )
                )
            # A reason of blanks, or of characters that nobody sees, is none.
            if not any(map(str.isalnum, self[REASONS[name]] or "")):
                raise UserError(
                    self.env._(
                        "%(document)s would be decided in spite of this: %(label)s, "
                        "%(found)s. Settle it, or enter the reason, which is signed "
                        "along.",
                        document=self.name,
                        label=label,
                        found=found,
                    )
                )

    def _is_more(self, name, found):
        if name == "unposted_months":
            known = (self.unposted_months or "").split(", ")
            return not set(found.split(", ")) <= set(known)
        return found > self[name]

    def _check_is_up_to_date(self):
        """Raise when the lines don't say any more what the figures are."""
        lacks = self._get_lacks()
        if (
            self.requalification_window != self.program_id.requalification_window
            or self.prepared_after != self.program_id._get_last_posting()
            or any((self[name] or False) != (lacks[name] or False) for name in REASONS)
        ):
            raise UserError(
                self.env._(
                    "Points, rows or rules have changed since %s was prepared: prepare "
                    "it again.",
                    self.name,
                )
            )

    def _note_basis(self):
        """Note what the lines rest on; a reason falls when what it explains changes."""
        kind = self.program_id.requalification_window
        judged = [
            windows.requalification_window(kind, day) for day in self._get_last_days()
        ]
        document = opened(self)
        document.write(
            {
                "prepared_at": fields.Datetime.now(),
                "prepared_on": self._today(),
                "prepared_after": self.program_id._get_last_posting(),
                "requalification_window": kind,
                "judged_from": min((window.start for window in judged), default=False),
                "judged_to": max((window.end for window in judged), default=False),
            }
        )
        lacks = self._get_lacks()
        outdated = [
            reason
            for name, reason in REASONS.items()
            if (self[name] or False) != (lacks[name] or False)
        ]
        document.write({**lacks, **dict.fromkeys(outdated, False)})

    def _get_lacks(self):
        """Return ``{field: what the window lacks now}``, whoever may read it."""
        if not self.judged_to:
            return dict.fromkeys(REASONS, False)
        return {
            "unposted_months": self._get_unposted_months(),
            "parked_count": self.env["club.revenue.line"]
            .sudo()
            .search_count(self._get_parked_domain()),
            "exception_count": self.env["club.points.exception"]
            .sudo()
            .search_count(self._get_exception_domain()),
        }

    def _get_unposted_months(self):
        """Return the months in a form that no language changes, False for none."""
        program = self.program_id
        missing = windows.unposted_months(
            windows.Window(self.judged_from, self.judged_to),
            self._get_posted_runs().mapped("month"),
            program.correction_months,
            program.date_start or None,
        )
        return ", ".join(f"{month:%Y-%m}" for month in missing) or False

    def _get_posted_runs(self):
        return (
            self.env["club.points.run"]
            .sudo()
            .search(
                [
                    ("program_id", "=", self.program_id.id),
                    ("kind", "=", REVENUE),
                    ("state", "=", POSTED),
                ],
                order="chain_no desc",
            )
        )

    def _get_parked_domain(self):
        """Return the domain of the rows that may belong to the window."""
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "parked"),
            "|",
            ("month", "=", False),
            "&",
            *self._get_months_domain(),
        ]

    def _get_exception_domain(self):
        """Return the domain of what the last run, which looks at all months that can
        still be corrected, couldn't turn into points. Rules B3, B4.
        """
        return [
            ("run_id", "=", self._get_posted_runs()[:1].id),
            *self._get_months_domain(),
        ]

    def _get_months_domain(self):
        """Return the two terms that keep the months of the window."""
        first, last = self.judged_from or date.min, self.judged_to or date.max
        return [("month", ">=", windows.month_start(first)), ("month", "<=", last)]
