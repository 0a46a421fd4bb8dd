from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...kernel.written import get_written
from ..approval.states import DONE
from ..program.club_membership_tier_mixin import MEMBERSHIP_TIERS
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import opened
from ..record.number import number
from ..record.rpc import for_one

ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)


class ClubTariff(models.Model):
    """A discount for a tier's members, by category and volume. Rule D18.

    Once it is signed it is a line of the tier's price list, which nothing but tariffs
    writes and which accounts of the tier follow. It never changes after that: it ends
    early, or another one comes after it.
    """

    _name = "club.tariff"
    _description = "Tariff"
    _inherit = [
        *("club.approval.mixin", "club.record.mixin", "club.membership.tier.mixin")
    ]
    _order = "date_from desc, id desc"
    _club_zeros = {"volume_from": ""}
    _club_sequence = "TAR"

    _approval_type = "tariff"
    _approval_guarded = (
        *("program_id", "tier_id", "category_id", "volume_from", "discount"),
        *("date_from", "date_to", "reason"),
    )

    name = number()
    program_id = fields.Many2one(
        "club.program",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["club.program"]._get_main(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    tier_id = fields.Many2one(
        "club.tier",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[*MEMBERSHIP_TIERS],
        help="Whose members it is for. Their price list is the tier's from then on, "
        "unless somebody chose another one for an account.",
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        index="btree_not_null",
        ondelete="restrict",
        help="With those below it. Empty: all products that no tariff of the tier for "
        "their category has.",
    )
    volume_from = fields.Float(
        "From Volume",
        digits=(16, 2),
        aggregator=None,
        help="The quantity of an order line from which it is given, bound included. "
        "The tariff with the highest volume that is reached counts.",
    )
    discount = fields.Float(
        "Discount (%)", digits=(5, 2), required=True, aggregator=None
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._club_today()
    )
    date_to = fields.Date("To", help="The last day. Empty: until it is ended.")
    reason = fields.Char(required=True, help="Why it is given; who signs reads it.")

    # === In force, ended === #
    last_day = fields.Date(
        "In Force Until",
        readonly=True,
        copy=False,
        help="As it was signed, or earlier where it was ended.",
    )
    ended_on = fields.Date(readonly=True, copy=False)
    ended_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    end_reason = fields.Char("Reason of the End", readonly=True, copy=False)
    is_in_force = fields.Boolean(
        "In Force Today",
        compute="_compute_is_in_force",
        search="_search_is_in_force",
        help="Signed, begun, and not over.",
    )
    can_end = fields.Boolean(compute="_compute_can_end")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price List",
        compute="_compute_pricelist_id",
        help="The tier's, which signed tariffs write.",
    )

    # The upper bounds also refuse NaN, which PostgreSQL puts above all numbers.
    _discount = models.Constraint(
        "CHECK(discount > 0 AND discount <= 100)",
        "A tariff's discount is more than 0 and at most 100 per cent.",
    )
    _volume = models.Constraint(
        "CHECK(coalesce(volume_from, 0) >= 0 AND coalesce(volume_from, 0) < 1e12)",
        "A volume can't be negative.",
    )
    _dates = models.Constraint(
        "CHECK(date_to >= date_from)", "A tariff's last day can't be before its first."
    )
    # int4range(id, id, '[]') lets GiST compare plain integers without an extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        " int4range(tier_id, tier_id, '[]') WITH =,"
        " int4range(coalesce(category_id, 0), coalesce(category_id, 0), '[]') WITH =,"
        " numrange(coalesce(volume_from, 0), coalesce(volume_from, 0), '[]') WITH =,"
        " daterange(date_from, last_day, '[]') WITH &&)"
        " WHERE (approval_state = 'done'"
        "        AND (last_day IS NULL OR last_day >= date_from))",
        "Two tariffs of one tier, category and volume would be in force on the same "
        "day: another one was signed at the same moment. Reload the page.",
    )

    # === Computes === #

    @api.depends("approval_state", "date_from", "last_day")
    def _compute_is_in_force(self):
        for tariff in self:
            today = (tariff.company_id or self.env.company)._club_today()
            tariff.is_in_force = bool(
                tariff.approval_state == DONE
                and tariff.date_from <= today
                and (not tariff.last_day or tariff.last_day >= today)
            )

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._domain_in_force(self.env.company._club_today())

    @api.model
    def _domain_in_force(self, first, last=None):
        """Return the domain of the tariffs that are in force on any of these days.

        :param last: the last of the days, none for all that come; the first one alone
            when left out
        """
        domain = Domain("approval_state", "=", DONE)
        domain &= Domain("last_day", "=", False) | Domain("last_day", ">=", first)
        if last is not False:
            domain &= Domain("date_from", "<=", last or first)
        return domain

    @api.depends("approval_state", "last_day", "date_from")
    @api.depends_context("uid")
    def _compute_can_end(self):
        is_officer = self.env.su or self.env.user.has_group(OFFICER)
        for tariff in self:
            today = (tariff.company_id or self.env.company)._club_today()
            # One that was ended before it began is over, too.
            tariff.can_end = bool(
                is_officer
                and tariff.approval_state == DONE
                and (
                    not tariff.last_day
                    or tariff.last_day >= max(today, tariff.date_from)
                )
            )

    @api.depends("tier_id", "approval_state")
    def _compute_pricelist_id(self):
        found = self.env["product.pricelist"]._get_club_lists(self.tier_id._origin)
        for tariff in self:
            tariff.pricelist_id = found.get(tariff.tier_id._origin)

    @api.constrains("tier_id", "program_id")
    def _check_tier(self):
        for tariff in self:
            if tariff.tier_id.program_id != tariff.program_id:
                raise ValidationError(
                    self.env._(
                        "%(tier)s isn't a tier of %(program)s: choose one of its "
                        "membership tiers.",
                        tier=tariff.tier_id.name,
                        program=tariff.program_id.name,
                    )
                )

    # === Approval === #

    def _get_approval_subject(self):
        """Say in a line whom it gives how much off what, and when."""
        # sudo: who signs needn't read tiers and categories
        tariff_sudo = self.sudo()
        values = {
            "tier": tariff_sudo.tier_id.name,
            "category": tariff_sudo.category_id.display_name
            or self.env._("all products"),
            "volume": formatLang(self.env, self.volume_from, digits=2),
            "discount": formatLang(self.env, self.discount, digits=2),
            "start": format_date(self.env, self.date_from),
            "end": format_date(self.env, self.date_to) or self.env._("its end"),
        }
        if self.volume_from:
            return self.env._(
                "%(tier)s: %(discount)s %% off %(category)s from %(volume)s on, "
                "%(start)s to %(end)s",
                **values,
            )
        return self.env._(
            "%(tier)s: %(discount)s %% off %(category)s, %(start)s to %(end)s", **values
        )

    def _check_can_submit(self):
        """Refuse what says too little, is over, or overlaps what is in force."""
        super()._check_can_submit()
        self.ensure_one()
        if not get_written(self.reason):
            raise UserError(
                self.env._("Say why %s is given: who signs reads it.", self.name)
            )
        # sudo: the program's rules, whoever may read it
        program_sudo = self.program_id.sudo()
        main_sudo = program_sudo._get_main(self.company_id)
        if program_sudo != main_sudo:
            raise UserError(
                self.env._(
                    "Accounts follow the tiers of %(main)s: a tariff is of that "
                    "program, and %(tariff)s is of %(program)s.",
                    main=main_sudo.name,
                    tariff=self.name,
                    program=program_sudo.name,
                )
            )
        if self.date_to and self.date_to < self.company_id._club_today():
            raise UserError(
                self.env._(
                    "%(tariff)s would be over since %(day)s: enter a later day.",
                    tariff=self.name,
                    day=format_date(self.env, self.date_to),
                )
            )
        self._check_overlap()

    def _check_overlap(self):
        """Refuse a second tariff of a tier, category and volume on the same day."""
        # sudo: what is in force stands against it, whoever may read that
        domain = self._domain_in_force(self.date_from, self.date_to)
        against_sudo = self.sudo().search(
            domain
            & Domain(
                [
                    ("id", "!=", self.id),
                    ("tier_id", "=", self.tier_id.id),
                    ("category_id", "=", self.category_id.id),
                    ("volume_from", "=", self.volume_from),
                ]
            )
        )
        # One that was ended before it began was never in force.
        for other in against_sudo:
            if other.last_day and other.last_day < other.date_from:
                continue
            raise UserError(
                self.env._(
                    "%(tariff)s and %(other)s, in force from %(start)s to %(end)s, are "
                    "for the same tier, category and volume: end that one before "
                    "%(day)s, or let this one begin after it.",
                    tariff=self.name,
                    other=other.name,
                    start=format_date(self.env, other.date_from),
                    end=format_date(self.env, other.last_day) or self.env._("its end"),
                    day=format_date(self.env, self.date_from),
                )
            )

    def _approval_execute(self, request):
        """Write the tariff into its tier's price list. Rule D18."""
        self.ensure_one()
        # Two that are signed at once meet here; the second one starts anew, and finds
        # the first one's list and line.
        hold(self.program_id)
        self._write_guarded({"last_day": self.date_to})
        # sudo: who signs last need not write price lists
        pricelists_sudo = self.env["product.pricelist"].sudo()
        pricelists_sudo._switch_on_for_club()
        pricelist_sudo = pricelists_sudo._get_or_create_club_list(self.sudo().tier_id)
        items_sudo = self.env["product.pricelist.item"].sudo()
        items_sudo._create_guarded([self._prepare_item(pricelist_sudo)])
        # It is in force once its state says so, which comes last.
        self.program_id.sudo()._follow_tariffs(begun=self)

    def _prepare_item(self, pricelist):
        on_category = {
            "applied_on": "2_product_category",
            "display_applied_on": "2_product_category",
            "categ_id": self.category_id.id,
        }
        return {
            "pricelist_id": pricelist.id,
            "club_tariff_id": self.id,
            **(on_category if self.category_id else {"applied_on": "3_global"}),
            "compute_price": "percentage",
            "percent_price": self.discount,
            "min_quantity": self.volume_from,
            "date_start": self._get_moment(self.date_from, time.min),
            "date_end": self.last_day and self._get_moment(self.last_day, LAST_SECOND),
        }

    def _get_moment(self, day, clock):
        """Return the moment (naive, in UTC) of a time of a day where the club is."""
        return self.company_id._club_utc(datetime.combine(day, clock))

    # === Ending === #

    @for_one
    def action_end(self):
        """Open the dialog in which an officer says when and why it ends."""
        self._check_can_end()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the Tariff"),
            "res_model": "club.tariff.end",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_tariff_id": self.id},
        }

    def _check_can_end(self):
        """
        :raises AccessError: to all but officers
        :raises UserError: when it isn't signed, or is over
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(self.env._("%s is ended by a club officer.", self.name))
        if not self.can_end:
            raise UserError(
                self.env._(
                    "%s isn't in force and won't be: there is nothing to end.",
                    self.name,
                )
            )

    def _end(self, last_day, reason):
        """Let the tariff end earlier than it was signed. Rule D18.

        :param last_day: on which it is still given, today at the earliest; one before
            its first day takes back what hasn't begun
        :raises UserError: for another day, or without a reason
        """
        self.ensure_one()
        hold(self)
        self._check_can_end()
        today = self.company_id._club_today()
        has_begun = self.date_from <= today
        if has_begun and last_day < today:
            raise UserError(
                self.env._(
                    "%s is given today: it ends today at the earliest.", self.name
                )
            )
        if self.last_day and last_day >= self.last_day:
            raise UserError(
                self.env._(
                    "%(tariff)s ends on %(day)s: a longer one is another tariff, which "
                    "is signed.",
                    tariff=self.name,
                    day=format_date(self.env, self.last_day),
                )
            )
        if not get_written(reason):
            raise UserError(self.env._("Enter why %s ends.", self.name))
        last_day = max(last_day, self.date_from - ONE_DAY)
        self._write_guarded(
            {
                "last_day": last_day,
                "ended_on": today,
                "ended_by_id": self.env.uid,
                "end_reason": get_written(reason),
            }
        )
        # sudo: who ends a tariff need not write price lists
        items_sudo = self.env["product.pricelist.item"].sudo()
        item_sudo = items_sudo.search([("club_tariff_id", "=", self.id)])
        if last_day < self.date_from:
            opened(item_sudo).unlink()
        else:
            item_sudo._write_guarded(
                {"date_end": self._get_moment(last_day, LAST_SECOND)}
            )
        self._message_log(
            body=self.env._(
                "Ends on %(day)s: %(reason)s",
                day=format_date(self.env, last_day),
                reason=get_written(reason),
            )
        )
        self.program_id.sudo()._follow_tariffs()

    @api.model
    def _get_lists_sql(self, company, today, begun):
        """Return the SELECT of tier and price list, of tiers with a tariff in force.

        :param begun: a tariff that is about to be
        """
        return SQL(
            """
            SELECT DISTINCT w.id, w.club_tier_id AS tier_id
              FROM product_pricelist w
              JOIN club_tariff t ON t.tier_id = w.club_tier_id
             WHERE w.company_id = %s AND w.active
               AND (t.approval_state = 'done' OR t.id = %s)
               AND t.date_from <= %s AND (t.last_day IS NULL OR t.last_day >= %s)
            """,
            company.id,
            begun.id or None,
            today,
            today,
        )
