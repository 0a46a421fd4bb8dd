"""What every record of the club is."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .accounts import use_company
from .hold import hold_rows
from .lock import MODULE, is_open
from .names import get_labels, get_model_name, join
from .refused import GIVING_AWAY, doing
from .rpc import for_one, is_id, without_client_context
from .values import check_dicts, check_names, check_values


class ClubRecordMixin(models.AbstractModel):
    """A record of the club: guarded, within its user's reach, fixed when it says so.

    A model says in the attributes below what kind of record it is, and puts what else
    it asks or does into the hooks of `club.guard.mixin`.
    """

    _name = "club.record.mixin"
    _description = "Record of the Club"
    _inherit = ["club.guard.mixin", "club.grouped.mixin"]
    _check_company_auto = True

    # Whether only our own methods create it, and which fields they may still write.
    # Nobody deletes it.
    _club_by_code = False
    _club_rewritable = ()

    # What its numbers begin with: its `name` is the next one of a sequence of its own.
    _club_sequence = ""
    # Fields in which one of an account's people stands for the account.
    _club_accounts = ()

    # The field that leads to the document whose line it is: fixed when that is, with
    # that one's rights (ir_rule.py).
    _club_parent = ""
    # Its states: what is in `_club_fixed` is open in the first one only; in those of
    # `_club_closed` nothing is, but what is in `_club_free`. A line's free fields stay
    # open when its document is fixed.
    _club_state = "state"
    _club_draft = "draft"
    _club_fixed = ()
    _club_closed = ()
    _club_free = ()

    # Whether companies above read it. What is said and filed beside it they don't.
    _club_from_above = False

    # Whether it states amounts in its company's currency, which then stays.
    _club_fixes_currency = False
    # The field with the account or supplier that keeps its name, company and place
    # while there are such records.
    _club_keeps = ""
    # The field that names the person or account whom it is about, texts that may name
    # him, and copies of what he is called, by the field that names him. Who asks to be
    # forgotten is taken out of them; what is his alone loses its files, too.
    _club_about = ""
    _club_texts = ()
    _club_copies = {}
    _club_is_his = False

    # Whether what it costs is shared by several accounts: `_get_cost_sql`.
    _club_shares_cost = False

    club_is_here = fields.Boolean(
        "Of the Company in Use",
        compute="_compute_club_is_here",
        search="_search_club_is_here",
        compute_sudo=True,
        help="An account's manager and unit are company-dependent, so who sees its "
        "records by them sees those of the company in use only.",
    )

    # No rule of a group says so by `company_id`: where a rule fails that has this word
    # in its text, Odoo takes another company for the cause, suggests it, and the web
    # client reloads the page for ever.
    @api.depends(lambda self: ["company_id"] if "company_id" in self._fields else [])
    @api.depends_context("company")
    def _compute_club_is_here(self):
        has_company = "company_id" in self._fields
        for record in self:
            record.club_is_here = (
                not has_company or record.company_id == self.env.company
            )

    def _search_club_is_here(self, operator, value):
        if operator != "in":
            return NotImplemented
        if "company_id" not in self._fields:
            return Domain.TRUE
        return Domain("company_id", "=", self.env.company.id)

    # === Created, written, deleted === #

    @api.model
    def default_get(self, fields):
        check_names(self, fields)
        return {} if self._club_by_code else super().default_get(fields)

    @api.model
    def _club_check_guarded(self, values):
        if self._club_by_code and not is_open(self.env):
            raise self._refusal()
        return super()._club_check_guarded(values)

    def _refusal(self):
        """Return the error for whoever would write what only our own methods do."""
        return UserError(
            self.env._(
                "%s: only the club's own steps write this.", get_model_name(self)
            )
        )

    @api.model
    def _club_prefetch(self, vals_list):
        result = super()._club_prefetch(vals_list)
        ids = {
            values[name]
            for name in self._club_accounts
            for values in vals_list
            if is_id(values.get(name))
        }
        if len(ids) > 1:
            # Whom the user can't read is asked for by itself, and refused.
            found = self.env["res.partner"].browse(ids)._filtered_access("read")
            found.fetch(["commercial_partner_id"])
        return result

    def _club_prepare(self, values, is_new=False):
        values = super()._club_prepare(values, is_new=is_new)
        for name in self._club_accounts:
            values = use_company(self.env, values, name)
        if is_new and self._club_sequence:
            # sudo: who draws up a paper need not read the sequences
            number = self.env["ir.sequence"].sudo().next_by_code(self._name)
            values = {**values, "name": number}
        return values

    @api.model
    def _get_draft_number(self):
        """Return what a document that isn't saved yet shows in place of a number."""
        return self.env._("%s (draft)", get_model_name(self))

    @api.model
    def _ensure_sequences(self):
        """Give each numbered model the sequence that it lacks, one for all companies.

        What is there stays as its users have changed it.
        """
        sequences = self.env["ir.sequence"]
        numbered = {
            name
            for name in self.env.registry.descendants([self._name], "_inherit")
            if self.env[name]._club_sequence
        }
        there = sequences._read_group([("code", "in", numbered)], ["code"])
        for name in sorted(numbered.difference(code for (code,) in there)):
            model = self.env[name]
            xml_id = f"{MODULE}.{model._table}_sequence"
            if self.env.ref(xml_id, raise_if_not_found=False):
                continue
            values = {
                "name": model._description,
                "code": name,
                "prefix": f"{model._club_sequence}/%(year)s/",
                "padding": 4,
                "company_id": False,
            }
            sequences._load_records(
                [{"xml_id": xml_id, "values": values, "noupdate": True}]
            )

    def _club_after_create(self):
        super()._club_after_create()
        self._check_club_parent()

    def write(self, vals):
        """Ask the record rules again afterwards: Odoo asks them only of the record as
        it was, so that a write could push it into another company's program.
        """
        check_dicts(self, [vals])
        self._check_not_by_code(vals)
        companies = self._get_companies(vals)
        result = super().write(vals)
        company = self._fields.get("company_id")
        if company and company.related and company.related.split(".")[0] in vals:
            # It has followed its document into that one's company: all it names must.
            self._check_company()
        if not self.env.su:
            with doing(GIVING_AWAY):
                self.check_access("write")
        self._check_stays_in(companies)
        return result

    def _get_companies(self, vals):
        """Return ``{record: company}`` of those that ``vals`` may move to another."""
        field = self._fields.get("company_id")
        if not field or self._transient or is_open(self.env):
            return {}
        leads = (field.related or field.name).partition(".")[0]
        if not {leads, self._club_parent} & vals.keys():
            return {}
        # sudo: a record stays where it is, whoever may read that company
        return {record: record.sudo().company_id for record in self}

    def _check_stays_in(self, companies):
        """
        :raises UserError: for what went to another company: what names it stays behind
        """
        for record, company in companies.items():
            # sudo: a record stays where it is, whoever may read that company
            there = record.sudo().company_id
            if there and not company:
                record._check_not_used_outside(there)
            if company and there and there != company:
                raise UserError(
                    self.env._(
                        "%(record)s stays in %(company)s: draw up another one in "
                        "%(other)s instead.",
                        record=record.display_name,
                        company=company.name,
                        other=there.name,
                    )
                )

    def _check_not_used_outside(self, company):
        """
        :raises UserError: for what all companies shared, and another one uses, when it
            becomes one company's own
        """
        for model in self.env["res.partner"]._get_club_models():
            links = [
                field.name
                for field in model._fields.values()
                if field.comodel_name == self._name and field.store
                if field.type == "many2one" and field.check_company
            ]
            if not links or "company_id" not in model._fields:
                continue
            domain = Domain.OR(Domain(name, "in", self.ids) for name in links)
            domain &= Domain("company_id", "not in", (company.id, False))
            # sudo: whoever uses it there
            records_sudo = model.sudo().with_context(active_test=False)
            if used_sudo := records_sudo.search(domain, limit=1):
                raise UserError(
                    self.env._(
                        "%(record)s stays for all companies: %(company)s uses it.",
                        record=self.display_name,
                        company=used_sudo.company_id.name,
                    )
                )

    @for_one
    def update_field_translations(self, field_name, translations, source_lang=""):
        """Ask of a text in another language what a write of it asks: Odoo writes it
        into the table, past `write` and past what is checked of it.
        """
        self.check_access("write")
        field = isinstance(field_name, str) and self._fields.get(field_name)
        if not (field and field.translate and isinstance(translations, dict)):
            raise UserError(
                self.env._("%s has no such text to translate.", get_model_name(self))
            )
        texts = {
            lang: {field_name: text if isinstance(text, str) else self[field_name]}
            for lang, text in translations.items()
        }
        for lang, vals in texts.items():
            record = self.with_context(lang=lang)
            check_values(record, vals)
            record._check_not_by_code(vals)
            record._club_check_guarded(vals)
            if not is_open(self.env):
                record._club_check_write(vals)
        result = super().update_field_translations(
            field_name, translations, source_lang=source_lang
        )
        for lang, vals in texts.items():
            record = self.with_context(lang=lang)
            record._validate_fields(vals)
            record._club_after_write(vals)
        return result

    def unlink(self):
        self._check_not_by_code(self._fields)
        return super().unlink()

    def _check_not_by_code(self, names=()):
        """Refuse to delete, or change more than `_club_rewritable`, what stays."""
        if self._club_by_code and not {*names} <= {*self._club_rewritable}:
            raise self._refusal()

    def _club_check_write(self, vals):
        super()._club_check_write(vals)
        self._check_club_fixed(vals)
        if set(vals) - {*self._club_free}:
            self._check_club_parent()

    def _club_after_write(self, vals):
        super()._club_after_write(vals)
        if self._club_parent in vals:
            self._check_club_parent()

    def _club_check_unlink(self):
        super()._club_check_unlink()
        self._check_club_parent()

    # === Lines === #

    def _check_club_parent(self):
        """Refuse to change lines whose document is fixed."""
        if self._club_parent and not is_open(self.env):
            self[self._club_parent]._check_lines_open(self)

    def _check_lines_open(self, lines):
        """Refuse to change ``lines`` of a document of these that is closed."""
        self._check_club_open()

    def _check_club_open(self):
        """Refuse to change the lines and files of what is closed."""
        if self._club_parent:
            self._check_club_parent()
        if not self._club_closed:
            return
        hold_rows(self)  # who closes it meanwhile sees what was changed
        for record in self:
            if record[self._club_state] in self._club_closed:
                raise record._get_closed_refusal()

    @api.model
    def _check_files_open(self, files):
        """Refuse to change files of what is closed."""
        self.browse(files.mapped("res_id")).exists()._check_club_open()

    # === Persons === #

    @api.model
    def _domain_of_person(self, ids, account_id):
        """Return the domain of the records whose texts may name a person. Rule A8.

        Lines go with their document.

        :param ids: the partners that are the person
        :param account_id: the account that he belongs to
        """
        if self._club_about:
            return Domain(self._club_about, "in", ids)
        if self._club_parent:
            documents = self.env[self._fields[self._club_parent].comodel_name]
            domain = documents._domain_of_person(ids, account_id)
            return domain and Domain(self._club_parent, "any", domain)
        return Domain.FALSE

    # === What models say of their records === #

    @api.model
    def _get_models_saying(self, hook):
        """Return the names of the models that extend a hook of this mixin, in a fixed
        order, for views that collect what they say.
        """
        mixin = self.env["club.record.mixin"]
        nothing = getattr(type(mixin), hook)
        names = self.env.registry.descendants([mixin._name], "_inherit")
        return tuple(
            name
            for name in sorted(names)
            if not self.env[name]._abstract
            if getattr(type(self.env[name]), hook) is not nothing
        )

    # === What is owed === #

    @api.model
    def _get_today_sql(self):
        """Return what of these somebody owes with a day, for the list of today.

        None: nothing ever.

        :return: SQL of a SELECT with the columns ``res_id, kind`` (varchar)``, user_id,
            account_id, contact_id, company_id, unit_id, date_from`` (the day on which
            it shows; NULL: at once) and ``date_due``; a record is in it once
        """
        return

    @api.model
    def _get_today_ids_domain(self, res_ids):
        """Return the domain of the rows of these documents, in which the list of today
        asks for them again: by what PostgreSQL has an index of.
        """
        return Domain("res_id", "in", res_ids)

    def _get_today_texts(self):
        """Return ``{id: what is to be done about it}``, in the reader's language.

        Asked of all that a list shows at once, as superuser: whoever owes it reads it.
        """
        return {record.id: record.display_name for record in self}

    # === What is spent === #

    @api.model
    def _get_cost_sql(self):
        """Return what of these was spent on accounts, for their cost view. Rule B8.

        None: nothing ever.

        :return: SQL of a SELECT with the columns ``res_id, kind`` (varchar)``,
            account_id, company_id, date`` and ``amount`` (company currency); a record
            is in it once. One whose model says ``_club_shares_cost`` is in it once for
            each account, so that its rows add up to what it cost, with ``part``, the
            number of the account among them (from 1)
        """
        return

    # === What is counted === #

    @api.model
    def _get_figure_sources(self):
        """Return what of these is counted as figures of a month: a list of
        `FigureSource`.
        """
        return []

    # === States === #

    def _check_club_fixed(self, vals):
        """Refuse to change what the state has fixed, by whatever way."""
        if not (self._club_fixed or self._club_closed):
            return
        ours = set(self._get_club_names(vals))
        for record in self:
            state = record[self._club_state]
            if state in self._club_closed and ours - {*self._club_free}:
                raise record._get_closed_refusal()
            names = ours.intersection(self._club_fixed)
            if names and state != self._club_draft:
                raise record._get_fixed_refusal(names)

    def _get_closed_refusal(self):
        self.ensure_one()
        return UserError(
            self.env._(
                "%(document)s is %(state)s and stays as it was.",
                document=self.display_name,
                state=self._get_club_labels()[self[self._club_state]],
            )
        )

    def _get_fixed_refusal(self, names):
        self.ensure_one()
        return UserError(
            self.env._(
                "%s is no longer a draft: cancel it and draw up another one.",
                self.display_name,
            )
        )

    @api.model
    def _get_club_labels(self):
        """Return the states' names in the user's language, by state."""
        return get_labels(self, self._club_state)

    def _check_state(self, *allowed):
        """Refuse a step that isn't the next one of each record."""
        for record in self:
            if record[self._club_state] not in allowed:
                raise record._get_state_refusal(allowed)

    def _get_state_refusal(self, allowed):
        self.ensure_one()
        labels = self._get_club_labels()
        return UserError(
            self.env._(
                "%(paper)s is in the state “%(state)s”: this step is for “%(states)s”.",
                paper=self.display_name,
                state=labels[self[self._club_state]],
                states=join(
                    self.env, [labels[state] for state in labels if state in allowed]
                ),
            )
        )

    def _set_state(self, allowed, target, **values):
        """Bring the records from one of the states ``allowed`` into ``target``.

        :param values: what is written along with it
        :raises AccessError: for who may not write them
        :raises UserError: when one is in another state
        """
        self.check_access("write")
        self._check_state(*allowed)
        return without_client_context(self)._write_guarded(
            {self._club_state: target, **values}
        )
