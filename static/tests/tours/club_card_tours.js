import {openClubMenu, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function scan(code) {
    return [
        {
            content: `Scan ${code}: a hand scanner types and presses Enter`,
            trigger: ".o_club_door input",
            run: `edit ${code}`,
        },
        {trigger: ".o_club_door input", run: "press Enter"},
    ];
}

function told(type, text) {
    return {trigger: `.o_club_door .alert-${type}:contains("${text}")`};
}

tours.add("club_scan_cards", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_activities_menu",
                "club_door_menu",
                '.o_club_door:contains("Health lecture")'
            ),
            ...scan("8018"),
            told("success", "Lin Xiaomei of Anchor Mills has checked in."),
            ...scan("8018"),
            told("danger", "has checked in already"),
            ...scan("8019"),
            told("danger", "was reported lost"),
            ...scan("4711"),
            told("danger", "no card says this"),
            {
                trigger: '.o_club_door button[data-shown="came"]',
                run: "click",
            },
            {
                trigger:
                    '.o_club_door_guest:contains("Lin Xiaomei"):contains("Gold") .o_club_door_undo',
            },
        ]),
});

tours.add("club_hand_over_card", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_benefits_menu",
                "club_card_menu",
                titled("Membership Cards")
            ),
            {trigger: '.o_data_row td:contains("8018")', run: "click"},
            {
                content: "The first click",
                trigger: 'button[name="action_hand_over"]',
                run: "click",
            },
            {
                trigger:
                    '.modal .o_field_widget[name="received_by"] input:value("Lin Xiaomei")',
            },
            {
                content: "The second one: the holder is filled in, and today",
                trigger: '.modal button[name="action_apply"]:visible',
                run: "click",
            },
            {
                trigger:
                    '.o_statusbar_status button[data-value="handed_over"][aria-checked="true"]',
            },
            {trigger: '.ribbon:contains("Card Valid")'},
        ]),
});
