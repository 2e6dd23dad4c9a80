"""The kinds of helpdesk: a new one is a folder here and a line in `CONNECTORS`."""

from collections.abc import Callable

from bot.helpdesks.connector import Connector
from bot.helpdesks.demo import connect as connect_demo
from bot.helpdesks.freshdesk import Freshdesk
from bot.helpdesks.helpscout import HelpScout
from bot.helpdesks.intercom import Intercom
from bot.helpdesks.liveagent import LiveAgent
from bot.helpdesks.request_tracker import RequestTracker
from bot.helpdesks.zammad import Zammad
from bot.helpdesks.zendesk import Zendesk
from bot.settings import HelpdeskSettings

CONNECTORS: dict[str, Callable[[HelpdeskSettings], Connector]] = {
    "demo": connect_demo,
    "freshdesk": Freshdesk,
    "help-scout": HelpScout,
    "intercom": Intercom,
    "liveagent": LiveAgent,
    "request-tracker": RequestTracker,
    "zammad": Zammad,
    "zendesk": Zendesk,
}
"""By kind; the settings accept no other (`bot.settings_file.KINDS`)."""


def connect(settings: HelpdeskSettings) -> Connector:
    """Return the connector of a helpdesk; raises SettingsError when one of its options is unknown or not accepted."""
    return CONNECTORS[settings.kind](settings)
