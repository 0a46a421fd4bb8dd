"""Lists that a new model has to be put on: each is compared with the registry."""

from itertools import chain

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged

from ...models.approval.measures import MONEY, POINTS
from ..approval.documents import find_documents, find_signed_lines
from ..common import ClubCommon

# What is reached from elsewhere, so that no menu leads to it.
WITHOUT_MENU = {
    "club.account.head": "from the page of a head or branch",
    "club.activity.overspend": "from its activity, and from what is to be signed",
    "club.banquet.seat": "from its banquet",
    "club.integrity.line": "from the check that found it",
    "club.take.on.account": "from the take-on that brought it in",
    "club.today": "from the menu that opens it by role",
}

# What of a document stays open once it is signed: settled later, or nobody's decision.
UNSIGNED = {
    "club.account.plan": {"result"},
    "club.activity": {
        *("user_id", "address_id", "description", "emergency_contact", "confirm_until"),
        *("no_costs", "summary", "photo_ids", "survey_id"),
    },
    "club.cooperation": {
        *("tender_weight_price", "tender_weight_quality"),
        *("tender_weight_service", "tender_weight_references"),
        *("contract_number", "contract_file", "contract_file_name"),
        "activity_link_ids",
    },
    "club.redemption": {
        *("points_to_return", "received_by", "received_on", "receipt_signature"),
    },
    "club.requalification": {"note"},
}
# Lines that come after their document was signed.
UNSIGNED_LINES = {
    "club.activity.briefing",
    "club.activity.expense",
    "club.activity.programme",
    "club.activity.share",
    "club.cooperation.bid",
    # What is signed is the file; these follow from it.
    "club.take.on.account",
    "club.take.on.fault",
}


@tagged("post_install", "-at_install")
class TestRegistrations(ClubCommon):
    """What a new document has to be entered in, besides working. Rules C3, E2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = {
            name: cls.env[name]
            for name, model in sorted(cls.env.registry.items())
            if name.startswith("club.") and not (model._abstract or model._transient)
        }

    def test_every_model_of_the_club_is_a_record_of_it(self):
        """Guarded, within its user's reach, and able to say what of it is whose."""
        record = self.env.registry["club.record.mixin"]
        kept = self.env["res.partner"]._get_club_models()
        others = {
            name
            for name in {*self.models, *(model._name for model in kept)}
            if not issubclass(self.env.registry[name], record)
        }
        self.assertEqual(others, set())

    # === Documents to sign === #

    def _get_type(self, name):
        """Return the type that a document has when it says nothing yet."""
        empty = self.env[name]
        return empty._get_approval_type() or empty.new({})._get_approval_type()

    def test_every_document_has_a_type_with_a_policy(self):
        """Rule A9: in the first company by data, in a further one as a copy."""
        policies = self.env["club.approval.policy"]
        codes = [code for code, _label in policies._get_document_types()]
        for company in (self.env.ref("base.main_company"), self.company):
            found = policies.search([("company_id", "=", company.id)])
            with self.subTest(company.name):
                self.assertEqual(
                    sorted(found.mapped("document_type")),
                    sorted(codes),
                    "each type has a policy in data/club_approval_policy_data.xml",
                )
                for policy in found:
                    self.assertTrue(policy.band_ids, policy.name)
        labels = {}
        for name in find_documents(self.env):
            self.assertIn(self._get_type(name), codes, name)
            for code, label in self.env[name]._get_approval_types().items():
                self.assertEqual(labels.setdefault(code, label), label, name)

    def test_what_has_an_amount_says_what_it_is_measured_in(self):
        """Without it bands are shown without a unit, and nothing adds up. Rule C3."""
        without = self.env.registry["club.approval.mixin"]._get_approval_amount
        measures = self.env["club.approval.policy"]._get_measures()
        for name in find_documents(self.env):
            has_amount = self.env.registry[name]._get_approval_amount is not without
            with self.subTest(name):
                self.assertEqual(has_amount, self._get_type(name) in measures)
        self.assertLessEqual(set(measures.values()), {MONEY, POINTS})

    def test_what_adds_up_says_for_which_purpose(self):
        """A policy that adds up does nothing without a document's key. PEERS 9."""
        without = self.env.registry["club.approval.mixin"]._get_approval_key
        keyed = {
            self._get_type(name)
            for name in find_documents(self.env)
            if self.env.registry[name]._get_approval_key is not without
        }
        policies = self.env["club.approval.policy"].search(
            [
                ("company_id", "=", self.env.ref("base.main_company").id),
                ("add_up", "=", True),
            ]
        )
        self.assertEqual(set(policies.mapped("document_type")), keyed)

    def test_every_document_says_what_follows_from_it(self):
        """Else the last signature fails, which nobody sees before it."""
        nothing = self.env.registry["club.approval.mixin"]._approval_execute
        for name in find_documents(self.env):
            execute = self.env.registry[name]._approval_execute
            self.assertIsNot(execute, nothing, name)

    def test_every_document_is_found_listed_and_talked_about(self):
        """It has a search, a list and a form of its own, and what is said beside it."""
        for name in find_documents(self.env):
            views = self.env["ir.ui.view"].search([("model", "=", name)])
            form = etree.fromstring(self.env[name].get_view(view_type="form")["arch"])
            with self.subTest(name):
                self.assertLessEqual(
                    {"search", "list", "form"}, {*views.mapped("type")}
                )
                self.assertIsNotNone(form.find(".//chatter"))
                self.assertTrue(form.findall(".//field[@name='approval_state']"))

    def test_what_is_guarded_is_a_field(self):
        """A name that no field has guards nothing. PEERS 1, 2."""
        for name in find_documents(self.env):
            document = self.env[name]
            with self.subTest(name):
                self.assertTrue(document._approval_guarded)
                self.assertLessEqual(
                    set(document._approval_guarded), set(document._fields)
                )
                for lines, columns in document._approval_lines.items():
                    line = self.env[document._fields[lines].comodel_name]
                    self.assertLessEqual(set(columns), set(line._fields), lines)

    def test_what_a_form_may_write_is_guarded(self):
        """Else it could be changed behind the signatures. PEERS 1, 2."""
        unsigned = {}
        for name in find_documents(self.env):
            document = self.env[name]
            guarded = {*document._approval_guarded, *document._approval_lines}
            free = {
                field.name
                for field in document._fields.values()
                if field.store and not field.readonly and field.type != "one2many"
                if document._is_club_field(field) and field.name not in guarded
            }
            if free:
                unsigned[name] = free
        self.assertEqual(unsigned, UNSIGNED, "guard it, or say that it stays open")

    def test_lines_of_documents_are_guarded(self):
        documents = set(find_documents(self.env))
        lines = {
            name
            for name, model in self.models.items()
            if model._club_parent
            and model._fields[model._club_parent].comodel_name in documents
        }
        self.assertEqual(
            lines - find_signed_lines(self.env),
            UNSIGNED_LINES,
            "name them in `_approval_lines` of their document",
        )

    def test_what_is_guarded_is_readonly_on_its_form(self):
        """By itself, once it is submitted: no form has to say so. PEERS 1, 2."""
        for name in find_documents(self.env):
            document = self.env[name]
            guarded = {*document._approval_guarded, *document._approval_lines}
            form = etree.fromstring(document.get_view(view_type="form")["arch"])
            for node in form.iterfind(".//field"):
                is_line = next(node.iterancestors("field"), None) is not None
                if node.get("name") in guarded and not is_line:
                    field = document._fields[node.get("name")]
                    self.assertTrue(field.readonly or node.get("readonly"), field)

    def test_documents_of_an_account_keep_it_from_being_archived(self):
        """Whoever has points, tiers or classes is archived by officers only. B6."""
        about = {
            name
            for name in {*find_documents(self.env), *find_signed_lines(self.env)}
            if getattr(self.env[name]._fields.get("account_id"), "store", False)
        }
        self.assertTrue(about)
        kept = {name for name, _field in self.env["res.partner"]._get_account_columns()}
        self.assertEqual(about - kept, set())

    # === Numbers === #

    def test_every_numbered_model_has_a_sequence_of_its_own(self):
        """Made by the upgrade that brings the model: it says its letters only."""
        prefixes = {
            name: model._club_sequence
            for name, model in self.models.items()
            if model._club_sequence
        }
        sequences = self.env["ir.sequence"].search([("code", "in", list(prefixes))])
        found = {sequence.code: sequence.prefix for sequence in sequences}
        self.assertEqual(
            found, {name: f"{prefix}/%(year)s/" for name, prefix in prefixes.items()}
        )
        self.assertEqual(len(sequences), len({*prefixes.values()}))
        for name in find_documents(self.env):
            if issubclass(
                self.env.registry[name], self.env.registry["club.document.mixin"]
            ):
                self.assertTrue(self.env[name]._club_sequence, name)

    def test_a_sequence_that_is_there_stays(self):
        sequence = self.env["ir.sequence"].search([("code", "=", "club.activity")])
        sequence.prefix = "EVENT-"
        other = self.env["ir.sequence"].search([("code", "=", "club.visit")])
        other.unlink()
        self.env["club.record.mixin"]._ensure_sequences()
        self.assertEqual(sequence.prefix, "EVENT-")
        anew = self.env["ir.sequence"].search([("code", "=", "club.visit")])
        self.assertEqual(anew.prefix, "VIS/%(year)s/")
        self.assertEqual(
            anew.get_external_id()[anew.id], "crm_club.club_visit_sequence"
        )

    # === Menus === #

    def test_every_model_with_screens_has_a_menu(self):
        root = self.env.ref("crm_club.club_root_menu")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        windows = "ir.actions.act_window"
        reached = {
            menu.action.res_model
            for menu in menus
            if menu.action and menu.action._name == windows
        }
        kinds = ("list", "form", "kanban", "calendar", "pivot", "graph")
        views = self.env["ir.ui.view"].search(
            [("model", "in", list(self.models)), ("type", "in", kinds)]
        )
        actions = self.env[windows].search([("res_model", "in", list(self.models))])
        shown = {*views.mapped("model"), *actions.mapped("res_model")}
        self.assertEqual(
            shown - reached,
            set(WITHOUT_MENU),
            "give it a menu, beside its action or in views/club_menus.xml, or say here "
            "how it is reached",
        )

    # === Papers === #

    def test_every_paper_is_given_what_its_template_walks(self):
        """Rule E3: by the one base, or Odoo's `docs`, read as whoever prints."""
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "crm_club.%")]
        )
        papers = self.env.registry.descendants(["club.report.mixin"], "_inherit")
        papers.discard("club.report.mixin")
        found = {f"report.{report.report_name}": report for report in reports}
        self.assertLessEqual(set(papers), set(found))
        for name, report in found.items():
            with self.subTest(report.report_name):
                walked = "docs"  # what Odoo gives a template that has no model
                if name in papers:
                    walked = self.env[name]._papers
                    self.assertEqual(self.env[name]._source, report.model)
                template = self.env.ref(report.report_name).arch_db
                self.assertIn(f't-foreach="{walked}"', template)

    def test_every_spreadsheet_has_an_address_of_its_own(self):
        """Rule E4. What is built of it is proven in test_hostile_exports."""
        names = self.env.registry.descendants(["club.xlsx"], "_inherit")
        names.discard("club.xlsx")
        builders = self.env["club.xlsx"]._get_builders()
        self.assertEqual(sorted(builders.values()), sorted(names))
        for kind, name in builders.items():
            self.assertRegex(kind, "^[a-z_]+$", name)

    # === Persons === #

    def test_the_anonymiser_knows_every_document_about_a_person(self):
        """What is said on it may name him, who may have asked to be forgotten."""
        about = {
            name
            for name, model in self.models.items()
            if "message_ids" in model._fields
            and any(
                field.comodel_name == "res.partner" and field.store
                for field in model._fields.values()
                if field.type in ("many2one", "many2many") and not field.related
            )
        }
        silent = {
            name
            for name in about
            if Domain(self.env[name]._domain_of_person([1], 1)).is_false()
        }
        self.assertEqual(silent, set(), "say in `_club_about` whom it is about")

    def test_what_a_model_says_of_persons_is_there(self):
        for name, model in self.models.items():
            links = {model._club_about, model._club_keeps, *model._club_copies}
            columns = {*model._club_texts, *chain(*model._club_copies.values())}
            domain = Domain(model._domain_of_person([1], 1))
            with self.subTest(name):
                for link in links - {""}:
                    self.assertEqual(model._fields[link].comodel_name, "res.partner")
                self.assertTrue(all(model._fields[column].store for column in columns))
                self.assertTrue(model._club_about or not model._club_is_his)
                self.assertFalse(model._club_texts and domain.is_false())
