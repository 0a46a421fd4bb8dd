"""Taking on the accounts of a signed sheet: one transaction, by lists. Rule A14."""

import json

from odoo.tools import SQL

from ...kernel import lunar
from ...kernel.take_on import ACCOUNTS, CONTACTS, POINTS, TIERS
from ...kernel.windows import month_start
from ..contact.club_contact_profile import BIRTHDAY, LUNAR, SOLAR
from ..program.club_points_kind import BONUS, OPENING
from ..record.like import insert_like, read_like, take_ids, taken_back
from .take_on_partners import Partners

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_quick_update": True,
}
NEXT = "birthday_next"


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
        self._like, self._like_classes = {}, {}
        self._birthdays = {}  # what is worked out of one: there are few
        self._ids = []  # of the accounts, in the order of their rows
        self.run = self.env["club.points.run"]

    def apply(self):
        """Make what the sheets say; return the ids of the accounts."""
        self._read_likes()
        self._make_accounts()
        self._make_contacts()
        self._make_agreements()
        self._make_classes()
        self._make_cards(self._make_terms())
        self._note_accounts()
        self._analyze("res.partner", "club.membership", "club.contact.profile")
        self._post_points()
        self._analyze("club.points.entry", "club.points.run")
        self._follow()
        return self._ids

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

    # === What is made once, as it is always made === #

    def _read_likes(self):
        """Make one record of each kind, keep what is stored of it, take it back."""
        with taken_back(self.env):
            account = self.env["res.partner"].create({"name": "-", "is_company": True})
            person = self.env["res.partner"].create(
                {"name": "-", "parent_id": account.id, "type": "contact"}
            )
            made = {
                "account": account,
                "person": person,
                "profile": self.env["club.contact.profile"].create(
                    {"contact_id": person.id, "company_id": self._company.id}
                ),
                "agreement": self.env["club.agreement"].create(
                    {
                        "account_id": account.id,
                        "program_id": self._program.id,
                        "number": self._document.name,
                    }
                ),
            }
            self._like = {name: read_like(record) for name, record in made.items()}
            self._like_classes = {
                class_id: self._read_like_class(account, class_id)
                for class_id in {row.values["class_id"] for row in self._rows[ACCOUNTS]}
                - {None}
            }

    def _read_like_class(self, account, class_id):
        """Return the rows of a class that is given and of the request that it has."""
        reason = self._document._get_reason()
        given = self.env["club.account.classification"].create(
            {
                "account_id": account.id,
                "class_id": class_id,
                "company_id": self._company.id,
                "date_from": self._today,
                "reason": reason,
            }
        )
        given._set_opening(reason)
        request_sudo = given.sudo().approval_request_id  # nobody has rights on it
        return read_like(given), read_like(request_sudo)

    # === Partners === #

    def _make_accounts(self):
        """Make the new accounts; give the known ones what the sheet says of them."""
        rows = self._rows[ACCOUNTS]
        partners = Partners(self.env, self._like)
        standings = self._get_standings()
        new = [place for place, row in enumerate(rows) if not row.values["partner"]]
        known = [place for place, row in enumerate(rows) if row.values["partner"]]
        self._ids = [row.values["partner"] for row in rows]
        made = partners.insert_accounts(
            [rows[place].values for place in new],
            [standings.get(place, (None, None)) for place in new],
        )
        for place, number in zip(new, made, strict=True):
            self._ids[place] = number
        ids = [self._ids[place] for place in known]
        partners.assign(ids, [rows[place].values for place in known])
        managed = self.env["res.partner"].browse(
            number for number, _values in self._get_accounts("manager_id")
        )
        self.env["club.account.team"]._follow_managers(managed)
        self.env["club.account.unit"]._follow_units(managed.browse(self._ids))
        self.env["club.greeting.line"]._follow_managers(managed & managed.browse(ids))

    def _get_standings(self):
        """Return ``{place: (tier id, grade id)}``: what accounts show once it is in.

        A review finds then that they show it already.
        """
        if self._program != self._program._get_main(self._company):
            return {}
        purposes = {group.id: group.purpose for group in self._program.group_ids}
        found = {}
        for row in self._rows[TIERS]:
            values = row.values
            shown = list(found.get(values["place"], (None, None)))
            for index, other in enumerate(("grade", "membership")):
                if purposes[values["group_id"]] != other:
                    shown[index] = max(shown[index] or 0, values["tier_id"])
            found[values["place"]] = tuple(shown)
        return found

    def _make_contacts(self):
        rows = self._rows[CONTACTS]
        if not rows:
            return
        new = [row.values for row in rows if not row.values["contact"]]
        ids = Partners(self.env, self._like).insert_people(
            [self._ids[values["place"]] for values in new], new
        )
        for values, number in zip(new, ids, strict=True):
            values["contact"] = number
        values = [row.values for row in rows]
        birthdays = [self._get_birthday(each) for each in values]
        profiles = insert_like(
            self.env["club.contact.profile"],
            self._like["profile"],
            {
                "contact_id": [each["contact"] for each in values],
                "account_id": [self._ids[each["place"]] for each in values],
                **{name: [each[name] for each in birthdays] for name in birthdays[0]},
            },
        )
        self._give_roles(profiles, [each["role_ids"] for each in values])

    def _get_birthday(self, values):
        """Return what a profile stores of a birthday; of none nothing."""
        calendar = values["calendar"] or SOLAR
        if not values["birthday"]:
            return {**dict.fromkeys(BIRTHDAY), "birthday_calendar": SOLAR, NEXT: None}
        year, month, day = values["birthday"]
        leap = bool(values["leap"])
        key = (month, day, calendar, leap)
        if key not in self._birthdays:
            self._birthdays[key] = lunar.next_birthday(
                month, day, today=self._today, lunar=calendar == LUNAR, leap=leap
            )
        return {
            "birthday_calendar": calendar,
            "birthday_year": year,
            "birthday_month": f"{month:02}",
            "birthday_day": day,
            "birthday_leap_month": leap,
            NEXT: self._birthdays[key],
        }

    def _give_roles(self, profile_ids, role_ids):
        field = self.env["club.contact.profile"]._fields["role_ids"]
        pairs = [
            (profile, role)
            for profile, roles in zip(profile_ids, role_ids, strict=True)
            for role in dict.fromkeys(roles)
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s::int[], %s::int[])",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                [profile for profile, _role in pairs],
                [role for _profile, role in pairs],
            )
        )

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
        found = self._get_accounts("agreement")
        if found:
            insert_like(
                self.env["club.agreement"],
                self._like["agreement"],
                {
                    "account_id": [number for number, _values in found],
                    "number": [values["agreement"] for _number, values in found],
                    "date_from": [
                        values["agreement_from"] or first for _number, values in found
                    ],
                },
            )

    def _make_classes(self):
        """Give the classes, which the take-on's own signatures are for."""
        by_class = {}
        for number, values in self._get_accounts("class_id"):
            by_class.setdefault(values["class_id"], []).append(number)
        for class_id, numbers in by_class.items():
            self._give_class(numbers, *self._like_classes[class_id])

    def _give_class(self, numbers, given, request):
        """Give a class to accounts: each a document of its own, done by its request.

        :param numbers: ids of the accounts
        :param given: row of the class that one of them was given
        :param request: row of its request
        """
        classes = self.env["club.account.classification"]
        requests = self.env["club.approval.request"]
        names = dict(
            self.env.execute_query(
                SQL("SELECT id, name FROM res_partner WHERE id = ANY(%s)", numbers)
            )
        )
        class_ids = take_ids(classes, len(numbers))
        name = classes.class_id.browse(given["class_id"]).name
        contents = [{**request["content"], "account_id": n} for n in numbers]
        request_ids = insert_like(
            requests,
            request,
            {
                "name": [f"{name}: {names[number]}" for number in numbers],
                "res_id": class_ids,
                "content": [json.dumps(content) for content in contents],
                "digest": [classes._get_content_digest(each) for each in contents],
            },
        )
        insert_like(
            classes,
            given,
            {
                "id": class_ids,
                "account_id": numbers,
                "approval_request_id": request_ids,
            },
        )

    def _make_terms(self):
        """Begin the terms; return their ids, by row."""
        reason = self._document._get_reason()
        return self.env["club.membership"]._insert(
            self._program,
            [
                {
                    "account_id": self._ids[row.values["place"]],
                    "group_id": row.values["group_id"],
                    "tier_id": row.values["tier_id"],
                    "date_from": row.values["date_from"],
                    "date_to": row.values["date_to"],
                    "origin": OPENING,
                    "reason": reason,
                }
                for row in self._rows[TIERS]
            ],
        )

    def _make_cards(self, term_ids):
        """Enter the cards that accounts have, each of the tier that it is for."""
        self.env["club.card"]._take_on(
            [
                (number, term_ids[values["card_term"]], values["card"])
                for number, values in self._get_accounts("card")
            ]
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
            " %s::int[], %s::text[])"
            " AS n(account_id, points, valid_until, reason, place, kind)",
            [self._ids[row.values["place"]] for row in rows],
            [row.values["points"] for row in rows],
            [row.values["valid_until"] for row in rows],
            [f"{name}: {labels[row.values['kind_code']]}" for row in rows],
            list(range(len(rows))),
            # What a tier multiplied never counts for the tier, here neither. Rule B14.
            [BONUS if row.values["kind_code"] == BONUS else OPENING for row in rows],
        )
        self.env.flush_all()
        self.run = self.env["club.points.run"]._post_document(
            OPENING,
            self._program,
            entries,
            entry_kind=SQL("s.kind"),
            note=self._document._get_reason(),
        )

    def _follow(self):
        """Bring in step what follows from it: standing, and with it duties; pulse."""
        accounts = self.env["res.partner"].browse(self._ids)
        accounts.fetch(["commercial_partner_id"])  # nothing else is asked of them
        if not self.run:
            # A class may give a floor. A run has looked at that, for all accounts.
            self._program._review(
                on=self._today, effective=self._today, accounts=accounts
            )
        self.env["club.account.pulse"]._refresh(accounts, self._company)
