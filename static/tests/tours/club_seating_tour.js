import {registry} from "@web/core/registry";
import {patient} from "./club_steps";

const seat = (number) => `.o_club_seat[data-seat="Main Table ${number}"]`;

registry.category("web_tour.tours").add("club_move_a_guest", {
    steps: () =>
        patient([
            {
                content: "Open the seating",
                trigger: '.nav-link[name="seating"]',
                run: "click",
            },
            {trigger: `${seat(2)}:contains("Ann")`},
            {
                content: "Drag a guest to a free seat",
                trigger: `${seat(10)}:contains("Guest 1")`,
                run: `drag_and_drop ${seat(9)}`,
            },
            {trigger: `${seat(9)}:contains("Guest 1") .fa-thumb-tack`},
            {
                content: "Propose the rest around him",
                trigger: 'button[name="action_propose_seating"]',
                run: "click",
            },
            {trigger: `${seat(10)}:contains("Guest 2")`},
            {trigger: `${seat(9)}:contains("Guest 1")`},
        ]),
});
