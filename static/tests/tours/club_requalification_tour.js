import {registry} from "@web/core/registry";
import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";

function line(account, outcome) {
    return (
        `.o_field_widget[name="line_ids"] .o_data_row:has(td[name="account_id"]:contains("${account}"))` +
        `:has(td[name="outcome"]:contains("${outcome}"))`
    );
}

const CEDAR = '.o_data_row:has(td[name="account_id"]:contains("Cedar Tools"))';

registry.category("web_tour.tours").add("club_requalify", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_requalification_menu",
                titled("Requalifications")
            ),
            {trigger: ".o_list_button_add", run: "click"},
            {
                trigger: 'button[name="action_prepare"]:contains("Prepare")',
                run: "click",
            },
            {trigger: '.nav-link[name="lines"]', run: "click"},
            {trigger: line("Anchor Mills", "Renewed")},
            {trigger: line("Beacon Foods", "Lapsed")},
            {trigger: line("Cedar Tools", "Lapsed")},
            {
                content: "Decide otherwise, with a reason",
                trigger: '.oe_stat_button[name="action_open_lines"]',
                run: "click",
            },
            {trigger: titled("Requalification Lines")},
            {trigger: '.o_group_header .o_group_name:contains("Lapsed")', run: "click"},
            {trigger: `${CEDAR} td[name="decided_tier_id"]`, run: "click"},
            {
                trigger:
                    '.o_selected_row .o_field_widget[name="decided_tier_id"] input',
                run: "edit Vip",
            },
            {trigger: '.o-autocomplete--dropdown-item:contains("Vip")', run: "click"},
            {
                trigger:
                    '.o_selected_row .o_field_widget[name="override_reason"] input',
                run: "edit Merger pending",
            },
            {trigger: ".o_list_button_save", run: "click"},
            {
                trigger: `${CEDAR}:not(.o_selected_row):has(td[name="outcome"]:contains("Renewed"))`,
            },
            {trigger: ".o_back_button", run: "click"},
            {trigger: '.oe_stat_button:contains("By Hand"):contains("1")'},
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("submitted"),
        ]),
});

registry.category("web_tour.tours").add("club_apply_requalification", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_requalification_menu",
                titled("Requalifications")
            ),
            {trigger: '.o_data_row td[name="name"]', run: "click"},
            inState("approved"),
            {trigger: 'button[name="action_apply"]', run: "click"},
            ...confirm("Apply this requalification?", "Apply"),
            inState("applied"),
        ]),
});
