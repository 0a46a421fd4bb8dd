from datetime import timedelta
from itertools import pairwise

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tools import SQL, split_every

from ..points.guards import GuardedMany2one
from ..record.by_company import ByCompany
from ..record.columns import unnest
from ..record.groups import AUDITOR, LEAD
from ..record.names import add_title
from ..record.rpc import for_one
from .figure_sources import get_membership_sources

ORIGINS = [
    ("enrolled", "Enrolled"),
    ("upgraded", "Upgraded"),
    ("renewed", "Renewed"),
    ("downgraded", "Downgraded"),
    ("override", "Set by hand"),
    ("opening", "Taken on"),
]

OUTCOMES = [
    ("renewed", "Renewed"),
    ("upgraded", "Upgraded"),
    ("downgraded", "Downgraded"),
    ("lapsed", "Lapsed"),
    ("replaced", "Replaced"),
]

# What a new membership says for itself, and how PostgreSQL reads it.
INSERTED = {
    **dict.fromkeys(("account_id", "group_id", "tier_id"), "int4"),
    **dict.fromkeys(("run_id", "previous_tier_id"), "int4"),
    **dict.fromkeys(("date_from", "date_to"), "date"),
    "score": "numeric",
    **dict.fromkeys(("state", "origin", "reason", "outcome"), "text"),
}

VALID, UNDERNEATH, SUPERSEDED = "valid", "underneath", "superseded"

CHUNK = 5_000  # rows sent at once


def number_texts(texts):
    """Return the different ones of JSON texts, and the place of each among them.

    Places begin at 1, as those of PostgreSQL's arrays do; None stands for ``{}``.
    """
    places = {}
    numbers = [places.setdefault(text or "{}", len(places) + 1) for text in texts]
    return list(places), numbers


class ClubMembership(models.Model):
    """An account's tier in a tier group from one day to another, and why.

    Memberships never overlap and are never deleted: what an account is on a date is a
    query on dates. Rules A5, A6, A10, A11.
    """

    _name = "club.membership"
    _description = "Membership"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "account_id"
    _club_keeps = "account_id"
    _club_about = "account_id"
    _mail_post_access = "read"
    _club_by_code = True
    _club_rewritable = ("message_follower_ids", "message_ids")

    account_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    origin_id = fields.Integer(
        "Account at Decision", required=True, readonly=True, aggregator=None
    )
    group_id = fields.Many2one(
        "club.tier.group", required=True, ondelete="restrict", readonly=True
    )
    purpose = fields.Selection(related="group_id.purpose")
    tier_id = fields.Many2one(
        "club.tier", required=True, index=True, ondelete="restrict", readonly=True
    )
    tier_color = fields.Integer(related="tier_id.color")
    program_id = fields.Many2one(
        "club.program", required=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    date_grace = fields.Date(
        "Counts Until",
        required=True,
        readonly=True,
        help="The term's end, and the days of grace in which it counted on while its "
        "requalification was open.",
    )
    state = fields.Selection(
        [
            (VALID, "Valid"),
            (UNDERNEATH, "Underneath"),
            (SUPERSEDED, "Superseded"),
        ],
        required=True,
        readonly=True,
        help="Underneath lies what an account reached while a tier set by hand, or "
        "granted by its class, counted; it follows when that one ends. A membership "
        "that was replaced before its first day ended is superseded.",
    )
    origin = fields.Selection(ORIGINS, "Came About", required=True, readonly=True)
    run_id = fields.Many2one(
        "club.points.run",
        "Points Run",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The run that enrolled or promoted the account when it was posted.",
    )
    previous_tier_id = fields.Many2one(
        "club.tier",
        "Tier Before",
        readonly=True,
        ondelete="restrict",
        help="What the account was when it was promoted.",
    )
    previous_tier_name = fields.Char(
        "Before", compute="_compute_previous_tier_name", help="In words."
    )
    outcome = fields.Selection(
        OUTCOMES, "Ended by", readonly=True, help="Empty while undecided."
    )
    requalification_line_id = GuardedMany2one(
        "club.requalification.line",
        readonly=True,
        index="btree_not_null",
        help="The line of the requalification by which this term began.",
    )
    evidence = fields.Json("Evidence Data", readonly=True)
    evidence_html = fields.Html("Evidence", compute="_compute_evidence_html")
    score = fields.Float(
        digits=(6, 2),
        readonly=True,
        aggregator=None,
        help="Rank inside the tier, 0 to 100.",
    )
    reason = fields.Char(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    override_id = fields.Many2one(
        "club.tier.override",
        "Signed Document",
        compute="_compute_override_id",
        groups=f"{LEAD},{AUDITOR}",
        help="The document by which this tier was set by hand.",
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )
    status = fields.Selection(
        [
            ("future", "Starts later"),
            ("current", "Current"),
            ("grace", "In grace"),
            ("ended", "Ended"),
            ("underneath", "Underneath"),
            ("superseded", "Superseded"),
        ],
        compute="_compute_status",
        search="_search_status",
    )

    # Also what keeps two workers from enrolling one account twice. Not a UNIQUE
    # constraint: the merge wizard deletes rows that violate one.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(account_id, account_id, '[]') WITH =,"
        " int4range(group_id, group_id, '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&) WHERE (state = 'valid')",
        "The account already has a membership in this tier group at that time.",
    )
    # Requalification: what ends in a period. Not on the outcome, which is written when
    # the term is decided: no index is touched then, and the row stays on its page.
    _undecided_idx = models.Index("(program_id, date_to) WHERE state = 'valid'")

    # A review: the few that lie underneath.
    _underneath_idx = models.Index("(program_id) WHERE state = 'underneath'")

    def init(self):
        """Leave room on each page for the second version that each row will get.

        Deciding the terms of a year then costs a sixth of it: the index that keeps
        memberships from overlapping is most of what writing one costs.
        """
        self.env.cr.execute("ALTER TABLE club_membership SET (fillfactor = 45)")

    @api.depends("account_id", "tier_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for membership in self:
            membership.display_name = add_title(
                self.env,
                membership.account_id.display_name,
                membership.tier_id.display_name,
            )

    @api.depends("previous_tier_id")
    @api.depends_context("lang")
    def _compute_previous_tier_name(self):
        for membership in self:
            membership.previous_tier_name = (
                membership.previous_tier_id.name or self.env._("No tier")
            )

    def _compute_status(self):
        todays = {company: company._club_today() for company in self.company_id}
        for membership in self:
            today = todays.get(membership.company_id)
            if membership.state in (UNDERNEATH, SUPERSEDED):
                membership.status = membership.state
            elif not membership.date_from or membership.date_from > today:
                membership.status = "future"
            elif membership.date_to >= today:
                membership.status = "current"
            elif membership.date_grace >= today:
                membership.status = "grace"
            else:
                membership.status = "ended"

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._club_domain_today
        valid = fields.Domain("state", "=", "valid")
        in_force = today(self._domain_on)
        running = today(lambda day: [("date_to", ">=", day)])
        begun = today(lambda day: [("date_from", "<=", day)])
        domains = {
            "future": valid & ~begun,
            "current": in_force & running,
            "grace": in_force & ~running,
            "ended": valid & begun & ~in_force,
            "underneath": fields.Domain("state", "=", UNDERNEATH),
            "superseded": fields.Domain("state", "=", SUPERSEDED),
        }
        return fields.Domain.OR(domains[v] for v in value if v in domains)

    @api.depends("evidence", "group_id", "tier_id")
    @api.depends_context("lang")
    def _compute_evidence_html(self):
        for membership in self:
            membership.evidence_html = membership.group_id._render_evidence(
                membership.evidence, membership.tier_id
            )

    def _compute_override_id(self):
        """Follow the record rules of the documents."""
        overrides = self.env["club.tier.override"].search(
            [("membership_id", "in", self.ids)]
        )
        found = {override.membership_id.id: override for override in overrides}
        for membership in self:
            membership.override_id = found.get(membership.id)

    @api.model
    def _domain_on(self, day):
        """Return the domain of the memberships that are in force on ``day``."""
        return [
            ("state", "=", "valid"),
            ("date_from", "<=", day),
            ("date_grace", ">=", day),
        ]

    def _refusal(self):
        return AccessError(
            self.env._(
                "Memberships come from points runs, requalifications and manual "
                "tiers only, and stay as history."
            )
        )

    @for_one
    def action_open_override(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self.override_id._name,
            "res_id": self.override_id.id,
            "views": [(False, "form")],
        }

    # === Bulk writing, by the methods that decide === #

    @api.model
    def _insert(self, program, rows):
        """Insert memberships of a program, a statement for each `CHUNK` of them.

        :param rows: dicts with account_id, group_id, tier_id, date_from, date_to,
            origin, and where wanted evidence, evidence_shared (a JSON text of what many
            have in common), score, reason, state (valid where none is given), outcome
            (of a term that a planned higher one follows), run_id and previous_tier_id
        :return: the ids, in order
        :raise ConcurrencyError: when one overlaps another: Odoo starts anew
        """
        self.flush_model()
        ids = []
        for chunk in split_every(CHUNK, rows):
            columns = {
                name: [row.get(name) or None for row in chunk] for name in INSERTED
            }
            columns["score"] = [row.get("score") or 0 for row in chunk]
            columns["state"] = [row.get("state") or VALID for row in chunk]
            texts, places = number_texts(row.get("evidence_shared") for row in chunk)
            self._execute_insert(
                SQL(
                    """
                    INSERT INTO club_membership
                           (account_id, origin_id, group_id, tier_id, program_id,
                            company_id, date_from, date_to, date_grace, state, origin,
                            evidence, score, reason, outcome, run_id,
                            previous_tier_id, decided_by_id, create_uid, write_uid,
                            create_date, write_date)
                    SELECT n.account_id, n.account_id, n.group_id, n.tier_id,
                           %(program)s, %(company)s, n.date_from, n.date_to,
                           n.date_to + CASE WHEN n.outcome IS NULL THEN %(grace)s
                                            ELSE 0 END,
                           n.state, n.origin,
                           (%(texts)s::jsonb[])[n.shared] || n.evidence,
                           n.score, n.reason, n.outcome, n.run_id, n.previous_tier_id,
                           %(user)s, %(user)s, %(user)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM %(rows)s
                     ORDER BY n.place
                    RETURNING id
                    """,
                    program=program.id,
                    company=program.company_id.id,
                    grace=program.grace_days,
                    user=self.env.uid,
                    texts=texts,
                    rows=unnest(
                        {**columns, "shared": places},
                        {**INSERTED, "shared": "int4"},
                        {"evidence": [row.get("evidence") or {} for row in chunk]},
                    ),
                )
            )
            ids += [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_model()
        return ids

    @api.model
    def _execute_insert(self, query):
        """Insert memberships, or start anew when somebody else has just begun one."""
        try:
            self.env.cr.execute(query)
        except psycopg2.errors.ExclusionViolation as error:
            raise ConcurrencyError("memberships overlap") from error

    @api.model
    def _surface(self, program, rows):
        """Let memberships that lay underneath count: ``[(id, first day)]``.

        The end of their term stays what it was when the tier was reached. Rule A6.

        :raise ConcurrencyError: when one overlaps another: Odoo starts anew
        """
        if not rows:
            return
        ids, days = (list(column) for column in zip(*rows, strict=True))
        self._execute_insert(
            SQL(
                """
                UPDATE club_membership m
                   SET state = 'valid', date_from = n.day,
                       date_grace = m.date_to + %(grace)s,
                       evidence = m.evidence
                                  || jsonb_build_object('grace_days', %(grace)s),
                       write_uid = %(user)s, write_date = now() AT TIME ZONE 'UTC'
                  FROM %(rows)s
                 WHERE n.id = m.id
                """,
                grace=program.grace_days,
                user=self.env.uid,
                rows=unnest({"id": ids, "day": days}, {"id": "int4", "day": "date"}),
            )
        )
        self.invalidate_model()

    @api.model
    def _end(self, rows):
        """End memberships: ``[(id, last day that counts, outcome)]``.

        A last day before the first one supersedes the membership and leaves its dates;
        one after the term's end is a day of grace.
        """
        if not rows:
            return
        ids, days, outcomes = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE club_membership m
                   SET state = CASE WHEN n.day < m.date_from THEN 'superseded'
                                    ELSE m.state END,
                       date_to = CASE WHEN n.day < m.date_from THEN m.date_to
                                      ELSE least(m.date_to, n.day) END,
                       date_grace = CASE WHEN n.day < m.date_from THEN m.date_grace
                                         ELSE least(m.date_grace, n.day) END,
                       outcome = n.outcome, write_uid = %s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM %s
                 WHERE n.id = m.id
                """,
                self.env.uid,
                unnest(
                    {"id": ids, "day": days, "outcome": outcomes},
                    {"id": "int4", "day": "date", "outcome": "text"},
                ),
            )
        )
        self.invalidate_model()

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        return get_membership_sources(self.env["club.tier.group"]._get_several())

    # === Merging accounts === #

    @api.model
    def _settle_merge(self, sources, target):
        """Make way for the memberships of accounts that are merged into ``target``.

        Where two overlap in a tier group the higher tier stays; the other ends the day
        before, or is superseded when it began later. A term that another one follows
        is decided: nobody requalifies it any more. Nothing is deleted.
        """
        memberships = self.search(
            [("account_id", "in", (sources | target).ids), ("state", "=", "valid")]
        )
        ends = []
        for _group, found in memberships.grouped("group_id").items():
            kept = {}
            for membership in found.sorted(
                lambda m: (m.tier_id.sequence, m.account_id == target, m.date_to),
                reverse=True,
            ):
                first, last = membership.date_from, membership.date_to
                hit = [k for k in kept.values() if k[0] <= last and k[1] >= first]
                if hit:
                    last = min(start for start, _end in hit) - timedelta(days=1)
                    ends.append((membership.id, last, "replaced"))
                if last >= first:
                    kept[membership] = (first, last)
            ends += self._end_followed(kept)
        self._end(ends)

    def _end_followed(self, kept):
        """Return the ends of undecided terms that another one follows: on the eve of
        it, or when their days of grace are over.

        :param kept: ``{membership: (first day, last day)}``
        """
        terms = sorted(kept.items(), key=lambda item: item[1])
        return [
            (
                membership.id,
                min(membership.date_grace, begins - timedelta(days=1)),
                "replaced",
            )
            for (membership, (_first, last)), (_next, (begins, _last)) in pairwise(
                terms
            )
            if not membership.outcome and last == membership.date_to
        ]
