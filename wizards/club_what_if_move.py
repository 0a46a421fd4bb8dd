from odoo import api, fields, models


class ClubWhatIfMove(models.TransientModel):
    """An account that the tried rules would put into another tier."""

    _name = "club.what.if.move"
    _description = "What-If Move"
    _inherit = ["club.guard.mixin"]
    _order = "what_if_id, group_id, direction, points_tried desc, id"
    _rec_name = "account_id"
    _club_parent = "what_if_id"

    what_if_id = fields.Many2one(
        "club.what.if", required=True, index=True, ondelete="cascade", readonly=True
    )
    currency_id = fields.Many2one(related="what_if_id.currency_id")
    account_id = fields.Many2one("res.partner", required=True, readonly=True)
    group_id = fields.Many2one(
        "club.tier.group", string="Tier Group", required=True, readonly=True
    )
    from_tier_id = fields.Many2one("club.tier", "Present Rules", readonly=True)
    to_tier_id = fields.Many2one("club.tier", "Tried Rules", readonly=True)
    direction = fields.Selection(
        [("down", "Down"), ("out", "Leaves"), ("up", "Up"), ("in", "Joins")],
        required=True,
        readonly=True,
    )
    points_now = fields.Float("Points", digits=(16, 2), readonly=True)
    points_tried = fields.Float(digits=(16, 2), readonly=True)
    revenue = fields.Monetary(readonly=True)

    @api.model
    def _replace(self, what_if, rows):
        """Put rows in place of a what-if's moves, in one statement.

        :param rows: tuples of account, group, from tier, to tier (ids), direction,
            points now, points tried, revenue
        """
        self.flush_model()
        self.env.cr.execute(
            "DELETE FROM club_what_if_move WHERE what_if_id = %s", [what_if.id]
        )
        if rows:
            uid = self.env.uid
            self.env.cr.execute_values(
                """
                INSERT INTO club_what_if_move
                       (what_if_id, account_id, group_id, from_tier_id, to_tier_id,
                        direction, points_now, points_tried, revenue, create_uid,
                        write_uid, create_date, write_date)
                VALUES %s
                """,
                [(what_if.id, *row, uid, uid) for row in rows],
                template="(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
                " now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
                page_size=5000,
            )
        self.invalidate_model()
        what_if.invalidate_recordset(["move_ids"])
