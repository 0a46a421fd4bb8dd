"""Accounts: their standing, and that they stay where and what they are."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..record.derived import differs
from ..record.groups import AUDITOR, FINANCE, OFFICER, READERS
from ..record.lock import is_open
from ..record.rpc import for_one, for_records, search_shown
from .head_choice import HeadChoice
from .standing import Standings

# By what a revenue file finds an account, and who says so besides who looks after it.
FOUND_BY = {"ref", "name"}
NAMERS = (OFFICER, FINANCE)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === Its tier === #
    # Mirrors of what is in force today, for search and grouping; memberships decide.
    club_tier_id = fields.Many2one(
        "club.tier",
        "Membership Tier",
        company_dependent=True,
        copy=False,
        readonly=True,
    )
    club_is_member = fields.Boolean(
        "Club Member",
        compute="_compute_club_is_member",
        search="_search_club_is_member",
    )
    club_grade_id = fields.Many2one(
        "club.tier", "Customer Grade", company_dependent=True, copy=False, readonly=True
    )
    club_tier_color = fields.Integer("Tier Color", related="club_tier_id.color")
    club_grade_color = fields.Integer("Grade Color", related="club_grade_id.color")

    # === Whose branch it is === #
    # What is measured are the lines of `club.account.head`, which follow this.
    club_head_id = fields.Many2one(
        "res.partner",
        "Head of the Group",
        company_dependent=True,
        copy=False,
        groups=READERS,
        domain="[('parent_id', '=', False), ('id', '!=', id),"
        " ('company_id', 'in', (company_id, False))]",
        help="The headquarters to which this account belongs as a branch. A club "
        "officer sets it. Tiers follow from it, as the program says, once a signed "
        "class of the account names the same head.",
    )

    # === What is kept of it === #
    club_agreement_ids = fields.One2many(
        "club.agreement", "account_id", "Points Agreements", groups=READERS
    )
    club_classification_ids = fields.One2many(
        "club.account.classification", "account_id", "Account Classes", groups=READERS
    )
    club_membership_ids = fields.One2many(
        "club.membership", "account_id", groups=READERS
    )

    # === Figures of the account, for those who may read its entries === #
    club_is_readable = fields.Boolean(
        "Figures Visible",
        compute="_compute_club_standing",
        groups=READERS,
        help="Whether the user may see the points of this account.",
    )
    club_window_from = fields.Date(
        "Counted From", compute="_compute_club_standing", groups=READERS
    )
    club_window_to = fields.Date(
        "Counted To", compute="_compute_club_standing", groups=READERS
    )
    club_points = fields.Float(
        "Qualifying Points",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Posted points of the qualification window that count for the tier; of "
        "head and branches where the program measures them as one.",
    )
    club_revenue = fields.Monetary(
        "Recognised Revenue",
        compute="_compute_club_standing",
        groups=READERS,
        help="Revenue that Finance booked in the qualification window; that of head "
        "and branches where the program measures them as one.",
    )
    club_measured_head_id = fields.Many2one(
        "res.partner",
        "Measured as One With",
        compute="_compute_club_standing",
        groups=READERS,
        help="The head of the group whose points and revenue count for the tier, where "
        "the program measures head and branches as one.",
    )
    club_earned = fields.Float(
        "Points Earned",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="All points ever posted, with corrections and what was given or taken by "
        "hand.",
    )
    club_spent = fields.Float(
        "Points Spent",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points redeemed, less what was given back.",
    )
    club_expired = fields.Float(
        "Points Expired",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points past their last day, also those that no run has taken off yet.",
    )
    club_reserved = fields.Float(
        "Reserved Points",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="Points that redemptions hold.",
    )
    club_available = fields.Float(
        "Spendable Points",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What can be spent: earned, less spent, expired and reserved. Below zero: "
        "a debt after a correction.",
    )
    club_next_tier_id = fields.Many2one(
        "club.tier", "Next Tier", compute="_compute_club_standing", groups=READERS
    )
    club_tier_missing_points = fields.Float(
        "Points Missing",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What is missing to the threshold of the next membership tier.",
    )
    club_tier_missing_revenue = fields.Monetary(
        "Revenue Missing", compute="_compute_club_standing", groups=READERS
    )
    club_next_grade_id = fields.Many2one(
        "club.tier", "Next Grade", compute="_compute_club_standing", groups=READERS
    )
    club_grade_missing_points = fields.Float(
        "Points Missing to Grade",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
    )
    club_grade_missing_revenue = fields.Monetary(
        "Revenue Missing to Grade",
        compute="_compute_club_standing",
        groups=READERS,
        help="What is missing to the threshold of the next customer grade.",
    )
    club_unmet_bars = fields.Char(
        "Also Needed",
        compute="_compute_club_standing",
        groups=READERS,
        help="Further bars of the next membership tier that the account doesn't clear.",
    )
    club_is_projected = fields.Boolean(
        compute="_compute_club_standing",
        groups=READERS,
        help="Whether a month of the window is posted, so that a pace is known.",
    )
    club_projected_points = fields.Float(
        "Points at This Pace",
        digits=(16, 2),
        compute="_compute_club_standing",
        groups=READERS,
        help="What the posted months come to by the end of the window, day for day.",
    )
    club_projected_tier_id = fields.Many2one(
        "club.tier",
        "Tier at This Pace",
        compute="_compute_club_standing",
        groups=READERS,
        help="The membership tier that the pace of the posted months leads to.",
    )
    club_is_at_risk = fields.Boolean(
        "Downgrade Ahead",
        compute="_compute_club_standing",
        groups=READERS,
        help="At this pace the account would end below the tier that it holds.",
    )

    # === Terms, for those who may read its memberships === #
    club_tier_valid_until = fields.Date(
        "Tier Valid Until", compute="_compute_club_terms", groups=READERS
    )
    club_grade_valid_until = fields.Date(
        "Grade Valid Until", compute="_compute_club_terms", groups=READERS
    )
    club_membership_count = fields.Integer(
        "Memberships", compute="_compute_club_terms", groups=READERS
    )
    # Standing in each of the company's programs. Rules A9, A11.
    club_has_programs = fields.Boolean(
        compute="_compute_club_standing_ids",
        groups=READERS,
        help="Whether the company has several programs.",
    )
    club_standing_ids = fields.Many2many(
        "club.membership",
        string="Standing per Program",
        compute="_compute_club_standing_ids",
        groups=READERS,
        help="Tier and grade today in each of the company's programs. Lists, and what "
        "is searched for, show the main one's.",
    )

    # === Computes === #

    @api.depends("club_tier_id")
    @api.depends_context("company")
    def _compute_club_is_member(self):
        for partner in self:
            partner.club_is_member = bool(partner.club_tier_id)

    def _search_club_is_member(self, operator, value):
        """Find members by what stands in the column: to ask of each whether its tier is
        still there, as Odoo does, takes thirty times as long.
        """
        if operator != "in":
            return NotImplemented
        field = self._fields["club_tier_id"]
        company = str(self.env.company.id)
        return fields.Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s ->> %s) IS NOT NULL",
                SQL.identifier(alias, field.name, to_flush=field),
                company,
            ),
            predicate=lambda partner: bool(partner.club_tier_id),
        )

    @api.depends("commercial_partner_id", "club_manager_id", "club_unit_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_club_standing(self):
        readable = self.commercial_partner_id._origin._filter_club_readable()
        # Who may read all entries of an account may know what they come to.
        program_sudo = self.env["club.program"].sudo()._get_main()
        standings = readable and program_sudo and Standings(program_sudo, readable)
        # All at once what most have not; one by one only what each has.
        self.update(
            {
                name: False
                for name, field in self._fields.items()
                if field.compute == "_compute_club_standing"
            }
        )
        readable_ids = set(readable.ids)
        for partner in self:
            account = partner.commercial_partner_id._origin
            if account.id not in readable_ids:
                continue
            found = standings.get(account) if standings else {}
            values = {name: value for name, value in found.items() if value}
            partner.update({**values, "club_is_readable": True})
        if standings:
            # As superuser: names and colours are no secret; each field would ask anew.
            standings.tiers.fetch()

    @api.depends("commercial_partner_id", "club_tier_id", "club_grade_id")
    @api.depends_context("company", "uid")
    def _compute_club_terms(self):
        """Follow the record rules of memberships: who can't read them sees none."""
        accounts = self.commercial_partner_id._origin
        program = self.env["club.program"]._get_main()
        # sudo: they are no secret
        groups = program.sudo()._get_shown_groups()
        today = program._today()
        found = (
            self.env["club.membership"]
            .search_fetch(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                [
                    *("account_id", "program_id", "group_id"),
                    *("state", "date_from", "date_to"),
                ],
            )
            .grouped("account_id")
        )
        for partner in self:
            account = partner.commercial_partner_id._origin
            memberships = found.get(account, self.env["club.membership"])
            begun = memberships.filtered(
                lambda m: m.program_id == program
                and m.state == "valid"
                and m.date_from <= today
            )
            by_group = begun.grouped(lambda m: m.group_id.id)
            tier, grade = (
                by_group.get(groups.get(name), begun.browse())[:1]
                for name in ("membership", "grade")
            )
            partner.club_tier_valid_until = partner.club_tier_id and tier.date_to
            partner.club_grade_valid_until = partner.club_grade_id and grade.date_to
            partner.club_membership_count = len(memberships)

    @api.depends("commercial_partner_id", "club_membership_ids")
    @api.depends_context("company", "uid")
    def _compute_club_standing_ids(self):
        """Follow the record rules of memberships: who can't read them sees none."""
        programs = self.env["club.program"]
        memberships = self.env["club.membership"]
        found = {}
        # sudo: how many programs there are is no secret
        names = programs.sudo()._get_main()._get_distinguishing_names()
        if several := any(names.values()):
            accounts = self.commercial_partner_id._origin
            found = memberships.search(
                [
                    ("account_id", "in", accounts.ids),
                    ("company_id", "=", self.env.company.id),
                    *memberships._domain_on(programs._today()),
                ]
            ).grouped("account_id")
        for partner in self:
            account = partner.commercial_partner_id._origin
            standings = found.get(account, memberships)
            partner.club_has_programs = several
            partner.club_standing_ids = standings.sorted(
                lambda m: (m.program_id.sequence, m.program_id.id, m.group_id.sequence)
            )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "club_tier_id", "club_grade_id"]

    # === Written === #

    def write(self, vals):
        """
        :raises AccessError: when who isn't an officer archives an account of the club;
            when who has nothing to do with it gives it another code or name, or puts it
            under another company
        :raises ValidationError: when it is given to another company
        """
        self.check_access("write")  # a refusal names the account
        assigned = self.browse()
        if not is_open(self.env):
            if not vals.get("active", True):
                self._check_club_may_archive()
            if not FOUND_BY.isdisjoint(vals):
                self._check_club_may_name(vals)
            if {"parent_id", "is_company"} & {*vals}:
                assigned = self._get_club_assigned()
        result = super().write(vals)
        assigned._check_club_stays()
        if vals.get("company_id"):
            for company, partners in self.grouped("company_id").items():
                partners._check_club_company(company)
        return result

    # === Whose branch it is. Rule A12 === #

    @api.model
    def default_get(self, fields):
        """Nobody becomes a branch by a default that somebody keeps or sends."""
        return super().default_get([name for name in fields if name != "club_head_id"])

    @api.model_create_multi
    def create(self, vals_list):
        """
        :raises AccessError: when who isn't an officer names a head
        :raises ValidationError: when it can't be the head
        """
        partners = super().create(vals_list)
        pairs = zip(partners.ids, vals_list, strict=True)
        named = [key for key, values in pairs if values.get("club_head_id")]
        if named:
            choice = HeadChoice(partners.browse(named))
            choice.check_may_set()
            choice.settle()
        return partners

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        name = "club_head_id"
        if name in vals:
            # sudo: who writes it is asked, whatever he may read
            changed = self.filtered(lambda one: differs(one.sudo(), name, vals[name]))
            HeadChoice(changed).check_may_set()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if is_open(self.env):
            return
        if "club_head_id" in vals:
            HeadChoice(self).settle()
        if "parent_id" in vals or "is_company" in vals:
            HeadChoice(self).check_stay_accounts()
            self._follow_club_standing()

    def _follow_club_standing(self):
        """Let who was put under another company, or left one, show the standing of
        whom he belongs to now, in all companies: price lists follow it.
        """
        self.flush_recordset(["club_tier_id", "club_grade_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)"
                " AND (club_tier_id IS NOT NULL OR club_grade_id IS NOT NULL) LIMIT 1",
                self.commercial_partner_id.ids,
            )
        )
        if rows:
            # sudo: it follows, whoever writes the partner
            programs_sudo = self.env["club.program"].sudo()
            for program in programs_sudo.search([]):  # pylint: disable=no-search-all
                program._refresh_mirrors(self.commercial_partner_id)

    # === Accounts stay what they are === #

    def _get_account_columns(self):
        """Heads are accounts of the club, too."""
        return [*super()._get_account_columns(), ("club.account.head", "head_id")]

    def _filter_club_accounts(self):
        """Return those with memberships, points, agreements, classes or contracts."""
        return self._filter_club_kept(self._get_account_columns())

    def _check_club_may_archive(self):
        if self._get_my_scope(OFFICER).has_all:
            return
        for account in self._filter_club_accounts():
            raise AccessError(
                self.env._(
                    "%s is an account of the club, with its points, memberships or "
                    "contracts: a club officer archives it.",
                    account.name,
                )
            )

    def _check_club_may_name(self, vals):
        """Revenue files find an account by its code, else by its name: whoever changes
        them redirects its revenue. Rule B15.

        :raises AccessError: for a code, unless Finance or an officer changes it; for a
            name, also unless who looks after the account does
        """
        scope = self._get_my_scope(*NAMERS)
        if scope.has_all:
            return
        for name in sorted(FOUND_BY.intersection(vals)):
            changed = self.filtered(
                lambda partner, name=name: partner.commercial_partner_id == partner
                and differs(partner, name, vals[name])
            )
            if name == "name":
                changed -= changed.filtered(scope.holds)
            kept = changed._filter_club_accounts() | changed._filter_club_looked_after()
            for account in kept:
                raise AccessError(
                    self.env._(
                        "Revenue files find %(account)s by its code and its name: "
                        "Finance or a club officer changes the code, and who looks "
                        "after the account its name, too.",
                        account=account.name,
                    )
                )

    def _check_club_may_merge(self):
        """Who merges partners moves points and standing. Rule B6.

        :raises AccessError: unless an officer does it, or the club knows none of them
        """
        if self._get_my_scope(OFFICER).has_all:
            return
        for partner in self._filter_club_kept() | self._filter_club_looked_after():
            raise AccessError(
                self.env._(
                    "The club keeps records of %s: a club officer merges it with "
                    "others.",
                    partner.name,
                )
            )

    def _get_club_assigned(self):
        """Return those that are accounts with a manager, a unit or records of the club,
        in any company, but for those whose unit and manager the user may set. Rule E2.
        """
        scope = self._get_my_scope(OFFICER)
        if not self or scope.has_all:
            return self.browse()
        self.flush_recordset(["parent_id"])
        kept = self._filter_club_accounts().filtered(
            lambda partner: partner.commercial_partner_id == partner
        )
        found = self._filter_club_looked_after() | kept
        return found.filtered(lambda account: not scope.leads(account))

    def _check_club_stays(self):
        """Refuse accounts that have been put under another company.

        An account takes over its new parent's manager and unit, who then read what is
        kept of it: so only those who may set them put an account under another.
        """
        for account in self:
            if account.commercial_partner_id != account:
                raise AccessError(
                    self.env._(
                        "%s is an account of the club: the lead of its unit or a club "
                        "officer puts it under another company.",
                        account.name,
                    )
                )

    def _filter_club_looked_after(self):
        """Return the accounts that have a manager or a unit, in any company."""
        self._flush_club_looked_after()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE id = ANY(%s)"
                " AND commercial_partner_id = id"
                " AND (club_unit_id IS NOT NULL OR club_manager_id IS NOT NULL)",
                self.ids,
            )
        )
        return self.browse(key for (key,) in rows)

    def _flush_club_looked_after(self):
        names = ["club_unit_id", "club_manager_id", "commercial_partner_id"]
        self.flush_model(names)

    def _check_club_company(self, company):
        """Also what only has a unit or a manager there."""
        result = super()._check_club_company(company)
        if company and self.ids:
            companies_sudo = self.env["res.company"].sudo()  # to name any of them
            below = companies_sudo.search([("id", "child_of", company.id)])
            self._flush_club_looked_after()
            rows = self.env.execute_query(
                SQL(
                    "SELECT p.id, k.key::int FROM res_partner p, LATERAL ("
                    " SELECT * FROM jsonb_each_text(p.club_unit_id) UNION ALL"
                    " SELECT * FROM jsonb_each_text(p.club_manager_id)) k"
                    " WHERE p.id = ANY(%s) AND p.commercial_partner_id = p.id"
                    " AND k.value <> 'false' AND k.key::int <> ALL(%s)",
                    self.ids,
                    below.ids,
                )
            )
            for partner_id, holder_id in rows:
                self._refuse_club_company(
                    self.browse(partner_id),
                    companies_sudo.browse(holder_id),
                    company,
                )
        return result

    # === Whose figures the user may read === #

    def _filter_club_readable(self):
        """Return the accounts whose points the user may read. Rule E2.

        The record rules of points entries, said of accounts: one may have none yet.
        """
        return self.filtered(self._get_my_scope(OFFICER, FINANCE, AUDITOR).reads)

    # === Actions === #

    @for_one
    def action_open_club_entries(self):
        return self._get_club_action(
            "club_points_entry_action", search_default_posted=1
        )

    @for_one
    def action_open_club_memberships(self):
        return self._get_club_action("club_membership_action")

    @for_records
    def action_export_club_roster(self):
        """Download the roster of these accounts; with none chosen, of those that the
        list shows. Rule E4.

        :raises UserError: when none of them is a member
        """
        roster = self.env["club.xlsx.roster"]
        shown = self.env.context.get("active_domain")
        accounts = []
        if self:
            accounts = [("account_id", "in", self.ids)]
        elif shown:
            accounts = [("account_id", "any", shown)]
        members = search_shown(
            self.env["club.membership"],
            accounts,
            Domain(roster._get_default_domain()),
        )
        if not members:
            raise UserError(
                self.env._("None of these accounts is a member: choose others.")
            )
        domain = [*roster._get_default_domain(), *accounts]
        return roster.with_context(active_domain=domain)._get_download_action(members)

    def _get_club_action(self, name, **context):
        """Return the action of that name, on the records of the account."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
        account = self.commercial_partner_id
        return {
            **action,
            "domain": [
                ("account_id", "=", account.id),
                ("company_id", "=", self.env.company.id),
            ],
            "context": context,
        }
