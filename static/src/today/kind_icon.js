import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const ICONS = {
    bind: "fa-link",
    announce: "fa-bullhorn",
    first_contact: "fa-handshake-o",
    visit: "fa-building-o",
    coaching: "fa-graduation-cap",
    contact: "fa-phone",
    birthday: "fa-birthday-cake",
    rhythm: "fa-shopping-cart",
    answer: "fa-reply",
    guest: "fa-ticket",
    need: "fa-lightbulb-o",
    complaint: "fa-exclamation-triangle",
    complaint_call: "fa-volume-control-phone",
    improvement: "fa-wrench",
    log_returned: "fa-undo",
    contact_sample: "fa-check-square-o",
    retention: "fa-life-ring",
    handover: "fa-exchange",
    greeting: "fa-envelope-o",
    gift: "fa-gift",
    signature: "fa-pencil-square-o",
    service: "fa-calendar-check-o",
    venue: "fa-map-marker",
    account_plan: "fa-file-text-o",
};

/** What kind of thing is owed, as an icon that says it when it is pointed at. */
export class KindIcon extends Component {
    static template = "crm_club.KindIcon";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name];
    }

    get icon() {
        return ICONS[this.value] || "fa-circle-o";
    }

    get label() {
        const {selection} = this.props.record.fields[this.props.name];
        const found = selection.find(([value]) => value === this.value);
        return found ? found[1] : "";
    }
}

registry.category("fields").add("club_kind_icon", {
    component: KindIcon,
    supportedTypes: ["selection"],
});
