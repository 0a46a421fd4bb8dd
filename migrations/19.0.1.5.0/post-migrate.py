"""What a club that runs already needs for the rules as they are now."""

import json

from odoo.tools import SQL, sql

# Texts of the catalogue that changed: code, field, then by language what was installed
# and what is from now on. What somebody has edited stays.
TEXTS = (
    (
        *("company_networking", "description"),
        {
            "en_US": (
                "One-to-one networking between members' companies with business "
                "matching, on demand. Headcount, seats and points are (assumed).",
                "One-to-one networking between an account and the bureau, with "
                "business matching between members, on demand. Headcount, seats and "
                "points are (assumed).",
            ),
            "zh_CN": (
                "会员企业之间一对一联谊并撮合业务，按需举办。人数、名额和积分为（暂定）。",
                "客户单位与本局一对一联谊，并撮合会员之间的业务，按需举办。"
                "人数、名额和积分为（暂定）。",
            ),
        },
    ),
    (
        *("fitness", "description"),
        {
            "en_US": (
                "Training on the club's courts and matches between members, once a "
                "quarter. Headcount, seats and points are (assumed).",
                "Training classes and competitions for members, tennis and table "
                "tennis, once a quarter. Headcount, seats and points are (assumed).",
            ),
            "zh_CN": (
                "健身训练场训练及会员比赛，每季度一次。人数、名额和积分为（暂定）。",
                "会员网球、乒乓球训练班和竞赛，每季度一次。人数、名额和积分为（暂定）。",
            ),
        },
    ),
    (
        *("fitness", "forms"),
        {
            "en_US": (
                "Training\nMatch",
                "Tennis Training Class\nTable-Tennis Training Class\n"
                "Tennis Competition\nTable-Tennis Competition",
            ),
            "zh_CN": (
                "训练\n比赛",
                "网球训练班\n乒乓球训练班\n网球竞赛\n乒乓球竞赛",
            ),
        },
    ),
    (
        *("business_seminar", "description"),
        {
            "en_US": (
                "On business cooperation. Seminars and study tours together take place "
                "2 to 3 times a year; how many of each is (assumed).",
                "On business cooperation, at least 2 and at most 3 times a year "
                "together with study tours. Headcount, seats and points are (assumed).",
            ),
            "zh_CN": (
                "围绕业务合作。研讨与外出考察合计每年 2 至 3 次；各占几次为（暂定）。",
                "围绕业务合作，与外出考察合计每年至少 2 次、至多 3 次。"
                "人数、名额和积分为（暂定）。",
            ),
        },
    ),
    (
        *("study_tour", "description"),
        {
            "en_US": (
                "To companies in another province. Seminars and study tours together "
                "take place 2 to 3 times a year; how many of each is (assumed).",
                "To companies in another province. Business seminars have the "
                "numbers for both. Headcount, seats and points are (assumed).",
            ),
            "zh_CN": (
                "赴外省企业考察。研讨与外出考察合计每年 2 至 3 次；"
                "各占几次为（暂定）。",
                "赴外省企业考察。次数与业务合作研讨合计，见该类型。"
                "人数、名额和积分为（暂定）。",
            ),
        },
    ),
    (
        *("vip_lecture", "forms"),
        {
            "zh_CN": (
                "健康\n理财\n企业成长\n艺术",
                "健康养生\n金融投资\n企业成长\n艺术鉴赏",
            )
        },
    ),
    (
        *("tcm_doctor", "forms"),
        {
            "zh_CN": (
                "预约诊疗\n上门诊疗\n药膳品鉴",
                "预约挂号\n上门就医\n药膳品鉴",
            )
        },
    ),
)
OUTINGS = {
    "en_US": "Mountain Climbing\nHiking\nSelf-Drive Tour",
    "zh_CN": "登山\n徒步\n自驾游",
}
SERVICES = (
    *("tcm_doctor", "care_wellness", "care_screening", "care_checkup", "care_plan"),
    *("care_disease", "care_other", "airport_fast_track"),
)
# What a banquet's form was called, and the record that it is now; the others are made.
FORMS = {
    "round": "club_banquet_form_formal",
    "buffet": "club_banquet_form_buffet",
    "tea": "club_banquet_form_tea",
}
MADE_FORMS = {
    "long": {"en_US": "Long Table", "zh_CN": "长桌"},
    "western": {"en_US": "Western Menu", "zh_CN": "西餐"},
}
# How many days earlier a tier books (assumed).
DAYS_EARLIER = {"gold": 3, "platinum": 7, "diamond": 14}


def migrate(cr, version):
    """Rename what is stored; bring catalogue, banquets, visits and priority up to what
    they are now.
    """
    call_accepted_confirmed(cr)
    renew_catalogue_texts(cr)
    share_seminars_and_tours(cr)
    mark_signature(cr)
    make_banquet_forms(cr)
    say_who_requested_visits(cr)
    give_priority_days(cr)


def call_accepted_confirmed(cr):
    """Say of invitees to round tables what is said of guests. Rule C7."""
    cr.execute(
        "UPDATE club_round_table_invitee SET state = 'confirmed'"
        " WHERE state = 'accepted'"
    )


def renew_catalogue_texts(cr):
    """Put the sources' words where the catalogue still has what was installed. C1."""
    for code, name, languages in TEXTS:
        column = SQL.identifier(name)
        cr.execute(
            SQL(
                "SELECT id, %s FROM club_activity_type"
                " WHERE code = %s AND %s IS NOT NULL",
                column,
                code,
                column,
            )
        )
        for number, texts in cr.fetchall():
            renewed = {
                language: new
                for language, (old, new) in languages.items()
                if texts.get(language)
                in (old, old.replace("为（暂定）", "为（假定）值"))
            }
            english = languages.get("en_US")
            if not renewed or (english and "en_US" not in renewed):
                continue
            write_text(cr, number, name, {**texts, **renewed})
    cr.execute(
        "SELECT id FROM club_activity_type WHERE code = 'outing'"
        " AND coalesce(forms->>'en_US', '') = ''"
    )
    for (number,) in cr.fetchall():
        write_text(cr, number, "forms", OUTINGS)


def write_text(cr, number, name, texts):
    cr.execute(
        SQL(
            "UPDATE club_activity_type SET %s = %s::jsonb WHERE id = %s",
            SQL.identifier(name),
            json.dumps(texts),
            number,
        )
    )


def share_seminars_and_tours(cr):
    """Let both have one limit, where their numbers are still as installed. C1."""
    cr.execute(
        """
        WITH pair AS (
            SELECT seminar.id AS seminar_id, tour.id AS tour_id
              FROM club_activity_type seminar
              JOIN club_activity_type tour
                ON tour.company_id = seminar.company_id AND tour.code = 'study_tour'
             WHERE seminar.code = 'business_seminar' AND seminar.period = 'year'
               AND (seminar.times_min, seminar.times_max) = (1, 2)
               AND tour.period = 'year' AND (tour.times_min, tour.times_max) = (1, 1)
        ), leader AS (
            UPDATE club_activity_type
               SET times_min = 2, times_max = 3, usual_month = '3'
             WHERE id IN (SELECT seminar_id FROM pair)
        )
        UPDATE club_activity_type tour
           SET times_min = 0, times_max = 0, counts_with_id = pair.seminar_id
          FROM pair WHERE tour.id = pair.tour_id
        """
    )


def mark_signature(cr):
    """TCM, health management and fast track are signature services. Rule C1."""
    cr.execute(
        "UPDATE club_activity_type SET is_signature = (kind = 'signature'"
        " OR kind = 'service' AND code = ANY(%s))",
        [list(SERVICES)],
    )


def make_banquet_forms(cr):
    """Give each banquet the record of its form; none is lost. Rule D11."""
    if not sql.column_exists(cr, "club_banquet", "form"):
        return  # banquets came with this upgrade
    for name, xml_name in FORMS.items():
        cr.execute(
            """
            UPDATE club_banquet SET form_id = data.res_id
              FROM ir_model_data data
             WHERE data.module = 'crm_club' AND data.name = %s AND form = %s
            """,
            [xml_name, name],
        )
    for name, texts in MADE_FORMS.items():
        cr.execute("SELECT 1 FROM club_banquet WHERE form = %s LIMIT 1", [name])
        if not cr.fetchone():
            continue
        cr.execute(
            "INSERT INTO club_banquet_form (name, sequence, active, is_seated)"
            " VALUES (%s::jsonb, 50, TRUE, FALSE) RETURNING id",
            [json.dumps(texts)],
        )
        (number,) = cr.fetchone()
        cr.execute(
            "UPDATE club_banquet SET form_id = %s WHERE form = %s", [number, name]
        )


def say_who_requested_visits(cr):
    """Whoever drew a visit up has asked for it. Rule D11."""
    cr.execute("UPDATE club_visit SET requested_by_id = create_uid")


def give_priority_days(cr):
    """Give the priority benefit that was installed the days that it has now. D12."""
    for code, days in DAYS_EARLIER.items():
        cr.execute(
            """
            UPDATE club_benefit_quota quota SET days_earlier = %s
              FROM club_benefit benefit, club_tier tier
             WHERE benefit.id = quota.benefit_id AND tier.id = quota.tier_id
               AND benefit.form = 'priority' AND benefit.code = 'priority'
               AND tier.code = %s AND coalesce(quota.days_earlier, 0) = 0
            """,
            [days, code],
        )
