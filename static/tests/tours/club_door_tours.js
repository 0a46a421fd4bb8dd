import {openClubMenu, patient} from "./club_steps";
import {registry} from "@web/core/registry";

const GUEST = ".o_club_door_guest";

function type(text) {
    return {trigger: '.o_club_door input[type="search"]', run: `edit ${text}`};
}

function pressEnter() {
    return {trigger: '.o_club_door input[type="search"]', run: "press Enter"};
}

function told(level, text) {
    return {trigger: `.o_club_door .alert-${level}:contains("${text}")`};
}

/** Three guests are expected; `TestDoorTour` says whose tickets and numbers these are. */
registry.category("web_tour.tours").add("club_door", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_activities_menu",
                "club_door_menu",
                '.o_club_door:contains("Which activity?")'
            ),
            {
                content: "Two activities are today",
                trigger: '.o_club_door button:contains("Health lecture")',
                run: "click",
            },
            {trigger: '.o_club_door_came:contains("0 / 3")'},
            {
                content: "What can be typed is told where it has room",
                trigger: '#o_club_door_hint:contains("mobile end, ticket or card")',
            },
            type("fang"),
            {
                trigger: `.o_club_door:not(:has(${GUEST}:contains("Ling"))) ${GUEST}:contains("Fang Li"):contains("Table 1, seat 3") .o_club_door_enter`,
                run: "click",
            },
            told("success", "Fang Li of Anchor Mills has checked in."),
            {trigger: '.o_club_door_came:contains("1 / 3")'},
            {
                content: "By the last digits of his number, with Enter",
                ...type("5678"),
            },
            {trigger: `${GUEST}:contains("Ling Bo")`},
            pressEnter(),
            told("success", "Ling Bo of Anchor Mills has checked in."),
            {
                content: "By a ticket, which a hand scanner types",
                ...type("900150983"),
            },
            pressEnter(),
            told("success", "Mao Jing of Anchor Mills has checked in."),
            {trigger: '.o_club_door_came:contains("3 / 3")'},
            type("900150983"),
            pressEnter(),
            told("danger", "Mao Jing has checked in already."),
            {trigger: '.o_club_door button[data-shown="came"]', run: "click"},
            {
                content: "The wrong button was pressed",
                trigger: `${GUEST}:contains("Ling Bo") .o_club_door_undo`,
                run: "click",
            },
            told("success", "Ling Bo isn't checked in any more."),
            {trigger: '.o_club_door_came:contains("2 / 3")'},
        ]),
});
