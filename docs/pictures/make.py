"""Takes the pictures of README and docs from the demo page: needs Playwright, and Chromium with the font Lato."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette

from bot.demo.answering import answering
from bot.demo.browser import BUNDLE
from bot.demo.desk import DemoDesk, demo_settings
from bot.demo.slack import serving

NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
WINDOW = {"width": 1200, "height": 900}

ASKED = {"en": "frt last month by team", "fr": "frt mois dernier par équipe"}
MARKED = {"en": "Only visible to you", "fr": "Visible uniquement par vous"}
BUILD = {"en": "Build a question", "fr": "Composer une question"}


def take(directory: Path) -> None:
    """Write every picture, in both languages."""
    for language in ("en", "fr"):
        with (
            TemporaryDirectory() as database,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"]) as browser,
        ):
            desk = DemoDesk(demo_settings(Path(database), language), really=lambda: NOW)
            desk.read()
            with answering(desk, BUNDLE) as routes, serving(Starlette(routes=routes)) as url:
                _pictures(browser, url, language, directory)
            desk.engine.dispose()


def _pictures(browser: Browser, url: str, language: str, directory: Path) -> None:
    page = browser.new_page(viewport=WINDOW, locale={"en": "en-US", "fr": "fr-FR"}[language])
    page.goto(f"{url}/#U_BOB/C_SUPPORT")
    _ask(page, f"/kpi {ASKED[language]}", MARKED[language])
    page.mouse.move(0, 0)
    page.screenshot(path=directory / f"answer-{language}.png")
    page.get_by_role("navigation").get_by_role("button", name="kpi", exact=True).click()
    page.get_by_role("button", name=BUILD[language]).wait_for()
    page.mouse.move(0, 0)
    page.screenshot(path=directory / f"home-{language}.png")
    page.get_by_role("button", name=BUILD[language]).click()
    page.get_by_role("dialog").get_by_role("combobox").first.press("ArrowDown")
    page.screenshot(path=directory / f"question-{language}.png")


def _ask(page: Page, words: str, marked: str) -> None:
    """Ask, and have the answer, which is marked as the person's alone, at the top."""
    box = page.get_by_role("main").get_by_role("textbox")
    box.fill(words)
    box.press("Enter")
    answer = page.get_by_text(marked)
    answer.wait_for()
    page.wait_for_timeout(500)  # until what grows has grown
    answer.evaluate("it => it.scrollIntoView()")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
