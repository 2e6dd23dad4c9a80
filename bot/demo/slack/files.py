"""Files that the app uploads: an address to send the bytes to, then a message that shows them."""

from dataclasses import dataclass

from bot.demo.slack.directory import Json


@dataclass(slots=True, kw_only=True)
class File:
    """A file; `content` is None until its bytes have come."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    shared: bool = False

    @property
    def path(self) -> str:
        """Where it can be read, below the address of this Slack."""
        return f"/files/{self.id}/{self.name}"

    def as_json(self) -> Json:
        """Return the file as Slack tells it to the app."""
        return {"id": self.id, "name": self.name, "title": self.title or self.name, "size": self.length}
