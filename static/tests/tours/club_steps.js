import {stepUtils} from "@web_tour/tour_utils";

// What the club's tours share. A busy machine gets its time: a step may take a minute.
const STEP_TIMEOUT = 60000;

export function patient(steps) {
    return steps.map((step) => ({timeout: STEP_TIMEOUT, ...step}));
}

/** Open a screen as people do: the app, the section of its menu, the entry.
 *
 * The app's first screen looks like the one that was asked for: wait for the new one.
 */
export function openMenu(app, section, entry, screen) {
    return [
        ...stepUtils.goToAppSteps(app),
        {trigger: `button[data-menu-xmlid="${section}"]`, run: "click"},
        {trigger: `a.dropdown-item[data-menu-xmlid="${entry}"]`, run: "click"},
        {content: `${entry} is open`, trigger: screen},
    ];
}

export function openClubMenu(section, entry, screen) {
    return openMenu(
        "crm_club.club_root_menu",
        `crm_club.${section}`,
        `crm_club.${entry}`,
        screen
    );
}

/** Return what tells that a list, and no other screen, is open. */
export function titled(title) {
    return `.o_action:has(.o_last_breadcrumb_item:contains("${title}"))`;
}

/** Press the button of a question that a button asked. */
export function confirm(question, label) {
    const dialog = `.modal:has(.modal-title:contains("${question}"))`;
    return [
        {
            content: `Confirm: ${question}`,
            trigger: `${dialog} .modal-footer .btn-primary:contains("${label}")`,
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
    ];
}

/** Wait until the form shows this state, and that nothing is left to save. */
export function inState(state) {
    return {
        content: `The state is ${state}`,
        trigger: `.o_form_saved .o_statusbar_status button[data-value="${state}"][aria-checked="true"]`,
    };
}

/** Put a text file into the file input of a field, as its upload button does. */
export function putFile(field, name, text) {
    return {
        content: `Choose the file ${name}`,
        trigger: `${field}:has(input[type="file"]:not(:visible))`,
        run({anchor}) {
            const transfer = new window.DataTransfer();
            transfer.items.add(new window.File([text], name, {type: "text/csv"}));
            const input = anchor.querySelector('input[type="file"]');
            input.files = transfer.files;
            input.dispatchEvent(new window.Event("change", {bubbles: true}));
        },
    };
}

/** Open the panel of filters and choose a filter and a grouping. */
export function filterAndGroup(filter, grouping) {
    return [
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
        {trigger: `.o_filter_menu .o_menu_item:contains("${filter}")`, run: "click"},
        {trigger: `.o_searchview_facet:contains("${filter}")`},
        {
            trigger: `.o_group_by_menu .o_menu_item:contains("${grouping}")`,
            run: "click",
        },
        {trigger: `.o_searchview_facet:contains("${grouping}")`},
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
    ];
}
