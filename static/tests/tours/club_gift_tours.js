import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("club_give_gift", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_benefits_menu",
                "club_gift_list_menu",
                titled("Gift Lists")
            ),
            {trigger: '.o_data_row td:contains("Mid-Autumn")', run: "click"},
            {trigger: 'button[name="action_confirm"]', run: "click"},
            {trigger: '.modal .modal-footer .btn-primary:contains("Ok")', run: "click"},
            {
                content: "Beyond the limit: what it may be given is told",
                trigger: '.modal .modal-body:contains("500.00"):contains("at most")',
            },
            {
                trigger: '.modal:contains("at most") .modal-footer button',
                run: "click",
            },
            {
                content: "It is still a draft",
                trigger:
                    'body:not(:has(.modal)) .o_statusbar_status button[data-value="draft"][aria-checked="true"]',
            },
            {trigger: '.o_data_row td[name="value"]', run: "click"},
            {trigger: '.o_data_row td[name="value"] input', run: "edit 400"},
            {trigger: 'button[name="action_confirm"]', run: "click"},
            ...confirm("Confirmation", "Ok"),
            inState("confirmed"),
            {trigger: 'button[name="action_open_gifts"]', run: "click"},
            {trigger: titled("Gifts")},
            {trigger: '.o_data_row td:contains("Fruit basket")', run: "click"},
            {
                trigger: '.o_field_widget[name="received_by"] input',
                run: "edit Lin Xiaomei",
            },
            {trigger: 'button[name="action_give"]', run: "click"},
            inState("given"),
        ]),
});
