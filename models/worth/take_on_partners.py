"""The partners of a take-on, stored by lists as `create` would store them. Rule A14."""

from odoo.tools import SQL, email_normalize, split_every

from ..record.like import insert_like

CHUNK = 5_000  # records whose fields Odoo works out at once
# What Odoo works out of the fields that a sheet gives, and is worked out here instead.
KNOWN = {
    *("complete_name", "commercial_partner_id", "commercial_company_name"),
    *("email_normalized", "phone_sanitized", "lang", "user_id", "partner_share"),
    "properties",
}
# What modules for countries and invoices work out of country and tax ID.
FROM_TAX = {"company_registry", "peppol_eas", "peppol_endpoint"}


class Partners:
    """Stores accounts and their people.

    :param env: as superuser, in the take-on's company
    :param like: rows of an ``account`` and a ``person``, by `record.like.read_like`
    """

    def __init__(self, env, like):
        self.env = env
        self._partners = env["res.partner"]
        self._like = like
        self._key = str(env.company.id)

    def insert_accounts(self, values, tiers):
        """Insert new accounts; return their ids.

        :param values: of the rows of the sheet
        :param tiers: ``(tier id, grade id)`` of each, None where it has none
        """
        if not values:
            return []
        names = [each["name"] for each in values]
        given = {
            "name": names,
            "complete_name": names,
            "commercial_company_name": names,
            "vat": [each["tax"] for each in values],
            "ref": [each["ref"] for each in values],
            "unit": [each["unit_id"] for each in values],
            "manager": [each["manager_id"] for each in values],
            "tier": [tier for tier, _grade in tiers],
            "grade": [grade for _tier, grade in tiers],
        }
        ids = insert_like(
            self._partners,
            self._like["account"],
            given,
            {
                "commercial_partner_id": SQL("n.id"),
                "club_unit_id": self._get_ours("unit"),
                "club_manager_id": self._get_ours("manager"),
                "club_tier_id": self._get_ours("tier"),
                "club_grade_id": self._get_ours("grade"),
            },
            types=dict.fromkeys(("unit", "manager", "tier", "grade"), "int4"),
        )
        self._work_out(ids)
        return ids

    def _get_ours(self, name):
        """Return the value of a company-dependent column: this company's only."""
        return SQL(
            "CASE WHEN %(name)s IS NOT NULL"
            " THEN jsonb_build_object(%(key)s::text, %(name)s) END",
            name=SQL.identifier("n", name),
            key=self._key,
        )

    def assign(self, ids, values):
        """Give known accounts and their people tax ids, units and managers.

        What an account has of tax id and code stays; unit and manager are as signed.
        """
        if not ids:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner p
                   SET vat = coalesce(nullif(p.vat, ''), w.tax),
                       ref = CASE WHEN p.id = w.id
                                  THEN coalesce(nullif(p.ref, ''), w.ref)
                                  ELSE p.ref END,
                       club_unit_id = CASE WHEN w.unit IS NULL THEN p.club_unit_id
                           ELSE coalesce(p.club_unit_id, '{}')
                                || jsonb_build_object(%(key)s::text, w.unit) END,
                       club_manager_id = CASE WHEN w.manager IS NULL
                           THEN p.club_manager_id
                           ELSE coalesce(p.club_manager_id, '{}')
                                || jsonb_build_object(%(key)s::text, w.manager) END,
                       write_uid = %(uid)s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM unnest(%(ids)s::int[], %(taxes)s::text[], %(refs)s::text[],
                              %(units)s::int[], %(managers)s::int[])
                       AS w(id, tax, ref, unit, manager)
                 WHERE p.commercial_partner_id = w.id
                   AND (w.tax IS NOT NULL OR w.ref IS NOT NULL OR w.unit IS NOT NULL
                        OR w.manager IS NOT NULL)
             RETURNING p.id
                """,
                key=self._key,
                uid=self.env.uid,
                ids=ids,
                taxes=[each["tax"] for each in values],
                refs=[each["ref"] for each in values],
                units=[each["unit_id"] for each in values],
                managers=[each["manager_id"] for each in values],
            )
        )
        changed = [number for (number,) in self.env.cr.fetchall()]
        self._partners.invalidate_model()
        self._work_out(changed, FROM_TAX)

    def insert_people(self, account_ids, values):
        """Insert people of accounts, who take over what those have; return their ids.

        :param account_ids: the account of each
        :param values: of the rows of the sheet
        """
        if not values:
            return []
        countries = self._get_countries(account_ids)
        given = {
            "parent_id": account_ids,
            "phone_sanitized": [
                each["phone"]
                and self._partners._phone_format(
                    number=each["phone"], country=countries.get(number)
                )
                or None
                for each, number in zip(values, account_ids, strict=True)
            ],
            "email_normalized": [
                each["email"] and email_normalize(each["email"], strict=False) or None
                for each in values
            ],
            **{
                name: [each[name] for each in values]
                for name in ("name", "function", "phone", "email")
            },
        }
        fields = self._partners._fields
        taken_over = {
            name
            for name in (
                *self._partners._commercial_fields(),
                *self._partners._address_fields(),
                "user_id",
            )
            if fields[name].store and fields[name].column_type
        }
        ids = insert_like(
            self._partners,
            self._like["person"],
            given,
            {
                **{name: SQL.identifier("a", name) for name in taken_over},
                "lang": SQL("coalesce(a.lang, p.lang)"),
                "commercial_partner_id": SQL("a.commercial_partner_id"),
                "commercial_company_name": SQL(
                    "CASE WHEN a.is_company THEN a.name END"
                ),
                "complete_name": SQL("btrim(coalesce(a.name, '') || ', ' || n.name)"),
            },
            SQL("JOIN res_partner a ON a.id = n.parent_id"),
        )
        self._work_out(ids)
        return ids

    def _get_countries(self, ids):
        """Return the country of the accounts that have one: of a number's prefix."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, country_id FROM res_partner"
                " WHERE id = ANY(%s) AND country_id IS NOT NULL",
                list(set(ids)),
            )
        )
        countries = self.env["res.country"].browse({country for _id, country in rows})
        by_id = {country.id: country for country in countries}
        return {number: by_id[country] for number, country in rows}

    def _work_out(self, ids, names=None):
        """Let Odoo work out what other modules store of a partner.

        What they work out of country and tax ID is so for those alone that have such.

        :param names: the fields that may have changed; all that aren't `KNOWN` if None
        """
        stored = {
            field.name: field
            for field in self._partners._fields.values()
            if field.store and field.column_type and field.compute
        }
        wanted = set(stored) - KNOWN if names is None else set(stored) & names
        chosen = [(wanted - FROM_TAX, ids)]
        if wanted & FROM_TAX:
            chosen.append((wanted & FROM_TAX, self._get_foreign(ids)))
        for fields, numbers in chosen:
            for chunk in split_every(CHUNK, numbers if fields else (), list):
                partners = self._partners.browse(chunk)
                for name in sorted(fields):
                    self.env.add_to_compute(stored[name], partners)
                self.env.flush_all()
                partners.invalidate_recordset()

    def _get_foreign(self, ids):
        """Return those of the partners whose country is known."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE id = ANY(%s)"
                " AND (country_id IS NOT NULL OR vat ~ '^[A-Za-z]{2}')",
                ids,
            )
        )
        return [number for (number,) in rows]
