"""A record of each model in each place, for the test of the rights table."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from odoo import Command
from odoo.tools import SQL

from ...models.approval.states import DONE, OPEN, SIGNED, WAITING
from ...models.record.lock import LOCK
from ..approval.documents import find_documents, find_signed_lines
from ..common import TODAY, month
from .rights_samples_activity import ActivitySamples
from .rights_samples_audit import AuditSamples
from .rights_samples_benefit import BenefitSamples
from .rights_samples_bulletins import BulletinSamples
from .rights_samples_care import CareSamples
from .rights_samples_cooperation import CooperationSamples
from .rights_samples_dialogs import COMPANY, DialogSamples
from .rights_samples_figures import FigureSamples
from .rights_samples_guest import GuestSamples
from .rights_samples_hosting import HostingSamples
from .rights_samples_targets import TargetSamples
from .rights_samples_worth import WorthSamples

# Where a record stands, as seen by the user who asks for it.
OWN, UNIT, BELOW, OTHER = "own", "unit", "below", "other"
# Documents of another unit that wait for his signature, or have it.
ASKED, GIVEN = "asked", "given"
TO_SIGN = (ASKED, GIVEN)
# What follows a document's way.
TRAIL = {"club.approval.request", "club.approval.signature"}
LONG_AGO = date(2020, 1, 1)
CALENDAR_BEGINS = date(2024, 1, 1)


class Place(NamedTuple):
    """Whose the records of a place are."""

    name: str
    company: Any
    unit: Any
    account: Any
    owner: Any


class Samples(
    AuditSamples,
    CareSamples,
    DialogSamples,
    ActivitySamples,
    GuestSamples,
    BenefitSamples,
    CooperationSamples,
    HostingSamples,
    WorthSamples,
    FigureSamples,
    TargetSamples,
    BulletinSamples,
):
    """Makes the records of a place; they differ in nothing but whose they are.

    ``made`` has them by model. ``bodies`` is shared by all places: a document asks
    the body of another place for its signature.
    """

    def __init__(self, case, place, bodies):
        self.case = case
        self.place = place
        self.bodies = bodies
        self.made = {}
        name, self.company, self.unit, self.account, self.owner = place
        self.name = name
        self.is_to_sign = name in TO_SIGN
        env = case.env
        self.signed = {*find_documents(env), *find_signed_lines(env)}

    def make_all(self):
        """Return ``{model: record}``, after the bodies of all places were made."""
        self.make_configuration()
        self.make_accounts()
        self.make_run()
        self.make_revenue()
        self.make_documents()
        self.make_audit()
        self.make_care()
        self.make_activities()
        self.make_guests()
        self.make_benefits()
        self.make_cooperations()
        self.make_hosting()
        self.make_worth()
        self.make_take_ons()
        self.make_account_plans()
        self.make_shares()
        self.make_figures()
        if not self.is_to_sign:
            self.make_bulletins()
            self.make_targets()
        self.make_others()
        if not self.is_to_sign:
            self.make_today()
            self.make_overview()
        if not self.is_to_sign:
            self.make_dialogs()
            return self.made
        kept = TRAIL | self.signed
        return {model: record for model, record in self.made.items() if model in kept}

    # === Helpers === #

    def make(self, model, **values):
        """Create a record that its owner created, past locks and rights."""
        env = self.case.env(
            user=self.owner.id,
            su=True,
            context={
                **self.case.env.context,
                "allowed_company_ids": self.company.ids,
                "club_lock": LOCK,
            },
        )
        record = env[model].create(self._use_ids(values))
        return self.add(record.with_env(self.case.env(su=True)))

    def insert(self, model, **values):
        """Create a record of a model that refuses whoever creates one."""
        values = self._use_ids(values)
        cr = self.case.env.cr
        self.case.env.flush_all()
        cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(self.case.env[model]._table),
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        return self.add(self.case.env[model].sudo().browse(cr.fetchone()[0]))

    def add(self, record):
        self.made[record._name] = record
        return record

    @staticmethod
    def _use_ids(values):
        return {name: getattr(value, "id", value) for name, value in values.items()}

    # === Whatever needs no more than its required fields === #

    def make_others(self):
        """Make a record of each model that has none yet, of what it requires."""
        for name, model in sorted(self.case.env.registry.items()):
            stored = model._auto and not (model._abstract or model._transient)
            wanted = name in self.signed or not self.is_to_sign
            if name.startswith("club.") and stored and wanted:
                self.get(name)

    def get(self, name):
        """Return the sample of a model, made now if there is none yet."""
        if name not in self.made:
            model = self.case.env[name]
            document = self.make(
                name,
                **{
                    field.name: self._get_example(field)
                    for field in model._fields.values()
                    if self._is_asked(field)
                },
            )
            if hasattr(model, "_approval_guarded") and self.is_to_sign:
                self.submit(document)
        return self.made[name]

    @staticmethod
    def _is_asked(field):
        """Tell whether a record says it itself: whose it is, and what it requires."""
        is_given = field.store and not (field.compute or field.related)
        whose = field.name in ("company_id", "unit_id", "account_id")
        # A default would lead to another place's.
        needed = field.required and not (field.default and field.type != "many2one")
        return is_given and field.type != "boolean" and (whose or needed)

    def _get_example(self, field):
        """Return a value: of the place, or the first that comes to mind."""
        if field.type == "many2one":
            whose = {
                "res.company": self.company,
                "crm.team": self.unit,
                "res.partner": self.account,
                "res.users": self.owner,
            }
            return whose.get(field.comodel_name) or self.get(field.comodel_name)
        if field.type == "selection":
            return field.get_values(self.case.env)[0]
        if field.type in ("date", "datetime"):
            return TODAY
        if field.type == "json":
            return {"of": self.name}
        numbers = ("integer", "float", "monetary")
        return 1 if field.type in numbers else f"Rights {self.name}"

    # === Configuration === #

    def make_configuration(self):
        self.program = self.make(
            "club.program", name=f"Club {self.name}", company_id=self.company
        )
        self.group = self.make(
            "club.tier.group",
            name="Standing",
            code="standing",
            purpose="membership",
            measure="points",
            program_id=self.program,
        )
        self.tier = self.make(
            "club.tier", name="High", code="high", group_id=self.group
        )
        days = self.case.env["club.day"].search_count([("date", "<", CALENDAR_BEGINS)])
        self.insert("club.day", date=LONG_AGO + timedelta(days=days))
        indicator = self.make(
            "club.indicator", name="Growth", code="growth", program_id=self.program
        )
        self.make("club.tier.bar", tier_id=self.tier, indicator_id=indicator, bound=1)
        self.klass = self.make(
            "club.account.class",
            name="Class",
            code=f"rights_{self.name}",
            # One of them is a class that all companies share.
            company_id=self.name != OTHER and self.company.id,
        )
        self.make(
            "club.account.class.floor",
            class_id=self.klass,
            group_id=self.group,
            tier_id=self.tier,
        )
        user, colleague = self.case.user, self.case.colleague
        self.make(
            "club.unit.clerk",
            unit_id=self.unit,
            user_id=user if self.name in (UNIT, COMPANY) else colleague,
            date_from=LONG_AGO,
        )
        self.make(
            "club.account.score",
            account_id=self.account,
            indicator_id=indicator,
            value=50,
        )
        self.add(self.case.env.ref("crm_club.club_points_kind_revenue").sudo())
        self.category = self.case.env["product.category"].create(
            {"name": f"Rights {self.name}"}
        )
        self.make(
            "club.business.line",
            name="Line",
            code=f"rights_{self.name}",
            category_id=self.case.env["product.category"].create({"name": "Line"}),
            # One of them is a line that all companies share.
            company_id=self.name != OTHER and self.company.id,
        )
        self.make(
            "club.alias",
            name=f"alias {self.name}",
            company_id=self.company,
            account_id=self.account,
        )

    def make_bodies(self):
        """The seat of his own place is the one that the user signs for."""
        if self.is_to_sign:
            return
        self.body = self.bodies[self.name] = self.make(
            "club.body",
            name=f"Body {self.name}",
            code=f"rights_{self.name}",
            company_id=self.company,
            unit_id=self.unit,
        )
        user, colleague = self.case.user, self.case.colleague
        holder, deputy = (user, colleague) if self.name == OWN else (colleague, user)
        if self.name == COMPANY:
            holder = self.case.stranger
            deputy = self.case._create_user("user", "strange_deputy", self.company)
        seat = self.make(
            "club.body.seat",
            body_id=self.body,
            user_id=holder,
            office="Head",
            date_from=LONG_AGO,
        )
        self.make(
            "club.body.substitute",
            seat_id=seat,
            user_id=deputy,
            date_from=LONG_AGO,
            date_to=LONG_AGO,
        )
        stage = Command.create({"body_ids": [Command.set(self.body.ids)]})
        policy = self.make(
            "club.approval.policy",
            name=f"Policy {self.name}",
            document_type="plan",
            company_id=self.company,
            active=False,
            band_ids=[Command.create({"stage_ids": [stage]})],
        )
        self.add(self.add(policy.band_ids).stage_ids)

    # === Accounts, points, revenue === #

    def make_accounts(self):
        self.membership = self.insert(
            "club.membership",
            account_id=self.account,
            origin_id=self.account,
            group_id=self.group,
            tier_id=self.tier,
            program_id=self.program,
            company_id=self.company,
            date_from=date(2026, 1, 1),
            date_to=date(2026, 12, 31),
            date_grace=date(2026, 12, 31),
            state="valid",
            origin="opening",
        )

    def make_run(self):
        run = self.make(
            "club.points.run", program_id=self.program, month=month("2026-03")
        )
        self.make("club.points.run.unit", run_id=run, unit_id=self.unit)
        self.make(
            "club.points.exception",
            run_id=run,
            reason="rate",
            account_id=self.account,
        )
        redemption = self.make(
            "club.redemption",
            program_id=self.program,
            account_id=self.account,
            points=1,
            reason="Rights",
        )
        if self.is_to_sign:
            self.submit(redemption)
        self.entry = self.insert(
            "club.points.entry",
            run_id=run,
            account_id=self.account,
            origin_id=self.account,
            unit_id=self.unit,
            kind="bonus",
            points=1,
            date=TODAY,
        )

    def make_revenue(self):
        statement = self.make(
            "club.revenue.import",
            name=f"Statement {self.name}",
            company_id=self.company,
            digest=f"rights {self.name}",
            user_id=self.owner,
        )
        line = self.make(
            "club.revenue.line",
            import_id=statement,
            row=1,
            company_id=self.company,
            account_id=self.account,
            category_id=self.category,
            month=month("2026-03"),
            amount=100,
            state="valid",
        )
        # The view of facts numbers imported ones below zero.
        self.add(line.env["club.revenue"].browse(-line.id))

    # === Documents to sign === #

    def make_documents(self):
        requalification = self.make(
            "club.requalification",
            program_id=self.program,
            date_from=date(2026, 12, 1),
            date_to=date(2026, 12, 31),
        )
        self.make(
            "club.requalification.line",
            requalification_id=requalification,
            membership_id=self.membership,
            account_id=self.account,
        )
        adjustment = self.make(
            "club.points.adjustment",
            program_id=self.program,
            unit_id=self.unit,
            reason="Rights",
        )
        self.make(
            "club.points.adjustment.line",
            adjustment_id=adjustment,
            account_id=self.account,
            points=1,
        )
        override = self.make(
            "club.tier.override",
            account_id=self.account,
            group_id=self.group,
            tier_id=self.tier,
            date_to=date(2026, 12, 31),
            reason="Rights",
        )
        rate = self.make(
            "club.points.rate",
            program_id=self.program,
            category_id=self.category,
            value=1,
            date_from=month("2026-05"),
        )
        if self.is_to_sign:
            for document in (requalification, override, rate):
                self.submit(document)
        self.submit(adjustment)

    def submit(self, document):
        """Ask for a signature: the user's, or that of a body that isn't his."""
        if self.is_to_sign:
            body = self.bodies[OWN]
        else:
            body = self.bodies[COMPANY if self.name == COMPANY else OTHER]
        request = self.make(
            "club.approval.request",
            name="Rights",
            res_model=document._name,
            res_id=document.id,
            document_type="plan",
            round=1,
            state=DONE if self.name == GIVEN else WAITING,
            company_id=self.company,
            unit_id=self.unit,
            applicant_id=self.owner,
            author_id=self.owner,
            submitted_at=TODAY,
        )
        self.make(
            "club.approval.signature",
            request_id=request,
            company_id=self.company,
            stage=1,
            body_id=body,
            state=SIGNED if self.name == GIVEN else OPEN,
            signer_id=self.name == GIVEN and self.case.user.id,
        )
        document.with_context(club_lock=LOCK).write(
            {"approval_state": request.state, "approval_request_id": request.id}
        )
