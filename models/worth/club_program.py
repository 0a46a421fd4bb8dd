from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...kernel.card_number import clean_number
from ..approval.states import DONE
from ..record.groups import OFFICER
from ..record.hold import hold
from ..record.lock import MODULE


class ClubProgram(models.Model):
    _inherit = "club.program"

    # === Rewards. Rule B13 === #

    deduction_points = fields.Float(
        "Points per Yuan of a Deduction",
        digits=(16, 2),
        tracking=True,
        help="What a deduction of one unit of the company's currency costs. 0: points "
        "buy no deductions.",
    )
    order_limit = fields.Float(
        "Orders to Sign Above",
        digits=(16, 2),
        default=10_000,
        tracking=True,
        help="Orders of rewards and other redemptions that cost more points than this "
        "are signed before they are delivered (assumed). 0: all of them.",
    )
    order_needs_second = fields.Boolean(
        "Another One Delivers",
        tracking=True,
        help="Whoever reserved points doesn't confirm the delivery of what they buy, "
        "and whoever gave a gift doesn't record that it came back.",
    )

    _rewards = models.Constraint(
        "CHECK(coalesce(deduction_points, 0) >= 0"
        " AND coalesce(deduction_points, 0) < 1e6"
        " AND coalesce(order_limit, 0) >= 0 AND coalesce(order_limit, 0) < 1e12)",
        "Points of deductions and the limit of orders can't be negative.",
    )

    # === Account plans. Rule D15 === #

    account_plan_month = fields.Integer(
        "Account Plans Due by End of Month",
        default=1,
        required=True,
        aggregator=None,
        tracking=True,
        help="1 to 12: by the end of this month each account whose tier asks for a "
        "plan of the year has one (assumed).",
    )

    _account_plan_month = models.Constraint(
        "CHECK(account_plan_month BETWEEN 1 AND 12)",
        "Account plans are due by the end of a month from 1 to 12.",
    )

    # === Numbers of cards. Rule A13 === #

    card_prefix = fields.Char(
        "Card Numbers Begin with",
        default="VIP-",
        tracking=True,
        help="Membership cards are numbered in turn: VIP-000001, VIP-000002.",
    )
    card_sequence_id = fields.Many2one(
        "ir.sequence", "Sequence of Cards", readonly=True, copy=False
    )

    @api.constrains("card_prefix")
    def _check_card_prefix(self):
        for program in self:
            prefix = program.card_prefix
            if prefix and (clean_number(f"{prefix}0") != f"{prefix}0"):
                raise ValidationError(
                    self.env._(
                        "“%s” can't begin the numbers of cards: use capital letters, "
                        "digits and the signs - / . # without blanks.",
                        prefix,
                    )
                )

    def _draw_card_numbers(self, count):
        """Return so many numbers that no card of the company has."""
        self.ensure_one()
        # sudo: whoever issues cards need not read the sequences, nor all cards
        program_sudo = self.sudo()
        sequence_sudo = program_sudo._ensure_card_sequence()
        cards = self.env["club.card"]
        numbers = []
        while len(numbers) < count:
            # What was typed, or on the cards that were taken on, is passed over.
            drawn = self.env.execute_query(
                SQL(
                    "SELECT nextval(%s) FROM generate_series(1, %s)",
                    f"ir_sequence_{sequence_sudo.id:03d}",
                    count - len(numbers),
                )
            )
            prefix = program_sudo.card_prefix or ""
            found = [f"{prefix}{number:06d}" for (number,) in drawn]
            taken = cards._get_taken_numbers(program_sudo.company_id, found)
            numbers += [number for number in found if number not in taken]
        return numbers

    def _ensure_card_sequence(self):
        """Return the sequence of its cards; who is first makes it."""
        if not self.card_sequence_id:
            hold(self)
        if not self.card_sequence_id:
            values = {
                "name": f"Membership Card: {self.name}",
                "code": "club.card",
                "company_id": self.company_id.id,
            }
            # It goes with the add-on, as what is loaded does.
            sequence = self.env["ir.sequence"]._load_records(
                [
                    {
                        "xml_id": f"{MODULE}.club_card_sequence_{self.id}",
                        "values": values,
                        "noupdate": True,
                    }
                ]
            )
            self._write_guarded({"card_sequence_id": sequence.id})
        return self.card_sequence_id

    # === Price lists follow tiers. Rule D18 === #

    def _refresh_mirrors(self, accounts=None):
        """Memberships have changed, and with them who follows which price list."""
        hold(self)  # who signs a tariff at the same moment asks who has its tier
        result = super()._refresh_mirrors(accounts)
        self._follow_tariffs(accounts)
        return result

    def _follow_tariffs(self, accounts=None, begun=None):
        """Let customers have the price list of their tier, in one statement.

        A tier has one as long as a tariff of it is in force. Who has another list than
        a tier's was given it by somebody, and keeps it.

        :param accounts: partners to look at, all when None
        :param begun: a tariff that is about to be in force
        """
        self.ensure_one()
        company = self.company_id
        # sudo: the lists decide, whoever may read them
        lists_sudo = self.env["product.pricelist"].sudo()
        lists_sudo = lists_sudo.with_context(active_test=False)
        if self != self._get_main(company) or not lists_sudo.search_count(
            [("company_id", "=", company.id), ("club_tier_id", "!=", False)], limit=1
        ):
            return
        tariffs = self.env["club.tariff"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH open AS (%(open)s),
                wanted AS (
                    SELECT p.id, o.id AS list_id
                      FROM res_partner p
                 LEFT JOIN open o
                           ON o.tier_id = (p.club_tier_id ->> %(key)s)::int
                 LEFT JOIN product_pricelist w ON w.id =
                           (p.specific_property_product_pricelist ->> %(key)s)::int
                     WHERE %(only)s
                       AND (w.id IS NULL OR w.club_tier_id IS NOT NULL)
                       AND w.id IS DISTINCT FROM o.id)
                UPDATE res_partner p
                   SET specific_property_product_pricelist = nullif(
                           coalesce(p.specific_property_product_pricelist, '{}')
                           - %(key)s::text
                           || CASE WHEN w.list_id IS NULL THEN '{}'::jsonb ELSE
                                   jsonb_build_object(%(key)s::text, w.list_id) END,
                           '{}')
                  FROM wanted w
                 WHERE w.id = p.id
                """,
                open=tariffs._get_lists_sql(
                    company, company._club_today(), begun or tariffs
                ),
                key=str(company.id),
                only=SQL("p.commercial_partner_id = ANY(%s)", accounts.ids)
                if accounts is not None
                else SQL("TRUE"),
            )
        )
        self.env["res.partner"].invalidate_model(
            ["property_product_pricelist", "specific_property_product_pricelist"]
        )

    # === What an empty club still needs. Rule A14 === #

    is_set_up = fields.Boolean(
        "Set Up", compute="_compute_set_up", groups=OFFICER, help="Every step is taken."
    )
    set_up_html = fields.Html("Setting Up", compute="_compute_set_up", groups=OFFICER)

    def _compute_set_up(self):
        """Look by program, a query a step; the form shows it, lists don't."""
        for program in self:
            steps = program._get_set_up_steps() if program._origin else []
            program.is_set_up = all(step["done"] for step in steps)
            program.set_up_html = self.env["ir.qweb"]._render(
                "crm_club.club_program_set_up", {"steps": steps}
            )

    @api.model
    def _get_set_up_path(self, name):
        """Return where the menu of an action leads."""
        return f"/odoo/action-crm_club.{name}"

    def _get_set_up_steps(self):
        """Return label, state and link of each step, in order."""
        company = self.company_id
        # sudo: how many there are, whichever of them the user may read
        units = self.env["crm.team"].sudo()
        seats = self.env["club.body.seat"].sudo()
        rates = self.env["club.points.rate"].sudo()
        documents = self.env["club.take.on"].sudo()
        imports = self.env["club.revenue.import"].sudo()
        own = [("company_id", "=", company.id)]
        of_program = [("program_id", "=", self.id)]
        signed = [("approval_state", "=", DONE)]
        counted = (
            (self.env._("Units"), units, own, "club_unit_action"),
            (self.env._("Seats of the bodies"), seats, own, "club_body_seat_action"),
            (
                self.env._("Rates"),
                rates,
                [*of_program, *signed],
                "club_points_rate_action",
            ),
            (
                self.env._("Take-on"),
                documents,
                [*of_program, *signed],
                "club_take_on_action",
            ),
            (
                self.env._("First revenue import"),
                imports,
                [*own, ("state", "=", "done")],
                "club_revenue_import_action",
            ),
        )
        steps = []
        for label, records, domain, action in counted:
            count = records.search_count(domain)
            steps.append(
                {
                    "label": label,
                    "done": bool(count),
                    "state": self.env._("%s there", count)
                    if count
                    else self.env._("still to do"),
                    "url": self._get_set_up_path(action),
                }
            )
        return steps
