import {registry} from "@web/core/registry";
import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";

function press(label) {
    return {
        content: `Press ${label}`,
        trigger: `.o_form_view .o_statusbar_buttons button:enabled:contains("${label}")`,
        run: "click",
    };
}

// The officer greets for Mid-Autumn: who is left out and why, then send.
registry.category("web_tour.tours").add("club_greet_mid_autumn", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_begin_menu",
                "club_greeting_menu",
                titled("Greetings")
            ),
            {
                trigger: '.o_data_row td[name="occasion_id"]:contains("Moon Feast")',
                run: "click",
            },
            {
                content: "The text is filled in for a real contact",
                trigger: '.o_form_view [name="preview"]:contains("happy Mid-Autumn")',
            },
            {
                trigger: '.o_form_view [name="sms_length"]:contains("text message")',
            },
            press("Prepare"),
            inState("prepared"),
            {
                content: "No text message goes abroad",
                trigger: '.o_form_view .alert:contains("foreign provider")',
            },
            {trigger: '.o_form_view .nav-link[name="lines"]', run: "click"},
            {
                content: "Who is left out, and why",
                trigger: '.o_data_row:contains("Zhao Lei"):contains("No consent")',
            },
            {
                content: "Who said yes",
                trigger: '.o_data_row:contains("Chen Jie"):contains("E-mail")',
            },
            press("Send"),
            ...confirm("Confirmation", "Ok"),
            inState("sending"),
            {trigger: '.o_data_row:contains("Chen Jie"):contains("Greeted")'},
            press("The Gateway Has Sent Them"),
            ...confirm("Confirmation", "Ok"),
            {trigger: '.o_data_row:contains("Sun Hai"):contains("Greeted")'},
            press("Close"),
            ...confirm("Confirmation", "Ok"),
            inState("closed"),
        ]),
});
