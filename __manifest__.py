{
    "name": "Key Account Club",
    "summary": "Grade key accounts, earn points from booked revenue, "
    "requalify members once a year",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Key Account Club founders",
    "license": "LGPL-3",
    "application": True,
    "depends": ["crm", "account"],
    "external_dependencies": {"python": ["openpyxl", "xlsxwriter"]},
    "data": [
        # rights
        "security/crm_club_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_club_rules.xml",
        "security/club_import_rules.xml",
        # data
        "data/club_points_kind_data.xml",
        "data/club_program_data.xml",
        "data/club_revenue_import_sequence.xml",
        "data/ir_cron_data.xml",
        # views
        "wizards/club_revenue_upload_views.xml",
        "wizards/club_revenue_settle_views.xml",
        "views/points/club_revenue_line_views.xml",
        "views/points/club_revenue_import_views.xml",
        "views/points/club_alias_views.xml",
        "views/points/club_control_total_views.xml",
        "views/membership/club_evidence_templates.xml",
        "views/club_menus.xml",
    ],
    "demo": [],
    "pre_init_hook": "pre_init_hook",
    "uninstall_hook": "uninstall_hook",
}
