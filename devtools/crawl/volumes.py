"""What a club of years has besides accounts and points, laid by SQL.

Each statement lays the rows of one table in proportion to the accounts. Columns that
nothing on a screen needs are left empty; constraints hold.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields

from devtools.bench.invoices import _copy_rows

YEARS = 3

# Rows over `a`: an account's number `g`, `id`, `unit_id`, `user_id` (its manager),
# `contact_id` and `tier_id`.
A = "bench_all a"
DAY = "(%(first)s::date + (a.g * 37 + {0}) %% %(days)s)"  # a day of the years


def every(count, more=0):
    """Return the condition that picks one account in so many."""
    return f"a.g %% {count} = {more}"


PEOPLE = (
    """
    INSERT INTO club_contact_profile (contact_id, account_id, company_id,
        birthday_calendar, birthday_day, birthday_month, birthday_year, consent_call,
        consent_sms, consent_wechat, consent_qq, consent_mail, consent_visit,
        birthday_next)
    SELECT a.contact_id, a.id, %(company)s, 'solar', 1 + a.g %% 28,
           lpad((1 + a.g %% 12)::text, 2, '0'), 1960 + a.g %% 40, 'given', 'given',
           'none', 'none', 'given', 'none', %(today)s + a.g %% 365
      FROM bench_all a WHERE a.contact_id IS NOT NULL
    """,
    """
    INSERT INTO club_contact_consent (profile_id, channel, answer, way, stated_on)
    SELECT p.id, 'call', 'given', 'spoken', %(first)s
      FROM club_contact_profile p JOIN bench_all a ON a.contact_id = p.contact_id
    """,
    """
    INSERT INTO club_account_unit (account_id, company_id, unit_id, date_from)
    SELECT a.id, %(company)s, a.unit_id, %(first)s FROM bench_all a
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO club_agreement (account_id, program_id, company_id, number, date_from)
    SELECT a.id, %(program)s, %(company)s, 'B' || a.g, %(first)s FROM bench_all a
    """,
    f"""
    INSERT INTO club_contact_log (company_id, user_id, account_id, contact_id, unit_id,
        tier_id, state, channel, direction, date_filled, held_on, conversation, name)
    SELECT %(company)s, a.user_id, a.id, a.contact_id, a.unit_id, a.tier_id,
           CASE k WHEN 0 THEN 'recorded' ELSE 'confirmed' END,
           CASE k WHEN 1 THEN 'visit' ELSE 'call' END, 'out', {DAY.format("k * 300")},
           {DAY.format("k * 300")}, 'Bench', 'BENCH/' || a.g || '/' || k
      FROM bench_all a, generate_series(0, 2) k
    """,
    f"""
    INSERT INTO club_need (company_id, account_id, contact_id, owner_id, tier_id, name,
        kind, state, is_complaint, cause_id, channel, date_received, date_due,
        date_deadline)
    SELECT %(company)s, a.id, a.contact_id, a.user_id, a.tier_id, 'Bench ' || a.g,
           CASE a.g %% 3 WHEN 0 THEN 'opportunity' WHEN 1 THEN 'request'
                         ELSE 'service' END,
           CASE WHEN a.g %% 10 = 0 THEN 'open' WHEN a.g %% 10 = 2 THEN 'taken'
                ELSE 'done' END,
           a.g %% 4 = 0,
           CASE WHEN a.g %% 4 = 0 THEN (%(causes)s::int[])[1 + a.g %% %(n_causes)s] END,
           'call', {DAY.format(0)}, {DAY.format(0)} + 5, {DAY.format(0)} + 5
      FROM bench_all a WHERE {every(2)}
    """,
    f"""
    INSERT INTO club_retention (account_id, company_id, user_id, unit_id, tier_id,
        state, date_opened, date_due, date_closed, is_below, value)
    SELECT a.id, %(company)s, a.user_id, a.unit_id, a.tier_id,
           CASE WHEN a.g %% 15 = 0 THEN 'open' ELSE 'kept' END, {DAY.format(0)},
           {DAY.format(0)} + 30,
           CASE WHEN a.g %% 15 > 0 THEN {DAY.format(0)} + 60 END, TRUE, 1000
      FROM bench_all a WHERE {every(5)}
    """,
    """
    INSERT INTO club_relationship_evaluation (account_id, company_id, year, user_id,
        grade, state, date)
    SELECT a.id, %(company)s, %(year)s - k, a.user_id,
           (ARRAY['a', 'b', 'c', 'd'])[1 + a.g %% 4], 'confirmed',
           make_date(%(year)s - k, 6, 1)
      FROM bench_all a, generate_series(1, 2) k
    """,
    f"""
    INSERT INTO club_account_plan (account_id, company_id, year, number, approval_state,
        tier_id, aim, revenue_goal, step_count, done_count)
    SELECT a.id, %(company)s, %(year)s, 0, 'done', a.tier_id, 'Bench', 1000, 3, 1
      FROM bench_all a WHERE {every(10)}
    """,
    """
    INSERT INTO club_account_plan_step (plan_id, kind, name, company_id, date_planned)
    SELECT p.id, 'visit', 'Bench ' || k, p.company_id, make_date(p.year, k * 3, 1)
      FROM club_account_plan p, generate_series(1, 3) k
    """,
    """
    INSERT INTO club_account_plan_goal (plan_id, category_id, revenue_goal, company_id)
    SELECT p.id, (%(categories)s::int[])[k], 300, p.company_id
      FROM club_account_plan p, generate_series(1, 3) k
    """,
    f"""
    INSERT INTO club_tier_override (account_id, group_id, tier_id, company_id,
        approval_state, reason, date_to)
    SELECT a.id, %(group)s, a.tier_id, %(company)s, 'draft', 'Bench', %(today)s + 90
      FROM bench_all a WHERE {every(50)}
    """,
    """
    INSERT INTO club_change (res_id, kind, res_model, company_id, record_name,
        field_name, old_value, new_value, create_date, create_uid)
    SELECT a.id, 'changed', 'res.partner', %(company)s, 'Bench account ' || a.g,
           'club_manager_id', 'A', 'B', now() AT TIME ZONE 'UTC', a.user_id
      FROM bench_all a, generate_series(1, 3) k
    """,
)
HANDED = (
    """
    INSERT INTO club_handover (company_id, user_from_id, user_to_id, unit_id, state,
        cause, date_due, name)
    SELECT %(company)s, (%(managers)s::int[])[1 + n %% %(n_managers)s],
           (%(managers)s::int[])[1 + (n + 1) %% %(n_managers)s],
           (%(units)s::int[])[1 + n %% %(n_units)s],
           CASE n %% 4 WHEN 0 THEN 'waiting' WHEN 1 THEN 'draft' ELSE 'done' END,
           'other', %(today)s, 'BENCH/' || n
      FROM generate_series(1, %(count)s / 200) n
    """,
    """
    INSERT INTO club_handover_line (handover_id, account_id, company_id)
    SELECT h.id, a.id, h.company_id
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_handover
             WHERE name LIKE 'BENCH/%%') h
      JOIN bench_all a ON a.g / 200 = h.n - 1 AND a.g %% 200 < 30
    """,
)
# Over `e`: an activity's place `n`, event, day and stage; and its guests.
ACTIVITIES = (
    """
    INSERT INTO club_activity (id, company_id, unit_id, type_id, user_id, tier_id,
        headcount, approval_state, name, organiser, theme, stage, reason, place,
        date_begin, date_end, event_id, survey_id, seats_per_account, is_planned,
        no_costs, closed_on, confirm_until, cost_estimate, cost_bills, cost_actual,
        plan_line_id, satisfaction_mean, answer_count, sent_count)
    SELECT e.id, %(company)s, (%(units)s::int[])[1 + e.n %% %(n_units)s],
           (%(types)s::int[])[1 + e.n %% %(n_types)s],
           (%(managers)s::int[])[1 + e.n %% %(n_managers)s],
           (%(tiers)s::int[])[1 + e.n %% %(n_tiers)s],
           %(guests)s, CASE WHEN e.stage = 'application' THEN 'draft' ELSE 'done' END,
           'BENCH/' || e.n, 'unit', 'Bench activity ' || e.n, e.stage, 'Bench', 'Hall',
           e.day, e.day + interval '3 hours', e.event_id, %(survey)s, 1, e.n %% 2 = 0,
           FALSE, CASE WHEN e.stage = 'closed' THEN e.day::date + 20 END,
           e.day::date - 3, 3000, 2800, 2800, NULL, 4, 20, 30
      FROM bench_event e
    """,
    """
    INSERT INTO club_activity_cost (activity_id, kind, amount, company_id)
    SELECT e.id, (ARRAY['venue', 'catering', 'other'])[k], 1000, %(company)s
      FROM bench_event e, generate_series(1, 3) k
    """,
    """
    INSERT INTO club_activity_share (activity_id, unit_id, percent, amount, company_id)
    SELECT e.id, (%(units)s::int[])[1 + (e.n + k) %% %(n_units)s], 50, 1400, %(company)s
      FROM bench_event e, generate_series(0, 1) k
    """,
    """
    INSERT INTO club_activity_expense (activity_id, kind, name, date, amount,
        company_id)
    SELECT e.id, 'catering', 'Bench', e.day::date, 2800, %(company)s FROM bench_event e
     WHERE e.stage IN ('held', 'closed')
    """,
    """
    INSERT INTO club_activity_programme (activity_id, name, time_from, company_id)
    SELECT e.id, 'Bench ' || k, e.day + k * interval '1 hour', %(company)s
      FROM bench_event e, generate_series(0, 2) k
    """,
    """
    INSERT INTO club_invitation (contact_id, activity_id, state, account_id,
        company_id, tier_id, tier_name, tier_rank, invited_by_id, invited_at, judged_on)
    SELECT a.contact_id, e.id,
           CASE WHEN e.stage IN ('held', 'closed')
                THEN (ARRAY['attended', 'attended', 'attended', 'absent', 'declined'])
                     [1 + a.g %% 5]
                ELSE (ARRAY['invited', 'confirmed', 'declined', 'waiting', 'proposed'])
                     [1 + a.g %% 5] END,
           a.id, %(company)s, a.tier_id, 'Bench', 1,
           (%(managers)s::int[])[1 + e.n %% %(n_managers)s],
           e.day - interval '20 days', e.day::date - 20
      FROM bench_event e CROSS JOIN generate_series(0, %(guests)s - 1) k
      JOIN bench_all a ON a.g = (e.n * %(guests)s + k) %% %(count)s
     WHERE e.stage NOT IN ('application', 'preparing')
    """,
    """
    INSERT INTO event_registration (event_id, partner_id, company_id, barcode, name,
        state, active, sale_status, club_invitation_id, date_closed)
    SELECT e.event_id, i.contact_id, %(company)s, 'bench' || i.id, 'Bench',
           CASE i.state WHEN 'attended' THEN 'done' ELSE 'open' END, TRUE, 'free', i.id,
           CASE i.state WHEN 'attended' THEN e.day END
      FROM club_invitation i JOIN bench_event e ON e.id = i.activity_id
     WHERE i.state IN ('attended', 'absent', 'confirmed')
    """,
    """
    UPDATE club_invitation i SET registration_id = r.id
      FROM event_registration r WHERE r.club_invitation_id = i.id
    """,
    """
    INSERT INTO club_answer (invitation_id, state, code, company_id, activity_id,
        type_id, unit_id, contact_id, account_id, channel, satisfaction, date,
        date_deadline, sent_at, sent_count, answered_at)
    SELECT i.id, CASE WHEN i.id %% 3 = 0 THEN 'waiting' ELSE 'answered' END,
           'bench' || i.id, i.company_id, i.activity_id, c.type_id, c.unit_id,
           i.contact_id, i.account_id, 'mail',
           CASE WHEN i.id %% 3 > 0 THEN 1 + i.id %% 5 END, c.date_begin,
           c.date_end + interval '14 days', c.date_end, 1,
           CASE WHEN i.id %% 3 > 0 THEN c.date_end + interval '2 days' END
      FROM club_invitation i JOIN club_activity c ON c.id = i.activity_id
     WHERE i.state = 'attended'
    """,
    """
    INSERT INTO survey_user_input (survey_id, access_token, partner_id, state,
        test_entry, club_answer_id, create_date, start_datetime)
    SELECT %(survey)s, 'bench' || n.id, n.contact_id,
           CASE n.state WHEN 'waiting' THEN 'new' ELSE 'done' END, FALSE, n.id,
           n.date, n.date
      FROM club_answer n
    """,
)
WORTH = (
    """
    INSERT INTO club_reward (program_id, company_id, kind, name, price, cost, active,
        sequence)
    SELECT %(program)s, %(company)s, 'gift', jsonb_build_object('en_US', 'Bench ' || n),
           50 + n, 40, TRUE, n
      FROM generate_series(1, 50) n
    """,
    """
    INSERT INTO club_reward_receipt (reward_id, quantity, document, date, company_id)
    SELECT r.id, 1000000, 'Bench', %(first)s, r.company_id FROM club_reward r
    """,
    f"""
    INSERT INTO club_redemption (program_id, account_id, company_id, unit_id, reward_id,
        quantity, approval_state, name, reason, state, points, cost, reserved_by_id,
        reserved_at, reserved_on, days_before, points_before, is_to_sign, lots,
        debited_at, debited_by_id, received_on)
    SELECT %(program)s, a.id, %(company)s, a.unit_id, r.id, 1, 'draft',
           'BENCH/' || a.g, 'Bench',
           CASE WHEN a.g %% 7 = 0 THEN 'reserved' ELSE 'debited' END, r.price, 40,
           a.user_id, {DAY.format(0)}, {DAY.format(0)}, 30, 0, FALSE, '[]',
           CASE WHEN a.g %% 7 > 0 THEN {DAY.format(0)} END,
           CASE WHEN a.g %% 7 > 0 THEN a.user_id END,
           CASE WHEN a.g %% 7 > 0 THEN {DAY.format(0)} END
      FROM bench_all a
      JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_reward
             WHERE program_id = %(program)s) r ON r.n = 1 + a.g %% 50
    """,
    """
    INSERT INTO club_voucher_batch (company_id, partner_id, quantity, name, subject,
        state, date_from, date_to, issued_on, value)
    SELECT %(company)s, a.id, 1000, 'BENCH/' || a.g,
           jsonb_build_object('en_US', 'Bench'), 'issued', %(first)s, %(today)s + 90,
           %(first)s, 100
      FROM bench_all a WHERE a.g %% 1000 = 0
    """,
    f"""
    INSERT INTO club_voucher (batch_id, company_id, partner_id, name, code, state,
        date_from, date_to, issued_on, value, account_id, redeemed_on, redeemed_by_id)
    SELECT b.id, b.company_id, b.partner_id, 'B' || a.g, 'BENCH' || a.g,
           CASE WHEN a.g %% 3 = 0 THEN 'redeemed' ELSE 'issued' END, b.date_from,
           b.date_to, b.issued_on, b.value, CASE WHEN a.g %% 3 = 0 THEN a.id END,
           CASE WHEN a.g %% 3 = 0 THEN {DAY.format(0)} END,
           CASE WHEN a.g %% 3 = 0 THEN a.user_id END
      FROM bench_all a
      JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_voucher_batch) b
           ON b.n = 1 + a.g / 1000
    """,
    """
    INSERT INTO club_budget (program_id, company_id, year, number, approval_state, name,
        prepared_at)
    SELECT %(program)s, %(company)s, %(year)s - k, 0, 'done', 'BENCH/' || k,
           now() AT TIME ZONE 'UTC'
      FROM generate_series(0, 2) k
    """,
    """
    INSERT INTO club_marketing_budget (budget_id, account_id, company_id, year, tier_id,
        points, rate, proposed, granted, is_prepared)
    SELECT b.id, a.id, b.company_id, b.year, a.tier_id, 100, 1, 500, 500, TRUE
      FROM bench_all a, club_budget b
    """,
    """
    INSERT INTO club_gift_list (company_id, user_id, unit_id, name, purpose, state,
        date)
    SELECT %(company)s, a.user_id, a.unit_id, 'BENCH/' || a.g, 'Bench',
           CASE WHEN a.g %% 1000 = 0 THEN 'confirmed' ELSE 'closed' END,
           %(today)s - a.g %% 900
      FROM bench_all a WHERE a.g %% 200 = 0
    """,
    """
    INSERT INTO club_gift (list_id, account_id, company_id, contact_id, reward_id,
        quantity, way, state, date, year, value, given_on, item, is_cash_like,
        given_by_id)
    SELECT l.id, a.id, l.company_id, a.contact_id, r.id, 1, 'hand',
           CASE l.state WHEN 'closed' THEN 'given' ELSE 'confirmed' END, l.date,
           extract(year FROM l.date)::int, 40,
           CASE l.state WHEN 'closed' THEN l.date END, 'Bench', FALSE, l.user_id
      FROM bench_all a
      JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_gift_list
             WHERE name LIKE 'BENCH/%%') l ON l.n = 1 + a.g / 200
      JOIN (SELECT min(id) AS id FROM club_reward) r ON TRUE
     WHERE a.g %% 2 = 0
    """,
    """
    INSERT INTO club_card (membership_id, account_id, group_id, tier_id, company_id,
        number, state, code)
    SELECT m.id, m.account_id, m.group_id, m.tier_id, m.company_id, 'B' || a.g,
           CASE WHEN a.g %% 20 = 0 THEN 'to_print' ELSE 'handed_over' END, 'b' || a.g
      FROM club_membership m JOIN bench_all a ON a.id = m.account_id
     WHERE m.group_id = %(group)s
    """,
    f"""
    INSERT INTO club_benefit_booking (benefit_id, account_id, contact_id, company_id,
        booked_by_id, name, state, date_begin, year, tier_id, booked_at, is_counted)
    SELECT (%(benefits)s::int[])[1 + a.g %% %(n_benefits)s], a.id, a.contact_id,
           %(company)s, a.user_id, 'BENCH/' || a.g,
           CASE WHEN a.g %% 9 = 0 THEN 'booked' ELSE 'used' END, {DAY.format(0)},
           extract(year FROM {DAY.format(0)})::int, a.tier_id, {DAY.format(0)}, TRUE
      FROM bench_all a
    """,
    """
    INSERT INTO club_venue (company_id, kind, name, capacity, bookable_days, active,
        is_exclusive, sequence)
    SELECT %(company)s, CASE WHEN n %% 2 = 0 THEN 'room' ELSE 'affiliated' END,
           jsonb_build_object('en_US', 'Bench venue ' || n), 40, 90, TRUE, FALSE, n
      FROM generate_series(1, 20) n
    """,
    f"""
    INSERT INTO club_venue_booking (venue_id, company_id, booked_by_id, account_id,
        contact_id, purpose, state, date_from, date_to, headcount, is_exclusive)
    SELECT v.id, %(company)s, a.user_id, a.id, a.contact_id, 'Bench',
           CASE WHEN a.g %% 100 = 0 THEN 'booked' ELSE 'done' END, {DAY.format(0)},
           {DAY.format(0)} + interval '2 hours', 8, FALSE
      FROM bench_all a
      JOIN (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_venue
             WHERE name ->> 'en_US' LIKE 'Bench venue %%') v ON v.n = 1 + a.g / 10 %% 20
     WHERE {every(10)}
    """,
    f"""
    INSERT INTO club_visit (company_id, unit_id, account_id, user_id, name, subject,
        state, date_begin, date_end, visitor_count, has_begun)
    SELECT %(company)s, a.unit_id, a.id, a.user_id, 'BENCH/' || a.g, 'Bench',
           CASE WHEN a.g %% 100 = 3 THEN 'requested' ELSE 'held' END, {DAY.format(0)},
           {DAY.format(0)} + interval '2 hours', 5, TRUE
      FROM bench_all a WHERE {every(10, 3)}
    """,
    """
    INSERT INTO club_visit_stop (visit_id, name, company_id, sequence, time, minutes)
    SELECT v.id, 'Bench ' || k, v.company_id, k, 9 + k, 30
      FROM club_visit v, generate_series(1, 3) k
    """,
    f"""
    INSERT INTO club_banquet (company_id, unit_id, principal_id, form_id, table_size,
        name, purpose, state, grade, date_begin, user_id, account_id, budget, has_begun)
    SELECT %(company)s, a.unit_id, a.user_id, %(form)s, 10, 'BENCH/' || a.g, 'Bench',
           CASE WHEN a.g %% 1000 = 7 THEN 'draft' ELSE 'held' END, 'business',
           {DAY.format(0)}, a.user_id, a.id, 1000, TRUE
      FROM bench_all a WHERE {every(100, 7)}
    """,
    f"""
    INSERT INTO club_round_table (company_id, unit_id, user_id, name, theme, state,
        date_begin, date_end, has_begun)
    SELECT %(company)s, a.unit_id, a.user_id, 'BENCH/' || a.g, 'Bench',
           CASE WHEN a.g %% 1000 = 8 THEN 'inviting' ELSE 'held' END, {DAY.format(0)},
           {DAY.format(0)} + interval '2 hours', TRUE
      FROM bench_all a WHERE {every(100, 8)}
    """,
    """
    INSERT INTO club_round_table_invitee (contact_id, round_table_id, account_id,
        company_id, state)
    SELECT a.contact_id, t.id, a.id, t.company_id, 'attended'
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_round_table
             WHERE name LIKE 'BENCH/%%') t
      JOIN bench_all a ON a.g / 100 = t.n - 1 AND a.g %% 100 < 20
    """,
    f"""
    INSERT INTO club_cooperation (company_id, unit_id, approval_state, name, purpose,
        subject, amount_basis, tender_state, date_from, date_to, amount, partner_id,
        user_id)
    SELECT %(company)s, a.unit_id, 'done', 'BENCH/' || a.g, 'venue', 'Bench', 'net',
           'none', {DAY.format(0)}, {DAY.format(0)} + 300, 10000, a.id, a.user_id
      FROM bench_all a WHERE {every(200)}
    """,
    """
    INSERT INTO club_settlement (company_id, unit_id, approval_state, name, subject,
        date, cooperation_id, total)
    SELECT c.company_id, c.unit_id, 'done', 'BENCH/' || c.id || '/' || k, 'cooperation',
           c.date_from + k * 30, c.id, 1000
      FROM club_cooperation c, generate_series(1, 3) k
    """,
    f"""
    INSERT INTO club_match_offer (company_id, account_id, contact_id, name, kind,
        category, state, date_from)
    SELECT %(company)s, a.id, a.contact_id, 'Bench ' || a.g,
           CASE WHEN a.g %% 10 = 0 THEN 'offer' ELSE 'need' END,
           (ARRAY['goods', 'service', 'logistics'])[1 + a.g %% 3], 'open',
           {DAY.format(0)}
      FROM bench_all a WHERE {every(5)}
    """,
    f"""
    INSERT INTO club_introduction (company_id, account_id, other_account_id, user_id,
        state, date)
    SELECT %(company)s, a.id, b.id, a.user_id, 'introduced', {DAY.format(0)}
      FROM bench_all a JOIN bench_all b ON b.g = a.g + 1 WHERE {every(20)}
    """,
    """
    INSERT INTO club_greeting (occasion_id, company_id, user_id, unit_id, owner_level,
        state, date, subject, text)
    SELECT o.id, %(company)s, u.id, NULL, 'manager',
           CASE k WHEN 0 THEN 'prepared' ELSE 'closed' END,
           (date_trunc('month', %(today)s::date) + interval '20 days')::date - k * 91,
           jsonb_build_object('en_US', 'Bench'), jsonb_build_object('en_US', 'Bench')
      FROM unnest(%(managers)s::int[]) u(id), generate_series(0, 7) k,
           (SELECT min(id) AS id FROM club_occasion) o
    """,
    """
    INSERT INTO club_greeting_line (greeting_id, occasion_id, company_id, root_id,
        account_id, contact_id, user_id, state, date, channel, is_counted, sent_on)
    SELECT g.id, g.occasion_id, g.company_id, g.company_id, a.id, a.contact_id,
           a.user_id,
           CASE g.state WHEN 'closed' THEN 'sent' ELSE 'to_send' END, g.date, 'mail',
           TRUE, CASE g.state WHEN 'closed' THEN g.date END
      FROM club_greeting g JOIN bench_all a ON a.user_id = g.user_id
    """,
    """
    INSERT INTO club_points_exception (run_id, reason, account_id, category_id, month,
        revenue, points)
    SELECT r.id, 'rate', a.id, (%(categories)s::int[])[1], r.month, 100, 0
      FROM bench_all a
      JOIN (SELECT id, month FROM club_points_run ORDER BY id DESC LIMIT 1) r ON TRUE
     WHERE a.g %% 2 = 0
    """,
    """
    INSERT INTO club_points_adjustment (program_id, company_id, unit_id, approval_state,
        name, kind, date, reason, account_count, points_total)
    SELECT %(program)s, %(company)s, (%(units)s::int[])[1 + n %% %(n_units)s], 'draft',
           'BENCH/' || n, 'adjustment', %(today)s, 'Bench', 20, 200
      FROM generate_series(0, %(count)s / 1000) n
    """,
    """
    INSERT INTO club_points_adjustment_line (adjustment_id, account_id, company_id,
        points, points_moved, note)
    SELECT j.id, a.id, j.company_id, 10, 10, 'Bench'
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_points_adjustment
             WHERE name LIKE 'BENCH/%%') j
      JOIN bench_all a ON a.g / 1000 = j.n - 1 AND a.g %% 1000 < 20
    """.replace("points_moved, ", "").replace("10, 10,", "10,"),
    """
    INSERT INTO club_take_on (program_id, company_id, approval_state, name,
        account_count, new_count, applied_at)
    SELECT %(program)s, %(company)s, 'done', 'BENCH', %(count)s, %(count)s,
           now() AT TIME ZONE 'UTC'
    """,
    """
    INSERT INTO club_take_on_account (take_on_id, account_id, company_id, is_new)
    SELECT t.id, a.id, t.company_id, TRUE FROM club_take_on t, bench_all a
    """,
)
AIMED = (
    """
    INSERT INTO club_plan (company_id, year, number, approval_state, budget, line_count)
    SELECT %(company)s, %(year)s - k, 0, 'done', 1000000, 120
      FROM generate_series(0, 2) k
    """,
    """
    INSERT INTO club_plan_line (plan_id, company_id, year, type_id, name, organiser,
        month, unit_id, headcount, budget, in_force)
    SELECT p.id, p.company_id, p.year, (%(types)s::int[])[1 + n %% %(n_types)s],
           'Bench ' || n, 'unit', make_date(p.year, 1 + n %% 12, 1),
           (%(units)s::int[])[1 + n %% %(n_units)s], 40, 3000, TRUE
      FROM club_plan p, generate_series(1, 120) n
    """,
    """
    UPDATE club_activity c SET plan_line_id = l.id
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM club_plan_line) l
     WHERE c.name LIKE 'BENCH/%%' AND c.is_planned
       AND l.n = 1 + substr(c.name, 7)::int %% 360
    """,
    """
    INSERT INTO club_target (company_id, unit_id, holder, kind, span, date_from, amount,
        date_to)
    SELECT %(company)s, u.id, 'unit', k.kind, 'month', m::date, 1000,
           (m + interval '1 month - 1 day')::date
      FROM unnest(%(units)s::int[]) u(id),
           (VALUES ('revenue'), ('members'), ('visits')) k(kind),
           generate_series(date_trunc('month', %(first)s::date), %(today)s,
                           interval '1 month') m
    """,
    """
    INSERT INTO club_target (company_id, unit_id, user_id, holder, kind, span,
        date_from, amount, date_to)
    SELECT %(company)s, (%(units)s::int[])[1 + u.id %% %(n_units)s], u.id, 'person',
           'revenue', 'month', m::date, 1000, (m + interval '1 month - 1 day')::date
      FROM unnest(%(managers)s::int[]) u(id),
           generate_series(date_trunc('year', %(today)s::date), %(today)s,
                           interval '1 month') m
    """,
)
GUESTS = 40  # of an activity, of which there is one for each of twenty accounts


def lay(env, crew, managers, count):
    """Lay what goes with so many accounts that are laid."""
    company = env.company
    today = fields.Date.today()
    membership = crew.program.group_ids.filtered(lambda g: g.purpose != "grade")[:1]
    lists = {
        "managers": managers,
        "units": crew.units.ids,
        "types": env["club.activity.type"].search([]).ids,
        "tiers": membership.tier_ids.ids,
        "causes": env["club.complaint.cause"].search([]).ids,
        "benefits": env["club.benefit"].search([]).ids,
        "categories": crew.categories.ids,
    }
    values = {
        **lists,
        **{f"n_{name}": len(ids) for name, ids in lists.items()},
        "company": company.id,
        "program": crew.program.id,
        "group": membership.id,
        "survey": env["survey.survey"].search([], limit=1).id,
        "form": env["club.banquet.form"].search([], limit=1).id,
        "today": today,
        "year": today.year,
        "first": today - relativedelta(years=YEARS),
        "days": (today - (today - relativedelta(years=YEARS))).days,
        "guests": GUESTS,
        "count": count,
    }
    _lay_contacts(env, crew, values)
    _lay_events(env, values)
    for statement in (*PEOPLE, *HANDED, *ACTIVITIES, *WORTH, *AIMED):
        env.cr.execute(statement, values)
    env.cr.execute("DROP TABLE bench_all, bench_event")
    env.cr.commit()
    env.invalidate_all()
    _work_out(env, values["first"])


def _lay_contacts(env, crew, values):
    """Give each account a contact, and note all of them with what they have."""
    contact = env["res.partner"].create(
        {"name": "Bench contact", "parent_id": crew.account.id, "type": "contact"}
    )
    env.flush_all()
    env.cr.execute(
        """
        CREATE TEMP TABLE bench_all AS
        SELECT substr(p.name, 15)::int AS g, p.id,
               (p.club_unit_id ->> %(company)s::text)::int AS unit_id,
               (p.club_manager_id ->> %(company)s::text)::int AS user_id,
               m.tier_id, nextval('res_partner_id_seq')::int AS contact_id
          FROM res_partner p
          JOIN club_membership m ON m.account_id = p.id AND m.group_id = %(group)s
         WHERE p.name LIKE 'Bench account %%'
        """,
        values,
    )
    env.cr.execute("CREATE INDEX ON bench_all (g)")
    env.cr.execute("ANALYZE bench_all")
    _copy_rows(
        env.cr,
        "res_partner",
        contact.id,
        "bench_all b",
        {
            "id": "b.contact_id",
            "name": "'Bench contact ' || b.g",
            "complete_name": "'Bench account ' || b.g || ', Bench contact ' || b.g",
            "parent_id": "b.id",
            "commercial_partner_id": "b.id",
            "commercial_company_name": "'Bench account ' || b.g",
            "email": "'contact' || b.g || '@example.com'",
        },
    )


def _lay_events(env, values):
    """Lay the events of activities: most of the past, some that are to come."""
    today = values["today"]
    event = env["event.event"].create(
        {
            "name": "Bench",
            "date_begin": fields.Datetime.to_datetime(today),
            "date_end": fields.Datetime.to_datetime(today) + timedelta(hours=3),
        }
    )
    env.flush_all()
    env.cr.execute(
        """
        CREATE TEMP TABLE bench_event AS
        SELECT n, nextval('club_activity_id_seq')::int AS id,
               nextval('event_event_id_seq')::int AS event_id, day,
               CASE WHEN day < %(today)s::date - 30 THEN 'closed'
                    WHEN day < %(today)s THEN 'held'
                    WHEN n %% 3 = 0 THEN 'inviting'
                    WHEN n %% 3 = 1 THEN 'preparing' ELSE 'application' END AS stage
          FROM generate_series(0, %(count)s / 20 - 1) n,
               LATERAL (SELECT (%(first)s::date + (n * 467) %% (%(days)s + 60)
                                + interval '6 hours') AS day) d
        """,
        values,
    )
    env.cr.execute("ANALYZE bench_event")
    _copy_rows(
        env.cr,
        "event_event",
        event.id,
        "bench_event b",
        {
            "id": "b.event_id",
            "name": "jsonb_build_object('en_US', 'Bench activity ' || b.n)",
            "date_begin": "b.day",
            "date_end": "b.day + interval '3 hours'",
            "club_activity_id": "NULL",
        },
        where="b.stage IN ('inviting', 'held', 'closed')",
    )
    env.cr.execute(
        "UPDATE bench_event SET event_id = NULL"
        " WHERE stage NOT IN ('inviting', 'held', 'closed')"
    )


def _work_out(env, first):
    """Let what the nightly jobs work out be worked out."""
    company = env.company
    env["club.account.pulse"]._refresh()
    env.cr.commit()
    start = first.replace(day=1)
    env["club.figure"]._refresh(company, start, fields.Date.today())
    env.cr.commit()
