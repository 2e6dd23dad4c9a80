"""Who and what LiveAgent's identifiers are, and which of its optional lists it gives; asked once a run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.helpdesks.liveagent.client import ApiClient, Record
from bot.helpdesks.reading import UNSEEN
from kpi.errors import HelpdeskError


@dataclass(slots=True, kw_only=True)
class Directory:
    """Records by their identifiers.

    Attributes:
        agents: also deleted ones, each with `name` and `email`.
        departments, tags, levels: those that are there; empty when the list isn't given.
        unavailable: the optional lists that this plan or key has not: `departments`, `tags`, `slas`, `history`,
            `calls`.
    """

    agents: dict[str, Record] = field(default_factory=dict)
    departments: dict[str, Record] = field(default_factory=dict)
    tags: dict[str, Record] = field(default_factory=dict)
    levels: dict[str, Record] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)

    def optional(self, name: str, read: Callable[[], list[Record]]) -> list[Record]:
        """Return what an optional list holds; nothing, and its name in `unavailable`, when it isn't to be had."""
        if name in self.unavailable:
            return []
        try:
            return read()
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise
            self.unavailable.add(name)
            return []


def read_directory(client: ApiClient, samples: Sequence[Record]) -> Directory:
    """Return the directory; `samples` are tickets on which to try whether histories are given."""
    directory = Directory(agents={str(row["id"]): row for row in client.agents()})
    departments = directory.optional("departments", client.departments)
    directory.departments = {str(row["department_id"]): row for row in departments}
    directory.tags = {str(row["id"]): row for row in directory.optional("tags", client.tags)}
    directory.levels = {str(row["id"]): row for row in directory.optional("slas", client.levels)}
    for sample in samples:
        directory.unavailable.discard("history")  # the one before may be closed to this key
        directory.optional("history", partial(client.segments, str(sample["id"])))
        if "history" not in directory.unavailable:
            break
    return directory
