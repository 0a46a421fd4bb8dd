import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {rpcBus} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";

const PATIENCE = 3000; // milliseconds until it is said that a press takes longer
const BUTTON = /\/call_button\/club\./;

/**
 * Says that a button of the club's is still at work.
 *
 * Odoo shows a small "Loading" in a corner, and its dialogs look as if nothing had been
 * pressed. What takes longer than PATIENCE (a month of a large club, a sample, a sheet
 * of accounts) blocks the screen with a sentence until it is done.
 */
export const patienceService = {
    dependencies: ["ui"],
    start(_env, {ui}) {
        const timers = new Map();
        const told = new Set();
        rpcBus.addEventListener("RPC:REQUEST", ({detail}) => {
            if (!BUTTON.test(detail.url)) {
                return;
            }
            const {id} = detail.data;
            const timer = browser.setTimeout(() => {
                timers.delete(id);
                told.add(id);
                ui.block({message: _t("Still at work: please leave this page open.")});
            }, PATIENCE);
            timers.set(id, timer);
        });
        rpcBus.addEventListener("RPC:RESPONSE", ({detail}) => {
            const {id} = detail.data;
            browser.clearTimeout(timers.get(id));
            timers.delete(id);
            if (told.delete(id)) {
                ui.unblock();
            }
        });
    },
};

registry.category("services").add("crm_club_patience", patienceService);
