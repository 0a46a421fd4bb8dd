from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...kernel import points_lots
from ...kernel.points_lots import Balance, Lot
from ..program.club_points_kind import REDEMPTION
from ..record.accounts import check_points_account
from ..record.figure_source import FigureSource
from ..record.groups import LEAD
from ..record.hold import hold
from ..record.names import join_clauses
from ..record.number import number
from ..record.rpc import for_one, for_records
from .decimals import to_decimal
from .holds import share_programs

DRAFT, RESERVED, DEBITED = "draft", "reserved", "debited"
RETURNED, CANCELLED = "returned", "cancelled"

STATES = [
    (DRAFT, "Draft"),
    (RESERVED, "Reserved"),
    (DEBITED, "Debited"),
    (RETURNED, "Returned"),
    (CANCELLED, "Cancelled"),
]

# Who sees that something was delivered: an officer is a unit lead besides.


class ClubRedemption(models.Model):
    """Points that an account spends: held, taken for good, given back. Rules B7, B13.

    Reserving decides which points are meant, the oldest first, and holds them; nothing
    is posted, yet nobody else can spend them and they don't expire. Debiting posts one
    entry for each lot; what is returned goes back to its lot, with its old expiry.
    """

    _name = "club.redemption"
    _description = "Redemption"
    # Above a limit they are signed: models/worth/club_redemption.py says how.
    _inherit = ["club.approval.mixin", "club.record.mixin"]
    _order = "id desc"
    _club_keeps = "account_id"
    _club_about = "account_id"

    # What a draft may still change.
    _club_fixed = ("program_id", "account_id", "points", "reason")
    _club_sequence = "RED"
    _club_accounts = ("account_id",)

    name = number()
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("parent_id", "=", False)],
    )
    unit_id = fields.Many2one(
        "crm.team",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        help="The unit that looked after the account when the points were reserved.",
    )
    points = fields.Float(digits=(16, 2), required=True)
    reason = fields.Char(
        "What For", required=True, help="It stands on the points statement."
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    lots = fields.Json(
        readonly=True, copy=False, help="The points meant, by the day they end."
    )
    lots_text = fields.Char("Points Valid Until", compute="_compute_lots_text")
    earned = fields.Float(
        digits=(16, 2),
        compute="_compute_balance",
        help="All points ever posted to the account, with corrections.",
    )
    spent = fields.Float(digits=(16, 2), compute="_compute_balance")
    expired = fields.Float(
        digits=(16, 2),
        compute="_compute_balance",
        help="Points past their last day, also those that no run has taken off yet.",
    )
    reserved = fields.Float(
        digits=(16, 2),
        compute="_compute_balance",
        help="Points that redemptions of the account hold, this one's with them.",
    )
    available = fields.Float(
        "Available Now",
        digits=(16, 2),
        compute="_compute_balance",
        help="Earned, less spent, expired and reserved.",
    )

    # === Who and when === #
    reserved_on = fields.Date(readonly=True, copy=False)
    reserved_at = fields.Datetime(readonly=True, copy=False)
    reserved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    debited_at = fields.Datetime(readonly=True, copy=False)
    debited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    cancelled_at = fields.Datetime(readonly=True, copy=False)
    cancelled_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    # === Return === #
    points_returned = fields.Float(
        "Returned", digits=(16, 2), readonly=True, copy=False
    )
    points_to_return = fields.Float(
        "To Return",
        digits=(16, 2),
        copy=False,
        help="How many points the next return gives back, if not all of them.",
    )
    run_ids = fields.One2many(
        "club.points.run", "redemption_id", "Points Runs", readonly=True
    )

    # The upper bound also refuses NaN, which PostgreSQL puts above all numbers.
    _points_positive = models.Constraint(
        "CHECK(points > 0 AND points < 1e12)",
        "A redemption takes points: enter how many, to two decimals.",
    )
    _points_returned = models.Constraint(
        "CHECK(points_returned >= 0 AND points_returned <= points)",
        "No more points are returned than were debited.",
    )
    # What reservations hold of an account, and of a program when points expire.
    _held_idx = models.Index("(account_id, program_id) WHERE state = 'reserved'")

    @api.depends("lots")
    @api.depends_context("lang")
    def _compute_lots_text(self):
        for redemption in self:
            parts = []
            for lot in redemption._get_own_lots():
                day = lot.until and fields.Date.to_string(lot.until)
                parts.append(f"{day or self.env._('no end')}: {lot.points:,.2f}")
            redemption.lots_text = join_clauses(self.env, parts)

    @api.depends("account_id", "program_id", "state")
    @api.depends_context("company", "uid")
    def _compute_balance(self):
        # Whoever may read an account's points may know what it can spend.
        entries_sudo = self.env["club.points.entry"].sudo()
        names = ("earned", "spent", "expired", "reserved", "available")
        self.update(dict.fromkeys(names, 0))
        for program, redemptions in self.grouped("program_id").items():
            program_sudo = program.sudo()._origin  # its rules apply to whoever asks
            accounts = redemptions.account_id._origin
            if not program_sudo or not accounts:
                continue
            accounts = accounts.with_company(program_sudo.company_id)
            readable = accounts._filter_club_readable()
            found = entries_sudo._get_balances(program_sudo, readable)
            for redemption in redemptions:
                balance = found.get(redemption.account_id._origin.id, Balance())
                for name in names:
                    redemption[name] = float(getattr(balance, name))

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        """Refuse what is no figure of points."""
        for name in ("points", "points_to_return"):
            if name in values:
                to_decimal(self.env, values[name] or 0)
        return super()._club_prepare(values, is_new=is_new)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reserved(self):
        for redemption in self:
            if redemption.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s held points and stays: only drafts are deleted.",
                        redemption.name,
                    )
                )

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """Points that were taken for good, on the day that they were."""
        return [
            FigureSource(
                "redemptions",
                (("state", "=", DEBITED),),
                "debited_at",
                unit="unit_id",
            )
        ]

    # === Actions === #

    @for_records
    def action_reserve(self):
        """Hold the points: the oldest that can be spent today."""
        self.check_access("write")
        self._hold()
        for redemption in self.sorted("account_id"):
            redemption._check_can_reserve()
            redemption._do_reserve()
        return True

    @for_records
    def action_debit(self):
        """Take the points for good: what they buy was delivered against signature."""
        self._check_may_settle()
        self._hold(with_program=True)
        for redemption in self.sorted("account_id").sorted("program_id"):
            redemption._check_can_debit()
            redemption._do_debit()
        return True

    @for_records
    def action_cancel(self):
        """Free the points that are held."""
        self.check_access("write")
        self._hold()
        self._set_state(
            (DRAFT, RESERVED),
            CANCELLED,
            cancelled_at=fields.Datetime.now(),
            cancelled_by_id=self.env.uid,
        )
        return True

    @for_records
    def action_return(self, points=None):
        """Give debited points back to the lots that they came from.

        :param points: how many of each redemption; None for all that isn't back yet
        """
        self._check_may_settle()
        points = None if points is None else to_decimal(self.env, points)
        self._hold(with_program=True)
        for redemption in self.sorted("account_id").sorted("program_id"):
            redemption._check_can_return(points)
            redemption._do_return(points)
        return True

    @for_records
    def action_return_part(self):
        """Give back as many points as the form says."""
        for redemption in self:
            redemption.action_return(redemption.points_to_return)
        return True

    @for_one
    def action_open_entries(self):
        """Show what it posted, to whoever may read it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_entry_action"
        )
        # sudo: the list that opens asks which entries the user may read. The kind lets
        # PostgreSQL use the index of redemptions.
        runs_sudo = self.sudo().run_ids
        domain = [("run_id", "in", runs_sudo.ids), ("kind", "=", REDEMPTION)]
        return {**action, "domain": domain, "context": {}}

    # === Business methods === #

    def _get_own_lots(self):
        """Return the lots that were reserved, exact."""
        return [
            Lot(fields.Date.to_date(row["until"]), to_decimal(self.env, row["points"]))
            for row in self.lots or ()
        ]

    def _get_posted_balance(self):
        """Return all that was ever posted to the account, exact."""
        self.env.cr.execute(
            SQL(
                """
                SELECT coalesce(sum(e.points), 0)::text
                  FROM club_points_entry e
                  JOIN club_points_run r ON r.id = e.run_id AND r.state = 'posted'
                 WHERE r.program_id = %s AND e.account_id = %s
                """,
                self.program_id.id,
                self.account_id.id,
            )
        )
        return to_decimal(self.env, self.env.cr.fetchone()[0])

    # === Who may take which step of a redemption, and when. Rules B7, B13, E2 === #

    def _check_may_settle(self):
        """Debiting and returning are for the unit's lead and the club's officers."""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(LEAD)):
            raise AccessError(
                self.env._(
                    "Points are debited and returned by the unit's lead or a club "
                    "officer."
                )
            )

    def _check_can_reserve(self):
        self._check_state(DRAFT)
        account = self.account_id
        check_points_account(account, self.program_id)

    def _check_enough(self, lots):
        """Refuse to hold more than there is, whatever was reserved before."""
        there = points_lots.total(lots)
        wanted = to_decimal(self.env, self.points)
        if wanted > there:
            raise UserError(
                self.env._(
                    "%(account)s has %(available)s points to spend: %(points)s can't "
                    "be reserved.",
                    account=self.account_id.display_name,
                    available=formatLang(self.env, float(there), digits=2),
                    points=formatLang(self.env, self.points, digits=2),
                )
            )

    def _check_can_debit(self):
        """Points once held are there, unless a correction took them since."""
        self._check_state(RESERVED)
        balance = self._get_posted_balance()
        if to_decimal(self.env, self.points) > balance:
            raise UserError(
                self.env._(
                    "%(account)s has only %(balance)s points left since its points "
                    "were corrected: cancel %(redemption)s.",
                    account=self.account_id.display_name,
                    balance=formatLang(self.env, float(balance), digits=2),
                    redemption=self.name,
                )
            )

    def _check_can_return(self, points):
        self._check_state(DEBITED)
        left = self._get_points_left()
        if points is not None and not 0 < points <= left:
            raise UserError(
                self.env._(
                    "%(redemption)s has %(left)s points that can be returned: enter "
                    "more than 0 and no more than that.",
                    redemption=self.name,
                    left=formatLang(self.env, float(left), digits=2),
                )
            )

    def _get_points_left(self):
        """Return the debited points that aren't back yet, exact."""
        return to_decimal(self.env, self.points) - to_decimal(
            self.env, self.points_returned
        )

    # === What the steps do, to accounts that are held. Rules B7, B13 === #

    def _hold(self, with_program=False):
        """Hold the accounts, and keep away who posts a month for what posts points.

        Two sessions that spend the same points meet here; the second one starts anew
        and then sees what the first has done. Those of different accounts meet when
        they take their places in the chain of seals, and only wait.
        """
        if with_program:
            share_programs(self.env, self.program_id)
        hold(self.account_id)
        self.invalidate_recordset()
        # Of companies what a redemption asks for: to read all their columns would take
        # longer than all the rest.
        names = ("partner_id", "parent_id", "parent_path", "club_timezone")
        self.company_id.fetch(names)
        for company, redemptions in self.grouped("company_id").items():
            accounts = redemptions.account_id.with_company(company)
            accounts.fetch(["commercial_partner_id", "company_id", "club_unit_id"])

    def _do_reserve(self):
        program = self.program_id.with_company(self.company_id)
        today = program._today()
        # Past the record rules: points that the user doesn't see are spendable, too.
        entries_sudo = self.env["club.points.entry"].sudo()
        found = entries_sudo._get_lots(program, self.account_id)
        lots = points_lots.spendable(found.get(self.account_id.id, []), today)
        self._check_enough(lots)
        held = points_lots.take(lots, to_decimal(self.env, self.points))
        account = self.account_id.with_company(self.company_id)
        self._write_guarded(
            {
                "state": RESERVED,
                "unit_id": account.club_unit_id.id,
                "lots": [
                    {
                        "until": lot.until and fields.Date.to_string(lot.until),
                        "points": str(lot.points),
                    }
                    for lot in held
                ],
                "reserved_on": today,
                "reserved_at": fields.Datetime.now(),
                "reserved_by_id": self.env.uid,
            }
        )

    def _do_debit(self):
        self._write_guarded(
            {
                "state": DEBITED,
                "debited_at": fields.Datetime.now(),
                "debited_by_id": self.env.uid,
            }
        )
        self._post(self._get_own_lots(), -1)

    def _do_return(self, points=None):
        """Give back to the lots. Points whose last day is over go with the next expiry
        run, as their old expiry says; until then nobody can spend them.
        """
        left = self._get_points_left()
        points = left if points is None else points
        before = to_decimal(self.env, self.points_returned)
        lots = points_lots.give_back(self._get_own_lots(), before, points)
        self._write_guarded(
            {
                "state": RETURNED if points == left else DEBITED,
                "points_returned": float(before + points),
                "points_to_return": 0,
            }
        )
        self._post(lots, 1)

    def _post(self, lots, sign):
        """Post lots as one sealed run, in the name of the user who pressed the button:
        runs are nobody's to make.

        :param lots: what is taken or given back, by lot, the oldest first
        :param sign: -1 takes, 1 gives back
        """
        redemption_sudo = self.sudo().with_company(self.company_id)
        # What can be done before all others wait for the chain.
        redemption_sudo.flush_recordset()
        # Who and when stand on run and document: nothing to tell in a chatter.
        runs_sudo = redemption_sudo.env["club.points.run"]
        runs_sudo.with_context(tracking_disable=True)._post_document(
            REDEMPTION,
            redemption_sudo.program_id,
            redemption_sudo._get_entry_rows(lots, sign),
            note=self.reason,
            redemption_id=self.id,
            entry_count=len(lots),
            account_count=1,
            points=float(sign * points_lots.total(lots)),
        )

    def _get_entry_rows(self, lots, sign):
        """Return the SELECT of an entry for each lot."""
        return SQL(
            "SELECT %(account)s, v.points, v.until, %(reason)s, v.until"
            " FROM (VALUES %(lots)s) v(until, points)",
            account=self.account_id.id,
            reason=self._get_entry_reason(),
            lots=SQL(", ").join(
                SQL("(%s::date, %s::numeric)", lot.until, sign * lot.points)
                for lot in lots
            ),
        )

    def _get_entry_reason(self):
        """Return what the ledger and the statement say: number and what for."""
        return f"{self.name}: {' '.join(self.reason.split())}"
