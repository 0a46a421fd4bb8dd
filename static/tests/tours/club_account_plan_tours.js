import {inState, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const STEPS = '.o_field_widget[name="step_ids"]';

function cell(name) {
    return `${STEPS} .o_selected_row .o_field_widget[name="${name}"] input`;
}

/** From the account's page, where a Gold account without a plan says so. */
tours.add("club_draw_up_account_plan", {
    steps: () =>
        patient([
            {trigger: '.nav-link[name="club"]', run: "click"},
            {
                trigger:
                    'button[name="action_open_club_account_plan"]:contains("not drawn up")',
                run: "click",
            },
            {
                content: "The account is filled in",
                trigger:
                    '.o_field_widget[name="account_id"] input:value("Anchor Mills")',
            },
            {
                trigger: '.o_field_widget[name="revenue_goal"] input',
                run: "edit 800000",
            },
            {
                trigger: '.o_field_widget[name="aim"] textarea',
                run: "edit Be their only carrier",
            },
            {trigger: `${STEPS} .o_field_x2many_list_row_add a`, run: "click"},
            {trigger: cell("name"), run: "edit See the new warehouse"},
            {trigger: cell("amount"), run: "edit 200"},
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("waiting"),
            {
                content: "He sees with whom it stands",
                trigger: '[name="club_approval_banner"]:contains("Waiting for Quay")',
            },
        ]),
});

tours.add("club_sign_account_plan", {
    steps: () =>
        patient([
            {
                content: "The card says whose plan it is",
                trigger: '.o_kanban_record:contains("Anchor Mills")',
                run: "click",
            },
            {
                trigger: `.o_form_view ${STEPS}:contains("See the new warehouse")`,
            },
            {
                trigger:
                    '.o_form_view button[name="action_open_decision"]:contains("Sign")',
                run: "click",
            },
            {
                trigger: '.modal-footer button[name="action_decide"]:contains("Sign")',
                run: "click",
            },
            {trigger: "body:not(:has(.modal))"},
        ]),
});

tours.add("club_do_account_plan_step", {
    steps: () =>
        patient([
            {
                trigger: `${titled("Account Plans")} .o_data_row:contains("Anchor Mills") td[name="account_id"]`,
                run: "click",
            },
            inState("done"),
            {
                trigger: `${STEPS} .o_data_row:contains("See the new warehouse") td[name="outcome"]`,
                run: "click",
            },
            {trigger: cell("outcome"), run: "edit They send parcels from May on"},
            {
                content: "The day opens the calendar",
                trigger: `${STEPS} .o_selected_row td[name="done_on"] [data-field="done_on"]`,
                run: "click",
            },
            {trigger: ".o_datetime_picker .o_today", run: "click"},
            {trigger: ".o_form_button_save", run: "click"},
            {trigger: `.o_form_saved ${STEPS} .o_data_row.text-success`},
        ]),
});
