from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.written import get_written
from ..record.hold import hold
from ..record.navigate import open_list
from ..record.number import number
from ..record.rpc import for_one, for_records, without_client_context

DRAFT, CONFIRMED, CLOSED = "draft", "confirmed", "closed"
STATES = [(DRAFT, "Draft"), (CONFIRMED, "Confirmed"), (CLOSED, "Closed")]


class ClubGiftList(models.Model):
    """What is given for an occasion: drawn up, confirmed, closed. Rule D17.

    Confirming promises the gifts, within what each account may be given in the year.
    From then on nothing is added; whoever looks after an account hands its gifts over.
    """

    _name = "club.gift.list"
    _description = "Gift List"
    _inherit = ["club.record.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ("name", "purpose")
    _club_sequence = "GIF"
    _club_fixed = ("purpose", "date", "company_id", "greeting_id")
    _club_closed = (CLOSED,)

    name = number()
    purpose = fields.Char(
        "Occasion",
        required=True,
        compute="_compute_from_greeting",
        store=True,
        readonly=False,
        precompute=True,
        help="What the gifts are for. It stands above the printed list.",
    )
    date = fields.Date(
        "To Give On",
        required=True,
        default=lambda self: self.env.company._club_today(),
        help="The day that its gifts are meant for, unless a gift says another one.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unit_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["crm.team"]._get_default_club_unit(),
    )
    user_id = fields.Many2one(
        "res.users",
        "Sees to It",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    greeting_id = fields.Many2one(
        "club.greeting",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whose contacts it was made of.",
    )
    note = fields.Text()
    state = fields.Selection(
        STATES, default=DRAFT, required=True, readonly=True, copy=False, index=True
    )
    confirmed_on = fields.Date(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    gift_ids = fields.One2many("club.gift", "list_id", "Gifts")
    # Figures name nobody: they are of all gifts, also those that one may not read.
    gift_count = fields.Integer(
        "Number of Gifts", compute="_compute_figures", compute_sudo=True
    )
    to_give_count = fields.Integer(
        "To Give", compute="_compute_figures", compute_sudo=True
    )
    given_count = fields.Integer(
        "Given Out", compute="_compute_figures", compute_sudo=True
    )
    total = fields.Monetary(
        "Value of the Gifts",
        compute="_compute_figures",
        compute_sudo=True,
        help="Of all that is to be given or was, without what was called off, not "
        "accepted or came back.",
    )

    @api.depends("greeting_id")
    def _compute_from_greeting(self):
        for record in self:
            record.purpose = record.greeting_id.occasion_id.name or record.purpose

    @api.depends("gift_ids.state", "gift_ids.value")
    def _compute_figures(self):
        found = {}
        for record, state, count, value in self.env["club.gift"]._read_group(
            [("list_id", "in", self._origin.ids)],
            ["list_id", "state"],
            ["__count", "value:sum"],
        ):
            found.setdefault(record.id, {})[state] = (count, value)
        for record in self:
            states = found.get(record._origin.id, {})
            record.gift_count = sum(count for count, _value in states.values())
            record.to_give_count = states.get("confirmed", (0, 0))[0]
            record.given_count = states.get("given", (0, 0))[0]
            record.total = sum(
                states.get(state, (0, 0))[1]
                for state in ("draft", "confirmed", "given")
            )

    @api.depends("name", "purpose")
    def _compute_display_name(self):
        for record in self:
            parts = (record.name, record.purpose)
            record.display_name = " · ".join(part for part in parts if part)

    # === CRUD === #

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if "company_id" in vals:
            # sudo: what its gifts name must be of that company, whoever reads them
            self.sudo().gift_ids._check_company()

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for record in self:
            if record.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s stays: close it instead. Only drafts are deleted.",
                        record.display_name,
                    )
                )

    # === Actions === #

    @for_records
    def action_confirm(self):
        """Promise the gifts, if each account may be given them. Rule D17."""
        lists = self._get_to_change(DRAFT)
        for record in lists:
            if not get_written(record.purpose):
                raise UserError(
                    self.env._("Say what the gifts of %s are for.", record.name)
                )
        gifts = lists._get_gifts("draft")
        empty = lists - gifts.list_id
        if empty:
            raise UserError(
                self.env._("%s has no gifts: add some first.", empty[0].display_name)
            )
        gifts._confirm()
        for company, found in lists.grouped("company_id").items():
            found._set_state(
                (DRAFT,),
                CONFIRMED,
                confirmed_on=company._club_today(),
                confirmed_by_id=self.env.uid,
            )
        return True

    @for_records
    def action_close(self):
        """Close them: what wasn't given by now is called off."""
        lists = self._get_to_change(CONFIRMED)
        lists._get_gifts("confirmed").action_call_off()
        lists._set_state((CONFIRMED,), CLOSED)
        return True

    @for_one
    def action_open_gifts(self):
        return open_list(self, "club_gift_action", "list_id")

    def _get_to_change(self, state):
        """Return the lists, held, free of the client's context; raise unless the user
        may change them and all are in that state.
        """
        self.check_access("write")
        lists = without_client_context(self)
        hold(lists)
        lists._check_state(state)
        return lists

    def _get_gifts(self, state):
        """Return all gifts of the lists in a state.

        :raises AccessError: when the user may not change all of them
        """
        # sudo: also those of accounts that went to somebody else
        gifts_sudo = self.env["club.gift"].sudo()
        gifts = gifts_sudo.search(
            [("list_id", "in", self.ids), ("state", "=", state)], order="id"
        ).sudo(False)
        gifts.check_access("write")
        return gifts

    def _check_drafts(self):
        """Refuse to add to lists that are confirmed, or to take off them."""
        for record in self:
            if record.state != DRAFT:
                raise UserError(
                    self.env._(
                        "%s is confirmed and stays as it is: draw up another list.",
                        record.display_name,
                    )
                )
