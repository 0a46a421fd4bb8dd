import {inState, openClubMenu, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("club_reassign_leaver", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_accounts_menu",
                "club_handover_menu",
                titled("Hand-Overs")
            ),
            {
                content: "The leaver's accounts wait for somebody",
                trigger: '.o_data_row td[name="cause"]:contains("Manager Leaves")',
                run: "click",
            },
            {
                trigger:
                    '.o_form_view .o_field_widget[name="line_ids"] .o_data_row:contains("Anchor Mills")',
            },
            {
                trigger: '.o_field_widget[name="user_to_id"] input',
                run: "edit other_manager",
            },
            {
                trigger:
                    '.o-autocomplete--dropdown-item:contains("other_manager"):not(:contains("Create"))',
                run: "click",
            },
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("waiting"),
            {
                content: "The lead confirms in the leaver's place",
                trigger: 'button[name="action_give"]',
                run: "click",
            },
            {trigger: '.o_field_widget[name="given_at"]'},
            inState("waiting"),
        ]),
});

registry.category("web_tour.tours").add("club_take_over", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_accounts_menu",
                "club_handover_menu",
                titled("Hand-Overs")
            ),
            {
                trigger: '.o_data_row td[name="cause"]:contains("Manager Leaves")',
                run: "click",
            },
            {trigger: 'button[name="action_take"]', run: "click"},
            inState("done"),
        ]),
});
