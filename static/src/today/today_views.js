import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListRenderer} from "@web/views/list/list_renderer";
import {_t} from "@web/core/l10n/translation";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

const LIMIT = 999;
const SCOPES = ["mine", "unit"];
// Each one is a filter of the search view, by its name.
const TILES = [
    {name: "late", label: _t("Late"), color: "danger"},
    {name: "week", label: _t("This Week"), color: "info"},
    {name: "guests", label: _t("Guests to Confirm"), color: "info"},
    {name: "greetings", label: _t("Greetings"), color: "info"},
    {name: "complaints", label: _t("Complaints"), color: "warning"},
    {name: "at_risk", label: _t("At Risk"), color: "warning"},
];

/** How much of what is owed; a click lists it, another one lists all again. */
export class TodayTiles extends Component {
    static template = "crm_club.TodayTiles";
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.state = useState({counts: {}});
        onWillStart(() => this.refresh());
        onWillUpdateProps(() => this.refresh());
    }

    get tiles() {
        const active = this.getActive();
        return TILES.map((tile) => {
            const count = this.state.counts[tile.name] || 0;
            return {
                ...tile,
                count: count > LIMIT ? `${LIMIT}+` : count,
                color: count ? tile.color : "secondary",
                isActive: active.includes(tile.name),
            };
        });
    }

    /** The names of the filters that are on. */
    getActive() {
        const search = this.env.searchModel;
        const ids = search.query.map((element) => element.searchItemId);
        return search
            .getSearchItems((item) => ids.includes(item.id))
            .map((item) => item.name);
    }

    async refresh() {
        const active = this.getActive();
        const scope = SCOPES.find((name) => active.includes(name)) || "all";
        this.state.counts = await this.orm.call("club.today", "get_tiles", [scope]);
    }

    toggle(name) {
        const search = this.env.searchModel;
        const items = search.getSearchItems((item) =>
            TILES.some((tile) => tile.name === item.name)
        );
        const others = items
            .filter((item) => item.name !== name)
            .map((item) => item.id);
        search.query = search.query.filter(
            (element) => !others.includes(element.searchItemId)
        );
        search.toggleSearchItem(items.find((item) => item.name === name).id);
    }
}

export class TodayListRenderer extends ListRenderer {
    static template = "crm_club.TodayListRenderer";
    static components = {...ListRenderer.components, TodayTiles};
}

export class TodayKanbanRenderer extends KanbanRenderer {
    static template = "crm_club.TodayKanbanRenderer";
    static components = {...KanbanRenderer.components, TodayTiles};
}

const views = registry.category("views");
views.add("club_today_list", {...listView, Renderer: TodayListRenderer});
views.add("club_today_kanban", {...kanbanView, Renderer: TodayKanbanRenderer});
