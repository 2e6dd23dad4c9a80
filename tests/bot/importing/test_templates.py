"""The template of each kind, in both languages, is a file that imports as it is."""

import pytest
from importer import Importer, cells

from bot.importing.kinds import KINDS
from bot.importing.words import same
from bot.text import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_imports_without_a_rejected_row(door_on_sqlite, kind, language):
    said = door_on_sqlite.run(kind, "--template", "--lang", language)
    path = door_on_sqlite.directory / "template.csv"
    path.write_bytes(said.stdout_bytes)
    header, *rows = cells(path, separator=";" if language == "fr" else ",")
    assert header == [column.header(language) for column in KINDS[kind].columns]
    assert len(rows) == 2
    report = door_on_sqlite.good(kind, path, "--lang", language)
    assert ("2 new" if language == "en" else "2 nouvelles") in report
    assert "Not read" not in report
    assert "Non lues" not in report


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_two_columns_of_a_kind_are_recognised_by_the_same_title(kind):
    titles = [title for c in kind.columns for title in {same(name) for name in (c.name, c.french, *c.also)}]
    assert len(titles) == len(set(titles))


def test_both_languages_templates_say_the_same(make_sqlite, tmp_path):
    dumps = []
    for language in LANGUAGES:
        door = Importer(make_sqlite(), tmp_path)
        for kind in KINDS:
            path = tmp_path / f"{kind}-{language}.csv"
            path.write_bytes(door.run(kind, "--template", "--lang", language).stdout_bytes)
            door.good(kind, path)
        dumps.append(door.dump())
    # Rows without an identifier go by their content, and the order of dates is only shown by French ones.
    for content in dumps:
        content.pop("coverage")  # lists of people cover the time up to the import
        content.pop("import_mappings")
        content.pop("imported_rows")
        content.pop("ticket_changes")
        content.pop("messages")
    assert dumps[0] == dumps[1]


def test_help_lists_every_kind_with_its_columns(door_on_sqlite):
    said = door_on_sqlite.run("--help").stdout
    assert all(kind in said for kind in KINDS)
    assert "queued_at*" in said
