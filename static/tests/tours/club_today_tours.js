import {patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const CALL = ':contains("First contact")';

/** Say in the dialog what was talked about, and record it. */
function record() {
    return [
        {
            trigger:
                '.modal .o_field_widget[name="account_id"] input:value("Anchor Mills")',
        },
        {
            trigger: '.modal .o_field_widget[name="conversation"] textarea',
            run: "edit Talked about parcels",
        },
        {trigger: ".modal .modal-footer .btn-primary:enabled", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ];
}

function tile(name, count) {
    return `.o_club_tile[data-name="${name}"]:contains("${count}")`;
}

// The app opens with what is owed today.
tours.add("club_morning", {
    steps: () =>
        patient([
            ...stepUtils.goToAppSteps("crm_club.club_root_menu"),
            {trigger: titled("Today")},
            {
                content: "Late things first",
                trigger: '.o_data_row:first:contains("Cold storage")',
            },
            {trigger: tile("late", 1), run: "click"},
            {trigger: '.o_searchview_facet:contains("Late")'},
            {trigger: `.o_list_renderer:not(${CALL})`},
            {trigger: `${tile("late", 1)}[aria-pressed="true"]`, run: "click"},
            {
                trigger: `.o_data_row${CALL} button[name="action_record_contact"]`,
                run: "click",
            },
            ...record(),
            {
                content: "What is done is gone",
                trigger: `.o_list_renderer:not(${CALL}):contains("First visit")`,
            },
            {
                trigger: '.o_data_row td[name="name"]:contains("Cold storage")',
                run: "click",
            },
            {
                content: "A row opens its document",
                trigger: '.o_form_view .o_field_widget[name="result"]',
            },
        ]),
});

tours.add("club_morning_phone", {
    steps: () =>
        patient([
            {trigger: tile("late", 1), run: "click"},
            {trigger: `.o_kanban_renderer:not(${CALL}):contains("Cold storage")`},
            {trigger: `${tile("late", 1)}[aria-pressed="true"]`, run: "click"},
            {
                trigger: `.o_kanban_record${CALL} button[name="action_record_contact"]`,
                run: "click",
            },
            ...record(),
            {
                content: "What is done is gone",
                trigger: `.o_kanban_renderer:not(${CALL}):contains("First visit")`,
            },
            {
                trigger: '.o_kanban_record:contains("Cold storage")',
                run: "click",
            },
            {trigger: '.o_form_view .o_field_widget[name="result"]'},
        ]),
});
