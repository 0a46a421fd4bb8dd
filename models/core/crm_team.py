from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "club.guard.mixin", "club.ledger.named.mixin"]
    _parent_store = True
    _club_ledger_column = "unit_id"

    parent_id = fields.Many2one(
        "crm.team",
        string="Parent Unit",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.team", "parent_id", string="Units Below")
    club_level = fields.Selection(
        [
            ("centre", "Key-Account Centre"),
            ("line", "Business-Line Company"),
            ("branch", "Branch Office"),
        ],
        help="Who looks after accounts on which level.",
    )
    clerk_ids = fields.One2many("club.unit.clerk", "unit_id", string="Points Clerks")
    club_path = fields.Char(
        "Unit", compute="_compute_club_path", help="The units above, and the unit."
    )
    club_clerk_ids = fields.Many2many(
        "res.users",
        string="Points Clerks Today",
        compute="_compute_club_clerk_ids",
        groups="crm_club.crm_club_group_user,crm_club.crm_club_group_auditor",
    )

    # Record rules ask these two. A search is made anew each time, whereas the ids that
    # a rule's domain names stay in a cache after the leader or the clerk has changed.
    club_is_led = fields.Boolean(
        "Led by Me",
        compute="_compute_club_is_mine",
        search="_search_club_is_led",
        help="A unit whose team leader I am, or one below it.",
    )
    club_is_verified = fields.Boolean(
        "Verified by Me",
        compute="_compute_club_is_mine",
        search="_search_club_is_verified",
        help="A unit whose points clerk I am today. Rule B5.",
    )

    @api.depends_context("uid")
    def _compute_club_is_mine(self):
        led = self.search([("club_is_led", "=", True)])
        verified = self.search([("club_is_verified", "=", True)])
        for unit in self:
            unit.club_is_led = unit in led
            unit.club_is_verified = unit in verified

    def _search_club_is_led(self, operator, value):
        if operator != "in":
            return NotImplemented
        led = self.sudo().search([("user_id", "=", self.env.uid)])
        return [("id", "child_of", led.ids)]

    def _search_club_is_verified(self, operator, value):
        if operator != "in":
            return NotImplemented
        clerks = self.env["club.unit.clerk"].sudo()
        today = self.env["club.program"]._today()
        seats = clerks.search(
            [("user_id", "=", self.env.uid), *clerks._domain_in_force(today)]
        )
        return [("id", "in", seats.unit_id.ids)]

    @api.depends("name", "parent_path")
    @api.depends_context("lang")
    def _compute_club_path(self):
        """Name all units above with one read."""
        above = {
            int(unit_id)
            for unit in self
            for unit_id in (unit.parent_path or "").split("/")
            if unit_id
        }
        names = {unit.id: unit.name for unit in self.sudo().browse(above)}
        for unit in self:
            path = [int(key) for key in (unit.parent_path or "").split("/") if key]
            unit.club_path = " / ".join(names[key] for key in path) or unit.name

    @api.depends("clerk_ids.user_id", "clerk_ids.date_from", "clerk_ids.date_to")
    def _compute_club_clerk_ids(self):
        today = self.env["club.program"]._today()
        clerks = self.env["club.unit.clerk"]
        seats = dict(
            clerks._read_group(
                [("unit_id", "in", self.ids), *clerks._domain_in_force(today)],
                ["unit_id"],
                ["user_id:recordset"],
            )
        )
        for unit in self:
            unit.club_clerk_ids = seats.get(unit, self.env["res.users"])

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A unit can't stand above itself: choose another parent for %s.",
                    ", ".join(self.mapped("name")),
                )
            )
