import {openClubMenu, patient} from "./club_steps";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const code = '.modal .o_field_widget[name="code"] input';

tours.add("club_redeem_voucher", {
    steps: () =>
        patient([
            ...openClubMenu("club_benefits_menu", "club_voucher_redemption_menu", code),
            {trigger: code, run: "edit K7MQ9-XTB4T"},
            {
                content: "A slip in typing is told, and what was typed stays",
                trigger: '.modal button[name="action_redeem_lead"]',
                run: "click",
            },
            {
                trigger: '.modal .modal-body:contains("isn\'t the code of a voucher")',
            },
            {
                trigger:
                    '.modal:has(.modal-body:contains("isn\'t the code of a voucher")) .modal-footer button',
                run: "click",
            },
            {trigger: code, run: "edit k7mq9 xtb4s"},
            {
                trigger: '.modal .o_field_widget[name="customer"] input',
                run: "edit Harbour Mills",
            },
            {
                trigger: '.modal .o_field_widget[name="contact"] input',
                run: "edit Lin Xiaomei",
            },
            {trigger: '.modal button[name="action_redeem_lead"]', run: "click"},
            {
                content: "The lead is open",
                trigger:
                    'body:not(:has(.modal)) .o_form_view .o_field_widget[name="club_source"]',
            },
        ]),
});
