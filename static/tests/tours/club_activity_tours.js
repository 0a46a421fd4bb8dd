import {registry} from "@web/core/registry";
import {confirm, openClubMenu, patient, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

const THEME = "Tea and Trade";

const ACTIVITIES = openClubMenu(
    "club_activities_menu",
    "club_activity_menu",
    titled("Activities")
);

/** Open the activity from whichever view the menu shows first. */
const OPEN_ACTIVITY = [
    ...ACTIVITIES,
    {trigger: ".o_switch_view.o_list", run: "click"},
    {trigger: `.o_data_row td[name="theme"]:contains("${THEME}")`, run: "click"},
    {trigger: `.o_form_view:contains("${THEME}")`},
];

function field(name, element = "input") {
    return `.o_field_widget[name="${name}"] ${element}`;
}

function choose(name, text) {
    return [
        {trigger: field(name), run: `edit ${text}`},
        {
            trigger: `.o-autocomplete--dropdown-item:contains("${text}")`,
            run: "click",
        },
    ];
}

function press(name) {
    return {
        trigger: `.o_form_view .o_form_statusbar button[name="${name}"]`,
        run: "click",
    };
}

/** Wait until the form shows this stage, and that nothing is left to save. */
function atStage(stage) {
    return {
        content: `The stage is ${stage}`,
        trigger: `.o_form_saved .o_field_widget[name="stage"] button[data-value="${stage}"][aria-checked="true"]`,
    };
}

/** Type a day by which the tour is long over. */
function fillIn(name, day) {
    return {
        trigger: `.o_field_widget[name="${name}"] input[data-field="${name}"]`,
        run: `edit ${day} && press Enter`,
    };
}

tours.add("club_apply_for_activity", {
    steps: () => {
        const day = luxon.DateTime.now().plus({days: 40}).toFormat("MM/dd/yyyy");
        return patient([
            ...ACTIVITIES,
            {trigger: ".o_control_panel_main_buttons .btn-primary", run: "click"},
            {trigger: field("theme"), run: `edit ${THEME}`},
            ...choose("type_id", "Talk"),
            fillIn("date_begin", `${day} 14:00:00`),
            {
                content: "Its end is proposed",
                trigger: 'button[data-field="date_end"]:contains("4:00 PM")',
            },
            {trigger: field("place"), run: "edit Tea house"},
            {trigger: field("reason", "textarea"), run: "edit They asked for it"},
            {
                trigger:
                    '.o_field_widget[name="cost_ids"] .o_field_x2many_list_row_add a',
                run: "click",
            },
            {
                trigger:
                    '.o_field_widget[name="cost_ids"] .o_selected_row [name="amount"] input',
                run: "edit 12000",
            },
            press("action_submit"),
            {
                content: "He sees with whom it stands",
                trigger: '[name="club_approval_banner"]:contains("Waiting for Quay")',
            },
        ]);
    },
});

tours.add("club_invite_to_activity", {
    steps: () =>
        patient([
            ...OPEN_ACTIVITY,
            press("action_start_inviting"),
            atStage("inviting"),
            press("action_propose_guests"),
            {trigger: titled("Propose Guests")},
            {trigger: ".o_data_row"},
            {trigger: ".o_list_record_selector input:first", run: "check"},
            {
                trigger: '.o_control_panel button[name="action_propose"]',
                run: "click",
            },
            {trigger: ".o_notification, .o_form_view, .o_list_view"},
            ...OPEN_ACTIVITY,
            press("action_invite_guests"),
            {trigger: 'button[name="action_open_guests"]', run: "click"},
            {
                content: "The guest is invited",
                trigger: '.o_data_row .badge:contains("Invited")',
            },
        ]),
});

tours.add("club_confirm_guest", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_activities_menu",
                "club_invitation_menu",
                titled("Guests")
            ),
            {trigger: '.o_data_row button[name="action_confirm"]', run: "click"},
            {trigger: '.o_data_row .badge:contains("Confirmed")'},
        ]),
});

tours.add("club_close_activity", {
    steps: () =>
        patient([
            ...OPEN_ACTIVITY,
            press("action_hold"),
            atStage("held"),
            {trigger: 'a[name="closing"]', run: "click"},
            {
                trigger:
                    '.o_field_widget[name="expense_ids"] .o_field_x2many_list_row_add a',
                run: "click",
            },
            {
                trigger:
                    '.o_field_widget[name="expense_ids"] .o_selected_row [name="name"] input',
                run: "edit Tea",
            },
            {
                trigger:
                    '.o_field_widget[name="expense_ids"] .o_selected_row [name="amount"] input',
                run: "edit 11000",
            },
            {
                trigger: '.o_field_widget[name="summary"] .odoo-editor-editable',
                run: "editor All came, and stayed for dinner",
            },
            {trigger: ".o_form_button_save", run: "click"},
            {trigger: ".o_form_saved"},
            press("action_close"),
            ...confirm("Confirmation", "Ok"),
            atStage("closed"),
        ]),
});
