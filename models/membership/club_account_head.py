from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..record.names import add_remark
from . import heads

DAY = timedelta(days=1)


class ClubAccountHead(models.Model):
    """Whose branch an account was, from one day to another. Rules A10, A12.

    The lines follow `club_head_id`, and keep which head it was before. They count for
    standing while a signed class of the account names the same head: evidence of any
    day says who was measured together. A line that was replaced on its first day ends
    the day before and stays.
    """

    _name = "club.account.head"
    _description = "Head of an Account"
    _inherit = ["club.logged.mixin", "club.record.mixin"]
    _order = "date_from desc, id desc"
    _club_by_code = True
    _club_rewritable = ("date_to",)
    _club_keeps = "account_id"
    _club_logged = ("account_id", "head_id", "date_from", "date_to")

    account_id = fields.Many2one(
        "res.partner",
        "Branch of the Group",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    head_id = fields.Many2one(
        "res.partner",
        "Head of the Group",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date(
        "To", readonly=True, help="The last day. Empty: until further notice."
    )

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from - 1)",
        "A time under a head must not end before it begins.",
    )
    # Not a UNIQUE constraint: the merge wizard deletes rows that violate one.
    _one_head = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(account_id, account_id, '[]') WITH =,"
        " int4range(company_id, company_id, '[]') WITH =,"
        " daterange(date_from, date_to + 1) WITH &&)",
        "An account has one head at a time.",
    )

    @api.depends("account_id", "head_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            # sudo: who reads the line may know whom it names
            line_sudo = line.sudo()
            line.display_name = add_remark(
                self.env, line_sudo.account_id.name, line_sudo.head_id.name
            )

    # === They follow the accounts === #

    @api.model
    def _follow(self, accounts):
        """Note which heads the accounts have, in the company in use, from today."""
        company = self.env.company
        today = company._club_today()
        # sudo: lines of all accounts, written by nobody
        found_sudo = self.sudo().search(
            [
                ("account_id", "in", accounts.ids),
                ("company_id", "=", company.id),
                ("date_to", "=", False),
            ]
        )
        ended_sudo = found_sudo.filtered(
            lambda line: line.account_id.club_head_id != line.head_id
        )
        ended_sudo._end(today)
        kept_sudo = found_sudo - ended_sudo
        self.sudo()._create_guarded(
            [
                {
                    "account_id": account.id,
                    "head_id": account.club_head_id.id,
                    "company_id": company.id,
                    "date_from": today,
                }
                for account in accounts.sudo()
                if account.club_head_id and account not in kept_sudo.account_id
            ]
        )

    def _end(self, day):
        """Let the lines end before a day; those that begin on it never counted."""
        for first, lines in self.grouped("date_from").items():
            lines._write_guarded({"date_to": max(day, first) - DAY})
        self.flush_recordset()  # before the next one begins

    # === Merging accounts === #

    @api.model
    def _settle_merge(self, sources, target):
        """Make way for the heads of accounts that are merged into ``target``.

        What belonged to each other is one account now. Of two heads at once that of
        the target stays; and a circle that comes of it opens at the target.
        """
        merged = sources | target
        lines = self.search([("account_id", "in", merged.ids)])
        inside = lines.filtered(lambda line: line.head_id in merged)
        inside._end(date.min)
        for company, found in (lines - inside).grouped("company_id").items():
            found._settle_times(target)
            self.flush_model()
            above = heads.get_above(self.env, company, merged.ids)
            if not above.isdisjoint(merged.ids):
                running = found.filtered(lambda line: not line.date_to)
                running._end(company._club_today())

    def _settle_times(self, target):
        """Cut times under a head that overlap, before accounts become one."""
        kept = []
        for line in self.sorted(
            lambda line: (line.account_id == target, line.date_from), reverse=True
        ):
            last = line.date_to or date.max
            hit = [
                first for first, end in kept if first <= last and end >= line.date_from
            ]
            if hit:
                line._end(min(hit))
                last = line.date_to
            if last >= line.date_from:
                kept.append((line.date_from, last))

    @api.model
    def _refresh_heads(self, accounts):
        """Let the accounts, and those below them, name the heads that they have."""
        self.flush_model()
        self.env["res.partner"].flush_model(["club_head_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET club_head_id = (
                       SELECT jsonb_object_agg(h.company_id::text, h.head_id)
                         FROM club_account_head h
                        WHERE h.account_id = p.id AND h.date_to IS NULL)
                 WHERE p.id = ANY(%(ids)s)
                    OR p.id IN (SELECT account_id FROM club_account_head
                                 WHERE head_id = ANY(%(ids)s))
                """,
                ids=accounts.ids,
            )
        )
        self.env["res.partner"].invalidate_model(["club_head_id"])
