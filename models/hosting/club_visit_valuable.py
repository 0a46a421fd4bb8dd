from odoo import api, fields, models
from odoo.exceptions import UserError

from ..record.rpc import for_records


class ClubVisitValuable(models.Model):
    """What a visitor leaves in custody during a visit, and gets back. Rule D11.

    Who took it and who gave it back is stamped; the receipt is never changed after.
    """

    _name = "club.visit.valuable"
    _description = "Valuable in Custody"
    _inherit = ["club.record.mixin"]
    _order = "visit_id, id"
    _club_texts = ("name", "owner_name", "note")
    _club_copies = {"owner_id": ("owner_name", "note")}
    _club_parent = "visit_id"

    # What stands on the receipt.
    _fixed = frozenset({"visit_id", "name", "quantity", "owner_id", "owner_name"})

    visit_id = fields.Many2one(
        "club.visit", "Premises Visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="visit_id.company_id", store=True)
    name = fields.Char("Item", required=True)
    quantity = fields.Integer(required=True, default=1)
    owner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('id', 'in', parent.contact_ids)]",
    )
    owner_name = fields.Char("Other Owner", help="A visitor who isn't a contact.")
    note = fields.Char()
    deposited_at = fields.Datetime(
        readonly=True, copy=False, default=lambda self: fields.Datetime.now()
    )
    deposited_by_id = fields.Many2one(
        "res.users",
        "Taken by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    returned_at = fields.Datetime(readonly=True, copy=False)
    returned_by_id = fields.Many2one(
        "res.users", "Returned by", readonly=True, copy=False, ondelete="restrict"
    )

    _quantity = models.Constraint(
        "CHECK(quantity > 0)", "Enter how many of an item are in custody."
    )

    # === CRUD === #

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        if not self._fixed.isdisjoint(vals):
            self._check_in_custody()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        """What was taken into custody leaves it by being returned. Rule D11."""
        self._check_in_custody()
        for item in self:
            raise UserError(
                self.env._(
                    "%s is in custody: return it, or correct its line; what was taken "
                    "isn't deleted.",
                    item.name,
                )
            )

    def _check_in_custody(self):
        for item in self:
            if item.returned_at:
                raise UserError(
                    self.env._(
                        "%s was returned: its receipt stays as it was.", item.name
                    )
                )

    # === Buttons === #

    @for_records
    def action_return(self):
        """Give it back to its owner, now."""
        self.check_access("write")
        self._check_club_parent()
        self._check_in_custody()
        self._write_guarded(
            {"returned_at": fields.Datetime.now(), "returned_by_id": self.env.uid}
        )
        return True

    def _get_owner(self):
        self.ensure_one()
        return self.owner_id.name or self.owner_name or ""
