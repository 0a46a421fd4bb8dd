from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...kernel.written import get_written
from ..record.accounts import check_contact, use_company
from ..record.derived import differs
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import opened
from ..record.rpc import for_records

WRITTEN, CONFIRMED = "written", "confirmed"
STATES = [(WRITTEN, "Written"), (CONFIRMED, "Confirmed")]
GRADES = [
    ("a", "Close Ties"),
    ("b", "Good"),
    ("c", "Fair"),
    ("d", "Strained"),
]
TEXTS = ("strengths", "concerns", "aims")
ABOUT = ("account_id", "company_id")


class ClubRelationshipEvaluation(models.Model):
    """What the year with an account was like (年度关系评估). Rule D4.

    Written by whoever looks after the account, once a year; confirmed by the lead of
    its unit or a club officer, never by who wrote it, and fixed from then on.
    """

    _name = "club.relationship.evaluation"
    _description = "Evaluation of a Relationship"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "year desc, account_id, id"
    _rec_names_search = ("account_id.name",)
    _mail_post_access = "read"
    _club_draft = WRITTEN
    _club_closed = (CONFIRMED,)
    _club_texts = TEXTS

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._club_today().year,
    )
    user_id = fields.Many2one(
        "res.users",
        "Evaluated by",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        "Evaluated On",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._club_today(),
    )
    grade = fields.Selection(GRADES, "Relationship", required=True, tracking=True)
    strengths = fields.Text(help="What the relationship rests on.")
    concerns = fields.Text(help="What strains it, and what others offer.")
    aims = fields.Text("Aims for Next Year")
    state = fields.Selection(
        STATES,
        default=WRITTEN,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    confirmed_on = fields.Date(readonly=True, copy=False)
    can_correct = fields.Boolean(compute="_compute_can")
    can_confirm = fields.Boolean(compute="_compute_can")

    _year = models.Constraint(
        "CHECK(year BETWEEN 2000 AND 2999)",
        "The year of an evaluation has four digits and begins with 2.",
    )
    # Also finds who is missing in a year.
    _account_uniq = models.UniqueIndex(
        "(account_id, company_id, year)",
        "The account was evaluated for this year already.",
    )

    @api.depends("account_id", "year")
    def _compute_display_name(self):
        for evaluation in self:
            # sudo: who reads the evaluation may know of whom it is
            name = evaluation.account_id.sudo().name or ""
            evaluation.display_name = f"{name} {evaluation.year or ''}".strip()

    @api.depends("user_id", "state", "account_id")
    @api.depends_context("uid", "company")
    def _compute_can(self):
        mine = self._filter_confirmed_by_me()
        for evaluation in self:
            is_open = evaluation.state == WRITTEN
            is_his = evaluation.user_id == self.env.user
            evaluation.can_correct = is_open and is_his
            evaluation.can_confirm = is_open and evaluation in mine

    @api.constrains("year")
    def _check_year(self):
        for evaluation in self:
            if evaluation.year > evaluation.company_id._club_today().year:
                raise ValidationError(
                    self.env._(
                        "The year %s hasn't begun: evaluate one that has.",
                        str(evaluation.year),
                    )
                )

    @api.constrains("account_id")
    def _check_account_id(self):
        for evaluation in self:
            check_contact(None, evaluation.account_id)

    @api.constrains("strengths", "concerns", "aims")
    def _check_said(self):
        for evaluation in self:
            if not any(get_written(evaluation[name]) for name in TEXTS):
                raise ValidationError(
                    self.env._(
                        "Say of %s what the relationship rests on, what strains it, "
                        "or what you aim at.",
                        evaluation.display_name,
                    )
                )

    # === Created, written === #

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        return use_company(self.env, values)

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if self.env.su or not self._get_club_names(vals):
            return
        for evaluation in self:
            if any(n in vals and differs(evaluation, n, vals[n]) for n in ABOUT):
                raise UserError(
                    self.env._(
                        "%s stays with its account: write another one.",
                        evaluation.display_name,
                    )
                )
            if evaluation.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(evaluation)s was written by %(user)s, who alone may "
                        "correct it.",
                        evaluation=evaluation.display_name,
                        user=evaluation.user_id.sudo().name,  # sudo: to name him
                    )
                )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        raise UserError(
            self.env._("Evaluations stay: correct what is wrong until it is confirmed.")
        )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those of his account, which may speak of him."""
        return Domain("account_id", "in", [*ids, account_id])

    @api.model
    def _settle_merge(self, sources, target):
        """Keep one of those that would be the same account's and year's: the confirmed
        one, else the target's; what the other says is added to it.
        """
        merged = sources | target
        evaluations = self.search([("account_id", "in", merged.ids)])
        for found in evaluations.grouped(lambda e: (e.company_id, e.year)).values():
            kept, *others = found.sorted(
                lambda e: (e.state != CONFIRMED, e.account_id != target, e.id)
            )
            for other in others:
                texts = {name: [kept[name], other[name]] for name in TEXTS}
                kept._write_guarded(
                    {
                        name: "\n".join(filter(None, said))
                        for name, said in texts.items()
                    }
                )
                opened(other).unlink()

    # === Buttons === #

    @for_records
    def action_confirm(self):
        """Confirm what somebody else wrote; from then on it is fixed. Rule D4."""
        self.check_access("write")
        hold(self)
        for evaluation in self - self._filter_confirmed_by_me():
            raise AccessError(
                self.env._(
                    "%s is confirmed by the lead of the account's unit or by a club "
                    "officer, and never by who wrote it.",
                    evaluation.display_name,
                )
            )
        for company, evaluations in self.grouped("company_id").items():
            evaluations._set_state(
                (WRITTEN,),
                CONFIRMED,
                confirmed_by_id=self.env.uid,
                confirmed_on=company._club_today(),
            )
        return True

    def _filter_confirmed_by_me(self):
        """Return those of which the user is a superior. Rule D4."""
        scope = self.env["res.partner"]._get_my_scope(OFFICER)
        return self.filtered(scope.judges)
