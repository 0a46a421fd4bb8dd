import {registry} from "@web/core/registry";
import {inState, openClubMenu, patient, putFile, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

// The month before this one, as Finance's statements have it.
const MONTH = luxon.DateTime.now().minus({months: 1}).toFormat("yyyy-MM");

const STATEMENT = [
    "account,category,month,amount",
    `C-A,Test Parcels,${MONTH},"60,000.00"`,
    `Anchor Works Ltd,Test Parcels,${MONTH},30000`,
    "C-B,Test Letters,2026-13,1000",
    // The same unknown account, as another clerk types it.
    `ＡＮＣＨＯＲ  works ltd,Test Parcels,${MONTH},20000`,
].join("\n");

function parkedRow(number, fault) {
    return (
        '.o_field_widget[name="parked_line_ids"] ' +
        `tr.o_data_row:has(td[name="row"]:text("${number}"))` +
        `:has(td[name="fault"]:contains("${fault}"))`
    );
}

const NAME = '.o_data_row:has(td[name="name"]:contains("Anchor Works Ltd"))';
// A point of the run's check-list and how it stands.
function checked(point, state) {
    const colors = {done: "success", open: "warning", blocking: "danger"};
    return {
        content: `${point}: ${state}`,
        trigger: `tr[name="check_${point}"] .text-bg-${colors[state]}`,
    };
}

const UNKNOWN = "No account has the code or name";
const NO_MONTH = "“2026-13” is not a month";

tours.add("club_upload_statement", {
    steps: () =>
        patient([
            ...openClubMenu("club_points_menu", "club_revenue_upload_menu", ".modal"),
            putFile('.modal .o_field_widget[name="file"]', "revenue.csv", STATEMENT),
            {trigger: '.modal .o_field_widget[name="file"] input:value("revenue.csv")'},
            {trigger: '.modal button[name="action_preview"]', run: "click"},
            {
                content: "The preview tells what would count, and what would be parked",
                trigger:
                    '.modal .o_field_widget[name="preview"]:contains("Test Parcels"):contains("60,000.00")',
            },
            {
                trigger:
                    '.modal .o_field_widget[name="preview"] tr:contains("No account has"):contains("Anchor Works Ltd")',
            },
            {trigger: '.modal button[name="action_import"]', run: "click"},
            {
                content: "One row counts at once",
                trigger: '.o_field_widget[name="valid_count"]:text("1")',
            },
            {trigger: parkedRow(3, UNKNOWN)},
            {trigger: parkedRow(4, NO_MONTH)},
            {trigger: parkedRow(5, UNKNOWN)},
            {
                content: "Name the unknown account, by the one that it resembles",
                trigger: '.o_form_view button[name="action_open_names"]',
                run: "click",
            },
            {
                trigger: `.modal ${NAME}:has(td[name="row_count"]:text("2")):has(td[name="suggestions"]:contains("Anchor Mills"))`,
            },
            {
                trigger: `.modal ${NAME} td[name="is_accepted"] input`,
                run: "click",
            },
            {trigger: `.modal ${NAME} td[name="is_accepted"] input:checked`},
            {trigger: '.modal button[name="action_accept"]', run: "click"},
            {
                content: "Both rows of the account are settled",
                trigger: '.o_notification:contains("Parked rows settled: 2")',
            },
            {trigger: '.o_field_widget[name="valid_count"]:text("3")'},
            {
                trigger:
                    '.o_field_widget[name="parked_line_ids"]:not(:contains("Anchor Works"))',
            },
            {
                content: "The row without a month still waits",
                trigger: parkedRow(4, NO_MONTH),
            },
        ]),
});

tours.add("club_compute_run", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_points_run_menu",
                titled("Points Runs")
            ),
            {trigger: ".o_list_button_add", run: "click"},
            {
                content: "The month that is due is proposed",
                trigger: `.o_form_view h1:contains("${MONTH}")`,
            },
            {
                trigger: 'button[name="action_compute"]:contains("Compute")',
                run: "click",
            },
            inState("computed"),
            {trigger: '.nav-link[name="units"]', run: "click"},
            {
                trigger:
                    '.o_field_widget[name="unit_ids"] tr:has(td[name="unit_id"]:contains("Quay")):contains("110,000")',
            },
            {
                content: "The row that nobody settled shows on the run",
                trigger: '.oe_stat_button[name="action_open_parked"]:contains("1")',
            },
            ...["files:done", "parked:open", "units:blocking", "facts:done"].map(
                (point) => checked(...point.split(":"))
            ),
        ]),
});

tours.add("club_verify_unit", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_points_run_unit_menu",
                titled("Units to Verify")
            ),
            {
                trigger: `.o_data_row:has([name="run_id"]:contains("${MONTH}")) td[name="unit_id"]:contains("Quay")`,
                run: "click",
            },
            {
                trigger:
                    '.o_form_view .o_field_widget[name="points"]:contains("110,000")',
            },
            putFile(
                '.o_field_widget[name="attachment_ids"]',
                "journal.csv",
                "60000\n50000"
            ),
            {
                trigger:
                    '.o_field_widget[name="attachment_ids"] :contains("journal.csv")',
            },
            {
                trigger: '.o_field_widget[name="note"] input',
                run: "edit Compared with the journal",
            },
            {trigger: 'button[name="action_open_verifying"]', run: "click"},
            {
                content: "Nothing is asked that is there already",
                trigger:
                    '.modal:contains("Verify this unit?"):contains("journal.csv"):not(:has(.o_field_widget[name="no_records_reason"]))',
            },
            {trigger: '.modal button[name="action_verify"]', run: "click"},
            inState("verified"),
            {trigger: '.o_form_view:not(:has(button[name="action_open_verifying"]))'},
        ]),
});

tours.add("club_post_run", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_points_menu",
                "club_points_run_menu",
                titled("Points Runs")
            ),
            {trigger: `.o_data_row td[name="name"]:contains("${MONTH}")`, run: "click"},
            inState("verified"),
            checked("units", "done"),
            checked("controls", "blocking"),
            {
                content: "The check-list's last line opens the dialog",
                trigger: 'tr[name="check_post"] button[name="action_open_posting"]',
                run: "click",
            },
            {
                content: "All that is open is listed",
                trigger:
                    '.modal .o_field_widget[name="open_points"] li:contains("1 imported rows wait")',
            },
            {
                trigger: '.modal .o_field_widget[name="no_controls_reason"] input',
                run: "edit Finance has not closed its books",
            },
            {
                trigger: '.modal button[name="action_post"]:contains("Post")',
                run: "click",
            },
            inState("posted"),
            {trigger: '.nav-link[name="seal"]', run: "click"},
            {trigger: '.o_field_widget[name="posted_by_id"]:contains("club_officer")'},
            {
                content: "Who was enrolled by it",
                trigger: 'button[name="action_open_begun"]:first',
                run: "click",
            },
            {
                trigger:
                    '.o_data_row:has(td[name="account_id"]:contains("Anchor Mills")) td[name="previous_tier_name"]:contains("No tier")',
            },
        ]),
});
