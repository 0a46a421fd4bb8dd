from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel import duties
from ..record.copies import copy_each
from ..record.derived import differs

KINDS = [
    ("bind", "Bind a Manager"),
    ("announce", "Announce the Tier"),
    ("first_contact", "First Contact"),
    ("visit", "Visit"),
    ("coaching", "Explain the Products"),
    ("contact", "Personal Contact"),
    ("birthday", "Birthday"),
    ("rhythm", "Regular Purchase Overdue"),
]
CADENCE, BIRTHDAY, RHYTHM = "cadence", "birthday", "rhythm"
JOINED, ENROLLED, PROMOTED = "joined", "enrolled", "promoted"
ASSIGNED = "assigned"
TRIGGERS = [
    (JOINED, "Enrolment or Promotion"),
    (ENROLLED, "Enrolment"),
    (PROMOTED, "Promotion"),
    (ASSIGNED, "New Account Manager"),
    (CADENCE, "Again and Again"),
    (BIRTHDAY, "Birthday of a Member Contact"),
    (RHYTHM, "Regular Purchase Overdue"),
]
# What arises from a signal of its own: kind and trigger have one code.
OF_ITSELF = sorted(dict(KINDS).keys() & dict(TRIGGERS).keys())
MANAGER, LEAD, DEPUTY = "manager", "lead", "deputy"
WHO = [
    (MANAGER, "Account Manager"),
    (LEAD, "Lead of the Unit"),
    (DEPUTY, "Deputy"),
]


class ClubDutyRule(models.Model):
    """What is owed to accounts, by when, and what counts as having done it.

    The numbers of the rows D3 and D4 are records of this model. Changing one moves the
    duties that are still open; what was done, missed or waived stays.
    """

    _name = "club.duty.rule"
    _description = "Rule of Duties"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True, default="contact", tracking=True)
    trigger = fields.Selection(
        TRIGGERS,
        "Arises from",
        required=True,
        default=CADENCE,
        tracking=True,
        help="Again and again: once in each period of the calendar, for accounts that "
        "have the tier on its first day; who joins later has a first contact and a "
        "visit owed to him.",
    )
    count = fields.Integer(
        "Within",
        default=1,
        tracking=True,
        help="How long there is for it; of what comes again and again, the months of a "
        "period.",
    )
    unit = fields.Selection(
        [
            (duties.WORKING_DAY, "Working Days"),
            (duties.WEEK, "Weeks"),
            (duties.MONTH, "Months"),
        ],
        "Time Unit",
        required=True,
        default=duties.MONTH,
        tracking=True,
    )
    before_id = fields.Many2one(
        "club.duty.rule",
        "Ahead of",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Count the working days back from the deadline of this other duty, not "
        "from the day that it arises.",
    )
    lead_days = fields.Integer(
        "Shows Days Ahead",
        tracking=True,
        help="How many days before a birthday it shows.",
    )
    grace_days = fields.Integer(
        "Grace (Working Days)",
        default=5,
        tracking=True,
        help="How long it can be done late; after that it is missed and stays so "
        "(assumed).",
    )
    who = fields.Selection(
        WHO,
        "Owed by",
        required=True,
        default=MANAGER,
        tracking=True,
        help="Where there is no such person, the account's manager, else the nearest "
        "lead above.",
    )
    tier_ids = fields.Many2many(
        "club.tier",
        "club_duty_rule_tier_rel",
        "rule_id",
        "tier_id",
        check_company=True,
        tracking=True,
        help="For accounts of these tiers or grades; empty: for all members. Of "
        "several rules that come again and again the most frequent one counts.",
    )
    by_call = fields.Boolean(tracking=True)
    by_sms = fields.Boolean("By SMS", tracking=True)
    by_wechat = fields.Boolean("By WeChat", tracking=True)
    by_qq = fields.Boolean("By QQ", tracking=True)
    by_mail = fields.Boolean("By E-mail", tracking=True)
    by_visit = fields.Boolean(tracking=True)
    date_from = fields.Date(
        "Owed Since",
        required=True,
        default=lambda self: self.env.company._club_today(),
        tracking=True,
        help="What happened before this day owes nothing.",
    )
    made_on = fields.Date(
        "Made Up To",
        readonly=True,
        copy=False,
        help="The last night in which the duties of all accounts were made.",
    )

    _count_positive = models.Constraint(
        "CHECK(count > 0)", "Say within how many days, weeks or months it is owed."
    )
    _days_positive = models.Constraint(
        "CHECK(lead_days >= 0 AND grace_days >= 0)",
        "Days ahead and days of grace can't be negative.",
    )
    _cadence_of_year = models.Constraint(
        "CHECK(trigger <> 'cadence' OR unit = 'month' AND count <= 12"
        " AND mod(12, count) = 0)",
        "What comes again and again comes every 1, 2, 3, 4, 6 or 12 months.",
    )
    _before_works = models.Constraint(
        "CHECK(before_id IS NULL OR unit = 'work' AND before_id <> id)",
        "What is due ahead of another duty counts working days.",
    )

    @api.constrains("before_id", "trigger", "company_id")
    def _check_before_id(self):
        """Refuse what is due ahead of a duty that arises otherwise, or of a chain."""
        for rule in self:
            other = rule.before_id
            if other and (other.trigger != rule.trigger or other.before_id):
                raise ValidationError(
                    self.env._(
                        "%(rule)s can't be due ahead of %(other)s: choose a duty that "
                        "arises from the same and has a deadline of its own.",
                        rule=rule.name,
                        other=other.name,
                    )
                )

    @api.constrains("kind", "trigger")
    def _check_trigger(self):
        """Refuse what can't be: a birthday arises from nothing else."""
        for rule in self:
            for special in OF_ITSELF:
                if (rule.kind == special) != (rule.trigger == special):
                    raise ValidationError(
                        self.env._(
                            "%(rule)s: “%(kind)s” arises from its own signal, and "
                            "nothing else does.",
                            rule=rule.name,
                            kind=dict(
                                self._fields["kind"]._description_selection(self.env)
                            )[special],
                        )
                    )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        for rule in self:
            if "company_id" in vals and differs(rule, "company_id", vals["company_id"]):
                raise UserError(
                    self.env._(
                        "%(rule)s stays a rule of %(company)s, with what is owed by "
                        "it: make another one for another company.",
                        rule=rule.name,
                        company=rule.company_id.name,
                    )
                )

    # === A further company starts with a copy. Rule A9 === #

    @api.model
    def _ensure_defaults(self, companies):
        """Give companies that have no rules of duties those of the first one.

        Tiers are found by their code; a rule whose tiers a company doesn't have isn't
        copied, since it would be for everybody, and none are to a company that has no
        tiers yet. They are owed from today on.
        """
        # sudo: a company starts with them, whoever makes its program
        rules_sudo = self.sudo().with_context(active_test=False)
        model = rules_sudo.search([], order="id", limit=1).company_id
        source = rules_sudo.search(
            [("company_id", "=", model.id), ("active", "=", True)], order="id"
        )
        taken = {company for (company,) in rules_sudo._read_group([], ["company_id"])}
        for company in companies - model:
            if company not in taken:
                source._copy_to(company)

    def _copy_to(self, company):
        tiers = self.env["club.tier"].search([("company_id", "=", company.id)])
        if not tiers:
            return
        known = tiers.grouped("code")
        rules, vals_list = self.browse(), []
        for rule in self:
            codes = {*rule.tier_ids.mapped("code")}
            own = tiers.browse().union(*(known[code] for code in codes & {*known}))
            if codes and not own:
                continue
            rules += rule
            vals_list.append(
                {
                    "company_id": company.id,
                    "tier_ids": [fields.Command.set(own.ids)],
                    "before_id": False,
                    "date_from": company._club_today(),
                }
            )
        copies = dict(
            zip(rules, copy_each(rules.with_company(company), vals_list), strict=True)
        )
        for rule, copied in copies.items():
            if rule.before_id in copies:
                copied.before_id = copies[rule.before_id]

    # === Made === #

    def _stamp_made(self, day):
        """Note that the duties of all accounts were made up to a day."""
        stale = self.filtered(lambda rule: rule.made_on != day)
        stale.with_context(tracking_disable=True)._write_guarded({"made_on": day})

    def _get_reach(self, seen):
        """Return a day before each fact whose duty may still be open.

        :param seen: the last day on which duties were made
        """
        self.ensure_one()
        rule = self.before_id or self
        return max(
            self.date_from,
            duties.reach_back(seen, rule.count, rule.unit, self.grace_days),
        )
