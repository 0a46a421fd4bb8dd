"""The runs that post attendance points: nobody makes one by hand. Rule B10.

A run holds the difference between what the attendance of an activity calls for and what
is posted for it, so posting again posts nothing, and a corrected attendance the rest.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...kernel import windows
from ..points.attendance import due_query
from ..program.club_points_kind import ATTENDANCE
from ..record.lock import is_open
from ..record.rpc import for_one


class ClubPointsRun(models.Model):
    _inherit = "club.points.run"

    activity_id = fields.Many2one(
        "club.activity",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The activity whose attendance this run posts.",
    )
    activity_no = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="How many runs of the activity there are so far.",
    )

    # Idempotence: two who post an activity at once can't both have the next run.
    _activity_uniq = models.UniqueIndex(
        "(activity_id, activity_no) WHERE activity_id IS NOT NULL",
        "The attendance was posted at the same moment: reload the page.",
    )

    # === Checks === #

    def _check_made_by_document(self):
        super()._check_made_by_document()
        if is_open(self.env):
            return
        if any(run.kind == ATTENDANCE for run in self):
            raise AccessError(
                self.env._(
                    "Attendance is posted by its activity only: press Post Attendance "
                    "Points there."
                )
            )

    def _check_not_adjustment(self):
        for run in self:
            if run.kind == ATTENDANCE:
                raise UserError(
                    self.env._(
                        "%s comes from an activity and is neither computed nor posted "
                        "by hand.",
                        run.name,
                    )
                )
        return super()._check_not_adjustment()

    # === Actions === #

    @for_one
    def action_open_activity(self):
        """Open the activity that this run was posted for."""
        self.check_access("read")
        # sudo: opening it asks whether the user may read it
        activity = self.sudo().activity_id
        return {
            "type": "ir.actions.act_window",
            "res_model": activity._name,
            "res_id": activity.id,
            "views": [(False, "form")],
        }

    # === Business methods === #

    @api.model
    def _post_attendance(self, activity, program):
        """Post what attendance calls for and isn't posted, as one sealed run.

        The caller holds the activity and the program, and has checked the user.

        :return: the run; none when there is nothing to post
        """
        today = program._today()
        earlier = self.search_count([("activity_id", "=", activity.id)])
        run = self._create_guarded(
            {
                "program_id": program.id,
                "kind": ATTENDANCE,
                "month": windows.month_start(today),
                "note": activity.display_name,
                "activity_id": activity.id,
                "activity_no": earlier + 1,
            }
        )
        run._insert_attendance_entries(activity, today)
        sums = run._sum_units()
        if not sums:
            run.unlink()
            return self.browse()
        run._set_totals(sums)
        run._do_post()
        return run

    def _insert_attendance_entries(self, activity, today):
        """Insert an entry for each account of which something isn't posted.

        The points belong to the month in which the activity took place, corrections
        too: so they end on the same day as what they correct.
        """
        self.env.flush_all()
        month = windows.month_start(activity.company_id._club_day(activity.date_end))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_points_entry
                       (run_id, account_id, origin_id, unit_id, kind, points, date,
                        valid_until, reason)
                SELECT %(run)s, d.account_id, d.account_id, t.id, 'attendance',
                       round(d.due::numeric - d.posted::numeric, 2), %(today)s,
                       %(valid_until)s::date, %(reason)s
                  FROM (%(due)s) d
                  JOIN res_partner p ON p.id = d.account_id
             LEFT JOIN crm_team t ON t.id = (p.club_unit_id ->> %(company)s)::int
                 WHERE round(d.due::numeric, 2) <> round(d.posted::numeric, 2)
                 ORDER BY d.account_id
                """,
                run=self.id,
                today=today,
                valid_until=self.program_id._valid_until(month),
                reason=" ".join(activity.display_name.split()),
                due=due_query(SQL("x.id = %s", activity.id)),
                company=str(self.company_id.id),
            )
        )
        self._invalidate_ledger()
