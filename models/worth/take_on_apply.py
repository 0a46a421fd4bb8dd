"""Taking on the accounts of a signed sheet: one transaction, by lists. Rule A14."""

from odoo import Command
from odoo.tools import SQL, split_every

from ...kernel.take_on import ACCOUNTS, CONTACTS, POINTS, TIERS
from ...kernel.windows import month_start
from ..program.club_points_kind import OPENING

CHUNK = 5_000  # records made at once
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_quick_update": True,
}
# As when Odoo loads records: it doesn't keep each in step with its company.
UNSYNCED = {"_partners_skip_fields_sync": True}


class Applying:
    """Brings the checked rows of one take-on in.

    :param document: the take-on, as superuser and in its company; it holds the program
    :param rows: rows by sheet, after `kernel.take_on.Check` found no fault
    """

    def __init__(self, document, rows):
        self._document = document
        self._program = document.program_id
        self._company = document.company_id
        self.env = document.with_context(**QUIET).env
        self._rows = rows
        self._today = self._program._today()
        self._ids = []  # of the accounts, in the order of their rows
        self.run = self.env["club.points.run"]

    def apply(self):
        """Make what the sheets say; return the ids of the accounts."""
        self._make_accounts()
        self._make_contacts()
        self._assign()
        self._make_agreements()
        self._make_classes()
        self._make_terms()
        self._note_accounts()
        self._analyze("res.partner", "club.membership", "club.contact.profile")
        self._post_points()
        self._analyze("club.points.entry", "club.points.run")
        self._follow()
        return self._ids

    def _create(self, model, vals_list, **context):
        """Create records in chunks, without mail; return their ids."""
        ids = []
        for chunk in split_every(CHUNK, vals_list, list):
            records = self.env[model].with_context(**context).create(chunk)
            ids += records.ids
            # A hundred thousand of them would stay in memory.
            self.env.flush_all()
            records.invalidate_recordset()
        return ids

    def _analyze(self, *models):
        """Let PostgreSQL know what came in: it plans by how much there was before."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "ANALYZE %s",
                SQL(", ").join(
                    SQL.identifier(self.env[model]._table) for model in models
                ),
            )
        )

    # === Partners === #

    def _make_accounts(self):
        new = [row for row in self._rows[ACCOUNTS] if not row.values["partner"]]
        ids = self._create(
            "res.partner",
            [
                {
                    "name": row.values["name"],
                    "ref": row.values["ref"] or False,
                    "is_company": True,
                }
                for row in new
            ],
            **UNSYNCED,
        )
        for row, number in zip(new, ids, strict=True):
            row.values["new"] = number
        self._ids = [
            row.values["partner"] or row.values["new"] for row in self._rows[ACCOUNTS]
        ]

    def _make_contacts(self):
        rows = self._rows[CONTACTS]
        new = [row for row in rows if not row.values["contact"]]
        # One account after the other is what keeping people in step with it costs: of
        # a new one there is nothing to take over but what `_assign` gives to all.
        accounts = self._rows[ACCOUNTS]
        is_known = [
            bool(accounts[row.values["place"]].values["partner"]) for row in new
        ]
        for context, wanted in ((UNSYNCED, False), ({}, True)):
            chosen = [
                row for row, known in zip(new, is_known, strict=True) if known == wanted
            ]
            ids = self._create(
                "res.partner",
                [self._get_person(row.values) for row in chosen],
                **context,
            )
            for row, number in zip(chosen, ids, strict=True):
                row.values["contact"] = number
        self._create(
            "club.contact.profile",
            [
                {
                    "contact_id": row.values["contact"],
                    "company_id": self._company.id,
                    "role_ids": [Command.set(row.values["role_ids"])],
                    **self._get_birthday(row.values),
                }
                for row in rows
            ],
        )

    def _get_person(self, values):
        told = ("name", "function", "phone", "email")
        return {
            "parent_id": self._ids[values["place"]],
            "type": "contact",
            **{name: values[name] or False for name in told},
        }

    @staticmethod
    def _get_birthday(values):
        if not values["birthday"]:
            return {}
        year, month, day = values["birthday"]
        return {
            "birthday_calendar": values["calendar"] or "solar",
            "birthday_year": year,
            "birthday_month": f"{month:02}",
            "birthday_day": day,
            "birthday_leap_month": bool(values["leap"]),
        }

    def _assign(self):
        """Give the accounts and their people tax ids, units and managers.

        What an account has of tax id and code stays; unit and manager are as signed.
        """
        partners = self.env["res.partner"]
        self.env.flush_all()
        values = [row.values for row in self._rows[ACCOUNTS]]
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
                                || jsonb_build_object(%(key)s::text, w.manager) END
                  FROM unnest(%(ids)s::int[], %(taxes)s::text[], %(refs)s::text[],
                              %(units)s::int[], %(managers)s::int[])
                       AS w(id, tax, ref, unit, manager)
                 WHERE p.commercial_partner_id = w.id
                   AND (w.tax IS NOT NULL OR w.ref IS NOT NULL OR w.unit IS NOT NULL
                        OR w.manager IS NOT NULL)
                """,
                key=str(self._company.id),
                ids=self._ids,
                taxes=[each["tax"] for each in values],
                refs=[each["ref"] for each in values],
                units=[each["unit_id"] for each in values],
                managers=[each["manager_id"] for each in values],
            )
        )
        partners.invalidate_model(["vat", "ref", "club_unit_id", "club_manager_id"])
        managed = [
            number
            for number, each in zip(self._ids, values, strict=True)
            if each["manager_id"]
        ]
        self.env["club.account.team"]._follow_managers(partners.browse(managed))
        self.env["club.account.unit"]._follow_units(partners.browse(self._ids))

    # === What they have === #

    def _get_accounts(self, name):
        """Return (id, values) of the accounts that say something of a kind."""
        return [
            (number, row.values)
            for number, row in zip(self._ids, self._rows[ACCOUNTS], strict=True)
            if row.values[name]
        ]

    def _make_agreements(self):
        first = self._program.date_start or month_start(self._today)
        self._create(
            "club.agreement",
            [
                {
                    "account_id": number,
                    "program_id": self._program.id,
                    "number": values["agreement"],
                    "date_from": values["agreement_from"] or first,
                }
                for number, values in self._get_accounts("agreement")
            ],
        )

    def _make_classes(self):
        """Give the classes, which the take-on's own signatures are for."""
        ids = self._create(
            "club.account.classification",
            [
                {
                    "account_id": number,
                    "class_id": values["class_id"],
                    "company_id": self._company.id,
                    "date_from": self._today,
                    "reason": self._document._get_reason(),
                }
                for number, values in self._get_accounts("class_id")
            ],
        )
        classes = self.env["club.account.classification"].browse(ids)
        classes._set_opening(self._document._get_reason())

    def _make_terms(self):
        reason = self._document._get_reason()
        self.env["club.membership"]._insert(
            self._program,
            [
                {
                    "account_id": self._ids[row.values["place"]],
                    "group_id": row.values["group_id"],
                    "tier_id": row.values["tier_id"],
                    "date_from": row.values["date_from"],
                    "date_to": row.values["date_to"],
                    "origin": OPENING,
                    "evidence": "{}",
                    "reason": reason,
                }
                for row in self._rows[TIERS]
            ],
        )

    def _note_accounts(self):
        """Keep which account came in by this document, and so by no other one."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO club_take_on_account
                       (take_on_id, company_id, account_id, is_new, create_uid,
                        write_uid, create_date, write_date)
                SELECT %(document)s, %(company)s, n.id, n.is_new, %(user)s, %(user)s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM unnest(%(ids)s::int[], %(new)s::bool[]) WITH ORDINALITY
                       AS n(id, is_new, place)
                 ORDER BY n.place
                """,
                document=self._document.id,
                company=self._company.id,
                user=self.env.uid,
                ids=self._ids,
                new=[not row.values["partner"] for row in self._rows[ACCOUNTS]],
            )
        )
        self.env["club.take.on.account"].invalidate_model()

    def _post_points(self):
        """Post the opening points as a sealed run of their own. Rules B7, B9."""
        rows = self._rows[POINTS]
        if not rows:
            return
        labels = dict(
            self.env["club.points.kind"]
            ._fields["code"]
            ._description_selection(self.env)
        )
        name = self._document.name
        entries = SQL(
            "SELECT * FROM unnest(%s::int[], %s::numeric[], %s::date[], %s::text[],"
            " %s::int[]) AS n(account_id, points, valid_until, reason, place)",
            [self._ids[row.values["place"]] for row in rows],
            [row.values["points"] for row in rows],
            [row.values["valid_until"] for row in rows],
            [f"{name}: {labels[row.values['kind_code']]}" for row in rows],
            list(range(len(rows))),
        )
        self.env.flush_all()
        self.run = self.env["club.points.run"]._post_document(
            OPENING, self._program, entries, note=self._document._get_reason()
        )

    def _follow(self):
        """Bring in step what follows from it: standing, duties, pulse."""
        accounts = self.env["res.partner"].browse(self._ids)
        if not self.run:
            # A class may give a floor. A run has looked at that, and set the mirrors.
            self._program._review(
                on=self._today, effective=self._today, accounts=accounts
            )
        self.env["club.duty"]._refresh(accounts, self._company)
        self.env["club.account.pulse"]._refresh(accounts, self._company)
