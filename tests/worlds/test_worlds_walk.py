"""Every model beside another company's and another program's records. Rules A9, E5."""

from datetime import date, timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..attempts import Attempts
from ..common import TODAY
from .walk_case import WalkCase

# A user's role and place in the company in use decide them.
OF_COMPANY_IN_USE = {"club_is_here", "display_name"}
# Figures of a month and a year, and final scorecards.
READ_FROM_ABOVE = {"club.figure", "club.figure.year", "club.scorecard"}
# What opens no list of the account's, or counts in all companies.
NO_LISTS = {
    *("action_open_club_account_plan", "action_open_club_contact_dialog"),
    *("action_open_club_rewards", "action_open_club_branches"),
    *("action_open_club_greetings", "action_open_club_cooperations"),
}
YESTERDAY = date(2026, 4, 9)  # at Lake Post it is still today
# The cards of the company in use: the rule of the model says so.
IN_USE_ONLY = {"club.overview"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestWorldsWalk(WalkCase):
    """Whichever company is in front, a record says the same, and stays where it is."""

    def _get_models(self):
        """Return ``[(model, its samples by place)]`` of what is kept."""
        return [
            (self.env[name], places)
            for name, places in sorted(self.samples.items())
            if not self.env[name]._transient
        ]

    # === Whichever company is in front === #

    def _look_from_both(self, look):
        """Return what is found with either company in front."""
        found = []
        for companies in (self.company | self.lake, self.lake | self.company):
            env = self._within(companies, self.user)
            env.invalidate_all()
            found.append(look(env))
        return found

    def _try(self, call):
        try:
            return call()
        except (AccessError, UserError, ValueError) as error:
            return type(error)

    def test_a_record_says_the_same(self):
        """What a record shows is of its own company: unit, manager, tier, day."""
        for model, places in self._get_models():
            if model._name in IN_USE_ONLY:
                continue
            names = [
                name
                for name, field in model._fields.items()
                if not field.company_dependent and name not in OF_COMPANY_IN_USE
            ]
            for place, record in places.items():

                def look(env, record=record, names=names):
                    there = record.with_env(env)
                    values = {n: self._try(lambda n=n: there[n]) for n in names}
                    return {n: getattr(v, "ids", v) for n, v in values.items()}

                first, second = self._look_from_both(look)
                differing = {
                    name: (first[name], second[name])
                    for name in names
                    if first[name] != second[name]
                }
                self.assertEqual(differing, {}, f"{model._name} of {place}")

    # === Numbers on an account's page === #

    def _get_buttons(self):
        """Return the names of what opens lists on the page of an account."""
        page = self.env["res.partner"].with_user(self.user).get_view(view_type="form")
        names = {
            button.get("name")
            for button in etree.fromstring(page["arch"]).iter("button")
        }
        return sorted(
            name
            for name in names
            if (name or "").startswith("action_open_club_") and name not in NO_LISTS
        )

    def test_a_number_opens_what_is_of_the_company_in_use(self):
        """That is what it counts; of the other company one sees nothing there."""
        opened = set()
        for place, samples in self.samples["club.membership"].items():
            company = samples.company_id
            for companies in (self.company | self.lake, self.lake | self.company):
                account = self._as(samples.account_id, self.user, companies)
                for name in self._get_buttons():
                    action = getattr(account, name)()
                    model = account.env[action["res_model"]]
                    found = model.search(action["domain"]).sudo().company_id
                    self.assertLessEqual(found, companies[0], f"{name} of {place}")
                    if found and company == companies[0]:
                        opened.add(name)
        self.assertGreater(len(opened), 12)

    # === What a dialog proposes === #

    def test_a_dialog_proposes_the_day_of_its_record(self):
        """Lake Post is a day behind, whichever company is in front."""
        for companies in (self.company | self.lake, self.lake | self.company):
            env = self._within(companies, self.user)
            cards = self.samples["club.card"]["company"].with_env(env)
            step = env["club.card.step"].create({"card_ids": [Command.set(cards.ids)]})
            self.assertEqual(step.date, YESTERDAY)
            activity = self.samples["club.answer"]["company"].activity_id
            self.env["club.program"]._get_main(self.lake).survey_days = 3
            dialog = env["club.survey.send"].create({"activity_id": activity.id})
            self.assertEqual(dialog.date_deadline, YESTERDAY + timedelta(days=3))

    def _find(self, records, name, field):
        """Return what one finds by a field that is worked out, and its groups."""
        env = records.env
        if field.type == "selection":
            sought = [[key] for key, _label in field._description_selection(env)]
        elif field.type == "many2one":
            comodel_sudo = env[field.comodel_name].sudo()
            every = comodel_sudo.with_context(active_test=False).search([])
            sought = [[False], every.ids]
        else:
            sought = [[True]]
        found = [
            self._try(
                lambda keys=keys: sorted(records.search([(name, "in", keys)]).ids)
            )
            for keys in sought
        ]
        if field.type == "many2one":
            rows = self._try(lambda: records._read_group([], [name], ["__count"]))
            if isinstance(rows, list):
                rows = sorted((one.id or 0, count) for one, count in rows)
            found.append(rows)
        return found

    def test_one_finds_the_same(self):
        for model, _places in self._get_models():
            if model._name in IN_USE_ONLY:
                continue
            for name, field in model._fields.items():
                if (
                    field.store
                    or not field.search
                    or field.type not in ("boolean", "many2one", "selection")
                    or name in OF_COMPANY_IN_USE
                ):
                    continue
                first, second = self._look_from_both(
                    lambda env, model=model, name=name, field=field: self._find(
                        env[model._name], name, field
                    )
                )
                self.assertEqual(first, second, f"{model._name}.{name}")

    # === What is of one company, or of one program, stays there === #

    @mute_logger("odoo.sql_db")
    def _write_links(self, mine, theirs, is_asked):
        """Try to name another place's records; return what wasn't refused."""
        env = self._within(self.company | self.lake, self.user)
        taken = []
        with Attempts(self.env.cr) as attempts:
            for model, places in self._get_models():
                if mine not in places:
                    continue
                record = places[mine].with_env(env)
                for name, field in model._fields.items():
                    if field.type != "many2one" or field.readonly or not field.store:
                        continue
                    other = self._get_other(field, theirs)
                    if not other or not is_asked(model, field, other):
                        continue
                    if record.sudo()[name] == other:
                        continue
                    try:
                        with attempts.attempt(), self.env.cr.savepoint():
                            record.write({name: other.id})
                            record.env.flush_all()
                            taken.append(f"{model._name}.{name}")
                            raise UserError("Taken back")
                    except (AccessError, UserError, IntegrityError):
                        continue
        return taken

    def _get_other(self, field, theirs):
        if field.comodel_name == "res.company":
            return self.lake if theirs == "company" else None
        if field.comodel_name == "crm.team":
            return self.lake_unit if theirs == "company" else None
        return self.samples.get(field.comodel_name, {}).get(theirs)

    def test_nothing_of_another_company_is_named(self):
        """Neither is a record of it named, nor does one go there. What all companies
        share may become one's own; Odoo's leads follow their team.
        """

        def is_asked(model, field, other):
            if model._name == "crm.lead":
                return False
            if field.comodel_name == "res.company":
                return bool(self.samples[model._name]["other"].sudo().company_id)
            shared = "company_id" not in other._fields
            return not shared and bool(other.sudo().company_id)

        self.assertEqual(self._write_links("other", "company", is_asked), [])

    def test_nothing_of_another_program_is_named(self):
        def is_asked(model, field, other):
            return "program_id" in model._fields and "program_id" in other._fields

        self.assertEqual(self._write_links("other", "unit", is_asked), [])

    # === From above === #

    def test_nobody_above_finds_a_record(self):
        """Rule E5: whoever works in the province reads the figures of those below it,
        and finds nothing else of theirs.
        """
        self.user.write(
            {
                "company_id": self.province.id,
                "company_ids": [Command.set(self.province.ids)],
            }
        )
        env = self._within(self.province, self.user)
        for model, places in self._get_models():
            if model._name in READ_FROM_ABOVE or "company_id" not in model._fields:
                continue
            found = self._try(lambda model=model: env[model._name].search([]))
            ids = set() if isinstance(found, type) else set(found.ids)
            for record in places.values():
                if record.sudo().company_id:
                    self.assertNotIn(record.id, ids, model._name)
