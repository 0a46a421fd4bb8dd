from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ...kernel import targets as kernel
from ...kernel.windows import add_months, half_start, month_end
from ...kernel.written import get_written
from ..contact.owner import has_role
from ..points.run_states import POSTED
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..program.club_points_kind import REVENUE as ACCRUAL
from ..record.derived import differs
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.names import add_remark, format_month, get_labels, join
from ..record.rpc import for_records
from . import target_sql
from .target_sql import CAMPAIGN, MEMBERS, REVENUE, VISITS

KINDS = [
    (REVENUE, "Revenue"),
    (MEMBERS, "New Members"),
    (VISITS, "Visits"),
    (CAMPAIGN, "Product Campaign"),
]
SPANS = [(kernel.MONTH, "Monthly"), (kernel.HALF, "Half-Yearly")]
UNIT, PERSON, VACANT = "unit", "person", "vacant"
HOLDERS = [
    (UNIT, "The Unit"),
    (PERSON, "A Person"),
    (VACANT, "Vacant Posts"),
]
PACES = [
    (kernel.BEHIND, "Behind"),
    (kernel.MISSED, "Not Reached"),
    (kernel.ON_TIME, "On Course"),
    (kernel.REACHED, "Reached"),
    (kernel.AHEAD, "Not Begun Yet"),
]
# What a target is of: who changes one of these has another target.
ABOUT = (
    *("company_id", "unit_id", "kind", "span", "date_from"),
    *("tier_id", "category_id", "product_id"),
)
# What stays once the period's points are posted.
FIXED = {*ABOUT, "holder", "user_id", "amount", "change_reason"}
# How far back what came late still changes what was reached.
MONTHS_BACK = 18


class ClubTarget(models.Model):
    """What a unit, one of its people or its vacant posts are to reach. Rule D10.

    What was reached is written by statement, nightly and after each change: revenue
    with its shares (rule B11), new members, visits, a product's campaign. A year is the
    sum of its periods.
    """

    _name = "club.target"
    _description = "Target"
    _inherit = ["mail.thread", "club.membership.tier.mixin", "club.record.mixin"]
    _order = "date_from desc, span, unit_id, kind, user_id, id"
    _club_months = ("date_from",)
    _club_fixes_currency = True
    _mail_post_access = "read"

    # === Of whom, of what === #
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["crm.team"]._get_default_club_unit(),
        domain=[("club_can_apply", "=", True)],
    )
    holder = fields.Selection(
        HOLDERS,
        "Target Of",
        required=True,
        default=UNIT,
        tracking=True,
        help="The unit with all below it, one of its people, or its posts that nobody "
        "holds: their target stays with the unit until somebody does.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain=[("share", "=", False)],
    )
    kind = fields.Selection(KINDS, "Target For", required=True, default=REVENUE)
    tier_id = fields.Many2one(
        "club.tier",
        "New Members' Tier",
        ondelete="restrict",
        check_company=True,
        domain=MEMBERSHIP_TIERS,
        help="Empty: new members of all tiers together.",
    )
    category_id = fields.Many2one(
        "product.category",
        "Campaign's Category",
        ondelete="restrict",
        help="With the categories below it: mooncakes, gala tickets.",
    )
    product_id = fields.Many2one(
        "product.product", "Campaign's Product", ondelete="restrict"
    )
    span = fields.Selection(SPANS, "Period", required=True, default=kernel.MONTH)
    date_from = fields.Date(
        "Begins",
        required=True,
        index=True,
        default=lambda self: self.env.company._club_today().replace(day=1),
    )
    date_to = fields.Date(
        "Last Day",
        compute="_compute_date_to",
        store=True,
        precompute=True,
    )
    amount = fields.Float(
        "Target Set",
        digits=(16, 2),
        required=True,
        tracking=True,
        help="Company currency; of new members and visits their number.",
    )
    change_reason = fields.Char(
        "Why It Was Changed Afterwards",
        copy=False,
        tracking=True,
        help="Once the points of its last month are posted, a target changes by a club "
        "officer only, who says why.",
    )

    # === What became of it === #
    actual = fields.Float(
        "Reached So Far",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="As of the last reckoning. A person has what counts to him wherever it "
        "was, a unit what counts to it and those below; revenue that is shared counts "
        "by the share's percentages. Once he has left the unit, only what he does for "
        "its accounts counts.",
    )
    left_on = fields.Date(
        "Not of the Unit Since",
        readonly=True,
        copy=False,
        help="Neither a member of the unit nor with an account of it since that day: "
        "of that month and those after it, only what is done for accounts of the unit "
        "counts. Whoever comes back has again what counts to him wherever it is.",
    )
    actual_at = fields.Datetime("Reckoned At", readonly=True, copy=False)
    attained = fields.Float(
        "Reached (%)", compute="_compute_standing", digits=(16, 1), aggregator=None
    )
    elapsed = fields.Float(
        "Time Passed (%)", compute="_compute_standing", digits=(16, 1), aggregator=None
    )
    pace = fields.Selection(
        PACES,
        "Standing of the Target",
        compute="_compute_standing",
        search="_search_pace",
        help="Behind: a smaller share of it is reached than of its time has passed.",
    )
    parts_amount = fields.Float(
        "Sum of Its Parts",
        compute="_compute_parts",
        compute_sudo=True,
        digits=(16, 2),
        help="The targets of the unit's people, of its vacant posts and of the units "
        "right below it.",
    )
    difference = fields.Float(
        compute="_compute_parts",
        compute_sudo=True,
        digits=(16, 2),
        help="Its parts less the unit's target: what too much is given out, or too "
        "little where it is below 0.",
    )
    adds_up = fields.Boolean(
        compute="_compute_parts", compute_sudo=True, search="_search_adds_up"
    )
    parts_hint = fields.Char("Parts", compute="_compute_parts_hint")
    is_fixed = fields.Boolean("Period Closed", compute="_compute_is_fixed")

    _unit_uniq = models.UniqueIndex(
        "(company_id, unit_id, kind, span, date_from, coalesce(tier_id, 0),"
        " coalesce(category_id, 0), coalesce(product_id, 0)) WHERE holder = 'unit'",
        "The unit has such a target for this period already: change that one.",
    )
    _vacant_uniq = models.UniqueIndex(
        "(company_id, unit_id, kind, span, date_from, coalesce(tier_id, 0),"
        " coalesce(category_id, 0), coalesce(product_id, 0)) WHERE holder = 'vacant'",
        "The unit's vacant posts have such a target for this period already: change "
        "that one.",
    )
    # What counts to a person counts wherever it was: once, so in one target.
    _person_uniq = models.UniqueIndex(
        "(company_id, user_id, kind, span, date_from, coalesce(tier_id, 0),"
        " coalesce(category_id, 0), coalesce(product_id, 0)) WHERE holder = 'person'",
        "The person has such a target for this period already: change that one.",
    )
    _holder = models.Constraint(
        "CHECK((holder = 'person') = (user_id IS NOT NULL))",
        "A person's target names the person; that of a unit or of vacant posts nobody.",
    )
    _tier = models.Constraint(
        "CHECK(tier_id IS NULL OR kind = 'members')",
        "Only a target of new members names a tier.",
    )
    _campaign = models.Constraint(
        "CHECK(num_nonnulls(category_id, product_id)"
        " = CASE WHEN kind = 'campaign' THEN 1 ELSE 0 END)",
        "A product campaign names a category or a product, and no other target does.",
    )
    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _amount = models.Constraint(
        "CHECK(amount > 0 AND amount < 1e15)", "A target is more than 0."
    )

    # === Computes === #

    @api.depends("span", "date_from")
    def _compute_date_to(self):
        for target in self:
            target.date_to = (
                target.span
                and target.date_from
                and month_end(
                    add_months(target.date_from, kernel.SPANS[target.span] - 1)
                )
            )

    @api.depends("amount", "actual", "date_from", "date_to")
    def _compute_standing(self):
        for target in self:
            if not (target.date_from and target.date_to):
                target.attained = target.elapsed = 0.0
                target.pace = False
                continue
            today = target.company_id._club_today()
            period = kernel.Window(target.date_from, target.date_to)
            target.attained = kernel.get_attained(target.amount, target.actual)
            target.elapsed = kernel.get_elapsed(period, today)
            target.pace = kernel.judge(target.amount, target.actual, period, today)

    def _search_pace(self, operator, value):
        """As `kernel.targets.judge`, of all in one condition."""
        if operator != "in":
            return NotImplemented
        self.flush_model()
        return Domain(
            "id",
            "in",
            SQL(
                """
                (SELECT t.id FROM club_target t
                  WHERE CASE WHEN coalesce(t.actual, 0) >= t.amount THEN 'reached'
                             WHEN t.date_to < %(today)s THEN 'missed'
                             WHEN t.date_from > %(today)s THEN 'ahead'
                             WHEN coalesce(t.actual, 0) * (t.date_to - t.date_from + 1)
                                  < t.amount * (%(today)s - t.date_from + 1)
                             THEN 'behind' ELSE 'on_time' END = ANY(%(paces)s))
                """,
                today=self.env["res.company"]._club_today_sql(SQL("t.company_id")),
                paces=[str(pace) for pace in value],
            ),
        )

    @api.depends("amount", "holder", "unit_id", "kind", "span", "date_from", "user_id")
    def _compute_parts(self):
        self.flush_model()
        query = target_sql.parts(SQL("t.id = ANY(%s)", self._origin.ids))
        rows = self.env.execute_query(query)
        found = {key: float(parts) for key, _amount, parts in rows}
        for target in self:
            parts = found.get(target._origin.id)
            target.parts_amount = parts or 0.0
            target.difference = (
                0.0 if parts is None else round(parts - target.amount, 2)
            )
            target.adds_up = not target.difference

    def _search_adds_up(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model()
        differing = SQL(
            "(SELECT id FROM (%s) p WHERE amount <> parts)",
            target_sql.parts(SQL("TRUE")),
        )
        return Domain("id", "not in" if True in value else "in", differing)

    @api.depends("parts_amount", "difference", "currency_id", "kind")
    @api.depends_context("lang")
    def _compute_parts_hint(self):
        for target in self:
            difference = target._format(abs(target.difference))
            if not target.parts_amount:
                target.parts_hint = False
            elif not target.difference:
                target.parts_hint = self.env._("Its parts add up to it.")
            elif target.difference > 0:
                target.parts_hint = self.env._(
                    "Its parts come to %(parts)s: %(difference)s more than the unit's "
                    "target.",
                    parts=target._format(target.parts_amount),
                    difference=difference,
                )
            else:
                target.parts_hint = self.env._(
                    "Its parts come to %(parts)s: %(difference)s less than the unit's "
                    "target.",
                    parts=target._format(target.parts_amount),
                    difference=difference,
                )

    def _format(self, amount):
        """Return an amount of the target's kind in words."""
        if self.kind in (MEMBERS, VISITS) or not self.currency_id:
            return f"{amount:,.0f}"
        return format_amount(self.env, amount, self.currency_id)

    @api.depends("date_to", "company_id")
    def _compute_is_fixed(self):
        posted = self._get_posted()
        for target in self:
            last = posted.get(target.company_id.id)
            target.is_fixed = bool(last and target.date_to and target.date_to <= last)

    @api.model
    def _get_posted(self):
        """Return ``{company id: the last day whose points are posted}``."""
        # sudo: what is posted closes a period, whatever the user may read
        runs_sudo = self.env["club.points.run"].sudo()
        rows = runs_sudo._read_group(
            [("kind", "=", ACCRUAL), ("state", "=", POSTED)],
            ["company_id"],
            ["month:max"],
        )
        return {company.id: month_end(month) for company, month in rows}

    @api.depends(
        *("unit_id", "holder", "user_id", "kind", "span", "date_from"),
        *("tier_id", "category_id", "product_id"),
    )
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {name: get_labels(self, name) for name in ("kind", "holder")}
        for target in self:
            # sudo: who reads a target may know whom and what it names
            target_sudo = target.sudo()
            thing = (
                target_sudo.tier_id.display_name
                or target_sudo.category_id.name
                or target_sudo.product_id.name
            )
            what = labels["kind"].get(target.kind, "")
            if target.holder == PERSON:
                whose = target_sudo.user_id.name or ""
            elif target.holder == VACANT:
                whose = add_remark(
                    self.env, target_sudo.unit_id.name or "", labels["holder"][VACANT]
                )
            else:
                whose = target_sudo.unit_id.name or ""
            parts = (whose, join(self.env, filter(None, (what, thing))))
            target.display_name = " · ".join(
                filter(None, (*parts, target._get_period_name()))
            )

    def _get_period_name(self):
        """Return the period in words: October 2026, or 2026 H1."""
        start = self.date_from
        if not start:
            return ""
        if self.span != kernel.HALF:
            return format_month(self.env, start)
        if start.month == kernel.HALVES[0]:
            return self.env._("1st half of %s", start.year)
        return self.env._("2nd half of %s", start.year)

    # === Onchange === #

    @api.onchange("span", "date_from")
    def _onchange_span(self):
        if self.span == kernel.HALF and self.date_from:
            self.date_from = half_start(self.date_from)

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id:
            self.holder = PERSON

    @api.onchange("holder")
    def _onchange_holder(self):
        if self.holder != PERSON:
            self.user_id = False

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != MEMBERS:
            self.tier_id = False
        if self.kind != CAMPAIGN:
            self.category_id = self.product_id = False

    # === Constraints === #

    @api.constrains("span", "date_from")
    def _check_date_from(self):
        for target in self:
            if (
                target.span == kernel.HALF
                and target.date_from.month not in kernel.HALVES
            ):
                raise ValidationError(
                    self.env._(
                        "A half-year begins in January or July, not in %s: choose one "
                        "of them.",
                        format_month(self.env, target.date_from),
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user_id(self):
        for target in self:
            # sudo: which roles somebody has
            user_sudo = target.user_id.sudo()
            if user_sudo and not has_role(user_sudo, target.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in the club of %(company)s: name an "
                        "account manager, or leave the target with the vacant posts.",
                        user=user_sudo.name,
                        company=target.company_id.sudo().name,
                    )
                )

    # === Created, written, deleted. Rule D10 === #

    def _club_after_create(self):
        super()._club_after_create()
        self._check_may_set()
        for target in self:
            target._check_open({"change_reason": target.change_reason})
        self._reckon()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not FIXED.isdisjoint(vals):
            self._check_may_set()
        for target in self:
            changed = {
                name
                for name in FIXED.intersection(vals)
                if differs(target, name, vals[name])
            }
            if changed:
                target._check_open(vals)
            # Elsewhere it would be open again, and could be deleted.
            if not changed.isdisjoint(ABOUT) and not self.env.su:
                target._check_stays()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not FIXED.isdisjoint(vals):
            self._check_may_set()
        if not {"span", "date_from", "company_id"}.isdisjoint(vals):
            for target in self:
                target._check_open(vals)
        if not {*ABOUT, "holder", "user_id"}.isdisjoint(vals):
            self.filtered("left_on")._write_guarded({"left_on": False})
            self._reckon()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_may_set()
        self._check_stays()

    def _check_stays(self):
        """Refuse to take away what a period should have reached once that is known."""
        for target in self:
            if target.is_fixed:
                raise UserError(
                    self.env._(
                        "%s stays: the points of its period are posted.",
                        target.display_name,
                    )
                )

    def _check_may_set(self):
        """Refuse who sets targets that others set for him.

        :raises AccessError: as :meth:`_get_set_refusals` says
        """
        for refusal in self._get_set_refusals().values():
            raise AccessError(refusal)

    def _get_set_refusals(self):
        """Return ``{target: why the user doesn't set it}``.

        A lead sets those of the people and vacant posts of his units and of the units
        below; who leads above sets his own and his unit's. A person neither of the unit
        nor with an account of it isn't his, so that he reads through a target nothing
        of what others' people do.
        """
        if self.env.su or self.env.user.has_group(OFFICER):
            return {}
        led = {*self.env["crm.team"]._get_led_ids()}
        loads = self._get_loads()
        refusals = {}
        for target in self:
            target_sudo = target.sudo()  # where units hang, and who leads them
            user, unit = target_sudo.user_id, target_sudo.unit_id
            refusal = None
            if unit.id not in led:
                refusal = self.env._(
                    "%s is set by who leads its unit or one above it, or by a club "
                    "officer."
                )
            elif user == self.env.user:
                refusal = self.env._(
                    "Nobody sets his own target: %s is set by who leads the unit "
                    "above, or by a club officer."
                )
            elif target.holder == UNIT and unit.parent_id.id not in led:
                refusal = self.env._(
                    "%s is the target of the unit itself: who leads the unit above "
                    "sets it, or a club officer."
                )
            elif user and not target._is_of_unit(loads):
                refusal = self.env._(
                    "%s is a target of somebody who neither belongs to the unit nor "
                    "looks after an account of it: choose one of the unit's people."
                )
            if refusal:
                refusals[target] = refusal % target.display_name
        return refusals

    def _is_of_unit(self, loads):
        """Tell whether the person leads the unit, belongs to it or has an account of
        it.

        :param loads: as `_get_loads` finds
        """
        target_sudo = self.sudo()  # who works where
        user, unit = target_sudo.user_id, target_sudo.unit_id
        return user in unit.user_id | unit.member_ids or (user.id, unit.id) in loads

    def _get_loads(self):
        """Return the pairs of (user, unit) of whom looks after accounts of a unit."""
        # sudo: who looks after accounts, whoever may read them
        loads_sudo = self.env["club.manager.load"].sudo()
        found = loads_sudo._read_group(
            [
                ("user_id", "in", self.user_id.ids),
                ("unit_id", "in", self.unit_id.ids),
            ],
            ["user_id", "unit_id"],
        )
        return {(user.id, unit.id) for user, unit in found}

    def _check_open(self, vals):
        """Refuse to set what a period should have reached once that is known.

        :param vals: in which an officer says why, in words that aren't there yet
        """
        if not self.is_fixed or self.env.su:
            return
        if not self.env.user.has_group(OFFICER):
            raise UserError(
                self.env._(
                    "The points of the period of %s are posted: its target stays. A "
                    "club officer may change it and says why.",
                    self.display_name,
                )
            )
        if not get_written(vals.get("change_reason")):
            raise UserError(
                self.env._(
                    "The points of the period of %s are posted: say along with the "
                    "change why it is changed afterwards.",
                    self.display_name,
                )
            )

    # === Reckoning === #

    @for_records
    def action_reckon(self):
        """Reckon anew what was reached.

        :raises UserError: when all are so long over that this no longer changes
        """
        self.check_access("read")
        oldest = self._get_oldest_day()
        changing = self.filtered(lambda target: target.date_to >= oldest)
        if self and not changing:
            raise UserError(
                self.env._(
                    "%s stays as it was reckoned: units, people and products have "
                    "changed too much since.",
                    self[0].display_name,
                )
            )
        changing._reckon()
        return True

    @api.model
    def _get_oldest_day(self):
        """Return the day by which what was reached by then no longer changes."""
        return add_months(self.env.company._club_today(), -MONTHS_BACK)

    def _reckon(self):
        """Write what was reached, by one statement for each kind and company."""
        targets_sudo = self.sudo()  # what counts isn't the reader's to read
        targets_sudo._follow_people()
        for (company, kind), found in targets_sudo.grouped(
            lambda target: (target.company_id, target.kind)
        ).items():
            query = target_sql.actuals(
                self.env,
                found.ids,
                kind,
                company.id,
                min(found.mapped("date_from")),
                max(found.mapped("date_to")),
            )
            self._store_actuals(query)
        self.invalidate_recordset(["actual", "actual_at"])

    def _follow_people(self):
        """Note whose targets are of a unit that they have left. Rule D10.

        A period that is over keeps what it counted: who left later was of the unit.
        """
        running = self.filtered(
            lambda target: target.holder == PERSON
            and target.date_to >= target.company_id._club_today()
        )
        loads = running._get_loads()
        gone = running.filtered(lambda target: not target._is_of_unit(loads))
        for company, found in (
            (gone - gone.filtered("left_on")).grouped("company_id").items()
        ):
            found._write_guarded({"left_on": company._club_today()})
        back = (running - gone).filtered("left_on")
        back._write_guarded({"left_on": False})

    def _store_actuals(self, query):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_target t SET actual = round(s.actual::numeric, 2),
                       actual_at = now() AT TIME ZONE 'UTC'
                  FROM (%s) s
                 WHERE s.id = t.id
                """,
                query,
            )
        )

    @api.model
    def _cron_reckon(self):
        """Reckon what has begun and may still change, every night."""
        today = self.env.company._club_today()
        targets = self.search(
            [
                ("date_from", "<=", fields.Date.add(today, days=1)),
                ("date_to", ">=", self._get_oldest_day()),
            ]
        )
        hold(targets)
        targets._reckon()
