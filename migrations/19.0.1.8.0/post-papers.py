"""Let the mail of a survey name the same last day as its card. Rule C5."""


def migrate(cr, version):
    # In every language; what an administrator wrote in its place stays.
    cr.execute(
        "UPDATE mail_template t"
        "   SET body_html = replace(t.body_html::text,"
        "           'format_date(object.date_deadline)',"
        "           'format_date(object._get_last_day())')::jsonb"
        "  FROM ir_model_data d"
        " WHERE d.module = 'crm_club' AND d.name = 'club_survey_mail'"
        "   AND d.model = 'mail.template' AND d.res_id = t.id"
    )
