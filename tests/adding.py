"""Adds a made-up KPI to a copy of the project as CONTRIBUTING.md says, and tries it; run as a script.

Once with every edit, then once without each of them: what the project says of each is printed as JSON, by the path
that was left out, and null where nothing is missing.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from babel.localedata import load

STANDS_ON = (
    *("alembic.command", "babel.dates", "duckdb", "holidays", "httpx2", "narwhals", "pandas", "pydantic", "pytest"),
    *("rich.progress", "scipy.stats", "slack_bolt", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite"),
    *("starlette.applications", "statsmodels.stats.proportion", "structlog", "typer", "uvicorn"),
)
"""What takes long to import and is the same whatever was edited."""

KEY = "silent_rate"

KPI = """

KPIS = (
    *KPIS,
    Kpi(
        key="silent_rate",
        fact="ticket_facts",
        event=SOLVED,
        measure=Ratio(numerator=nw.col("replies") == 0),
        columns=("replies",),
        higher_is_better=None,
        sources=("S2",),
    ),
)
"""
WORDS = {
    "en": {
        "name": "Silent tickets",
        "definition": "solved without any reply ÷ tickets solved in the period",
        "formula": "tickets solved without any public reply ÷ tickets solved",
        "example": "3 of 12 solved tickets had no reply: 3 ÷ 12 = 25%.",
    },
    "fr": {
        "name": "Tickets muets",
        "definition": "résolus sans aucune réponse ÷ tickets résolus pendant la période",
        "formula": "tickets résolus sans aucune réponse publique ÷ tickets résolus",
        "example": "3 tickets résolus sur 12 n’ont eu aucune réponse : 3 ÷ 12 = 25 %.",
    },
}
PHRASES = {
    "en": ("silent tickets", "silent rate", "share of silent tickets", "tickets kept silent"),
    "fr": ("tickets muets", "taux de silence", "part de tickets muets", "demandes muettes"),
}
NAMES = {"en": "english", "fr": "french"}
SOUNDNESS = 'def test_silent_tickets():\n    assert answer("silent_rate") == 3 / 12\n'
SLOWLY = """

TICKETS |= {"silent_rate": solved_tickets(figure=share(lambda row, _: row["replies"] == 0))}
"""


def _asked(language):
    lines = "".join(f"{phrase} | {KEY} w2026-11-23\n" for phrase in PHRASES[language])
    return lambda text: text.replace('KPIS = """\n', f'KPIS = """\n{lines}', 1)


def _named(language):
    phrases = json.dumps(PHRASES[language], ensure_ascii=False)
    return lambda text: text.replace("[kpi]\n", f"[kpi]\n{KEY} = {phrases}\n", 1)


def _worded(language):
    entries = [f'msgid "kpi.{KEY}.{part}"\nmsgstr "{said}"\n' for part, said in WORDS[language].items()]
    return lambda text: "\n".join((text, *entries))


EDITS = {
    "kpi/catalogue/handling.py": lambda text: text + KPI,
    **{f"kpi/language/{language}.toml": _named(language) for language in NAMES},
    **{f"bot/locales/{language}.po": _worded(language) for language in NAMES},
    **{f"tests/kpi/language/test_kpis_in_{name}.py": _asked(language) for language, name in NAMES.items()},
    "tests/soundness/test_silence.py": lambda _: SOUNDNESS,
    "tests/slow/tickets.py": lambda text: text + SLOWLY,
}
"""What a person writes, by path: a function of what stands there."""

GENERATED = tuple(f"docs/{language}/kpis.md" for language in NAMES)
"""What `just kpis` writes."""


def outcomes(root):
    """Return what the project in a directory says with every edit (key ""), and without each."""
    before = {path: _read(root / path) for path in (*EDITS, *GENERATED)}
    for path, edit in EDITS.items():
        _put(root / path, edit(before[path] or ""))
    found = {"": _in_a_child(root, "write_reference") or _in_a_child(root, "try_it")}
    after = {path: _read(root / path) for path in before}
    for left_out, text in before.items():
        _put(root / left_out, text)
        found[left_out] = _in_a_child(root, "try_it")
        _put(root / left_out, after[left_out])
    return found


def _read(path):
    return path.read_text(encoding="utf-8") if path.exists() else None


def _put(path, text):
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


def _in_a_child(root, work):
    """Return what stopped a function of tests/added.py on the project in a directory; None when nothing did.

    The child has what the project stands on, but nothing of it: importing that anew each time takes too long.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        sys.path[:0] = [str(root), str(root / "tests"), str(root / "tests" / "kpi" / "language")]
        said = ""
        try:
            getattr(import_module("added"), work)(root)
        except BaseException as error:  # noqa: BLE001  # whatever it is stopped the work
            said = f"{type(error).__name__}: {error}"[:2000]
        os.write(writing, said.encode() or b"\0")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().strip(b"\0").decode()
    os.waitpid(child, 0)
    return said or None


def run(root):
    """Return what `outcomes` finds, told by a process of its own."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [sys.executable, __file__, str(root)], env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(found.stdout)


if __name__ == "__main__":
    for module in STANDS_ON:
        import_module(module)
    for language in NAMES:
        load(language)
    print(json.dumps(outcomes(Path(sys.argv[1]))))  # noqa: T201  # this is what it is run for
