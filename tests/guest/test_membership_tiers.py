from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..activity.activity_case import ActivityMixin
from ..common import TODAY, ClubCommon

MIXIN = "club.membership.tier.mixin"
# Where any tier may be asked for: it comes with its group, or with its program.
ANY_TIER = {
    *("club.membership", "club.tier.bar", "club.tier.override", "club.audit.sample"),
    *("club.account.class.floor", "club.requalification.line", "club.what.if.tier"),
    # Care is owed by either ladder: a named account may have a grade alone.
    *("club.duty.rule", "club.occasion"),
}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMembershipTiers(ActivityMixin, ClubCommon):
    """What the club offers goes by membership tier, under whatever name. A11, C1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_activities()
        cls.gold_grade = cls.grade.tier_ids.filtered(lambda t: t.code == "gold")
        cls.gold = cls.membership.tier_ids.filtered(lambda t: t.code == "gold")

    def _get_askers(self):
        """Return a record of each model that asks for a tier, as an officer's."""
        activity = self._draw_up(user=self.officer, headcount=20)
        benefit = self.env["club.benefit"].create(
            {"name": "Fast track", "code": "test", "form": "service"}
        )
        venue = self.env["club.venue"].create({"name": "Tea Room"})
        table = self.env["club.round.table"].create(
            {
                "theme": "Prices",
                "unit_id": self.unit.id,
                "date_begin": "2026-05-08 06:00:00",
                "date_end": "2026-05-08 08:00:00",
            }
        )
        target = self.env["club.target"].create(
            {
                "unit_id": self.unit.id,
                "kind": "members",
                "date_from": "2026-05-01",
                "amount": 3,
            }
        )
        return [
            (self._create_type("walk"), {}),
            (target, {}),
            (activity, {}),
            (self._create_plan(1_000, in_effect=False), {}),
            (table, {}),
            (self.env["club.reward"].create({"name": "Tea", "price": 10}), {}),
            (self._create_tariff(), {}),
            ("club.activity.seat", {"activity_id": activity.id, "seats": 2}),
            ("club.benefit.quota", {"benefit_id": benefit.id, "times": 2}),
            ("club.venue.benefit", {"venue_id": venue.id, "name": "Tea"}),
        ]

    def _create_tariff(self):
        values = {"tier_id": self.gold.id, "date_from": TODAY, "reason": "Contest"}
        return self.env["club.tariff"].create({**values, "discount": 5})

    def _give(self, asker, values, tier):
        """Write the tier, or make a line for it; return the record."""
        if isinstance(asker, str):
            lines = self.env[asker].with_user(self.officer)
            lines.search([("tier_id", "=", tier.id)]).unlink()
            return lines.create({**values, "tier_id": tier.id})
        if "tier_ids" in asker._fields:
            asker.with_user(self.officer).tier_ids = [Command.set(tier.ids)]
        else:
            asker.with_user(self.officer).tier_id = tier
        return asker

    def test_a_grade_is_refused_and_the_tier_of_the_same_name_is_taken(self):
        found = set()
        for asker, values in self._get_askers():
            name = asker if isinstance(asker, str) else asker._name
            found.add(name)
            with self.subTest(name):
                with (
                    self.assertRaisesRegex(ValidationError, "customer grade"),
                    self.env.cr.savepoint(),
                ):
                    self._give(asker, values, self.gold_grade)
                self.env.invalidate_all()
                record = self._give(asker, values, self.gold)
                field = record._club_tier_fields[0]
                self.assertEqual(record[field], self.gold)
        models = self.env.registry.descendants([MIXIN], "_inherit") - {MIXIN}
        self.assertEqual(found, {*models})

    def test_each_form_offers_membership_tiers_only(self):
        """Also in a company with one group for both. Rule A11."""
        for name, fields in self._get_fields().items():
            for field in fields:
                with self.subTest(name, field=field):
                    domain = self.env[name]._fields[field].domain
                    offered = self.env["club.tier"].search(
                        [*domain, ("company_id", "=", self.company.id)]
                    )
                    self.assertEqual(offered, self.membership.tier_ids)
        both = self.grade.copy({"code": "both", "purpose": "both"})
        activity = self._draw_up(user=self.officer)
        activity.tier_id = both.tier_ids[0]
        self.assertEqual(activity.tier_id.group_id, both)

    def _get_fields(self):
        """Return the fields in which people choose a tier, by model."""
        models = self.env.registry.descendants([MIXIN], "_inherit") - {MIXIN}
        return {name: self.env[name]._club_tier_fields for name in models}

    def test_wherever_a_tier_is_chosen_it_is_checked(self):
        """A new field for a tier is in the mixin's list, or said to take any tier."""
        known = self._get_fields()
        missing = [
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if not model._abstract and name not in ANY_TIER
            for field in model._fields.values()
            if field.comodel_name == "club.tier"
            and field.type in ("many2one", "many2many")
            and field.store
            and not field.readonly
            and field.name not in known.get(name, ())
        ]
        self.assertEqual(missing, [])

    def test_an_activity_takes_no_other_companys_tier(self):
        company = self._create_club_company("Other Post")
        other = self._create_program(company).group_ids[1].tier_ids[0]
        activity = self._draw_up(user=self.officer)
        with self.assertRaises(UserError):
            activity.tier_id = other
            self.env.flush_all()

    def test_the_form_takes_the_tier_of_its_type(self):
        self.type.tier_id = self.gold
        with Form(self.env["club.activity"].with_user(self.officer)) as form:
            form.theme = "Tea"
            form.type_id = self.type
            form.unit_id = self.unit
            form.reason = "Because"
            form.date_begin, form.date_end = self.begins, self.ends
            self.assertEqual(form.tier_id, self.gold)

    def test_a_group_that_something_goes_by_does_not_become_a_grade(self):
        self.type.tier_id = self.gold
        for told, records, values in (
            ("“Talk”.*goes by a tier", self.membership, {"purpose": "grade"}),
            ("goes by a tier", self.gold, {"group_id": self.grade.id, "code": "x"}),
        ):
            with (
                self.assertRaisesRegex(ValidationError, told),
                self.env.cr.savepoint(),
            ):
                records.write(values)
        self.membership.purpose = "both"
        self.assertEqual(self.type.tier_id.group_id.purpose, "both")

    def test_what_has_gone_by_a_grade_is_named_and_stays(self):
        """The upgrade reports it; all but its tier can still be written."""
        activity = self._draw_up(user=self.officer)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE club_activity SET tier_id = %s WHERE id = %s",
            [self.gold_grade.id, activity.id],
        )
        self.env.invalidate_all()
        found = [*self.env[MIXIN]._find_by_tiers(self.grade.tier_ids)]
        self.assertIn(activity.sudo(), found)
        activity.place = "Hall"
        self.assertEqual(activity.tier_id, self.gold_grade)

    def test_a_group_that_nothing_goes_by_becomes_a_grade(self):
        group = self.membership.copy({"code": "free"})
        group.purpose = "grade"
        self.assertEqual(group.purpose, "grade")
