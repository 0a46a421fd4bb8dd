import {confirm, inState, patient} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("club_issue_bulletin", {
    steps: () =>
        patient([
            {
                content: "Figures and proposed texts are there",
                trigger: '.o_club_bulletin h4:contains("Points and Revenue")',
            },
            {trigger: 'a.nav-link[name="sections"]', run: "click"},
            {
                trigger: '.o_data_row td[name="kind"]:contains("Points and Revenue")',
                run: "click",
            },
            {
                content: "The figures are shown beside the text",
                trigger: '.modal .o_club_bulletin_tables:contains("Revenue")',
            },
            {
                trigger: '.modal .o_field_widget[name="text"] .odoo-editor-editable',
                run: "editor A good month",
            },
            {trigger: ".modal .modal-footer .o_form_button_save", run: "click"},
            {trigger: "body:not(:has(.modal))"},
            {trigger: ".o_form_button_save", run: "click"},
            {trigger: 'a.nav-link[name="page"]', run: "click"},
            {trigger: '.o_club_bulletin:contains("A good month")'},
            {trigger: 'button[name="action_issue"]', run: "click"},
            ...confirm("Confirmation", "Ok"),
            inState("issued"),
            {trigger: '.o_club_bulletin:contains("BUL/")'},
        ]),
});

tours.add("club_read_bulletin", {
    steps: () =>
        patient([
            {trigger: '.o_club_bulletin:contains("A good month")'},
            {trigger: 'button[name="action_mark_read"]', run: "click"},
            {trigger: 'body:not(:has(button[name="action_mark_read"]))'},
            {trigger: 'a.nav-link[name="readers"]', run: "click"},
            {trigger: '.o_data_row td[name="read_at"]:not(:empty)'},
        ]),
});
