import base64
import csv
import io
from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel import survey_channels
from ..kernel.guest_states import ATTENDED
from ..kernel.survey_channels import CALL, GATEWAY, MAIL, PAPER, SMS
from ..models.guest.reach import get_reach
from ..models.record.rpc import for_one, without_client_context
from ..models.survey.club_answer import ANSWERED
from ..reports.xlsx.workbook import Book, Column, mark_text

BY_CONSENT = "consent"
MODES = [
    (BY_CONSENT, "As Each Agreed"),
    (MAIL, "E-mail"),
    (SMS, "SMS"),
    (GATEWAY, "File for Our Own SMS Gateway"),
    (PAPER, "QR Codes on Paper"),
    (CALL, "Call, and Enter the Answers"),
]
FORMATS = [
    ("xlsx", "Excel"),
    ("utf-8-sig", "CSV (UTF-8)"),
    ("gb18030", "CSV (GB18030)"),
]


class ClubSurveySend(models.TransientModel):
    """Asking the guests of an activity who haven't answered yet. Rule C5.

    Each user asks the guests of the accounts that he looks after. Asking again reminds:
    the link stays the same.
    """

    _name = "club.survey.send"
    _description = "Send Survey"
    _inherit = ["club.guard.mixin"]

    activity_id = fields.Many2one("club.activity", required=True, ondelete="cascade")
    survey_name = fields.Char("Survey", compute="_compute_survey_name")
    mode = fields.Selection(
        MODES,
        "Ask by",
        required=True,
        default=BY_CONSENT,
        help="A guest who refused a channel is never asked by it.",
    )
    date_deadline = fields.Date(
        "Open Until",
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    line_ids = fields.One2many(
        "club.survey.send.line",
        "dialog_id",
        "Guests",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        # Whom the user may ask.
        compute_sudo=False,
    )
    file_format = fields.Selection(FORMATS, required=True, default="xlsx")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)
    sends = fields.Boolean(compute="_compute_does")
    exports = fields.Boolean(compute="_compute_does")
    prints = fields.Boolean(compute="_compute_does")

    @api.model
    def _forget_persons(self, ids):
        """Empty the files that name persons, until Odoo clears the dialogs away."""
        self.env.cr.execute(
            "UPDATE club_survey_send SET file = NULL, file_name = NULL WHERE id IN ("
            "SELECT l.dialog_id FROM club_survey_send_line l"
            " JOIN club_invitation i ON i.id = l.invitation_id"
            " WHERE i.contact_id = ANY(%s))",
            [ids],
        )

    @api.model
    def _default_deadline(self):
        programs = self.env["club.program"]
        days = programs._get_main().survey_days
        return fields.Date.add(programs._today(), days=days)

    @api.depends("activity_id")
    def _compute_date_deadline(self):
        """Propose so many days as the main program of the activity's company says."""
        for dialog in self.filtered("activity_id"):
            here = dialog.with_company(dialog.activity_id.company_id)
            dialog.date_deadline = dialog.date_deadline or here._default_deadline()

    @api.depends("activity_id")
    def _compute_survey_name(self):
        # sudo: the survey's title, for whoever sends it
        for dialog in self:
            dialog.survey_name = dialog.activity_id.survey_id.sudo().title

    @api.depends("activity_id", "mode")
    def _compute_line_ids(self):
        """List the guests to ask; propose a channel to each. Rule C5."""
        for dialog in self:
            guests = dialog._get_guests()
            reached = get_reach(guests)
            dialog.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "invitation_id": guest.id,
                            "channel": dialog._get_channel(*reached[guest]),
                        }
                    )
                    for guest in guests
                ),
            ]

    @api.depends("line_ids.channel")
    def _compute_does(self):
        for dialog in self:
            channels = set(dialog.line_ids.mapped("channel"))
            dialog.sends = bool(channels & {MAIL, SMS, CALL})
            dialog.exports = GATEWAY in channels
            dialog.prints = PAPER in channels

    # === Whom, and how === #

    def _get_guests(self):
        """Return who came, hasn't answered yet and may be asked by the user."""
        guests = self.env["club.invitation"]
        activity = self.activity_id._origin
        if not activity:
            return guests
        came = guests.search(
            [("activity_id", "=", activity.id), ("state", "=", ATTENDED)]
        )
        answers_sudo = self.env["club.answer"].sudo()
        done = answers_sudo.search(
            [("invitation_id", "in", came.ids), ("state", "=", ANSWERED)]
        )
        return (came - done.invitation_id.sudo(False))._filtered_access("write")

    def _get_channel(self, said, reachable, preferred):
        """Return the channel proposed to a guest, False for none."""
        if self.mode == BY_CONSENT:
            return survey_channels.by_consent(said, reachable, preferred) or False
        if survey_channels.is_open(self.mode, said, reachable):
            return self.mode
        return False

    # === Actions === #

    @for_one
    def action_send(self):
        """Queue mails and text messages; note whom one is about to call. Rule C5."""
        dialog = self._get_checked()
        by_channel = dialog._prepare_answers(MAIL, SMS, CALL)
        if answers := by_channel.get(MAIL):
            answers._send_mail()
        if answers := by_channel.get(SMS):
            answers._send_sms()
        if answers := by_channel.get(CALL):
            answers._note_sent(CALL)
        return {"type": "ir.actions.act_window_close"}

    @for_one
    def action_export(self):
        """Download phone, name and text for the bureau's own SMS gateway. Rule C5."""
        dialog = self._get_checked()
        answers = dialog._prepare_answers(GATEWAY)[GATEWAY]
        content, ending = dialog._build_file(dialog._get_rows(answers))
        name = self.env._("SMS %s", dialog.activity_id.name.replace("/", "-"))
        dialog._write_guarded(
            {"file": base64.b64encode(content), "file_name": f"{name}.{ending}"}
        )
        answers._note_sent(GATEWAY)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file"
            "?filename_field=file_name&download=true",
            "target": "download",
        }

    @for_one
    def action_print(self):
        """Print a card with a QR code for each guest. Rule C5."""
        answers = self._get_checked()._prepare_answers(PAPER)[PAPER]
        answers._note_sent(PAPER)
        report = self.env.ref("crm_club.club_survey_cards_report")
        return report.report_action(answers.ids, config=False)

    def _get_checked(self):
        """Return the dialog without the client's context; raise when it isn't his."""
        self.check_access("write")
        dialog = without_client_context(self)
        dialog.activity_id.check_access("read")
        return dialog

    def _prepare_answers(self, *channels):
        """Return ``{channel: answers}`` of the guests to ask by these channels.

        :raises UserError: when there is nobody, or somebody can't be asked that way
        """
        lines = self.line_ids.filtered(lambda line: line.channel in channels)
        if not lines:
            raise UserError(
                self.env._("Nobody is to be asked that way: choose another.")
            )
        if self.date_deadline < self.activity_id.company_id._club_today():
            raise UserError(self.env._("Nobody can answer until a day that is over."))
        lines._check_can_ask()
        answers = self.env["club.answer"]._prepare_for(
            lines.invitation_id, self._get_deadline()
        )
        channel_of = {line.invitation_id.id: line.channel for line in lines}
        return answers.grouped(lambda a: channel_of[a.invitation_id.id])

    def _get_deadline(self):
        """Return when the last day ends where the club is, as Odoo stores it."""
        end = datetime.combine(self.date_deadline, time(23, 59, 59))
        return self.activity_id.company_id._club_utc(end)

    # === The gateway's file === #

    def _get_rows(self, answers):
        texts = answers._get_texts()
        return [
            (answer._get_number(), answer.contact_id.name, texts[answer.id])
            for answer in answers
        ]

    def _build_file(self, rows):
        """Return the file's content and its ending."""
        header = (self.env._("Phone"), self.env._("Name"), self.env._("Text"))
        if self.file_format == "xlsx":
            book = Book()
            columns = map(Column, header, (20, 24, 80))
            book.sheet(self.env._("SMS")).table(columns, rows)
            return book.close(), "xlsx"
        output = io.StringIO(newline="")
        writer = csv.writer(output)
        writer.writerow(header)
        for number, name, text in rows:
            # A number begins with + as a rule, and the gateway wants it as it is.
            writer.writerow((number, mark_text(name), mark_text(text)))
        return output.getvalue().encode(self.file_format, "replace"), "csv"
