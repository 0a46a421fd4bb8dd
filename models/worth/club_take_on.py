"""Taking on a club that exists on paper, by one signed sheet. Rule A14."""

import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel import take_on as kernel
from ...kernel.take_on_check import Check
from ...kernel.workbook_rows import Unreadable, Workbook
from ..approval.states import APPROVED, EDITABLE
from ..points.revenue_workbook import get_refusal
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.navigate import open_list
from ..record.number import number
from ..record.rpc import for_one
from .take_on_apply import Applying
from .take_on_known import read_known
from .take_on_texts import get_fault_texts

MAX_BYTES = 40 * 1024 * 1024
FAULTS_LISTED = 1_000
NOTHING = {
    "digest": False,
    "checked_at": False,
    "account_count": 0,
    "new_count": 0,
    "contact_count": 0,
    "term_count": 0,
    "points_total": 0,
    "fault_count": 0,
}


class ClubTakeOn(models.Model):
    """Accounts with people, classes, tiers and points, taken on at once. Rule A14.

    The file is what is signed. It is checked when it is uploaded, when it is submitted
    and, under a lock, when it is applied: nothing of it counts while a row is faulty.
    """

    _name = "club.take.on"
    _description = "Take-On"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "id desc"
    _club_sequence = "TKO"

    # Applied by a button: it may take a minute.
    _approval_auto = False
    _approval_type = "take_on"
    _approval_guarded = ("program_id", "file", "filename", "note")

    name = number()
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    file = fields.Binary(
        "Sheet", attachment=True, copy=False, help="The template, filled in."
    )
    filename = fields.Char("File Name", copy=False)
    note = fields.Text(help="Where the rows come from, for those who sign.")

    # === What the check found === #
    digest = fields.Char(
        "Checksum", readonly=True, copy=False, help="SHA-256 of the file."
    )
    checked_at = fields.Datetime("Checked on", readonly=True, copy=False)
    account_count = fields.Integer(
        "Number of Accounts", readonly=True, copy=False, aggregator="sum"
    )
    new_count = fields.Integer(
        "New Accounts", readonly=True, copy=False, help="Not known here until now."
    )
    contact_count = fields.Integer("Number of Contacts", readonly=True, copy=False)
    term_count = fields.Integer("Number of Tiers", readonly=True, copy=False)
    points_total = fields.Float(
        "Opening Points", digits=(16, 2), readonly=True, copy=False
    )
    fault_count = fields.Integer("Faults", readonly=True, copy=False)
    fault_ids = fields.One2many(
        "club.take.on.fault", "take_on_id", "Faults to Correct", readonly=True
    )

    # === What it brought === #
    account_ids = fields.One2many(
        "club.take.on.account", "take_on_id", "Accounts Taken On", readonly=True
    )
    run_id = fields.Many2one(
        "club.points.run",
        "Posted by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The points run that posted the opening points.",
    )
    applied_at = fields.Datetime("Applied on", readonly=True, copy=False)
    can_apply = fields.Boolean(compute="_compute_can_apply")

    _run_uniq = models.UniqueIndex("(run_id)", "A points run posts one take-on.")

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_can_apply(self):
        is_officer = self.env.su or self.env.user.has_group(OFFICER)
        for document in self:
            document.can_apply = is_officer and document.approval_state == APPROVED

    # === Created, written === #

    def _club_after_create(self):
        super()._club_after_create()
        for document in self:
            document._do_check()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if {"file", "program_id"} & vals.keys():
            for document in self:
                document._do_check()

    # === Actions === #

    @for_one
    def action_check(self):
        """Check the file again: what it names may have been set up meanwhile."""
        self.check_access("write")
        hold(self)
        self._check_approval_editable()
        self._check_has_file()
        self._do_check()
        return True

    @for_one
    def action_apply(self):
        """Take the accounts on, once all have signed. Once, whoever presses it twice.

        :raises AccessError: for who isn't a club officer
        :raises UserError: when it isn't signed, was applied, or has faults by now
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(self.env._("Only a club officer applies a take-on."))
        self._approval_carry_out()
        return True

    @for_one
    def action_download_faults(self):
        """Download the file with its faulty rows first, each with what is wrong."""
        self.check_access("read")
        self._check_has_file()
        return self.env["club.xlsx.take.on"]._get_download_action(self)

    @for_one
    def action_open_accounts(self):
        return open_list(self, "club_take_on_account_action", "take_on_id")

    @for_one
    def action_open_entries(self):
        """Show the opening points that it posted, to whoever may read them."""
        return open_list(self, "club_points_entry_action", "run_id") | {
            "domain": [("run_id", "=", self.run_id.id)],
            "context": {},
        }

    # === Reading and checking the file === #

    def _check_has_file(self):
        if not self._get_content():
            raise UserError(
                self.env._(
                    "%s has no sheet yet: download the template, fill it in and upload "
                    "it.",
                    self.name,
                )
            )

    def _get_content(self):
        """Return the file as it was uploaded, whatever the client asks for."""
        # sudo: the attachment is read by whoever may read the document
        document_sudo = self.sudo().with_context(bin_size=False, bin_size_file=False)
        return base64.b64decode(document_sudo.file or b"")

    def _read_rows(self):
        """Return the rows by sheet and what is wrong in them by themselves.

        :raises UserError: when the file as a whole can't be read
        """
        content = self._get_content()
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "The file has more than %s MB: take the accounts on in parts.",
                    MAX_BYTES // 1024**2,
                )
            )
        try:
            book = Workbook(content)
            return kernel.read_book(
                (sheet.name, book.rows(sheet)) for sheet in book.sheets
            )
        except Unreadable as error:
            text = get_refusal(error).args[0]
            raise UserError(self.env._(text)) from error

    def _find_faults(self):
        """Return the rows by sheet and all that is wrong with them. Rule A14."""
        self.ensure_one()
        # sudo: an account is found whoever may read it, and isn't doubled
        document_sudo = self.sudo().with_company(self.company_id)
        rows, faults = document_sudo._read_rows()
        if not any(fault.problem == kernel.NO_COLUMN for fault in faults):
            known = read_known(document_sudo.program_id, rows)
            faults += Check(rows, known).run()
        order = list(kernel.SHEETS)
        faults.sort(key=lambda fault: (order.index(fault.sheet), fault.row))
        return rows, faults

    def _do_check(self):
        """Keep what the file comes to, and its faults."""
        self.ensure_one()
        self.env.cr.execute(
            SQL("DELETE FROM club_take_on_fault WHERE take_on_id = %s", self.id)
        )
        self.env["club.take.on.fault"].invalidate_model(flush=False)
        content = self._get_content()
        if not content:
            self._write_guarded(NOTHING)
            return
        rows, faults = self._find_faults()
        self._write_guarded(
            {
                "digest": hashlib.sha256(content).hexdigest(),
                "checked_at": fields.Datetime.now(),
                "account_count": len(rows[kernel.ACCOUNTS]),
                "new_count": sum(
                    not row.values.get("partner") for row in rows[kernel.ACCOUNTS]
                ),
                "contact_count": len(rows[kernel.CONTACTS]),
                "term_count": len(rows[kernel.TIERS]),
                "points_total": float(
                    sum(row.values["points"] or 0 for row in rows[kernel.POINTS])
                ),
                "fault_count": len(faults),
            }
        )
        # sudo: nobody writes faults by hand
        faults_sudo = self.env["club.take.on.fault"].sudo()
        faults_sudo._create_guarded(
            [
                {"take_on_id": self.id, **get_fault_texts(self.env, fault)}
                for fault in faults[:FAULTS_LISTED]
            ]
        )
        self.invalidate_recordset(["fault_ids"])

    def _check_no_faults(self, faults):
        """Refuse a file with faults, naming the first of them."""
        if not faults:
            return
        first = get_fault_texts(self.env, faults[0])
        raise UserError(
            self.env._(
                "Nothing of %(document)s is applied. Faults: %(count)s. The first is"
                " on %(sheet)s, row %(row)s, %(column)s “%(value)s”: %(problem)s "
                "%(wanted)s",
                document=self.name,
                count=len(faults),
                **first,
            )
        )

    # === Approval === #

    def _get_approval_subject(self):
        return self.env._(
            "Accounts: %(accounts)s, opening points: %(points)s",
            accounts=self.account_count,
            points=formatLang(self.env, self.points_total, digits=2),
        )

    def _get_signed_value(self, name):
        """What is signed of the file is its checksum."""
        if name == "file":
            return hashlib.sha256(self._get_content()).hexdigest()
        return super()._get_signed_value(name)

    def _check_can_submit(self):
        """Refuse a file with faults; applying looks again, holding the program."""
        self.ensure_one()
        if self.approval_state not in EDITABLE:
            return
        if not self._get_approval_applicant().has_group(OFFICER):
            raise AccessError(self.env._("Only a club officer submits a take-on."))
        self._check_has_file()
        self._check_begun()
        self._check_no_faults(self._find_faults()[1])

    def _check_begun(self):
        """Refuse to take on before the program's first month."""
        start = self.program_id.date_start
        if start and start > self.program_id.with_company(self.company_id)._today():
            raise UserError(
                self.env._(
                    "%(program)s begins in %(month)s: take its accounts on then, or "
                    "let it begin earlier.",
                    program=self.program_id.name,
                    month=f"{start:%Y-%m}",
                )
            )

    def _approval_execute(self, request):
        """Take everything on, once, in this transaction. Rule A14."""
        self.ensure_one()
        document = self.with_company(self.company_id)
        hold(document.program_id)
        document.invalidate_recordset()
        if document.applied_at:
            return
        document._check_begun()
        rows, faults = document._find_faults()
        document._check_no_faults(faults)
        applying = Applying(document, rows)
        applying.apply()
        document._write_guarded(
            {"run_id": applying.run.id, "applied_at": fields.Datetime.now()}
        )

    def _get_reason(self):
        """Return what tiers, classes and the points run say: they came by this."""
        return self.env._("Taken on with %s", self.name)
