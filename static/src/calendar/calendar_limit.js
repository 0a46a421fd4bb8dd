import {CalendarModel} from "@web/views/calendar/calendar_model";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

const CLUB = /^club\./;
const LIMIT = 1000;

/**
 * Shows the first LIMIT records of a period in a calendar of the club's.
 *
 * Odoo asks for all of them: a year of duties or memberships of a large club are a
 * hundred thousand, which neither a browser draws nor anybody reads.
 */
patch(CalendarModel.prototype, {
    async fetchRecords(data) {
        const {context, fieldNames, resModel} = this.meta;
        if (!CLUB.test(resModel)) {
            return super.fetchRecords(data);
        }
        const names = [
            ...new Set([...fieldNames, ...Object.keys(this.meta.activeFields)]),
        ];
        const records = await this.orm.searchRead(
            resModel,
            this.computeDomain(data),
            names,
            {context, limit: LIMIT + 1}
        );
        if (records.length > LIMIT) {
            this.notification.add(
                _t("Only the first %s are shown: filter to see the others.", LIMIT),
                {type: "warning"}
            );
        }
        return records.slice(0, LIMIT);
    },
});
