"""Where Odoo keeps texts that name a person, beside the person's own record.

Plain SQL on purpose: it leaves no change log behind, synchronises nothing with the
person's company, and reaches tables of add-ons that may or may not be there.
"""

import re
from functools import cached_property

from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel import personal_words

# Odoo's own tables; the club's models say so themselves (`club.record.mixin`).
# Copies of a person's data on records that point at him: blanked.
COPIES = {
    "crm_lead": (
        "partner_id",
        ("contact_name", "email_from", "email_normalized", "email_cc", "phone")
        + ("phone_sanitized", "function", "street", "street2", "zip", "city")
        + ("website", "email_domain_criterion"),
    ),
    "event_registration": ("partner_id", ("name", "email", "phone", "company_name")),
    "survey_user_input": ("partner_id", ("email", "nickname")),
    "sms_sms": ("partner_id", ("number", "body")),
    "mail_notification": (
        "res_partner_id",
        ("mail_email_address", "sms_number", "failure_reason"),
    ),
}
# Texts of opportunities: his name and numbers are replaced in them.
LEAD_TEXTS = ("name", "description", "partner_name", "referred")
# Where addresses are kept as they were written, whoever the message is about.
ADDRESSES = {
    "mail_message": (
        *("email_from", "reply_to", "incoming_email_cc", "incoming_email_to"),
        "outgoing_email_to",
    ),
    "mail_mail": ("email_to", "email_cc"),
}
# Odoo's documents about him: what is said on them is corrected, what was signed or
# posted isn't.
DOCUMENTS = {
    "crm.lead": "partner_id",
    "event.registration": "partner_id",
    "survey.user_input": "partner_id",
}


class PersonalTexts:
    """Blanks and corrects texts in the database; counts what it changed.

    :param ids: the partners that are the person
    :param account_id: the company whose contact he is: what was said about it may name
        him, and so may its opportunities
    :param words: his name, addresses and numbers
    :param neutral: what stands in their place
    """

    def __init__(self, env, ids, account_id, words, neutral):
        self.cr = env.cr
        self.ids = list(ids)
        self.account_id = account_id
        self._models = env["res.partner"]._get_club_models()
        self.words = sorted(word for word in words if word)
        self.addresses = [word for word in self.words if "@" in word]
        self.neutral = neutral
        self.count = 0

    def clean(self):
        """Take the person out of all of them."""
        # Before addresses go, by which some of them are found.
        self._clean_mails()
        self.scrub("crm_lead", LEAD_TEXTS, self._points_at("crm_lead", "partner_id"))
        _link, copies = COPIES["crm_lead"]
        of_account = SQL("partner_id = %s", self.account_id)
        self.scrub("crm_lead", (*copies, *LEAD_TEXTS), of_account)
        for table, (link, columns) in COPIES.items():
            self.blank(table, columns, self._points_at(table, link))
        self._clean_club_records()
        for table, columns in ADDRESSES.items():
            self.scrub(table, columns, self._has_address(table, columns))
        self._clean_documents()
        self._clean_surveys()
        self._rename_in_logs()
        self.scrub(
            "club_change",
            ("record_name", "old_value", "new_value"),
            SQL("res_model IN ('club.alias', 'club.account.score')"),
        )
        self.scrub(
            "calendar_event",
            ("name", "description", "location"),
            SQL(
                "id IN (SELECT calendar_event_id FROM calendar_event_res_partner_rel"
                " WHERE res_partner_id = ANY(%s))",
                self.ids,
            ),
        )

    def _clean_club_records(self):
        """Correct what the club's models say of him, and what he is called there."""
        for model in self._models:
            for link, columns in model._club_copies.items():
                self.blank(model._table, columns, self._points_at(model._table, link))
            if model._club_texts:
                found = SQL("id = ANY(%s)", self._find_of_person(model))
                self.scrub(model._table, model._club_texts, found)

    def _find_of_person(self, model):
        """Return the ids of the records of a model whose texts may name him."""
        domain = Domain(model._domain_of_person(self.ids, self.account_id))
        return [] if domain.is_false() else model.search(domain).ids

    def _clean_mails(self):
        """Correct mails to him and others; those to him alone are empty by now."""
        mails = SQL(
            "(id IN (SELECT mail_mail_id FROM mail_mail_res_partner_rel"
            " WHERE res_partner_id = ANY(%s)) OR %s)",
            self.ids,
            self._has_address("mail_mail", ADDRESSES["mail_mail"]),
        )
        self.scrub("mail_mail", ("body_html", "headers", "failure_reason"), mails)
        self.scrub(
            "mail_message",
            ("subject", "body"),
            SQL(
                "id IN (SELECT mail_message_id FROM mail_mail WHERE %s"
                " AND is_notification IS NOT TRUE)",
                mails,
            ),
        )

    def _clean_documents(self):
        """Correct what was said, planned and asked for about documents of his."""
        documents = self._find_documents()
        requests = SQL("(res_model, res_id) IN (%s)", documents)
        self.scrub("club_approval_request", ("name", "subject"), requests)
        documents = SQL(
            "%s UNION ALL SELECT 'club.approval.request', id"
            " FROM club_approval_request WHERE %s",
            documents,
            requests,
        )
        self.scrub(
            "mail_activity",
            ("summary", "note", "feedback", "res_name"),
            SQL("(res_model, res_id) IN (%s)", documents),
        )
        said = SQL(
            "(author_id = ANY(%(ids)s) OR (model, res_id) IN (%(documents)s)"
            " OR id IN (SELECT mail_message_id FROM mail_notification"
            " WHERE res_partner_id = ANY(%(ids)s))"
            " AND (message_type <> 'notification' OR NOT EXISTS"
            " (SELECT FROM res_company WHERE restrictive_audit_trail))"
            " OR model = 'res.partner' AND res_id = %(account)s"
            " AND (message_type <> 'notification' OR NOT EXISTS"
            " (SELECT FROM res_company WHERE restrictive_audit_trail))"
            " OR model = 'crm.lead' AND res_id IN"
            " (SELECT id FROM crm_lead WHERE partner_id = %(account)s))",
            ids=self.ids,
            documents=documents,
            account=self.account_id,
        )
        self.scrub(
            "mail_mail",
            ("body_html", "headers"),
            SQL("mail_message_id IN (SELECT id FROM mail_message WHERE %s)", said),
        )
        self.scrub("mail_message", ("subject", "body"), said)
        self.scrub(
            "mail_scheduled_message",
            ("subject", "body"),
            SQL(
                "((model, res_id) IN (%s)"
                " OR model = 'res.partner' AND res_id = ANY(%s))",
                documents,
                [*self.ids, self.account_id],
            ),
        )
        self.blank(
            "mail_message",
            ("email_from", "reply_to"),
            SQL("author_id = ANY(%s)", self.ids),
        )
        self.scrub(
            "mail_tracking_value",
            ("old_value_char", "new_value_char", "old_value_text", "new_value_text"),
            SQL("mail_message_id IN (SELECT id FROM mail_message WHERE %s)", said),
        )

    def _find_documents(self):
        """Return the query of model and id of the documents about him."""
        queries = [
            SQL(
                "SELECT %s::varchar, id FROM %s WHERE %s = ANY(%s)",
                model,
                SQL.identifier(model.replace(".", "_")),
                SQL.identifier(link),
                self.ids,
            )
            for model, link in DOCUMENTS.items()
        ]
        queries += [
            SQL("SELECT %s::varchar, unnest(%s::int[])", model._name, found)
            for model in self._models
            if "message_ids" in model._fields and (found := self._find_of_person(model))
        ]
        # What was said of events to which he was asked may name him, too.
        queries.append(
            SQL(
                "SELECT 'event.event', event_id FROM event_registration"
                " WHERE partner_id = ANY(%s)",
                self.ids,
            )
        )
        return SQL(" UNION ALL ").join(queries)

    def _clean_surveys(self):
        """Correct what he wrote into surveys."""
        self.scrub(
            "survey_user_input_line",
            ("value_char_box", "value_text_box"),
            SQL(
                "user_input_id IN"
                " (SELECT id FROM survey_user_input WHERE partner_id = ANY(%s))",
                self.ids,
            ),
        )

    def blank(self, table, columns, where):
        """Empty columns of the rows that `where` names, as far as there are any."""
        columns = self._get_columns(table, columns)
        if not columns:
            return
        filled = SQL(" OR ").join(SQL("%s IS NOT NULL", column) for column in columns)
        self.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s AND (%s)",
                SQL.identifier(table),
                SQL(", ").join(SQL("%s = NULL", column) for column in columns),
                where,
                filled,
            )
        )
        self.count += self.cr.rowcount

    def scrub(self, table, columns, where):
        """Replace the person's words in columns of the rows that `where` names."""
        columns = self._get_columns(table, columns)
        if not columns or not self.words:
            return
        self.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE %s",
                SQL(", ").join(columns),
                SQL.identifier(table),
                where,
            )
        )
        for key, *texts in self.cr.fetchall():
            clean = [
                text and personal_words.scrub(text, self.words, self.neutral)
                for text in texts
            ]
            if clean == texts:
                continue
            self.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL(", ").join(
                        SQL("%s = %s", column, text)
                        for column, text in zip(columns, clean, strict=True)
                    ),
                    key,
                )
            )
            self.count += 1

    def _rename_in_logs(self):
        """Rename the person where a logged change shows him as a value."""
        partner_fields = SQL(
            "SELECT id FROM ir_model_fields WHERE relation = 'res.partner'"
        )
        for side in ("old", "new"):
            self.cr.execute(
                SQL(
                    "UPDATE mail_tracking_value SET %s = %s"
                    " WHERE %s = ANY(%s) AND field_id IN (%s)",
                    SQL.identifier(f"{side}_value_char"),
                    self.neutral,
                    SQL.identifier(f"{side}_value_integer"),
                    self.ids,
                    partner_fields,
                )
            )
            self.count += self.cr.rowcount

    def _points_at(self, table, link):
        """Return the condition of rows that name him, by key or by address."""
        condition = SQL("%s = ANY(%s)", SQL.identifier(link), self.ids)
        columns = self._get_columns(table, ("email_normalized", "email"))
        if not columns or not self.addresses:
            return condition
        addresses = [address.lower() for address in self.addresses]
        return SQL("(%s OR lower(%s) = ANY(%s))", condition, columns[0], addresses)

    def _has_address(self, table, columns):
        """Return the condition that a column has an address of his somewhere."""
        patterns = [
            "%" + re.sub(r"([%_\\])", r"\\\1", address) + "%"
            for address in self.addresses
        ]
        columns = self._get_columns(table, columns)
        if not columns or not patterns:
            return SQL("FALSE")
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                SQL("%s ILIKE ANY(%s)", column, patterns) for column in columns
            ),
        )

    def _get_columns(self, table, names):
        """Return those columns that there are: not every add-on is installed."""
        there = self._columns.get(table, ())
        return [SQL.identifier(name) for name in names if name in there]

    @cached_property
    def _columns(self):
        """The columns of each table."""
        self.cr.execute(
            "SELECT table_name, array_agg(column_name::text)"
            " FROM information_schema.columns WHERE table_schema = current_schema"
            " GROUP BY table_name"
        )
        return dict(self.cr.fetchall())
