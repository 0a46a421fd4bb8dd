from odoo import Command, api, models

from .channels import REFUSED

# What only one of two profiles can say; the birthday counts as one thing.
SINGLE = ("diet", "taboos", "phone_second", "wechat", "qq", "channel")
BIRTHDAY_PARTS = (
    "birthday_calendar",
    "birthday_year",
    "birthday_month",
    "birthday_day",
    "birthday_leap_month",
    "birthday_source",
    "birthday_checked_on",
    "birthday_checked_by_id",
)


class ClubContactProfile(models.Model):
    _inherit = "club.contact.profile"

    @api.model
    def _settle_merge(self, sources, target):
        """Make one profile of those that would be the same person's for one account.

        Profiles for other accounts stay apart: other people look after those.
        """
        merged = sources | target
        profiles = self.search(
            ["|", ("contact_id", "in", merged.ids), ("account_id", "in", merged.ids)]
        )
        groups = profiles.grouped(
            lambda p: (
                target if p.contact_id in merged else p.contact_id,
                target if p.account_id in merged else p.account_id,
                p.company_id,
            )
        )
        for found in groups.values():
            kept, *others = found.sorted(
                lambda p: (p.contact_id != target, p.account_id != target, p.id)
            )
            for other in others:
                kept._absorb(other)

    def _absorb(self, other):
        """Take over all that the other profile says; what differs goes to the notes."""
        self.ensure_one()
        # What was said goes first: a preferred channel is checked against it.
        other.consent_ids._write_guarded({"profile_id": self.id})
        values, notes = {}, [text for text in (self.note, other.note) if text]
        for name in SINGLE:
            if not other[name] or other[name] == self[name]:
                continue
            if self[name] or self._is_refused(name, other[name]):
                notes.append(self._describe_other(other, name))
            else:
                values[name] = other[name]
        if other.birthday and not self.birthday:
            parts = {name: other[name] for name in BIRTHDAY_PARTS}
            values.update(other._convert_to_write(parts))
        elif other.birthday and other.birthday != self.birthday:
            notes.append(self._describe_other(other, "birthday"))
        self._write_guarded(
            {
                **values,
                "note": "\n".join(notes),
                "role_ids": [Command.link(key) for key in other.role_ids.ids],
                "interest_ids": [Command.link(key) for key in other.interest_ids.ids],
            }
        )
        other.unlink()

    def _is_refused(self, name, value):
        return name == "channel" and self[f"consent_{value}"] == REFUSED

    def _describe_other(self, other, name):
        field = other._fields[name]
        value = other[name]
        if field.type == "selection":
            value = dict(field._description_selection(self.env))[value]
        return self.env._(
            "%(field)s in the duplicate: %(value)s",
            field=field._description_string(self.env),
            value=value,
        )
