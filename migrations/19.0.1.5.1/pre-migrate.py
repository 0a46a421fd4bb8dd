"""XML ids as all others are called: what was changed by hand stays with its record."""

RENAMED = {
    "view_partner_form": "res_partner_view_form_membership",
    "view_partner_tree": "res_partner_view_list",
    "res_partner_kanban_view": "res_partner_view_kanban",
    "view_res_partner_filter": "res_partner_view_search",
    "view_partner_form_care": "res_partner_view_form_contact",
    "view_partner_form_hosting": "res_partner_view_form_hosting",
    "view_partner_form_club_guests": "res_partner_view_form_guest",
    "view_partner_form_match": "res_partner_view_form_match",
    "view_partner_form_benefit": "res_partner_view_form_benefit",
    "crm_case_tree_view_leads": "crm_lead_view_list_leads",
    "crm_case_tree_view_oppor": "crm_lead_view_list",
    "crm_case_kanban_view_leads": "crm_lead_view_kanban",
    "view_crm_case_leads_filter": "crm_lead_view_search_leads",
    "view_crm_case_opportunities_filter": "crm_lead_view_search",
    "crm_opportunity_report_view_search": "crm_lead_view_search_report",
    "club_revenue_discard_view_form": "club_revenue_settle_view_form_discard",
    "club_seal_register_action": "club_approval_signature_action_seals",
    "club_member_action": "crm_team_member_action",
    "club_points_analysis_action": "club_points_entry_action_analysis",
    "club_revenue_analysis_action": "club_revenue_action_analysis",
    "club_membership_analysis_action": "club_membership_action_analysis",
    "club_rate_notice_action": "club_points_rate_action_notice",
    "club_program_run_action": "club_points_run_action_program",
    "club_program_membership_action": "club_membership_action_program",
    "club_satisfaction_action": "club_answer_action_satisfaction",
    "club_charter_action": "club_program_action_charter",
    "club_roster_export_action": "club_membership_action_export",
    "club_satisfaction_export_action": "club_activity_action_export_satisfaction",
    "club_activity_export_action": "club_activity_action_export",
    "club_guest_list_export_action": "club_activity_action_export_guests",
    "club_plan_export_action": "club_plan_action_export",
    "club_points_statement_export_action": "res_partner_action_export_statement",
    "club_rate_book_export_action": "club_program_action_export_rates",
    "club_requalification_export_action": "club_requalification_action_export",
}

# Whose access rights had their model last.
RIGHTS = {
    "club_alias": ("finance", "clerk", "officer", "auditor"),
    "club_control_total": ("finance", "officer", "auditor"),
    "club_revenue_import": ("finance", "clerk", "officer", "auditor"),
    "club_revenue_line": ("finance", "clerk", "officer", "auditor"),
    "club_revenue_settle": ("finance", "clerk"),
    "club_revenue_upload": ("finance", "clerk"),
}


def migrate(cr, version):
    """Call views, actions and rights by their models."""
    renamed = RENAMED | {
        f"access_{model}_{role}": f"{model}_access_{role}"
        for model, roles in RIGHTS.items()
        for role in roles
    }
    cr.executemany(
        "UPDATE ir_model_data SET name = %s WHERE module = 'crm_club' AND name = %s",
        [(new, old) for old, new in renamed.items()],
    )
