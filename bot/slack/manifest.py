"""The app's manifest: one source for HTTP and Socket Mode."""

from typing import Any

COMMAND = "/kpi"
EVENTS_PATH = "/slack/events"
# Only what the bot does, each with what for; a scope that is added later asks for a new installation.
BOT_SCOPES = (
    "commands",  # /kpi
    "app_mentions:read",  # what is said to the bot in a channel, and nothing else there
    "im:history",  # what is written to the bot itself
    "chat:write",  # shared answers, digests, alerts, replies to mentions and direct messages
    "chat:write.public",  # digests and alerts in public channels that nobody has invited the bot to
    "im:write",  # files as direct messages
    "files:write",  # CSV, and charts as pictures
    "users:read",  # each person's language and name
    "users:read.email",  # which agent of the helpdesk a person is
    "usergroups:read",  # who leads
)
# What nobody has to grant. https://docs.slack.dev/changelog/2026/03/16/optional-scopes
OPTIONAL_SCOPES = (
    "channels:history",  # whether an alert arrived of which Slack's answer was lost, so that it isn't posted twice
    "groups:history",  # the same in private channels
)
BOT_EVENTS = ("app_home_opened", "app_mention", "message.im")

_LONG_DESCRIPTION = (
    "Type /kpi fcr week and read, within a second, a number that can be trusted: what it means, how many tickets it "
    "rests on, which period in which time zone, how fresh the data is and whether the change is real. In English and "
    "in French: /kpi fcr semaine. The figures come from your own helpdesk and stay in your own database; no message "
    "text is stored. An answer is seen by the person who asked and by nobody else."
)


def manifest(public_url: str | None = None) -> dict[str, Any]:
    """Return the manifest to create the app from; with a public URL for HTTP, without one for Socket Mode.

    https://docs.slack.dev/reference/app-manifest
    """
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Helpdesk KPIs you can trust",
        "usage_hint": "fcr week · frt last month by team · help",
        # Names of people and channels arrive as identifiers.
        "should_escape": True,
    }
    events: dict[str, Any] = {"bot_events": list(BOT_EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if public_url is not None:
        address = public_url.rstrip("/") + EVENTS_PATH
        command["url"] = events["request_url"] = address
        interactivity |= {"request_url": address, "message_menu_options_url": address}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Helpdesk KPIs",
            "description": "Helpdesk KPIs in Slack: the same trustworthy number everywhere",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "kpi", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }
