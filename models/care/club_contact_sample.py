from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel import windows
from ..record.draw import get_seed, order_of_draw
from ..record.hold import hold
from ..record.names import format_month
from ..record.navigate import open_list
from ..record.number import number
from ..record.rpc import for_one, for_records
from .club_contact_log import RECORDED

DRAFT, DRAWN, DONE = "draft", "drawn", "done"
STATES = [(DRAFT, "Draft"), (DRAWN, "Drawn"), (DONE, "Done")]
# How long after drawing it is to be checked.
CHECK_DAYS = 7


class ClubContactSample(models.Model):
    """Recorded contacts of a unit's month that a superior looks at (抽查). Rule D4.

    The seed, which nobody chooses, decides which are drawn: the same seed over the
    same records draws the same ones.
    """

    _name = "club.contact.sample"
    _description = "Sample of Contacts"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "id desc"
    _club_sequence = "CHK"
    _club_months = ("month",)
    _club_fixed = ("company_id", "unit_id", "month", "size")
    _club_closed = (DONE,)
    _club_texts = ("conclusion",)

    name = number(required=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Contacts recorded in this unit and in the units below it.",
    )
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env.company._club_today().replace(day=1), months=1
        ),
        help="Of the date of contact.",
    )
    size = fields.Integer(
        "Contacts to Draw",
        required=True,
        default=5,
        aggregator=None,
        help="How many are drawn, or all where there are fewer (assumed).",
    )
    seed = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Decides which contacts are drawn. The same seed draws the same ones.",
    )
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, tracking=True
    )

    # === What was drawn === #
    log_ids = fields.Many2many(
        "club.contact.log",
        "club_contact_sample_log_rel",
        "sample_id",
        "log_id",
        "Contacts",
        readonly=True,
        copy=False,
    )
    population = fields.Integer(
        readonly=True, copy=False, help="Contacts that the sample was drawn from."
    )
    drawn_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    drawn_on = fields.Date(readonly=True, copy=False)
    date_due = fields.Date("Check Until", copy=False, tracking=True)
    conclusion = fields.Text(copy=False, help="What the records are like as a whole.")
    log_count = fields.Integer("Contacts Drawn", compute="_compute_log_count")
    unchecked_count = fields.Integer("Unchecked", compute="_compute_log_count")

    _size = models.Constraint(
        "CHECK(size BETWEEN 1 AND 1000)", "A sample draws between 1 and 1,000 contacts."
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "This number is taken."
    )

    @api.depends("log_ids.state")
    @api.depends_context("uid")
    def _compute_log_count(self):
        for sample in self:
            # sudo: also those of accounts that another unit has by now
            logs_sudo = sample.sudo().log_ids
            unchecked_sudo = logs_sudo.filtered(lambda log: log.state == RECORDED)
            sample.log_count = len(logs_sudo)
            sample.unchecked_count = len(unchecked_sudo)

    @api.depends("name", "unit_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for sample in self:
            month = sample.month and format_month(self.env, sample.month)
            parts = (sample.name, sample.unit_id.name, month)
            sample.display_name = " ".join(filter(None, parts))

    # === CRUD === #

    def _get_fixed_refusal(self, names):
        return UserError(
            self.env._(
                "%s is drawn: what it was drawn from stays. Draw another sample.",
                self.display_name,
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for sample in self:
            if sample.state != DRAFT:
                raise UserError(
                    self.env._("%s is drawn: drawn samples stay.", sample.display_name)
                )

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Those in which his account's contacts were drawn."""
        domain = self.env["club.contact.log"]._domain_of_person(ids, account_id)
        return Domain("log_ids", "any", domain)

    # === Buttons === #

    @for_records
    def action_draw(self):
        """Draw the contacts to look at. Rule D4.

        :raises UserError: when nothing was recorded in the unit and month
        """
        self.check_access("write")
        hold(self)
        self._check_state(DRAFT)
        for sample in self:
            sample._do_draw()
        return True

    @for_records
    def action_done(self):
        """Say that all were looked at: each is confirmed or was returned.

        :raises UserError: while one of them is neither
        """
        self.check_access("write")
        hold(self)
        for sample in self:
            if sample.unchecked_count:
                raise UserError(
                    self.env._(
                        "%(sample)s: contacts neither confirmed nor returned yet: "
                        "%(count)s. Your own ones somebody above you confirms.",
                        sample=sample.display_name,
                        count=sample.unchecked_count,
                    )
                )
        self._set_state((DRAWN,), DONE)
        return True

    @for_one
    def action_open_logs(self):
        action = open_list(self, "club_contact_log_action", "id")
        return {**action, "domain": [("id", "in", self.log_ids.ids)], "context": {}}

    # === Drawing === #

    def _do_draw(self):
        self.ensure_one()
        # Not before: whoever knows the seed knows which ones it would draw.
        seed = self.seed or get_seed()
        self.env.flush_all()
        # sudo: units below, also those that were closed
        units_sudo = self.env["crm.team"].sudo().with_context(active_test=False)
        below = units_sudo.search([("id", "child_of", self.unit_id.id)])
        self.env.cr.execute(
            SQL(
                """
                WITH population AS MATERIALIZED (
                    SELECT l.id
                      FROM club_contact_log l
                     WHERE l.company_id = %(company)s AND l.unit_id = ANY(%(units)s)
                       AND l.held_on BETWEEN %(first)s AND %(last)s),
                drawn AS (
                    INSERT INTO club_contact_sample_log_rel (sample_id, log_id)
                    SELECT %(sample)s, p.id
                      FROM population p
                     ORDER BY %(order)s
                     LIMIT %(size)s)
                SELECT count(*) FROM population
                """,
                company=self.company_id.id,
                units=below.ids,
                first=self.month,
                last=windows.month_end(self.month),
                sample=self.id,
                order=order_of_draw(seed, SQL("p.id")),
                size=self.size,
            )
        )
        (total,) = self.env.cr.fetchone()
        self.invalidate_recordset(["log_ids"])
        if not total:
            raise UserError(
                self.env._(
                    "No contact was recorded in %(unit)s in %(month)s: there is "
                    "nothing to draw.",
                    unit=self.unit_id.name,
                    month=format_month(self.env, self.month),
                )
            )
        today = self.company_id._club_today()
        self._set_state(
            (DRAFT,),
            DRAWN,
            seed=seed,
            population=total,
            drawn_by_id=self.env.uid,
            drawn_on=today,
            date_due=fields.Date.add(today, days=CHECK_DAYS),
        )

    # === What is owed today === #

    @api.model
    def _get_today_sql(self):
        """Samples that whoever drew them has still to check."""
        return SQL(
            """
            SELECT s.id AS res_id, 'contact_sample'::varchar AS kind,
                   s.drawn_by_id AS user_id, NULL::int AS account_id,
                   NULL::int AS contact_id, s.company_id, s.unit_id,
                   s.drawn_on AS date_from, s.date_due
              FROM club_contact_sample s
             WHERE s.state = 'drawn'
            """
        )

    def _get_today_texts(self):
        """Return how many are left to look at, in the reader's language."""
        return {
            sample.id: self.env._(
                "Check %(sample)s; contacts left: %(count)s",
                sample=sample.display_name,
                count=sample.unchecked_count,
            )
            for sample in self
        }
