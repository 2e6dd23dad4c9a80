"""The script that writes the KPI reference, and which words of the locales it says."""

from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from bot.text import LANGUAGES, Text

SCRIPT = Path(__file__).parents[1] / "docs" / "kpis.py"


@cache
def script():
    """Return docs/kpis.py, which is no part of a package."""
    spec = spec_from_file_location("docs_kpis", SCRIPT)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Listening(Text):
    """Text that remembers which keys were said."""

    def __init__(self, language):
        super().__init__(language)
        self.said = set()

    def __call__(self, key, /, **values):
        self.said.add(key)
        return super().__call__(key, **values)


@cache
def said():
    """Return the keys of every word on the pages."""
    texts = [Listening(language) for language in LANGUAGES]
    for text in texts:
        script().page(text)
    return frozenset().union(*(text.said for text in texts))
