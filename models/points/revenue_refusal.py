class FileRefused(Exception):
    """A file is refused whole; the argument is one translatable sentence."""


class NothingThere(FileRefused):
    """A file or a sheet of it has no header that is known, or no rows."""


class NoRows(NothingThere):
    """There is a header, but no row below it."""


class NeedsMapping(NothingThere):
    """The headings can't be matched for sure: which column is which is to be said.

    :ivar list headings: the texts of the header that is meant
    :ivar dict mapping: what is proposed, ``{column: [heading texts]}``
    """

    def __init__(self, sentence, headings, mapping):
        super().__init__(sentence)
        self.headings = headings
        self.mapping = mapping


class NeedsYear(FileRefused):
    """Months stand without a year, and the file doesn't tell which one."""


class NeedsUnit(FileRefused):
    """The file names another unit of its amounts than the one that was chosen.

    :ivar str unit: the unit that it names, "yuan" or "wan"
    """

    def __init__(self, sentence, unit):
        super().__init__(sentence)
        self.unit = unit
