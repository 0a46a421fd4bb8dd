from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel import scorecards as kernel
from ...kernel.cadence import FIRST_YEAR, LAST_YEAR
from ...kernel.windows import YEAR_MONTHS, add_months, month_start
from ..record.derived import differs
from ..record.hold import hold
from ..record.names import join
from ..record.rpc import for_one, for_records, without_client_context
from .club_scorecard_indicator_mixin import COPIED, SET

DRAFT, ISSUED = "draft", "issued"
STATES = [(DRAFT, "Draft"), (ISSUED, "Final")]
# Whose it is of never changes.
ABOUT = ("unit_id", "year", "company_id")


class ClubScorecard(models.Model):
    """What a unit scores in a year, from the monthly figures. Rule E9.

    While it is a draft its figures follow every night, up to the last month that is
    over; issued it stays as it is for good, with its rank: the cards of a kind of unit
    and year become final together, so that no rank moves and no two contradict.
    """

    _name = "club.scorecard"
    _description = "Scorecard"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "year desc, score desc, id"
    _rec_name = "unit_id"
    _club_months = ("month_to",)
    _club_fixed = ABOUT
    _club_closed = (ISSUED,)
    _club_from_above = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    unit_id = fields.Many2one(
        "crm.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("club_level", "!=", False)],
    )
    level = fields.Selection(related="unit_id.club_level", string="Kind of Unit")
    year = fields.Integer(
        "Calendar Year",
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._club_today().year,
    )
    template_id = fields.Many2one(
        "club.scorecard.template",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["club.scorecard.template"].search([], limit=1),
    )
    state = fields.Selection(
        STATES,
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("club.scorecard.line", "scorecard_id", "Indicator Lines")
    weight_total = fields.Float(
        "Sum of Weights",
        compute="_compute_weight_total",
        digits=(16, 2),
        help="It must be 100.",
    )
    score = fields.Float(
        digits=(16, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="The mean of what the indicators reach, by their weights: 0 to 120.",
    )
    measured_weight = fields.Float(
        "Weight Measured",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator=None,
        help="The weights of what could be measured: the score says little while this "
        "is far below 100.",
    )
    month_to = fields.Date(
        "Counted Up To",
        readonly=True,
        copy=False,
        help="The last month that was over when it was computed.",
    )
    computed_at = fields.Datetime(readonly=True, copy=False)
    issued_on = fields.Date("Made Final On", readonly=True, copy=False)
    issued_by_id = fields.Many2one(
        "res.users", "Made Final by", readonly=True, copy=False, ondelete="restrict"
    )
    names = fields.Json(
        "Names Then",
        readonly=True,
        copy=False,
        help="What unit and issuer were called when it was made final.",
    )
    note = fields.Text("Assessed in Words", help="What the figures don't say.")
    unposted_reason = fields.Char(
        "Why Final before Points",
        copy=False,
        tracking=True,
        help="A scorecard becomes final once the points of December are posted. Where "
        "they won't be, say why: it is printed on the card.",
    )
    rank = fields.Integer(
        "Rank Among Units",
        compute="_compute_rank",
        compute_sudo=True,
        help="Among the units of its kind in the year, the best first. Final it stays.",
    )
    rank_of = fields.Integer("Units Ranked", compute="_compute_rank", compute_sudo=True)
    final_rank = fields.Integer(
        "Rank When Made Final", readonly=True, copy=False, aggregator=None
    )
    final_rank_of = fields.Integer(
        "Units Ranked Then", readonly=True, copy=False, aggregator=None
    )

    _unit_uniq = models.UniqueIndex(
        "(company_id, unit_id, year)", "The unit has a scorecard of this year already."
    )
    _year_sane = models.Constraint(
        f"CHECK(year BETWEEN {FIRST_YEAR} AND {LAST_YEAR})",
        "A scorecard is of a year of this century: enter four digits.",
    )
    # === Computes === #

    @api.depends("line_ids.weight")
    def _compute_weight_total(self):
        for card in self:
            card.weight_total = sum(card.line_ids.mapped("weight"))

    @api.depends("score", "year", "unit_id", "company_id", "final_rank")
    def _compute_rank(self):
        """Rank drafts among all cards of these years and companies with one query."""
        final = self.filtered("final_rank")
        for card in final:
            card.rank, card.rank_of = card.final_rank, card.final_rank_of
        found = (self - final)._find_ranks()
        for card in self - final:
            card.rank, card.rank_of = found.get(card._origin.id, (0, 0))

    def _find_ranks(self):
        """Return ``{card id: (rank, units ranked)}`` of all cards of these years and
        companies, by their scores of now.
        """
        found = {}
        for peers in self._find_peers().values():
            ranks = kernel.get_ranks({card.id: card.score for card in peers})
            found |= {key: (rank, len(peers)) for key, rank in ranks.items()}
        return found

    def _find_peers(self):
        """Return the cards of these years and companies by the kind of their unit."""
        cards = self.search(
            [
                ("year", "in", self.mapped("year")),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        return cards.grouped(lambda card: card._get_kind())

    def _get_kind(self):
        """Return what units are ranked by: those of the same are compared."""
        return self.company_id, self.year, self.level

    @api.depends("unit_id", "year", "names")
    def _compute_display_name(self):
        for card in self:
            names = (card._get_names()["unit"], str(card.year or ""))
            card.display_name = " · ".join(filter(None, names))

    def _get_names(self):
        """Return what unit and issuer are called; once it is final, what they were
        called then.
        """
        self.ensure_one()
        # sudo: who reads the card may know whose it is, and who made it final
        self_sudo = self.sudo()
        return self.names or {
            "unit": self_sudo.unit_id.name or "",
            "issuer": self_sudo.issued_by_id.name or "",
        }

    # === Created, written, deleted === #

    def _club_after_create(self):
        """Take over the template's indicators; those that came along stay."""
        super()._club_after_create()
        for card in self.filtered(lambda card: not card.line_ids):
            card._take_over()
        self._compute_figures()

    def _take_over(self):
        indicators = self.template_id.indicator_ids
        indicators._check_weights(self.template_id.display_name)
        values = [
            {"scorecard_id": self.id, **{name: each[name] for name in (*COPIED, *SET)}}
            for each in indicators
        ]
        # Who draws up a card has its lines.
        self.env["club.scorecard.line"].create(values)

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        for card in self:
            if any(name in vals and differs(card, name, vals[name]) for name in ABOUT):
                raise UserError(
                    self.env._(
                        "%s stays with its unit and its year: delete the draft and "
                        "draw up another one.",
                        card.display_name,
                    )
                )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "line_ids" in vals:
            self._compute_figures()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        for card in self:
            if card.state == ISSUED:
                raise card._get_closed_refusal()

    # === Actions === #

    @for_records
    def action_compute(self):
        """Measure drafts anew.

        :raises UserError: when one is issued, or weights don't sum to 100
        """
        cards = self._get_to_change()
        for card in cards:
            card.line_ids._check_weights(card.display_name)
        cards._compute_figures()
        return True

    @for_records
    def action_issue(self):
        """Issue drafts of years that are over: from then on they stay as they are.

        Units of a kind are ranked, so their cards of a year are issued together.

        :raises UserError: before the year is over or its points are posted and nothing
            says why, when one is issued, weights don't sum to 100, or drafts of the
            same kind and year are left out
        """
        cards = self._get_to_change()
        for card in cards:
            card.line_ids._check_weights(card.display_name)
            if card.company_id._club_today() <= date(card.year, YEAR_MONTHS, 31):
                raise UserError(
                    self.env._(
                        "%(card)s is issued once %(year)s is over: until then its "
                        "figures still grow.",
                        card=card.display_name,
                        year=card.year,
                    )
                )
        cards._check_posted()
        cards._check_together()
        cards._compute_figures()
        ranks = cards._find_ranks()
        for company, found in cards.grouped("company_id").items():
            found._set_state(
                (DRAFT,),
                ISSUED,
                issued_on=company._club_today(),
                issued_by_id=self.env.uid,
            )
        for card in cards:
            rank, rank_of = ranks[card.id]
            card._write_guarded(
                {
                    "names": card._get_names(),
                    "final_rank": rank,
                    "final_rank_of": rank_of,
                }
            )
        return True

    def _check_posted(self):
        """Refuse a year whose last points aren't posted, unless the card says why."""
        silent = self.filtered(lambda card: not card.unposted_reason)
        for (company, year), cards in silent.grouped(
            lambda card: (card.company_id, card.year)
        ).items():
            if not company._has_posted(date(year, YEAR_MONTHS, 1)):
                raise UserError(
                    self.env._(
                        "%(card)s is issued once the points of December %(year)s are "
                        "posted: they still change its figures. Where they won't be "
                        "posted, say on the card why it is final before.",
                        card=cards[0].display_name,
                        year=year,
                    )
                )

    def _check_together(self):
        """Refuse to leave out drafts that the cards are ranked with."""
        # sudo: who issues knows all that are ranked
        for peers in self.sudo()._find_peers().values():
            left_out = peers.filtered(lambda card: card.state == DRAFT) - self.sudo()
            if left_out and peers & self.sudo():
                raise UserError(
                    self.env._(
                        "Units of a kind are ranked, and a final rank stays: issue "
                        "their scorecards of %(year)s together. Still a draft: "
                        "%(cards)s. Select them too, or delete the draft of who isn't "
                        "to be ranked.",
                        year=peers[0].year,
                        cards=join(self.env, left_out.mapped("display_name")),
                    )
                )

    @for_records
    def action_reset_goals(self):
        """Take over goals and weights of the template anew."""
        cards = self._get_to_change()
        cards.line_ids.unlink()
        for card in cards:
            card._take_over()
        cards._compute_figures()
        return True

    @for_one
    def action_open_figures(self):
        """Open the monthly figures that it was measured by."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_figure_action"
        )
        return {
            **action,
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("unit_id", "child_of", self.unit_id.id),
                ("month", ">=", date(self.year, 1, 1)),
                ("month", "<=", date(self.year, YEAR_MONTHS, 31)),
                ("code", "in", self.line_ids.mapped("code")),
            ],
        }

    def _get_to_change(self):
        self.check_access("write")
        cards = without_client_context(self)
        hold(cards)
        cards._check_state(DRAFT)
        return cards

    # === Figures === #

    def _compute_figures(self):
        """Measure the lines from the figures of the year's months that are over."""
        for (company, year), cards in self.grouped(
            lambda card: (card.company_id, card.year)
        ).items():
            sums, before, last = cards._read_year(company, year)
            cards.line_ids._measure(sums, before)
            for card in cards:
                card._write_guarded(
                    {
                        "score": kernel.get_score(
                            (line.weight, line.attained if line.is_measured else None)
                            for line in card.line_ids
                        ),
                        "measured_weight": sum(
                            line.weight for line in card.line_ids if line.is_measured
                        ),
                        "month_to": last,
                        "computed_at": fields.Datetime.now(),
                    }
                )

    def _read_year(self, company, year):
        """Return the figures of a year, those of the same months before, and the last
        of these months; nothing where none is over yet.
        """
        first = date(year, 1, 1)
        over = month_start(company._club_today()) - timedelta(days=1)
        last = min(date(year, YEAR_MONTHS, 31), over)
        if last < first:
            return {}, {}, False
        lines = self.line_ids
        codes = {*lines.mapped("code"), *filter(None, lines.mapped("base_code"))}
        # sudo: a score is of its unit's figures, whoever computes it
        figures_sudo = self.env["club.figure"].sudo()
        units_sudo = self.unit_id.sudo()
        sums = figures_sudo._read_figures(company, codes, units_sudo, first, last)
        before = figures_sudo._read_figures(
            company,
            codes,
            units_sudo,
            add_months(first, -YEAR_MONTHS),
            add_months(last, -YEAR_MONTHS),
        )
        return sums, before, last

    @api.model
    def _cron_compute(self):
        """Measure all drafts, every night."""
        drafts = self.search([("state", "=", DRAFT)])
        hold(drafts)
        drafts._compute_figures()
