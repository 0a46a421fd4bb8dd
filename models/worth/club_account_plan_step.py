from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("contact", "Contact to See"),
    ("visit", "Visit"),
    ("activity", "Activity"),
    ("gift", "Gift"),
    ("offer", "Offer"),
]
# What is noted once the plan is signed, until it is closed.
DONE_WITH = ("done_on", "outcome")


class ClubAccountPlanStep(models.Model):
    """What is planned for an account: whom to see, where to invite it, what to give
    and to offer. Rule D15.
    """

    _name = "club.account.plan.step"
    _description = "Step of an Account Plan"
    _inherit = ["club.record.mixin"]
    _order = "plan_id, kind, date_planned, id"
    _club_parent = "plan_id"
    _club_free = DONE_WITH
    _club_about = "contact_id"
    _club_texts = ("name", "outcome")

    plan_id = fields.Many2one(
        "club.account.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one(related="plan_id.account_id")
    kind = fields.Selection(KINDS, required=True, default="contact")
    name = fields.Char("What", required=True)
    contact_id = fields.Many2one(
        "res.partner",
        "With Whom",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('commercial_partner_id', '=', account_id),"
        " ('is_company', '=', False)]",
        help="One of the account's people.",
    )
    date_planned = fields.Date("Planned For")
    amount = fields.Monetary("Planned Costs")
    done_on = fields.Date(copy=False)
    outcome = fields.Char(copy=False)

    _amount = models.Constraint(
        "CHECK(coalesce(amount, 0) >= 0 AND coalesce(amount, 0) < 1e12)",
        "Planned costs are 0 or more, and below 1,000,000,000,000.",
    )

    @api.constrains("contact_id", "plan_id")
    def _check_contact_id(self):
        for step in self:
            # sudo: whoever draws it up reads the account's people or not
            contact = step.contact_id.sudo()
            if contact and contact.commercial_partner_id != step.plan_id.account_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s isn't a contact of %(account)s: choose one of its "
                        "people.",
                        contact=contact.display_name,
                        account=step.plan_id.account_id.display_name,
                    )
                )

    @api.constrains("date_planned", "plan_id")
    def _check_date_planned(self):
        for step in self:
            if step.date_planned and step.date_planned.year != step.plan_id.year:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” isn't planned for %(year)s: choose a day of the "
                        "plan's year.",
                        step=step.name,
                        year=str(step.plan_id.year),
                    )
                )

    @api.constrains("done_on")
    def _check_done_on(self):
        for step in self:
            if step.done_on and step.done_on > step.company_id._club_today():
                raise ValidationError(
                    self.env._(
                        "“%s” can't be done on a day to come.",
                        step.name,
                    )
                )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if set(vals).isdisjoint(DONE_WITH):
            return
        for step in self:
            if step.plan_id.closed_on:
                raise step.plan_id._get_closed_refusal()
            if step.plan_id.approval_state != "done":
                raise UserError(
                    self.env._(
                        "%s isn't in effect: what was done is noted once it is signed.",
                        step.plan_id.display_name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        for step in self:
            if step.done_on or step.outcome:
                raise UserError(
                    self.env._(
                        "%s isn't in effect: what was done is noted once it is signed.",
                        step.plan_id.display_name,
                    )
                )
