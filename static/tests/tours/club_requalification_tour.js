import {registry} from "@web/core/registry";
import {confirm, inState, openClubMenu, patient, titled} from "./club_steps";

function line(account, outcome) {
  return (
    `.o_field_widget[name="line_ids"] .o_data_row:has(td[name="account_id"]:contains("${account}"))` +
    `:has(td[name="outcome"]:contains("${outcome}"))`
  );
}

registry.category("web_tour.tours").add("club_requalify", {
  steps: () =>
    patient([
      ...openClubMenu(
        "club_requalifications_menu",
        "club_requalification_menu",
        titled("Requalifications")
      ),
      {trigger: ".o_list_button_add", run: "click"},
      {trigger: 'button[name="action_prepare"]:contains("Prepare")', run: "click"},
      {trigger: line("Anchor Mills", "Renewed")},
      {trigger: line("Beacon Foods", "Lapsed")},
      {trigger: 'button[name="action_review"]', run: "click"},
      inState("reviewed"),
      {trigger: 'button[name="action_apply"]', run: "click"},
      ...confirm("Apply this requalification?", "Apply"),
      inState("applied"),
    ]),
});
