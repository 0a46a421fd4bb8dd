from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ClubRegulation(models.Model):
    """A version of the club's written rules, from a day on. Rule E8."""

    _name = "club.regulation"
    _description = "Regulation"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "program_id, sequence, name, date_from desc, id desc"
    _club_parent = "program_id"

    name = fields.Char(required=True, translate=True, tracking=True)
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("charter", "Charter"),
            ("rule", "Operating Rules"),
            ("norm", "Service Norms"),
            ("form", "Form"),
        ],
        required=True,
        default="rule",
        tracking=True,
    )
    version = fields.Char(required=True, default="1.0", tracking=True)
    date_from = fields.Date(
        "In Force From",
        required=True,
        default=lambda self: self.env["club.program"]._today(),
        tracking=True,
    )
    date_to = fields.Date(
        "In Force Until", tracking=True, help="Empty: until further notice."
    )
    is_in_force = fields.Boolean(
        "In Force", compute="_compute_is_in_force", search="_search_is_in_force"
    )
    document = fields.Binary("File", attachment=True)
    document_name = fields.Char("File Name")
    text = fields.Html(translate=True, help="For what is short; else attach the file.")

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A regulation can't end before it begins.",
    )
    _version_uniq = models.UniqueIndex(
        "(program_id, kind, (name->>'en_US'), version)",
        "The program has this version of the regulation already.",
    )

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for regulation in self:
            # Not saved yet and without a name, it is called new by its form.
            regulation.display_name = regulation.name and (
                f"{regulation.name} {regulation.version}"
            )

    @api.depends("company_id", "date_from", "date_to")
    def _compute_is_in_force(self):
        today = self.env["res.company"]._club_domain_today
        in_force = self.filtered_domain(today(self._domain_in_force))
        for regulation in self:
            regulation.is_in_force = regulation in in_force

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["res.company"]._club_domain_today(self._domain_in_force)

    @api.model
    def _domain_in_force(self, day):
        ends = Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        return Domain("date_from", "<=", day) & ends

    @api.constrains("document", "text")
    def _check_says_something(self):
        for regulation in self:
            if not regulation.document and not regulation.text:
                raise ValidationError(
                    self.env._(
                        "%s says nothing yet: attach its file, or write its text.",
                        regulation.display_name,
                    )
                )
