from typing import NamedTuple

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..record.copies import copy_each
from ..record.groups import SIGNER
from ..record.names import join, join_clauses
from ..record.rpc import for_records
from .holders import forget_holders, get_kept

BODY, UNIT = "body", "unit"
KEY_ACCOUNTS = "key_accounts"


class Holder(NamedTuple):
    """Who may sign, and for whose seat: his own or the one that he substitutes."""

    user_id: int
    seat_user_id: int
    office: str
    position: str = ""


class ClubBody(models.Model):
    """A body that signs: whoever holds a seat in it on the day. Rule E1.

    Who signs is asked for by key: ``("body", id)`` or, for whoever leads a unit and
    his deputies, ``("unit", id)``.
    """

    _name = "club.body"
    _description = "Body"
    _inherit = ["mail.thread", "club.record.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="Unique in the company.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    unit_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The unit that the body is tied to, such as the key-account centre of the "
        "key-account department. Empty: a body of the whole club.",
    )
    is_unit_head = fields.Boolean(
        "Signs for Its Unit",
        copy=False,
        tracking=True,
        help="Its seats are the deputies of the unit's leader: any of them confirms "
        "what the unit applies for, and the unit's seal is this body's.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    seal_image = fields.Image(
        "Official Seal",
        max_width=1024,
        max_height=1024,
        copy=False,
        help="Printed where it signs.",
    )
    note = fields.Text(translate=True)
    seat_ids = fields.One2many("club.body.seat", "body_id", "Seats")

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "The company has a body with this code already."
    )
    _unit_required = models.Constraint(
        "CHECK(NOT is_unit_head OR unit_id IS NOT NULL)",
        "A body that signs for its unit needs a unit.",
    )
    _unit_head_uniq = models.UniqueIndex(
        "(unit_id) WHERE is_unit_head AND active",
        "Another body signs for this unit already.",
    )

    # === Who may sign today, for people to see. Rule E1 === #
    holder_ids = fields.Many2many(
        "res.users", string="Signatories Today", compute="_compute_holders"
    )
    holder_names = fields.Char(
        "Who May Sign Today",
        compute="_compute_holders",
        help="Seats and substitutes in force; of a unit also its leader.",
    )
    is_vacant = fields.Boolean(
        "Nobody Seated",
        compute="_compute_holders",
        search="_search_is_vacant",
        help="Nobody may sign for the body today.",
    )
    is_mine = fields.Boolean(
        "I Sign Here",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="I may sign for the body today, or stand in for somebody who may.",
    )

    # === CRUD === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "company_id" in vals:
            moved = self.filtered(lambda body: body.company_id.id != vals["company_id"])
            if moved:
                raise ValidationError(
                    self.env._(
                        "%(body)s belongs to %(company)s: make a body of its own for "
                        "another company.",
                        body=moved[0].name,
                        company=moved[0].company_id.name,
                    )
                )

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "seal_image" in vals:
            given = self.env._("The picture of the seal was replaced.")
            removed = self.env._("The picture of the seal was removed.")
            text = given if vals["seal_image"] else removed
            self._message_log_batch(bodies=dict.fromkeys(self.ids, text))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for body in self:
            if body.seat_ids:
                raise UserError(
                    self.env._(
                        "%s has seats, which are part of its history: archive it "
                        "instead of deleting it.",
                        body.name,
                    )
                )

    def modified(self, fnames, create=False, before=False):
        forget_holders(self.env)
        return super().modified(fnames, create=create, before=before)

    @for_records
    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "code" not in (default or {}):
            for values in vals_list:
                values["code"] = self.env._("%s (copy)", values["code"])
        return vals_list

    # === Who signs === #

    @api.model
    def _get_holders(self, day, bodies, units):
        """Return who may sign for bodies and units on a day.

        Seats that sign and their substitutes in force; of a unit also its leader.
        Archived users don't count, archived bodies do (not as deputies of a unit): what
        waits for one is still to be signed.

        :param day: a date
        :param bodies: `club.body` records
        :param units: `crm.team` records
        :return: {("body", id) or ("unit", id): [Holder]}, all keys that were asked for
        """
        holders = {(BODY, key_id): {} for key_id in bodies.ids}
        holders |= {(UNIT, key_id): {} for key_id in units.ids}
        if not holders:
            return {}
        condition = SQL(
            "key.kind = %s AND key.id = ANY(%s) OR key.kind = %s AND key.id = ANY(%s)",
            *(BODY, bodies.ids, UNIT, units.ids),
        )
        for kind, key_id, *person in self._fetch_holders(day, condition):
            holder = Holder(*person)
            # The leader's own seat names his office: it comes after him.
            found = holders[kind, key_id]
            found[holder.user_id, holder.seat_user_id] = holder
        return {key: list(found.values()) for key, found in holders.items()}

    @api.model
    def _get_holders_of(self, company, keys):
        """Return who may sign for keys of bodies and units today, where the company is.

        :return: as `_get_holders`
        """
        bodies = self.browse([key_id for kind, key_id in keys if kind == BODY])
        units = self.env["crm.team"].browse([i for kind, i in keys if kind == UNIT])
        return self._get_holders(company._club_today(), bodies, units)

    @api.model
    def _get_acting(self, holders):
        """Return the ids of the users to ask: a seat's substitutes, else its holder.

        :param holders: the list of one key of `_get_holders`
        """
        seats = {}
        for holder in holders:
            seats.setdefault(holder.seat_user_id, []).append(holder.user_id)
        acting = []
        for seat_user_id, user_ids in seats.items():
            substitutes = [user_id for user_id in user_ids if user_id != seat_user_id]
            acting += substitutes or user_ids
        return list(dict.fromkeys(acting))

    @api.model
    def _get_acting_names(self, holders):
        """Return the names of those who are asked, for the record."""
        acting = self.env["res.users"].browse(self._get_acting(holders))
        # Whoever asks is read along: he signs the message that tells of it.
        together = acting.with_prefetch((*acting.ids, self.env.uid))
        return join(self.env, together.mapped("name"))

    @api.model
    def _get_holdings(self, user, day):
        """Return what a user may sign for on a day: [(key, id of the seat's user)]."""
        rows = self._fetch_holders(day, SQL("person.user_id = %s", user.id))
        found = [
            ((kind, key_id), seat_user) for kind, key_id, _user, seat_user, *_ in rows
        ]
        return list(dict.fromkeys(found))

    @api.model
    def _fetch_holders(self, day, condition):
        """Return rows, in order: kind and id of the key, user, seat's user, office,
        position.
        """
        kept = get_kept(self.env)
        asked = (day, repr(condition))
        if asked not in kept:
            kept[asked] = self._query_holders(day, condition)
        return kept[asked]

    @api.model
    def _query_holders(self, day, condition):
        for model in ("club.body", "club.body.seat", "club.body.substitute"):
            self.env[model].flush_model()
        self.env["crm.team"].flush_model(["user_id"])
        self.env["res.users"].flush_model(["active"])
        return self.env.execute_query(
            SQL(
                """
                WITH signing AS (
                    SELECT key.kind, key.id, person.user_id,
                           seat.user_id AS seat_user_id, seat.office, seat.position,
                           1 AS rank, seat.sequence, seat.id AS seat_id, person.number
                      FROM club_body_seat seat
                      JOIN club_body body ON body.id = seat.body_id
                CROSS JOIN LATERAL (
                           SELECT 'body' AS kind, body.id
                            UNION ALL
                           SELECT 'unit', body.unit_id
                            WHERE body.is_unit_head AND body.active
                           ) key
                CROSS JOIN LATERAL (
                           SELECT seat.user_id, 0 AS number
                            UNION ALL
                           SELECT substitute.user_id, substitute.id
                             FROM club_body_substitute substitute
                            WHERE substitute.seat_id = seat.id
                              AND %(day)s BETWEEN substitute.date_from
                                              AND substitute.date_to
                           ) person
                     WHERE seat.signs
                       AND seat.date_from <= %(day)s
                       AND (seat.date_to IS NULL OR seat.date_to >= %(day)s)
                       AND (%(condition)s)
                     UNION ALL
                    SELECT key.kind, key.id, person.user_id, person.user_id, '', '',
                           0, 0, 0, 0
                      FROM crm_team team
                CROSS JOIN LATERAL (SELECT 'unit' AS kind, team.id) key
                CROSS JOIN LATERAL (SELECT team.user_id) person
                     WHERE person.user_id IS NOT NULL
                       AND (%(condition)s)
                )
                SELECT signing.kind, signing.id, signing.user_id,
                       signing.seat_user_id, signing.office, signing.position
                  FROM signing
                  JOIN res_users ON res_users.id = signing.user_id AND res_users.active
              ORDER BY signing.kind, signing.id, signing.rank, signing.sequence,
                       signing.seat_id, signing.number
                """,
                day=day,
                condition=condition,
            )
        )

    # === Helpers === #

    @api.model
    def _tie_to_units(self, company):
        """Tie the company's key-account department to its key-account centre.

        Only where it is tied to none, and where one unit, and no more, is that centre.
        Rule E1.
        """
        centres = self.env["crm.team"].search(
            [("club_level", "=", "centre"), ("company_id", "=", company.id)], limit=2
        )
        body = self.search(
            [
                *(("code", "=", KEY_ACCOUNTS), ("company_id", "=", company.id)),
                ("unit_id", "=", False),
            ]
        )
        if body and len(centres) == 1:
            body.unit_id = centres

    @api.model
    def _make_signatories(self, users):
        """Let internal users see what they sign: give them the group, if need be."""
        group = self.env.ref(SIGNER)
        # sudo: who staffs a body or a unit needn't administer users
        users_sudo = users.sudo().filtered(
            lambda user: not user.share and group not in user.group_ids
        )
        users_sudo.write({"group_ids": [Command.link(group.id)]})

    @api.model
    def _copy_to(self, source, target):
        """Copy a company's bodies to another one, without seats, seals and units.

        :return: the ids of the other company's bodies by those of the first one
        """
        all_bodies = self.with_context(active_test=False)
        known = {
            body.code: body.id
            for body in all_bodies.search([("company_id", "=", target.id)])
        }
        bodies = all_bodies.search([("company_id", "=", source.id)])
        bodies = bodies.filtered(lambda body: not body.is_unit_head)
        missing = bodies.filtered(lambda body: body.code not in known)
        copies = copy_each(
            missing.with_company(target),
            [
                {"company_id": target.id, "code": body.code, "unit_id": False}
                for body in missing
            ],
        )
        known |= {body.code: body.id for body in copies}
        return {body.id: known[body.code] for body in bodies}

    # === Who may sign today, for people to see. Rule E1 === #

    @api.depends(
        "active",
        "is_unit_head",
        "unit_id.user_id",
        "seat_ids.date_from",
        "seat_ids.date_to",
        "seat_ids.office",
        "seat_ids.position",
        "seat_ids.signs",
        "seat_ids.user_id.active",
        "seat_ids.substitute_ids.date_from",
        "seat_ids.substitute_ids.date_to",
        "seat_ids.substitute_ids.user_id.active",
    )
    @api.depends_context("lang")
    def _compute_holders(self):
        # In an unsaved form as it is in the database: seats count once saved.
        holders = self._origin._get_holders_today()
        users = self.env["res.users"]
        user_ids = {
            user_id
            for found in holders.values()
            for holder in found
            for user_id in (holder.user_id, holder.seat_user_id)
        }
        # sudo: names of colleagues, perhaps of another company
        names = {user.id: user.name for user in users.sudo().browse(user_ids)}
        for body in self:
            found = holders.get(body._origin, [])
            body.holder_ids = users.browse(
                dict.fromkeys(holder.user_id for holder in found)
            )
            body.holder_names = join_clauses(
                self.env, [body._get_holder_text(holder, names) for holder in found]
            )
            body.is_vacant = not found

    def _search_is_vacant(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the search adds the user's own rules
        bodies_sudo = self.sudo().with_context(active_test=False)
        bodies = bodies_sudo.search([("company_id", "in", self.env.companies.ids)])
        holders = bodies._get_holders_today()
        return [("id", "in", [body.id for body in bodies if not holders[body]])]

    @api.depends_context("uid")
    def _compute_is_mine(self):
        domain = Domain("is_mine", "=", True) & Domain("id", "in", self.ids)
        mine = self.with_context(active_test=False).search(domain)
        for body in self:
            body.is_mine = body._origin in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        keys = [
            key
            for key, _seat_user_id in self._get_holdings(
                self.env.user, self.env["club.program"]._today()
            )
        ]
        bodies = [key_id for kind, key_id in keys if kind == BODY]
        units = [key_id for kind, key_id in keys if kind == UNIT]
        return Domain("id", "in", bodies) | (
            Domain("is_unit_head", "=", True) & Domain("unit_id", "in", units)
        )

    def _get_holders_today(self):
        """Return who may sign for each body today, where its company is."""
        holders = {}
        for company, bodies in self.grouped("company_id").items():
            today = company._club_today()
            heads = bodies.filtered(lambda body: body.is_unit_head and body.active)
            found = self._get_holders(today, bodies - heads, heads.unit_id)
            for body in bodies:
                key = (UNIT, body.unit_id.id) if body in heads else (BODY, body.id)
                holders[body] = found[key]
        return holders

    def _get_holder_text(self, holder, names):
        """Return a holder in words; ``names`` by the ids of users."""
        values = {
            "name": names[holder.user_id],
            "holder": names[holder.seat_user_id],
            "office": self.env["club.body.seat"]._get_office_text(
                holder.office, holder.position
            )
            or self.env._("unit leader"),
        }
        if holder.user_id == holder.seat_user_id:
            return self.env._("%(name)s (%(office)s)", **values)
        return self.env._("%(name)s for %(holder)s (%(office)s)", **values)
