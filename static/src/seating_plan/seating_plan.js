import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const RADIUS = 38; // Per cent of a table's square at which its people sit

/** The hall seen from above, the door below; one drags people from seat to seat. */
export class SeatingPlan extends Component {
    static template = "crm_club.SeatingPlan";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.draggedId = null;
        this.state = useState({tables: [], people: [], is_open: false, target: null});
        useRecordObserver((record) => {
            // What is read here brings the plan up to date when it changes.
            record.data.seat_ids.records.forEach((seat) => seat.data.number);
            record.data.table_ids.records.forEach((table) => table.data.seats);
            return this.load(record.resId);
        });
    }

    async load(id) {
        const plan = id
            ? await this.orm.call("club.banquet", "get_seating_plan", [[id]])
            : {tables: [], people: [], is_open: false};
        Object.assign(this.state, plan, {target: null});
    }

    get unseated() {
        return this.state.people.filter((person) => !person.table_id);
    }

    personAt(table, number) {
        return this.state.people.find(
            (person) => person.table_id === table.id && person.number === number
        );
    }

    cellStyle(table) {
        return `grid-column: ${table.column + 1}; grid-row: ${table.row + 1}`;
    }

    seatStyle(seat) {
        const left = 50 + seat.x * RADIUS;
        const top = 50 + seat.y * RADIUS;
        return `left: ${left}%; top: ${top}%`;
    }

    seatClass(table, seat) {
        const person = this.personAt(table, seat.number);
        const side = person ? `o_club_seat_${person.side}` : "o_club_seat_free";
        const target = `${table.id}-${seat.number}` === this.state.target;
        return `${side}${target ? " o_club_seat_target" : ""}`;
    }

    onDragStart(ev, person) {
        this.draggedId = person.id;
        // Firefox drags nothing that carries no data.
        ev.dataTransfer?.setData("text/plain", person.display_name);
    }

    onDragOver(ev, table, number) {
        if (this.state.is_open) {
            ev.preventDefault();
            this.state.target = table ? `${table.id}-${number}` : null;
        }
    }

    /** Put whoever was dragged on a seat, or let him stand. */
    async onDrop(ev, table, number) {
        ev.preventDefault();
        const id = this.draggedId;
        this.draggedId = this.state.target = null;
        if (!id) {
            return; // What comes from elsewhere isn't a guest.
        }
        // What was typed beside the plan is kept.
        if (!(await this.props.record.save())) {
            return;
        }
        await this.orm.call("club.banquet.seat", "move_to", [[id]], {
            table_id: table ? table.id : false,
            number: table ? number : 0,
        });
        await this.props.record.load();
        await this.load(this.props.record.resId);
    }
}

registry.category("view_widgets").add("club_seating_plan", {component: SeatingPlan});
