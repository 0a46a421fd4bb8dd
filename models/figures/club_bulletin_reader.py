from odoo import fields, models


class ClubBulletinReader(models.Model):
    """To whom a bulletin was issued, and when he read it. Rule E11."""

    _name = "club.bulletin.reader"
    _description = "Reader of a Bulletin"
    _inherit = ["club.record.mixin"]
    _order = "bulletin_id, id"
    _rec_name = "user_id"
    _club_by_code = True
    _club_rewritable = ("read_at",)
    _club_parent = "bulletin_id"

    bulletin_id = fields.Many2one(
        "club.bulletin", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="bulletin_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        "Reader",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    body = fields.Char(
        readonly=True,
        help="The body in which he held a seat on the day of issue.",
    )
    read_at = fields.Datetime(readonly=True)

    _user_uniq = models.UniqueIndex(
        "(bulletin_id, user_id)", "A bulletin is issued to each reader once."
    )
