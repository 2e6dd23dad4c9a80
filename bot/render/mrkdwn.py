"""Slack's markup: what came from people or from the helpdesk must not act as markup."""


def escape(words: str) -> str:
    """Return words that can't become a mention, a link or an entity.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(address: str, words: str) -> str:
    """Return words that lead to an address; the words alone when it is none that a browser follows.

    https://docs.slack.dev/messaging/formatting-message-text#linking-urls
    """
    if not address.startswith(("https://", "http://")):
        return escape(words)
    target = escape(address).replace("|", "%7C").replace(" ", "%20")
    return f"<{target}|{escape(words).replace('|', '¦')}>"


def fenced(words: str, length: int) -> str:
    """Return words in a fixed-width block, which nothing inside can end; whole lines are dropped beyond `length`."""
    lines = escape(words.replace("```", "′′′")).split("\n")
    while lines and sum(map(len, lines)) + len(lines) + len(_FENCE) * 2 + 1 > length:
        lines.pop()
    return "\n".join((_FENCE, *lines, _FENCE))


_FENCE = "```"
