"""The tables of `base`, each defined beside the functions that use it."""

from balai.base.files import StoredFile
from balai.base.journal import JournalEntry

__all__ = ["JournalEntry", "StoredFile"]
