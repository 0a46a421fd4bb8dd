"""When a points run may be computed and posted, and what posting does."""

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from ...kernel import windows
from ..program.club_points_kind import (
    ADJUSTMENT,
    ATTENDANCE,
    EXPIRY,
    REDEMPTION,
    REVENUE,
)
from ..record.lock import opened
from ..record.reader import as_reader
from .club_points_run import DRAFT, POSTED, VERIFIED
from .holds import hold_accounts, hold_program

NOT_VERIFIED = {"state": "waiting", "user_id": False, "verified_at": False}


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    # === Checks === #

    def _check_officer(self):
        self.check_access("write")
        if not (
            self.env.su or self.env.user.has_group("crm_club.crm_club_group_officer")
        ):
            raise AccessError(
                self.env._("Only a club officer computes and posts points runs.")
            )

    def _check_can_compute(self):
        if self.state == POSTED:
            raise UserError(
                self.env._(
                    "%s is posted already: create another run of the month for what "
                    "came later.",
                    self.name,
                )
            )
        self._check_open_month()

    def _check_open_month(self):
        last = self.sudo().search(
            [
                ("program_id", "=", self.program_id.id),
                ("kind", "=", REVENUE),
                ("state", "=", POSTED),
                ("month", ">", self.month),
            ],
            order="month desc",
            limit=1,
        )
        if last and self.kind == REVENUE:
            raise UserError(
                self.env._(
                    "%(run)s is closed, since %(last)s is posted: what came late is "
                    "posted in %(last)s or later, naming the month it corrects.",
                    run=self.name,
                    last=last.name,
                )
            )

    def _check_can_post(self):
        self._check_can_compute()
        if self.state == DRAFT:
            raise UserError(self.env._("Compute %s before posting it.", self.name))
        if self.kind != REVENUE:
            return
        last = self._get_last_accrual()
        if last.chain_no != self.computed_after:
            raise UserError(
                self.env._(
                    "%(last)s was posted after %(run)s was computed: compute %(run)s "
                    "again, so that no points are posted twice.",
                    last=last.name,
                    run=self.name,
                )
            )
        units_sudo = self._get_units_sudo()
        if units_sudo and not any(unit.state == VERIFIED for unit in units_sudo):
            raise UserError(
                self.env._(
                    "No unit of %s is verified yet: each unit's points clerk verifies "
                    "its lines first.",
                    self.name,
                )
            )
        controls = self._get_open_controls()
        if controls:
            raise UserError(
                self.env._(
                    "%(count)s control totals of %(run)s differ from the facts: "
                    "settle or explain %(names)s first.",
                    count=len(controls),
                    run=self.name,
                    names=", ".join(controls[:3].mapped("display_name")),
                )
            )

    def _get_last_accrual(self):
        """Return the program's monthly points that were posted last. Rule B9."""
        return self.sudo().search(
            [
                ("program_id", "=", self.program_id.id),
                ("kind", "=", REVENUE),
                ("state", "=", POSTED),
            ],
            order="chain_no desc",
            limit=1,
        )

    def _get_open_controls(self):
        """Control totals of the month that neither agree nor are explained. B12."""
        self.ensure_one()
        if self.kind != REVENUE:
            return self.env["club.control.total"]
        return self.env["club.control.total"]._get_open(self.program_id, self.month)

    def _lock_run(self):
        """Hold the program's and the run's row until the transaction ends.

        Two workers that press Post at once wait for each other here; the second then
        finds the run posted.
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT FROM club_program WHERE id = %s FOR UPDATE", [self.program_id.id]
        )
        self.env.cr.execute(
            "SELECT FROM club_points_run WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset()

    def _get_units_sudo(self):
        """Return all units of the run, whichever of them the user may read: what they
        say decides what is posted. Rule B5.
        """
        self.ensure_one()
        # Searched for: `unit_ids` would keep in the cache what the user may not read.
        return (
            self.env["club.points.run.unit"].sudo().search([("run_id", "=", self.id)])
        )

    # === Business methods === #

    def _do_post(self):
        """Post to the ledger, then let the new points take effect. Rule A5."""
        if self.kind == EXPIRY:
            self._renew_expiry()
        self._post_ledger()
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.message_post(
            body=self.env._(
                "%(entries)s entries, %(points)s points posted; seal %(seal)s.",
                entries=self.entry_count,
                points=f"{self.points:,.2f}",
                seal=self.seal[:12],
            )
        )
        self.program_id.sudo()._review(
            on=min(windows.month_end(self.month), self.posted_on),
            effective=self.posted_on,
            accounts=self._get_reviewed_accounts(),
        )

    def _renew_expiry(self):
        """Compute what expires anew: since then points may have been held or spent.

        Holding the accounts afterwards is as good as before: one that somebody else
        took points from since this transaction began makes it fail and start anew.
        """
        self._do_compute()
        hold_accounts(self.env, self.sudo().entry_ids.account_id.ids)

    def _get_reviewed_accounts(self):
        """Return the accounts whose standing this run may have raised; None for all."""
        few = self.kind in (ADJUSTMENT, ATTENDANCE)
        return self.sudo().entry_ids.account_id if few else None

    def _post_ledger(self):
        """Leave out late units, seal the entries and mark the run posted."""
        # What a redemption judges by is its account, which it holds.
        if self.kind != REDEMPTION:
            hold_program(self.env, self.program_id)
        self._drop_unverified()
        run = opened(self)
        run.write(
            {
                **self._next_link(),
                "posted_on": self.env["club.program"]._today(),
                "posted_by_id": self.env.uid,
            }
        )
        run.seal = self._compute_seal()
        run.state = POSTED
        self.flush_recordset()
        self._write_summary()

    def _schedule_verification(self):
        """Ask each waiting unit's clerks, once. Rule B5."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for unit in self._get_units_sudo().filtered(lambda u: u.state != VERIFIED):
            for clerk in unit._get_clerks():
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=self.date_deadline,
                    summary=as_reader(self, clerk).env._(
                        "Verify the points of %s", unit.unit_id.name
                    ),
                    user_id=clerk.id,
                )

    def _set_units(self, sums):
        """Bring the unit lines in step with the entries; keep what is verified.

        A verification whose lines have changed is withdrawn, which the chatter says. A
        unit that has no lines any more stays when somebody has put papers there.
        """
        units_sudo = self._get_units_sudo()
        found = {unit.unit_id.id: unit for unit in units_sudo}
        withdrawn = units_sudo.browse()
        commands = []
        for row in sums:
            names = ("entry_count", "revenue", "points", "digest")
            values = {name: row[name] for name in names}
            unit = found.pop(row["unit_id"] or False, None)
            if unit is None:
                commands.append(Command.create({"unit_id": row["unit_id"], **values}))
            elif unit.digest != values["digest"]:
                withdrawn |= unit
                commands.append(Command.update(unit.id, {**values, **NOT_VERIFIED}))
        for unit in found.values():
            if unit.attachment_ids or unit.note or unit.state == VERIFIED:
                withdrawn |= unit
                values = {"entry_count": 0, "revenue": 0, "points": 0, "digest": False}
                commands.append(Command.update(unit.id, {**values, **NOT_VERIFIED}))
            else:
                commands.append(Command.delete(unit.id))
        for unit in withdrawn.filtered(lambda unit: unit.state == VERIFIED):
            self.message_post(
                body=self.env._(
                    "%(user)s's verification of %(unit)s is withdrawn, since its lines "
                    "have changed.",
                    user=unit.user_id.name,
                    unit=unit.display_name,
                )
            )
        self.sudo()._write_guarded({"unit_ids": commands})
