"""The app's manifest: one source for HTTP and Socket Mode."""

from typing import Any

COMMAND = "/kpi"
EVENTS_PATH = "/slack/events"
# Only what the commands that exist need; a scope that is added later asks for a new installation.
BOT_SCOPES = ("commands",)

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
    if public_url is not None:
        command["url"] = public_url.rstrip("/") + EVENTS_PATH
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Helpdesk KPIs",
            "description": "Helpdesk KPIs in Slack: the same trustworthy number everywhere",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": {
            "bot_user": {"display_name": "kpi", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }
