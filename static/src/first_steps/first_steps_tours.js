import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A step of a few words that points at something to press. */
function press(trigger, content, tooltipPosition = "bottom") {
    return {trigger, content, tooltipPosition, run: "click"};
}

/** Open an entry of the bar's menus, with a word on each press. */
function open(section, sectionTold, entry, entryTold) {
    return [
        press(`button[data-menu-xmlid="crm_club.${section}"]`, sectionTold),
        press(
            `a.dropdown-item[data-menu-xmlid="crm_club.${entry}"]`,
            entryTold,
            "right"
        ),
    ];
}

tours.add("club_first_steps_manager", {
    url: "/odoo/club-today",
    steps: () => [
        press(
            '.o_club_tile[data-name="late"]',
            _t("What you owe your accounts is here. Press a tile to see only that.")
        ),
        press(
            '.o_club_tile[data-name="late"][aria-pressed="true"]',
            _t("Press it once more to see all again.")
        ),
        ...open(
            "club_accounts_menu",
            _t("Accounts, their contacts, memberships and plans are here."),
            "club_account_menu",
            _t("Open the list of your accounts.")
        ),
        ...open(
            "club_begin_menu",
            _t("Duties, recorded contacts, greetings and your requests are here."),
            "club_contact_log_menu",
            _t("Open what was talked about with your accounts.")
        ),
    ],
});

tours.add("club_first_steps_lead", {
    url: "/odoo/club-overview",
    steps: () => [
        press(
            ".o_club_month",
            _t("This is the month: what is open before its points can be posted.")
        ),
        press(
            '.o_club_unit button[name="action_open_late"], .o_club_month button[name="action_open_run"]',
            _t("Each number and each point opens its list.")
        ),
        press(".o_back_button", _t("This leads back to the units.")),
        ...open(
            "club_accounts_menu",
            _t("Who looks after whom, and which accounts may leave, is here."),
            "club_manager_load_menu",
            _t("See how much each account manager looks after.")
        ),
    ],
});

tours.add("club_first_steps_finance", {
    url: "/odoo/club-units-to-verify",
    steps: () => [
        ...open(
            "club_points_menu",
            _t("Runs, units to verify, revenue and requalification are here."),
            "club_revenue_import_menu",
            _t("Open the statements that were imported.")
        ),
        ...open(
            "club_points_menu",
            _t("What couldn't be matched is kept, never dropped."),
            "club_revenue_line_parked_menu",
            _t("Open the rows that wait: say once whose they are.")
        ),
        ...open(
            "club_points_menu",
            _t("Last comes the check against the source records."),
            "club_points_run_unit_menu",
            _t("Open the units that are to be verified.")
        ),
    ],
});

tours.add("club_first_steps_auditor", {
    url: "/odoo/club-audit-samples",
    steps: () => [
        press(
            ".o_last_breadcrumb_item",
            _t("Samples of the ledger stand here, each with a seed that is kept.")
        ),
        ...open(
            "club_reporting_menu",
            _t("Figures, analyses and all of the audit are here."),
            "club_integrity_check_menu",
            _t("See what the nightly check of all figures found.")
        ),
        ...open(
            "club_reporting_menu",
            _t("Changes of the rules are kept as well."),
            "club_change_menu",
            _t("See who changed which rule, and when.")
        ),
    ],
});

tours.add("club_first_steps_signer", {
    url: "/odoo/club-to-sign",
    steps: () => [
        press(
            ".o_last_breadcrumb_item",
            _t("What waits for your signature is here: a card opens its document.")
        ),
        press(
            ".o_searchview_dropdown_toggler",
            _t("Filters find documents by kind, applicant or day.")
        ),
        ...open(
            "club_begin_menu",
            _t("What you applied for yourself is here."),
            "club_my_requests_menu",
            _t("See with whom it waits.")
        ),
    ],
});
