"""Questions in French and English, read and written without guessing.

Text becomes tokens (`tokens`), tokens become the phrases the lexicon knows (`lexicon`, `en.toml`, `fr.toml`), phrases
become clauses (`grammar`), clauses a question (`reader`). `writer` goes the other way.
"""

from kpi.language.context import Context
from kpi.language.lexicon import LANGUAGES
from kpi.language.reader import parse
from kpi.language.writer import write

__all__ = ["LANGUAGES", "Context", "parse", "write"]
