import json
from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...kernel import windows
from ..care.club_retention import UNSETTLED as AT_RISK
from ..need.club_need import UNSETTLED
from ..points.run_states import POSTED, VERIFIED
from ..program.club_points_kind import REVENUE
from ..record.groups import AUDITOR, LEAD, OFFICER
from ..record.navigate import domain_here
from ..record.rpc import for_one

# Who reads what is owed to the accounts of a unit; Finance does not.
CARE = f"{LEAD},{AUDITOR}"
MONTHS = 12
FULL_LOAD = 100
OPEN_DUTIES = [("state", "=", "open")]
LATE_DUTIES = [*OPEN_DUTIES, ("is_late", "=", True)]
COMPLAINTS = [("is_complaint", "=", True), ("state", "in", UNSETTLED)]
CASES = [("state", "in", AT_RISK)]
MEMBERS = [("is_company", "=", True), ("club_tier_id", "!=", False)]


class ClubOverview(models.Model):
    """A card for each unit, and one for the month of the company. Rules B5, D9, E5.

    A read-only view of the units that the user leads, or of all. Each number counts
    the unit with those below it, as far as the user may read what is counted, and
    opens the list of it.
    """

    _name = "club.overview"
    _description = "Overview of a Unit"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "path, id"
    _club_by_code = True
    _depends = {
        "crm.team": ["active", "club_level", "company_id", "parent_id", "user_id"],
        "club.points.run": ["company_id", "kind", "month", "program_id"],
        "club.points.run.unit": ["unit_id"],
        "club.program": ["active", "company_id", "sequence"],
        "club.unit.clerk": ["unit_id"],
    }

    unit_id = fields.Many2one(
        "crm.team", readonly=True, help="Empty on the card of the company's month."
    )
    path = fields.Char("Units Above", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Unit Lead", readonly=True)
    unit_path = fields.Char(related="unit_id.club_path", string="Units in Order")

    # === What is owed === #

    open_duties = fields.Integer(compute="_compute_care", groups=CARE)
    late_duties = fields.Integer(compute="_compute_care", groups=CARE)
    open_complaints = fields.Integer(compute="_compute_care", groups=CARE)
    at_risk = fields.Integer("Accounts at Risk", compute="_compute_care", groups=CARE)
    managers = fields.Integer(
        "Account Managers", compute="_compute_managers", groups=CARE
    )
    overloaded = fields.Integer(
        "Managers above 100 %",
        compute="_compute_managers",
        groups=CARE,
        help="Those who look after more accounts than one can, in all units.",
    )

    # === Who is a member === #

    members = fields.Integer(compute="_compute_members")
    members_text = fields.Char("Members by Tier", compute="_compute_members")
    members_graph = fields.Text("Members of 12 Months", compute="_compute_figures")

    # === The month's run === #

    run_id = fields.Many2one(
        "club.points.run",
        readonly=True,
        help="The main program's latest one of the months that have passed.",
    )
    units_with_lines = fields.Integer(
        "Units with Lines", compute="_compute_units_with_lines"
    )
    units_verified = fields.Integer(compute="_compute_units_with_lines")
    months_to_verify = fields.Integer(compute="_compute_figures")
    months_on_time = fields.Integer(
        "Months Verified on Time",
        compute="_compute_figures",
        help="Of 12 months, each unit's counting once.",
    )

    # === The company's card === #

    files_state = fields.Selection(related="run_id.files_state", related_sudo=False)
    files_text = fields.Char(related="run_id.files_text", related_sudo=False)
    parked_state = fields.Selection(related="run_id.parked_state", related_sudo=False)
    parked_text = fields.Char(related="run_id.parked_text", related_sudo=False)
    controls_state = fields.Selection(
        related="run_id.controls_state", related_sudo=False
    )
    controls_text = fields.Char(related="run_id.controls_text", related_sudo=False)
    exceptions_state = fields.Selection(
        related="run_id.exceptions_state", related_sudo=False
    )
    exceptions_text = fields.Char(related="run_id.exceptions_text", related_sudo=False)
    units_state = fields.Selection(related="run_id.units_state", related_sudo=False)
    units_text = fields.Char(related="run_id.units_text", related_sudo=False)
    post_state = fields.Selection(related="run_id.post_state", related_sudo=False)
    post_text = fields.Char(related="run_id.post_text", related_sudo=False)
    month_text = fields.Char("This Month in Words", compute="_compute_month_text")
    is_set_up = fields.Boolean(
        "Set Up", compute="_compute_set_up", groups=OFFICER, help="Every step is taken."
    )
    set_up_html = fields.Html("Setting Up", compute="_compute_set_up", groups=OFFICER)

    # === The view === #

    @property
    def _table_query(self):
        """A team is a unit of the club by its level, by where it stands, or by what
        of the club's it has. Those without a company are of the one that one works in.
        """
        return SQL(
            """
            WITH latest AS (
                SELECT DISTINCT ON (r.company_id) r.company_id, r.id
                  FROM club_points_run r
                  JOIN club_program p ON p.id = r.program_id
                 WHERE r.kind = %(kind)s AND r.month < %(month)s
                 ORDER BY r.company_id, p.active DESC, p.sequence, p.id, r.month DESC,
                          r.id DESC)
            SELECT 2 * t.id AS id, t.id AS unit_id, t.parent_path AS path,
                   coalesce(t.company_id, %(here)s) AS company_id, t.user_id,
                   r.id AS run_id
              FROM crm_team t
         LEFT JOIN latest r ON r.company_id = coalesce(t.company_id, %(here)s)
             WHERE t.active
               AND (t.club_level IS NOT NULL OR t.parent_id IS NOT NULL
                    OR t.id IN (SELECT b.parent_id FROM crm_team b
                                 UNION SELECT unit_id FROM club_points_run_unit
                                 UNION SELECT unit_id FROM club_unit_clerk))
         UNION ALL
            SELECT 2 * p.company_id + 1, NULL, '', p.company_id, NULL, min(r.id)
              FROM club_program p
         LEFT JOIN latest r ON r.company_id = p.company_id
          GROUP BY p.company_id
            """,
            kind=REVENUE,
            here=self.env.company.id,
            month=self.env.company._club_today().replace(day=1),
        )

    @api.depends("unit_id", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for card in self:
            card.display_name = card.unit_id.name or card.company_id.name

    # === Counting === #

    def _count(self, name, domain, unit="unit_id", by=None, account=None):
        """Return ``{unit id: Counter}`` of what the user may read, each unit with
        those below it, in two statements however many there are.

        :param unit: the field that says whose it is
        :param by: the field of what is counted apart
        :param account: the field that names the account that ``unit`` is of
        """
        records = self.env[name]
        query = records._search([*domain, *domain_here(self.env)])
        of, alias = records, query.table
        if account:
            of, alias = records._fields[account].join(records, alias, query)
        units, parts = (
            of._field_to_sql(alias, field, query) if field else SQL("NULL")
            for field in (unit, by)
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT unit, part, count(*) FROM (%s) counted"
                " WHERE unit IS NOT NULL GROUP BY unit, part",
                query.select(SQL("%s AS unit", units), SQL("%s AS part", parts)),
            )
        )
        return self._add_up(rows)

    def _add_up(self, rows):
        """Add what units have to those above them.

        :param rows: unit id, part, number
        """
        paths = self._get_paths({unit_id for unit_id, _part, _number in rows})
        found = defaultdict(Counter)
        for unit_id, part, number in rows:
            for above in paths[unit_id]:
                found[above][part] += number
        return found

    def _get_paths(self, unit_ids):
        """Return ``{unit id: ids of the units above and of itself}``."""
        # sudo: where units stand tells nothing of them
        units_sudo = self.env["crm.team"].sudo().browse(unit_ids)
        return {
            unit.id: [int(key) for key in (unit.parent_path or "").split("/") if key]
            for unit in units_sudo
        }

    @api.depends("unit_id")
    @api.depends_context("uid", "company")
    def _compute_care(self):
        of_account = {"unit": "club_unit_id", "account": "account_id"}
        counts = {
            "open_duties": self._count("club.duty", OPEN_DUTIES),
            "late_duties": self._count("club.duty", LATE_DUTIES),
            "open_complaints": self._count("club.need", COMPLAINTS, **of_account),
            "at_risk": self._count("club.retention", CASES, **of_account),
        }
        for card in self:
            for name, found in counts.items():
                card[name] = found[card.unit_id.id].total()

    @api.depends("unit_id")
    @api.depends_context("uid", "company")
    def _compute_managers(self):
        """Count persons: who looks after accounts of two units below counts once."""
        loads = self.env["club.manager.load"]
        rows = loads._read_group(
            [("unit_id", "!=", False), *domain_here(self.env)],
            ["unit_id", "user_id"],
            ["load_total:max"],
        )
        paths = self._get_paths({unit.id for unit, _user, _load in rows})
        managers, overloaded = defaultdict(set), defaultdict(set)
        for unit, user, load in rows:
            for above in paths[unit.id]:
                managers[above].add(user.id)
                if load > FULL_LOAD:
                    overloaded[above].add(user.id)
        for card in self:
            card.managers = len(managers[card.unit_id.id])
            card.overloaded = len(overloaded[card.unit_id.id])

    def _count_members(self):
        """Count as `_count` does: who reads a card reads all accounts and their tiers.

        Odoo would look up each unit and tier that an account names.
        """
        partners = self.env["res.partner"]
        names = ["active", "is_company", "club_unit_id", "club_tier_id"]
        partners.flush_model(names)
        return self._add_up(
            self.env.execute_query(
                SQL(
                    """
                    SELECT (club_unit_id ->> %(key)s)::int AS unit,
                           (club_tier_id ->> %(key)s)::int AS tier, count(*)
                      FROM res_partner
                     WHERE active AND is_company
                       AND club_unit_id ->> %(key)s IS NOT NULL
                       AND club_tier_id ->> %(key)s IS NOT NULL
                  GROUP BY 1, 2
                    """,
                    key=str(self.env.company.id),
                )
            )
        )

    @api.depends("unit_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_members(self):
        counts = self._count_members()
        # sudo: the names of tiers, in their order
        tiers_sudo = self.env["club.tier"].sudo()
        tiers_sudo = tiers_sudo.browse(
            {tier for found in counts.values() for tier in found}
        )
        names = [(tier.id, tier.name) for tier in tiers_sudo.sorted()]
        for card in self:
            found = counts[card.unit_id.id]
            card.members = found.total()
            card.members_text = " · ".join(
                f"{name} {found[tier_id]}" for tier_id, name in names if found[tier_id]
            )

    @api.depends("unit_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_figures(self):
        """Read them of the 12 months that have passed."""
        today = self.env.company._club_today()
        last = windows.add_months(today.replace(day=1), -1)
        first = windows.add_months(last, 1 - MONTHS)
        months = [windows.add_months(first, number) for number in range(MONTHS)]
        # sudo: whoever sees a unit's card reads what its months came to
        figures_sudo = self.env["club.figure"].sudo()
        units = self.unit_id
        span = (units, first, last)
        company = self.env.company
        verified = figures_sudo._read_figures(company, ["verified_on_time"], *span)
        members = figures_sudo._read_figures_by_month(company, ["members"], *span)
        labels = [
            (month, format_date(self.env, month, date_format="MMM yyyy"))
            for month in months
        ]
        key = self.env._("Members")
        for card in self:
            unit_id = card.unit_id.id
            on_time, to_verify = verified.get((unit_id, "verified_on_time"), (0, 0))
            card.months_on_time, card.months_to_verify = on_time, to_verify
            points = [
                {"x": label, "y": members.get((unit_id, "members", month), (0, 0))[0]}
                for month, label in labels
            ]
            card.members_graph = any(point["y"] for point in points) and json.dumps(
                [{"key": key, "title": "", "values": points}]
            )

    @api.depends("unit_id", "run_id")
    @api.depends_context("uid", "company")
    def _compute_units_with_lines(self):
        runs = self.run_id
        found = defaultdict(Counter)
        if runs:
            domain = runs._domain_units_with_lines()
            found = self._count("club.points.run.unit", domain, by="state")
        for card in self:
            states = found[card.unit_id.id]
            card.units_with_lines = states.total()
            card.units_verified = states[VERIFIED]

    @api.depends("company_id", "run_id")
    @api.depends_context("uid", "lang")
    def _compute_month_text(self):
        """Say where the check-list isn't of the last month, or is done with."""
        today = self.env.company._club_today()
        last = windows.add_months(today.replace(day=1), -1)
        for card in self:
            run = card.run_id
            card.month_text = False
            if not run or run.month < last:
                card.month_text = self.env._(
                    "The points of %s haven't been computed yet.", f"{last:%Y-%m}"
                )
            elif run.state == POSTED:
                card.month_text = run._describe_closed()

    @api.depends("company_id")
    @api.depends_context("uid", "lang")
    def _compute_set_up(self):
        """Ask the main program of each company; there are few."""
        for card in self:
            program = self.env["club.program"]
            if not card.unit_id:
                program = program._get_main(card.company_id)
            card.is_set_up = program.is_set_up or not program
            card.set_up_html = program.set_up_html

    # === What the numbers open === #

    def _open(self, name, domain, link, **context):
        """Open a list of the club, narrowed to the unit and those below it."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_club.{name}")
        if self.unit_id:
            domain = [*domain, (link, "child_of", self.unit_id.ids)]
        if action["res_model"] != "res.partner":  # accounts are all companies'
            domain = [*domain, ("company_id", "=", self.company_id.id)]
        return {**action, "domain": domain, "context": context}

    @for_one
    def action_open_members(self):
        return self._open(
            "club_account_action", MEMBERS, "club_unit_id", group_by=["club_tier_id"]
        )

    @for_one
    def action_open_duties(self):
        return self._open("club_duty_action", OPEN_DUTIES, "unit_id")

    @for_one
    def action_open_late(self):
        return self._open("club_duty_action", LATE_DUTIES, "unit_id")

    @for_one
    def action_open_complaints(self):
        return self._open(
            "club_need_action_complaints", COMPLAINTS, "account_id.club_unit_id"
        )

    @for_one
    def action_open_at_risk(self):
        return self._open("club_retention_action", CASES, "account_id.club_unit_id")

    @for_one
    def action_open_managers(self):
        return self._open(
            "club_manager_load_action", [], "unit_id", group_by=["user_id"]
        )

    @for_one
    def action_open_units(self):
        """Open the parts of the month's run; none where there is no run."""
        self.check_access("read")
        domain = self.run_id._domain_units_with_lines()
        return self._open("club_points_run_unit_action", domain, "unit_id")

    @for_one
    def action_open_months(self):
        """Open what was verified of the last 12 months."""
        today = self.env.company._club_today()
        first = windows.add_months(today.replace(day=1), -MONTHS)
        domain = [("month", ">=", fields.Date.to_string(first))]
        return self._open("club_points_run_unit_action", domain, "unit_id")

    # === What the check-list opens === #

    @for_one
    def action_open_run(self):
        """Open the month's run, or where the first one is made."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_points_run_action"
        )
        if not self.run_id:
            return action
        return {**action, "res_id": self.run_id.id, "views": [(False, "form")]}

    @for_one
    def action_open_files(self):
        return self.run_id.action_open_files()

    @for_one
    def action_open_parked(self):
        return self.run_id.action_open_parked()

    @for_one
    def action_open_controls(self):
        return self.run_id.action_open_controls()

    @for_one
    def action_open_exceptions(self):
        return self.run_id.action_open_exceptions()
