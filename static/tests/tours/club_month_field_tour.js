import {registry} from "@web/core/registry";
import {openClubMenu, patient, titled} from "./club_steps";

const FIELD = '.o_selected_row .o_field_widget[name="month"] input';
const SAVE = [
    {trigger: ".o_list_button_save", run: "click"},
    {trigger: ".o_list_view:not(:has(.o_selected_row))"},
];

registry.category("web_tour.tours").add("club_pick_month", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_control_total_menu",
                titled("Control Totals")
            ),
            {
                content: "The list shows a month as one",
                trigger: '.o_data_row td[name="month"]:text("2026-08")',
            },
            {trigger: '.o_data_row td[name="month"]:text("2026-08")', run: "click"},
            {trigger: `${FIELD}:value("2026-08")`, run: "click"},
            {
                content: "Months are picked, not days",
                trigger:
                    ".o_datetime_picker:has(.o_date_item_cell:eq(11)):not(:has(.o_date_item_cell:eq(12)))",
            },
            {trigger: ".o_datetime_picker .o_date_item_cell:eq(9)", run: "click"},
            {trigger: `${FIELD}:value("2026-10")`},
            ...SAVE,
            {trigger: '.o_data_row td[name="month"]:text("2026-10")', run: "click"},
            {content: "Or typed", trigger: FIELD, run: "edit 202609 && press Tab"},
            ...SAVE,
            {trigger: '.o_data_row td[name="month"]:text("2026-09")'},
        ]),
});
