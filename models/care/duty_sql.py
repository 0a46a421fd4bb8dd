"""Duties from rules and facts: four statements, each the same for one account or a
hundred thousand, each of which does nothing when it is run again. Rules D3, D4, D5.

Facts are dated: memberships, the account's team, birthdays, when a regular purchase is
overdue. What is owed follows from them, however late duties are made: a duty that no
fact asks for any more is taken back while it is open, dates of open ones follow the
calendar of working days, and what was done, missed or waived stays.
"""

from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL

from ...kernel import duties
from ..program.working_days import after_sql
from .club_duty_rule import CADENCE

# From how many accounts on a statement goes through whole tables.
MANY = 1_000


@dataclass(frozen=True)
class Scope:
    """Whose duties, by which rules, as of when."""

    rules: object  # the company's rules in force, as superuser
    company_id: int
    today: date
    accounts: tuple | None  # ids; None: all

    def only(self, column):
        """Return the condition that keeps the accounts."""
        if self.accounts is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", SQL(column), list(self.accounts))


def generate(scope):
    """Make what is owed and lacking, move what is open, take back what isn't owed."""
    statement = SQL(
        """
        WITH %(rules)s, %(facts)s, %(terms)s, %(places)s, %(merged)s,
        wanted AS MATERIALIZED (
            SELECT f.rule_id, f.account_id, f.origin_id, f.contact_id, f.tier_id,
                   f.period, f.date_from, t.date_due, t.date_grace, t.is_provisional
              FROM fact f
              JOIN term t USING (rule_id, date_from, given)
              JOIN res_partner p ON p.id = f.account_id AND p.active),
        gone AS (
            SELECT d.id
              FROM club_duty d
         LEFT JOIN wanted w ON w.account_id = d.account_id AND w.rule_id = d.rule_id
                           AND w.period = d.period
             WHERE d.state = 'open' AND d.company_id = %(company)s AND %(mine)s
               AND w.rule_id IS NULL
               -- a birthday that is over: the person's next one is a year later
               AND NOT (d.kind = 'birthday' AND d.date_due < %(today)s
                        AND d.rule_id IN (SELECT id FROM rule))
               -- nobody archives an account out of what is late already
               AND NOT (d.date_due < %(today)s
                        AND EXISTS (SELECT FROM res_partner p
                                     WHERE p.id = d.account_id AND NOT p.active))
             UNION
            %(twins)s),
        taken_back AS (
            DELETE FROM club_duty d USING gone
             WHERE gone.id = d.id AND d.state = 'open'),
        moved AS (
            UPDATE club_duty d
               SET date_from = w.date_from, date_due = w.date_due,
                   date_grace = w.date_grace, is_provisional = w.is_provisional,
                   tier_id = w.tier_id
              FROM wanted w
             WHERE d.account_id = w.account_id AND d.rule_id = w.rule_id
               AND d.period = w.period AND d.state = 'open'
               AND (d.date_from, d.date_due, d.date_grace, d.is_provisional)
                   IS DISTINCT FROM
                   (w.date_from, w.date_due, w.date_grace, w.is_provisional)),
        -- what is open is told by a small index, at once
        unopened AS MATERIALIZED (
            SELECT w.*, r.kind, r.who
              FROM wanted w
              JOIN rule r ON r.id = w.rule_id AND r.seen <= w.date_grace
             WHERE NOT EXISTS (
                   SELECT FROM club_duty d
                    WHERE d.origin_id = w.origin_id AND d.rule_id = w.rule_id
                      AND d.period = w.period AND d.state = 'open'))
        INSERT INTO club_duty
               (account_id, origin_id, contact_id, rule_id, kind, user_id, unit_id,
                tier_id, company_id, period, date_from, date_due, date_grace, state,
                is_provisional, create_uid, write_uid, create_date, write_date)
        SELECT r.account_id, r.origin_id, r.contact_id, r.rule_id, r.kind, %(user)s,
               o.unit_id, r.tier_id, %(company)s, r.period, r.date_from, r.date_due,
               r.date_grace, 'open', r.is_provisional, %(uid)s, %(uid)s,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM unopened r
     LEFT JOIN place o ON o.account_id = r.account_id
               -- OFFSET: look each up, however many there have ever been
         WHERE NOT EXISTS (
               SELECT FROM club_duty d
                WHERE d.origin_id = r.origin_id AND d.rule_id = r.rule_id
                  AND d.period = r.period
               OFFSET 0)
           AND NOT EXISTS (
               SELECT FROM club_duty d
                WHERE d.account_id = r.account_id AND d.rule_id = r.rule_id
                  AND d.period = r.period AND d.origin_id <> d.account_id
               OFFSET 0)
         ORDER BY r.account_id
            ON CONFLICT (origin_id, rule_id, period) DO NOTHING
        """,
        rules=_rules(scope),
        facts=_facts(scope),
        terms=_terms(),
        places=_places(scope),
        merged=_merged(scope),
        twins=_twins(scope),
        user=_user(),
        mine=scope.only("d.account_id"),
        company=scope.company_id,
        today=scope.today,
        uid=scope.rules.env.uid,
    )
    return _at_large(scope, statement)


def fulfil(scope):
    """Close what was done: the first contact, manager or greeting that counts for it.

    Whoever of the team made the contact, it counts for the account, for each duty that
    was owed on its day. Rules D3, D4.
    """
    return SQL(
        """
        WITH done AS MATERIALIZED (
            SELECT DISTINCT ON (duty_id) duty_id, day, log_id
              FROM (%(deeds)s) deed (duty_id, day, log_id)
             ORDER BY duty_id, day, log_id)
        UPDATE club_duty d
           SET state = 'done', done_on = done.day, log_id = done.log_id,
               write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
          FROM done
         WHERE d.id = done.duty_id
        """,
        deeds=SQL(" UNION ALL ").join(_deeds(scope)),
        uid=scope.rules.env.uid,
    )


def reopen(scope, log_ids):
    """Take back what contacts have done that were corrected, and don't do any more, or
    did it on another day: :func:`fulfil` and :func:`miss` judge it anew.
    """
    return SQL(
        f"""
        UPDATE club_duty d
           SET state = 'open', done_on = NULL, log_id = NULL, write_uid = %(uid)s,
               write_date = now() AT TIME ZONE 'UTC'
          FROM club_duty_rule r, club_contact_log l
         WHERE r.id = d.rule_id AND l.id = d.log_id AND l.id = ANY(%(logs)s)
           AND d.state = 'done' AND d.company_id = %(company)s
           AND (d.done_on <> l.held_on OR ({_DOES}) IS NOT TRUE)
        """,
        company=scope.company_id,
        logs=list(log_ids),
        uid=scope.rules.env.uid,
    )


def miss(scope):
    """Note what has run out as missed. It stays so, whatever is recorded later."""
    return SQL(
        """
        UPDATE club_duty d
           SET state = 'missed', write_date = now() AT TIME ZONE 'UTC'
         WHERE d.state = 'open' AND d.company_id = %(company)s AND %(mine)s
           -- what has run out was due before: that is what an index tells
           AND d.date_due < %(today)s AND d.date_grace < %(today)s
        """,
        company=scope.company_id,
        today=scope.today,
        mine=scope.only("d.account_id"),
    )


def follow(scope):
    """Let what is open be owed by who looks after the account now, and be planned for
    the day that the last contact named.
    """
    statement = SQL(
        """
        WITH %(rules)s, %(places)s,
        planned AS MATERIALIZED (%(planned)s),
        owed AS MATERIALIZED (
            SELECT * FROM (
                SELECT d.id, d.user_id AS was_user_id, d.unit_id AS was_unit_id,
                       d.date_planned AS was_planned, o.unit_id, %(user)s AS user_id,
                       CASE WHEN d.kind = 'contact'
                             AND n.date_next BETWEEN d.date_from AND d.date_grace
                            THEN n.date_next END AS date_planned
                  FROM club_duty d
                  JOIN rule r ON r.id = d.rule_id
             LEFT JOIN place o ON o.account_id = d.account_id
             LEFT JOIN planned n ON n.account_id = d.account_id
                 WHERE d.state = 'open' AND d.company_id = %(company)s AND %(mine)s) one
             WHERE (was_user_id, was_unit_id, was_planned)
                   IS DISTINCT FROM (user_id, unit_id, date_planned))
        UPDATE club_duty d
           SET user_id = owed.user_id, unit_id = owed.unit_id,
               date_planned = owed.date_planned
          FROM owed
         WHERE owed.id = d.id AND d.state = 'open'
        """,
        rules=_rules(scope),
        places=_places(scope),
        planned=_planned(scope),
        user=_user(),
        company=scope.company_id,
        mine=scope.only("d.account_id"),
    )
    return _at_large(scope, statement)


def _at_large(scope, statement):
    """Return a statement that reads whole tables if it is about all accounts, or many.

    What a CTE yields has no statistics: PostgreSQL expects a row, and would look up
    each of a hundred thousand duties among all.
    """
    if scope.accounts is not None and len(scope.accounts) < MANY:
        return statement
    return SQL(
        """
        SET LOCAL jit = off;
        SET LOCAL work_mem = '64MB';
        SET LOCAL enable_nestloop = off;
        %s;
        SET LOCAL jit TO DEFAULT;
        SET LOCAL work_mem TO DEFAULT;
        SET LOCAL enable_nestloop TO DEFAULT
        """,
        statement,
    )


# === Rules === #


def _rules(scope):
    """The rules, how frequent each is among its kind, how far back it looks."""
    rules = scope.rules
    frequent = rules.filtered(lambda rule: rule.trigger == CADENCE).sorted(
        lambda rule: (rule.count, rule.id)
    )
    ranks = {rule.id: rank for rank, rule in enumerate(frequent, 1)}
    seen = [rule.made_on or rule.date_from for rule in rules]
    return SQL(
        """
        rule AS MATERIALIZED (
            SELECT r.*, s.rank, s.seen, s.since,
                   EXISTS (SELECT FROM club_duty_rule_tier_rel t
                            WHERE t.rule_id = r.id) AS has_tiers
              FROM club_duty_rule r
              JOIN unnest(%s::int[], %s::int[], %s::date[], %s::date[])
                   AS s (rule_id, rank, seen, since) ON s.rule_id = r.id),
        rule_tier AS MATERIALIZED (
            SELECT r.id AS rule_id, t.id AS tier_id
              FROM rule r
              JOIN club_tier t ON t.company_id = r.company_id
             WHERE NOT r.has_tiers
                OR EXISTS (SELECT FROM club_duty_rule_tier_rel l
                            WHERE l.rule_id = r.id AND l.tier_id = t.id))
        """,
        rules.ids,
        [ranks.get(rule.id) for rule in rules],
        seen,
        [rule._get_reach(day) for rule, day in zip(rules, seen, strict=True)],
    )


# === Facts: what owes something === #


def _facts(scope):
    """The facts that owe something: by whose rule, to whom, since when.

    ``given`` is the deadline where the fact itself names it, else the day it arose.
    """
    branches = (_joined(scope), _birthdays(scope), _assigned(scope), _overdue(scope))
    return SQL(
        """
        %(periods)s, %(members)s,
        fact (rule_id, account_id, origin_id, contact_id, tier_id, period, date_from,
              given) AS MATERIALIZED (
            SELECT p.rule_id, h.account_id, h.account_id, NULL::int,
                   (h.best & 2147483647)::int, p.key, p.date_from, p.date_due
              FROM period p
              JOIN rule r ON r.id = p.rule_id
              JOIN held h ON h.date_from = p.date_from AND h.kind = r.kind
                         AND h.best >> 31 = r.rank
         UNION ALL %(branches)s)
        """,
        periods=_periods(scope),
        members=_members(scope),
        branches=SQL(" UNION ALL ").join(branches),
    )


def _periods(scope):
    """The periods that can still be open, and by which rule an account of theirs goes:
    the most frequent one of the tiers that it has on the first day.
    """
    rows = [
        (rule.id, period.key, max(period.first, rule.date_from), period.last)
        for rule in scope.rules
        if rule.trigger == CADENCE
        for period in duties.periods(
            rule.count, rule._get_reach(rule.made_on or rule.date_from), scope.today
        )
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    return SQL(
        """
        period (rule_id, key, date_from, date_due) AS MATERIALIZED (
            SELECT * FROM unnest(%(ids)s::int[], %(keys)s::varchar[],
                                 %(firsts)s::date[], %(lasts)s::date[])),
        held AS MATERIALIZED (
            SELECT m.account_id, a.date_from, r.kind,
                   min(r.rank::bigint << 31 | m.tier_id) AS best
              FROM (SELECT DISTINCT date_from FROM period) a
              JOIN club_membership m ON m.date_from <= a.date_from
                                    AND m.date_grace >= a.date_from
                                    AND m.state = 'valid'
                                    AND m.company_id = %(company)s
              JOIN rule_tier t ON t.tier_id = m.tier_id
              JOIN rule r ON r.id = t.rule_id AND r.rank IS NOT NULL
                         AND r.date_from <= a.date_from
             WHERE %(mine)s
             GROUP BY m.account_id, a.date_from, r.kind)
        """,
        ids=columns[0],
        keys=columns[1],
        firsts=columns[2],
        lasts=columns[3],
        company=scope.company_id,
        mine=scope.only("m.account_id"),
    )


def _members(scope):
    """The accounts that are members today, with their tier."""
    return SQL(
        """
        member AS MATERIALIZED (
            SELECT m.account_id, max(m.tier_id) AS tier_id,
                   array_agg(m.tier_id) AS tier_ids
              FROM club_membership m
              JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
             WHERE m.state = 'valid' AND m.company_id = %(company)s
               AND %(today)s BETWEEN m.date_from AND m.date_grace AND %(mine)s
             GROUP BY m.account_id)
        """,
        company=scope.company_id,
        today=scope.today,
        mine=scope.only("m.account_id"),
    )


def _joined(scope):
    """Enrolments and promotions: a tier above the one that the account had the day
    before. What was taken on from before the club counts as neither. Rule D3.
    """
    return SQL(
        """
        SELECT r.id, m.account_id, m.origin_id, NULL::int, m.tier_id, 'm' || m.id,
               m.date_from, m.date_from
          FROM club_membership m
          JOIN club_tier t ON t.id = m.tier_id
          JOIN club_tier_group g ON g.id = m.group_id AND g.purpose <> 'grade'
          JOIN rule_tier rt ON rt.tier_id = m.tier_id
          JOIN rule r ON r.id = rt.rule_id AND m.date_from >= r.since
                     AND r.trigger IN ('joined', 'enrolled', 'promoted')
     LEFT JOIN LATERAL (
               SELECT bt.sequence
                 FROM club_membership b
                 JOIN club_tier bt ON bt.id = b.tier_id
                WHERE b.account_id = m.account_id AND b.group_id = m.group_id
                  AND b.state = 'valid' AND b.date_from < m.date_from
                  AND b.date_grace >= m.date_from - 1
                ORDER BY b.date_from DESC, b.id DESC
                LIMIT 1) b ON TRUE
         WHERE m.state = 'valid' AND m.origin <> 'opening'
           AND m.company_id = %(company)s AND m.date_from <= %(today)s AND %(mine)s
           AND CASE WHEN b.sequence IS NULL THEN r.trigger <> 'promoted'
                    ELSE r.trigger <> 'enrolled' AND b.sequence < t.sequence END
        """,
        company=scope.company_id,
        today=scope.today,
        mine=scope.only("m.account_id"),
    )


def _of_members():
    """The condition that the rule ``r`` is for the member ``n``."""
    return SQL(
        """EXISTS (SELECT FROM rule_tier rt
                    WHERE rt.rule_id = r.id AND rt.tier_id = ANY(n.tier_ids))"""
    )


def _birthdays(scope):
    """Birthdays that are near. A birthday told anew moves the one that is open."""
    return SQL(
        """
        SELECT r.id, c.account_id, c.account_id, c.contact_id, n.tier_id,
               'c' || c.contact_id || '-' || extract(year FROM c.birthday_next),
               c.birthday_next - r.lead_days, c.birthday_next
          FROM club_contact_profile c
          JOIN member n ON n.account_id = c.account_id
          JOIN rule r ON r.trigger = 'birthday'
                     AND c.birthday_next - r.lead_days <= %(today)s
                     AND c.birthday_next >= r.since
         WHERE c.company_id = %(company)s AND %(members)s
        """,
        company=scope.company_id,
        today=scope.today,
        members=_of_members(),
    )


def _assigned(scope):
    """Managers who have taken an account over from another one. Rule D9."""
    return SQL(
        """
        SELECT r.id, l.account_id, l.account_id, NULL::int, n.tier_id, 't' || l.id,
               l.date_from, l.date_from
          FROM club_account_team l
          JOIN member n ON n.account_id = l.account_id
          JOIN rule r ON r.trigger = 'assigned' AND l.date_from >= r.since
         WHERE l.role = 'lead' AND l.company_id = %(company)s
           AND %(today)s BETWEEN l.date_from AND coalesce(l.date_to, 'infinity')
           AND EXISTS (SELECT FROM club_account_team b
                        WHERE b.account_id = l.account_id AND b.role = 'lead'
                          AND b.company_id = l.company_id
                          AND b.date_from < l.date_from)
           AND %(members)s
        """,
        company=scope.company_id,
        today=scope.today,
        members=_of_members(),
    )


def _overdue(scope):
    """Purchases that come regularly and haven't come. Rule D5."""
    return SQL(
        """
        SELECT r.id, s.account_id, s.account_id, NULL::int, n.tier_id,
               'r' || s.rhythm_due, s.rhythm_due, s.rhythm_due
          FROM club_account_pulse s
          JOIN member n ON n.account_id = s.account_id
          JOIN rule r ON r.trigger = 'rhythm' AND s.rhythm_due >= r.since
         WHERE s.company_id = %(company)s AND s.rhythm_due <= %(today)s AND %(members)s
        """,
        company=scope.company_id,
        today=scope.today,
        members=_of_members(),
    )


# === Terms: by when, once for each rule and day === #


def _terms():
    """The deadlines of the facts: as `kernel.duties` counts them."""
    return SQL(
        """
        term AS MATERIALIZED (
            SELECT f.rule_id, f.date_from, f.given, due.day AS date_due,
                   CASE WHEN r.grace_days = 0 THEN due.day
                        ELSE coalesce(%(late)s, due.day + r.grace_days)
                        END AS date_grace,
                   r.unit = 'work' AND r.trigger NOT IN ('cadence', 'birthday')
                   AND coalesce((SELECT c.is_provisional FROM club_day c
                                  WHERE c.date = due.day), TRUE) AS is_provisional
              FROM (SELECT DISTINCT rule_id, date_from, given FROM fact) f
              JOIN rule r ON r.id = f.rule_id
         LEFT JOIN club_duty_rule b ON b.id = r.before_id
     CROSS JOIN LATERAL (
               SELECT CASE WHEN r.trigger IN ('cadence', 'birthday') THEN f.given
                           WHEN b.id IS NULL THEN %(own)s
                           ELSE %(other)s END AS day
                  -- OFFSET: worked out once, not wherever the day is named
               OFFSET 0) main
     CROSS JOIN LATERAL (
               SELECT CASE WHEN b.id IS NULL THEN main.day
                           ELSE greatest(f.date_from,
                                         coalesce(%(ahead)s, main.day - r.count))
                           END AS day
               OFFSET 0) due)
        """,
        own=_deadline("r"),
        other=_deadline("b"),
        ahead=after_sql(SQL("main.day"), SQL("-r.count")),
        late=after_sql(SQL("due.day"), SQL("r.grace_days")),
    )


def _deadline(rule):
    """The day that lies a rule's days, weeks or months after the one that is given."""
    count = SQL("%s.count", SQL(rule))
    return SQL(
        """CASE %(rule)s.unit
               WHEN 'work' THEN coalesce(%(working)s, f.given + %(count)s)
               WHEN 'week' THEN f.given + 7 * %(count)s
               ELSE (f.given + make_interval(months => %(count)s))::date END""",
        rule=SQL(rule),
        count=count,
        working=after_sql(SQL("f.given"), count),
    )


# === Who owes it === #


def _places(scope):
    """The accounts' units, managers, deputies, and nearest leads above."""
    return SQL(
        """
        nearest AS MATERIALIZED (
            SELECT DISTINCT ON (w.id) w.id AS unit_id, u.id AS user_id
              FROM crm_team w
              JOIN crm_team a ON w.parent_path LIKE a.parent_path || '%%'
              JOIN res_users u ON u.id = a.user_id AND u.active
             ORDER BY w.id, length(a.parent_path) DESC),
        place AS (
            SELECT p.id AS account_id, w.id AS unit_id, u.id AS manager_id,
                   n.user_id AS lead_id,
                   CASE WHEN EXISTS (SELECT FROM rule WHERE rule.who = 'deputy')
                        THEN (SELECT min(l.user_id) FROM club_account_team l
                                JOIN res_users s ON s.id = l.user_id AND s.active
                               WHERE l.account_id = p.id AND l.role = 'deputy'
                                 AND l.company_id = %(company)s
                                 AND %(today)s BETWEEN l.date_from
                                     AND coalesce(l.date_to, 'infinity'))
                        END AS deputy_id
              FROM res_partner p
         LEFT JOIN crm_team w ON w.id = (p.club_unit_id ->> %(key)s)::int
         LEFT JOIN nearest n ON n.unit_id = w.id
         LEFT JOIN res_users u ON u.id = (p.club_manager_id ->> %(key)s)::int
                              AND u.active
             WHERE (p.club_unit_id IS NOT NULL OR p.club_manager_id IS NOT NULL)
               AND %(mine)s)
        """,
        company=scope.company_id,
        today=scope.today,
        key=str(scope.company_id),
        mine=scope.only("p.id"),
    )


def _user():
    """Who owes a duty of the rule ``r`` to the account in the place ``o``."""
    return SQL(
        """CASE r.who WHEN 'lead' THEN coalesce(o.lead_id, o.manager_id)
                WHEN 'deputy' THEN coalesce(o.deputy_id, o.manager_id, o.lead_id)
                ELSE coalesce(o.manager_id, o.lead_id) END"""
    )


# === Deeds: what fulfils it === #


def _deeds(scope):
    """The SELECTs of what fulfils open duties: duty, day, contact log."""
    values = {
        "company": scope.company_id,
        "mine": scope.only("d.account_id"),
        "today": scope.today,
    }
    return [SQL(deed, **values) for deed in (_MANAGERS, _LOGS, _GREETINGS)]


_MANAGERS = """
    SELECT d.id, greatest(d.date_from, l.date_from), NULL::int
      FROM club_duty d
      JOIN club_account_team l ON l.account_id = d.account_id AND l.role = 'lead'
                              AND l.company_id = d.company_id
                              AND coalesce(l.date_to, 'infinity') >= d.date_from
                              AND l.date_from <= least(d.date_grace, %(today)s)
     WHERE d.kind = 'bind' AND d.state = 'open' AND d.company_id = %(company)s
       AND %(mine)s
"""
# Which contacts do a duty.
_DOES = """
    l.account_id = d.account_id AND l.company_id = d.company_id
    AND l.held_on BETWEEN d.date_from AND d.date_grace AND l.direction = 'out'
    AND CASE l.channel WHEN 'call' THEN r.by_call WHEN 'sms' THEN r.by_sms
                       WHEN 'wechat' THEN r.by_wechat WHEN 'qq' THEN r.by_qq
                       WHEN 'mail' THEN r.by_mail WHEN 'visit' THEN r.by_visit END
    AND (d.kind <> 'coaching' OR l.is_coaching)
    AND (d.kind <> 'birthday' OR l.contact_id = d.contact_id)
"""
_LOGS = f"""
    SELECT d.id, l.held_on, l.id
      FROM club_duty d
      JOIN club_duty_rule r ON r.id = d.rule_id
      JOIN club_contact_log l ON {_DOES}
     WHERE d.state = 'open' AND d.company_id = %(company)s AND d.kind <> 'bind'
       AND %(mine)s
"""
_GREETINGS = """
    SELECT d.id, greatest(d.date_from, g.sent_on), NULL::int
      FROM club_duty d
      JOIN club_greeting_line g ON g.contact_id = d.contact_id
                               AND g.account_id = d.account_id AND g.state = 'sent'
                               -- greetings of a month are sent as its first days come
                               AND g.sent_on BETWEEN d.date_due - 31 AND d.date_grace
      JOIN club_occasion o ON o.id = g.occasion_id AND o.kind = 'birthday'
     WHERE d.kind = 'birthday' AND d.state = 'open' AND d.company_id = %(company)s
       AND %(mine)s
"""


def _planned(scope):
    """The day that an account's last contact named for the next one."""
    return SQL(
        """
        SELECT DISTINCT ON (l.account_id) l.account_id, l.date_next
          FROM club_contact_log l
         WHERE l.company_id = %(company)s AND %(mine)s
           AND l.date_next >= (SELECT min(d.date_from) FROM club_duty d
                                WHERE d.state = 'open' AND d.company_id = %(company)s)
         ORDER BY l.account_id, l.held_on DESC, l.id DESC
        """,
        company=scope.company_id,
        mine=scope.only("l.account_id"),
    )


def _twins(scope):
    """Of two duties for the same, which two accounts had that are one now, the open
    one, or the later one of two.

    By the accounts that have any, which an index tells: PostgreSQL takes it for likely
    that two columns differ, and would join all duties with all.
    """
    return SQL(
        """
        SELECT CASE WHEN m.state = 'open' AND (o.state <> 'open' OR o.id < m.id)
                    THEN m.id WHEN o.state = 'open' THEN o.id END
          FROM club_duty m
          JOIN club_duty o ON o.account_id = m.account_id AND o.rule_id = m.rule_id
                          AND o.period = m.period AND o.id <> m.id
         WHERE m.account_id = ANY((SELECT ids FROM merged)::int[])
           AND o.account_id = ANY((SELECT ids FROM merged)::int[])
           AND m.origin_id <> m.account_id AND m.company_id = %s
        """,
        scope.company_id,
    )


def _merged(scope):
    """The accounts that have duties of others, which were merged into them."""
    return SQL(
        """
        merged AS MATERIALIZED (
            SELECT array_agg(DISTINCT d.account_id) AS ids
              FROM club_duty d
             WHERE d.origin_id <> d.account_id AND %s)
        """,
        scope.only("d.account_id"),
    )
