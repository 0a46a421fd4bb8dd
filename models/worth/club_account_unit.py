from odoo import api, fields, models
from odoo.tools import SQL


class ClubAccountUnit(models.Model):
    """From when an account was of which unit: targets of past days go by it. Rule B11.

    It follows the account's unit, like the lead of its team follows its manager; nobody
    writes it. What an account's first line says holds for the days before it, too.
    """

    _name = "club.account.unit"
    _description = "Unit of an Account over Time"
    _inherit = ["club.record.mixin"]
    _order = "account_id, date_from desc, id desc"
    _rec_name = "account_id"
    _club_by_code = True

    account_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    unit_id = fields.Many2one(
        "crm.team", readonly=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date("From", required=True, readonly=True)

    _day_uniq = models.UniqueIndex(
        "(account_id, company_id, date_from)",
        "An account is of one unit on a day.",
    )

    @api.model
    def _follow_units(self, accounts=None):
        """Note down which accounts are of another unit from today on.

        What was noted down today is corrected in place. One statement, for one account
        or for all.

        :param accounts: partners, all when left out; people of an account are skipped
        """
        self.env["res.partner"].flush_model(["club_unit_id", "commercial_partner_id"])
        self.flush_model()
        chosen = SQL()
        if accounts is not None:
            chosen = SQL("AND p.id = ANY(%s)", accounts.ids)
        # sudo: the day of each company
        # pylint: disable-next=no-search-all
        companies_sudo = self.env["res.company"].sudo().search([])
        changed = SQL(
            """
            days (company_id, day) AS (SELECT * FROM unnest(%(ids)s::int[],
                                                            %(days)s::date[])),
            changed AS MATERIALIZED (
                SELECT p.id AS account_id, d.company_id, d.day, t.id AS unit_id,
                       last.id AS last_id, last.date_from
                  FROM res_partner p
                 CROSS JOIN days d
             LEFT JOIN crm_team t
                    ON t.id = (p.club_unit_id ->> d.company_id::text)::int
             LEFT JOIN LATERAL (
                    SELECT u.id, u.unit_id, u.date_from
                      FROM club_account_unit u
                     WHERE u.account_id = p.id AND u.company_id = d.company_id
                     ORDER BY u.date_from DESC LIMIT 1) last ON TRUE
                 WHERE p.commercial_partner_id = p.id
                   AND (p.club_unit_id IS NOT NULL OR last.id IS NOT NULL)
                   AND t.id IS DISTINCT FROM last.unit_id %(chosen)s)
            """,
            ids=companies_sudo.ids,
            days=[company._club_today() for company in companies_sudo],
            chosen=chosen,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH %(changed)s,
                corrected AS (
                    UPDATE club_account_unit u
                       SET unit_id = c.unit_id, write_uid = %(uid)s,
                           write_date = now() AT TIME ZONE 'UTC'
                      FROM changed c
                     WHERE u.id = c.last_id AND c.date_from >= c.day)
                INSERT INTO club_account_unit (account_id, company_id, unit_id,
                       date_from, create_uid, create_date, write_uid, write_date)
                SELECT c.account_id, c.company_id, c.unit_id, c.day, %(uid)s,
                       now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM changed c
                 WHERE c.date_from IS NULL OR c.date_from < c.day
                 ORDER BY c.account_id, c.company_id
                """,
                changed=changed,
                uid=self.env.uid,
            )
        )
        self.invalidate_model()

    @api.model
    def _settle_merge(self, sources, target):
        """Two accounts that are one have the past of the one that is kept."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM club_account_unit WHERE account_id = ANY(%s)",
                (sources - target).ids,
            )
        )
        self.invalidate_model()
