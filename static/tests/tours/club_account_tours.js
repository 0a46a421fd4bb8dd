import {registry} from "@web/core/registry";
import {filterAndGroup, openClubMenu, openMenu, patient, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

const BADGE = '.o_field_badge[name="club_tier_id"] .badge:contains("Vip")';

tours.add("club_find_by_tier", {
    steps: () =>
        patient([
            ...openMenu(
                "crm.crm_menu_root",
                "crm.crm_menu_sales",
                "crm.res_partner_menu_customer",
                titled("Customers")
            ),
            {trigger: '.o_data_row:contains("Beacon Foods")'},
            ...filterAndGroup("Club Members", "Membership Tier"),
            {trigger: '.o_group_header .o_group_name:contains("Vip")', run: "click"},
            {trigger: '.o_list_renderer:not(:contains("Beacon Foods"))'},
            {
                trigger:
                    '.o_data_row td[name="complete_name"]:contains("Anchor Mills")',
                run: "click",
            },
            {
                content: "The form shows the badge below the name",
                trigger: `.o_form_view [name="club_badges"] ${BADGE}`,
            },
        ]),
});

tours.add("club_find_leads_by_tier", {
    steps: () =>
        patient([
            ...openMenu(
                "crm.crm_menu_root",
                "crm.crm_menu_sales",
                "crm.menu_crm_opportunities",
                titled("Pipeline")
            ),
            {trigger: '.o_kanban_record:contains("Lead of Beacon")'},
            {trigger: ".o_searchview_input", run: "edit Vip"},
            {
                trigger:
                    '.o_searchview_autocomplete .o-dropdown-item:contains("Membership Tier")',
                run: "click",
            },
            {
                trigger:
                    '.o_searchview_facet:contains("Membership Tier"):contains("Vip")',
            },
            {trigger: `.o_kanban_record:contains("Lead of Anchor") ${BADGE}`},
            {trigger: '.o_kanban_renderer:not(:contains("Lead of Beacon"))'},
        ]),
});

// Before the club's first run, so that nobody was a member.
const EARLIER = luxon.DateTime.now().minus({months: 2}).toFormat("MM/dd/yyyy");

tours.add("club_standing", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_accounts_menu",
                "club_account_menu",
                titled("Accounts")
            ),
            {
                trigger:
                    '.o_data_row td[name="complete_name"]:contains("Anchor Mills")',
                run: "click",
            },
            {trigger: '.o_form_view .nav-link[name="club"]', run: "click"},
            {
                trigger: '.o_form_view button:contains("What was this account on")',
                run: "click",
            },
            {
                content: "The tier, and why",
                trigger:
                    '.modal .o_field_widget[name="report"]:contains("Vip"):contains("Qualifying points"):contains("60,000")',
            },
            {trigger: '.modal .o_field_widget[name="date"] button', run: "click"},
            {
                trigger: '.modal .o_field_widget[name="date"] input',
                run: `edit ${EARLIER} && press Tab`,
            },
            {
                content: "Earlier it was none",
                trigger:
                    '.modal .o_field_widget[name="report"]:contains("Not a member"):contains("After, it was Vip from")',
            },
            {trigger: ".modal .modal-footer .btn-secondary", run: "click"},
            {trigger: "body:not(:has(.modal)) .o_form_saved"},
        ]),
});
