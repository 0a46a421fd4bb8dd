from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...kernel.written import get_written
from ..approval.states import DONE, DRAFT
from ..record.groups import CLERK, FINANCE, LEAD, OFFICER
from ..record.lock import is_open
from ..record.names import get_labels
from ..record.number import next_of_series
from ..record.rpc import for_one, for_records

# The factors, each a type of document of its own.
CONVERSION, COEFFICIENT = "conversion", "coefficient"
PLACES = 6
ONE_DAY = timedelta(days=1)
NOTICE_CODE = "club.rate.notice"
# Who proposes the rates of a line that no unit is named for, and coefficients as long
# as nobody has a seat in marketing.
PROPOSERS = f"{CLERK},{LEAD},{FINANCE}"
MARKETING = "marketing"


def format_rate(value):
    """Return a rate with the decimals that it has.

    >>> format_rate(0.4), format_rate(2.0), format_rate(12.345678), format_rate(0)
    ('0.4', '2', '12.345678', '0')
    """
    return f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


class ClubPointsRate(models.Model):
    """One step of a dated factor for a product category or a product. Rule B2.

    Points of a month = recognised revenue (company currency) × conversion rate ×
    marketing coefficient. A product's own rate wins over its category's, the nearest
    category over its parents. Without a coefficient it is 1; without a conversion
    rate the fact is an exception on the run (Rule B3).

    A rate counts once it is signed, unless a later one replaced it. It never changes
    after that: a change is a new rate, which ends or replaces what it overlaps.
    """

    _name = "club.points.rate"
    _description = "Points Rate"
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "factor desc, category_id, product_id, date_from desc, id desc"

    _approval_type = CONVERSION
    _approval_guarded = (
        *("program_id", "factor", "category_id", "product_id", "value"),
        *("date_from", "date_to", "note"),
    )

    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    factor = fields.Selection(
        [(CONVERSION, "Conversion rate"), (COEFFICIENT, "Marketing coefficient")],
        required=True,
        default=CONVERSION,
        help="The conversion rate turns recognised into effective revenue and is "
        "signed by Finance; the coefficient is signed by the marketing department.",
    )
    category_id = fields.Many2one(
        "product.category", index=True, ondelete="restrict", string="Product Category"
    )
    product_id = fields.Many2one("product.product", index=True, ondelete="restrict")
    business_line_id = fields.Many2one(
        "club.business.line",
        compute="_compute_business_line_id",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The nearest business line at or above the product category. Its unit "
        "proposes the conversion rates.",
    )
    proposed_by = fields.Char(
        compute="_compute_proposed_by", compute_sudo=True, help="Besides club officers."
    )
    can_propose = fields.Boolean(
        compute="_compute_can_propose", help="Whether I may propose rates of this line."
    )
    value = fields.Float(
        required=True,
        digits=(12, PLACES),
        tracking=True,
        aggregator=None,
        help="0 excludes the line.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self._get_next_month(self.env.company),
        tracking=True,
        help="The first of a month.",
    )
    date_to = fields.Date(
        "To",
        tracking=True,
        help="The last of a month. Empty: until a later rate begins.",
    )
    note = fields.Char("Reason")
    is_example = fields.Boolean(
        "Example",
        readonly=True,
        copy=False,
        help="It came with the program: it counts for nothing until somebody has "
        "confirmed the examples as a whole, or proposed another rate.",
    )

    # === What it changes, and the notice of it === #
    impact = fields.Text(
        "What It Changes",
        compute="_compute_impact",
        compute_sudo=True,
        help="What becomes of the rates in force once this one is signed.",
    )
    replaced_by_id = fields.Many2one(
        "club.points.rate",
        "Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The rate that took its place before it ended; it counts no longer.",
    )
    replaced_ids = fields.One2many(
        "club.points.rate", "replaced_by_id", "Replaces", readonly=True, copy=False
    )
    previous_id = fields.Many2one(
        "club.points.rate",
        "Rate Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What was in force on the first day when this rate was signed.",
    )
    old_value = fields.Float(
        "Value Before",
        readonly=True,
        copy=False,
        digits=(12, PLACES),
        aggregator=None,
        help="Of the rate before; without one there was none.",
    )
    notice_number = fields.Char("Notice No.", readonly=True, copy=False)
    notice_date = fields.Date(readonly=True, copy=False)

    _target = models.Constraint(
        "CHECK((category_id IS NULL) <> (product_id IS NULL))",
        "A rate is for a product category or for a product: choose one of them.",
    )
    _first_of_month = models.Constraint(
        "CHECK(extract(day FROM date_from) = 1)",
        "A rate begins on the first of a month.",
    )
    _last_of_month = models.Constraint(
        "CHECK(date_to IS NULL OR (date_to > date_from"
        " AND extract(day FROM date_to + 1) = 1))",
        "A rate ends on the last of a month, after it began.",
    )
    _positive = models.Constraint("CHECK(value >= 0)", "A rate can't be negative.")
    # int4range(id, id, '[]') lets GiST compare plain integers without an extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(program_id, program_id, '[]') WITH =,"
        " int4range(coalesce(category_id, 0), coalesce(category_id, 0), '[]') WITH =,"
        " int4range(coalesce(product_id, 0), coalesce(product_id, 0), '[]') WITH =,"
        " int4range(CASE factor WHEN 'conversion' THEN 1 ELSE 2 END,"
        "           CASE factor WHEN 'conversion' THEN 1 ELSE 2 END, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (approval_state = 'done' AND replaced_by_id IS NULL)",
        "Two rates of one product line would be in force in the same month: another "
        "one was signed at the same moment. Reload the page.",
    )
    _notice_uniq = models.UniqueIndex(
        "(company_id, notice_number) WHERE notice_number IS NOT NULL",
        "The company has another rate notice of this number.",
    )

    # === Computes === #

    @api.depends(
        "category_id.parent_path",
        "product_id.categ_id.parent_path",
        "program_id.company_id",
    )
    def _compute_business_line_id(self):
        lines = self.env["club.business.line"]
        for company, rates in self.grouped("company_id").items():
            categories = rates.category_id | rates.product_id.categ_id
            found = lines._get_by_category(company, categories)
            for rate in rates:
                category = rate.category_id or rate.product_id.categ_id
                rate.business_line_id = found.get(category, lines)

    @api.depends("factor", "business_line_id", "program_id")
    @api.depends_context("lang")
    def _compute_proposed_by(self):
        for rate in self:
            rate.proposed_by = (
                rate._get_marketing_seats().body_id.name
                if rate.factor == COEFFICIENT
                else rate._get_proposing_unit().name
            )

    @api.depends("factor", "business_line_id", "program_id")
    @api.depends_context("uid")
    def _compute_can_propose(self):
        for rate in self:
            rate.can_propose = not rate._get_cannot_propose_reason(self.env.user)

    @api.depends("factor", "category_id", "product_id", "value", "date_from")
    def _compute_display_name(self):
        for rate in self:
            target = rate.category_id.display_name or rate.product_id.display_name
            rate.display_name = f"{target or ''} × {format_rate(rate.value)}"

    @api.depends(
        "program_id",
        "factor",
        "category_id",
        "product_id",
        "value",
        "date_from",
        "date_to",
        "approval_state",
    )
    @api.depends_context("lang")
    def _compute_impact(self):
        for rate in self:
            rate.impact = rate._get_impact()

    # === Reading === #

    @api.model
    def _domain_in_force(self, on=None):
        """Return the domain of the rates that count: signed and not replaced.

        :param on: a day; without it those of any time
        """
        domain = Domain("approval_state", "=", DONE)
        domain &= Domain("replaced_by_id", "=", False)
        if on:
            domain &= Domain("date_from", "<=", on)
            domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", on)
        return domain

    @api.model
    def _domain_unconfirmed(self):
        """Return the domain of examples that nobody has confirmed. Rule A9."""
        return Domain("is_example", "=", True) & Domain("approval_state", "=", DRAFT)

    def _mark_examples(self):
        """Let these be examples; installation data call it."""
        self._write_guarded({"is_example": True})

    # === Who proposes. Rule B2 === #

    def _get_proposing_unit(self):
        """Return the unit of the business line in the rate's company, as superuser."""
        line_sudo = self.business_line_id.sudo()
        return line_sudo.with_company(self.company_id).unit_id

    def _get_marketing_seats(self):
        """Return the seats of the marketing department today, as superuser."""
        # sudo: whoever proposes need not read the bodies
        today = self.env["club.program"].with_company(self.company_id)._today()
        return (
            self.env["club.body.seat"]
            .sudo()
            .search(
                [
                    ("body_id.code", "=", MARKETING),
                    ("company_id", "=", self.company_id.id),
                    ("date_from", "<=", today),
                    *("|", ("date_to", "=", False), ("date_to", ">=", today)),
                ]
            )
        )

    def _get_cannot_propose_reason(self, user):
        """Return why a user doesn't propose this rate, or False. Rule B2."""
        # sudo: a refusal names the line
        self.ensure_one()
        if user.has_group(OFFICER):
            return False
        values = {"rate": self.display_name}
        if self.factor == COEFFICIENT:
            seats_sudo = self._get_marketing_seats()
            if seats_sudo:
                return user not in seats_sudo.user_id and self.env._(
                    "The marketing coefficient %(rate)s is proposed by whoever has a "
                    "seat in %(body)s, or by a club officer: ask one of them.",
                    body=seats_sudo.body_id.name,
                    **values,
                )
        else:
            unit_sudo = self._get_proposing_unit()
            if unit_sudo:
                return not unit_sudo._is_worked_in_by(user) and self.env._(
                    "The conversion rate %(rate)s is proposed by %(unit)s, whose "
                    "business line is %(line)s, or by a club officer: ask one of them.",
                    unit=unit_sudo.name,
                    line=self.business_line_id.sudo().name,
                    **values,
                )
        return not user.has_groups(PROPOSERS) and self.env._(
            "%(rate)s is proposed by a points clerk, a unit lead or Finance: ask one "
            "of them.",
            **values,
        )

    def _check_can_propose(self, user=None):
        """
        :raises AccessError: for who doesn't propose these rates
        """
        for rate in self:
            reason = rate._get_cannot_propose_reason(user or self.env.user)
            if reason:
                raise AccessError(reason)

    def _club_prepare(self, values, is_new=False):
        """Let an example that is changed be one no more: examples are confirmed as they
        came, what somebody has thought out himself is signed. Rules A9, B2.
        """
        values = super()._club_prepare(values, is_new=is_new)
        if is_new or self.env.su or is_open(self.env):
            return values
        if not any(self.mapped("is_example")):
            return values
        if {*self._approval_guarded}.isdisjoint(values):
            return values
        return {**values, "is_example": False}

    def _club_after_create(self):
        super()._club_after_create()
        if not self.env.su:
            self._check_can_propose()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not self.env.su and not {*self._approval_guarded}.isdisjoint(vals):
            self.check_access("write")  # a refusal names the line
            self._check_can_propose()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        names = {"program_id", "factor", "category_id", "product_id"}
        if not self.env.su and not names.isdisjoint(vals):
            self._check_can_propose()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        if not self.env.su:
            self.check_access("unlink")
            self._check_can_propose()

    # === Actions === #

    @for_one
    def action_propose_change(self):
        """Open a proposal for the same product line, from the next month on."""
        self.check_access("read")
        self.browse().check_access("create")
        self._check_can_propose()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed Rate"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_program_id": self.program_id.id,
                "default_factor": self.factor,
                "default_category_id": self.category_id.id,
                "default_product_id": self.product_id.id,
                "default_value": self.value,
                "default_date_from": self._get_next_month(self.company_id),
            },
        }

    @api.model
    def _get_next_month(self, company):
        """Return the first day of the month after today's."""
        today = self.env["club.program"].with_company(company)._today()
        return fields.Date.add(today, months=1).replace(day=1)

    @for_records
    def action_print_rate_book(self):
        """Print the rate book of the selected rates' programs, or of the main one."""
        programs = self.program_id or self.env["club.program"]._get_main()
        return self.env.ref("crm_club.club_rate_book_report").report_action(programs)

    # === What it ends and replaces === #

    def _get_touched(self):
        """Return the rates in force of this product line that the rate overlaps."""
        self.ensure_one()
        if not (self.date_from and (self.category_id or self.product_id)):
            return self.browse()
        domain = self._domain_in_force() & Domain(
            [
                ("id", "!=", self._origin.id),
                ("program_id", "=", self.program_id.id),
                ("factor", "=", self.factor),
                ("category_id", "=", self.category_id.id),
                ("product_id", "=", self.product_id.id),
            ]
        )
        domain &= Domain("date_to", "=", False) | Domain(
            "date_to", ">=", self.date_from
        )
        if self.date_to:
            domain &= Domain("date_from", "<=", self.date_to)
        return self.search(domain, order="date_from")

    def _filter_outdone(self):
        """Return those in whose time a rate of the same product line is in force.

        One query for all of them.
        """
        in_force = self.search(
            self._domain_in_force()
            & Domain("program_id", "in", self.program_id.ids)
            & (
                Domain("category_id", "in", self.category_id.ids)
                | Domain("product_id", "in", self.product_id.ids)
            )
        )
        by_line = in_force.grouped(lambda rate: rate._get_line())
        return self.filtered(
            lambda rate: any(
                (not other.date_to or other.date_to >= rate.date_from)
                and (not rate.date_to or other.date_from <= rate.date_to)
                for other in by_line.get(rate._get_line(), ())
            )
        )

    def _get_line(self):
        """Return what rates have in common of which one only is in force at a time."""
        return (self.program_id, self.factor, self.category_id, self.product_id)

    def _split_touched(self, touched):
        """Return those that end before the rate, and those that it replaces."""
        earlier = touched.filtered(lambda rate: rate.date_from < self.date_from)
        return earlier, touched - earlier

    def _get_before(self, touched):
        """Return what is in force on the rate's first day."""
        return touched.filtered(lambda rate: rate.date_from <= self.date_from)[:1]

    def _get_sticking_out(self, touched):
        """Return what begins inside the rate's time and would go on after it."""
        if not self.date_to:
            return self.browse()
        return touched.filtered(
            lambda rate: (
                rate.date_from >= self.date_from
                and (not rate.date_to or rate.date_to > self.date_to)
            )
        )

    def _get_sticking_text(self, rate):
        return self.env._(
            "%(rate)s of %(day)s would go on after %(end)s, when this one ends: let "
            "this one end when that one does, or leave its end empty.",
            rate=rate.display_name,
            day=rate.date_from,
            end=self.date_to,
        )

    def _get_impact(self):
        """Say in sentences what becomes of the rates in force, as long as it waits."""
        if self.approval_state == DONE or not self.date_from:
            return False
        touched = self._get_touched()
        sticking = self._get_sticking_out(touched)
        if sticking:
            return self._get_sticking_text(sticking[0])
        earlier, inside = self._split_touched(touched)
        sentences = [
            self.env._(
                "%(value)s, in force from %(start)s, ends on %(end)s.",
                value=format_rate(rate.value),
                start=rate.date_from,
                end=self.date_from - ONE_DAY,
            )
            for rate in earlier
        ]
        sentences += [
            self.env._(
                "%(value)s of %(start)s is replaced.",
                value=format_rate(rate.value),
                start=rate.date_from,
            )
            for rate in inside
        ]
        if not touched:
            sentences.append(
                self.env._("There is no rate of its own in force at that time.")
            )
        if self.date_to:
            sentences.append(
                self.env._(
                    "After %s no rate of its own is in force, unless a later one is "
                    "signed.",
                    self.date_to,
                )
            )
        return "\n".join(sentences)

    # === Approval === #

    @api.model
    def _get_approval_types(self):
        """Each factor is a type of its own."""
        return get_labels(self, "factor")

    def _get_approval_type(self):
        return self.factor

    def _get_approval_subject(self):
        # sudo: who signs reads what it replaces, whatever else he may read
        before = self._get_before(self.sudo()._get_touched())
        values = {"value": format_rate(self.value), "start": self.date_from}
        if not before:
            return self.env._("%(value)s from %(start)s, none before", **values)
        return self.env._(
            "%(old)s → %(value)s from %(start)s",
            old=format_rate(before.value),
            **values,
        )

    def _get_approval_unit(self):
        """Return the line's unit, else the one that the proposer leads, else one that
        he works in.
        """
        user = self._get_approval_applicant()
        line_unit = self._get_proposing_unit()
        if line_unit and line_unit._is_worked_in_by(user):
            return line_unit.with_env(self.env)
        # sudo: whoever proposes may not read the members of a unit
        units_sudo = self.env["crm.team"].sudo()
        here = Domain("company_id", "in", (self.company_id.id, False))
        for mine in (
            Domain("user_id", "=", user.id),
            Domain("crm_team_member_ids.user_id", "=", user.id),
        ):
            unit = units_sudo.search(here & mine, order="company_id, id", limit=1)
            if unit:
                return unit.with_env(self.env)
        return units_sudo.browse().with_env(self.env)

    def _check_can_submit(self):
        self._check_can_propose(self._get_approval_applicant())
        if not get_written(self.note):
            raise UserError(
                self.env._(
                    "Give the reason of %s: the notice to all units has it.",
                    self.display_name,
                )
            )
        start = self.program_id.date_start
        if start and self.date_from < start:
            raise UserError(
                self.env._(
                    "%(rate)s would begin on %(day)s, but %(program)s earns points "
                    "since %(start)s only: let it begin then or later.",
                    rate=self.display_name,
                    day=self.date_from,
                    program=self.program_id.name,
                    start=start,
                )
            )
        # sudo: every rate in force counts, whoever proposes another one
        self._check_sticking_out(self.sudo()._get_touched())

    def _check_sticking_out(self, touched):
        for rate in self._get_sticking_out(touched):
            raise UserError(self._get_sticking_text(rate))

    def _approval_execute(self, request):
        """Put the rate in force in place of what it overlaps. Rules B2, B9.

        What was posted meanwhile at other rates is corrected by the next run, which
        posts the difference.
        """
        self.ensure_one()
        touched = self._get_touched()
        self._check_sticking_out(touched)
        before = self._get_before(touched)
        earlier, inside = self._split_touched(touched)
        if earlier:
            earlier._write_guarded({"date_to": self.date_from - ONE_DAY})
        if inside:
            inside._write_guarded({"replaced_by_id": self.id})
        # The database refuses two at a time, so these first.
        touched.flush_recordset()
        self._write_guarded({"previous_id": before.id, "old_value": before.value})
        # What is there before anybody can sign has no signatures, and no notice.
        if request.signature_ids:
            self._issue_notice(request)

    # === The notice of it === #

    def _issue_notice(self, request):
        """Number the notice of the change and send it to all units. Rule B2."""
        company = self.company_id
        day = self.env["club.program"].with_company(company)._today()
        self._write_guarded(
            {
                "notice_number": next_of_series(company, NOTICE_CODE, day),
                "notice_date": day,
            }
        )
        language = company.partner_id.lang or self.env.lang
        rate = self.with_context(lang=language)
        notice = self.env["club.rate.notice"].with_context(lang=language)
        rate.message_post(
            subject=rate.env._("Rate notice %s", self.notice_number),
            body=self.env["ir.qweb"]
            .with_context(lang=language)
            ._render(
                "crm_club.club_rate_notice_message",
                {"notice": notice._get_notice_data(rate, request)[0]},
            ),
            partner_ids=(
                self._get_notice_partners(day) | request.applicant_id.partner_id
            ).ids,
            subtype_xmlid="mail.mt_note",
            notify_author_mention=True,
        )

    def _get_notice_partners(self, day):
        """Return who leads the company's units and who verifies their points."""
        company = self.company_id
        # sudo: all units are told, whichever of them the user may read
        units_sudo = self.env["crm.team"].sudo()
        units_sudo = units_sudo.search([("company_id", "in", (company.id, False))])
        clerks_sudo = self.env["club.unit.clerk"].sudo()
        seats_sudo = clerks_sudo.search(
            [("unit_id", "in", units_sudo.ids), *clerks_sudo._domain_in_force(day)]
        )
        users = (units_sudo.user_id | seats_sudo.user_id).filtered(
            lambda user: user.active and company in user.company_ids
        )
        return users.partner_id
