import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {BarcodeScanner} from "@barcodes/components/barcode_scanner";
import {Layout} from "@web/search/layout";
import {RPCError} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const SHOWN = 60; // guests at once; the others are found by typing
const REFRESH = 20000; // ms: colleagues check in at other doors
const SHORTEST_END = 3; // digits by which a mobile number is looked for

/** The door of one of today's activities: who comes is found and checked in.
 *
 * A hand scanner types a ticket's or card's code and presses Enter, wherever the focus
 * is; a phone opens its camera.
 */
export class Door extends Component {
    static template = "crm_club.Door";
    static components = {BarcodeScanner, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.input = useRef("search");
        this.state = useState({
            activities: [],
            door: null,
            text: "",
            shown: "coming",
            told: null,
            isBusy: false,
        });
        useBus(useService("barcode").bus, "barcode_scanned", (event) =>
            this.scan(event.detail.barcode)
        );
        onWillStart(() => this.begin());
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), REFRESH);
            this.focus();
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    // === Which activity === //

    /** Whoever comes from the menu chooses, unless there is only one. */
    async begin() {
        const id = this.props.action.params?.activity_id;
        if (id) {
            await this.open(id);
            return;
        }
        this.state.activities = await this.orm.call("club.activity", "get_doors", []);
        if (this.state.activities.length === 1) {
            await this.open(this.state.activities[0].id);
        }
    }

    async open(id) {
        this.state.door = await this.orm.call("club.activity", "get_door", [[id]]);
    }

    async refresh() {
        const {door, isBusy} = this.state;
        if (door && !isBusy && !document.hidden) {
            const found = await this.orm.silent.call("club.activity", "get_door", [
                [door.id],
            ]);
            if (!this.state.isBusy && this.state.door?.id === found.id) {
                this.state.door = found;
            }
        }
    }

    async leave() {
        this.state.door = null;
        this.state.told = null;
        this.state.text = "";
        this.state.activities = await this.orm.call("club.activity", "get_doors", []);
    }

    // === Whom one looks for === //

    get found() {
        const words = this.state.text.trim().toLowerCase().split(/\s+/);
        return this.state.door.guests.filter((guest) =>
            words.every((word) => this.matches(guest, word))
        );
    }

    /** By name, account, or the last digits of the mobile number. */
    matches(guest, word) {
        const isEnd = /^\d+$/.test(word) && word.length >= SHORTEST_END;
        return (
            guest.name.toLowerCase().includes(word) ||
            guest.account.toLowerCase().includes(word) ||
            (isEnd && guest.phone_end.endsWith(word))
        );
    }

    get listed() {
        const {shown, text} = this.state;
        if (text.trim() || shown === "all") {
            return this.found;
        }
        return this.found.filter((guest) => guest.has_come === (shown === "came"));
    }

    get guests() {
        return this.listed.slice(0, SHOWN);
    }

    get unshown() {
        const count = this.listed.length - SHOWN;
        return count > 0 && _t("%s more guests: type a name.", count);
    }

    /** Show others: what was looked for before is over. */
    show(shown) {
        this.state.shown = shown;
        this.state.text = "";
    }

    // === Who comes === //

    /** A hand scanner ends with Enter, some with Tab. */
    onKeydown(event) {
        const {text} = this.state;
        if (event.key === "Enter" || (event.key === "Tab" && text)) {
            event.preventDefault();
            this.enterTyped(text.trim());
        }
    }

    enterTyped(text) {
        if (!text) {
            return;
        }
        const found = this.found;
        if (!found.length) {
            this.scan(text);
        } else if (found.length === 1 && found[0].may_enter) {
            this.enter(found[0]);
        } else {
            this.tell("warning", _t("Press the button of the guest you mean."));
        }
    }

    scan(code) {
        if (this.state.door && code?.trim()) {
            this.call("action_scan_at_door", code);
        }
    }

    enter(guest) {
        return this.call("action_enter", guest.id);
    }

    takeBack(guest) {
        return this.call("action_take_back", guest.id);
    }

    /** Press at the door: the server says what came of it, and who is there by now. */
    async call(method, argument) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        this.state.told = null;
        try {
            const {told, door} = await this.orm.call("club.activity", method, [
                [this.state.door.id],
                argument,
            ]);
            this.state.door = door;
            this.state.text = "";
            this.tell("success", told);
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.tell("danger", error.data.message);
            this.input.el?.select();
        } finally {
            this.state.isBusy = false;
            this.focus();
        }
    }

    tell(type, text) {
        this.state.told = {type, text};
    }

    /** On a phone the keyboard would cover the list. */
    focus() {
        if (!this.env.isSmall) {
            this.input.el?.focus();
        }
    }
}

registry.category("actions").add("crm_club.door", Door);
