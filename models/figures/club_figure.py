from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from ...kernel import windows
from ..record.figure_source import FigureSpan
from ..record.names import add_title, format_month, get_labels
from .codes import CODES, FULL, MEANS, MONEY, STOCKS
from .figure_sql import TURN, counted_rows, lay_units, refresh_query

# In the context of what has one place for points, such as a dashboard's card: those of
# the main program of each company count. Rule A9.
MAIN_ONLY = "club_main_program"


class ClubFigure(models.Model):
    """What a month came to, in a company and unit: totals, never records. Rule E5.

    Nightly and after posting they are worked out anew; nobody writes them. What is
    counted each capability says itself (`_get_figure_sources`). A company above reads
    those of the companies below it.
    """

    _name = "club.figure"
    _description = "Figure of a Month"
    _inherit = ["club.figure.mixin", "club.record.mixin"]
    _order = "month desc, code, unit_id, tier_id, id"
    _rec_name = "code"
    _club_by_code = True
    _club_months = ("month",)
    _club_records = "club_figure_id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    unit_id = fields.Many2one(
        "crm.team",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The unit itself, without those below it.",
    )
    month = fields.Date(required=True, readonly=True)
    code = fields.Selection(CODES, "Figure", required=True, readonly=True)
    tier_id = fields.Many2one(
        "club.tier", "Membership Tier", readonly=True, ondelete="cascade"
    )
    program_id = fields.Many2one(
        "club.program",
        readonly=True,
        ondelete="cascade",
        help="Of points, which aren't added up over programs.",
    )
    value = fields.Float(
        "How Much",
        digits=(16, 2),
        required=True,
        readonly=True,
        help="Of members, points balance and accounts at risk a period shows its last "
        "month; of all other figures its months add up.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "How Much Money",
        compute="_compute_amount",
        aggregator="sum",
        help="Of revenue and costs how much it is, with the currency's sign.",
    )
    base = fields.Float(
        "Out Of",
        digits=(16, 2),
        required=True,
        readonly=True,
        help="Of how many: duties due, terms that ended, activities planned and the "
        "like. 0: the figure is no share of anything.",
    )
    share = fields.Float(
        "Share (%)",
        digits=(16, 1),
        compute="_compute_share",
        store=True,
        aggregator="avg",
        help="How much it is out of that, in per cent; of satisfaction, the mean "
        "score.",
    )

    _figure_uniq = models.UniqueIndex(
        "(company_id, month, code, coalesce(unit_id, 0), coalesce(tier_id, 0),"
        " coalesce(program_id, 0))",
        "A figure of a unit and month stands once.",
    )

    @api.depends("code", "month", "unit_id", "program_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = get_labels(self, "code")
        programs = self.program_id._get_distinguishing_names()
        for figure in self:
            if not figure.code:  # not there yet
                figure.display_name = False
                continue
            # sudo: who reads the figure may know whose it is
            unit = figure.sudo().unit_id.name
            parts = (labels[figure.code], programs.get(figure.program_id))
            label = " · ".join(filter(None, parts))
            name = add_title(self.env, label, format_month(self.env, figure.month))
            figure.display_name = add_title(self.env, unit, name) if unit else name

    @api.depends("code", "value")
    def _compute_amount(self):
        for figure in self:
            figure.amount = figure.code in MONEY and figure.value

    @api.depends("code", "value", "base")
    def _compute_share(self):
        for figure in self:
            factor = 1 if figure.code in MEANS else FULL
            figure.share = figure.base and figure.value / figure.base * factor

    # === Reading them === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env.context.get(MAIN_ONLY):
            domain = Domain(domain) & self._domain_main()
        return super()._search(domain, *args, **kwargs)

    def _domain_main(self):
        """Return the domain without points of further programs."""
        # sudo: which ones are the main ones is no secret
        programs_sudo = self.env["club.program"].sudo()
        # pylint: disable-next=no-search-all
        found_sudo = programs_sudo.with_context(active_test=False).search([])
        mains = {programs_sudo._get_main(one) for one in found_sudo.company_id}
        further = [program.id for program in found_sudo if program not in mains]
        return Domain("program_id", "not in", further) if further else Domain.TRUE

    @api.model
    def _read_figures(self, company, codes, units, month_from, month_to):
        """Return ``{(unit id, code): (value, base)}`` of a period.

        Each unit with those below it; flows are summed, of stocks the last month that
        has rows is taken. Without units, what the reader sees in all counts, under the
        key False. Whoever has no such figures isn't in it.

        :param company: whose figures, for companies may share a unit: each has its own
            figures of it
        :param month_from: first day of the first month
        :param month_to: any day of the last one
        """
        found, last = {}, {}
        months = self._read_figures_by_month(
            company, codes, units, month_from, month_to
        )
        for (unit_id, code, month), (value, base) in sorted(
            months.items(), key=lambda item: item[0][2]
        ):
            key = unit_id, code
            before = (0, 0) if code in STOCKS else found.get(key, (0, 0))
            found[key] = before[0] + value, before[1] + base
            last[key] = month
        return found

    @api.model
    def _read_figures_by_month(self, company, codes, units, month_from, month_to):
        """Return ``{(unit id, code, first day of the month): (value, base)}``.

        As `_read_figures`, month by month. Points are those of the main program.
        """
        # sudo: which one is the main one is no secret
        main_sudo = self.env["club.program"].sudo()._get_main(company)
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("program_id", "in", (False, main_sudo.id)),
                ("code", "in", list(codes)),
                ("month", ">=", month_from),
                ("month", "<=", month_to),
            ]
        )
        if units:
            domain &= Domain("unit_id", "child_of", units.ids)
        above = self._get_above(units)
        found = defaultdict(lambda: (0, 0))
        for unit, code, month, value, base in self._read_group(
            domain,
            ["unit_id", "code", "month:month"],
            ["value:sum", "base:sum"],
        ):
            for unit_id in above(unit):
                before = found[unit_id, code, month]
                found[unit_id, code, month] = before[0] + value, before[1] + base
        return dict(found)

    def _get_above(self, units):
        """Return what tells, of a unit, the ids of those of ``units`` it counts to."""
        if not units:
            return lambda unit: (False,)
        asked = set(units.ids)

        def find(unit):
            # sudo: the path tells numbers only
            path = unit.sudo().parent_path or ""
            return asked.intersection(int(key) for key in path.split("/") if key)

        return find

    def _read_group_select(self, aggregate_spec, query):
        """Never add up different figures, points of several programs or amounts in
        several currencies, nor the months of a stock: of that a period is its last
        month. What several rows are a share of is all of theirs.
        """
        name = aggregate_spec.partition(":")[0]
        if aggregate_spec == "amount:sum":
            return SQL(
                "CASE WHEN max(%s) IN %s THEN %s END",
                self._field_to_sql(self._table, "code", query),
                MONEY,
                self._read_group_select("value:sum", query),
            )
        if aggregate_spec not in ("value:sum", "base:sum", "share:avg"):
            return super()._read_group_select(aggregate_spec, query)
        code = self._field_to_sql(self._table, "code", query)
        if name == "share":
            value, base = (self._sum_period(each, query) for each in ("value", "base"))
            found = SQL(
                "%s * CASE WHEN max(%s) IN %s THEN 1 ELSE %s END / nullif(%s, 0)",
                value,
                code,
                MEANS,
                FULL,
                base,
            )
        else:
            found = self._sum_period(name, query)
        return SQL(
            """
            CASE WHEN %(addable)s
                  AND min(coalesce(%(program)s, 0)) = max(coalesce(%(program)s, 0))
                 THEN %(found)s END
            """,
            addable=self._is_addable(query, MONEY),
            program=self._field_to_sql(self._table, "program_id", query),
            found=found,
        )

    def _sum_period(self, name, query):
        """Return SQL of what the rows of one figure come to."""
        return SQL(
            """
            CASE WHEN max(%(code)s) NOT IN %(stocks)s THEN sum(%(value)s)
                 ELSE (SELECT sum(u.value)
                         FROM unnest(array_agg(%(month)s), array_agg(%(value)s))
                              AS u (month, value)
                        WHERE u.month = max(%(month)s)) END
            """,
            code=self._field_to_sql(self._table, "code", query),
            month=self._field_to_sql(self._table, "month", query),
            value=self._field_to_sql(self._table, name, query),
            stocks=STOCKS,
        )

    # === The records behind it === #

    def _get_counted_model(self):
        return self._get_sources()[self.code][0]

    def _get_records_domain(self, model):
        """Return the domain of the records of a model that the figures count: one
        subquery for all figures of a code.
        """
        sources = self._get_sources()
        # sudo: which records are counted; who searches sees those that he may read
        counted_sudo = self.sudo().filtered(
            lambda figure: sources[figure.code][0]._name == model._name
        )
        self.env.flush_all()
        alike = counted_sudo.grouped(lambda figure: (figure.code, figure._get_span()))
        return Domain.OR(
            figures_sudo._select_records(model.sudo(), sources[code][1])
            for (code, _span), figures_sudo in alike.items()
        )

    def _get_span(self):
        """Return what tells apart the figures that aren't counted together: the day
        that is today, and a month that is yet to come.
        """
        today = self.company_id._club_today()
        return today, self.month if self.month > today else None

    def _select_records(self, model, source):
        """Return the domain of the records of figures of a code and span."""
        today, later = self[0]._get_span()
        last = max(self.mapped("month"))
        end = later or min(windows.month_end(last), today)
        span = FigureSpan(
            tuple(self.company_id.ids), min(self.mapped("month")), end, today
        )
        keys = {
            (
                figure.month,
                figure.company_id.id,
                figure.unit_id.id or 0,
                figure.tier_id.id or 0,
                figure.program_id.id or 0,
            )
            for figure in self
        }
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT c.id FROM (%s) c WHERE"
                " (c.month, c.company_id, coalesce(c.unit_id, 0),"
                " coalesce(c.tier_id, 0), coalesce(c.program_id, 0)) IN %s)",
                counted_rows(model, source, span),
                tuple(sorted(keys)),
            ),
        )

    # === Working them out === #

    @api.model
    def _get_sources(self):
        """Return ``{code: (model, source)}`` of all that is counted."""
        return {
            source.code: (self.env[name], source)
            for name in self._get_source_models()
            for source in self.env[name]._get_figure_sources()
        }

    @api.model
    @ormcache()
    def _get_source_models(self):
        return self._get_models_saying("_get_figure_sources")

    @api.model
    def _refresh(self, companies, month_from, month_to):
        """Work out the figures of months anew: one statement a figure, for all
        companies, units and months. Only what differs is written.

        :param month_from: any day of the first month
        :param month_to: any day of the last one; what is still to come has no figures
        :return: False where another job is at work: it has them in a moment
        """
        self.env.cr.execute(TURN)
        if not self.env.cr.fetchone()[0]:
            return False
        self.env.flush_all()
        for day, same_day in companies.grouped(lambda c: c._club_today()).items():
            start = windows.month_start(month_from)
            end = min(windows.month_end(month_to), day)
            if start > end:
                continue
            span = FigureSpan(tuple(same_day.ids), start, end, day)
            lay_units(self.env.cr, span)
            for model, source in self._get_sources().values():
                model_sudo = model.sudo()  # figures count all there is
                self.env.cr.execute(refresh_query(model_sudo, source, span))
        self.invalidate_model()
        return True

    @api.model
    def _cron_refresh(self):
        """Work out the months that may still change, then those that have no figures
        yet, back to the first: twelve at a time, each kept at once.
        """
        # sudo: the rules of each company
        # pylint: disable-next=no-search-all
        programs_sudo = self.env["club.program"].sudo().search([])
        crons = self.env["ir.cron"]
        crons._commit_progress(remaining=len(programs_sudo.company_id))
        for company in programs_sudo.company_id:
            if not company._refresh_figures():
                # Another one is at work, and may have begun before what is new.
                later = fields.Datetime.now() + timedelta(minutes=5)
                self.env.ref("crm_club.ir_cron_club_figure")._trigger(later)
                continue
            if not crons._commit_progress(1):
                return
            while company._fill_figures():
                if not crons._commit_progress(1, remaining=1):
                    return
