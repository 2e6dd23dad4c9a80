"""Everything a person can be told went wrong.

The bottom layer: it imports nothing from the project. An error carries a key and values; the sentence,
in the reader's language, stands in `bot/locales` under ``error.<key>``.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class KpiError(Exception):
    """Something a person can be told and can mend.

    Args:
        key: names the sentence in the locales, without its ``error.`` prefix.
        values: what the sentence mentions; plain strings and numbers, never a secret.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.key}({details})"


class QuestionError(KpiError):
    """A question that can't be understood, or that has no answer as it is put."""


class AccessError(KpiError):
    """A question whose answer is not for the person who asks it."""


class SettingsError(KpiError):
    """A setting that is missing, misspelt or out of range."""


class HelpdeskError(KpiError):
    """A helpdesk that can't be reached, refuses, or answers with something unreadable."""


class StorageError(KpiError):
    """A database that is missing, locked, read-only or of another version."""


class FileError(KpiError):
    """A file to import that can't be read, or a row or cell of it that can't be stored."""


class CommandError(KpiError):
    """A command line that can't be carried out as it is written."""


def suggest(word: str, known: Iterable[str], limit: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return the known words nearest to `word`, best first; empty when none is as near as `cutoff` (0–1)."""
    return get_close_matches(word.casefold(), list(known), n=limit, cutoff=cutoff)
