"""The kinds of helpdesk: a new one is a folder here, a line in `CONNECTORS` and one in `WEBHOOKS`."""

from collections.abc import Callable

from bot.helpdesks.connector import Connector
from bot.helpdesks.demo import connect as connect_demo
from bot.helpdesks.freshdesk import Freshdesk
from bot.helpdesks.helpscout import HelpScout
from bot.helpdesks.helpscout.webhook import WEBHOOK as HELP_SCOUT
from bot.helpdesks.intercom import Intercom
from bot.helpdesks.intercom.webhook import WEBHOOK as INTERCOM
from bot.helpdesks.liveagent import LiveAgent
from bot.helpdesks.request_tracker import RequestTracker
from bot.helpdesks.webhook import Webhook
from bot.helpdesks.zammad import Zammad
from bot.helpdesks.zammad.webhook import WEBHOOK as ZAMMAD
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk.webhook import WEBHOOK as ZENDESK
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

WEBHOOKS = {
    "freshdesk": Webhook(),
    "help-scout": HELP_SCOUT,
    "intercom": INTERCOM,
    "liveagent": Webhook(),
    "request-tracker": Webhook(),
    "zammad": ZAMMAD,
    "zendesk": ZENDESK,
}
"""By kind; the demo tells of nothing."""


def connect(settings: HelpdeskSettings) -> Connector:
    """Return the connector of a helpdesk; raises SettingsError when one of its options is unknown or not accepted."""
    return CONNECTORS[settings.kind](settings)
