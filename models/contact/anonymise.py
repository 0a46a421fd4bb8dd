"""Anonymising a person: what is personal goes, what points at the record stays."""

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize_all

from odoo.addons.base.models.res_bank import sanitize_account_number

from .personal_texts import PersonalTexts

# Not personal, or needed by the record itself.
KEPT_TEXTS = {"name", "complete_name", "lang", "tz", "type", "invoice_edi_format_store"}
# Where he lives, and who sells to him; the country stays, for tax reports.
OTHER_COLUMNS = ("state_id", "user_id", "partner_latitude", "partner_longitude")
TEXT_TYPES = ("char", "text", "html", "properties", "json", "date")


class Anonymiser:
    """Erases a person from the database, in one transaction and for good.

    The partner's id stays, and with it everything that points there: points entries,
    memberships, signatures, redemptions, invoices. No journal entry, points entry,
    signature or posted document is touched.
    """

    def __init__(self, partner):
        # sudo: who may be anonymised is asked before; all of it goes
        self.partner = partner.sudo().with_context(
            active_test=False, tracking_disable=True, mail_notrack=True
        )
        self.env = self.partner.env
        # Private addresses of the person are his; other people under him aren't.
        self.persons = self.partner | self.partner.child_ids.filtered(
            lambda child: child.type != "contact"
        )
        self.ids = self.persons.ids
        self.neutral = self.env["club.anonymisation"]._get_neutral_name(partner.id)
        self.profiles = self.env["club.contact.profile"].search(
            ["|", ("contact_id", "in", self.ids), ("account_id", "=", partner.id)]
        )

        self.banks = self.env["res.partner.bank"].search(
            [("partner_id", "in", self.ids)]
        )
        self.addresses = {
            address
            for person in self.persons
            for address in email_normalize_all(person.email)
        }
        self.mails = self._get_mails()
        self.registrations = self.env["event.registration"].search(
            [("partner_id", "in", self.ids)]
        )

    @property
    def is_account(self):
        return self.partner.commercial_partner_id == self.partner

    def count(self):
        """Return how much there is of each kind, for the dialog and for the log."""
        env = self.env
        entries = env["club.points.entry"].search_count(
            [("account_id", "=", self.partner.id)]
        )
        return {
            "was_account": self.is_account,
            "entry_count": entries,
            "profile_count": len(self.profiles),
            "message_count": len(self._get_message_ids()),
            "value_count": env["mail.tracking.value"].search_count(
                [("mail_message_id", "in", self._get_message_ids())]
            ),
            "file_count": len(self._get_files()),
        }

    def run(self):
        """Erase, and return the counts."""
        self.env.flush_all()
        counts = self.count()
        words = self._get_words()
        self._erase_profiles()
        self._erase_messages()
        self._get_files().unlink()
        self._erase_links()
        self._erase_keys()
        self._erase_bank_accounts()
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        texts = PersonalTexts(
            self.env,
            self.ids,
            self.partner.commercial_partner_id.id,
            words,
            self.neutral,
        )
        texts.clean()
        # What he booked stays as a number of uses; that it was he doesn't. Rule C9.
        for model in self._get_models_with("_forget_persons"):
            model._forget_persons(self.ids)
        self._erase_record()
        return {**counts, "text_count": texts.count}

    # === What there is === #

    def _get_words(self):
        """Return the person's name, addresses and numbers as they stand."""
        names = ("name", "email", "email_normalized", "phone", "phone_sanitized")
        words = {person[name] for person in self.persons for name in names}
        # What they were called before, as far as changes were logged.
        changes = self.env["mail.tracking.value"].search(
            [
                ("mail_message_id", "in", self._get_message_ids()),
                ("field_id.name", "in", names),
            ]
        )
        words |= {*changes.mapped("old_value_char"), *changes.mapped("new_value_char")}
        numbers = ("phone_second", "wechat", "qq")
        words |= {profile[name] for profile in self.profiles for name in numbers}
        # Keys in links to him, and on his badges: who has one needs no name.
        for model in self._get_models_with("_get_keys_of_persons"):
            words |= model._get_keys_of_persons(self.ids)
        words |= {*self.registrations.mapped("barcode")}
        return {word for word in words if word}

    def _get_models_with(self, name):
        """Return the models that have a method for when a person is forgotten."""
        return [
            self.env[model]
            for model, found in self.env.registry.items()
            if hasattr(found, name)
        ]

    def _get_message_ids(self):
        """Return the messages on the person and his bank accounts, but those that
        accounting must keep; and mails to him alone that hang on no record.
        """
        domain = Domain("model", "=", "res.partner") & Domain("res_id", "in", self.ids)
        domain |= Domain("model", "=", "res.partner.bank") & Domain(
            "res_id", "in", self.banks.ids
        )
        if self._has_audit_trail():
            domain &= Domain("message_type", "!=", "notification")
        mails = self.mails.filtered(lambda mail: not mail.model)
        return (self.env["mail.message"].search(domain) | mails.mail_message_id).ids

    def _get_mails(self):
        """Return the mails that went, or were to go, to the person and nobody else."""
        mails = self.env["mail.mail"].search(
            Domain("recipient_ids", "in", self.ids)
            | Domain.OR(Domain("email_to", "ilike", a) for a in self.addresses)
        )
        return mails.filtered(
            lambda mail: mail.recipient_ids <= self.persons
            and self.addresses.issuperset(
                (
                    *email_normalize_all(mail.email_to),
                    *email_normalize_all(mail.email_cc),
                )
            )
        )

    def _has_audit_trail(self):
        """Tell whether a company with a restricted audit trail booked on the person.

        Odoo refuses to remove the change log of such partners: it belongs to the books.
        """
        return bool(
            self.env["account.move.line"].search_count(
                [
                    ("partner_id", "in", self.ids),
                    ("company_id.restrictive_audit_trail", "=", True),
                ],
                limit=1,
            )
        )

    def _get_files(self):
        """Return pictures and files of the person and of the messages about him."""
        owners = [
            self.persons,
            self.profiles,
            self.registrations,
            self.env["survey.user_input"].search([("partner_id", "in", self.ids)]),
            # What is his alone, beside the contact.
            *(
                model.search([(model._club_about, "in", self.ids)])
                for model in self.partner._get_club_models()
                if model._club_is_his
            ),
        ]
        files = self.env["ir.attachment"].search(
            # Odoo leaves files of fields out, unless a search asks for them.
            (Domain("res_field", "=", False) | Domain("res_field", "!=", False))
            & Domain.OR(
                Domain("res_model", "=", owner._name)
                & Domain("res_id", "in", owner.ids)
                for owner in owners
            )
        )
        return files | self._get_mailed_files()

    def _get_mailed_files(self):
        """Return what was made for mails to the person alone: his tickets, his card."""
        messages = self.mails.mail_message_id
        files = messages.attachment_ids.filtered(
            lambda file: not file.res_id or file.res_model == "mail.message"
        )
        others = self.env["mail.message"].search(
            [("attachment_ids", "in", files.ids), ("id", "not in", messages.ids)]
        )
        templates = self.env["mail.template"].search(
            [("attachment_ids", "in", files.ids)]
        )
        return files - others.attachment_ids - templates.attachment_ids

    # === What goes === #

    def _erase_profiles(self):
        self.profiles.filtered(
            lambda profile: profile.contact_id.id in self.ids
        ).unlink()

    def _erase_messages(self):
        """Empty the messages about the person; that there was one stays."""
        keys = self._get_message_ids()
        # Whatever they hang on: they were written to nobody else.
        self.env.cr.execute(
            "UPDATE mail_mail SET body_html = NULL, email_to = NULL, email_cc = NULL,"
            " headers = NULL, failure_reason = NULL,"
            " state = CASE WHEN state IN ('outgoing', 'exception') THEN 'cancel'"
            " ELSE state END WHERE id = ANY(%s)",
            [self.mails.ids],
        )
        self.env.cr.execute(
            "DELETE FROM mail_tracking_value WHERE mail_message_id = ANY(%s)", [keys]
        )
        self.env.cr.execute(
            "UPDATE mail_message SET body = '', subject = NULL, email_from = NULL,"
            " reply_to = NULL, incoming_email_cc = NULL, incoming_email_to = NULL,"
            " outgoing_email_to = NULL WHERE id = ANY(%s)",
            [keys],
        )
        self.env.cr.execute(
            "UPDATE mail_mail SET body_html = NULL, email_to = NULL, email_cc = NULL,"
            " headers = NULL, failure_reason = NULL,"
            " state = CASE state WHEN 'outgoing' THEN 'cancel' ELSE state END"
            " WHERE mail_message_id = ANY(%s)",
            [keys],
        )

    def _erase_links(self):
        """Drop what follows the person about, plans for him, and names of imports."""
        env = self.env
        env["mail.followers"].search([("partner_id", "in", self.ids)]).unlink()
        env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", self.ids)]
        ).unlink()
        aliases = env["club.alias"].search([("account_id", "in", self.ids)])
        numbers = aliases.ids
        aliases.unlink()
        # What the aliases were called; who changed one, and when, stays.
        env.cr.execute(
            """
            UPDATE club_change
               SET record_name = %(name)s,
                   old_value = CASE WHEN old_value <> '' THEN %(name)s END,
                   new_value = CASE WHEN new_value <> '' THEN %(name)s END
             WHERE res_model = 'club.alias' AND res_id = ANY(%(ids)s)
            """,
            {"name": self.neutral, "ids": numbers},
        )
        env["ir.model.data"].search(
            [
                ("model", "=", "res.partner"),
                ("res_id", "in", self.ids),
                ("module", "in", ("__import__", "__export__")),
            ]
        ).unlink()

    def _erase_keys(self):
        """End his badges, and text messages that are still to be sent."""
        for registration in self.registrations:
            self.env.cr.execute(
                "UPDATE event_registration SET barcode = %s WHERE id = %s",
                [registration._get_random_barcode(), registration.id],
            )
        # Text messages still to be sent have no number and no words any more.
        self.env.cr.execute(
            "UPDATE sms_sms SET state = 'canceled' WHERE state IN ('outgoing', 'error')"
            " AND partner_id = ANY(%s)",
            [self.ids],
        )
        numbers = [p.phone_sanitized for p in self.persons if p.phone_sanitized]
        addresses = [*self.addresses]
        self.env["mail.blacklist"].search([("email", "in", addresses)]).unlink()
        self.env["phone.blacklist"].search([("number", "in", numbers)]).unlink()

    def _erase_bank_accounts(self):
        """Archive bank accounts; the number stays only where a document names it.

        By SQL: Odoo writes the number that was changed or archived into the chatter.
        """
        for bank in self.banks:
            number = f"ANONYMISED{bank.id}"
            if self._is_on_a_document(bank):
                number = bank.acc_number
            self.env.cr.execute(
                "UPDATE res_partner_bank SET active = FALSE, acc_holder_name = %s,"
                " note = NULL, clearing_number = NULL, acc_number = %s,"
                " sanitized_acc_number = %s WHERE id = %s",
                [
                    self.neutral,
                    number,
                    sanitize_account_number(number),
                    bank.id,
                ],
            )

    def _is_on_a_document(self, bank):
        return any(
            self.env[model].search_count([(name, "=", bank.id)], limit=1)
            for model, name in (
                ("account.move", "partner_bank_id"),
                ("account.payment", "partner_bank_id"),
                ("account.bank.statement.line", "partner_bank_id"),
            )
        )

    def _erase_record(self):
        """Empty the record and archive it, with neither tracking nor synchronising.

        By SQL: writing an address or tax number on a contact would write it on his
        company as well.
        """
        names = self._get_text_fields()
        emptied = [*names, *OTHER_COLUMNS]
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET name = %s, active = FALSE, %s"
                " WHERE id = ANY(%s)",
                self.neutral,
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in emptied
                ),
                self.ids,
            )
        )
        self.env.cr.execute(
            "DELETE FROM res_partner_res_partner_category_rel"
            " WHERE partner_id = ANY(%s)",
            [self.ids],
        )
        self.env.invalidate_all(flush=False)
        self.persons.modified(["name", "active", *emptied])
        self.env.flush_all()

    def _get_text_fields(self):
        """Return the fields with a text of their own, those of other add-ons, too.

        What a contact has from his company (tax number, register) is the company's.
        """
        of_company = set()
        if not self.is_account:
            of_company = set(self.partner._commercial_fields())
        return [
            name
            for name, field in self.partner._fields.items()
            if field.store
            and field.column_type
            and field.type in TEXT_TYPES
            and not field.required
            and name not in KEPT_TEXTS
            and name not in of_company
        ]
