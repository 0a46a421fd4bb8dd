import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Return a drawing (SVG) as the address of a picture (PNG), "" where it isn't one. */
async function draw(drawing) {
    if (!drawing) {
        return "";
    }
    const image = new window.Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
    try {
        await image.decode();
    } catch {
        return "";
    }
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/png");
}

/** A drawing that the server wrote, as a picture to be saved and sent on: chats take
 * no drawings. The browser has the letters of the reader's language.
 */
export class PictureField extends Component {
    static template = "crm_club.PictureField";
    static props = {...standardFieldProps, filename: {type: String, optional: true}};

    setup() {
        this.state = useState({source: ""});
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    async load({record, name}) {
        this.state.source = await draw(record.data[name]);
    }

    get filename() {
        return this.props.record.data[this.props.filename] || "picture.png";
    }
}

registry.category("fields").add("club_picture", {
    component: PictureField,
    displayName: _t("Picture to Save"),
    supportedTypes: ["text"],
    extractProps: ({options}) => ({filename: options.filename}),
    fieldDependencies: ({options}) =>
        options.filename ? [{name: options.filename, type: "char"}] : [],
});
