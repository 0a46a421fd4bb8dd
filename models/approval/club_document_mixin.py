"""What most documents to sign share: a number, a company, the unit that applies."""

from odoo import api, fields, models

from ..record.number import number
from .crm_team import UNITS_TO_APPLY_FOR
from .measures import MONEY
from .states import EDITABLE


class ClubDocumentMixin(models.AbstractModel):
    """A numbered document that a unit applies for and somebody of it submits.

    `_club_title` names the field that says in a few words what it is about: it stands
    behind the number, for those who may read the document.
    """

    _name = "club.document.mixin"
    _description = "Document of a Unit"
    _inherit = ["club.approval.mixin"]

    _approval_measure = MONEY
    _club_title = "subject"

    name = number()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        "Applying Unit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=UNITS_TO_APPLY_FOR,
        default=lambda self: self.env["crm.team"]._get_default_club_unit(),
        help="The unit that applies; its head confirms first.",
    )

    @api.depends(lambda self: self._get_name_fields())
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell what it is about to those who may read it, else its number only."""
        untold = self._filter_untold()
        for document in self:
            title = document._origin not in untold and document[self._club_title]
            document.display_name = " · ".join(filter(None, (document.name, title)))

    @api.model
    def _get_name_fields(self):
        """Return the fields that its name is made of; the mixin itself has no title."""
        return [name for name in ("name", self._club_title) if name in self._fields]

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and not arch.get("js_class"):
            arch.set("js_class", "club_document_form")
        return arch, view

    @api.model
    def create_and_submit(self, values):
        """Draw up a document and submit it, or do neither: a refusal leaves no draft.

        :param values: what its form says
        :return: its id
        """
        document = self.create([values])
        document.action_submit()
        return document.id

    def _get_approval_subject(self):
        return self[self._club_title]

    def _get_approval_unit(self):
        return self.unit_id

    def _check_can_submit(self):
        """Refuse who has nothing to do with the unit. Rule E2."""
        super()._check_can_submit()
        self.ensure_one()
        if self.approval_state in EDITABLE:
            # Units are judged whatever the user may read, on the company's day.
            document_sudo = self.sudo().with_company(self.company_id)
            document_sudo.unit_id._check_can_apply(
                document_sudo.display_name, self._get_approval_applicant()
            )
