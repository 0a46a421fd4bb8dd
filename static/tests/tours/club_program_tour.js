import {registry} from "@web/core/registry";
import {confirm, openClubMenu, patient, titled} from "./club_steps";

const tours = registry.category("web_tour.tours");

function field(name) {
    return `.modal .o_field_widget[name="${name}"]`;
}

/** Choose what was searched for: the list shows before the search has ended. */
function choose(name, text) {
    return [
        {trigger: `${field(name)} input`, run: `edit ${text}`},
        {
            trigger: `.o-autocomplete--dropdown-item:has(.text-primary:text("${text}"))`,
            run: "click",
        },
        {trigger: `${field(name)} input:value("${text}")`},
        {trigger: "body:not(:has(.o-autocomplete--dropdown-menu))"},
    ];
}

/** Work in a company besides the one that one is in. */
function switchOn(company) {
    return [
        {trigger: ".o_switch_company_menu button", run: "click"},
        {
            trigger: `.o_switch_company_item:contains("${company}") [role=menuitemcheckbox]`,
            run: "click",
        },
        {
            trigger: '.o_switch_company_menu_buttons button:contains("Confirm")',
            run: "click",
            expectUnloadPage: true,
        },
    ];
}

/** Set up a program and wait until it is open, with its ladders. */
function setUp(name, company, source) {
    return [
        ...openClubMenu(
            "club_configuration_menu",
            "club_program_menu",
            titled("Programs")
        ),
        {trigger: '.o_list_view button:contains("New Program")', run: "click"},
        {trigger: `${field("name")} input`, run: `edit ${name}`},
        ...choose("company_id", company),
        ...choose("source_id", source),
        {
            content: "What it brings is said before it is made",
            trigger: `${field("preview")}:contains("8 tiers"):contains("2 rates")`,
        },
        {trigger: '.modal button[name="action_create"]', run: "click"},
        {trigger: `body:not(:has(.modal)) .o_last_breadcrumb_item:contains("${name}")`},
        {trigger: '.o_form_view .nav-link[name="groups"]', run: "click"},
        ...["Grade", "Membership"].map((group) => ({
            content: `${group} has its tiers`,
            trigger:
                `.o_field_widget[name="group_ids"] tr.o_data_row:contains("${group}")` +
                ["Vip", "Gold", "Platinum", "Diamond"]
                    .map((tier) => `:contains("${tier}")`)
                    .join(""),
        })),
    ];
}

const EXAMPLES = '.alert:contains("rates are examples")';

const CONFIRM_RATES = [
    {
        content: "The rates count for nothing yet",
        trigger: `${EXAMPLES}:contains("2") button[name="action_confirm_example_rates"]`,
        run: "click",
    },
    ...confirm("Confirmation", "Ok"),
    {trigger: `.o_form_view:not(:has(${EXAMPLES}))`},
];

tours.add("club_set_up_programs", {
    steps: () =>
        patient([
            ...switchOn("Upriver Post"),
            ...setUp("Upriver Club", "Upriver Post", "Club of Harbour Post"),
            ...CONFIRM_RATES,
            ...setUp("Young Club", "Harbour Post", "Upriver Club"),
            {
                content: "It says what the company's first program settles for it",
                trigger:
                    '.alert:contains("main program"):contains("Club of Harbour Post")',
            },
        ]),
});

tours.add("club_confirm_example_rates", {
    steps: () =>
        patient([
            ...openClubMenu(
                "club_configuration_menu",
                "club_program_menu",
                titled("Programs")
            ),
            {
                trigger: '.o_data_row td[name="name"]:contains("Young Club")',
                run: "click",
            },
            ...CONFIRM_RATES,
        ]),
});
