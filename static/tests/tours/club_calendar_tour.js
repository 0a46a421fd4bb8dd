import {registry} from "@web/core/registry";

// More than a calendar holds.
registry.category("web_tour.tours").add("club_calendar", {
    steps: () => [
        {trigger: ".o_list_view"},
        {trigger: ".o_switch_view.o_calendar", run: "click"},
        {trigger: '.o_notification:contains("Only the first 1000 are shown")'},
    ],
});
