"""What Slack accepts. slack_sdk has no models for charts and data tables, so blocks are plain dicts.

`sizes` says how much fits where; `check` and its like say what Slack would refuse, before it does.
"""

from collections.abc import Sequence

from bot.render.limits.sizes import *  # noqa: F403  # every size
from bot.render.limits.sizes import Block as Block
from bot.render.limits.sizes import cut as cut

# The rules are loaded with the first check: that takes a fifth of a second, which a question in a terminal can save.


def check(blocks: Sequence[Block]) -> list[str]:
    """Return what Slack would refuse in the blocks of a message; empty when nothing."""
    from bot.render.limits.surfaces import MESSAGE, problems  # noqa: PLC0415  # see above

    return problems(MESSAGE, list(blocks))


def check_view(view: Block) -> list[str]:
    """Return what Slack would refuse in a modal or an App Home; empty when nothing."""
    from bot.render.limits.surfaces import VIEW, problems  # noqa: PLC0415  # see above

    return problems(VIEW, view)


def check_suggestions(suggestions: Block) -> list[str]:
    """Return what Slack would refuse in the choices offered for an external menu; empty when nothing."""
    from bot.render.limits.surfaces import SUGGESTIONS, problems  # noqa: PLC0415  # see above

    return problems(SUGGESTIONS, suggestions)
