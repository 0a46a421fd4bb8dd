from odoo import api, fields, models
from odoo.tools import SQL

from ..contact.looked_after import unit_of
from ..record.by_company import ByCompany
from ..record.groups import AUDITOR, OFFICER
from .following import keep_one_line


class ClubHandoverLine(models.Model):
    """An account of a hand-over, with what is open there. Rule D9."""

    _name = "club.handover.line"
    _description = "Account of a Hand-Over"
    _inherit = ["club.record.mixin"]
    _order = "handover_id, id"
    _club_parent = "handover_id"
    _club_keeps = "account_id"
    _club_accounts = ("account_id",)
    _rec_name = "account_id"

    handover_id = fields.Many2one(
        "club.handover", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="handover_id.company_id", store=True)
    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", True)],
    )
    tier_id = ByCompany(related="account_id.club_tier_id", string="Tier")
    remark = fields.Char(help="What the next one ought to know.")
    duty_count = fields.Integer("Open Duties", compute="_compute_counts")
    need_count = fields.Integer("Open Needs", compute="_compute_counts")
    case_count = fields.Integer("Open Cases", compute="_compute_counts")
    booking_count = fields.Integer("Services Booked", compute="_compute_counts")

    _account_uniq = models.UniqueIndex(
        "(handover_id, account_id)", "An account is handed over once."
    )

    @api.depends(
        *("account_id", "handover_id.state"),
        *("handover_id.user_from_id", "company_id"),
    )
    @api.depends_context("uid", "company")
    def _compute_counts(self):
        """Count what is open, whoever of the two reads it; nothing that is discreet."""
        told = self._filter_told()
        counts = {
            name: told._count_open(model, domain)
            for name, (model, domain) in self._get_sources().items()
        }
        for line in self:
            key = (line.account_id._origin, line.company_id)
            for name, found in counts.items():
                line[name] = found.get(key, 0)

    def _filter_told(self):
        """Return those of which the reader may know how much is open: what was
        submitted, and of drafts the accounts that are his to hand over. Anybody may
        draw one up.
        """
        scope = self.env["res.partner"]._get_my_scope(OFFICER, AUDITOR)
        user = self.env.user

        def is_told(line):
            handover = line.handover_id
            # sudo: whose account it is decides, whoever asks
            account_sudo = line.account_id.sudo().with_company(line.company_id)
            is_kept = line._origin.account_id == line.account_id._origin
            return (
                (is_kept and handover._origin.state in ("waiting", "done"))
                or scope.leads(account_sudo)
                or user == handover.user_from_id == account_sudo.club_manager_id
            )

        return self.filtered(is_told)

    @api.model
    def _count_of(self, handovers):
        """Return how many accounts hand-overs name, and how much is open there as far
        as the reader may know it (`_filter_told`): ``{id: accounts}``, ``{id: open}``.
        """
        if not handovers:
            return {}, {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(self._get_count_queries(handovers.ids))
        )
        counts, open_counts = {}, {}
        for handover_id, accounts, left in rows:
            for found, count in ((counts, accounts), (open_counts, left)):
                found[handover_id] = found.get(handover_id, 0) + count
        return counts, open_counts

    def _get_count_queries(self, handover_ids):
        """Return the SELECT of the lines, and one for each kind of what is open."""
        asked = SQL("l.handover_id = ANY(%s)", handover_ids)
        yield SQL(
            "SELECT l.handover_id, count(*), 0 FROM club_handover_line l WHERE %s"
            " GROUP BY l.handover_id",
            asked,
        )
        for model, domain in self._get_sources().values():
            # sudo: how much is open, not what
            open_sudo = self.env[model].sudo()._search(domain)
            yield SQL(
                """
                SELECT l.handover_id, 0, count(*)
                  FROM club_handover_line l
                  JOIN club_handover h ON h.id = l.handover_id
                  JOIN res_partner a ON a.id = l.account_id
                  JOIN %(open)s o(account_id, company_id)
                    ON o.account_id = l.account_id AND o.company_id = l.company_id
                 WHERE %(asked)s AND %(told)s
                 GROUP BY l.handover_id
                """,
                open=open_sudo.subselect("account_id", "company_id"),
                asked=asked,
                told=self._get_told_sql(),
            )

    def _get_told_sql(self):
        """Return what `_filter_told` asks of a line ``l`` of ``h`` and its account
        ``a``.
        """
        scope = self.env["res.partner"]._get_my_scope(OFFICER, AUDITOR)
        if scope.has_all:
            return SQL("TRUE")
        company = SQL("l.company_id")
        return SQL(
            "(h.state IN ('waiting', 'done') OR %(unit)s = ANY(%(led)s)"
            " OR h.user_from_id = %(me)s AND %(manager)s = %(me)s)",
            unit=unit_of(SQL("a"), company),
            led=scope.led.ids,
            manager=SQL("(a.club_manager_id ->> %s::text)::int", company),
            me=self.env.uid,
        )

    @api.model
    def _get_sources(self):
        """Return the models that say what is open, and which of their records are."""
        return {
            "duty_count": ("club.duty", [("state", "=", "open")]),
            "need_count": ("club.need", self._domain_unsettled("club.need")),
            "case_count": ("club.retention", self._domain_unsettled("club.retention")),
            "booking_count": (
                "club.benefit.booking",
                [("state", "=", "booked"), ("is_discreet", "=", False)],
            ),
        }

    def _domain_unsettled(self, model):
        return [("state", "in", self.env[model]._club_unsettled)]

    def _count_open(self, model, domain):
        # sudo: how much is open, not what
        records_sudo = self.env[model].sudo()
        groups = records_sudo._read_group(
            [("account_id", "in", self.account_id._origin.ids), *domain],
            ["account_id", "company_id"],
            ["__count"],
        )
        return {
            (account.sudo(False), company.sudo(False)): count
            for account, company, count in groups
        }

    @api.model
    def _settle_merge(self, sources, target):
        """A hand-over names the merged account once."""
        keep_one_line(self, sources, target)
