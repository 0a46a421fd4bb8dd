"""Whom an occasion greets, by which channel, and why not: one statement for all. D5."""

from odoo.tools import SQL

from ...kernel.occasion_days import (
    BIRTHDAY,
    ENROLMENT,
    FOUNDING,
    LUNAR,
    SOLAR,
    TERM,
)
from ..contact.channels import CHANNELS, GIVEN, REFUSED
from ..contact.looked_after import unit_of

SMS, MAIL = "sms", "mail"
# In the order in which they are tried, after the one that the person prefers.
TRIED = (SMS, MAIL, "wechat", "qq", "call", "visit")
# What comes once a year, and how many days it may be moved by without coming anew.
YEARLY, NEAR = (SOLAR, LUNAR, TERM), 60
BY_HAND = ("wechat", "qq", "call", "visit")

TO_SEND, QUEUED, SENT, FAILED = "to_send", "queued", "sent", "failed"
LEFT_OUT = "left_out"
# Why somebody is left out.
NO_CONTACT, NO_CONSENT, NO_ADDRESS = "no_contact", "no_consent", "no_address"
OTHER_TIER, GREETED, MOVED = "tier", "greeted", "moved"
WITHDRAWN, HAND, CLOSED = "withdrawn", "hand", "closed"

# What PostgreSQL finds a number in. Text messages don't reach landlines in China.
_NUMBER = SQL(
    "regexp_replace(coalesce(nullif(contact.phone_sanitized, ''), contact.phone, ''),"
    " '[^+0-9]', '', 'g')"
)
_ADDRESSES = {
    SMS: SQL(
        "%(number)s <> '' AND %(number)s !~ '^(\\+86[02-9]|0[1-9])'"
        " AND NOT EXISTS (SELECT FROM phone_blacklist b WHERE b.active"
        " AND b.number = contact.phone_sanitized)",
        number=_NUMBER,
    ),
    MAIL: SQL(
        "coalesce(contact.email_normalized, '') <> ''"
        " AND NOT EXISTS (SELECT FROM mail_blacklist b WHERE b.active"
        " AND b.email = contact.email_normalized)"
    ),
    "wechat": SQL("coalesce(p.wechat, '') <> ''"),
    "qq": SQL("coalesce(p.qq, '') <> ''"),
    "call": SQL("coalesce(nullif(%s, ''), p.phone_second, '') <> ''", _NUMBER),
    "visit": SQL("TRUE"),
}


def ways_sql(where):
    """Return the query of profile, channel, whether he agreed, whether it reaches him.

    A no to another account's people, or to another company of the tree, holds here.

    :param where: a condition on the profile ``p``, its person ``contact``
    """
    columns = [SQL.identifier(f"consent_{code}") for code, _label in CHANNELS]
    refusals = SQL(", ").join(
        SQL("bool_or(o.%s = %s) AS %s", column, REFUSED, column) for column in columns
    )
    values = SQL(", ").join(
        SQL(
            "(%s, p.%s = %s AND NOT coalesce(said.%s, FALSE), %s)",
            code,
            SQL.identifier(f"consent_{code}"),
            GIVEN,
            SQL.identifier(f"consent_{code}"),
            _ADDRESSES[code],
        )
        for code in TRIED
    )
    return SQL(
        """
        SELECT p.id AS profile_id, p.contact_id, p.account_id, p.company_id,
               p.channel AS preferred, way.channel,
               coalesce(way.agreed, FALSE) AS agreed,
               coalesce(way.reaches, FALSE) AS reaches
          FROM club_contact_profile p
          JOIN res_partner contact ON contact.id = p.contact_id AND contact.active
          JOIN res_company here ON here.id = p.company_id
          LEFT JOIN LATERAL (
                SELECT %(refusals)s
                  FROM club_contact_profile o
                  JOIN res_company there ON there.id = o.company_id
                 WHERE o.contact_id = p.contact_id
                   AND split_part(there.parent_path, '/', 1)
                       = split_part(here.parent_path, '/', 1)
               ) said ON TRUE
         CROSS JOIN LATERAL (VALUES %(values)s) AS way(channel, agreed, reaches)
         WHERE %(where)s
        """,
        refusals=refusals,
        values=values,
        where=where,
    )


def accounts_sql(company_id, scope):
    """Return the query of the accounts that the club of a company looks after.

    :param scope: a condition on their ``manager_id`` and ``unit_id``
    """
    return SQL(
        """
        SELECT * FROM (
            SELECT a.id, a.club_founded_on,
                   (a.club_manager_id ->> %(key)s)::int AS manager_id,
                   (a.club_unit_id ->> %(key)s)::int AS unit_id,
                   EXISTS (SELECT FROM club_contact_profile p
                            WHERE p.account_id = a.id AND p.company_id = %(company)s)
                       AS has_contact,
                   EXISTS (SELECT FROM club_membership m
                            WHERE m.account_id = a.id AND m.company_id = %(company)s
                              AND m.state = 'valid') AS is_member
              FROM res_partner a
             WHERE a.active AND a.commercial_partner_id = a.id
               AND (a.company_id IS NULL OR a.company_id = %(company)s)
        ) account
        WHERE (has_contact OR is_member OR manager_id IS NOT NULL
               OR unit_id IS NOT NULL) AND %(scope)s
        """,
        company=company_id,
        key=str(company_id),
        scope=scope,
    )


def day_sql(kind, date):
    """Return the expression of the day on which somebody is greeted, NULL for nobody
    of this month.

    :param date: the occasion's day; of what is kept for a month, its first
    """
    if kind == BIRTHDAY:
        day = SQL("p.birthday_next")
    elif kind == FOUNDING:
        day = _anniversary(SQL("account.club_founded_on"), date)
    elif kind == ENROLMENT:
        # The first day of all, whatever became of the membership later.
        first = SQL(
            "(SELECT min(m.date_from) FROM club_membership m"
            " JOIN club_tier_group g ON g.id = m.group_id"
            " WHERE m.account_id = account.id AND m.company_id = %s"
            " AND g.purpose <> 'grade' AND m.state <> 'superseded')",
            SQL("(SELECT company_id FROM greeting)"),
        )
        day = _anniversary(first, date)
    else:
        return SQL("%s::date", date)
    return SQL(
        "(SELECT d.day FROM (SELECT %(day)s AS day) d WHERE d.day >= %(date)s::date"
        " AND d.day < (%(date)s::date + interval '1 month'))",
        day=day,
        date=date,
    )


def _anniversary(first, date):
    """Return the day of the month's year, from the first year after on."""
    return SQL(
        "(SELECT (f.day + make_interval(years => extract(year FROM %(date)s::date)::int"
        " - extract(year FROM f.day)::int))::date"
        " FROM (SELECT %(first)s AS day) f"
        " WHERE extract(year FROM f.day) < extract(year FROM %(date)s::date))",
        first=first,
        date=date,
    )


def plan_sql(company, today, officer_id, user_id):
    """Return the statement that draws up what is to be prepared by now, for each owner
    who has anybody to greet.

    :param officer_id: who sees to what head office greets for, None for nobody
    """
    return SQL(
        """
        WITH due AS MATERIALIZED (
            SELECT o.id, o.kind, o.owner_level, o.text, o.subject, d.date
              FROM club_occasion o
              JOIN club_occasion_day d ON d.occasion_id = o.id
             WHERE o.active
               AND (o.company_id IS NULL OR o.company_id = %(company)s)
               AND d.date >= %(today)s
               AND d.date <= %(today)s + o.lead_days
        ), owner AS MATERIALIZED (
            SELECT 'head' AS level, NULL::int AS unit_id,
                   %(officer)s::int AS user_id
            UNION ALL
            SELECT DISTINCT 'unit', t.id, t.user_id
              FROM crm_team t JOIN res_partner a
                ON (a.club_unit_id ->> %(key)s)::int = t.id
             WHERE a.active AND t.active
            UNION ALL
            SELECT DISTINCT 'manager', NULL::int, u.id
              FROM res_users u JOIN res_partner a
                ON (a.club_manager_id ->> %(key)s)::int = u.id
             WHERE a.active AND u.active
        ), somebody AS MATERIALIZED (
            -- whose accounts have somebody to greet in the month
            SELECT DISTINCT due.id, due.date,
                   (a.club_manager_id ->> %(key)s)::int AS manager_id,
                   (a.club_unit_id ->> %(key)s)::int AS unit_id
              FROM due
              JOIN res_partner a ON a.active
               AND CASE due.kind
                   WHEN 'birthday' THEN EXISTS (
                       SELECT FROM club_contact_profile p
                        WHERE p.account_id = a.id
                          AND p.company_id = %(company)s
                          AND p.birthday_next >= due.date
                          AND p.birthday_next
                              < due.date + interval '1 month')
                   WHEN 'founding' THEN
                       extract(month FROM a.club_founded_on)
                       = extract(month FROM due.date)
                   WHEN 'enrolment' THEN EXISTS (
                       SELECT FROM club_membership m
                        WHERE m.account_id = a.id
                          AND m.company_id = %(company)s
                          AND extract(month FROM m.date_from)
                              = extract(month FROM due.date))
                   END
        )
        INSERT INTO club_greeting (
            occasion_id, date, company_id, owner_level, unit_id, user_id,
            state, text, subject,
            create_uid, create_date, write_uid, write_date)
        SELECT due.id, due.date, %(company)s, owner.level, owner.unit_id,
               owner.user_id, %(draft)s, due.text, due.subject,
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM due JOIN owner ON owner.level = due.owner_level
         WHERE owner.user_id IS NOT NULL
           AND (due.kind NOT IN ('birthday', 'founding', 'enrolment')
                OR EXISTS (
                    SELECT FROM somebody s
                     WHERE s.id = due.id AND s.date = due.date
                       AND CASE owner.level
                           WHEN 'manager' THEN s.manager_id = owner.user_id
                           WHEN 'unit' THEN s.unit_id = owner.unit_id
                           ELSE TRUE END))
            ON CONFLICT DO NOTHING
        """,
        company=company.id,
        key=str(company.id),
        today=today,
        officer=officer_id,
        draft="draft",
        uid=user_id,
        now=company.env.cr.now(),
    )


def prepare_sql(greeting, scope, channels, user_id):
    """Return the statement that puts down everybody whom a greeting may concern.

    Who can't be greeted is left out, with the first reason that holds. Who was put down
    before and is sent, or was left out by hand, stays as he is.

    :param greeting: a `club.greeting`, as superuser
    :param scope: as in `accounts_sql`
    :param channels: the channels that the occasion may take
    """
    occasion = greeting.occasion_id
    tiers = occasion.tier_ids.ids
    is_of_persons = occasion.kind == BIRTHDAY
    day = day_sql(occasion.kind, greeting.date)
    return SQL(
        """
        INSERT INTO club_greeting_line (
            greeting_id, occasion_id, date, company_id, root_id, account_id, contact_id,
            user_id, channel, state, reason, greeted_by_id, is_counted,
            create_uid, create_date, write_uid, write_date)
        WITH greeting AS MATERIALIZED (
            SELECT g.id, g.occasion_id, g.company_id, g.user_id,
                   split_part(c.parent_path, '/', 1)::int AS root_id
              FROM club_greeting g JOIN res_company c ON c.id = g.company_id
             WHERE g.id = %(greeting)s
        ), account AS MATERIALIZED (
            SELECT account.*,
                   (%(no_tiers)s OR EXISTS (
                       SELECT FROM club_membership m
                        WHERE m.account_id = account.id AND m.state = 'valid'
                          AND m.tier_id = ANY(%(tiers)s)
                          AND m.date_from <= %(today)s AND m.date_grace >= %(today)s))
                   AS fits
              FROM (%(accounts)s) account
        ), person AS MATERIALIZED (
            SELECT p.id AS profile_id, p.contact_id, account.id AS account_id,
                   account.manager_id, account.fits, %(day)s AS date,
                   coalesce(contact.commercial_partner_id <> p.account_id, TRUE)
                   AS is_moved
              FROM account
              JOIN club_contact_profile p ON p.account_id = account.id
              JOIN res_partner contact ON contact.id = p.contact_id AND contact.active
              JOIN greeting ON greeting.company_id = p.company_id
        ), way AS MATERIALIZED (%(ways)s),
        chosen AS MATERIALIZED (
            SELECT DISTINCT ON (profile_id) profile_id, channel,
                   agreed AND reaches AS is_usable,
                   bool_or(agreed) OVER (PARTITION BY profile_id) AS has_agreed
              FROM way WHERE channel = ANY(%(channels)s)
             ORDER BY profile_id, agreed AND reaches DESC,
                      channel = preferred DESC NULLS LAST,
                      array_position(%(channels)s, channel)
        ), done AS MATERIALIZED (
            -- one a person and day, or one a person where a day has only moved
            SELECT DISTINCT ON (l.contact_id, CASE WHEN %(near)s = 0 THEN l.date END)
                   l.id, l.greeting_id, l.contact_id, l.date
              FROM club_greeting_line l
              JOIN greeting ON greeting.occasion_id = l.occasion_id
                           AND greeting.root_id = l.root_id
             WHERE l.is_counted
               AND l.date BETWEEN %(date)s::date - %(near)s
                              AND %(date)s::date + greatest(%(near)s, 31)
             ORDER BY l.contact_id, CASE WHEN %(near)s = 0 THEN l.date END
        ), judged AS MATERIALIZED (
            SELECT person.*, chosen.channel, done.greeting_id AS greeted_by_id,
                   CASE WHEN is_moved THEN %(moved)s
                        WHEN NOT fits THEN %(other_tier)s
                        WHEN chosen.has_agreed IS NOT TRUE THEN %(no_consent)s
                        WHEN chosen.is_usable IS NOT TRUE THEN %(no_address)s
                        WHEN done.id IS NOT NULL THEN %(greeted)s
                   END AS reason
              FROM person
             CROSS JOIN greeting
              LEFT JOIN chosen USING (profile_id)
              LEFT JOIN done
                     ON done.contact_id = person.contact_id
                    AND abs(done.date - person.date) <= %(near)s
             WHERE person.date IS NOT NULL
               AND NOT EXISTS (
                   SELECT FROM club_greeting_line kept
                    WHERE kept.greeting_id = greeting.id
                      AND kept.contact_id = person.contact_id
                      AND kept.account_id = person.account_id)
        ), found AS (
            SELECT account_id, contact_id, date, manager_id, channel, reason,
                   greeted_by_id
              FROM judged
            UNION ALL
            SELECT account.id, NULL, coalesce(day.date, %(date)s), manager_id, NULL,
                   %(no_contact)s, NULL
              FROM account
             CROSS JOIN LATERAL (SELECT %(account_day)s AS date) day
             WHERE NOT has_contact AND is_member AND day.date IS NOT NULL
               AND NOT %(is_of_persons)s
        )
        SELECT greeting.id, greeting.occasion_id, found.date, greeting.company_id,
               greeting.root_id, found.account_id, found.contact_id,
               CASE WHEN found.channel = ANY(%(by_hand)s) AND found.reason IS NULL
                    THEN coalesce(found.manager_id, greeting.user_id)
                    ELSE greeting.user_id END,
               CASE WHEN found.reason IS NULL THEN found.channel END,
               CASE WHEN found.reason IS NULL THEN %(to_send)s ELSE %(left_out)s END,
               found.reason, found.greeted_by_id, found.reason IS NULL,
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM found CROSS JOIN greeting
         ORDER BY found.contact_id, found.date
            ON CONFLICT (occasion_id, date, contact_id, root_id)
         WHERE is_counted DO NOTHING
        """,
        greeting=greeting.id,
        date=greeting.date,
        near=NEAR if occasion.kind in YEARLY else 0,
        today=greeting.company_id._club_today(),
        accounts=accounts_sql(greeting.company_id.id, scope),
        no_tiers=not tiers,
        tiers=tiers,
        day=day,
        account_day=SQL("NULL::date") if is_of_persons else day,
        is_of_persons=is_of_persons,
        ways=ways_sql(
            SQL("p.id IN (SELECT profile_id FROM person WHERE date IS NOT NULL)")
        ),
        channels=list(channels),
        by_hand=list(BY_HAND),
        to_send=TO_SEND,
        left_out=LEFT_OUT,
        moved=MOVED,
        other_tier=OTHER_TIER,
        no_consent=NO_CONSENT,
        no_address=NO_ADDRESS,
        no_contact=NO_CONTACT,
        greeted=GREETED,
        uid=user_id,
        now=greeting.env.cr.now(),
    )


def agreeing_sql(line_ids):
    """Return the query of those lines whose contact may be greeted that way now.

    He agrees, belongs to the account still, and that to who greets.
    """
    return SQL(
        """
        SELECT line.id
          FROM club_greeting_line line
          JOIN club_greeting g ON g.id = line.greeting_id
          JOIN res_partner person ON person.id = line.contact_id
          JOIN res_partner a ON a.id = line.account_id AND a.active
         WHERE line.id = ANY(%(ids)s)
           AND person.commercial_partner_id = line.account_id
           AND %(theirs)s
           AND EXISTS (
               SELECT FROM (%(ways)s) way
                WHERE way.channel = line.channel AND way.agreed AND way.reaches)
        """,
        ids=list(line_ids),
        theirs=_theirs(),
        ways=_ways_of_line(),
    )


def willing_sql(line_ids):
    """Return the query of those lines whose contact agrees to any way at all now: a
    card by post asks for no more, and for no less. Rule A8.
    """
    return SQL(
        """
        SELECT line.id
          FROM club_greeting_line line
         WHERE line.id = ANY(%(ids)s)
           AND EXISTS (SELECT FROM (%(ways)s) way WHERE way.agreed)
        """,
        ids=list(line_ids),
        ways=_ways_of_line(),
    )


def _ways_of_line():
    """Return the query of the ways to the contact of a ``line``."""
    return ways_sql(
        SQL(
            "p.contact_id = line.contact_id AND p.account_id = line.account_id"
            " AND p.company_id = line.company_id"
        )
    )


def _theirs():
    """Return the condition that an account ``a`` is looked after by who greets in
    ``g``, the greeting of a ``line``.
    """
    return SQL(
        """
        CASE g.owner_level
        WHEN 'manager' THEN coalesce(
            (a.club_manager_id ->> line.company_id::text)::int = g.user_id, FALSE)
        WHEN 'unit' THEN EXISTS (
            SELECT FROM crm_team t
              JOIN crm_team top ON top.id = g.unit_id
               AND t.parent_path LIKE top.parent_path || '%%'
             WHERE t.id = %(unit)s)
        ELSE TRUE END
        """,
        unit=unit_of(SQL("a"), SQL("line.company_id")),
    )


def handed_over_sql(greeting):
    """Return the statement that leaves out, in the other greetings of an occasion, who
    waits there though his account has been handed over: its new owner greets him.
    """
    return SQL(
        """
        UPDATE club_greeting_line line
           SET state = %(left_out)s, reason = %(withdrawn)s, is_counted = FALSE
          FROM club_greeting g, res_partner a
         WHERE line.occasion_id = %(occasion)s AND line.greeting_id <> %(greeting)s
           AND line.date BETWEEN %(date)s AND %(date)s::date + 31 AND line.is_counted
           AND line.company_id = %(company)s AND line.state = %(to_send)s
           AND g.id = line.greeting_id AND a.id = line.account_id AND NOT (%(theirs)s)
        """,
        left_out=LEFT_OUT,
        withdrawn=WITHDRAWN,
        to_send=TO_SEND,
        occasion=greeting.occasion_id.id,
        greeting=greeting.id,
        date=greeting.date,
        company=greeting.company_id.id,
        theirs=_theirs(),
    )


def follow_sql(account_ids):
    """Return the statement that lets who greets by hand be the accounts' managers of
    today.
    """
    manager = SQL("(a.club_manager_id ->> line.company_id::text)::int")
    return SQL(
        """
        UPDATE club_greeting_line line
           SET user_id = %(manager)s
          FROM club_greeting g, res_partner a
         WHERE line.account_id = ANY(%(accounts)s) AND line.state = %(to_send)s
           AND line.channel = ANY(%(by_hand)s) AND g.id = line.greeting_id
           AND g.owner_level <> 'manager' AND a.id = line.account_id
           AND line.user_id <> %(manager)s
        """,
        manager=manager,
        accounts=list(account_ids),
        to_send=TO_SEND,
        by_hand=list(BY_HAND),
    )


def withdrawn_sql(line_ids):
    """Return the statement that leaves out whom nobody may greet that way any more.

    It returns the numbers of those lines.
    """
    return SQL(
        """
        UPDATE club_greeting_line
           SET state = %(left_out)s, reason = %(withdrawn)s, is_counted = FALSE
         WHERE id = ANY(%(ids)s) AND id NOT IN (%(agreeing)s)
        RETURNING id
        """,
        left_out=LEFT_OUT,
        withdrawn=WITHDRAWN,
        ids=list(line_ids),
        agreeing=agreeing_sql(line_ids),
    )


def without_message_sql(company_id, first):
    """Return the query of the profiles who agreed to a channel and had no message since
    a day: id, account and manager. D4's first cadence.
    """
    agreed = SQL(" OR ").join(
        SQL("p.%s = %s", SQL.identifier(f"consent_{code}"), GIVEN)
        for code, _label in CHANNELS
    )
    return SQL(
        """
        SELECT p.id, p.account_id, (a.club_manager_id ->> %(key)s)::int AS manager_id
          FROM club_contact_profile p
          JOIN res_partner contact ON contact.id = p.contact_id AND contact.active
          JOIN res_partner a ON a.id = p.account_id AND a.active
         WHERE p.company_id = %(company)s AND (%(agreed)s)
           AND NOT EXISTS (
               SELECT FROM club_greeting_line line
                WHERE line.contact_id = p.contact_id AND line.state = %(sent)s
                  AND line.company_id = p.company_id AND line.sent_on >= %(first)s)
        """,
        company=company_id,
        key=str(company_id),
        agreed=agreed,
        sent=SENT,
        first=first,
    )
