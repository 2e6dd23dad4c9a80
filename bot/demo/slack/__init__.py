"""A stand-in Slack over HTTP: small, but as strict as Slack where a bot can go wrong.

It signs what it sends, waits three seconds and no longer, checks every block, keeps an answer to itself when it is
ephemeral, lets a response_url be used five times in thirty minutes and a trigger_id once in three seconds, and fails
on demand. No emulator does all of this together. It serves the tests and the demo, and must never be reachable from
outside this machine.
"""

from bot.demo.slack.directory import APP_USER as APP_USER
from bot.demo.slack.directory import TEAM as TEAM
from bot.demo.slack.directory import Channel as Channel
from bot.demo.slack.directory import Person as Person
from bot.demo.slack.directory import UserGroup as UserGroup
from bot.demo.slack.errors import SlackError as SlackError
from bot.demo.slack.faults import Fault as Fault
from bot.demo.slack.messages import Message as Message
from bot.demo.slack.permits import RESPONSE_URL_USES as RESPONSE_URL_USES
from bot.demo.slack.permits import TRIGGER_LASTS_S as TRIGGER_LASTS_S
from bot.demo.slack.sending import ACK_WITHIN_S as ACK_WITHIN_S
from bot.demo.slack.sending import Delivery as Delivery
from bot.demo.slack.standin import StandInSlack as StandInSlack
from bot.demo.slack.standin import serving as serving
from bot.demo.slack.views import View as View
