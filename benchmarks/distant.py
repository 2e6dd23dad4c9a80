"""A helpdesk to read while something else is measured: no vendor's is faster."""

from collections.abc import Iterator
from time import sleep

from bot.helpdesks.connector import Cursor, Page
from bot.helpdesks.demo import DemoHelpdesk

PAGE_TAKES_S = 0.2


class Distant(DemoHelpdesk):
    """A made-up helpdesk that takes its time for each page, as one does that is reached over the Internet."""

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield pages, each after a while."""
        for page in super().pages(cursor):
            sleep(PAGE_TAKES_S)
            yield page
