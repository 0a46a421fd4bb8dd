import {registry} from "@web/core/registry";
import {inState, openClubMenu, patient, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

const TO_SIGN = openClubMenu(
    "club_signatures_menu",
    "club_to_sign_menu",
    titled("To Sign")
);

const REASON = '.o_field_widget[name="reason"] textarea';

function line(name) {
    return `.o_field_widget[name="line_ids"] .o_selected_row .o_field_widget[name="${name}"] input`;
}

/** Give or refuse the signature that is asked for, in the dialog. */
function decide(button, remark) {
    return [
        {
            trigger: `.o_form_view button[name="action_open_decision"]:contains("${button}")`,
            run: "click",
        },
        {trigger: '.modal .o_field_widget[name="remark"] input', run: `edit ${remark}`},
        {
            trigger: `.modal-footer button[name="action_decide"]:contains("${button}")`,
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {
            content: "It isn't asked again",
            trigger:
                '.o_form_view:not(:has(button[name="action_open_decision"]:contains("Reject")))',
        },
    ];
}

const OPEN_FIRST = [
    {
        content: "The counter says so, too",
        trigger: ".o_club_to_sign .badge",
    },
    {trigger: ".o_kanban_record:not(.o_kanban_ghost):first", run: "click"},
];

tours.add("club_apply_for_points", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_points_adjustment_menu",
                titled("Points Adjustments")
            ),
            {trigger: ".o_list_button_add", run: "click"},
            {trigger: REASON, run: "edit Booked on the wrong customer"},
            {trigger: ".o_field_x2many_list_row_add a", run: "click"},
            {trigger: line("account_id"), run: "edit Anchor Mills"},
            {
                trigger: '.o-autocomplete--dropdown-item:contains("Anchor Mills")',
                run: "click",
            },
            {trigger: line("points"), run: "edit 60000"},
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("waiting"),
            {
                content: "He sees with whom it stands",
                trigger: '[name="club_approval_banner"]:contains("Waiting for Quay")',
            },
        ]),
});

tours.add("club_nothing_to_sign", {
    steps: () =>
        patient([
            ...TO_SIGN,
            {trigger: '.o_view_nocontent:contains("Nothing waits for your signature")'},
            {trigger: "body:not(:has(.o_club_to_sign))"},
        ]),
});

tours.add("club_sign", {
    steps: () => patient([...TO_SIGN, ...OPEN_FIRST, ...decide("Sign", "Agreed")]),
});

tours.add("club_reject", {
    steps: () =>
        patient([
            ...TO_SIGN,
            ...OPEN_FIRST,
            ...decide("Reject", "Too much: attach the journal"),
            inState("rejected"),
        ]),
});

tours.add("club_correct_points", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_signatures_menu",
                "club_my_requests_menu",
                titled("My Requests")
            ),
            {trigger: '.o_data_row td[name="display_name"]', run: "click"},
            {
                trigger:
                    '[name="club_approval_rejected"]:contains("attach the journal")',
            },
            {
                trigger:
                    '.o_field_widget[name="line_ids"] .o_data_row td[name="points"]',
                run: "click",
            },
            {trigger: line("points"), run: "edit 900"},
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("waiting"),
            {trigger: '.nav-link[name="club_signatures"]', run: "click"},
            {trigger: '.o_club_trail:contains("Round 2"):contains("Round 1")'},
        ]),
});
