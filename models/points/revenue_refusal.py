class FileRefused(Exception):
    """A file is refused whole; the argument is one translatable sentence."""


class NothingThere(FileRefused):
    """A file or a sheet of it has no header that is known, or no rows."""


class NoRows(NothingThere):
    """There is a header, but no row below it."""
