"""What a mail's headers tell of who sent it."""

import re
from collections.abc import Mapping

AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})
AUTOMATIC_MARKS = ("x-autoreply", "x-autorespond", "x-autoresponder")


def parse_headers(text: str) -> dict[str, str]:
    """Return mail headers by lower-case name, folded lines joined, the first of a name winning."""
    headers: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", text).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().casefold(), value.strip())
    return headers


def automatic(headers: Mapping[str, str]) -> bool:
    """Tell whether a mail was sent by a machine (RFC 3834, and what was usual before it)."""
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().casefold()
    return (
        submitted not in {"", "no"}
        or any(headers.get(mark, "no").casefold() not in {"", "no"} for mark in AUTOMATIC_MARKS)
        or headers.get("precedence", "").casefold() in AUTOMATIC_PRECEDENCE
    )
