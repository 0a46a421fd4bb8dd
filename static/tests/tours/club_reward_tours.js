import {confirm, inState, openClubMenu, openMenu, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("club_order_reward", {
    steps: () =>
        patient([
            ...openMenu(
                "crm.crm_menu_root",
                "crm.crm_menu_sales",
                "crm.res_partner_menu_customer",
                titled("Customers")
            ),
            {
                trigger:
                    '.o_data_row td[name="complete_name"]:contains("Anchor Mills")',
                run: "click",
            },
            {
                content: "The first click: what its points buy",
                trigger: 'button[name="action_open_club_rewards"]',
                run: "click",
            },
            {trigger: '.o_searchview_facet:contains("Can Afford")'},
            {trigger: '.o_kanban_renderer:not(:contains("Vase of gold"))'},
            {
                content: "The second one: the order is filled in",
                trigger:
                    '.o_kanban_record:contains("Tea set") button[name="action_order"]',
                run: "click",
            },
            {
                trigger:
                    '.o_field_widget[name="account_id"] input:value("Anchor Mills")',
            },
            {trigger: '.o_field_widget[name="quantity"] input', run: "edit 2"},
            {trigger: 'button[name="action_reserve"]', run: "click"},
            inState("reserved"),
            {trigger: '.o_field_widget[name="points"]:contains("600")'},
        ]),
});

tours.add("club_deliver_reward", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_benefits_menu",
                "club_reward_orders_menu",
                titled("Orders")
            ),
            {trigger: '.o_data_row td:contains("Tea set")', run: "click"},
            {
                trigger: '.o_field_widget[name="received_by"] input',
                run: "edit Lin Xiaomei",
            },
            {trigger: ".o_field_widget .o_signature_empty", run: "click"},
            {
                content: "The dialog knows the name",
                trigger: '.modal .o_web_sign_name_input:value("Lin Xiaomei")',
            },
            {
                trigger:
                    '.modal .modal-footer button.btn-primary:enabled:contains("Sign")',
                run: "click",
            },
            {trigger: "body:not(:has(.modal)) .o_field_widget img.o_signature"},
            {trigger: 'button[name="action_debit"]', run: "click"},
            ...confirm("Confirmation", "Ok"),
            inState("debited"),
        ]),
});
