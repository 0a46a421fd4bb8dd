class FileRefused(Exception):
    """A file is refused whole; the argument is one translatable sentence."""
