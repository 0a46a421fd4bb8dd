import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const OPEN = openClubMenu(
    "club_configuration_menu",
    "club_take_on_menu",
    titled("Taking On")
);
const FILE = '.o_form_view .o_field_widget[name="file"]';

/** Upload a workbook that the test has put on the server, and wait until it is saved. */
function upload(name) {
    return [
        {
            content: `Choose ${name}`,
            trigger: `${FILE}:has(input[type="file"]:not(:visible))`,
            async run({anchor}) {
                const response = await window.fetch(`/club_test/${name}`);
                const transfer = new window.DataTransfer();
                transfer.items.add(new window.File([await response.blob()], name));
                const input = anchor.querySelector('input[type="file"]');
                input.files = transfer.files;
                input.dispatchEvent(new window.Event("change", {bubbles: true}));
            },
        },
        {trigger: `${FILE} input:value("${name}")`},
        {trigger: ".o_form_button_save:visible", run: "click"},
        {trigger: ".o_form_saved"},
    ];
}

function counted(name, number) {
    return {
        content: `${name} is ${number}`,
        trigger: `.o_form_view .o_field_widget[name="${name}"]:text("${number}")`,
    };
}

tours.add("club_take_on_faulty", {
    steps: () =>
        patient([
            ...OPEN,
            {trigger: ".o_list_button_add", run: "click"},
            ...upload("faulty.xlsx"),
            counted("account_count", 30),
            counted("fault_count", 3),
            {trigger: '.nav-link[name="faults"]', run: "click"},
            ...[
                ["Accounts", "Nowhere"],
                ["Contacts", "2001-02-30"],
                ["Points", "-5"],
            ].map(([sheet, value]) => ({
                content: `What is wrong on the sheet ${sheet}`,
                trigger: `.o_field_widget[name="fault_ids"] .o_data_row:contains("${sheet}"):contains("${value}")`,
            })),
            {
                content: "The file to correct is offered",
                trigger: 'button[name="action_download_faults"]',
                run: "click",
            },
            {trigger: ".o_form_view .o_form_saved, .o_form_view"},
        ]),
});

tours.add("club_take_on_corrected", {
    steps: () =>
        patient([
            ...OPEN,
            {trigger: '.o_data_row td[name="fault_count"]:contains("3")', run: "click"},
            {
                trigger: `${FILE} .o_select_file_button, ${FILE} input[type="file"]:not(:visible)`,
            },
            ...upload("corrected.xlsx"),
            counted("fault_count", 0),
            {trigger: 'button[name="action_submit"]', run: "click"},
            inState("waiting"),
        ]),
});

tours.add("club_take_on_apply", {
    steps: () =>
        patient([
            ...OPEN,
            {trigger: '.o_data_row td[name="account_count"]', run: "click"},
            {trigger: 'button[name="action_apply"]', run: "click"},
            ...confirm("Confirmation", "Ok"),
            inState("done"),
            {
                trigger: 'button[name="action_open_accounts"]:contains("30")',
                run: "click",
            },
            {trigger: '.o_list_view .o_data_row:contains("Paper Mill 30")'},
        ]),
});
