"""The demo page in a real browser."""

import shutil

import pytest
from starlette.applications import Starlette

from bot.demo.browser import BUNDLE
from bot.demo.completing import Completer
from bot.demo.page import create_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def chromium():
    """Give a browser without a window."""
    driver = pytest.importorskip("playwright.sync_api", reason="no browser: Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no browser: apt-get install chromium")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium):
    """Give a function that opens an address in a window of its own; what goes wrong in the page fails the test."""
    wrong = []
    contexts = []

    def open_page(address, **options):
        options = {"viewport": {"width": 1200, "height": 900}, "locale": "en-US"} | options
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.goto(address)
        page.locator(".workspace-page").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def served(slack, addresses, clock):
    """Give the address of the page, with the stand-in Slack of these tests behind it."""

    def move(seconds):
        clock.now += seconds

    of_slack, _ = addresses
    pages = create_page(slack, BUNDLE, complete=Completer(clock, "Europe/Paris"), move=move)
    of_slack.app = Starlette(routes=[*pages, *slack.routes()])
    return of_slack.url


@pytest.fixture
def page(served, browse):
    """Give Bob's page."""
    return browse(f"{served}/#U_BOB/C_SUPPORT")
