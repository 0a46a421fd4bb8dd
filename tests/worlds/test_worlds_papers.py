"""Papers and spreadsheets name their own company and program. Rules A9, E3, E4."""

import base64
import io

import openpyxl
from lxml import html

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.record.lock import opened
from ..common import TODAY
from ..worth.take_on_case import make_sheet
from .walk_case import WalkCase

PLACES = ("other", "unit", "company")
# What is of one program, and says so where the company has several.
OF_PROGRAM = {
    *("club_card", "club_membership_certificate", "club_promotion_notice"),
    *("club_expiry_notice", "club_rate_book", "club_rate_notice"),
    *("club_requalification_list", "club_audit_sheet", "club_reward_delivery"),
}
# What is of the company in use, whichever account or program it is asked for.
OF_COMPANY = {
    *("club_points_statement", "club_points_statement_annex", "club_manager_report"),
    *("club_year_report", "statement", "managers", "year", "what_if"),
}
# Labels and cards that have no room for a company's name.
NAMELESS = {
    *("club_banquet_place_card", "club_banquet_tent", "club_banquet_plan_print"),
    "club_greeting_labels",
}
# Of whom cards are printed: of who may come, and of who came.
GUESTS = {"club_invitation_card": "invited", "club_survey_cards": "attended"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsPapers(WalkCase):
    """Each paper is printed of a record in each place while the other company is in
    front: it names neither this one's, nor another program's.
    """

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._get_ready()

    @classmethod
    def _get_ready(cls):
        """Bring the samples to where they can be printed."""
        sheet = base64.b64encode(make_sheet(accounts=[{"name": "Taken Mills"}]))
        for document in cls.samples["club.take.on"].values():
            opened(document.sudo()).file = sheet
        cls.env.flush_all()
        for statement in (
            "UPDATE club_card SET state = 'printed', printed_at = now(),"
            " code = 'CODE' || id",
            "UPDATE club_points_rate SET notice_number = 'N-' || id,"
            " notice_date = '2026-04-01'",
            "UPDATE club_voucher SET state = 'issued'",
            "UPDATE club_audit_sample SET state = 'signed', drawn_at = now(),"
            " signed_off_at = now()",
            "UPDATE club_membership SET origin = 'enrolled'",
            "UPDATE club_banquet SET agreed_begin = date_begin,"
            " agreed_with_id = principal_id, agreed_on = '2026-04-01'",
            "UPDATE club_redemption r SET state = 'reserved',"
            " reserved_on = '2026-04-01', quantity = 1, reward_id ="
            " (SELECT id FROM club_reward w WHERE w.program_id = r.program_id)"
            " WHERE state = 'draft'",
        ):
            cls.env.cr.execute(statement)
        for place, request in cls.samples["club.approval.request"].items():
            cls.env.cr.execute(
                "INSERT INTO club_approval_request (name, res_model, res_id,"
                " document_type, round, state, company_id, unit_id, applicant_id,"
                " author_id, submitted_at) SELECT name, 'club.activity', %s,"
                " document_type, round, state, company_id, unit_id, applicant_id,"
                " author_id, submitted_at FROM club_approval_request WHERE id = %s",
                [cls.samples["club.activity"][place].id, request.id],
            )
        cls.env.invalidate_all()

    def _get_env(self, place, is_own=False):
        """Return the environment of who works in both, with the other one in front."""
        company = self.lake if place == "company" else self.company
        other = (self.company | self.lake) - company
        return self._within(company | other if is_own else other | company, self.user)

    def _get_records(self, model, place, env):
        """Return what is printed, which of a dialog is the user's own."""
        if not self.env[model]._transient:
            if model == "res.partner":
                return self.samples["club.membership"][place].account_id.with_env(env)
            return self.samples[model][place].with_env(env)
        env = self._get_env(place, is_own=True)
        return env[model].create({})

    def _get_words(self, place, is_of_program):
        """Return what names other companies, and other programs of the company."""
        words = {"Coast Post", "Province Post"}
        for other in PLACES:
            record = self.samples["club.membership"][other].sudo()
            company = record.company_id
            is_same = company == self.samples["club.membership"][place].company_id
            if not is_same:
                words |= {company.name, record.program_id.name}
                words.add(record.account_id.name)
            elif other != place and is_of_program:
                words |= {record.program_id.name, record.account_id.name}
        return words

    def _find_wrong(self, name, place, text):
        """Yield what a paper says of others, and what it doesn't of its own."""
        company = self.samples["club.membership"][place].company_id
        program = self.samples["club.membership"][place].program_id
        for word in sorted(self._get_words(place, name not in OF_COMPANY)):
            if word in text:
                yield name, place, f"names {word}"
        is_headed = name.startswith("club_") and name not in NAMELESS
        if is_headed and company.name not in text:
            yield name, place, f"doesn't name {company.name}"
        if name in OF_PROGRAM and program._get_distinguishing_name() not in text:
            yield name, place, "doesn't name its program"

    def test_a_paper_names_its_own(self):
        wrong = []
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "crm_club.%")]
        )
        self.assertGreater(len(reports), 35)
        for report in reports:
            name = report.report_name.removeprefix("crm_club.")
            for place in PLACES:
                env = self._get_env(place, is_own=name in OF_COMPANY)
                records = self._get_records(report.model, place, env)
                if name in GUESTS:
                    self.samples["club.invitation"][place].sudo()._write_guarded(
                        {"state": GUESTS[name]}
                    )
                try:
                    page, _kind = env["ir.actions.report"]._render_qweb_html(
                        report.report_name, records.ids
                    )
                except UserError as error:
                    wrong.append((name, place, str(error)))
                    continue
                text = " ".join(html.fromstring(page).text_content().split())
                wrong += self._find_wrong(name, place, text)
        self.assertEqual(wrong, [])

    def test_a_spreadsheet_names_its_own(self):
        wrong = []
        for kind, name in self.env["club.xlsx"]._get_builders().items():
            builder = self.env[name]
            for place in PLACES:
                env = self._get_env(place, is_own=kind in OF_COMPANY)
                records = self._get_records(builder._source, place, env)
                try:
                    content = env[name]._build(records)
                except UserError as error:
                    wrong.append((name, place, str(error)))
                    continue
                book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
                cells = [
                    *book.sheetnames,
                    *(
                        str(value)
                        for sheet in book
                        for row in sheet.iter_rows(values_only=True)
                        for value in row
                        if value is not None
                    ),
                ]
                wrong += self._find_wrong(kind, place, " ".join(cells))
        self.assertEqual(wrong, [])
