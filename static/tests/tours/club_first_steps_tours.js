import {patient} from "./club_steps";
import {registry} from "@web/core/registry";

const OFFER = '.o_notification:contains("First Steps")';

registry.category("web_tour.tours").add("club_decline_first_steps", {
    steps: () =>
        patient([
            {trigger: `${OFFER} button:contains("Not Now")`, run: "click"},
            {trigger: `body:not(:has(${OFFER}))`},
            {trigger: ".o_user_menu button", run: "click"},
            {
                content: "They stay in the user's menu",
                trigger: '.dropdown-item:contains("First Steps")',
            },
        ]),
});
