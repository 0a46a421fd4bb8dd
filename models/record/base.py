"""What the club asks of every model: links that may be read, reasons in words.

Who names a record must be able to read it. A link is a way to read: `onchange` answers
with what follows from it, and a record that was made shows it. Ids are guessed easily,
so the club's models ask of each one.
"""

from odoo import Command, api, models
from odoo.exceptions import AccessError, ValidationError

from ...kernel.written import get_written
from .lock import is_open
from .names import get_model_name
from .rpc import is_id
from .values import check_dicts, check_names

LINKS = ("many2one", "many2many")


class Base(models.AbstractModel):
    _inherit = "base"

    # === Links to what one may read === #

    def onchange(self, values, field_names, fields_spec):
        """Answer nothing about records that the user can't read."""
        if self._asks_club_links():
            check_dicts(self, [values, fields_spec])
            check_names(self, field_names)
            values = self._check_club_links(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def default_get(self, fields):
        """Leave out records that the user can't read: context and saved defaults come
        from whoever calls.
        """
        if self._asks_club_links():
            check_names(self, fields)
        defaults = super().default_get(fields)
        if not self._asks_club_links():
            return defaults
        saved = self.env["ir.default"]._get_model_defaults(self._name)
        for name in list(defaults):
            if f"default_{name}" in self.env.context or name in saved:
                try:
                    defaults = self._check_club_links(defaults, {name})
                except AccessError:
                    del defaults[name]
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        if not self._asks_club_links():
            return super().create(vals_list)
        check_dicts(self, vals_list)
        sent = [dict(values) for values in vals_list]
        # What is copied names it anew: nothing is there yet.
        fresh = self.browse()._check_club_written(vals_list, made=True)
        records = super().create(fresh)
        records._check_club_given_back(sent)
        return records

    def write(self, vals):
        if self._asks_club_links():
            check_dicts(self, [vals])
            self._check_club_written([vals])
        return super().write(vals)

    @api.model
    def _asks_club_links(self):
        return self._name.startswith("club.") and not (self.env.su or is_open(self.env))

    def _check_club_written(self, vals_list, made=False):
        """Refuse links to what the user can't read, one query for each link that is
        written by hand; lines ask of theirs themselves.

        :param made: whether new records are made of the values
        :return: the values, without such links of new records where the server itself
            works them out: see `_check_club_given_back`
        """
        for name in {name for values in vals_list for name in values}:
            field = self._fields.get(name)
            if field and field.type in LINKS and not field.readonly:
                named = [values[name] for values in vals_list if values.get(name)]
                if not self._find_hidden_links(field, named):
                    continue
                if not (made and field.compute and field.type == "many2one"):
                    raise self._get_link_refusal(field)
                vals_list = [
                    {key: value for key, value in values.items() if key != name}
                    if self._find_hidden_links(field, [values.get(name)])
                    else values
                    for values in vals_list
                ]
        return vals_list

    def _check_club_given_back(self, vals_list):
        """Refuse a link to what the user can't read that the server doesn't work out.

        A form sends back what it was given: an activity its type's survey, for one.

        :param vals_list: what was sent for each of the records
        """
        for name in {name for values in vals_list for name in values}:
            field = self._fields.get(name)
            if not (field and field.type == "many2one" and field.compute):
                continue
            ids = [_get_many2one_id(values.get(name)) for values in vals_list]
            if not self.env[field.comodel_name]._find_unreadable(ids):
                continue  # one query, however many there are
            for record, values in zip(self, vals_list, strict=True):
                if record._find_hidden_links(field, [values.get(name)]):
                    raise self._get_link_refusal(field)

    def _check_club_links(self, values, names=None):
        """Refuse values of a form that name a record which the user can't read, their
        lines included.

        :param names: the fields to look at, all if None
        :return: the values, without such names where the server itself works them out
        """
        checked = dict(values)
        for name in values.keys() & (names or self._fields.keys()):
            field, value = self._fields.get(name), values[name]
            if field is None or not value or field.type not in (*LINKS, "one2many"):
                continue
            if field.type != "many2one" and isinstance(value, list | tuple):
                checked[name] = self._check_club_lines(field, value)
            if field.type == "many2one" and isinstance(value, dict):
                # A form of lines sends along what stands in the document's.
                checked[name] = self._check_club_document(field, value)
            if self._find_hidden_links(field, [value]):
                if not field.readonly and not field.compute:
                    raise self._get_link_refusal(field)
                del checked[name]
        return checked

    def _find_hidden_links(self, field, values):
        """Return what values of a field name and the user can't read; what the records
        name already may stay.
        """
        # sudo: compared with what is there, which the user may not see
        if field.type == "many2one":
            ids = [_get_many2one_id(value) for value in values]
        else:
            lists = [value for value in values if isinstance(value, list | tuple)]
            ids = [number for value in lists for number in _get_linked_ids(value)]
        hidden = self.env[field.comodel_name]._find_unreadable(ids)
        return hidden and hidden - self.sudo()[field.name]._origin.with_env(self.env)

    @api.model
    def _get_link_refusal(self, field):
        return AccessError(
            self.env._(
                "%(field)s of %(model)s names a record that you may not read: choose "
                "another one.",
                field=field._description_string(self.env),
                model=get_model_name(self),
            )
        )

    @api.model
    def _check_club_document(self, field, values):
        """Return what is said of a document, checked as if it were said to it."""
        documents, number = self.env[field.comodel_name], values.get("id")
        known = type(number) is int and is_id(number)
        document = documents.browse([number] if known else ()).exists()
        return document._check_club_links(values)

    @api.model
    def _check_club_lines(self, field, commands):
        """Return the commands for lines, their values checked."""
        lines, checked = self.env[field.comodel_name], []
        for command in commands:
            if isinstance(command, list | tuple) and len(command) > 2:
                code, number, inner = command[:3]
                if code in (Command.CREATE, Command.UPDATE) and isinstance(inner, dict):
                    known = code == Command.UPDATE and is_id(number)
                    line = lines.browse([number] if known else ()).exists()
                    command = (code, number, line._check_club_links(inner))
            checked.append(command)
        return checked

    @api.model
    def _find_unreadable(self, ids):
        """Return those of the records that exist and that the user can't read."""
        known = (number for number in ids if type(number) is int and is_id(number))
        records = self.browse(dict.fromkeys(known))
        if not records or self.env.su:
            return self.browse()
        if not self.browse().has_access("read"):
            return records.exists()
        # Searched, not filtered: rules ask for fields that take long to work out.
        found = self.with_context(active_test=False).search([("id", "in", records.ids)])
        return (records - found).exists()

    def _filter_untold(self):
        """Return the records that the user himself can't read, superuser or not.

        A link shows the name of its record to whoever sees the link: what that is about
        is left out of the name then.
        """
        records = self._origin.with_env(self.env(su=False))
        return records._find_unreadable(records.ids).with_env(self.env)

    # === Reasons that say something === #

    @api.constrains(lambda self: self._get_club_reasons())
    def _check_club_reasons(self):
        """Refuse a reason of blanks, or of signs that nobody sees: none is given."""
        for name in self._get_club_reasons():
            field = self._fields[name]
            for record in self:
                given = record[name] or field.required
                if given and not get_written(record[name]):
                    raise record._get_reason_refusal(field)

    def _get_reason_refusal(self, field):
        name = get_model_name(self) if self._transient else self.display_name
        return ValidationError(
            self.env._(
                "%(field)s of “%(record)s” says nothing: write it in words.",
                field=field._description_string(self.env),
                record=name,
            )
        )

    @api.model
    def _get_club_reasons(self):
        """Return the names of the fields in which people give reasons."""
        if not self._name.startswith("club."):
            return []
        return [
            name
            for name, field in self._fields.items()
            if field.type in ("char", "text") and field.store
            if name == "reason" or name.endswith("_reason")
        ]


def _get_many2one_id(value):
    """Return the id in whatever form the ORM takes it, None if there is none."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return value.get("id") if isinstance(value, dict) else value


def _get_linked_ids(commands):
    """Return the ids that commands or a list of ids name."""
    ids = []
    for command in commands:
        if not isinstance(command, list | tuple):
            ids.append(command)
        elif len(command) > 1 and command[0] in (Command.UPDATE, Command.LINK):
            ids.append(command[1])
        elif len(command) > 2 and command[0] == Command.SET:
            ids += command[2] if isinstance(command[2], list | tuple) else ()
    return [number for number in ids if type(number) is int]
