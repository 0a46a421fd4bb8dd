from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ..models.membership.club_membership import UNDERNEATH, VALID
from ..models.membership.heads import tree_query
from ..models.record.accounts import active_account
from ..models.record.names import get_labels
from ..models.record.rpc import for_one


class ClubStandingWizard(models.TransientModel):
    """What was this account on a day, and why? Rule A10.

    The answer is read from memberships and their evidence, under the rights of whoever
    asks; nothing is measured again.
    """

    _name = "club.standing.wizard"
    _description = "Standing on a Date"
    _inherit = ["club.guard.mixin"]

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        default=lambda self: active_account(self.env),
        domain=[("parent_id", "=", False)],
    )
    date = fields.Date(
        "On",
        required=True,
        default=lambda self: self.env["club.program"]._today(),
    )
    program_id = fields.Many2one(
        "club.program",
        required=True,
        default=lambda self: self.env["club.program"]._get_main(),
    )
    report = fields.Html(compute="_compute_report")

    @api.depends("account_id", "date", "program_id")
    @api.depends_context("lang", "uid")
    def _compute_report(self):
        for wizard in self:
            asked = (wizard.account_id, wizard.date, wizard.program_id)
            wizard.report = all(asked) and self.env["ir.qweb"]._render(
                "crm_club.club_standing_report", wizard._get_report_data()
            )

    def _get_report_data(self):
        """Return the account's standing in each tier group on the day."""
        self.ensure_one()
        account = self.account_id.commercial_partner_id
        if not self._is_readable(account):
            notice = self.env._(
                "You don't see the memberships of %s: ask its account manager or the "
                "club officer.",
                account.display_name,
            )
            return {"notice": notice, "standings": [], "group": False}
        memberships = self.env["club.membership"].search(
            [
                ("account_id", "=", account.id),
                ("program_id", "=", self.program_id.id),
                ("state", "in", (VALID, UNDERNEATH)),
            ]
        )
        history = memberships.grouped("group_id")
        return {
            "notice": False,
            "group": self._get_group(account),
            "standings": [
                self._get_standing(group, history.get(group, memberships.browse()))
                for group in self.program_id.group_ids
            ],
        }

    def _get_group(self, account):
        """Return a sentence on whose branch it was, and whose head. Rule A12."""
        company = self.program_id.company_id
        self.env["club.account.head"].flush_model()
        self.env["club.account.classification"].flush_model()
        self.env.cr.execute(tree_query(company, self.date, account.ids))
        # sudo: who reads the account's memberships may know its group
        partners_sudo = self.env["res.partner"].sudo()
        for account_id, head_id in self.env.cr.fetchall():
            partners_sudo |= partners_sudo.browse(account_id)
            head_sudo = partners_sudo.browse(head_id)
        if not partners_sudo:
            return False
        return self.env._(
            "It was in the group of %(head)s, with %(branches)s.",
            head=head_sudo.name,
            branches=format_list(
                self.env, (partners_sudo - head_sudo).sorted("name").mapped("name")
            ),
        )

    def _get_standing(self, group, history):
        """Return one tier group's part of the answer.

        :param history: all of the account's memberships in the group, latest first
        """
        underneath = self._get_underneath(history)
        history = history.filtered(lambda membership: membership.state == VALID)
        found = history.filtered_domain(history._domain_on(self.date))[:1]
        return {
            "group": group.name,
            "tier": found.tier_id.name,
            "is_grace": found and found.date_to < self.date,
            "rows": [(label, value) for label, value in self._get_rows(found) if value],
            "evidence": found.evidence_html,
            "around": underneath + self._get_around(history),
        }

    def _get_underneath(self, history):
        """Return a sentence on what lay underneath the tier on the day. Rule A6."""
        for membership in history:
            reached = fields.Date.to_date((membership.evidence or {}).get("reached"))
            over = (
                membership.date_from
                if membership.state == VALID
                else membership.date_to + timedelta(days=1)
            )
            if reached and reached <= self.date < over:
                return [
                    self.env._(
                        "Underneath lay %(tier)s, reached on %(date)s.",
                        tier=membership.tier_id.name,
                        date=format_date(self.env, reached),
                    )
                ]
        return []

    def _get_rows(self, membership):
        """Return label and value of what is known of a membership."""
        if not membership:
            return []
        origins, outcomes = (
            get_labels(membership, name) for name in ("origin", "outcome")
        )
        first, last, grace = (
            format_date(self.env, membership[name])
            for name in ("date_from", "date_to", "date_grace")
        )
        return [
            (self.env._("Term"), f"{first} – {last}"),
            (self.env._("In Grace Until"), membership.date_to < self.date and grace),
            (self.env._("Came About"), origins.get(membership.origin)),
            (self.env._("Decided by"), membership.decided_by_id.name),
            (self.env._("Reason"), membership.reason),
            (self.env._("Ended by"), outcomes.get(membership.outcome)),
        ]

    def _get_around(self, history):
        """Return sentences on what the account was before the day and became after."""
        before = history.filtered(lambda m: m.date_to < self.date)[:1]
        after = history.filtered(lambda m: m.date_from > self.date)[-1:]
        sentences = []
        if before:
            sentences.append(
                self.env._(
                    "Before, it was %(tier)s until %(date)s.",
                    tier=before.tier_id.name,
                    date=format_date(self.env, before.date_to),
                )
            )
        if after:
            sentences.append(
                self.env._(
                    "After, it was %(tier)s from %(date)s.",
                    tier=after.tier_id.name,
                    date=format_date(self.env, after.date_from),
                )
            )
        return sentences

    def _is_readable(self, account):
        """Tell "not a member" from "not for your eyes": ask the record rules. E2."""
        memberships = self.env["club.membership"]
        rule = self.env["ir.rule"]._compute_domain(memberships._name, "read")
        # Nothing is read as superuser: this one exists in memory only, to be judged.
        probe_sudo = memberships.sudo().new(
            {
                "account_id": account.id,
                "program_id": self.program_id.id,
                "company_id": self.program_id.company_id.id,
            }
        )
        return bool(probe_sudo.filtered_domain(rule))

    @for_one
    def action_open_memberships(self):
        """Open the account's history."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_club.club_membership_action"
        )
        return {
            **action,
            "domain": [("account_id", "=", self.account_id.commercial_partner_id.id)],
            "context": {"search_default_group_group": True},
        }
