from collections.abc import Sequence
from typing import NamedTuple

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, ormcache
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyTranslate

from ...kernel import approval_bands
from ..record.copies import copy_each
from ..record.lock import LOCK
from .club_body import BODY, UNIT
from .measures import MEASURES

_lt = LazyTranslate(__name__)

EACH, OTHER = "each", "other"
# What a request copies of its policy, or is made by.
COPIED = (
    *("name", "document_type", "company_id", "add_up", "window_days", "double_seat"),
    *("fallback_body_id", "remind_days", "escalate_days", "escalate_body_id"),
)


class Stage(NamedTuple):
    """Who signs side by side: the units, mostly one, and bodies in their order."""

    with_unit: bool
    body_ids: Sequence[int]

    def get_keys(self, unit_ids):
        """Return the keys of who signs, see `club.body`; no unit stands as False."""
        units = (unit_ids or (False,)) if self.with_unit else ()
        keys = [(UNIT, unit_id) for unit_id in units]
        return keys + [(BODY, body_id) for body_id in self.body_ids]


class ClubApprovalPolicy(models.Model):
    """Who signs a type of document in a company, by amount. Rules C2, C3, C6, E1.

    Requests keep a copy of what applied when they were submitted: editing a policy
    concerns later submissions only.
    """

    _name = "club.approval.policy"
    _description = "Approval Policy"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "sequence, id"
    _club_zeros = {"remind_days": _lt("Never"), "escalate_days": _lt("Never")}

    name = fields.Char(required=True, translate=True, tracking=True)
    document_type = fields.Selection(
        "_get_document_types", required=True, tracking=True
    )
    measure = fields.Selection(
        MEASURES,
        "Amounts In",
        compute="_compute_measure",
        help="Empty: documents of this type have no amount.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    band_ids = fields.One2many("club.approval.band", "policy_id", "Bands", copy=True)
    add_up = fields.Boolean(
        "Add Up Amounts",
        tracking=True,
        help="Amounts of the same unit and purpose within the window count together, "
        "so that splitting doesn't lower the band.",
    )
    window_days = fields.Integer(
        "Window (Days)",
        default=30,
        tracking=True,
        help="How far back amounts of the same unit and purpose are added up.",
    )
    double_seat = fields.Selection(
        [
            (EACH, "Is asked once for each body"),
            (OTHER, "Lets another seat or the substitute sign, where there is one"),
        ],
        "Who Sits in Two Bodies",
        required=True,
        default=EACH,
        tracking=True,
    )
    fallback_body_id = fields.Many2one(
        "club.body",
        "In the Applicant's Place",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Signs where only the applicant himself could and no other stage follows.",
    )
    remind_days = fields.Integer(
        "Remind After (Days)",
        default=3,
        tracking=True,
        help="Those whose turn it is are reminded every so many days (assumed). "
        "0: never.",
    )
    escalate_days = fields.Integer(
        "Escalate After (Days)",
        default=7,
        tracking=True,
        help="The body below learns that a signature has waited so long (assumed). "
        "0: never.",
    )
    escalate_body_id = fields.Many2one(
        "club.body",
        "Escalate To",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty: the club officers.",
    )

    _type_uniq = models.UniqueIndex(
        "(company_id, document_type) WHERE active",
        "This type of document has a policy already: edit that one.",
    )
    _days = models.Constraint(
        "CHECK(window_days > 0 AND remind_days >= 0 AND escalate_days >= 0)",
        "The window is a day at least; days until a reminder can't be negative.",
    )

    @api.depends("document_type")
    def _compute_measure(self):
        measures = self._get_measures()
        for policy in self:
            policy.measure = measures.get(policy.document_type, False)

    @api.constrains("band_ids", "document_type")
    def _check_band_ids(self):
        """Refuse gaps and overlaps when the policy is saved. Rule C3."""
        for policy in self:
            fault = approval_bands.find_fault(
                [band._get_band() for band in policy.band_ids]
            )
            if fault:
                raise ValidationError(policy._get_fault_text(fault))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        policies = super(ClubApprovalPolicy, self._saving_bands()).create(vals_list)
        policies._check_band_ids()
        return policies.with_env(self.env)

    def write(self, vals):
        return super(ClubApprovalPolicy, self._saving_bands()).write(vals)

    def _saving_bands(self):
        """Let bands be written one by one: the policy checks them as a whole."""
        return self.with_context(club_policy_saved=LOCK)

    def _get_fault_text(self, fault):
        values = {
            "policy": self.name,
            "amount": formatLang(self.env, float(fault.at), digits=2),
        }
        texts = {
            approval_bands.NO_BAND: self.env._(
                "%(policy)s has no band: add one from 0 without limit, at least.",
                **values,
            ),
            approval_bands.START: self.env._(
                "%(policy)s begins above %(amount)s: its first band starts at 0.",
                **values,
            ),
            approval_bands.ORDER: self.env._(
                "%(policy)s has a band above %(amount)s that ends no higher than it "
                "begins.",
                **values,
            ),
            approval_bands.GAP: self.env._(
                "%(policy)s says nothing of amounts above %(amount)s: begin the next "
                "band there.",
                **values,
            ),
            approval_bands.OVERLAP: self.env._(
                "Two bands of %(policy)s overlap above %(amount)s: end the lower one "
                "there.",
                **values,
            ),
            approval_bands.END: self.env._(
                "%(policy)s says nothing of amounts above %(amount)s: leave the upper "
                "bound of the last band empty.",
                **values,
            ),
        }
        return texts[fault.code]

    # === Reading === #

    @api.model
    @ormcache("self.env.lang")
    def _get_document_types(self):
        """Return the types that there are policies for, as their documents call them.

        :return: ``((code, label), …)`` in the reader's language
        """
        types = {}
        for name, model in self.env.registry.items():
            if hasattr(model, "_get_approval_types") and not model._abstract:
                types |= self.env[name]._get_approval_types()
        return tuple(types.items())

    @api.model
    @ormcache()
    def _get_measures(self):
        """Return what bands of a type go by, as its documents say.

        :return: ``{document type: measure}``; the others have no amount and one band
        """
        return {
            self.env[name]._get_approval_type(): model._approval_measure
            for name, model in self.env.registry.items()
            if getattr(model, "_approval_measure", None) and not model._abstract
        }

    @api.model
    def _find_for(self, document_type, company):
        """Return the policy of a type in a company, none where it has none."""
        # Whatever the client's context says of archived ones.
        policies_sudo = self.sudo().with_context(active_test=True)
        return policies_sudo.search_fetch(
            [("document_type", "=", document_type), ("company_id", "=", company.id)],
            COPIED,
            limit=1,
        )

    @api.model
    def _get_for(self, document_type, company):
        """Return the policy of a type in a company.

        :raises UserError: when there is none
        """
        policy = self._find_for(document_type, company)
        if not policy:
            labels = dict(
                self._fields["document_type"]._description_selection(self.env)
            )
            raise UserError(
                self.env._(
                    "%(company)s has no approval policy for “%(type)s”: an "
                    "administrator of the club makes one first.",
                    company=company.name,
                    type=labels[document_type],
                )
            )
        return policy

    def _get_stages(self):
        """Return the stages of each band, lowest first, read with one query.

        :return: ``{Band: [Stage]}``
        """
        self.ensure_one()
        for model in ("club.approval.band", "club.approval.stage", "club.body"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT band.amount_above, band.amount_to, stage.with_unit,
                       array_agg(body.id ORDER BY body.sequence, body.id)
                           FILTER (WHERE body.active)
                  FROM club_approval_band band
                  JOIN club_approval_stage stage ON stage.band_id = band.id
             LEFT JOIN club_approval_stage_club_body_rel named
                    ON named.club_approval_stage_id = stage.id
             LEFT JOIN club_body body ON body.id = named.club_body_id
                 WHERE band.policy_id = %s
              GROUP BY band.id, stage.id
              ORDER BY band.amount_above, band.id, stage.sequence, stage.id
                """,
                self.id,
            )
        )
        stages = {}
        for above, up_to, with_unit, body_ids in rows:
            band = approval_bands.read_band(above, up_to)
            stages.setdefault(band, []).append(Stage(with_unit, body_ids or ()))
        return stages

    # === Defaults of a further company === #

    @api.model
    def _ensure_defaults(self, companies):
        """Give companies the bodies and policies of another one for the types of
        documents that they have none for.

        Rule A9: each company then edits its own. Seats are not copied.
        """
        # sudo: the model's policies and bodies may be another company's
        taken = self.sudo().with_context(active_test=False)
        model = taken.search([], order="id", limit=1).company_id
        for company in companies:
            own = taken.search([("company_id", "=", company.id)])
            missing = taken.search(
                [
                    ("company_id", "=", model.id),
                    ("active", "=", True),
                    ("document_type", "not in", own.mapped("document_type")),
                ]
            )
            if not missing:
                continue
            bodies = self.env["club.body"].sudo()._copy_to(model, company)
            missing._copy_to(company, bodies)

    def _copy_to(self, company, bodies):
        """Copy policies to a company; ``bodies`` maps ids of bodies to its own."""
        return copy_each(
            self.with_company(company),
            [
                {
                    "company_id": company.id,
                    "fallback_body_id": bodies.get(policy.fallback_body_id.id, False),
                    "escalate_body_id": bodies.get(policy.escalate_body_id.id, False),
                    "band_ids": [
                        Command.create(band._prepare_copy(bodies))
                        for band in policy.band_ids
                    ],
                }
                for policy in self
            ],
        )
