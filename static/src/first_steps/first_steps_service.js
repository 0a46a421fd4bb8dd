import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {session} from "@web/session";

const SHOWN_FOR = 30000; // milliseconds

/**
 * Offers the first steps of the user's role, once; the user's menu has them for good.
 *
 * Odoo starts its own tours unasked, and those of all apps one after the other.
 */
export const firstStepsService = {
    dependencies: ["notification", "orm", "tour_service", "ui"],
    start(_env, {notification, orm, tour_service: tours, ui}) {
        const {name, is_offered: isOffered} = session.club_first_steps || {};
        if (!name) {
            return;
        }
        const walk = () => tours.startTour(name, {mode: "manual"});
        registry.category("user_menuitems").add("club_first_steps", () => ({
            type: "item",
            id: "club_first_steps",
            description: _t("First Steps in the Club"),
            hide: ui.isSmall, // it points at menus that a phone folds
            callback: walk,
            sequence: 35,
        }));
        if (!isOffered || ui.isSmall) {
            return;
        }
        let answered = null;
        const close = notification.add(
            _t("A few steps show where your work is. They stay in your user menu."),
            {
                title: _t("First Steps in the Club"),
                type: "info",
                // Below, where no button or tile is, and not for ever.
                className: "o_club_first_steps",
                autocloseDelay: SHOWN_FOR,
                onClose: () => {
                    answered = orm.call("web_tour.tour", "consume", [name]);
                },
                buttons: [
                    {
                        name: _t("Show Me"),
                        primary: true,
                        onClick: async () => {
                            close();
                            await answered;
                            await walk();
                        },
                    },
                    {name: _t("Not Now"), onClick: () => close()},
                ],
            }
        );
    },
};

registry.category("services").add("crm_club_first_steps", firstStepsService);
