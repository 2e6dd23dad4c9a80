"""Every helpdesk has its page in both languages, which README links to, with all its options in a working example."""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.helpdesks import freshdesk, helpscout, intercom, liveagent, request_tracker, zammad, zendesk
from bot.helpdesks.registry import WEBHOOKS
from bot.settings_file import KINDS, WITHOUT_ADDRESS

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "fr")
READERS = {
    "freshdesk": freshdesk.options,
    "help-scout": helpscout.options,
    "intercom": intercom.options,
    "liveagent": liveagent.options,
    "request-tracker": request_tracker.options,
    "zammad": zammad.options,
    "zendesk": zendesk.options,
}


class Page(NamedTuple):
    kind: str
    language: str

    @property
    def name(self) -> str:
        return f"docs/{self.language}/{self.kind}.md"

    @property
    def text(self) -> str:
        return (ROOT / self.name).read_text(encoding="utf-8")

    def options(self) -> list[dict[str, Any]]:
        """Return the options of each example of a settings file, also of one within a list."""
        examples = [tomllib.loads(part.split("```")[0]) for part in self.text.split("```toml\n")[1:]]
        helpdesks = [example.get("helpdesks", []) for example in examples]
        tables = [table for found in helpdesks for table in (found if isinstance(found, list) else [found])]
        return [table["options"] for table in tables if "options" in table]


PAGES = [Page(kind, language) for kind in KINDS if kind not in WITHOUT_ADDRESS for language in LANGUAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_helpdesk_has_a_page_that_readme_links_to(page):
    assert page.text.startswith("# ")
    assert f"({page.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [page for page in PAGES if page.kind in READERS], ids=lambda page: page.name)
def test_every_option_stands_in_an_example_that_is_accepted(page):
    module = READERS[page.kind]
    shown = page.options()
    for given in shown:
        module.Options.read(given, "desk")
    assert {name for given in shown for name in given} == set(module.Options.model_fields)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_tells_where_webhooks_go_and_what_is_pasted_there_is_understood(page):
    section = page.text.split("\n## Webhooks\n")[1].split("\n## ")[0]
    webhook = WEBHOOKS[page.kind]
    ends = {address.rpartition("/")[2] for address in re.findall(r"https://kpi-bot\.example\.com([\w/-]+)", section)}
    assert ends == ({"SECRET"} if webhook.is_signed is None else {"support"})
    pasted = [re.sub(r"{{ticket\.id}}|…", "7", part.split("```")[0]) for part in section.split("```json\n")[1:]]
    assert [webhook.read({}, body.encode()) for body in pasted] == [{"7"}] * len(pasted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_liveagent_names_every_letter_of_its_statuses_and_channels(language):
    text = Page("liveagent", language).text
    letters = {*liveagent.mapping.STATUSES, *liveagent.mapping.CHANNELS}
    assert {letter for letter in letters if f"`{letter}`" not in text} == set()
