from odoo import fields, models
from odoo.tools import SQL

from .club_voucher import PROGRESS


class ClubVoucherConversion(models.Model):
    """What came of vouchers, by channel partner, batch and month. Rule D19.

    A read-only view with a row for each voucher that isn't cancelled: figures add up,
    rates are those of the rows that are grouped.
    """

    _name = "club.voucher.conversion"
    _description = "Conversion of Vouchers"
    _inherit = ["club.record.mixin"]
    _auto = False
    _order = "id desc"
    _rec_name = "batch_id"

    batch_id = fields.Many2one("club.voucher.batch", readonly=True)
    partner_id = fields.Many2one("res.partner", "Channel Partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    issued_on = fields.Date(readonly=True)
    redeemed_on = fields.Date(readonly=True)
    redeemed_by_id = fields.Many2one("res.users", readonly=True)
    progress = fields.Selection(
        [pair for pair in PROGRESS if pair[0] != "cancelled"], readonly=True
    )
    issued = fields.Integer("Out", readonly=True)
    redeemed = fields.Integer(readonly=True)
    leads = fields.Integer("Became Leads", readonly=True)
    members = fields.Integer("Became Members", readonly=True)
    redeemed_rate = fields.Float("Redeemed (%)", readonly=True, aggregator="avg")
    lead_rate = fields.Float("Became Leads (%)", readonly=True, aggregator="avg")
    member_rate = fields.Float("Became Members (%)", readonly=True, aggregator="avg")

    _depends = {
        "club.voucher": [
            *("batch_id", "company_id", "partner_id", "issued_on", "date_to"),
            *("state", "redeemed_on", "redeemed_by_id", "lead_id"),
        ],
        "crm.lead": ["partner_id"],
        "res.partner": ["commercial_partner_id"],
        "club.membership": [
            *("account_id", "company_id", "group_id", "state"),
            *("date_from", "date_grace"),
        ],
        "club.tier.group": ["purpose"],
    }

    @property
    def _table_query(self):
        vouchers = self.env["club.voucher"]
        return SQL(
            """
            SELECT p.id, p.batch_id, p.partner_id, p.company_id, p.issued_on,
                   p.redeemed_on, p.redeemed_by_id, %s AS progress,
                   p.issued, p.redeemed, p.leads, p.members,
                   100.0 * p.redeemed AS redeemed_rate, 100.0 * p.leads AS lead_rate,
                   100.0 * p.members AS member_rate
              FROM (%s) p
            """,
            vouchers._get_progress_case(),
            vouchers._get_progress_sql(),
        )
