import {useEffect, useRef} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {floatField} from "@web/views/fields/float/float_field";
import {integerField} from "@web/views/fields/integer/integer_field";
import {monetaryField} from "@web/views/fields/monetary/monetary_field";

/** A figure whose 0 stands for a word, the placeholder, or for nothing at all.
 *
 * With the option `when` the word stands where that field is set, whatever the figure.
 */
const withWord = (Field) =>
    class extends Field {
        static props = {
            ...Field.props,
            when: {type: String, optional: true},
            word: {type: String, optional: true},
        };
        static defaultProps = {...Field.defaultProps, word: ""};

        setup() {
            super.setup();
            const input = useRef("numpadDecimal");
            useEffect(
                (el) => {
                    if (el) {
                        el.placeholder = this.props.word;
                    }
                },
                () => [input.el]
            );
        }

        get isWord() {
            const {record, when} = this.props;
            return when ? record.data[when] : !this.value;
        }

        get formattedValue() {
            if (!this.isWord) {
                return super.formattedValue;
            }
            return this.props.readonly ? this.props.word : "";
        }
    };

const described = (field) => ({
    ...field,
    component: withWord(field.component),
    extractProps: (info, dynamicInfo) => ({
        ...field.extractProps(info, dynamicInfo),
        when: info.options.when,
        word: info.placeholder,
    }),
});

registry
    .category("fields")
    .add("club_limit", described(integerField))
    .add("club_limit_float", described(floatField))
    .add("club_limit_monetary", described(monetaryField));
