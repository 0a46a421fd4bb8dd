import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Submitting what isn't saved yet saves and submits at once, or does neither: Odoo
 * would save first, and a refusal would leave a draft behind.
 */
export class DocumentFormController extends FormController {
    setup() {
        super.setup();
        this.documents = useService("orm");
    }

    async beforeExecuteActionButton(clickParams) {
        const {root} = this.model;
        if (!root.isNew || clickParams.name !== "action_submit" || this.env.inDialog) {
            return super.beforeExecuteActionButton(clickParams);
        }
        if (await root.checkValidity({displayNotification: true})) {
            const changes = await root.getChanges();
            const id = await this.documents.call(
                root.resModel,
                "create_and_submit",
                [changes],
                {context: root.context}
            );
            await this.model.load({resId: id, resIds: [id]});
        }
        return false; // Nothing is left to do for the button.
    }
}

registry
    .category("views")
    .add("club_document_form", {...formView, Controller: DocumentFormController});
