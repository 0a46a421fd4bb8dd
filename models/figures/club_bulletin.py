import babel.dates
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from ...kernel import bulletin as periods
from ...kernel.windows import month_end
from ...kernel.written import get_written
from ..record.derived import differs
from ..record.groups import SIGNER
from ..record.hold import hold
from ..record.names import add_title, format_month, join
from ..record.number import next_of_series
from ..record.reader import by_language, get_officers
from ..record.rpc import for_one, for_records
from .bulletin_sections import SECTIONS, BulletinFigures

DRAFT, ISSUED = "draft", "issued"
KINDS = [(periods.MONTH, "Of a Month"), (periods.QUARTER, "Of a Quarter")]
# Of which periods a unit or company wants them drafted.
WISHES = [
    (periods.MONTH, "Of Each Month"),
    (periods.QUARTER, "Of Each Quarter"),
    ("both", "Of Each Month and Quarter"),
]
SEQUENCE = "club.bulletin"
TODO = "crm_club.mail_act_club_bulletin"
TODO_DRAFT = "crm_club.mail_act_club_bulletin_draft"
# Of what and when its figures are.
ABOUT = ("company_id", "unit_id", "kind", "month")


class ClubBulletin(models.Model):
    """What the leadership is told of a month or quarter (信息通报). Rule E11.

    Figures are generated and copied, texts are edited; once issued nothing of it ever
    changes. An error is put right by a further bulletin that names this one.
    """

    _name = "club.bulletin"
    _description = "Bulletin"
    _inherit = ["mail.thread", "mail.activity.mixin", "club.record.mixin"]
    _order = "month desc, kind, id desc"
    _rec_names_search = ("name",)
    _mail_post_access = "read"
    _club_months = ("month",)
    _club_closed = (ISSUED,)
    _club_fixes_currency = True

    name = fields.Char("Number", readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        [(DRAFT, "Draft"), (ISSUED, "Issued to Readers")],
        "Status",
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    unit_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="It and the units below it. Empty: the whole company.",
    )
    kind = fields.Selection(KINDS, required=True, default=periods.MONTH)
    month = fields.Date(
        "Period",
        required=True,
        copy=False,
        default=lambda self: self._get_last_month(),
        help="The month, or the first month of the quarter.",
    )
    body_id = fields.Many2one(
        "club.body",
        "Issuing Body",
        ondelete="restrict",
        check_company=True,
        help="Whose name and seal stand below it. Empty: the company's.",
    )
    section_ids = fields.One2many("club.bulletin.section", "bulletin_id", copy=False)
    figures_at = fields.Datetime("Figures as Of", readonly=True, copy=False)
    empty_hint = fields.Char("Nothing to Tell", compute="_compute_empty_hint")
    page = fields.Html("Bulletin", compute="_compute_page", sanitize=False)

    # === To whom === #
    user_ids = fields.Many2many(
        "res.users",
        string="Named Persons",
        domain=[("share", "=", False)],
        help="Who is to read it, besides those who hold seats in the bodies.",
    )
    body_ids = fields.Many2many(
        "club.body",
        "club_bulletin_body_rel",
        "bulletin_id",
        "body_id",
        string="Bodies",
        check_company=True,
        help="Whoever holds a seat on the day of issue is to read it.",
    )
    reader_ids = fields.One2many(
        "club.bulletin.reader", "bulletin_id", readonly=True, copy=False
    )
    reader_count = fields.Integer("Issued To", compute="_compute_reader_count")
    read_count = fields.Integer("Read By", compute="_compute_reader_count")
    is_unread = fields.Boolean(
        "To Read by Me",
        compute="_compute_is_unread",
        search="_search_is_unread",
        help="Issued to me, and I haven't marked it as read.",
    )

    # === Issued === #
    issued_on = fields.Date("Published On", readonly=True, copy=False)
    issued_by_id = fields.Many2one(
        "res.users", "Published By", readonly=True, copy=False, ondelete="restrict"
    )
    names = fields.Json(
        "Names Then",
        readonly=True,
        copy=False,
        help="What unit, body, issuer and readers were called when it was issued.",
    )
    corrects_id = fields.Many2one(
        "club.bulletin",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    correction = fields.Text(
        "What Is Corrected", copy=False, help="Printed at the head of the bulletin."
    )
    correction_ids = fields.One2many(
        "club.bulletin", "corrects_id", "Corrections", readonly=True
    )
    corrected_by_id = fields.Many2one(
        "club.bulletin", "Put Right by", compute="_compute_corrected_by_id"
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL",
        "The company has a bulletin with this number already.",
    )
    _period_uniq = models.UniqueIndex(
        "(company_id, coalesce(unit_id, 0), kind, month) WHERE corrects_id IS NULL",
        "There is a bulletin of this period already: open it, or correct it.",
    )
    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL",
        "This bulletin has a correction already: correct that one.",
    )

    # === Defaults and computes === #

    @api.model
    def _get_last_month(self):
        """Return the first day of the last month that is over."""
        return periods.period_before(
            periods.MONTH, self.env.company._club_today().replace(day=1)
        )

    @api.depends("name", "kind", "month", "unit_id", "names")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for bulletin in self:
            unit = bulletin._get_names()["unit"]
            title = bulletin._get_period_name()
            if unit:
                title = f"{title} · {unit}"
            number = bulletin.name or self.env._("Bulletin (draft)")
            bulletin.display_name = add_title(self.env, number, title)

    def _get_names(self):
        """Return what unit, body, issuer and readers are called; once it is issued,
        what they were called then. Who reads it by a body is called as this.
        """
        self.ensure_one()
        # sudo: who reads the bulletin may know of which unit, by and for whom it is
        self_sudo = self.sudo()
        return self.names or {
            "unit": self_sudo.unit_id.name or "",
            "body": self_sudo.body_id.name or self_sudo.company_id.name,
            "issuer": self_sudo.issued_by_id.name or "",
            "readers": [
                *self_sudo.body_ids.mapped("name"),
                *self_sudo.user_ids.mapped("name"),
            ],
        }

    def _get_period_name(self):
        """Return the month or quarter, as the reader's language writes it."""
        self.ensure_one()
        if not self.month:
            return ""
        if self.kind == periods.MONTH:
            return format_month(self.env, self.month)
        locale = babel_locale_parse(get_lang(self.env).code)
        return babel.dates.format_skeleton("yQQQQ", self.month, locale=locale)

    def _get_period_end(self):
        self.ensure_one()
        return month_end(periods.period_months(self.kind, self.month)[-1])

    @api.depends("state", "figures_at", "kind", "month", "unit_id", "company_id")
    @api.depends_context("lang")
    def _compute_empty_hint(self):
        for bulletin in self:
            bulletin.empty_hint = (
                bool(bulletin.month)
                and bulletin.state == DRAFT
                and not bulletin.figures_at
                and not bulletin._has_figures()
                and bulletin._get_empty_text()
            )

    def _has_figures(self):
        """Tell whether anything is known of the bulletin's period."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("month", "in", periods.period_months(self.kind, self.month)),
            ]
        )
        if self.unit_id:
            domain &= Domain("unit_id", "child_of", self.unit_id._origin.id)
        # sudo: whether there are any is no secret of who reads drafts
        return bool(self.env["club.figure"].sudo().search_count(domain, limit=1))

    def _get_empty_text(self):
        return self.env._(
            "There are no figures of %(period)s for %(whom)s yet: they are worked out "
            "every night and after points are posted.",
            period=self._get_period_name(),
            whom=self.unit_id.name or self.company_id.name,
        )

    @api.depends("reader_ids.read_at")
    def _compute_reader_count(self):
        for bulletin in self:
            bulletin.reader_count = len(bulletin.reader_ids)
            bulletin.read_count = len(bulletin.reader_ids.filtered("read_at"))

    @api.depends("reader_ids.read_at")
    @api.depends_context("uid")
    def _compute_is_unread(self):
        unread = self.search([("id", "in", self.ids), ("is_unread", "=", True)])
        for bulletin in self:
            bulletin.is_unread = bulletin._origin in unread

    def _search_is_unread(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: which ones wait for him is his to know
        waiting_sudo = self.env["club.bulletin.reader"].sudo()
        query = waiting_sudo._search(
            [("user_id", "=", self.env.uid), ("read_at", "=", False)]
        )
        return [("id", "in", query.subselect("bulletin_id"))]

    @api.depends("correction_ids.state")
    def _compute_corrected_by_id(self):
        for bulletin in self:
            issued = bulletin.correction_ids.filtered(lambda c: c.state == ISSUED)
            bulletin.corrected_by_id = issued[:1]

    @api.depends(
        *("section_ids.text", "section_ids.figures", "section_ids.is_shown"),
        *("state", "kind", "month", "unit_id", "correction", "corrects_id.name"),
    )
    @api.depends_context("lang")
    def _compute_page(self):
        papers = self.env["report.crm_club.club_bulletin"]
        for bulletin in self:
            bulletin.page = (
                self.env["ir.qweb"]._render(
                    "crm_club.club_bulletin_body",
                    {"paper": papers._prepare_paper(bulletin)},
                )
                if bulletin.section_ids
                else False
            )

    # === Constraints, written, deleted === #

    @api.constrains("user_ids", "company_id")
    def _check_users(self):
        """Whoever is to read it must be able to open it."""
        for bulletin in self:
            bulletin._check_can_read(bulletin.user_ids)

    def _check_can_read(self, users):
        strangers = self._find_strangers(users)
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(users)s: no role in the club of %(company)s, so the bulletin "
                    "couldn't be opened. Give a role or a seat, or choose others.",
                    users=join(self.env, strangers.mapped("name")),
                    company=self.company_id.name,
                )
            )

    def _find_strangers(self, users):
        """Return those of the users who couldn't open it."""
        self.ensure_one()
        # sudo: which roles somebody has isn't his colleague's to read
        return users.sudo().filtered(
            lambda user: not user.has_group(SIGNER)
            or self.company_id not in user.company_ids
        )

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        for bulletin in self.filtered("corrects_id"):
            if any(
                name in vals and differs(bulletin, name, vals[name]) for name in ABOUT
            ):
                raise UserError(
                    self.env._(
                        "%(bulletin)s corrects %(corrected)s and is of the same period "
                        "and unit: draw up another bulletin for others.",
                        bulletin=bulletin.display_name,
                        corrected=bulletin.corrects_id.name,
                    )
                )

    def _club_after_create(self):
        super()._club_after_create()
        self._begin_with_period()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if not {*ABOUT}.isdisjoint(vals):
            self._begin_with_period()
            self._drop_figures()

    def _begin_with_period(self):
        """Bring the month to the first one of its period."""
        for bulletin in self:
            start = periods.period_start(bulletin.kind, bulletin.month)
            if bulletin.month != start:
                bulletin._write_guarded({"month": start})

    def _drop_figures(self):
        """Forget figures of another period or unit: they would stand below its name."""
        drawn = self.filtered("figures_at")
        drawn.section_ids._write_guarded({"figures": False})
        drawn._write_guarded({"figures_at": False})

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for bulletin in self:
            if bulletin.state != DRAFT:
                raise bulletin._get_closed_refusal()

    # === Generated === #

    @for_one
    def action_generate(self):
        """Draw up the sections, or bring their figures up to date; texts that were
        edited stay. Rule E11.

        :raises UserError: when it is issued, or the period has no figures yet
        """
        self.check_access("write")
        hold(self)
        self._check_state(DRAFT)
        figures = BulletinFigures(self).collect()
        if figures is None:
            raise UserError(self._get_empty_text())
        there = self.section_ids.grouped("kind")
        period = self._get_period_name()
        missing = [
            {"bulletin_id": self.id, "kind": kind, "sequence": number}
            for number, (kind, _label) in enumerate(SECTIONS)
            if kind not in there
        ]
        # sudo: nobody may make sections; who draws up the bulletin gets all of them
        self.section_ids.sudo()._create_guarded(missing)
        for section in self.section_ids:
            section._take_figures(figures[section.kind], period)
        self._write_guarded({"figures_at": fields.Datetime.now()})
        return True

    # === Drafted by the job === #

    @api.model
    def _cron_draft(self):
        """Draft what units and companies want of the periods that are over."""
        # sudo: the rules of each company
        # pylint: disable-next=no-search-all
        companies = self.env["club.program"].sudo().search([]).company_id
        crons = self.env["ir.cron"]
        crons._commit_progress(remaining=len(companies))
        for company in companies:
            company._draft_bulletins()
            if not crons._commit_progress(1):
                return

    @api.model
    def _draft(self, company, month):
        """Draft what is wanted of the periods that end with a month, and isn't there.

        :return: the drafts; those of units of which nothing is known say so
        """
        drafted = self.browse()
        for unit, wish in self._find_wishes(company):
            for kind, _label in KINDS:
                start = periods.period_start(kind, month)
                if (
                    wish not in (kind, "both")
                    or periods.period_months(kind, start)[-1] != month
                ):
                    continue
                drafted |= self._draft_one(company, unit, kind, start)
        drafted._ask_to_issue(company)
        return drafted

    @api.model
    def _find_wishes(self, company):
        """Return ``[(unit, wish)]`` of a company, of itself with no unit.

        A unit that companies share has its bulletins in each that has accounts of it.
        """
        units = self.env["crm.team"].search(
            [
                *(("club_bulletin", "!=", False), ("club_level", "!=", False)),
                ("company_id", "in", (company.id, False)),
            ]
        )
        found = [(unit, unit.club_bulletin) for unit in units._filter_used_by(company)]
        wish = self.env["club.program"]._get_main(company).bulletin
        return [(units.browse(), wish), *found] if wish else found

    @api.model
    def _draft_one(self, company, unit, kind, start):
        """Draft a bulletin to the readers of the one before; none where it is there."""
        same = Domain(
            [
                *(("company_id", "=", company.id), ("unit_id", "=", unit.id)),
                *(("kind", "=", kind), ("corrects_id", "=", False)),
            ]
        )
        if self.search_count(same & Domain("month", "=", start), limit=1):
            return self.browse()
        before = self.search(same, order="month desc", limit=1)
        try:
            with self.env.cr.savepoint():
                draft = self.with_company(company).create(
                    {
                        **{"company_id": company.id, "unit_id": unit.id},
                        **{"kind": kind, "month": start},
                        "body_id": before.body_id.id,
                        "body_ids": [fields.Command.set(before.body_ids.ids)],
                    }
                )
        except UniqueViolation:  # drawn up by somebody at this very moment
            return self.browse()
        draft.user_ids = before.user_ids - draft._find_strangers(before.user_ids)
        if draft._has_figures():
            draft.action_generate()
        return draft

    def _ask_to_issue(self, company):
        """Give the officers of the company a to-do for each draft."""
        officers = get_officers(self.env, company)
        for drafts, readers in by_language(self, officers):
            for officer in readers:
                for draft in drafts:
                    draft.activity_schedule(
                        TODO_DRAFT,
                        summary=draft.empty_hint or draft.env._("Edit and issue"),
                        user_id=officer.id,
                        automated=True,
                    )

    # === Issued === #

    @for_one
    def action_issue(self):
        """Number it and issue it to its readers: from now on it stays. Rule E11.

        :raises UserError: before the period is over, without figures or readers, or
            when a correction doesn't say what it corrects
        """
        self.check_access("write")
        hold(self)
        self._check_state(DRAFT)
        self._check_can_issue()
        readers = self._find_readers()
        if not readers:
            raise UserError(
                self.env._(
                    "%s has no readers: name persons, or bodies with seats that are "
                    "held today.",
                    self.display_name,
                )
            )
        self._check_can_read(self.env["res.users"].union(*readers))
        today = self.company_id._club_today()
        self._set_state(
            [DRAFT],
            ISSUED,
            name=next_of_series(self.company_id, SEQUENCE, today),
            issued_on=today,
            issued_by_id=self.env.uid,
            names={
                **self._get_names(),
                "issuer": self.env.user.name,
                "readers": self._get_reader_names(readers),
            },
        )
        # sudo: nobody may name readers past this
        self.reader_ids.sudo()._create_guarded(
            [
                {"bulletin_id": self.id, "user_id": user.id, "body": body}
                for user, body in readers.items()
            ]
        )
        # sudo: to-dos of all who might have issued it
        self.sudo().activity_unlink([TODO_DRAFT])
        self._ask_to_read(self.env["res.users"].union(*readers))
        return True

    def _check_can_issue(self):
        """Refuse to issue what isn't whole."""
        if self._get_period_end() >= self.company_id._club_today():
            raise UserError(
                self.env._(
                    "%(bulletin)s can't be issued before its period is over, on "
                    "%(day)s.",
                    bulletin=self.display_name,
                    day=format_date(self.env, self._get_period_end()),
                )
            )
        if not self.figures_at:
            raise UserError(
                self.env._("Generate the figures of %s first.", self.display_name)
            )
        drawn = self.company_id._club_day(self.figures_at)
        if drawn <= self._get_period_end():
            raise UserError(
                self.env._(
                    "The figures of %(bulletin)s are as of %(day)s, when its period "
                    "wasn't over yet: generate them anew.",
                    bulletin=self.display_name,
                    day=format_date(self.env, drawn),
                )
            )
        if self.corrects_id and not get_written(self.correction):
            raise UserError(
                self.env._(
                    "Say what is corrected of %s: it is printed at the head.",
                    self.corrects_id.name,
                )
            )

    def _find_readers(self):
        """Return ``{user: body by which he reads it, or False}`` of today."""
        readers = dict.fromkeys(self.user_ids, False)
        today = self.company_id._club_today()
        # sudo: who holds which seat, whoever issues
        for body_sudo in self.body_ids.sudo():
            for seat_sudo in body_sudo.seat_ids:
                is_over = seat_sudo.date_to and seat_sudo.date_to < today
                is_held = seat_sudo.date_from <= today and not is_over
                if is_held and seat_sudo.user_id.active:
                    user = seat_sudo.user_id.with_env(self.env)
                    readers.setdefault(user, body_sudo.name)
        return readers

    def _get_reader_names(self, readers):
        """Return what readers are called, by ``{user: body by which he reads it}``."""
        # sudo: a bulletin names its readers
        names = [body or user.sudo().name for user, body in readers.items()]
        return [*dict.fromkeys(names)]

    def _ask_to_read(self, users):
        """Give each reader a to-do in his language."""
        for bulletin, readers in by_language(self, users):
            for reader in readers:
                # sudo: whoever issues asks others
                bulletin.sudo().activity_schedule(
                    TODO,
                    summary=bulletin.env._("Read the bulletin"),
                    user_id=reader.id,
                    automated=True,
                )

    # === Read === #

    @for_records
    def action_mark_read(self):
        """Record that the user has read it, at this moment; once. Rule E11.

        :raises UserError: when it wasn't issued to him
        """
        self.check_access("read")
        # sudo: readers only read; of this they write their own
        mine_sudo = self.sudo().reader_ids.filtered(
            lambda reader: reader.user_id == self.env.user
        )
        for bulletin in self:
            if bulletin not in mine_sudo.bulletin_id:
                raise UserError(
                    self.env._(
                        "%s wasn't issued to you: its readers mark that they have read "
                        "it.",
                        bulletin.display_name,
                    )
                )
        mine_sudo.filtered(lambda reader: not reader.read_at)._write_guarded(
            {"read_at": fields.Datetime.now()}
        )
        # sudo: his own to-do, on a record that he only reads
        self.sudo().activity_feedback([TODO], user_id=self.env.uid)
        return True

    # === Corrected === #

    @for_one
    def action_correct(self):
        """Draw up the bulletin that corrects this one, or open it. Rule E11.

        :raises UserError: before it is issued
        """
        self.check_access("write")
        hold(self)
        self._check_state(ISSUED)
        found = self.correction_ids[:1]
        if not found:
            found = self._create_guarded(
                [
                    {
                        **{name: self[name] for name in ("kind", "month")},
                        "company_id": self.company_id.id,
                        "unit_id": self.unit_id.id,
                        "body_id": self.body_id.id,
                        "corrects_id": self.id,
                        "figures_at": self.figures_at,
                        "user_ids": [fields.Command.set(self.user_ids.ids)],
                        "body_ids": [fields.Command.set(self.body_ids.ids)],
                    }
                ]
            )
            # sudo: nobody may make sections; these are those of the bulletin
            found.section_ids.sudo()._create_guarded(
                [
                    {
                        "bulletin_id": found.id,
                        **{
                            name: section[name]
                            for name in (
                                *("kind", "sequence", "is_shown", "text"),
                                *("proposed", "figures"),
                            )
                        },
                    }
                    for section in self.section_ids
                ]
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": found.id,
            "views": [(False, "form")],
        }
