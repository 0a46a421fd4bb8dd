"""The register of membership cards. Rule A13."""

import base64
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL, format_date

from ...kernel.card_number import LONGEST, clean_number
from ...kernel.written import get_written
from ..program.club_membership_tier_mixin import GRADE
from ..record.accounts import check_contact
from ..record.by_company import ByCompany
from ..record.derived import differs
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import is_open
from ..record.rpc import for_one, for_records, is_id, without_client_context
from .card_issue import find_lacking, make_code
from .card_sql import insert_taken_on, select_valid
from .card_states import (
    HANDED_OVER,
    LIVE,
    LOST,
    PRINTED,
    REPLACED,
    RETURNED,
    STATES,
    TO_PRINT,
)


class ClubCard(models.Model):
    """A piece of plastic that says which account is a member, and who carries it.

    It is valid from the day on which it is handed over, and exactly while its
    membership is: also while the account is renewed at the same tier without a break.
    Cards are never deleted, and no number comes twice. Rule A13.
    """

    _name = "club.card"
    _description = "Membership Card"
    _inherit = ["club.record.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _club_keeps = "account_id"
    _club_about = "holder_id"
    _club_texts = ("received_by", "receipt_note", "ended_reason")

    # What is still open while it isn't printed.
    _club_draft = TO_PRINT
    _club_fixed = ("number", "holder_id")
    _club_closed = (LOST, REPLACED, RETURNED)

    number = fields.Char(
        "Card Number",
        required=True,
        copy=False,
        help="Empty: the next one of the program. No other card of the company ever "
        "has it, a lost one neither.",
    )
    # What its QR code says: it tells nothing, and nobody reads it anywhere else.
    code = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    membership_id = fields.Many2one(
        "club.membership",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("purpose", "!=", GRADE), ("state", "=", "valid")],
        help="With which it was issued. Where the account is renewed at the same tier "
        "without a break, the card goes on with the membership that follows; another "
        "tier needs another card.",
    )
    account_id = fields.Many2one(
        related="membership_id.account_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    group_id = fields.Many2one(
        related="membership_id.group_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    tier_id = fields.Many2one(
        related="membership_id.tier_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    tier_color = fields.Integer(related="tier_id.color")
    company_id = fields.Many2one(
        related="membership_id.company_id", store=True, precompute=True, index=True
    )
    unit_id = ByCompany(related="account_id.club_unit_id", string="Unit")
    manager_id = ByCompany(
        related="account_id.club_manager_id", string="Account Manager"
    )
    holder_id = fields.Many2one(
        "res.partner",
        "Card Holder",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', False),"
        " ('commercial_partner_id', '=?', account_id)]",
        help="Whose name is printed on it. Empty: whoever comes for the account.",
    )
    state = fields.Selection(
        STATES, default=TO_PRINT, required=True, readonly=True, copy=False, index=True
    )
    is_taken_on = fields.Boolean(
        "Was There Before",
        readonly=True,
        copy=False,
        help="The account had it before the club was taken on.",
    )

    # === Whether it is valid today === #
    is_valid = fields.Boolean(
        "Card Valid",
        compute="_compute_valid",
        search="_search_is_valid",
        help="Handed over, and its membership is in force today.",
    )
    valid_to = fields.Date(
        "Card Valid Until",
        compute="_compute_valid",
        help="The last day of the membership that it is valid with today.",
    )

    # === Who did what, and when === #
    printed_at = fields.Datetime("Card Printed At", readonly=True, copy=False)
    printed_by_id = fields.Many2one(
        "res.users", "Card Printed by", readonly=True, copy=False
    )
    handed_over_on = fields.Date("Card Handed Over On", readonly=True, copy=False)
    handed_over_at = fields.Datetime("Hand-Over Noted", readonly=True, copy=False)
    handed_over_by_id = fields.Many2one(
        "res.users", "Card Handed Over by", readonly=True, copy=False
    )
    received_by = fields.Char("Card Received by", readonly=True, copy=False)
    receipt_note = fields.Char(
        "Receipt of the Card",
        readonly=True,
        copy=False,
        help="Number of the receipt, or how it was sent.",
    )
    receipt_signature = fields.Image(
        "Signature for the Card",
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
    )
    ended_at = fields.Datetime(
        "Out of Use Since",
        readonly=True,
        copy=False,
        help="When it was lost, replaced or returned.",
    )
    ended_by_id = fields.Many2one(
        "res.users", "Taken Out of Use by", readonly=True, copy=False
    )
    ended_reason = fields.Char("Why Out of Use", readonly=True, copy=False)
    replaced_by_id = fields.Many2one(
        "club.card",
        "Replaced by Card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _number_uniq = models.UniqueIndex(
        "(company_id, number)", "The company has, or had, a card with this number."
    )
    # Whatever is scanned is looked up here or in the index of numbers.
    _code_uniq = models.UniqueIndex("(code) WHERE code IS NOT NULL")
    # Also what keeps two who issue or replace a card at once apart. Not a UNIQUE
    # constraint: the merge wizard deletes rows that violate one.
    _live_uniq = models.UniqueIndex(
        "(account_id, group_id) WHERE state IN ('to_print', 'printed', 'handed_over')",
        "The account has a card of this tier group that is in use: replace that one.",
    )

    # === Computes === #

    @api.depends("state", "membership_id")
    def _compute_valid(self):
        companies = self.company_id
        found = self._find_valid(
            {company: company._club_today() for company in companies}
        )
        memberships = self.env["club.membership"].browse(found.values())
        # sudo: until when a card is valid, whoever may read it knows
        last = {each.id: each.date_grace for each in memberships.sudo()}
        for card in self:
            membership_id = found.get(card._origin.id)
            card.is_valid = bool(membership_id)
            card.valid_to = last.get(membership_id)

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_validity()
        days = {company: company._club_today() for company in self.env.companies}
        return Domain("id", "in", SQL("(SELECT id FROM (%s) v)", select_valid(days)))

    def _find_valid(self, days, states=(HANDED_OVER,)):
        """Return ``{card's id: membership's id}`` of those that are valid.

        :param dict days: the day asked for, by company
        :param states: of cards: what isn't handed over yet may be asked for, too
        """
        self._flush_validity()
        query = SQL(
            "SELECT id, membership_id FROM (%s) v WHERE id = ANY(%s)",
            select_valid(days, states),
            self._origin.ids,
        )
        return dict(self.env.execute_query(query))

    def _flush_validity(self):
        self.env["club.card"].flush_model(["state", "membership_id", "company_id"])
        self.env["club.membership"].flush_model()

    def _is_valid_on(self, day):
        """Tell whether a card is valid on a day of its company."""
        self.ensure_one()
        return bool(self._find_valid({self.company_id: day}))

    # === Constraints === #

    @api.constrains("holder_id", "membership_id")
    def _check_holder(self):
        """The holder is one of the account's people, as of when he is chosen."""
        for card in self.filtered("holder_id"):
            check_contact(card.holder_id, card.account_id)

    # === CRUD === #

    def _club_prepare(self, values, is_new=False):
        """Tidy a number that was typed, or give the next one."""
        values = super()._club_prepare(values, is_new=is_new)
        if values.get("number"):
            number = clean_number(values["number"])
            if not number:
                raise ValidationError(
                    self.env._(
                        "“%(number)s” can't be a card's number: it has up to %(most)s "
                        "letters and digits, and the signs - / . # between them.",
                        number=str(values["number"])[:LONGEST],
                        most=LONGEST,
                    )
                )
            return {**values, "number": number}
        membership_id = values.get("membership_id")
        if is_new and is_id(membership_id):
            membership = self.env["club.membership"].browse(membership_id).exists()
            if membership:
                membership.check_access("read")
                [number] = membership.program_id._draw_card_numbers(1)
                return {**values, "number": number}
        return values

    def _club_after_create(self):
        super()._club_after_create()
        if not is_open(self.env):
            for card in self:
                card.membership_id._check_can_issue()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if "membership_id" in vals and any(
            differs(card, "membership_id", vals["membership_id"]) for card in self
        ):
            raise UserError(
                self.env._(
                    "A card stays with the membership that it was issued with: replace "
                    "it by another one."
                )
            )

    def _club_check_unlink(self):
        super()._club_check_unlink()
        for card in self:
            raise UserError(
                self.env._(
                    "Card %s stays in the register: say that it was returned instead "
                    "of deleting it.",
                    card.number,
                )
            )

    # pylint: disable-next=method-required-super
    def copy(self, default=None):
        raise UserError(self.env._("Cards aren't copied: replace one by another."))

    # === Persons === #

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Whoever took a card over is one of the account's people."""
        return super()._domain_of_person(ids, account_id) | Domain(
            "account_id", "=", account_id
        )

    @api.model
    def _forget_persons(self, ids):
        """Remove what a holder's card finds, and the signatures of people: holders,
        whose name was taken out of a card, of what was one person's business. Rule A8.

        By SQL: each name may be another's beginning, and what is out of use is written
        by nobody.
        """
        neutral = self.env["club.anonymisation"]._get_neutral_name
        texts = "|".join(re.escape(neutral(number)) for number in ids)
        self.env.cr.execute(
            "UPDATE club_card SET code = NULL WHERE holder_id = ANY(%s)", [list(ids)]
        )
        self.env.cr.execute(
            "SELECT id FROM club_card WHERE holder_id = ANY(%s)"
            " OR account_id = ANY(%s) OR received_by ~ %s",
            [list(ids), list(ids), f"({texts})($|[^0-9])"],
        )
        # sudo: cards of all units and companies
        files_sudo = self.env["ir.attachment"].sudo()
        files_sudo.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "receipt_signature"),
                ("res_id", "in", [key for (key,) in self.env.cr.fetchall()]),
            ]
        ).unlink()
        self.invalidate_model(["code", "receipt_signature"])

    @api.model
    def _settle_merge(self, sources, target):
        """Keep one card in use of accounts that turn out to be the same: that of the
        higher tier, whose membership stays.
        """
        found = self.search(
            [("account_id", "in", (sources | target).ids), ("state", "in", LIVE)]
        )
        for cards in found.grouped("group_id").values():
            ranked = cards.sorted(
                lambda card: (
                    card.tier_id.sequence,
                    card.account_id == target,
                    LIVE.index(card.state),
                    card.id,
                )
            )
            (ranked - ranked[-1:])._end(REPLACED, replaced_by_id=ranked[-1:].id)

    @api.model
    def _follow_merge(self, accounts):
        """Let cards go on with the membership that stayed in place of theirs."""
        cards = self.search(
            [
                ("account_id", "in", accounts.ids),
                ("state", "in", LIVE),
                ("membership_id.outcome", "=", "replaced"),
            ]
        )
        kept = self.env["club.membership"].search(
            [("account_id", "in", accounts.ids), ("state", "=", "valid")],
            order="date_from",
        )
        for card in cards:
            before, today = card.membership_id, card.company_id._club_today()
            found = kept.filtered(
                lambda m, card=card, today=today: (
                    m.tier_id == card.tier_id and m.date_from <= today <= m.date_grace
                )
            )
            if found and before not in found:
                card._write_guarded({"membership_id": found[0].id})

    # === Steps === #

    @for_records
    def action_print(self):
        """Print cards, and say that they were printed. Rule A13.

        :raises UserError: for those that were handed over, or are out of use
        """
        self.action_mark_printed()
        return self.env.ref("crm_club.club_card_report").report_action(self)

    @for_records
    def action_mark_printed(self):
        """Say that cards were printed: here, or by whoever makes them."""
        self.check_access("write")
        self._check_officer()
        cards = without_client_context(self)
        cards._check_state(TO_PRINT, PRINTED)
        # sudo: nobody reads codes
        for card_sudo in cards.sudo().filtered(lambda card: not card.code):
            card_sudo._write_guarded({"code": make_code()})
        cards.filtered(lambda card: card.state == TO_PRINT)._set_state(
            (TO_PRINT,),
            PRINTED,
            printed_at=fields.Datetime.now(),
            printed_by_id=self.env.uid,
        )
        return True

    @api.model
    def _check_officer(self):
        """Whoever prints a card has its code."""
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise UserError(self.env._("Cards are printed by the club officers only."))

    def _do_hand_over(self, day, received_by, note=False, signature=False):
        """Say to whom printed cards were handed over, and when.

        :param day: the day; empty: today
        :param received_by: who took them; empty: each one's holder
        :raises UserError: before one was printed, on a day to come, or when its
            membership is over
        """
        cards = without_client_context(self)
        for card in cards:
            today = card.company_id._club_today()
            card._check_can_hand_over(day or today, today)
            receiver = get_written(received_by) or card.holder_id.name
            if not receiver:
                raise UserError(
                    self.env._(
                        "Card %s has no holder: enter who took it over.", card.number
                    )
                )
            card._set_state(
                (PRINTED,),
                HANDED_OVER,
                handed_over_on=day or today,
                handed_over_at=fields.Datetime.now(),
                handed_over_by_id=self.env.uid,
                received_by=receiver,
                receipt_note=get_written(note) or False,
                receipt_signature=signature or False,
            )

    def _check_can_hand_over(self, day, today):
        self.ensure_one()
        self._check_state(PRINTED)
        printed_on = self.company_id._club_day(self.printed_at)
        if not printed_on <= day <= today:
            raise UserError(
                self.env._(
                    "Card %(number)s was printed on %(day)s: it can't have been handed "
                    "over before that, nor on a day to come.",
                    number=self.number,
                    day=format_date(self.env, printed_on),
                )
            )
        # sudo: the membership decides, whoever may read it
        membership_sudo = self.sudo()._get_membership_now()
        first = max(today, membership_sudo.date_from)
        if not self._find_valid({self.company_id: first}, LIVE):
            raise UserError(
                self.env._(
                    "Card %(number)s isn't for the membership that %(account)s has "
                    "now, as %(tier)s: replace it by another one.",
                    number=self.number,
                    account=membership_sudo.account_id.display_name,
                    tier=membership_sudo.tier_id.name,
                )
            )

    def _do_end(self, state, reason=False):
        """Say that cards were lost or returned; what was lost may still come back."""
        allowed = LIVE if state == LOST else (*LIVE, LOST)
        cards = without_client_context(self)
        cards.check_access("write")
        cards._check_state(*allowed)
        cards._end(state, reason)

    def _end(self, state, reason=False, **values):
        self._write_guarded(
            {
                "state": state,
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
                "ended_reason": get_written(reason) or False,
                **values,
            }
        )
        self.flush_recordset()  # the index of cards in use lets another one in

    def _do_replace(self, reason=False):
        """Take a card out of use and issue another one, in one act.

        :return: the new card, of the membership that the account has now
        :raises AccessError: for who may not issue cards
        :raises UserError: when it was replaced already, or the account is no member
        """
        self.ensure_one()
        self.check_access("write")
        card = without_client_context(self)
        # sudo: who holds the account needn't write it
        hold(card.sudo().account_id)
        card.invalidate_recordset()
        card._check_state(*LIVE, LOST)
        if card.replaced_by_id:
            raise UserError(
                self.env._(
                    "Card %(number)s was replaced by card %(other)s already.",
                    number=card.number,
                    other=card.replaced_by_id.number,
                )
            )
        # sudo: the membership decides, whoever may read it
        membership = card.sudo()._get_membership_now().with_env(card.env)
        if card.state != LOST:
            card._end(REPLACED, reason)
        new = card.create(
            {"membership_id": membership.id, "holder_id": card._get_holder_left().id}
        )
        card._write_guarded({"replaced_by_id": new.id})
        return new

    def _get_holder_left(self):
        """Return the holder, if he still is one of the account's people."""
        self.ensure_one()
        holder = self.holder_id
        is_there = holder.commercial_partner_id == self.account_id and holder.active
        return holder if is_there and not holder.club_is_anonymised else holder.browse()

    def _get_membership_now(self):
        """Return the account's membership in the card's tier group: of today, or one
        that begins later.

        :raises UserError: when there is none
        """
        self.ensure_one()
        today = self.company_id._club_today()
        membership = self.env["club.membership"].search(
            [
                ("account_id", "=", self.account_id.id),
                ("group_id", "=", self.group_id.id),
                ("state", "=", "valid"),
                ("date_grace", ">=", today),
            ],
            order="date_from, id",
            limit=1,
        )
        if not membership:
            raise UserError(
                self.env._(
                    "%(account)s is no member any more, so there is no card for it: "
                    "let card %(number)s be returned.",
                    account=self.account_id.display_name,
                    number=self.number,
                )
            )
        return membership

    @api.model
    def _issue(self, memberships):
        """Issue the cards that memberships lack, all at once; return them.

        The caller holds the accounts. Those of another tier, or of a term after which
        there was a break, are replaced.
        """
        # sudo: a card in use stands in the way, whoever may read it
        cards_sudo = self.sudo()
        lacking, used = find_lacking(cards_sudo, memberships)
        numbers = {
            program: iter(program._draw_card_numbers(len(each)))
            for program, each in self.env["club.membership"]
            .union(*lacking.values())
            .grouped("program_id")
            .items()
        }
        old = cards_sudo.union(*(used[key] for key in lacking if key in used))
        old._end(REPLACED)
        holders = {key: used[key]._get_holder_left() for key in lacking if key in used}
        new = self._create_guarded(
            [
                {
                    "membership_id": membership.id,
                    "number": next(numbers[membership.program_id]),
                    "holder_id": holders[key].id if key in holders else False,
                }
                for key, membership in lacking.items()
            ]
        )
        for key, card in zip(lacking, new, strict=True):
            if key in used:
                used[key]._write_guarded({"replaced_by_id": card.id})
        return new

    # === Dialogs and lists === #

    @for_records
    def action_hand_over(self):
        return self._open_dialog("hand_over", self.env._("Hand Over Card"))

    @for_records
    def action_lose(self):
        return self._open_dialog(LOST, self.env._("Report Lost"))

    @for_records
    def action_return(self):
        return self._open_dialog(RETURNED, self.env._("Take Back Card"))

    @for_one
    def action_replace(self):
        return self._open_dialog("replace", self.env._("Replace Card"))

    def _open_dialog(self, kind, name):
        self.check_access("write")
        if kind == "hand_over":
            self._check_state(PRINTED)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "club.card.step",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_kind": kind, "default_card_ids": self.ids},
        }

    # === Taking on, and what is scanned === #

    @api.model
    def _get_taken_numbers(self, company, numbers):
        """Return those of ``numbers`` that a card of the company has, or had.

        :param numbers: as people wrote them
        :rtype: set
        """
        written = {}
        for number in numbers:
            written.setdefault(clean_number(number), set()).add(number)
        written.pop("", None)
        # sudo: a number is taken, whoever may read the card
        found = self.sudo().search_fetch(
            [("company_id", "=", company.id), ("number", "in", list(written))],
            ["number"],
        )
        return {number for card in found for number in written[card.number]}

    @api.model
    def _take_on(self, rows):
        """Enter cards that the accounts have already, in one statement. Rule A14.

        They count as handed over on the first day of their membership, as far as
        anybody knows.

        :param rows: ``[(account_id, membership_id, number)]``; numbers are those that
            `kernel.card_number.clean_number` leaves something of, and not yet taken
        :return: ids, in order
        """
        if not rows:
            return []
        self.flush_model()
        self.env["club.membership"].flush_model()
        rows = [(*ids, clean_number(number) or None) for *ids, number in rows]
        self.env.cr.execute(insert_taken_on(rows, self.env.uid))
        ids = [card_id for (card_id,) in self.env.cr.fetchall()]
        self.invalidate_model()
        return ids

    @api.model
    def _find_by_code(self, company, code):
        """Return the company's card that was scanned, or whose number was typed; none
        when there is none.
        """
        code = clean_number(code)
        # sudo: nobody reads codes
        cards_sudo = self.sudo()
        found = cards_sudo.browse()
        if code:
            own = Domain("company_id", "=", company.id)
            found = cards_sudo.search(own & Domain("code", "=", code), limit=1)
            found = found or cards_sudo.search(own & Domain("number", "=", code))
        return found.with_env(self.env)

    def _get_qr_image(self):
        """Return the picture of the code, as base64."""
        self.ensure_one()
        # sudo: whoever prints it was asked before
        image = self.env["ir.actions.report"].barcode(
            "QR", self.sudo().code, width=300, height=300, quiet=False, barLevel="M"
        )
        return base64.b64encode(image)
