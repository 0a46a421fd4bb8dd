import {Component} from "@odoo/owl";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const FORMAT = "yyyy-MM";
const LIST_WIDTH = 70;

/** A date that stands for a month: 2026-10, entered as one, kept as its first day. */
export class MonthField extends Component {
    static template = "crm_club.MonthField";
    static components = {DateTimeInput};
    static props = {...standardFieldProps, placeholder: {type: String, optional: true}};
    static defaultProps = {placeholder: "YYYY-MM"};

    format = FORMAT;

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.value ? this.value.toFormat(FORMAT) : "";
    }

    onApply(day) {
        return this.props.record.update({
            [this.props.name]: day && day.startOf("month"),
        });
    }
}

registry.category("fields").add("club_month", {
    component: MonthField,
    supportedTypes: ["date"],
    extractProps: ({placeholder}) => ({placeholder}),
    listViewWidth: LIST_WIDTH,
});
