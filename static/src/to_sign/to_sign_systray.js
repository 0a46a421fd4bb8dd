import {Component, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";

/** How many documents wait for the user's signature; a click lists them. */
export class ToSignSystray extends Component {
    static template = "crm_club.ToSignSystray";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.state = useState({count: 0, isSignatory: false});
        this.bus.subscribe("club_to_sign", () => this.refresh());
        onWillStart(async () => {
            this.state.isSignatory = await user.hasGroup(
                "crm_club.crm_club_group_signer"
            );
            await this.refresh();
        });
    }

    async refresh() {
        if (this.state.isSignatory) {
            this.state.count = await this.orm.silent.call(
                "club.approval.request",
                "get_to_sign_count",
                []
            );
        }
    }

    open() {
        this.action.doAction("crm_club.club_approval_request_action_to_sign", {
            clearBreadcrumbs: true,
        });
    }
}

registry
    .category("systray")
    .add("crm_club.to_sign", {Component: ToSignSystray}, {sequence: 22});
