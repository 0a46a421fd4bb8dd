"""What posting a points run asks and does, and where the monthly points stand.
Rules A5, B5, B7, B9, B12.
"""

from datetime import date
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel import windows
from ...kernel.written import get_written
from ..program.club_points_kind import (
    ADJUSTMENT,
    ATTENDANCE,
    EXPIRY,
    REDEMPTION,
    REVENUE,
    REWARDS,
)
from ..record.hold import hold
from ..record.names import join
from . import ledger_sql
from .club_points_summary import fill_query
from .run_states import DRAFT, POSTED, VERIFIED
from .seal import compute_seal, take_next_link


class Accrued(NamedTuple):
    """Up to where a program's monthly points are posted: the last month, if any, and
    the last place in the chain of seals.
    """

    month: date | None
    chain_no: int


def get_accrued(run):
    """Return up to where the program's monthly points are posted. Rule B9.

    :rtype: Accrued
    """
    # sudo: what is posted counts, whatever the user may read
    ((month, chain_no),) = run.sudo()._read_group(
        run._domain_accrued(run.program_id), [], ["month:max", "chain_no:max"]
    )
    return Accrued(month, chain_no or 0)


def get_accrued_name(run, order):
    """Return the name of the last one of the monthly points that are posted."""
    last_sudo = run.sudo().search(
        run._domain_accrued(run.program_id), order=f"{order} desc", limit=1
    )
    return last_sudo.name


class Posting:
    """The posting of one run; whoever begins it holds the program."""

    def __init__(self, run):
        run.ensure_one()
        self.run = run
        self.env = run.env

    def check(self):
        """Refuse to post what isn't ready, naming all that keeps from it.

        :raise UserError: with a sentence, on a line of its own, for each
        """
        blockers = self.get_blockers()
        if blockers:
            raise UserError("\n".join(blockers))

    def get_blockers(self, without_reason=False):
        """Return the sentences that say what keeps the run from being posted.

        :param without_reason: leave out that a month without control totals needs a
            reason: who asks gives it. Rule B12.
        """
        run, env = self.run, self.env
        accrued = get_accrued(run)
        refusal = run._get_compute_refusal(accrued)
        if refusal:
            return [refusal]
        if run.state == DRAFT:
            return [env._("Compute %s before posting it.", run.name)]
        if run.kind != REVENUE:
            return []
        found = []
        if accrued.chain_no != run.computed_after:
            found.append(
                env._(
                    "%(last)s was posted after %(run)s was computed: compute %(run)s "
                    "again, so that no points are posted twice.",
                    last=get_accrued_name(run, "chain_no"),
                    run=run.name,
                )
            )
        units_sudo = run._get_units_sudo()
        if units_sudo and not any(unit.state == VERIFIED for unit in units_sudo):
            found.append(
                env._(
                    "No unit of %s is verified yet: each unit's points clerk verifies "
                    "its lines first.",
                    run.name,
                )
            )
        found += self._get_control_blockers()
        if not without_reason:
            found += self._get_reason_blockers()
        return found

    def _get_control_blockers(self):
        """Return whether control totals differ and aren't explained. Rule B12."""
        controls = self.env["club.control.total"]
        found = controls._get_open(self.run.program_id, self.run.month)
        if not found:
            return []
        names = found._filtered_access("read")[:3].mapped("display_name")
        if not names:  # a clerk reads none of them, but hears that they are there
            return [
                self.env._(
                    "Control totals of %(run)s that differ from the facts: %(count)s.",
                    count=len(found),
                    run=self.run.name,
                )
            ]
        return [
            self.env._(
                "Control totals of %(run)s that differ from the facts: %(count)s. "
                "Settle or explain %(names)s first.",
                count=len(found),
                run=self.run.name,
                names=join(self.env, names),
            )
        ]

    def _get_reason_blockers(self):
        """Ask why a month that nobody has control totals of is posted. Rule B12."""
        self.run.invalidate_recordset(["has_no_controls"])
        if not self.run.has_no_controls or get_written(self.run.no_controls_reason):
            return []
        return [
            self.env._(
                "Finance has entered no control total for %(month)s: enter what it "
                "has booked, or say on %(run)s why it is posted without.",
                month=f"{self.run.month:%Y-%m}",
                run=self.run.name,
            )
        ]

    def post(self):
        """Post to the ledger, then let the new points take effect. Rule A5."""
        if self.run.kind == EXPIRY:
            self._renew_expiry()
        elif self.run.kind in REWARDS:
            self._renew_rewards()
        self.post_ledger()
        if self.run.kind == REDEMPTION:
            # Who and when stand on the document, and what is spent or comes back never
            # counts for the tier.
            return
        self.run.activity_unlink(["mail.mail_activity_data_todo"])
        self.run.message_post(
            body=self.env._(
                "Posted: entries %(entries)s, points %(points)s; seal %(seal)s.",
                entries=self.run.entry_count,
                points=f"{self.run.points:,.2f}",
                seal=self.run.seal[:12],
            )
        )
        program_sudo = self.run.program_id.sudo()  # standings are nobody's to write
        program_sudo._review(
            on=min(windows.month_end(self.run.month), self.run.posted_on),
            effective=self.run.posted_on,
            accounts=self._get_reviewed_accounts(),
            run=self.run,
        )

    def _renew_expiry(self):
        """Compute what expires anew: since then points may have been held or spent.

        Holding the accounts afterwards is as good as before: one that somebody else
        took points from since this transaction began makes it fail and start anew.
        """
        self.run._do_compute()
        hold(self.run._get_accounts_sudo())

    def _renew_rewards(self):
        """Compute anew what the month gives: another run may have posted it since, and
        what it was for may have gone. Rule B10.
        """
        self.run._do_compute()
        if not self.run.entry_count:
            raise UserError(
                self.env._(
                    "%s has nothing to post: what the month gives is posted already, "
                    "or no tier or program gives any points for it.",
                    self.run.name,
                )
            )

    def _get_reviewed_accounts(self):
        """Return the accounts whose standing this run may have raised; None for all."""
        few = self.run.kind in (ADJUSTMENT, ATTENDANCE, *REWARDS)
        return self.run._get_accounts_sudo() if few else None

    def post_ledger(self):
        """Leave out late units, seal the entries and mark the run posted.

        The caller holds the program; for a redemption its account, which is what that
        judges by.
        """
        self._drop_unverified()
        self.run._write_guarded(
            {
                **take_next_link(self.run),
                "posted_on": self.run.company_id._club_today(),
                "posted_by_id": self.env.uid,
            }
        )
        self.run._write_guarded({"seal": compute_seal(self.run), "state": POSTED})
        self.run.flush_recordset()
        if self.run.kind != REDEMPTION:
            self.env.cr.execute(fill_query(SQL("r.id = %s", self.run.id)))

    def _drop_unverified(self):
        """Leave out late units; their difference stays for the next run. Rule B5."""
        if self.run.kind != REVENUE:
            return
        late_sudo = self.run._get_units_sudo().filtered(lambda u: u.state != VERIFIED)
        if not late_sudo:
            return
        ledger_sql.drop_units(self.run, [unit.unit_id.id for unit in late_sudo])
        self.run._forget_entries()
        for unit in late_sudo:
            unit._set_left_out()
        self.run._set_totals(self.run._sum_units())
