import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {BarcodeScanner} from "@barcodes/components/barcode_scanner";
import {Layout} from "@web/search/layout";
import {RPCError} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const KEPT = 20; // What stays in sight of who came.

/** The desk at an activity's door: cards are scanned one after the other.
 *
 * A hand scanner types into the field and presses Enter, wherever the focus is; a phone
 * opens its camera.
 */
export class CardDesk extends Component {
    static template = "crm_club.CardDesk";
    static components = {BarcodeScanner, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.input = useRef("code");
        this.state = useState({code: "", isBusy: false, told: null, guests: []});
        const {activity_id, theme} = this.props.action.params || {};
        this.activityId = activity_id;
        this.theme = theme;
        useBus(useService("barcode").bus, "barcode_scanned", (event) =>
            this.scan(event.detail.barcode)
        );
        onMounted(() => this.begin());
    }

    /** Whoever came by a bare address chooses the activity first. */
    begin() {
        if (this.activityId) {
            this.input.el.focus();
        } else {
            this.action.doAction("crm_club.club_activity_action");
        }
    }

    async scan(code) {
        if (this.state.isBusy || !code || !code.trim()) {
            return;
        }
        this.state.isBusy = true;
        this.state.told = null;
        try {
            const guest = await this.orm.call("club.activity", "action_scan_card", [
                [this.activityId],
                code,
            ]);
            this.state.guests.unshift(guest);
            this.state.guests.splice(KEPT);
            this.state.told = {
                type: "success",
                text: _t("%(guest)s of %(account)s has checked in.", guest),
            };
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.state.told = {type: "danger", text: error.data.message};
        } finally {
            this.state.isBusy = false;
            this.state.code = "";
            this.input.el?.focus();
        }
    }

    /** A hand scanner ends with Enter, some with Tab. */
    onKeydown(event) {
        if (event.key === "Enter" || (event.key === "Tab" && this.state.code)) {
            event.preventDefault();
            this.scan(this.state.code);
        }
    }

    openGuests() {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_guests",
            resModel: "club.activity",
            resId: this.activityId,
            resIds: [this.activityId],
        });
    }
}

registry.category("actions").add("crm_club.card_desk", CardDesk);
