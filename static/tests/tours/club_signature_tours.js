import {registry} from "@web/core/registry";
import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

const TO_SIGN = openClubMenu("club_begin_menu", "club_to_sign_menu", titled("To Sign"));

const REASON = '.o_field_widget[name="reason"] textarea';

function line(name) {
    return `.o_field_widget[name="line_ids"] .o_selected_row .o_field_widget[name="${name}"] input`;
}

/** Draw up an adjustment; ``choose`` are the steps that enter its account. */
function drawUp(...choose) {
    return [
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: REASON, run: "edit Booked on the wrong customer"},
        {trigger: ".o_field_x2many_list_row_add a", run: "click"},
        ...choose,
        {trigger: line("points"), run: "edit 60000"},
    ];
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
            ...drawUp(
                {trigger: line("account_id"), run: "edit Anchor Mills"},
                {
                    trigger: '.o-autocomplete--dropdown-item:contains("Anchor Mills")',
                    run: "click",
                }
            ),
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
                "club_begin_menu",
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

tours.add("club_apply_on_a_phone", {
    steps: () =>
        patient([
            ...drawUp(
                {trigger: line("account_id"), run: "click"},
                {
                    trigger: '.modal .o_kanban_record:contains("Anchor Mills")',
                    run: "click",
                }
            ),
            {trigger: ".o_form_button_save", run: "click"},
            {
                content: "Before he submits it he sees who will sign, and why",
                trigger:
                    '.o_club_preview:contains("Quay"):contains("60,000.00 points"):contains("above 50,000.00")',
            },
            {trigger: 'button[name="action_submit"]', run: "click"},
            {trigger: '[name="club_approval_banner"]:contains("Waiting for Quay")'},
            {trigger: "body:not(:has(.o_club_preview:visible))"},
        ]),
});

function card(text) {
    return `.o_kanban_record:not(.o_kanban_ghost):contains("${text}")`;
}

tours.add("club_sign_on_a_phone", {
    steps: () =>
        patient([
            {
                content: "The card tells who wants what",
                trigger: `${card("60,000.00 points")}:contains("Booked on the wrong")`,
            },
            {
                trigger: `${card("60,000.00 points")} button[name="action_sign"]`,
                run: "click",
            },
            ...confirm("Sign?", "Sign"),
            {
                content: "What is signed is gone, the next one follows",
                trigger: `.o_kanban_renderer:has(${card("Second")}):not(:has(${card("60,000.00 points")}))`,
            },
            {
                trigger: `${card("First")} button[name="action_open_rejection"]`,
                run: "click",
            },
            {
                trigger: '.modal .o_field_widget[name="remark"] input',
                run: "edit Attach the journal",
            },
            {trigger: '.modal-footer button[name="action_decide"]', run: "click"},
            {trigger: `.o_kanban_renderer:not(:has(${card("First")}))`},
            {trigger: card("Second"), run: "click"},
            {
                content: "The document opens at amount and reason",
                trigger: '.o_club_asked:contains("20.00 points"):contains("Second")',
            },
            ...decide("Sign", "Agreed"),
            {trigger: 'button[name="action_open_next"]', run: "click"},
            {trigger: '.o_club_asked:contains("Third")'},
            ...decide("Sign", "Agreed"),
            {trigger: "body:not(:has(button[name='action_open_next']))"},
        ]),
});
