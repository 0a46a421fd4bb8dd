from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...kernel.printed import shows_files
from ..record.groups import AUDITOR, OFFICER
from ..record.names import get_labels
from ..record.rpc import for_records
from .bulletin_sections import SECTIONS
from .bulletin_text import BulletinText

# Who reads a bulletin before it is issued, and what was left out of it.
EDITORS = f"{OFFICER},{AUDITOR}"


class ClubBulletinSection(models.Model):
    """A section of a bulletin: figures that nobody writes, and a text that is edited.

    Rule E11.
    """

    _name = "club.bulletin.section"
    _description = "Section of a Bulletin"
    _inherit = ["club.record.mixin"]
    _order = "bulletin_id, sequence, id"
    _rec_name = "kind"
    _club_parent = "bulletin_id"

    bulletin_id = fields.Many2one(
        "club.bulletin", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="bulletin_id.company_id")
    sequence = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(
        SECTIONS, "Part of the Bulletin", required=True, readonly=True
    )
    is_shown = fields.Boolean(
        "In the Bulletin", default=True, help="Off: left out of screen and paper."
    )
    text = fields.Html(
        sanitize_attributes=True,
        strip_style=True,
        help="What is written above the figures: text and lists, no pictures or files.",
    )
    # What was struck out of it is none of its readers'.
    proposed = fields.Html(
        "Text as Generated", readonly=True, strip_style=True, groups=EDITORS
    )
    is_edited = fields.Boolean(
        "Edited",
        compute="_compute_is_edited",
        compute_sudo=True,
        help="Generating leaves the text as it is.",
    )
    figures = fields.Json("Figures as Generated", readonly=True)
    table = fields.Html("Figures", compute="_compute_table", sanitize=False)

    _kind_uniq = models.UniqueIndex(
        "(bulletin_id, kind)", "A bulletin has each section once."
    )

    @api.depends("text", "proposed")
    def _compute_is_edited(self):
        for section in self:
            section.is_edited = (section.text or "") != (section.proposed or "")

    @api.depends("figures", "bulletin_id.company_id")
    @api.depends_context("lang")
    def _compute_table(self):
        for section in self:
            tables = section._get_tables()
            section.table = (
                self.env["ir.qweb"]._render(
                    "crm_club.club_bulletin_tables", {"tables": tables}
                )
                if tables
                else False
            )

    @api.constrains("text")
    def _check_text(self):
        """Refuse what could still change after the bulletin was issued."""
        for section in self:
            if section.text and shows_files(str(section.text)):
                raise ValidationError(
                    self.env._(
                        "The section “%s” shows a picture or file, which could change "
                        "once the bulletin is issued: write it in words.",
                        get_labels(section, "kind")[section.kind],
                    )
                )

    @for_records
    def action_use_proposed(self):
        """Replace the text by what the figures say."""
        for section in self:
            section.text = section.proposed
        return True

    def _get_tables(self):
        """Return the tables of the section, in the reader's language."""
        self.ensure_one()
        # sudo: who reads the bulletin may know in which currency it counts
        currency = self.bulletin_id.sudo().company_id.currency_id
        return BulletinText(self.env, currency).get_tables(
            self.kind, self.figures or {}
        )

    def _take_figures(self, figures, period):
        """Keep new figures; the text that nobody edited follows them.

        :param period: the name of the bulletin's period
        """
        self.ensure_one()
        currency = self.bulletin_id.company_id.currency_id
        words = BulletinText(self.env, currency)
        proposed = Markup().join(
            Markup("<p>%s</p>") % sentence
            for sentence in words.get_sentences(self.kind, figures, period)
        )
        values = {"figures": figures, "proposed": proposed}
        if not self.is_edited:
            values["text"] = proposed
        self._write_guarded(values)
