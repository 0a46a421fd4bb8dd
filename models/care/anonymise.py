"""Anonymising a person: what is personal goes, what points at the record stays."""

from odoo.fields import Domain
from odoo.tools import SQL

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
        for model in ("club.benefit.booking", "club.venue.booking"):
            self.env[model]._forget_persons(self.ids)
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
        words |= {p[name] for p in self.profiles for name in ("phone_second", "wechat")}
        return {word for word in words if word}

    def _get_message_ids(self):
        """Return the messages on the person and his bank accounts, but those that
        accounting must keep.
        """
        domain = Domain("model", "=", "res.partner") & Domain("res_id", "in", self.ids)
        domain |= Domain("model", "=", "res.partner.bank") & Domain(
            "res_id", "in", self.banks.ids
        )
        if self._has_audit_trail():
            domain &= Domain("message_type", "!=", "notification")
        return self.env["mail.message"].search(domain).ids

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
        return self.env["ir.attachment"].search(
            [
                *("|", ("res_field", "=", False), ("res_field", "!=", False)),
                *("|", "&", ("res_model", "=", "res.partner")),
                ("res_id", "in", self.ids),
                *("&", ("res_model", "=", "club.contact.profile")),
                ("res_id", "in", self.profiles.ids),
            ]
        )

    # === What goes === #

    def _erase_profiles(self):
        self.profiles.filtered(
            lambda profile: profile.contact_id.id in self.ids
        ).with_context(club_lock=None).unlink()

    def _erase_messages(self):
        """Empty the messages about the person; that there was one stays."""
        keys = self._get_message_ids()
        if not keys:
            return
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
