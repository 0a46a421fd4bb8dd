from odoo import fields, models

# When the tender is held.
BEFORE, AFTER = "before", "after"
ORDERS = [
    (BEFORE, "Tender first, then signatures"),
    (AFTER, "Signatures first, then tender"),
]
# What bids are marked by; each has a field `tender_weight_…` and a field `mark_…`.
CRITERIA = ("price", "quality", "service", "references")
WEIGHTS = tuple(f"tender_weight_{name}" for name in CRITERIA)
# What a request keeps of the program's terms when it is submitted. PEERS 7.
TERMS = ("tender_above", "tender_order", "tender_bids")


class ClubProgram(models.Model):
    """When third-party cooperation is put out to tender, and how. Rule C6."""

    _inherit = "club.program"

    tender_above = fields.Monetary(
        default=100_000,
        tracking=True,
        help="What a supplier is paid for a purpose within the policy's window goes "
        "out to tender above this amount.",
    )
    tender_order = fields.Selection(
        ORDERS,
        "Tender and Signatures",
        required=True,
        default=BEFORE,
        tracking=True,
        help="Whether the tender comes before the request is submitted, or between the "
        "last signature and its taking effect.",
    )
    tender_bids = fields.Integer(
        "Bids at Least",
        default=3,
        tracking=True,
        help="So many bids that aren't disqualified make a tender (assumed).",
    )
    tender_body_ids = fields.Many2many(
        "club.body",
        "club_program_tender_body_rel",
        "program_id",
        "body_id",
        "Opened and Awarded by",
        check_company=True,
        tracking=True,
        help="A tender opens, and is awarded, once each of these bodies has consented, "
        "by who sits for it on the tender panel. Empty: key accounts, finance and "
        "office.",
    )
    tender_weight_price = fields.Integer(
        "Weight of the Price", default=40, tracking=True, help="(assumed)"
    )
    tender_weight_quality = fields.Integer(
        "Weight of Quality", default=30, tracking=True, help="(assumed)"
    )
    tender_weight_service = fields.Integer(
        "Weight of Service", default=20, tracking=True, help="(assumed)"
    )
    tender_weight_references = fields.Integer(
        "Weight of References", default=10, tracking=True, help="(assumed)"
    )

    _tender = models.Constraint(
        "CHECK(tender_above >= 0 AND tender_bids > 0"
        " AND least(tender_weight_price, tender_weight_quality,"
        " tender_weight_service, tender_weight_references) >= 0"
        " AND tender_weight_price + tender_weight_quality + tender_weight_service"
        " + tender_weight_references > 0)",
        "A tender needs a bid at least and weights of which none is negative and not "
        "all are 0.",
    )

    def _get_tender_values(self, names):
        """Return the values of these fields: of the program, else as they come."""
        program = self[:1]
        if not program:
            return self.default_get(list(names))
        return {name: program[name] for name in names}
