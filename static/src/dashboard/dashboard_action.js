import {session} from "@web/session";
import {patch} from "@web/core/utils/patch";
import {SpreadsheetDashboardAction} from "@spreadsheet_dashboard/bundle/dashboard_action/dashboard_action";

patch(SpreadsheetDashboardAction.prototype, {
    /** Whether it shows the club's figures, which open to nobody without a login. */
    get isClubDashboard() {
        return (session.club_dashboards || []).includes(this.activeDashboardId);
    },
});
