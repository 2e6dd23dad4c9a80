"""People who are named in a question: whom the helpdesk knows them as."""

import re

from bot.slack.bot import Bot, Place

_UNFIT = re.compile("[<>|]")
_PERSON = re.compile(r"<@([UW][A-Z0-9_]+)(?:\|([^>]*))?>")


def with_agents(bot: Bot, words: str, place: Place) -> str:
    """Return words in which people are named as the helpdesk knows them: by the settings, or their e-mail address.

    Who is no agent keeps the name that Slack shows, which may be an agent's.
    """

    def named(found: re.Match[str]) -> str:
        user, name = found.groups()
        agents = bot.access.viewer(place.team_id, user).agents
        if len(agents) == 1:
            ((_, agent),) = agents
            return f"<@{user}|{_UNFIT.sub('', agent)}>"
        if name:
            return found[0]
        try:
            name = bot.directory.profile(place.team_id, user).name
        except OSError:
            name = None
        return f"<@{user}|{name}>" if name else found[0]

    return _PERSON.sub(named, words)
