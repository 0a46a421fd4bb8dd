import json
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.record.rpc import search_shown
from .id_ranges import domain_of, write_ids
from .workbook import Book

LONGEST_QUERY = 6000  # characters; proxies commonly stop at 8000
# Days that an address may name; a window reaches some years before or after them.
FIRST_YEAR, LAST_YEAR = 1990, 2099


def read_day(text):
    """Return the day that a part of an address names, None for no text.

    :raise ValueError: when it is none, or far from any that the club knows
    """
    day = fields.Date.to_date(text or None)
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is far away")
    return day


class ClubXlsx(models.AbstractModel):
    """A spreadsheet: which records it is of, how to ask for it, how it is built.

    Subclasses name `_source`, give `_get_file_name` and write in `_fill`. Everything
    runs as the user, under his record rules. Rule E4.
    """

    _name = "club.xlsx"
    _description = "Spreadsheet"

    # The last part of the download's address.
    _kind = ""
    # The model of the records that are exported.
    _source = ""
    _limit = 20_000

    @api.model
    def _get_builders(self):
        """Return ``{kind: name of the model}`` of all spreadsheets."""
        names = self.env.registry.descendants([self._name], "_inherit")
        return {self.env[name]._kind: name for name in names if self.env[name]._kind}

    @api.model
    def _build(self, records, **options):
        """Return the content of an xlsx file."""
        book = Book()
        self._fill(book, records, **options)
        return book.close()

    @api.model
    def _fill(self, book, records, **options):
        """Write the sheets. Abstract: each kind of spreadsheet has its own."""
        raise NotImplementedError

    @api.model
    def _get_file_name(self, records):
        """Return the file's name without its ending. Abstract, as `_fill`."""
        raise NotImplementedError

    @api.model
    def _get_default_domain(self):
        """Return what is exported when nothing is selected; None: refuse."""
        return

    @api.model
    def _read_options(self, options):
        """Return what `_build` is to be given of an address's other parts.

        :raise ValueError: when they can't be read
        """
        return {}

    # === Asking for it === #

    @api.model
    def _get_download_action(self, records=None):
        """Return the action that downloads the records, or the default ones."""
        query = {"cids": "-".join(map(str, self.env.companies.ids))}
        if records:
            domain = self.env.context.get("active_domain")
            ids = write_ids(records.ids)
            if len(ids) > LONGEST_QUERY and domain and self._is_all(records, domain):
                query["domain"] = json.dumps(domain)
            else:
                query["ids"] = ids
        address = urlencode(query, safe=",-")
        if len(address) > LONGEST_QUERY:
            raise UserError(
                self.env._(
                    "That is too many to pick by hand: filter the list, then select "
                    "all of it."
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_club/xlsx/{self._kind}?{address}",
            "target": "download",
        }

    def _is_all(self, records, domain):
        return search_shown(records.browse(), domain) == records

    @api.model
    def _find_records(self, ids=None, domain=None):
        """Return the records that a client asked for, those that the user may read.

        :param ids: text such as '1-5,9'
        :param domain: JSON text
        :raise ValueError: when they can't be read
        """
        source = self.env[self._source]
        source.check_access("read")
        terms = []
        if ids:
            terms.append(domain_of(ids))
        if domain:
            terms.append(Domain(json.loads(domain)))
        if not terms:
            default = self._get_default_domain()
            if default is None:
                raise ValueError("neither ids nor a domain")
            terms.append(Domain(default))
        found = source.search(Domain.AND(terms), limit=self._limit + 1)
        if not found:
            raise UserError(self.env._("There is nothing to export."))
        if len(found) > self._limit:
            raise UserError(
                self.env._(
                    "These are more than %s records: filter them first.", self._limit
                )
            )
        return found
