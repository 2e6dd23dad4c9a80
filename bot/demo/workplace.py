"""The Slack of the made-up shop: who works there, and where they talk."""

from collections.abc import Callable

from bot.demo.slack import APP_USER, Channel, Person, StandInSlack, UserGroup
from bot.helpdesks.demo.story import ZONE
from bot.settings import Settings

LEAD = "U_BOB"
SUPPORT, ORDERS = "C_SUPPORT", "C_ORDERS"
LOCALES = {"en": "en-US", "fr": "fr-FR"}


def workplace(settings: Settings, clock: Callable[[], float]) -> StandInSlack:
    """Return a Slack with a lead, who reads the language of the settings, and an agent, who reads French."""
    bob = Person(
        id=LEAD, name="Bob Keller", email="bob@example.org", locale=LOCALES[settings.language], tz=ZONE, role="lead"
    )
    alice = Person(id="U_ALICE", name="Alice Martin", email="alice@example.org", locale="fr-FR", tz=ZONE, role="agent")
    everybody = frozenset({APP_USER, bob.id, alice.id})
    token, secret = settings.slack.bot_token, settings.slack.signing_secret
    return StandInSlack(
        signing_secret=secret.get_secret_value() if secret else "",
        bot_token=token.get_secret_value() if token else "",
        clock=clock,
        people=(bob, alice),
        channels=(
            Channel(id=SUPPORT, name="support", members=everybody),
            Channel(id=ORDERS, name="orders", members=everybody),
        ),
        user_groups=(UserGroup(id="S_LEADS", handle="leads", name="Leads", users=(bob.id,)),),
    )
